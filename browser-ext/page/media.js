// SPDX-License-Identifier: MIT
//
// Refreshes images, fonts, audio and video in place.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, match, mentions } = shared;

	/** Attributes that hold one URL. */
	const SELECTOR = 'img[src], input[type=image][src], source[src], video, audio[src], track[src], ' +
		'embed[src], object[data], image, use, feImage, link[rel~=icon], link[rel~=apple-touch-icon], [background]';
	const ATTRIBUTES = ['src', 'poster', 'data', 'href', 'xlink:href', 'background'];

	/** Attributes that hold what a style may hold as well. */
	const PAINTS = ['style', 'mask', 'filter', 'fill', 'stroke', 'clip-path', 'cursor', 'marker-start', 'marker-mid', 'marker-end'];
	const PAINTED = PAINTS.map((name) => `[${name}*="url("]`).join();

	const URLS = /url\(\s*(["']?)(.*?)\1\s*\)/g;

	const IN_SET = /(^|,)(\s*)(\S*[^\s,])/g;

	/** @returns {Set<string>} the URLs in elements and CSS rules: the browser reports no request for what it has in memory */
	const named = () => {
		/** @type {Set<string>} */
		const found = new Set();
		const note = (/** @type {string} */ text, /** @type {string} */ base) =>
			[...text.matchAll(URLS)].forEach(([, , url]) => found.add(dom.plain(url, base)));
		for (const sheet of dom.sheets()) {
			[...dom.rulesOf(sheet) ?? []].forEach(({ cssText }) => note(cssText, dom.baseOf(sheet)));
		}
		for (const root of dom.roots()) {
			root.querySelectorAll(PAINTED).forEach((/** @type {Element} */ element) =>
				PAINTS.forEach((name) => note(element.getAttribute(name) ?? '', element.baseURI)));
			for (const element of root.querySelectorAll(`${SELECTOR}, [srcset]`)) {
				const set = [...(element.getAttribute('srcset') ?? '').matchAll(IN_SET)].map(([, , , url]) => url);
				[...ATTRIBUTES.map((name) => element.getAttribute(name)), ...set].forEach((url) => url && !/^(data|blob):/.test(url) && found.add(dom.plain(url, element.baseURI)));
			}
		}
		found.delete('');
		return found;
	};

	/** @param {string} text @param {Set<string>} urls @param {number} n @param {string} base */
	const freshIn = (text, urls, n, base) => text.replace(URLS,
		(whole, _, url) => (urls.has(dom.plain(url, base)) ? `url("${dom.fresh(new URL(url, base).href, n)}")` : whole));

	/** @param {string} text a srcset */
	const freshSet = (/** @type {string} */ text, /** @type {Set<string>} */ urls, /** @type {number} */ n) =>
		text.replace(IN_SET, (whole, comma, space, url) =>
			(urls.has(dom.plain(url)) ? `${comma}${space}${dom.fresh(url, n)}` : whole));

	/**
	 * Plays audio or video from the new file, from the position where it was.
	 *
	 * @param {HTMLMediaElement} media
	 * @param {() => void} swap
	 */
	const playOn = (media, swap) => {
		const { currentTime, paused } = media;
		swap();
		if (!media.hasAttribute('src')) {
			// Otherwise a new `<source>` has no effect.
			media.load();
		}
		media.currentTime = currentTime;
		// If the server has no range requests, seeking works only after that part is loaded.
		media.addEventListener('canplay', () => {
			if (media.currentTime < currentTime) {
				media.currentTime = currentTime;
			}
		}, { once: true });
		if (!paused) {
			media.play().catch(() => {});
		}
	};

	/** @param {Element} element @param {Set<string>} urls @param {number} n */
	const swapElement = (element, urls, n) => {
		let count = 0;
		const media = element.closest('video, audio');
		for (const name of ATTRIBUTES) {
			const value = element.getAttribute(name);
			if (value && urls.has(dom.plain(value, element.baseURI))) {
				const url = dom.fresh(new URL(value, element.baseURI).href, n);
				const set = () => element.setAttribute(name, url);
				if (media && name === 'src' && element.localName !== 'track') {
					playOn(/** @type {HTMLMediaElement} */ (media), set);
				} else if (/^(object|embed|track)$/.test(element.localName)) {
					// Chromium may keep what such an element shows, and Firefox does not load subtitles again.
					const copy = /** @type {HTMLTrackElement} */ (element.cloneNode(true));
					copy.setAttribute(name, url);
					element.replaceWith(copy);
					if (copy.track) {
						copy.track.mode = /** @type {HTMLTrackElement} */ (element).track.mode;
					}
				} else {
					set();
				}
				count++;
			}
		}
		return count;
	};

	/** @param {Element} element @param {Set<string>} urls @param {number} n */
	const swapSet = (element, urls, n) => {
		const value = element.getAttribute('srcset') ?? '';
		const again = freshSet(value, urls, n);
		if (again !== value) {
			element.setAttribute('srcset', again);
		}
		return again === value ? 0 : 1;
	};

	/** Swaps the icon of a page that names none. @param {Set<string>} urls @param {number} n */
	const swapUnnamedIcon = (urls, n) => {
		const url = dom.unnamedIcon();
		if (!url || !urls.has(url)) {
			return 0;
		}
		const link = document.createElement('link');
		link.rel = 'icon';
		link.href = dom.fresh(url, n);
		document.head.append(link);
		return 1;
	};

	/** @param {CSSRule | Element} rule or an element with a style of its own @param {Set<string>} urls @param {number} n @returns {number} */
	const swapRule = (rule, urls, n) => {
		const { cssRules, style, parentStyleSheet, baseURI } = /** @type {any} */ (rule);
		const base = baseURI ?? dom.baseOf(parentStyleSheet);
		let count = 0;
		for (const inner of cssRules ?? []) {
			count += swapRule(inner, urls, n);
		}
		for (const name of style ?? []) {
			const value = style.getPropertyValue(name);
			const again = value.includes('url(') ? freshIn(value, urls, n, base) : value;
			if (again !== value) {
				style.setProperty(name, again, style.getPropertyPriority(name));
				count++;
			}
		}
		return count;
	};

	/** The `src` of a font's rule cannot be changed, so the rule is replaced. */
	const swapFonts = (/** @type {CSSStyleSheet} */ sheet, /** @type {Set<string>} */ urls, /** @type {number} */ n) => {
		let count = 0;
		const base = dom.baseOf(sheet);
		[...(dom.rulesOf(sheet) ?? [])].forEach((rule, index) => {
			if (rule.type !== CSSRule.FONT_FACE_RULE) {
				return;
			}
			const text = freshIn(rule.cssText, urls, n, base);
			if (text !== rule.cssText) {
				sheet.insertRule(text, index + 1);
				sheet.deleteRule(index);
				count++;
			}
		});
		return count;
	};

	/** @param {Element} element with styles of its own @param {Set<string>} urls @param {number} n @returns {number} */
	const swapPaints = (element, urls, n) => {
		let count = swapRule(element, urls, n);
		for (const name of PAINTS.slice(1)) {
			const value = element.getAttribute(name) ?? '';
			const again = freshIn(value, urls, n, element.baseURI);
			if (again !== value) {
				element.setAttribute(name, again);
				count++;
			}
		}
		return count;
	};

	/** @param {Set<string>} urls @returns {boolean} whether a script animates with them; an animation of a style sheet has a rule */
	const isAnimated = (urls) => document.getAnimations().some((animation) => !('animationName' in animation) &&
		/** @type {KeyframeEffect | null} */ (animation.effect)?.getKeyframes().some((frame) => Object.values(frame)
			.some((value) => [...String(value).matchAll(URLS)].some(([, , url]) => urls.has(dom.plain(url))))));

	/** Elements that keep what they have loaded while they are not in the page; others load it again. */
	const KEEPS = 'img, input[type=image][src], video[poster], image, use, feImage';
	const MAX_FOLLOWED = 256;
	/** The URLs that were replaced, and for which event, the latest last. @type {Map<string, number>} */
	const followed = new Map();

	/** @param {any} element that a script has put into the page, perhaps one that it had kept for longer */
	const swapLate = (element) => {
		if (!element.matches(KEEPS) && !element.matches(PAINTED)) {
			return;
		}
		for (const n of new Set(followed.values())) {
			const isNew = (/** @type {string} */ url) => [...element.attributes].some(({ value }) => value.includes(dom.fresh(url, n)));
			const urls = new Set([...followed].filter(([url, event]) => event === n && !isNew(url)).map(([url]) => url));
			if (element.complete !== false) {
				swapElement(element, urls, n);
				swapSet(element, urls, n);
			}
			swapPaints(element, urls, n);
		}
	};

	const late = new MutationObserver((records) => {
		for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
			if (node instanceof Element) {
				[node, ...node.querySelectorAll(`${KEEPS}, ${PAINTED}`)].forEach(swapLate);
			}
		}
	});

	/**
	 * A script may put a picture into the page later that it has loaded before.
	 *
	 * @param {Set<string>} urls that were replaced
	 * @param {number} n
	 */
	const follow = (urls, n) => {
		for (const url of urls) {
			followed.delete(url);
			followed.set(url, n);
		}
		[...followed.keys()].slice(0, -MAX_FOLLOWED).forEach((url) => followed.delete(url));
		[...dom.roots()].forEach((root) => late.observe(root, { childList: true, subtree: true }));
	};

	/**
	 * @param {Set<string>} urls
	 * @param {number} n
	 * @returns {{count: number, missed: boolean}} in how many places; missed: a style that is not found here
	 *	shows it, too, such as that of a script's animation
	 */
	const swap = (urls, n) => {
		// Before anything is replaced: it makes the browser apply styles, after which Chromium may show nothing of a new <object>.
		const animated = isAnimated(urls);
		let count = swapUnnamedIcon(urls, n), inStyles = 0;
		for (const root of dom.roots()) {
			for (const element of root.querySelectorAll(SELECTOR)) {
				count += swapElement(element, urls, n);
			}
			for (const element of root.querySelectorAll('[srcset]')) {
				count += swapSet(element, urls, n);
			}
			for (const element of root.querySelectorAll(PAINTED)) {
				inStyles += swapPaints(element, urls, n);
			}
		}
		for (const sheet of dom.sheets()) {
			inStyles += swapFonts(sheet, urls, n);
			for (const rule of dom.rulesOf(sheet) ?? []) {
				if (rule.type !== CSSRule.FONT_FACE_RULE) {
					inStyles += swapRule(rule, urls, n);
				}
			}
		}
		follow(urls, n);
		const missed = animated || (!inStyles && [...urls].some((url) => dom.initiators(url).has('css')));
		return { count: count + inStyles, missed };
	};

	/**
	 * Firefox keeps the sheets of `<style>` elements in memory, with the images of their rules, for the next page that has
	 * the same.
	 *
	 * @param {{path: string, event: number, all?: true}[]} changes images that were saved, the latest last; all: any may have been
	 */
	const swapInRules = (changes) => {
		const every = named();
		const rules = [...dom.sheets()].flatMap((sheet) => [...dom.rulesOf(sheet) ?? []]);
		for (const { path, event, all } of changes) {
			const urls = all ? new Set([...every].filter((url) => mentions.isNear(url))) : match.find(path, every);
			if (urls.size) {
				rules.forEach((rule) => swapRule(rule, urls, event));
			}
		}
	};

	shared.media = { swap, swapInRules, named };
}
