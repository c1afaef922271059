// SPDX-License-Identifier: MIT
//
// Finds uses of a file that a replacement in place does not reach: by a script, in a frame or style
// sheet that cannot be read, behind a service worker. Then the page is reloaded.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, mentions, nextPage } = shared;

	/** Requests whose answer is held by the page, not by an element. */
	const BY_SCRIPT = ['fetch', 'xmlhttprequest', 'script', 'beacon', 'cache'];

	/** Content of an <object> or <embed> that has no document. */
	const NO_DOCUMENT = /\.(png|jpe?g|gif|webp|avif|ico|bmp|mp[34]|web[mp]|og[gv]|wav|pdf)$/i;

	/** @param {Element} element a frame @returns {string} its URL; '' for a `srcdoc` */
	const sourceOf = (element) => {
		const { src, data } = /** @type {any} */ (element);
		return element.hasAttribute('srcdoc') ? '' : src || data || '';
	};

	/** @typedef {{origin: string, way: number[]}} Apart */

	/** The frames in the tab that are updated on their own. @type {Apart[]} */
	let apart = [];
	/** @param {Apart[]} frames */
	const setApart = (frames) => {
		apart = frames;
	};

	/** @param {Window} frame @returns {number[]} its place in the tab, as page/frame.js reports it */
	const wayOf = (frame) => {
		const way = [];
		for (let at = frame; at !== at.parent; at = at.parent) {
			way.unshift(Array.from({ length: at.parent.length }, (_, i) => at.parent[i]).indexOf(at));
		}
		return way;
	};

	/**
	 * Whether the frame is updated on its own, as far as is certain: it was in the same place, and
	 * of the same origin, when its document began.
	 *
	 * @param {Element} element
	 */
	const isApart = (element) => {
		const frame = /** @type {HTMLIFrameElement} */ (element).contentWindow;
		if (!frame || !URL.canParse(sourceOf(element))) {
			return false;
		}
		const way = wayOf(frame).join(), { origin } = new URL(sourceOf(element));
		return apart.some((one) => one.origin === origin && one.way.join() === way);
	};

	/** @param {Document} [within] @returns {Element[]} the frames that may be of the project, and that the extension cannot access */
	const opaqueFrames = (within) => [...dom.roots(within)].flatMap((root) =>
		[...root.querySelectorAll('iframe, frame, object, embed')].filter((element) => {
			const url = sourceOf(element);
			const isFrame = /frame$/.test(element.localName);
			return !dom.inside(element) && (isFrame ? !url || mentions.isNear(url)
				: url && mentions.isNear(url) && !NO_DOCUMENT.test(new URL(url, document.baseURI).pathname));
		}));

	/**
	 * Whether there are documents, possibly of the project, that the extension cannot access:
	 * sandboxed frames, frames of another port.
	 *
	 * @param {Document} [within]
	 */
	const hasOpaqueDocuments = (within) => opaqueFrames(within).length > 0;
	/** Like hasOpaqueDocuments(), but without frames that are updated on their own. */
	const hasUnfollowed = () => opaqueFrames().some((frame) => !isApart(frame));

	/** @returns {string | undefined} why a page of the project may be shown in a frame that the extension cannot access */
	const inFrame = () => (opaqueFrames().some((frame) => sourceOf(frame) && !isApart(frame)) ? 'a frame that the extension cannot read may show it' : undefined);

	/** Firefox lets extensions read the sheets of other servers, but not what those import. @param {CSSStyleSheet} sheet */
	const importsElsewhere = (sheet) => !sheet.href?.startsWith(`${location.origin}/`) && [...dom.rulesOf(sheet) ?? []].some(dom.isImport);

	/** Style sheets of the browser, such as that of a picture in an `<object>`. */
	const BROWSERS_OWN = /^(resource|chrome):/;
	/** @param {Set<string>} [known] sheets of the file itself @returns {boolean} whether a sheet that may be of the project cannot be read */
	const hasOpaqueSheets = (known) => [...dom.sheets()].some((sheet) =>
		sheet.href && !BROWSERS_OWN.test(sheet.href) && (!dom.rulesOf(sheet) || importsElsewhere(sheet)) && !known?.has(dom.plain(sheet.href)) && mentions.isNear(sheet.href));

	/** @param {Window | null} view @returns {ServiceWorkerContainer | undefined} a page with an origin of its own has none */
	const workersOf = (view) => {
		try {
			return view?.navigator.serviceWorker;
		} catch {
			return undefined;
		}
	};

	/**
	 * A page that was loaded past the service worker is not under its control, but the next one is.
	 */
	let registered = false;

	/** @returns {Promise<boolean>} whether the next page may be under the control of a service worker */
	const findServiceWorker = async () => {
		registered ||= Boolean(await workersOf(window)?.getRegistration().catch(() => undefined));
		return registered;
	};

	/** @param {() => void} notify called if the page has a service worker, or gets one */
	const onServiceWorker = (notify) => {
		const look = () => findServiceWorker().then((is) => is && notify());
		look();
		addEventListener('load', look, { once: true });
		// Chromium does not give this to scripts of an extension.
		workersOf(window)?.ready.then(look, () => {});
	};

	/** @returns {boolean} whether a service worker answers for the server, in the page or in a frame */
	const hasServiceWorker = () => registered || [...dom.roots()].some((root) =>
		workersOf(/** @type {Document} */ (root).defaultView)?.controller);

	/** @returns {boolean} whether the page has started a worker whose requests are not visible here */
	const hasWorker = () => dom.requestedBy('other').some((/** @type {string} */ url) => /\.[cm]?[jt]sx?$/.test(new URL(url).pathname));

	/** Kinds of files that a shared worker may be made of, or may have loaded when it began. */
	const IN_WORKERS = ['script', 'data', 'other'];
	/**
	 * @param {{kind: string}[]} [changes] undefined: it is not known what has changed
	 * @returns {Promise<boolean>} whether the page may have made a shared worker of these files: a reload makes no new one if
	 *	another page uses it
	 */
	const inSharedWorker = async (changes) => {
		if (changes && !changes.some(({ kind }) => IN_WORKERS.includes(kind))) {
			return false;
		}
		// In Chromium, reading the scripts makes the reload slower; it was done if a script has changed that the page does not load itself.
		return nextPage.KEEPS_IN_MEMORY ? mentions.makesShared() : mentions.mentionsShared();
	};

	/**
	 * In Firefox, a shared worker goes on in the reloaded page if a frame of the old page uses it, since frames end after their
	 * page has, or if a page for going back does. To be called when the page ends.
	 *
	 * @param {PageTransitionEvent} event
	 */
	const endFrames = ({ persisted }) => {
		if (nextPage.KEEPS_IN_MEMORY && !persisted && mentions.known.shared) {
			[...dom.roots()].flatMap((root) => [...root.querySelectorAll('iframe, frame, object, embed')]).forEach((frame) => frame.remove());
		}
	};

	/** @returns {boolean} whether a script has made fonts that no style sheet names */
	const hasFontsByScript = () => {
		let count = 0;
		for (const sheet of dom.sheets()) {
			count += [...dom.rulesOf(sheet) ?? []].filter(({ type }) => type === CSSRule.FONT_FACE_RULE).length;
		}
		return document.fonts.size > count;
	};

	/** @param {Set<string>} urls @returns {boolean} whether a frame shows the file itself */
	const isInFrame = (urls) => [...dom.roots()].some((root) => [...root.querySelectorAll('iframe, frame')].some((element) => {
		const url = dom.inside(element)?.URL ?? sourceOf(element);
		return url && urls.has(dom.plain(url));
	}));

	/** Elements that draw images and keep them. */
	const hasCanvas = () => [...dom.roots()].some((root) =>
		root.querySelector('canvas, img[src^="blob:"], image[href^="blob:"], [style*="blob:"]'));

	/**
	 * Firefox goes on with the old sound in a reloaded page, since a script of the page before may still hold it: a reload is of no use.
	 *
	 * @returns {boolean} whether a script may play sounds without an element of the page
	 */
	const playsBesides = () => mentions.known.plays;

	/** Kinds of files that a style sheet can load. */
	const IN_SHEETS = ['css', 'image', 'font'];

	/**
	 * @param {string} kind of file
	 * @param {Set<string>} [found] its URLs
	 * @returns {string | undefined} why it may be used under URLs that are not known here
	 */
	const unseen = (kind, found) => (
		hasServiceWorker() ? 'a service worker answers for the server'
		: hasUnfollowed() ? 'a frame that the extension cannot read may use it'
		: IN_SHEETS.includes(kind) && hasOpaqueSheets(kind === 'css' ? found : undefined) ? 'a style sheet that cannot be read may use it'
		: hasWorker() || (kind === 'script' && mentions.known.workers) ? 'a worker may use it'
		: undefined
	);

	/**
	 * @param {string} kind of file
	 * @param {Set<string>} found its URLs, and those of files that may contain it
	 * @param {Set<string>} [named] its URLs alone
	 * @returns {string | undefined} why a replacement in place may not reach all uses of it
	 */
	const beyond = (kind, found, named = found) => (
		unseen(kind, named) ?? ([...found].some((url) => BY_SCRIPT.some((type) => dom.initiators(url).has(type))) ? 'the page\'s own script uses it'
		: isInFrame(found) ? 'a frame shows it'
		: kind === 'image' && (hasCanvas() || mentions.known.drawing) ? 'the page may have drawn it'
		: kind === 'media' && playsBesides() && !nextPage.KEEPS_IN_MEMORY ? 'the page\'s own script may play it'
		: kind === 'font' && hasFontsByScript() ? 'the page\'s own script has loaded fonts'
		: kind === 'css' && !nextPage.isReachable() ? 'the browser would show the old one on the next page'
		: undefined)
	);

	/** What a server may have put into the HTML for a file. @type {Record<string, string>} */
	const INLINE = { css: 'style', image: 'svg, [src^="data:image"], style', font: 'style', script: 'script:not([src])' };

	/** @param {{kind: string}[]} changes @returns {string} a selector for what a server may have put into the HTML for these files */
	const inline = (changes) => changes.map(({ kind }) => INLINE[kind]).filter(Boolean).join();
	/** @param {{kind: string}[]} changes @returns {boolean} */
	const mayBeInlined = (changes) => Boolean(inline(changes) && document.querySelector(inline(changes)));

	shared.uses = { setApart, endFrames, inSharedWorker, playsBesides, beyond, unseen, inFrame, inline, mayBeInlined, hasOpaqueDocuments, hasServiceWorker, findServiceWorker, onServiceWorker };
}
