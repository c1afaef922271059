// SPDX-License-Identifier: MIT
//
// Replaces style sheets in place: the new one is inserted beside the old one, which is removed
// when the new one is loaded, so that the page is never without styles.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, match, mentions, nextPage } = shared;
	const LOAD_MSEC = 5000;

	/**
	 * URLs that were replaced in this document: a copy of a parent sheet must import the new ones.
	 */
	const swapped = new Set();

	/** @param {EventTarget} target @returns {Promise<string>} the event that came, or "late" */
	const settled = (target) => new Promise((resolve) => {
		for (const type of ['load', 'error']) {
			target.addEventListener(type, () => resolve(type), { once: true });
		}
		setTimeout(() => resolve('late'), LOAD_MSEC);
	});

	/**
	 * An imported sheet has no load event; its resource timing entry shows that it is loaded.
	 *
	 * @param {string} url
	 * @returns {{done: Promise<void>}}
	 */
	const fetched = (url) => ({
		done: new Promise((resolve) => {
			const observer = new PerformanceObserver((list) => {
				if (list.getEntries().some(({ name }) => name === url)) {
					end();
				}
			});
			const end = () => {
				observer.disconnect();
				clearTimeout(timer);
				resolve();
			};
			const timer = setTimeout(end, LOAD_MSEC);
			observer.observe({ type: 'resource' });
		}),
	});

	/** @param {CSSRule} rule */
	const applied = async (rule) => {
		const deadline = performance.now() + LOAD_MSEC;
		const { styleSheet } = /** @type {any} */ (rule);
		while (!(/** @type {any} */ (rule).styleSheet ?? styleSheet) && performance.now() < deadline) {
			await new Promise((resolve) => setTimeout(resolve, 4));
		}
	};

	/**
	 * @param {CSSStyleSheet} sheet
	 * @param {CSSRule} rule an `@import` in it
	 * @param {number} n
	 */
	const swapImport = async (sheet, rule, n) => {
		const old = /** @type {any} */ (rule);
		const url = dom.fresh(old.styleSheet?.href ?? new URL(old.href, dom.baseOf(sheet)).href, n);
		const text = rule.cssText.replace(/url\((?:"(?:[^"\\]|\\.)*"|[^)]*)\)/, `url("${url}")`);
		const index = [...sheet.cssRules].indexOf(rule);
		const { done } = fetched(url);
		sheet.insertRule(text, index + 1);
		const added = sheet.cssRules[index + 1];
		await done;
		await applied(added);
		const now = [...sheet.cssRules].indexOf(rule);
		if (now >= 0) {
			sheet.deleteRule(now);
		}
		await swapInner(added, n);
	};

	/**
	 * A new copy of a sheet imports, by their old URLs, sheets that were replaced before. Chromium
	 * takes them from its cache, so we refresh the cache and copy the whole `<link>` or `<style>`:
	 * no event reports when a rule that was inserted into a sheet applies. Firefox uses its own
	 * copy for the old URL, and asks neither cache nor server; there we insert a new import.
	 */
	const REFRESHES_CACHE = !nextPage.KEEPS_IN_MEMORY;

	/** @param {CSSStyleSheet} sheet that will be loaded again */
	const prime = async (sheet) => {
		if (REFRESHES_CACHE) {
			const urls = [...dom.withImports(sheet)].slice(1).map(({ href }) => dom.plain(href ?? ''));
			await Promise.all([...new Set(urls)].filter((url) => swapped.has(url))
				.map((url) => dom.request(url, { cache: 'reload' }).then((/** @type {Response} */ answer) => answer.text()).catch(() => {})));
		}
	};

	const swapInner = async (/** @type {any} */ owner, /** @type {number} */ n) => {
		const sheet = owner.sheet ?? owner.styleSheet;
		const rules = !REFRESHES_CACHE && sheet && dom.rulesOf(sheet);
		await Promise.all([...(rules || [])].filter(dom.isImport).map((rule) => {
			const inner = rule.styleSheet;
			return inner?.href && swapped.has(dom.plain(inner.href))
				? swapImport(sheet, rule, n)
				: inner && swapInner(rule, n);
		}));
	};

	/**
	 * @param {HTMLLinkElement} link
	 * @param {number} n
	 * @param {object[]} replaced is given what putBack() needs
	 * @returns {Promise<boolean>} whether the new one applies
	 */
	const swapLink = async (link, n, replaced) => {
		if (link.sheet) {
			await prime(link.sheet);
		}
		const clone = /** @type {HTMLLinkElement} */ (link.cloneNode());
		// An absolute URL, since Firefox checks a relative one against the page's policy.
		clone.href = dom.fresh(link.href, n);
		clone.removeAttribute('integrity');
		const switchAsBefore = dom.switcher(link.sheet), href = link.getAttribute('href');
		const end = settled(clone);
		clone.addEventListener('load', () => switchAsBefore(clone), { once: true });
		link.after(clone);
		/** @param {HTMLLinkElement} owner */
		const finish = async (owner) => {
			switchAsBefore(owner);
			await swapInner(owner, n);
		};
		if (link.disabled) {
			clone.disabled = true;
		} else {
			await end;
			// The error event also comes if the page's policy forbids only an import of the sheet.
			if (!clone.sheet) {
				clone.remove();
				return false;
			}
			await finish(clone);
		}
		link.remove();
		if (!link.integrity) {
			replaced.push({ old: link, copy: clone, href, finish });
		}
		return true;
	};

	/** @param {CSSStyleSheet} sheet @param {any} rule an `@import` in it */
	const importUrl = (sheet, rule) =>
		dom.plain(rule.styleSheet?.href ?? rule.href, dom.baseOf(sheet));

	/**
	 * @param {HTMLStyleElement} style
	 * @param {object[]} replaced is given what putBack() needs
	 * @returns {Promise<boolean>}
	 */
	const swapStyle = async (style, replaced) => {
		if (style.sheet) {
			await prime(style.sheet);
		}
		const clone = /** @type {HTMLStyleElement} */ (style.cloneNode(true));
		const switchAsBefore = dom.switcher(style.sheet);
		const end = settled(clone);
		style.after(clone);
		switchAsBefore(clone);
		await end;
		switchAsBefore(clone);
		style.remove();
		replaced.push({ old: style, copy: clone, href: null, finish: switchAsBefore });
		return true;
	};

	/**
	 * @param {CSSStyleSheet} sheet
	 * @param {Set<string>} urls
	 * @param {number} n
	 * @returns {Generator<Promise<boolean>>} the swaps of what it imports, the outermost only
	 */
	function* swapImports(sheet, urls, n) {
		// A copy of the list, since the loop inserts rules.
		for (const rule of [...(dom.rulesOf(sheet) ?? [])].filter(dom.isImport)) {
			const inner = /** @type {any} */ (rule).styleSheet;
			if (urls.has(importUrl(sheet, rule))) {
				yield swapImport(sheet, rule, n).then(() => true);
			} else if (inner) {
				yield* swapImports(inner, urls, n);
			}
		}
	}

	/**
	 * @param {CSSStyleSheet} sheet of a `<link>` or `<style>`
	 * @param {Set<string>} urls
	 * @param {number} n
	 * @param {object[]} replaced
	 * @returns {Generator<Promise<boolean>>}
	 */
	function* swapSheet(sheet, urls, n, replaced) {
		const owner = /** @type {any} */ (sheet.ownerNode);
		const isLink = owner?.localName === 'link';
		const inside = REFRESHES_CACHE &&
			[...dom.withImports(sheet)].slice(1).some(({ href }) => urls.has(dom.plain(href ?? '')));
		if (isLink && (inside || (sheet.href && urls.has(dom.plain(sheet.href))))) {
			yield swapLink(owner, n, replaced);
		} else if (inside && owner?.localName === 'style') {
			yield swapStyle(owner, replaced);
		} else if (sheet.href && urls.has(dom.plain(sheet.href))) {
			// Of an XML file: a processing instruction names it, and no event reports when a new one applies.
			yield Promise.resolve(false);
		} else {
			yield* swapImports(sheet, urls, n);
		}
	}

	/**
	 * @param {Set<string>} urls
	 * @param {number} n
	 * @returns {Promise<{count: number, failed: boolean, replaced: object[]}>} how many were swapped; replaced: for putBack()
	 */
	const swap = async (urls, n) => {
		/** @type {Promise<boolean>[]} */
		const swaps = [];
		/** @type {object[]} */
		const replaced = [];
		const found = reachable();
		[...urls].filter((url) => found.has(url)).forEach((url) => swapped.add(url));
		for (const root of [...dom.roots()]) {
			for (const sheet of [...root.styleSheets]) {
				swaps.push(...swapSheet(sheet, urls, n, replaced));
			}
		}
		const done = await Promise.all(swaps);
		return { count: done.filter(Boolean).length, failed: done.includes(false), replaced };
	};

	const URLS = /url\(\s*(["']?)(.*?)\1\s*\)/g;

	/** @param {CSSRule[]} rules @param {string} base @returns {string} their text without what was replaced in them */
	const textOf = (rules, base) => rules.filter((rule) => !dom.isImport(rule)).map(({ cssText }) => cssText).join('\n')
		.replace(URLS, (_, quote, url) => `url("${dom.plain(url, base)}")`);

	/** @param {string} href of a sheet @returns {Promise<string | undefined>} its text; undefined: the browser no longer has it */
	const loadedText = (href) => dom.request(href.replace(/#.*/, '') + nextPage.CACHED, { cache: 'only-if-cached', mode: 'same-origin' })
		.then((/** @type {Response} */ answer) => answer.text()).catch(() => {});

	/** @param {string} text @param {CSSRule[]} rules of a sheet that was made of it @param {string} base */
	const differs = (text, rules, base) => {
		const parsed = new CSSStyleSheet();
		parsed.replaceSync(text);
		return textOf([...parsed.cssRules], base) !== textOf(rules, base);
	};

	/** @returns {boolean} whether a script has put its rules into sheets of its own, as libraries for styles in scripts do */
	const hasFilled = () => [...dom.sheets()].some((sheet) => !sheet.href && !sheet.ownerRule &&
		(!sheet.ownerNode || differs(sheet.ownerNode.textContent ?? '', [...dom.rulesOf(sheet) ?? []], dom.baseOf(sheet))));

	/** A longer sheet takes too long to be compared at each save. Characters. */
	const MAX_COMPARED = 100000;

	/** @typedef {{text?: string, rules: CSSRule[], base: string}} Made a sheet, and the text that it was made of, if the browser still has it */

	/** @param {Made} made */
	const isChanged = ({ text, rules, base }) => text !== undefined && differs(text, rules, base);

	/**
	 * Whether a script has changed the rules of sheets that swap() will replace: the new ones do not have these
	 * changes. To be called before swap().
	 *
	 * @param {Set<string>} urls
	 * @returns {Promise<boolean>}
	 */
	const areAltered = async (urls) => {
		const owned = [...dom.roots()].flatMap((root) => [...root.styleSheets]).map((sheet) => [...dom.withImports(sheet)])
			.filter((all) => all.some(({ href }) => href && urls.has(dom.plain(href)))).flat();
		// A page cannot change the sheets of another server.
		/** @type {Made[]} */
		const all = await Promise.all(owned.filter(({ href }) => !href || href.startsWith(`${location.origin}/`)).map(async (sheet) => {
			const base = dom.baseOf(sheet), rules = [...dom.rulesOf(sheet) ?? []], inner = sheet.ownerNode?.textContent ?? '';
			return { text: sheet.href ? await loadedText(sheet.href) : inner, rules, base };
		}));
		// Reading all scripts of the page takes longer.
		if (!all.some((one) => one.text === undefined || one.text.length > MAX_COMPARED || isChanged(one))) {
			return false;
		}
		const { rules: changes, reads } = await mentions.find();
		return all.some((one) => (one.text === undefined ? changes && !hasFilled() : (changes || reads) && isChanged(one)));
	};

	/**
	 * Firefox keeps the sheet of a `<style>` element in memory for all elements with the same text, together
	 * with what it imports. Sometimes it has not loaded that yet, and never does: such an import has no rules.
	 *
	 * @param {{path: string, event: number}[]} changes style sheets that were saved, the latest last
	 */
	const swapInStyles = async (changes) => {
		const inStyles = () => [...dom.roots()].flatMap((root) => [...root.styleSheets]).filter(({ ownerNode }) => ownerNode?.localName === 'style');
		for (const { path, event } of changes) {
			const urls = match.isCompiled(path) ? reachable() : match.find(path, reachable());
			await Promise.all(urls.size ? inStyles().flatMap((sheet) => [...swapImports(sheet, urls, event)]) : []);
		}
		const isEmpty = (/** @type {any} */ { styleSheet }) => styleSheet && dom.rulesOf(styleSheet)?.length === 0;
		await Promise.all(inStyles().flatMap((sheet) => [...dom.rulesOf(sheet) ?? []].filter(dom.isImport).filter(isEmpty)
			.map((rule) => swapImport(sheet, rule, Date.now()))));
	};

	/** @returns {Set<string>} the sheets that swap() can reach */
	const reachable = () => {
		/** @type {Set<string>} */
		const found = new Set();
		for (const sheet of dom.sheets()) {
			if (sheet.href) {
				found.add(dom.plain(sheet.href));
			}
		}
		return found;
	};

	/**
	 * Firefox keeps a style sheet in memory together with what it imports.
	 *
	 * @param {Set<string>} urls
	 * @returns {Set<string>} they, and those that import them
	 */
	const withImporters = (urls) => {
		const found = new Set(urls);
		for (const sheet of nextPage.KEEPS_IN_MEMORY ? [...dom.roots()].flatMap((root) => [...root.styleSheets]) : []) {
			if (sheet.href && [...dom.withImports(sheet)].some(({ href }) => urls.has(dom.plain(href ?? '')))) {
				found.add(dom.plain(sheet.href));
			}
		}
		return found;
	};

	shared.styles = { swap, swapInStyles, areAltered, reachable, withImporters };
}
