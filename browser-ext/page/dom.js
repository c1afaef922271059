// SPDX-License-Identifier: MIT
//
// Everything that a tab shows: documents, same-origin frames, shadow roots, style sheets, and the
// URLs that they have loaded.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const MAX_URLS = 4096;
	const MARK = 'savecast';
	/** An element in a frame is no instance of this page's classes. */
	const HTML = 'http://www.w3.org/1999/xhtml';

	/** @param {Element} element @returns {ShadowRoot | null} a closed one, too */
	const shadowOf = (element) => {
		// A function in Chromium, a property of the element in Firefox.
		const { openOrClosedShadowRoot: open } = /** @type {any} */ (globalThis).chrome?.dom ?? {};
		return open && element.namespaceURI === HTML
			? open(/** @type {HTMLElement} */ (element))
			: /** @type {any} */ (element).openOrClosedShadowRoot ?? element.shadowRoot;
	};

	/** @param {Element} element @returns {Document | ShadowRoot | null} of another site: null */
	const inside = (element) => (/^(iframe|frame|object)$/.test(element.localName)
		? /** @type {HTMLIFrameElement} */ (element).contentDocument
		: element.localName === 'embed' ? /** @type {HTMLEmbedElement} */ (element).getSVGDocument() : shadowOf(element));

	/** What the extension has in the page for a while: it is not of the page. @type {WeakSet<Element>} */
	const foreign = new WeakSet();

	/**
	 * @param {Document | ShadowRoot} root
	 * @returns {Generator<Document | ShadowRoot>} it, and all roots in it
	 */
	function* roots(root = document) {
		yield root;
		for (const element of root.querySelectorAll('*')) {
			const inner = foreign.has(element) ? null : inside(element);
			if (inner) {
				yield* roots(inner);
			}
		}
	}

	/** @param {CSSStyleSheet} sheet @returns {CSSRuleList | undefined} of another site: undefined */
	const rulesOf = (sheet) => {
		try {
			return sheet.cssRules;
		} catch {
			return undefined;
		}
	};

	/** @param {CSSStyleSheet} sheet @returns {string} what relative URLs in it are relative to */
	const baseOf = ({ href, ownerNode }) => href ?? ownerNode?.baseURI ?? document.baseURI;

	/** @param {any} rule */
	const isImport = (rule) => rule.constructor.name === 'CSSImportRule' || rule.type === 3;

	/**
	 * @param {CSSStyleSheet} sheet
	 * @returns {Generator<CSSStyleSheet>} it, and all that it imports
	 */
	function* withImports(sheet) {
		yield sheet;
		for (const rule of rulesOf(sheet) ?? []) {
			const inner = isImport(rule) && /** @type {any} */ (rule).styleSheet;
			if (inner) {
				yield* withImports(inner);
			}
		}
	}

	/** @returns {Generator<CSSStyleSheet>} every sheet of the tab */
	function* sheets() {
		for (const root of roots()) {
			for (const sheet of [...root.styleSheets, ...(root.adoptedStyleSheets ?? [])]) {
				yield* withImports(sheet);
			}
		}
	}

	/** Absolute URLs, and what plain() returns for them. @type {Map<string, string>} */
	const known = new Map();

	/** @param {string} url @param {string} [base] @returns {string} absolute, without our query parameter */
	const plain = (url, base = document.baseURI) => {
		const same = known.get(url);
		if (same !== undefined) {
			return same;
		}
		const found = parsedPlain(url, base);
		if (/^https?:\/\//.test(url) && known.size < MAX_URLS) {
			known.set(url, found);
		}
		return found;
	};

	/** @param {string} url @param {string} base */
	const parsedPlain = (url, base) => {
		try {
			const parsed = new URL(url, base);
			if (parsed.searchParams.has(MARK)) {
				parsed.search = parsed.search.replace(/[?&]savecast=\d+/, '').replace(/^&/, '?');
			}
			parsed.hash = '';
			return parsed.href;
		} catch {
			return '';
		}
	};

	/** @param {string} url @param {number} n @returns {string} another URL of the same file */
	const fresh = (url, n) => {
		const parsed = new URL(url, document.baseURI);
		const { hash } = parsed;
		const again = new URL(plain(parsed.href));
		again.search += `${again.search ? '&' : '?'}${MARK}=${n}`;
		again.hash = hash;
		return again.href;
	};

	/** By URL: when the extension requested it. @type {Map<string, {from: number, to: number}[]>} */
	const own = new Map();
	/** For each URL. The browser goes on to report its first requests: what is more is joined with them. */
	const MAX_OWN = 16;
	/** By how much the browser may round the clock that pages read. */
	const ROUNDING_MSEC = 2;

	/**
	 * @param {string} url
	 * @param {() => Promise<Response>} send a request for it, which is then not mistaken for one of the page
	 * @returns {Promise<Response>}
	 */
	const asOwn = async (url, send) => {
		const name = plain(url), one = { from: performance.now() - ROUNDING_MSEC, to: Infinity };
		const times = own.get(name) ?? [];
		if (times.length === MAX_OWN) {
			note(observer.takeRecords());
			times[1].from = times[0].from;
			times.shift();
		}
		if (own.size < MAX_URLS || own.has(name)) {
			own.set(name, [...times, one]);
		}
		try {
			return await send();
		} finally {
			one.to = performance.now();
		}
	};

	/**
	 * Sends a request that is not mistaken for one of the page. In Firefox, only the page's own
	 * fetch function uses the page's part of the cache.
	 *
	 * @param {string} url
	 * @param {RequestInit} options
	 * @returns {Promise<Response>}
	 */
	const request = (url, options) => asOwn(url, () => (/** @type {any} */ (globalThis).content ?? globalThis).fetch(url, options));

	/** @param {PerformanceResourceTiming} entry of the page @returns {boolean} whether it is a request of the extension */
	const isOwn = ({ name, initiatorType, startTime }) => initiatorType === 'fetch' &&
		own.get(plain(name))?.some(({ from, to }) => from <= startTime && startTime <= to) === true;

	/**
	 * All URLs, and what requested each. The browser's own buffer of resource timing has only 250
	 * entries, and the page may clear it.
	 *
	 * @type {Map<string, Set<string>>}
	 */
	const loaded = new Map();
	/** @type {boolean} whether `loaded` may miss some */
	let complete = true;
	/** @param {PerformanceEntryList} entries */
	const note = (entries) => {
		for (const entry of /** @type {PerformanceResourceTiming[]} */ (entries)) {
			const url = plain(entry.name), { initiatorType } = entry;
			if (isOwn(entry)) {
				continue;
			}
			if (loaded.has(url) || loaded.size < MAX_URLS) {
				loaded.set(url, (loaded.get(url) ?? new Set()).add(initiatorType));
			} else {
				complete = false;
			}
		}
	};
	const observer = new PerformanceObserver((list) => note(list.getEntries()));
	observer.observe({ type: 'resource', buffered: true });
	if (performance.getEntriesByType('resource').length >= 250) {
		complete = false;
	}

	/** @returns {string} what a browser requests if the page names no icon; '' if it names one */
	const unnamedIcon = () => (location.protocol.startsWith('http') && !document.querySelector('link[rel~=icon]')
		? `${location.origin}/favicon.ico` : '');

	/** @returns {string[]} the URLs of the documents in frames: Firefox reports no request for a frame of a page that it loads again */
	const framed = () => [...roots()].slice(1).map((root) => plain(/** @type {Document} */ (root).URL ?? '')).filter((url) => /^(http|file)/.test(url));

	/** @returns {Set<string>} what the page has loaded, as far as the browser reveals it */
	const urls = () => {
		note(observer.takeRecords());
		note(performance.getEntriesByType('resource'));
		for (const root of roots()) {
			note(root === document ? [] : /** @type {Document} */ (root).defaultView?.performance.getEntriesByType('resource') ?? []);
		}
		const all = new Set([...loaded.keys(), ...framed(), unnamedIcon()]);
		for (const root of roots()) {
			for (const element of root.querySelectorAll('link[href], img[src], script[src]')) {
				const { href, src } = /** @type {any} */ (element);
				all.add(plain(href ?? src));
			}
		}
		for (const sheet of sheets()) {
			if (sheet.href) {
				all.add(plain(sheet.href));
			}
		}
		all.delete('');
		return all;
	};

	/** @param {string} url @returns {Set<string>} what has requested it, as resource timing says: "link", "fetch", ... */
	const initiators = (url) => loaded.get(url) ?? new Set();

	/** @param {string} url @param {string} initiator what has used it without a request */
	const noteUse = (url, initiator) => loaded.set(plain(url), initiators(plain(url)).add(initiator));

	/** @param {string} initiator @returns {string[]} all that it has requested */
	const requestedBy = (initiator) => [...loaded].filter(([, types]) => types.has(initiator)).map(([url]) => url);

	/** Of one page, for the pages after it. */
	const MAX_HANDED = 256;
	const MAX_LENGTH = 1024;
	/** @returns {[string, string][]} the URLs that the page has loaded last, and what has requested each */
	const loadedLately = () => {
		note(observer.takeRecords());
		return [...loaded].filter(([url]) => url.startsWith('http') && url.length < MAX_LENGTH).slice(-MAX_HANDED)
			.map(([url, types]) => [url, [...types].join(' ')]);
	};

	/** What has requested what a frame shows, as resource timing says. */
	const IN_FRAME = /\b(i?frame|object|embed|subdocument|navigation)\b/;
	/** @returns {[string, string][]} those of loadedLately() that frames show, and what is in the frames of the page's own server now */
	const loadedInFrames = () => [...loadedLately().filter(([, types]) => IN_FRAME.test(types)),
		...framed().slice(0, MAX_HANDED).map((url) => /** @type {[string, string]} */ ([url, 'iframe']))];

	/** @returns {Set<string>} what the page itself has requested */
	const requested = () => {
		note(observer.takeRecords());
		return new Set(loaded.keys());
	};

	/** @returns {boolean} whether urls() returns all */
	const isComplete = () => complete;

	/** Most answers that a server computes have no suffix of a file. @param {string} path */
	const isFile = (path) => shared.match.kindOf(path) !== undefined || /\.(map|webmanifest|html?)$/i.test(path);
	/**
	 * Requests later than this after the page was complete are not counted: a reload might not repeat
	 * them.
	 */
	const SETTLED_MSEC = 1000;

	/** @param {string} type of what has requested a file @returns {boolean} whether that was a frame */
	const isOfFrame = (type) => /^(i?frame|subdocument|navigation)$/.test(type);

	/**
	 * @param {Window} view the page, or a frame of the same server
	 * @param {Set<string>} framed the pages of frames that are looked at in their own right
	 * @returns {string[]} paths on the page's own server, other than files, that it requested until it was complete
	 */
	const fetched = (view, framed) => {
		const [page] = /** @type {PerformanceNavigationTiming[]} */ (view.performance.getEntriesByType('navigation'));
		const end = (page?.loadEventEnd || Infinity) + SETTLED_MSEC;
		const entries = /** @type {PerformanceResourceTiming[]} */ (view.performance.getEntriesByType('resource'));
		return entries.filter((entry) => entry.startTime < end && !(view === window && isOwn(entry)) &&
			!(isOfFrame(entry.initiatorType) && framed.has(plain(entry.name))))
			.map(({ name }) => new URL(name))
			.filter(({ origin, pathname }) => origin === location.origin && pathname !== view.location.pathname &&
				!isFile(pathname)).map(({ pathname }) => pathname);
	};

	/**
	 * What a page requests again and again does not stay old.
	 *
	 * @returns {string[]} paths on the page's own server, other than files, that its scripts have requested once, later than fetched()
	 *	says: a part that the user has opened, for example
	 */
	const fetchedLate = () => {
		const [page] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
		const since = page?.loadEventEnd > 0 ? page.loadEventEnd + SETTLED_MSEC : Infinity;
		const late = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType('resource'))
			.filter((entry) => entry.startTime >= since && /^(fetch|xmlhttprequest)$/.test(entry.initiatorType) && !isOwn(entry))
			.map(({ name }) => new URL(name)).filter(({ origin, pathname }) => origin === location.origin && !isFile(pathname))
			.map(({ pathname }) => pathname);
		return late.filter((one) => late.indexOf(one) === late.lastIndexOf(one));
	};

	/** @returns {boolean} whether the page has scripts of its own server, as files */
	const hasScriptFiles = () => [...document.scripts].some(({ src }) => src && new URL(src).origin === location.origin);

	/**
	 * A theme switcher may have disabled a style sheet, given it other media, or enabled an alternate one.
	 *
	 * @param {CSSStyleSheet | null} sheet
	 * @returns {(owner: HTMLLinkElement | HTMLStyleElement) => void} switches the sheet that takes its place in the same way
	 */
	const switcher = (sheet) => {
		const off = sheet?.disabled ?? false, media = sheet?.media.mediaText;
		return ({ sheet: now }) => {
			if (now && now.disabled !== off) {
				now.disabled = off;
			}
			if (now && media !== undefined && now.media.mediaText !== media) {
				now.media.mediaText = media;
			}
		};
	};

	shared.dom = { foreign, fetched, fetchedLate, framed, hasScriptFiles, isFile, isOfFrame, roots, inside, sheets, withImports, rulesOf, baseOf, isImport, plain, fresh, unnamedIcon, urls, initiators, noteUse, requestedBy, requested, loadedLately, loadedInFrames, isComplete, asOwn, isOwn, request, switcher };
}
