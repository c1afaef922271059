// SPDX-License-Identifier: MIT
//
// Tabs that move to another window, tabs that the browser discards, and tabs of private windows.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, live, missing, missingOrLong, words } from '../lib/live.js';
import { connectMcp } from '../lib/mcp-client.js';
import { World } from '../lib/world.js';

/** @typedef {import('../lib/live.js').Browser} Browser */

const PAGES = { 'index.html': '<h1>one</h1>', 'two.html': '<h1>two</h1>', 'private.html': '<h1>private</h1>' };

for (const which of BROWSERS) {
	/** @param {import('node:test').TestContext} t */
	const begin = async t => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', PAGES);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		await browser.set({ sites: [new URL(site.url).origin] });
		return { world, site, browser };
	};
	/**
	 * @param {World} world
	 * @param {number} event
	 * @param {string} word
	 */
	const heard = (world, event, word) => until(`event ${event}: ${word}`, async () => {
		const told = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === event);
		if (!words(told).includes(word)) {
			throw new Error(JSON.stringify(told.steps));
		}
		return true;
	});
	/** @param {Browser} browser @param {string} url @returns {Promise<number>} */
	const create = (browser, url) => browser.evaluateInWorker(
		`chrome.tabs.create({ url: ${JSON.stringify(url)}, active: false }).then(({ id }) => id)`);

	test(`${which}: a tab that moves to another window, or is discarded, keeps its state`, { skip: missingOrLong(which) }, async t => {
		const { world, site, browser } = await begin(t);
		const file = path.join(site.root, 'index.html');
		const tab = await create(browser, site.url);
		await live(world, 1);
		await browser.evaluateInWorker(`chrome.tabs.discard(${tab}).then(() => true)`);
		// Chromium gives the tab another number.
		const asleep = await browser.evaluateInWorker("chrome.tabs.query({ url: 'http://localhost/*' }).then(([{ id }]) => id)");
		const { url } = await until('the tab asleep', async () =>
			(await live(world, 1)).find((/** @type {any} */ one) => Number(one.tab) === asleep));
		assert.equal(url, site.url);
		let event = await world.bus.saved(file);
		await heard(world, event, 'pending');
		await browser.evaluateInWorker(`chrome.tabs.query({ url: 'http://localhost/*' }).then(([{ id }]) => chrome.tabs.update(id, { active: true })).then(() => true)`);
		await heard(world, event, 'loaded');
		await browser.evaluateInWorker(`chrome.tabs.query({ url: 'http://localhost/*' }).then(([{ id }]) => chrome.windows.create({ tabId: id })).then(() => true)`);
		await live(world, 1);
		event = await world.bus.call({ member: 'Reload', signature: 'sa{sv}', body: [site.root, {}] }).then(([one]) => Number(one));
		await heard(world, event, 'loaded');
	});

	test(`${which}: savecast handles private windows only if the user allows it`, { skip: missing(which) }, async t => {
		const { world, site, browser } = await begin(t);
		const asked = (/** @type {string} */ name) => until(name, async () => (await world.log('site')).includes(`"/${name}"`));
		const openPrivate = () => browser.evaluateInWorker(
			`chrome.windows.create({ incognito: true, url: '${site.url}private.html' }).then(() => true, () => false)`);
		if (which === 'chromium') {
			await openPrivate();
			await asked('private.html');
		} else {
			assert.equal(await openPrivate(), false);
		}
		await create(browser, `${site.url}two.html`);
		const [{ url }] = await live(world, 1);
		assert.equal(url, `${site.url}two.html`);

		await browser.allowPrivate();
		// Wakes the worker, if nothing else has: the earlier tabs are switched on, too.
		await browser.newPage(site.url);
		if (which === 'firefox') {
			assert.equal(await openPrivate(), true);
		}
		const tabs = await live(world, 3);
		assert.ok(tabs.some((/** @type {any} */ tab) => tab.url === `${site.url}private.html`));
		const event = await world.bus.saved(path.join(site.root, 'private.html'));
		await heard(world, event, 'loaded');
		const client = await connectMcp(t, world);
		const { content: [{ text }] } = /** @type {any} */ (await client.callTool({ name: 'screenshot', arguments: { path: `${site.url}private.html` } }));
		assert.match(text, /private\.html: the tab is in a private window, of which no pictures are taken/);
		const stored = JSON.stringify(await browser.evaluateInWorker('chrome.storage.local.get(null)'));
		assert.match(stored, /two\.html/);
		assert.doesNotMatch(stored, /private/);
	});
}
