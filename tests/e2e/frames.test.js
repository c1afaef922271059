// SPDX-License-Identifier: MIT
/**
 * Frames of another project than their tab's: a save of that project updates the frame alone, and
 * the tab's page keeps its state.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong } from '../lib/live.js';
import { Client } from '../lib/wire-client.js';
import { LONG, World } from '../lib/world.js';

/** @param {World} world @param {number} count of live tabs and frames */
const followed = (world, count) => until(`${count} live tabs and frames`, async () => {
	const all = (await world.bus.tabs()).filter((/** @type {any} */ { state }) => state === 'live');
	return all.length === count && all;
});

/** Frames that come and go. */
const STORM = LONG ? 1000 : 80;

/** The numbers of frames begin here. */
const FRAME = 2 ** 32;

test('the daemon updates a frame of another project on its own, and says which tab it is in', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const alpha = await world.site('alpha', { 'index.html': '1' });
	const beta = await world.site('beta', { 'index.html': '1' });
	const client = new Client(world);
	await client.hello();
	/** @param {number} tab @param {string} url @param {number} [parent] */
	const watch = async (tab, url, parent) => {
		const { mark } = client.log;
		client.send({ type: 'watch', tab, url, ...(parent !== undefined && { parent }) });
		return client.log.next(`tab ${tab}`, message => message.type === 'tab' && message.tab === tab && message.state !== 'looking', { mark });
	};
	for (const [tab, { url }, parent, project] of /** @type {[number, {url: string}, number | undefined, string][]} */ ([[17, alpha, undefined, 'alpha'], [FRAME, beta, 17, 'beta']])) {
		// Other servers of this machine may look like servers behind this one for a while.
		await until(`${project} for tab ${tab}`, async () => (await watch(tab, url, parent)).project === project, { every: 300 });
	}
	const merged = await watch(FRAME + 1, `${alpha.url}inner.html`, 17);
	assert.deepEqual([merged.state, merged.cause], ['none', 'with-tab']);
	assert.equal((await watch(FRAME + 2, `${alpha.url}deep.html`, FRAME)).project, 'alpha', 'its parent is of another project');
	assert.deepEqual((await world.bus.tabs()).map((/** @type {any} */ { tab, top }) => [tab, top]),
		[[17, undefined], [FRAME, 17], [FRAME + 2, 17]]);

	const { mark } = client.log;
	const file = path.join(beta.root, 'index.html');
	await writeFile(file, '2');
	const serial = await world.bus.saved(file);
	const { event, tabs } = await client.next('reload', { mark });
	assert.deepEqual([event, tabs], [serial, [FRAME]]);
	client.send({ type: 'report', event, tab: FRAME, step: 'patched', detail: '1 node' });
	const told = await until('the end', async () => (await world.bus.events()).find((/** @type {any} */ one) => one.serial === serial && one.closed));
	assert.equal(told.steps.find((/** @type {any} */ { step }) => step === 'cast').text, 'to 1 frame of Test 1');
	assert.deepEqual([told.steps.at(-1).tab, told.steps.at(-1).top], [FRAME, 17]);
	const spoken = async (/** @type {string[]} */ ...words) => (await world.savecast(...words)).stdout;
	assert.match(await spoken('log'), /frame in tab 17/);
	assert.match(await spoken('status'), /17 {2}live +frame of this tab: http:\/\/localhost:/);
	assert.match(await spoken('why', file), /frame of tab 17 in Test 1/);

	// The tab goes to another project: the frame that was updated with it is on its own now.
	await client.told(FRAME + 1, 'live', () => client.send({ type: 'watch', tab: 17, url: beta.url }));
	await until('the frame of beta to be the tab\'s', async () => !(await world.bus.tabs()).some((/** @type {any} */ { tab }) => tab === FRAME));
	client.send({ type: 'unwatch', tab: 17 });
	// Frames that are said to contain each other.
	await watch(FRAME, beta.url, FRAME + 2);
	await until('all of them', async () => (await world.bus.tabs()).length === 3);
});

const ALPHA = (/** @type {string} */ text, /** @type {string} */ frames) => `<!doctype html><title>a</title><link rel="stylesheet" href="/a.css"><h1>${text}</h1><input id="field"><script>window.n = 0; setInterval(() => { n++; }, 20);</script>
${frames}`;
const BETA = (/** @type {string} */ text, more = '') => `<!doctype html><title>b</title><link rel="stylesheet" href="/b.css"><h2>${text}</h2><input id="inner">${more}`;

/** Chromium's cache does not show a script what a frame's document was loaded from: then the frame is reloaded once. */
const CHANGED = ['patched', 'loaded'];

for (const which of BROWSERS) {
	/** @param {import('node:test').TestContext} t @param {string[]} [grant] */
	const open = async (t, grant = ['http://localhost/*']) => {
		const world = await World.open(t, { why: true });
		await world.startDaemon();
		const gamma = await world.site('gamma', { 'index.html': BETA('g1'), 'b.css': '' });
		const beta = await world.site('beta', { 'index.html': BETA('b1', `<iframe src="${gamma.url}"></iframe>`), 'plain.html': BETA('p1'), 'b.css': 'h2 { color: rgb(1, 0, 0) }' });
		const alpha = await world.site('alpha', { 'a.css': '', 'own.html': '<h3>own</h3>' });
		const browser = await world.browser(which, { grant });
		const page = await browser.newPage();
		/** @param {import('../lib/world.js').World extends never ? never : any} site @param {string} name @param {string} text */
		const save = async (site, name, text) => {
			const file = path.join(site.root, name);
			await writeFile(file, text);
			const serial = await world.bus.saved(file);
			return until(`event ${serial}`, async () => {
				const told = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === serial);
				if (!told?.closed) {
					throw new Error(JSON.stringify(told?.steps));
				}
				return told;
			});
		};
		/** What each frame of the tab shows: its port, and the value of an expression. @param {string} expression */
		const inFrames = async (expression) => {
			const { tab } = await browser.activeIcon();
			return /** @type {Promise<[string, any][]>} */ (browser.evaluateInWorker(`chrome.scripting.executeScript({ target: { tabId: ${tab}, allFrames: true },
				func: () => [location.port, (() => { try { return ${expression}; } catch { return undefined; } })()] }).then((all) => all.map(({ result }) => result))`));
		};
		const inFrame = async (/** @type {any} */ site, /** @type {string} */ expression) => (await inFrames(expression)).find(([port]) => port === String(site.port))?.[1];
		/** @param {string} text the page with frames */
		const show = async (text) => {
			await writeFile(path.join(alpha.root, 'index.html'), text);
			await page.goto(alpha.url);
			await page.clickAction();
		};
		return { world, alpha, beta, gamma, browser, page, save, inFrame, inFrames, show };
	};

	test(`${which}: a save of the frame's project updates the frame alone, and the page around it keeps its state`, { skip: missingOrLong(which) }, async t => {
		const { world, alpha, beta, gamma, browser, page, save, inFrame, inFrames, show } = await open(t);
		await show(ALPHA('a1', `<iframe id="f" src="${beta.url}"></iframe>`));
		// Beta's frame has one of gamma.
		const tabs = await followed(world, 3).catch(async (error) => {
			throw new Error(`${error.message}: ${JSON.stringify(await world.bus.tabs())} ${JSON.stringify(await inFrames('[location.href, window === parent]'))}`);
		});
		const [{ tab: top }] = tabs.filter((/** @type {any} */ one) => one.top === undefined);
		assert.deepEqual(tabs.map((/** @type {any} */ one) => one.top).filter((/** @type {any} */ one) => one !== undefined), [top, top]);
		await page.evaluate('(field.focus(), window.mark = 1)');
		await page.type('half-ty');
		await inFrame(beta, 'document.querySelector("#inner").value = "in"');
		/** @param {any} told @param {string | string[]} last @param {number} [cast] */
		const ended = async (told, last, cast) => {
			assert.ok([last].flat().includes(told.steps.at(-1).step), JSON.stringify(told.steps));
			assert.equal(told.steps.at(-1).top, cast);
			assert.deepEqual(await page.evaluate('[window.mark, field.value, n > 0]'), [1, 'half-ty', true]);
		};
		await until('the page scripts', async () => (await inFrame(beta, 'savecast.ready')) === true && (await inFrame(gamma, 'savecast.ready')) === true);
		// A style sheet, a page, and a page that cannot be patched.
		await ended(await save(beta, 'b.css', 'h2 { color: rgb(2, 0, 0) }'), 'swapped', top);
		assert.equal(await inFrame(beta, 'getComputedStyle(document.querySelector("h2")).color'), 'rgb(2, 0, 0)');
		await ended(await save(beta, 'index.html', BETA('b2', `<iframe src="${gamma.url}"></iframe>`)), CHANGED, top);
		await until('the new page of the frame, with what was typed', async () =>
			await inFrame(beta, 'document.querySelector("h2").textContent + document.querySelector("#inner").value') === 'b2in');
		await followed(world, 3);
		await until('the page scripts', async () => (await inFrame(gamma, 'savecast.ready')) === true);
		await ended(await save(gamma, 'index.html', BETA('g2')), CHANGED, top);
		await until('the new page of the inner frame', async () => await inFrame(gamma, 'document.querySelector("h2").textContent') === 'g2');
		// Each frame has been looked at now, so what it shows is known.
		await until('the page scripts', async () => (await inFrame(beta, 'savecast.ready')) === true && (await inFrame(gamma, 'savecast.ready')) === true);
		await inFrame(gamma, 'globalThis.kept = 1');
		await ended(await save(gamma, 'index.html', BETA('g3')), 'patched', top);
		await ended(await save(beta, 'index.html', BETA('b2c', `<iframe src="${gamma.url}"></iframe>`)), 'patched', top);
		assert.equal(await inFrame(beta, 'document.querySelector("h2").textContent + document.querySelector("#inner").value'), 'b2cin');
		// If beta's frame was reloaded before, what was typed in the frame in it is gone.
		assert.match(await inFrame(gamma, 'document.querySelector("h2").textContent + document.querySelector("#inner").value + globalThis.kept'), /^g3(in)?1$/);
		await ended(await save(beta, 'index.html', BETA('b3', `<script>window.script = 1;</script>`)), 'loaded', top);
		await until('the reloaded frame', async () => await inFrame(beta, 'document.querySelector("h2").textContent') === 'b3');
		await until('what was typed in it', async () => await inFrame(beta, 'document.querySelector("#inner").value') === 'in');
		assert.equal(await page.evaluate('document.activeElement.id'), 'field', 'the focus stays in the page');
		// The inner frame is gone with the old document.
		await followed(world, 2);
		// A save of the tab's own project leaves the frame as it is.
		await inFrame(beta, 'globalThis.kept = 1');
		await ended(await save(alpha, 'index.html', ALPHA('a2', `<iframe id="f" src="${beta.url}"></iframe>`)), 'patched');
		assert.deepEqual([await page.evaluate('document.querySelector("h1").textContent'), await inFrame(beta, 'globalThis.kept')], ['a2', 1]);
		// The frame goes to another project.
		await page.evaluate(`(f.src = ${JSON.stringify(gamma.url)}, 1)`);
		await until('the frame of gamma', async () => (await world.bus.tabs()).some((/** @type {any} */ one) => one.top === top && one.url === gamma.url && one.state === 'live'));
		await until('the page', async () => await inFrame(gamma, 'savecast.ready') === true);
		await ended(await save(gamma, 'b.css', 'h2 { color: rgb(3, 0, 0) }'), 'swapped', top);
		// What the frame showed before is no longer what it is compared with.
		await ended(await save(gamma, 'index.html', BETA('g4')), CHANGED, top);
		await until('the new page', async () => await inFrame(gamma, 'document.querySelector("h2").textContent') === 'g4');
		// The server of the frame ends: the icon says so for the tab.
		const { title } = await browser.activeIcon();
		assert.match(title, /live: alpha/);
		await world.children.stop(gamma.server);
		await until('the icon', async () => /frame of localhost/.test((await browser.activeIcon()).title));
		await page.evaluate('(f.remove(), 1)');
		await followed(world, 1);
		await until('the icon', async () => /live: alpha/.test((await browser.activeIcon()).title));
	});

	test(`${which}: what the user typed in a frame inside a reloaded frame stays`, { skip: missingOrLong(which) }, async t => {
		const { world, beta, gamma, page, save, inFrame, show } = await open(t);
		await show(ALPHA('a1', `<iframe src="${beta.url}"></iframe>`));
		await followed(world, 3);
		await until('the page scripts', async () => (await inFrame(beta, 'savecast.ready')) === true && (await inFrame(gamma, 'savecast.ready')) === true);
		await inFrame(gamma, 'document.querySelector("#inner").focus()');
		await page.type('half-ty');
		const typed = () => inFrame(gamma, 'document.querySelector("#inner").value');
		await until('the text', async () => await typed() === 'half-ty');
		const { steps } = await save(beta, 'index.html', BETA('b2', `<iframe src="${gamma.url}"></iframe><script>window.script = 1;</script>`));
		assert.equal(steps.at(-1).step, 'loaded', JSON.stringify(steps));
		assert.equal(await inFrame(beta, 'document.querySelector("h2").textContent'), 'b2');
		await until('the text again', async () => await typed() === 'half-ty');
	});

	test(`${which}: frames without permission are left alone, and hundreds of frames are limited`, { skip: missingOrLong(which) }, async t => {
		const { world, alpha, beta, browser, page, save, inFrame, show } = await open(t);
		// The permission is for localhost.
		const elsewhere = `http://127.0.0.1:${beta.port}/plain.html`;
		await show(ALPHA('a1', `<iframe id="f" src="${elsewhere}"></iframe><iframe src="/own.html"></iframe><iframe srcdoc="text"></iframe><iframe id="boxed" sandbox src="/own.html"></iframe>`));
		await followed(world, 1);
		await page.evaluate('window.mark = 1');
		const told = await save(beta, 'plain.html', BETA('p2'));
		assert.equal(told.steps.at(-1).step, 'no-tab', JSON.stringify(told.steps));
		assert.equal(await page.evaluate('window.mark'), 1);
		assert.equal((await world.bus.tabs()).length, 1, 'frames of the page itself belong to the tab');

		const frames = `<iframe src="${beta.url}plain.html"></iframe>`;
		await page.evaluate(`(document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(frames.repeat(LONG ? 500 : 20))}), 1)`);
		await followed(world, 17);
		await until('the page scripts', async () => await inFrame(beta, 'document.querySelector("h2").textContent') === 'p2');
		const many = await save(beta, 'plain.html', BETA('p3'));
		assert.equal(many.steps.find((/** @type {any} */ { step }) => step === 'cast').text.replace(/ of .*/, ''), 'to 16 frames');
		assert.ok(CHANGED.includes(many.steps.at(-1).step), JSON.stringify(many.steps.at(-1)));

		// Frames that come and go as fast as the page can.
		const { requests } = await page.evaluate(`new Promise((resolve) => {
			let requests = 0;
			document.querySelectorAll('iframe').forEach((one) => one.remove());
			const timer = setInterval(() => {
				const one = document.createElement('iframe');
				one.src = ${JSON.stringify(`${beta.url}plain.html`)};
				document.body.append(one);
				setTimeout(() => one.remove(), 20);
				if (++requests === ${STORM}) {
					clearInterval(timer);
					resolve({ requests });
				}
			}, 1);
		})`);
		assert.equal(requests, STORM);
		await followed(world, 1).catch(async (error) => {
			throw new Error(`${error.message}: ${JSON.stringify(await world.bus.tabs())}`);
		});
		// While frames load, the browser says that of their tab: its page would be reloaded. In Firefox, each question opens
		// a tab, so one that opens it again and again would keep a busy browser from the frames.
		await until('the tab to be complete', () => browser.evaluateInWorker(`new Promise((resolve) => {
			const ask = () => chrome.tabs.query({ url: '${alpha.url}*' }).then(([{ status }]) => status === 'complete' && resolve(true));
			chrome.tabs.onUpdated.addListener(ask);
			setTimeout(() => resolve(false), 20000);
			ask();
		})`), { msec: LONG ? 300000 : 60000 });
		const last = (await save(alpha, 'a.css', 'h1 { color: red }')).steps;
		assert.equal(last.at(-1).step, 'swapped', `the tab still gets its saves: ${JSON.stringify(last)}`);
	});
}
