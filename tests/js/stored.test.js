// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';

const NEVER = new Promise(() => {});
/** @type {any} */
let caches;
const global = /** @type {any} */ (globalThis);
/** @type {string[]} */
const used = [];
global.savecast = {
	dom: { plain: (/** @type {string} */ url) => url, noteUse: (/** @type {string} */ url) => used.push(url), request: async () => ({ ok: true }) },
	match: { find: (/** @type {string} */ path, /** @type {Set<string>} */ urls) => new Set([...urls].filter((url) => url.endsWith(path))) },
	uses: { findServiceWorker: async () => false },
	whenComplete: (/** @type {() => void} */ then) => then(),
};
global.location = { origin: 'http://localhost' };
Object.defineProperty(globalThis, 'caches', { configurable: true, get: () => caches });

/** What does not answer: nothing, or a method. @type {[string, any][]} */
const SILENT = [['keys', { keys: () => NEVER }], ['open', { keys: async () => ['a'], open: () => NEVER }],
	['keys of a cache', { keys: async () => ['a'], open: async () => ({ keys: () => NEVER }) }]];
const URL = 'http://localhost/a.css';

/** Each page has its own. @param {string} name */
const load = async (name) => {
	await import(`../../browser-ext/page/stored.js?${encodeURIComponent(name)}`);
	return global.savecast.stored;
};

test('what a page keeps in Cache Storage counts as used, and is replaced', async () => {
	/** @type {any[]} */
	const put = [];
	caches = { keys: async () => ['a'], open: async () => ({ keys: async () => [{ url: URL }, { url: 'http://other/a.css' }], put: async (/** @type {any[]} */ ...args) => void put.push(args) }) };
	const stored = await load('all');
	assert.deepEqual([[...await stored.note()], used], [[URL], [URL]]);
	await stored.replace([{ path: 'a.css' }, { path: 'b.css' }]);
	assert.deepEqual(put, [[{ url: URL }, { ok: true }]]);
});

for (const [what, silent] of SILENT) {
	test(`a Cache Storage that does not answer holds no save: ${what}`, async () => {
		caches = silent;
		const stored = await load(what);
		assert.equal((await stored.note()).size, 0);
		await stored.replace([{ path: 'a.css' }]);
	});
}

test('nor does one that does not store', async () => {
	caches = { keys: async () => ['a'], open: async () => ({ keys: async () => [{ url: URL }], put: () => NEVER }) };
	await (await load('put')).replace([{ path: 'a.css' }]);
});
