// SPDX-License-Identifier: MIT
//
// Many tabs, a browser's own navigations, both browsers at once: what the extension shows is
// always true.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';

import { FakeDaemon } from '../lib/fake-daemon.js';
import { until } from '../lib/events.js';
import { BROWSERS, heading, live, missing, missingOrLong, story, switchOn, words } from '../lib/live.js';
import { LONG, World } from '../lib/world.js';

const TABS = LONG ? 50 : 12;

for (const which of BROWSERS) {
	const skip = missingOrLong(which);

	test(`${which}: ${TABS} tabs that are on stay on, also after the worker was restarted`, { skip }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': '<h1>one</h1>' });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		// A remembered site: the extension switches its tabs on when they open.
		await browser.set({ sites: [new URL(site.url).origin] });
		const pages = [];
		for (let i = 0; i < TABS; i++) {
			pages.push(await browser.newPage(`${site.url}?${i}`));
		}
		await live(world, TABS);
		assert.ok(await browser.killWorker());
		await until('the socket to be gone', async () => (await world.bus.properties()).Browsers === 0);
		await pages[7].activate();
		await live(world, TABS);
		await pages[7].evaluate('window.old = true');
		await writeFile(`${site.root}/index.html`, '<h1>two</h1>');
		const event = await world.bus.saved(`${site.root}/index.html`);
		await until('all but one wait and one is patched', async () => {
			const told = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === event);
			const count = (/** @type {string} */ word) => words(told).filter((one) => one === word).length;
			return count('pending') === TABS - 1 && count('patched') === 1;
		});
		assert.equal(await pages[7].evaluate('window.old && document.querySelector("h1").textContent'), 'two');
		await pages[7].close();
		await live(world, TABS - 1);
	});
}

for (const which of BROWSERS) {
	test(`${which}: a daemon that needs longer for its answer than the extension waits at first is connected`,
		{ skip: missing(which) || (!LONG && 'with --long: it takes 15 s') }, async t => {
			const world = await World.open(t);
			const daemon = new FakeDaemon();
			daemon.slowMsec = 7000;
			await daemon.listen(world.port);
			t.after(() => daemon.close());
			const site = await world.site('site', { 'index.html': '<h1>one</h1>' });
			const browser = await world.browser(which);
			const page = await browser.newPage(site.url);
			await page.clickAction();
			await daemon.heard.next('watch', ({ type }) => type === 'watch', { mark: 0 });
		});
}

test('both browsers at once show the same save', { skip: BROWSERS.map(missing).find(Boolean) ?? false }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.fastapi('potato');
	const pages = [];
	for (const which of BROWSERS) {
		const browser = await world.browser(which);
		const page = await browser.newPage(site.url);
		await switchOn(world, page, pages.length + 1);
		pages.push(page);
	}
	const loaded = pages.map((page) => page.loaded());
	await world.savecast('save', site.template);
	await Promise.all(loaded);
	const { steps } = await story(world);
	assert.deepEqual(steps.filter((/** @type {any} */ one) => one.step === 'loaded').map((/** @type {any} */ one) => one.browser).sort(), [1, 2]);
	assert.deepEqual(await Promise.all(pages.map(heading)), ['Tomatoes are fun!', 'Tomatoes are fun!']);
});

test('firefox: without permission, a tab reloads on all pages of this machine, and on no other', { skip: missingOrLong('firefox') }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.fastapi('potato');
	const browser = await world.browser('firefox', { hosts: ['elsewhere.example'] });
	const page = await browser.newPage(site.url);
	await switchOn(world, page);
	for (const where of ['about', '', 'about']) {
		await page.goto(`${site.url}${where}`);
		const loaded = page.loaded();
		await world.savecast('reload', site.root);
		await loaded;
		assert.equal(await page.evaluate('location.pathname'), `/${where}`);
	}
	await page.goto(site.url.replace('localhost', 'elsewhere.example'));
	await until('no tab', async () => !(await world.bus.tabs()).length);
	await page.evaluate('window.untouched = true');
	await world.savecast('reload', site.root);
	assert.equal(await page.evaluate('window.untouched'), true);
	assert.equal((await browser.activeIcon()).badge, 'II');
	await page.goto(site.url);
	await switchOn(world, page);
});
