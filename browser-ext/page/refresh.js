// SPDX-License-Identifier: MIT
//
// Before a plain reload: what has changed is loaded into the browser's cache again.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { answers, dom, match, media, nextPage, uses } = shared;

	/** @typedef {{path: string, kind: string, all?: true}} Change */

	/** If there are more, the reload bypasses the whole cache. */
	const MAX_REFRESHED = 16;
	const REFRESH_MSEC = 3000;

	/**
	 * Loads the changed files into the browser's cache, so that a plain reload shows them.
	 *
	 * @param {Change[] | undefined} changes
	 * @returns {Promise<boolean>} whether it has; otherwise the reload must bypass the cache
	 */
	const refresh = async (changes) => {
		if (!changes || uses.hasServiceWorker()) {
			return false;
		}
		if (!nextPage.isReachable() && changes.some(({ kind }) => kind === 'css')) {
			return false;
		}
		// The reload requests the page itself.
		const own = new Set([answers.url]);
		const files = changes.filter(({ kind, path }) => kind !== 'other' && !match.find(path, own).size);
		// The browser answers while the page's own URLs are collected.
		const hasWorker = uses.findServiceWorker();
		const cached = files.map(({ path, all: any }) => (any || match.isCompiled(path) ? undefined : nextPage.cached(path)));
		const urls = new Set([...dom.urls(), ...media.named()].filter((one) => !own.has(one)));
		const found = await Promise.all(files.map(async ({ path }, i) => new Set(cached[i] && [...match.find(path, urls), ...await cached[i]])));
		if (await hasWorker) {
			return false;
		}
		const all = [...new Set(found.flatMap((some) => [...some]))];
		const isUnknown = files.some(({ kind, path }, i) => kind !== 'page' && (uses.unseen(kind, found[i]) ||
			(!found[i].size && (kind === 'script' || !match.isServed(path)))));
		// Firefox takes an image that a CSS rule names from its memory even when it bypasses the cache.
		if ((isUnknown && !nextPage.KEEPS_IN_MEMORY) || all.length > MAX_REFRESHED) {
			return false;
		}
		try {
			const signal = AbortSignal.timeout(REFRESH_MSEC);
			await Promise.all(found.map((some, i) => nextPage.refresh(some, files[i].kind, { signal })));
			return !isUnknown;
		} catch {
			return false;
		}
	};

	shared.refresh = refresh;
}
