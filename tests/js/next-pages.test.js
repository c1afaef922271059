// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';

/** What the page scripts were sent. @type {any[]} */
const sent = [];
/** @type {any} */ (globalThis).chrome = { tabs: { sendMessage: async (/** @type {number} */ _, /** @type {any} */ message) => (sent.push(message), answer) } };
/** What they answer. @type {any} */
let answer;
/** What the rules were told. @type {any[]} */
const ruled = [];
const pastCache = /** @type {any} */ ({ saved: async (/** @type {any[]} */ ...args) => void ruled.push(args) });
const { NextPages } = await import('../../browser-ext/background/next-pages.js');

/** @param {string} path */
const css = (path) => ({ path, kind: /** @type {const} */ ('css') });

test('a page is told once of files that were saved, and of what earlier pages have loaded, when it can load them again', async () => {
	let hasScripts = true, reloading = true;
	const pages = new NextPages(/** @type {any} */ ({ get: () => ({ hasScripts }) }), /** @type {any} */ ({ isReloading: () => reloading }), pastCache);
	pages.noted(1, [['http://localhost/a.css', 'link'], ['http://localhost/b.html', 'iframe']]);
	pages.noted(1, [['http://localhost/c.css', 'css']]);
	for (const wrong of [undefined, 'x', [7, null, ['http://localhost/x'], ['http://localhost/y', 1]]]) {
		pages.noted(1, wrong);
	}
	assert.deepEqual(pages.framed(1), ['http://localhost/b.html']);
	pages.saved(1, [css('a.css')]);
	pages.saved(1, [css('b.css'), css('a.css')]);
	pages.saved(1, []);
	await pages.refresh(1);
	[hasScripts, reloading] = [false, false];
	await pages.refresh(1);
	assert.deepEqual(sent, []);
	hasScripts = true;
	await Promise.all([pages.refresh(1), pages.refresh(1), pages.refresh(2)]);
	/** @type {any[]} */
	const [{ changes, loaded }, ...others] = sent.splice(0);
	assert.deepEqual([changes.map(({ path = '' }) => path), others], [['b.css', 'a.css'], []]);
	assert.deepEqual(loaded, [['http://localhost/a.css', 'link'], ['http://localhost/b.html', 'iframe'], ['http://localhost/c.css', 'css']]);
	pages.saved(1, [css('a.css')]);
	pages.saved(1);
	pages.saved(1, [css('b.css')]);
	await pages.refresh(1);
	const [any] = /** @type {any[]} */ (sent).splice(0);
	assert.equal(any.changes, undefined, 'anything may have changed');
	pages.saved(1, [css('a.css')]);
	pages.forget(1);
	await pages.refresh(1);
	assert.deepEqual([sent, pages.framed(1)], [[], []]);
});

test('the URLs of pages and the files that are waiting are limited, the latest stay', async () => {
	const pages = new NextPages(/** @type {any} */ ({ get: () => ({ hasScripts: true }) }), /** @type {any} */ ({ isReloading: () => false }), pastCache);
	for (let i = 0; i < 1000; i++) {
		pages.noted(1, [[`http://localhost/${i}`, 'img']]);
		pages.saved(1, [css(`${i}.css`)]);
	}
	await pages.refresh(1);
	const [{ changes, loaded }] = sent.splice(0);
	assert.deepEqual([changes.length, changes.at(-1).path, loaded.length, loaded.at(-1)[0]], [64, '999.css', 512, 'http://localhost/999']);
});

test('the rules learn what frames show while their page was saved', async () => {
	const url = 'http://localhost/', changes = [{ path: 'part.html', kind: /** @type {const} */ ('page') }];
	const pages = new NextPages(/** @type {any} */ ({ get: () => ({ hasScripts: true, url }) }), /** @type {any} */ ({ isReloading: () => false }), pastCache);
	for (answer of [undefined, [], 'x', [['http://localhost/part.html', 'iframe'], 7]]) {
		pages.saved(1, changes);
		await pages.refresh(1);
	}
	assert.deepEqual(ruled, [[url, changes, ['http://localhost/part.html']]]);
	pages.saved(1);
	await pages.refresh(1);
	assert.deepEqual(ruled[1], [url, [], ['http://localhost/part.html']], 'it is not known what has changed');
	answer = undefined;
});
