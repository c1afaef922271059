// SPDX-License-Identifier: MIT
//
// Files that were saved while a tab shows a page that does not use them: other pages do, and browsers keep in
// memory, and in their cache, what those have loaded. The page scripts load such files again, under the
// URLs that earlier pages of the tab have used, so that the page to which the user goes next shows what was saved.

import { sendForSave } from './page-scripts.js';

/** For each tab, the URLs that its pages have used, those of the latest page last. */
const MAX_URLS = 512;
/** If more files are saved before the page can load them again, the earliest are forgotten. */
const MAX_CHANGES = 64;
/** What has requested the page of a frame, as resource timing says. */
const IN_FRAME = /\b(i?frame|object|embed|subdocument|navigation)\b/;

/**
 * @typedef {import('../link/protocol.js').Change} Change
 * @typedef {[url: string, types: string]} Loaded types: what has requested it, as resource timing says
 */

/** @param {unknown} one @returns {one is Loaded} */
const isLoaded = (one) => Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === 'string');

export class NextPages {
	#tabs;
	#progress;
	#pastCache;
	/** @type {Map<number, Map<string, string>>} */
	#loaded = new Map();
	/** By tab, since its page was told last; undefined: anything may have changed. @type {Map<number, Change[] | undefined>} */
	#changes = new Map();

	/**
	 * @param {import('./tabs.js').Tabs} tabs
	 * @param {import('./progress.js').Progress} progress
	 * @param {import('./past-cache.js').PastCache} pastCache
	 */
	constructor(tabs, progress, pastCache) {
		this.#tabs = tabs;
		this.#progress = progress;
		this.#pastCache = pastCache;
	}

	/**
	 * @param {number} tab
	 * @param {unknown} loaded what the scripts of its page report: of frames after a save, of all when the user leaves the page
	 */
	noted(tab, loaded) {
		const urls = this.#loaded.get(tab) ?? new Map();
		for (const [url, types] of Array.isArray(loaded) ? loaded.filter(isLoaded) : []) {
			urls.delete(url);
			urls.set(url, types);
		}
		[...urls.keys()].slice(0, -MAX_URLS).forEach((url) => urls.delete(url));
		this.#loaded.set(tab, urls);
	}

	/**
	 * @param {number} tab
	 * @param {Change[]} [changes] undefined: anything may have changed
	 */
	saved(tab, changes) {
		const before = this.#changes.has(tab) ? this.#changes.get(tab) : [];
		const rest = before?.filter(({ path }) => !changes?.some((one) => one.path === path));
		this.#changes.set(tab, rest && changes && [...rest, ...changes].slice(-MAX_CHANGES));
	}

	/** @param {number} tab @returns {string[]} the URLs of pages that its pages have shown in frames */
	framed(tab) {
		return [...this.#loaded.get(tab) ?? []].filter(([, types]) => IN_FRAME.test(types)).map(([url]) => url);
	}

	/**
	 * To be called when the tab has handled an event: the server has the new files.
	 *
	 * @param {number} tab
	 * @returns {Promise<void>} when the user may leave the page
	 */
	async refresh(tab) {
		const changes = this.#changes.get(tab), isAny = this.#changes.has(tab) && changes?.length !== 0;
		// A page that is being reloaded does so when it is complete.
		if (isAny && this.#tabs.get(tab)?.hasScripts && !this.#progress.isReloading(tab)) {
			this.#changes.delete(tab);
			const framed = await sendForSave(tab, { to: 'next-pages', changes, loaded: [...this.#loaded.get(tab) ?? []] });
			if (Array.isArray(framed) && framed.length) {
				this.noted(tab, framed);
				// A frame that was patched, instead of loaded again, shows more than the browser's cache has for it.
				await this.#pastCache.saved(this.#tabs.get(tab)?.url, changes ?? [], this.framed(tab));
			}
		}
	}

	/** @param {number} tab */
	forget(tab) {
		this.#loaded.delete(tab);
		this.#changes.delete(tab);
	}
}
