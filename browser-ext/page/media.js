// SPDX-License-Identifier: MIT
//
// Refreshes images, fonts, audio and video in place.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, match } = shared;

	/** Attributes that hold one URL. */
	const SELECTOR = 'img[src], input[type=image][src], source[src], video, audio[src], track[src], ' +
		'embed[src], object[data], image, use, feImage, link[rel~=icon], link[rel~=apple-touch-icon]';
	const ATTRIBUTES = ['src', 'poster', 'data', 'href', 'xlink:href'];

	const URLS = /url\(\s*(["']?)(.*?)\1\s*\)/g;

	/** @returns {Set<string>} the URLs in CSS rules: the browser reports no request for what it has in memory */
	const named = () => {
		/** @type {Set<string>} */
		const found = new Set();
		const note = (/** @type {string} */ text, /** @type {string} */ base) =>
			[...text.matchAll(URLS)].forEach(([, , url]) => found.add(dom.plain(url, base)));
		for (const sheet of dom.sheets()) {
			[...dom.rulesOf(sheet) ?? []].forEach(({ cssText }) => note(cssText, sheet.href ?? document.baseURI));
		}
		for (const root of dom.roots()) {
			root.querySelectorAll('[style*="url("]').forEach((/** @type {Element} */ element) => note(element.getAttribute('style') ?? '', element.baseURI));
		}
		found.delete('');
		return found;
	};

	/** @param {string} text @param {Set<string>} urls @param {number} n @param {string} base */
	const freshIn = (text, urls, n, base) => text.replace(URLS,
		(whole, _, url) => (urls.has(dom.plain(url, base)) ? `url("${dom.fresh(new URL(url, base).href, n)}")` : whole));

	/** @param {string} text a srcset */
	const freshSet = (/** @type {string} */ text, /** @type {Set<string>} */ urls, /** @type {number} */ n) =>
		text.replace(/(^|,)(\s*)(\S*[^\s,])/g, (whole, comma, space, url) =>
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
				} else if (/^(object|embed)$/.test(element.localName)) {
					// Chromium may keep what such an element shows.
					const copy = /** @type {Element} */ (element.cloneNode(true));
					copy.setAttribute(name, url);
					element.replaceWith(copy);
				} else {
					set();
				}
				count++;
			}
		}
		return count;
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

	/** @param {CSSRule} rule @param {Set<string>} urls @param {number} n @returns {number} */
	const swapRule = (rule, urls, n) => {
		const { cssRules, style, parentStyleSheet } = /** @type {any} */ (rule);
		const base = parentStyleSheet?.href ?? document.baseURI;
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
		const base = sheet.href ?? document.baseURI;
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

	/**
	 * @param {Set<string>} urls
	 * @param {number} n
	 * @returns {number} in how many places
	 */
	const swap = (urls, n) => {
		let count = swapUnnamedIcon(urls, n);
		for (const root of dom.roots()) {
			for (const element of root.querySelectorAll(SELECTOR)) {
				count += swapElement(element, urls, n);
			}
			for (const element of root.querySelectorAll('[srcset]')) {
				const value = element.getAttribute('srcset') ?? '';
				const again = freshSet(value, urls, n);
				if (again !== value) {
					element.setAttribute('srcset', again);
					count++;
				}
			}
			for (const element of root.querySelectorAll('[style*="url("]')) {
				const { style } = /** @type {HTMLElement} */ (element);
				count += swapRule(/** @type {any} */ ({ style }), urls, n);
			}
		}
		for (const sheet of dom.sheets()) {
			count += swapFonts(sheet, urls, n);
			for (const rule of dom.rulesOf(sheet) ?? []) {
				if (rule.type !== CSSRule.FONT_FACE_RULE) {
					count += swapRule(rule, urls, n);
				}
			}
		}
		return count;
	};

	/**
	 * Firefox keeps style sheets in memory, with the images of their rules, for the next page.
	 *
	 * @param {{path: string, event: number}[]} changes images that were saved, the latest last
	 */
	const swapInRules = (changes) => {
		const all = named();
		const rules = [...dom.sheets()].flatMap((sheet) => [...dom.rulesOf(sheet) ?? []]);
		for (const { path, event } of changes) {
			const urls = match.find(path, all);
			if (urls.size) {
				rules.forEach((rule) => swapRule(rule, urls, event));
			}
		}
	};

	shared.media = { swap, swapInRules, named };
}
