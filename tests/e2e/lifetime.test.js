// SPDX-License-Identifier: MIT
//
// Many tabs, a browser's own navigations, both browsers at once: what the extension shows is
// always true.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { freePort } from '../lib/ports.js';
import { FakeDaemon } from '../lib/fake-daemon.js';
import { until } from '../lib/events.js';
import { BROWSERS, heading, live, missing, story, switchOn, words } from '../lib/live.js';
import { LONG, World } from '../lib/world.js';

/** The times of messages and requests, by the clock of one process. */
const now = () => performance.timeOrigin + performance.now();

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** The number of tabs, and of messages of each kind. */
const TABS = LONG ? 50 : 12;
const ROUNDS = LONG ? 20 : 6;
const WARM_UP = LONG ? 3 : 1;

/** How much slower than the browser's own reload our fastest one may be, on a busy machine. */
const MAX_ADDED_MSEC = 15;

for (const which of BROWSERS) {
	const skip = missing(which);

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
		const event = await world.bus.saved(`${site.root}/index.html`);
		await until('all but one wait and one is loaded', async () => {
			const told = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === event);
			const count = (/** @type {string} */ word) => words(told).filter((one) => one === word).length;
			return count('pending') === TABS - 1 && count('loaded') === 1;
		});
		assert.equal(await pages[7].evaluate('window.old === undefined'), true);
		await pages[7].close();
		await live(world, TABS - 1);
	});

	test(`${which}: a reload message leads to a request as soon as the browser's own reload does`, { skip }, async t => {
		const world = await World.open(t);
		const daemon = new FakeDaemon();
		await daemon.listen(world.port);
		t.after(() => daemon.close());
		const site = await world.site('site', {
			'index.html': '<link rel=stylesheet href="/app.css"><h1>one</h1>', 'app.css': 'h1 { color: red }',
		});
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await page.clickAction();
		const { tab } = await daemon.heard.next('watch', ({ type }) => type === 'watch', { mark: 0 });
		const requests = async () => (await world.log('site')).split('\n').filter(Boolean).map((line) => JSON.parse(line));
		// The control: only the browser's own call, on a socket of its own.
		const control = new FakeDaemon();
		const controlPort = await freePort();
		await control.listen(controlPort);
		t.after(() => control.close());
		const bare = await browser.newPage(browser.extensionUrl('ui/welcome.html'));
		await bare.evaluate(`new Promise((resolve) => {
			const socket = new WebSocket('ws://127.0.0.1:${controlPort}/', 'savecast.v1');
			socket.onmessage = () => chrome.tabs.reload(${tab}, { bypassCache: true });
			socket.onopen = () => resolve(true);
		})`);
		await page.activate();
		let event = 0;
		/** @param {object} change */
		const ours = async (change) => {
			const mark = daemon.heard.mark;
			daemon.send({ type: 'reload', event: ++event, tabs: [tab], changes: [change], patch: false });
			await daemon.heard.next('the end', ({ step }) => step === 'loaded' || step === 'swapped', { mark });
		};
		const theirs = async () => {
			const loaded = page.loaded();
			control.send({});
			await loaded;
		};
		/** @type {[string, RegExp, () => Promise<void>][]} */
		const ways = [
			["the browser's own reload", /^\/$/, theirs],
			['document', /^\/$/, () => ours({ path: 'index.html', kind: 'page' })],
			['style sheet', /^\/app\.css/, () => ours({ path: 'app.css', kind: 'css' })],
		];
		const times = ways.map(() => /** @type {number[]} */ ([]));
		for (let i = 0; i < WARM_UP + ROUNDS; i++) {
			for (const [way, [, url, go]] of ways.entries()) {
				// Waits until the work after a load is done, as between real saves.
				await page.evaluate('new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve)))');
				const sent = now();
				await go();
				const request = (await requests()).find((one) => url.test(one.url) && one.at > sent);
				times[way].push(request.at - sent);
			}
		}
		for (const [way, [what]] of ways.entries()) {
			const warm = times[way].slice(WARM_UP);
			t.diagnostic(`message to request, ${what}: fastest ${Math.min(...warm).toFixed(1)} ms, median ${median(warm).toFixed(1)} ms, max ${Math.max(...warm).toFixed(1)} ms`);
			assert.ok(Math.min(...warm) <= Math.min(...times[0]) + MAX_ADDED_MSEC, `${what}: ${warm} ms; the browser's own: ${times[0]} ms`);
		}
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

test('firefox: without permission, a tab reloads on all pages of this machine, and on no other', { skip: missing('firefox') }, async t => {
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
