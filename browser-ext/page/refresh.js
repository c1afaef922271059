// SPDX-License-Identifier: MIT
//
// Before a plain reload: what has changed is loaded into the browser's cache again.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { ahead, answers, dom, match, media, mentions, nextPage, uses } = shared;

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
		// The browser answers while the files are loaded.
		const hasWorker = uses.findServiceWorker();
		return await loadAgain(files, own) && !await hasWorker;
	};

	/** Chromium's cache keeps what a frame shows apart: no script's request replaces it. */
	const IN_FRAMES = nextPage.KEEPS_IN_MEMORY ? [] : ['iframe', 'frame', 'object', 'embed'];
	/** @param {Set<string>} urls @returns {boolean} whether a frame would show the old one */
	const staysInFrame = (urls) => [...urls].some((url) => IN_FRAMES.some((type) => dom.initiators(url).has(type)));

	/**
	 * @param {Change[]} files
	 * @param {Set<string>} own the page
	 * @returns {Promise<boolean>} whether all of them are in the cache now
	 */
	const loadAgain = async (files, own) => {
		if (!files.length) {
			return true;
		}
		// What the rest of the page will use is not known yet. In Chromium, the rules of background/past-cache.js reach that, too.
		if (nextPage.KEEPS_IN_MEMORY && document.readyState !== 'complete') {
			return false;
		}
		const cached = files.map(({ path, all: any }) => (any || match.isCompiled(path) ? undefined : nextPage.cached(path)));
		const urls = new Set([...dom.urls(), ...media.named()].filter((one) => !own.has(one)));
		const named = files.map(({ path }, i) => (cached[i] ? match.find(path, urls) : new Set()));
		if (named.reduce((count, { size }) => count + size, 0) > MAX_REFRESHED) {
			return false;
		}
		const signal = AbortSignal.timeout(REFRESH_MSEC);
		/** @param {Set<string>[]} found of each file */
		const load = (found) => Promise.all(found.map((some, i) => (some.size ? nextPage.refresh(some, files[i].kind, { signal }) : undefined)));
		// The cache is asked for more while these are loaded.
		const begun = load(named);
		begun.catch(() => {});
		const others = await Promise.all(named.map(async (some, i) => new Set((await cached[i] ?? []).filter((/** @type {string} */ url) => !some.has(url) && !own.has(url)))));
		const found = named.map((some, i) => new Set([...some, ...others[i]]));
		const isUnknown = files.some(({ kind, path }, i) => (kind === 'page' ? staysInFrame(found[i]) : uses.unseen(kind, found[i]) ||
			(!found[i].size && (kind === 'script' || !match.isServed(path)))));
		// Firefox takes an image that a CSS rule names from its memory even when it bypasses the cache.
		if ((isUnknown && !nextPage.KEEPS_IN_MEMORY) || new Set(found.flatMap((some) => [...some])).size > MAX_REFRESHED) {
			return false;
		}
		try {
			await Promise.all([begun, load(others)]);
			return !isUnknown;
		} catch {
			return false;
		}
	};

	/** Files are loaded again for other pages up to this number, those that were saved last first. */
	const MAX_OTHERS = 32;

	/**
	 * @typedef {{changes?: Change[], loaded: [string, string][]}} Others changes: undefined: anything may have changed; loaded: URLs
	 *	that earlier pages have loaded, the latest last, and what has requested each
	 */

	/**
	 * Loads changed files again that this page has not loaded, but that other pages will take from what the browser keeps.
	 *
	 * @param {Others} message
	 */
	const loadOthers = async ({ changes, loaded }) => {
		// Not all that the page uses: looking through its elements takes longer than to load a file twice.
		const own = dom.requested().add(answers.url);
		const known = new Map(loaded.filter(([url]) => !own.has(url)));
		if (!changes) {
			const urls = [...known.keys()].slice(-MAX_OTHERS).filter(mentions.isNear);
			/** @param {string} url */
			const kindOf = (url) => match.kindOf(new URL(url).pathname) ?? 'page';
			await Promise.all([...new Set(urls.map(kindOf))].map((kind) =>
				nextPage.refresh(urls.filter((url) => kindOf(url) === kind), kind, { signal: AbortSignal.timeout(REFRESH_MSEC) }).catch(() => {})));
			return;
		}
		let left = MAX_OTHERS;
		for (const { path, kind } of [...changes].reverse()) {
			const found = match.find(path, known.keys());
			const isUsed = match.find(path, own).size > 0;
			const guessed = isUsed || kind === 'other' || match.isCompiled(path) ? [] : await nextPage.cached(path);
			guessed.filter((/** @type {string} */ url) => !own.has(url)).forEach((/** @type {string} */ url) => found.add(url));
			// Firefox keeps a style sheet together with what it imports.
			const isImported = nextPage.KEEPS_IN_MEMORY && [...found].some((url) => /\bcss\b/.test(known.get(url) ?? ''));
			[...known].filter(([, types]) => isImported && /\blink\b/.test(types)).forEach(([url]) => found.add(url));
			const urls = [...found].filter(mentions.isNear).slice(0, left);
			left -= urls.length;
			if (urls.length) {
				await nextPage.refresh(urls, kind, { signal: AbortSignal.timeout(REFRESH_MSEC) }).catch(() => {});
			}
		}
	};

	/** @param {Others} message @returns {Promise<void>} when the user may leave the page */
	const others = (message) => Promise.race([loadOthers(message), new Promise((resolve) => setTimeout(resolve, REFRESH_MSEC))]);

	/** The reload comes within this time after begin(), or the files are loaded once more. */
	const BEGIN_MSEC = 1000;
	const loads = ahead.early(BEGIN_MSEC);

	/** @param {{event: number, changes?: Change[]}} message */
	const keyOf = ({ event, changes }) => JSON.stringify([event, changes]);
	/** @param {{event: number, changes?: Change[]}} message @returns {Promise<boolean>} */
	const load = async ({ changes }) => {
		const kept = shared.stored.replace(changes ?? []).catch(() => {});
		const fresh = await refresh(changes).catch(() => false);
		await kept;
		return fresh;
	};

	/**
	 * Loads the files before it is certain that the page is reloaded.
	 *
	 * @param {{event: number, changes?: Change[]}} message
	 */
	const begin = (message) => loads.begin(keyOf(message), load(message));

	/** @param {{event: number, changes?: Change[]}} message @returns {Promise<boolean>} like refresh() */
	const finish = (message) => loads.take(keyOf(message)) ?? load(message);

	shared.refresh = { begin, finish, others };
	/** All scripts that a save needs are there now. */
	shared.forSaves = true;
}
