// SPDX-License-Identifier: MIT
//
// Several profiles and both browsers on one daemon: each has its own tabs and their states,
// whatever happens to the others.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missing, reaches } from '../lib/live.js';
import { LONG, World } from '../lib/world.js';

/** @type {import('../lib/live.js').Which[]} */
const PROFILES = ['chromium', 'chromium', 'firefox'];

test('two profiles of Chromium and one of Firefox', { skip: BROWSERS.map(missing).find(Boolean) ?? (!LONG && 'three browsers at once: with --long') }, async t => {
	// The tabs do not show the saved file, but each save must reload them.
	const world = await World.open(t, { patch: false });
	await world.startDaemon();
	const site = await world.site('site', { 'index.html': '<h1>0</h1>', '0.html': '', '1.html': '', '2.html': '' });
	const profiles = await Promise.all(PROFILES.map(async (which, n) => {
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const off = await browser.newPage(site.url);
		const url = `${site.url}${n}.html`;
		const page = await browser.newPage(url);
		await page.clickAction();
		return { browser, off, page, url };
	}));
	const [first, second, third] = profiles;
	/** The browsers that have not closed. */
	let open = profiles;

	/**
	 * The daemon knows exactly the switched-on tabs of these browsers, as live, and their icons
	 * agree.
	 *
	 * @param {typeof profiles} those
	 */
	const areLive = async (those) => {
		await until(`live: ${those.map(({ url }) => url)}`, async () => {
			const tabs = await world.bus.tabs();
			assert.deepEqual(tabs.map((/** @type {any} */ { url, state }) => `${url} ${state}`).sort(),
				those.map(({ url }) => `${url} live`).sort());
			return true;
		});
		for (const { browser, url } of those) {
			await until(`the icon of ${url}`, async () => (await browser.activeIcon()).badge === 'on');
		}
	};

	let text = 0;
	const save = async () => {
		const file = path.join(site.root, 'index.html');
		await writeFile(file, `<h1>${++text}</h1>`);
		return world.bus.saved(file);
	};

	/**
	 * A save loads the switched-on tabs of these browsers, and no other tab of any.
	 *
	 * @param {typeof profiles} those
	 */
	const areLoaded = async (those) => {
		const pages = open.flatMap(({ page, off }) => [page, off]);
		await Promise.all(pages.map((page) => page.evaluate('(window.old = true)')));
		const event = await save();
		await until(`event ${event} in ${those.map(({ url }) => url)}`, async () => {
			const { steps, closed } = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === event);
			const loaded = steps.filter((/** @type {any} */ { step }) => step === 'loaded');
			assert.equal(new Set(loaded.map((/** @type {any} */ one) => one.browser)).size, those.length, JSON.stringify(steps));
			return closed;
		});
		for (const page of pages) {
			const isNew = await page.evaluate('window.old === undefined');
			assert.equal(isNew, those.some((one) => one.page === page), await page.evaluate('location.href'));
		}
	};

	await t.test('a save reloads the switched-on tab of each profile', async () => {
		await areLive(profiles);
		await areLoaded(profiles);
	});

	await t.test('a pending reload in one profile does not affect the others', async () => {
		await second.off.activate();
		const event = await save();
		await reaches(world, event, 'pending');
		await reaches(world, event, 'loaded');
		const badge = await second.browser.evaluateInWorker(`chrome.tabs.query({ url: ${JSON.stringify(second.url)} })
			.then(([{ id: tabId }]) => chrome.action.getBadgeText({ tabId }))`);
		assert.equal(badge, '1');
		for (const { browser } of [first, third]) {
			assert.equal((await browser.activeIcon()).badge, 'on');
		}
		await second.page.activate();
		await areLive(profiles);
	});

	await t.test('if the worker of one profile is killed, only its tab is affected, and comes back', async () => {
		assert.ok(await first.browser.killWorker());
		await areLive([second, third]);
		await areLoaded([second, third]);
		// Wakes the worker.
		await first.off.activate();
		await first.page.activate();
		await areLive(profiles);
		await areLoaded(profiles);
	});

	await t.test('all profiles are connected again after a restart of the daemon', async () => {
		await world.endDaemon();
		for (const { browser } of profiles) {
			await until('the icon to show it', async () => (await browser.activeIcon()).badge === '!');
		}
		await world.startDaemon();
		await areLive(profiles);
		await areLoaded(profiles);
	});

	await t.test('closing one browser does not affect the others', async () => {
		open = [first, third];
		await second.browser.close();
		await areLive(open);
		await areLoaded(open);
	});
});
