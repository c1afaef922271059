// SPDX-License-Identifier: MIT
//
// Puts the `<link>` or `<style>` element back into the page that a copy has replaced after a save: the page's scripts may
// hold the element, or compare its URL, as theme switchers do. The copy stays until the element applies, so that the page
// is never without styles.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom } = shared;
	const LOAD_MSEC = 5000;
	/** To compare more takes too long: the copy stays. */
	const MAX_RULES = 5000;
	/** Others have no style sheet. */
	const LOADS = 'style, link[rel~=stylesheet i][href]:not([disabled])';

	/**
	 * @typedef {HTMLLinkElement | HTMLStyleElement} Owner
	 * @typedef {{old: Owner, copy: Owner, href: string | null, finish?: (owner: Owner) => unknown}} Replaced old: is no longer in the page; href: its
	 *	attribute, as long as no script has changed it; finish: to be called when its style sheet is loaded
	 */

	/** @param {Owner} owner @returns {string[] | undefined} undefined: they cannot be read, or are too many */
	const rulesOf = ({ sheet }) => {
		/** @type {string[]} */
		const texts = [];
		for (const one of sheet ? dom.withImports(sheet) : []) {
			const rules = dom.rulesOf(one);
			if (!rules || texts.length + rules.length > MAX_RULES) {
				return undefined;
			}
			texts.push(...[...rules].filter((rule) => !dom.isImport(rule)).map(({ cssText }) => cssText));
		}
		return sheet ? texts : undefined;
	};

	/** @param {string[]} ours @param {Owner} owner @returns {boolean} whether it is known to have these rules */
	const hasRules = (ours, owner) => {
		const theirs = rulesOf(owner);
		return ours.length === theirs?.length && ours.every((text, i) => text === theirs[i]);
	};

	/**
	 * @param {Owner} owner
	 * @param {() => void} load makes the browser load its style sheet
	 * @returns {Promise<void>} when it has; the page's own handlers are not called
	 */
	const loaded = (owner, load) => new Promise((resolve) => {
		const root = owner.ownerDocument, types = ['load', 'error'];
		const end = () => {
			types.forEach((type) => within.removeEventListener(type, onEvent, true));
			clearTimeout(timer);
			resolve();
		};
		/** @param {Event} event */
		const onEvent = (event) => {
			if (event.target === owner) {
				event.stopImmediatePropagation();
				end();
			}
		};
		const timer = setTimeout(end, LOAD_MSEC);
		load();
		// Such events do not leave a shadow root.
		const within = owner.isConnected ? owner.getRootNode() : root;
		types.forEach((type) => within.addEventListener(type, onEvent, true));
	});

	/** @param {Replaced} replaced */
	const putBackOne = async ({ old, copy, href, finish }) => {
		if (!copy.isConnected) {
			return;
		}
		if (!old.matches(LOADS)) {
			copy.replaceWith(old);
			return;
		}
		const rules = rulesOf(copy);
		if (!rules) {
			return;
		}
		if (!old.isConnected) {
			await loaded(old, () => copy.before(old));
			await finish?.(old);
		}
		// A script may have given it another URL meanwhile.
		const isNewer = old.getAttribute('href') !== href || !copy.isConnected;
		(isNewer || hasRules(rules, old) ? copy : old).remove();
	};

	/**
	 * To be called when the browser's cache has what is new under the URLs of the elements.
	 *
	 * @param {Replaced[]} all
	 * @returns {Promise<unknown>}
	 */
	const putBack = (all) => Promise.all(all.map((one) => putBackOne(one).catch((error) => console.debug(`savecast: ${error}`))));

	shared.putBack = putBack;
}
