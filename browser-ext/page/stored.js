// SPDX-License-Identifier: MIT
//
// What the page's scripts keep in Cache Storage: the browser reports no request when they use it, and a
// reload does not make it new.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, match, uses } = shared;

	/** What is beyond these limits is not seen. */
	const MAX_CACHES = 32;
	const MAX_REQUESTS = 2048;
	const REPLACE_MSEC = 3000;

	/** @typedef {{cache: Cache, request: Request}} Entry */

	/** @returns {Promise<Entry[]>} none if a service worker answers: what it keeps is its own matter */
	const entries = async () => {
		/** @type {Entry[]} */
		const all = [];
		if (await uses.findServiceWorker()) {
			return all;
		}
		for (const name of (await caches.keys()).slice(0, MAX_CACHES)) {
			const cache = await caches.open(name);
			all.push(...[...await cache.keys()].slice(0, MAX_REQUESTS - all.length).map((request) => ({ cache, request })));
		}
		return all.filter(({ request }) => request.url.startsWith(`${location.origin}/`));
	};

	/** Firefox's Cache Storage may stop answering until the browser is started again. Then the page's scripts have nothing from it, either. */
	const ANSWER_MSEC = 1000;
	/** @template T @param {Promise<T>} asked @param {T} none @param {number} [msec] @returns {Promise<T>} */
	const inTime = (asked, none, msec = ANSWER_MSEC) => {
		/** @type {ReturnType<typeof setTimeout>} */
		let timer;
		const late = new Promise((resolve) => (timer = setTimeout(resolve, msec, none)));
		return Promise.race([asked, late]).finally(() => clearTimeout(timer));
	};

	/** Whether there was any cache when that was looked for last: most sites have none. @type {Promise<boolean> | undefined} */
	let any;
	/** Only secure origins have caches, and no page with an origin of its own. */
	const lookForAny = async () => (await caches.keys()).length > 0;
	const lookAgain = () => (any = inTime(lookForAny(), false).catch(() => false));
	// Not when a file is saved: a browser takes 2 to 20 ms for the first answer in a document.
	shared.whenComplete(lookAgain);
	/** If there was none, the page may have made one by the next save. */
	const AGAIN_MSEC = 1000;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	let timer;

	/** @returns {Promise<Entry[]>} */
	const find = async () => {
		if (await (any ?? lookAgain())) {
			return inTime(entries(), []).catch(() => []);
		}
		clearTimeout(timer);
		timer = setTimeout(lookAgain, AGAIN_MSEC);
		return [];
	};

	/**
	 * From now on, "cache" counts as what has requested them.
	 *
	 * @returns {Promise<Set<string>>} the URLs
	 */
	const note = async () => {
		const urls = new Set((await find()).map(({ request }) => dom.plain(request.url)));
		urls.forEach((url) => dom.noteUse(url, 'cache'));
		return urls;
	};

	/**
	 * To be called before the page is reloaded.
	 *
	 * @param {{path: string}[]} changes
	 * @returns {Promise<void>} when the page's scripts find there what is new
	 */
	const replace = async (changes) => {
		const all = await find();
		const urls = new Set(all.map(({ request }) => dom.plain(request.url)));
		const changed = new Set(changes.flatMap(({ path }) => [...match.find(path, urls)]));
		const signal = AbortSignal.timeout(REPLACE_MSEC);
		const stores = all.filter(({ request }) => changed.has(dom.plain(request.url))).map(async ({ cache, request }) => {
			const answer = await dom.request(request.url, { cache: 'no-cache', signal });
			if (answer.ok) {
				await cache.put(request, answer);
			}
		});
		await inTime(Promise.all(stores), [], REPLACE_MSEC);
	};

	shared.stored = { note, replace };
}
