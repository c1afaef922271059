// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';

/** The rules that Chromium applies, once an update has ended. @type {{resolve: () => void, rules: any[]}[]} */
const updates = [];
/** @type {any[]} */
let current = [];
/** @type {any} */ (globalThis).chrome = { declarativeNetRequest: {
	ResourceType: { XMLHTTPREQUEST: 'xmlhttprequest' }, RuleActionType: { ALLOW: 'allow' },
	getSessionRules: async () => current,
	updateSessionRules: (/** @type {{addRules: any[]}} */ { addRules }) => new Promise((resolve) => updates.push({
		resolve: () => {
			current = addRules;
			resolve(undefined);
		},
		rules: addRules,
	})),
} };
const { PastCache, urlsOf } = await import('../../browser-ext/background/past-cache.js');

/** @type {[string, string[], string[]][]} a file, URLs of it, other URLs */
const CASES = [
	['js/app.js', ['/app.js', '/js/app.js?v=1', '/js/app-BXkqLmNp.js', '/js/app.min.js', '/asset?f=app.js', '/a+app.js'], ['/webapp.js', '/app/main.js', '/app.css']],
	['my style (2).css', ['/my%20style%20(2).css', '/my style (2).css'], ['/my.css']],
	['ü.css', ['/%C3%BC.css', '/ü.css'], ['/a/ü/x.js']],
	['a.b+c.js', ['/a.b+c.js', '/a.b%2Bc.js'], ['/ab.js']],
	[`${'x'.repeat(255 - 3)}.js`, [`/${'x'.repeat(255 - 3)}.js`], ['/x.js']],
];

test('the expression for a file finds its URLs', () => {
	for (const [path, own, others] of CASES) {
		const expression = new RegExp(String(urlsOf(path)));
		for (const url of own) {
			assert.match(`http://localhost:8000${url}`, expression);
		}
		for (const url of others) {
			assert.doesNotMatch(`http://localhost:8000${url}`, expression);
		}
		assert.ok(expression.source.length < 200, path);
	}
	assert.equal(urlsOf('Makefile'), undefined);
	assert.equal(urlsOf('folder.d/'), undefined);
});

test('rules that stay the same are not written again', async () => {
	const tick = () => new Promise((resolve) => setImmediate(resolve));
	const cache = new PastCache(), done = [];
	/** @param {Promise<void>} asked */
	const answered = async (asked) => {
		asked.then(() => done.push(1));
		await tick();
		const count = updates.length;
		updates.shift()?.resolve();
		await asked;
		return count;
	};
	assert.equal(await answered(cache.start()), 0, 'there are none at the start');
	assert.equal(await answered(cache.reloading(1, 'http://localhost:8000/a')), 1);
	assert.equal(await answered(cache.reloading(1, 'http://localhost:8000/a')), 0);
	assert.equal(await answered(cache.reloading(1, 'http://localhost:8000/b')), 1);
	cache.forget(1);
	await tick();
	assert.deepEqual(updates[0].rules, []);
	updates.shift()?.resolve();
});

test('whoever asks while the rules of a new page are written waits for them, too', async () => {
	const tick = () => new Promise((resolve) => setImmediate(resolve));
	const cache = new PastCache();
	const reloading = cache.reloading(1, 'http://localhost:8000/a');
	await tick();
	updates.shift()?.resolve();
	await reloading;
	/** @type {number[]} */
	const done = [];
	const all = [1, 2].map((one) => cache.shows(1, 'http://localhost:8000/b').then(() => done.push(one)));
	await tick();
	assert.equal(updates.length, 1);
	assert.equal(updates[0].rules.at(-1).condition.urlFilter, '|http://localhost:8000/b');
	assert.deepEqual(done, []);
	updates.shift()?.resolve();
	await Promise.all(all);
	assert.deepEqual(done, [1, 2]);
	cache.forget(1);
	await tick();
	updates.shift()?.resolve();
});

test('what Chromium keeps in memory is dropped for each saved SVG file, and if it is not known what has changed', async () => {
	const tick = () => new Promise((resolve) => setImmediate(resolve));
	const cache = new PastCache(), url = 'http://localhost:8000/';
	/** @param {string[]} [paths] @returns {Promise<number>} how often the rules are written */
	const written = async (paths) => {
		const asked = cache.saved(url, paths?.map((path) => ({ path, kind: 'image' })));
		await tick();
		const count = updates.length;
		updates.shift()?.resolve();
		await asked;
		return count;
	};
	assert.equal(await written(['a.png']), 1, 'a new rule');
	assert.equal(await written(['a.png']), 0);
	assert.equal(await written(['icons.svg']), 1, 'a new rule');
	assert.equal(await written(['icons.svg']), 1);
	assert.equal(await written(['a.png', 'icons.SVG']), 1);
	assert.equal(await written(), 1);
	assert.equal(await written(['a.png']), 0);
});
