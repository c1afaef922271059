// SPDX-License-Identifier: MIT
//
// Reloads that must not happen: repeated reloads of a file in the browser's own viewer, and reloads
// before which the browser or the page would ask the user.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, reaches, story, switchOn, words } from '../lib/live.js';
import { World } from '../lib/world.js';

const PDF = (/** @type {number} */ size) => `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/MediaBox[0 0 ${size} 99]/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n`;

/** Files for a viewer: name, and two contents. @type {[string, string, string][]} */
const VIEWED = [
	['a.json', '{"a": 1}', '{"a": 2}'], ['a.pdf', PDF(99), PDF(199)], ['a.txt', 'one', 'two'],
	['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'],
];

/** @param {string} handler of beforeunload */
const asking = (handler) => `<!doctype html><h1>one</h1><input id="text" autofocus><iframe id="frame" srcdoc="<input id=inner>"></iframe>
<script>let dirty = false; text.addEventListener('input', () => { dirty = true; }); ${handler}</script>`;

/** Ways in which a page makes the browser ask. @type {[string, string][]} */
const HANDLERS = [
	['a listener that prevents it', `addEventListener('beforeunload', (event) => { if (dirty) { event.preventDefault(); } });`],
	['a listener that sets returnValue', `addEventListener('beforeunload', (event) => { if (dirty) { event.returnValue = 'x'; } });`],
	['a handler that returns a text', `window.onbeforeunload = () => (dirty ? 'x' : undefined);`],
];

for (const which of BROWSERS) {
	test(`${which}: a file in the browser's own viewer is reloaded once per save`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', Object.fromEntries(VIEWED));
		const browser = await world.browser(which, { grant: ['http://localhost/*', 'file:///*'] });
		const local = `file://${site.root}/`;
		const requests = async (/** @type {string} */ name) => (await world.log('site')).split(`"url":"/${name}"`).length - 1;
		let last = 0;
		for (const [name, , changed] of [...VIEWED, ['page.html', '', '<h1>two</h1>']]) {
			await writeFile(path.join(site.root, 'page.html'), '<h1>one</h1>');
			const isLocal = name === 'page.html';
			const page = await browser.newPage(isLocal ? local + name : site.url + name);
			await switchOn(world, page);
			const before = await requests(name);
			await writeFile(path.join(site.root, name), changed);
			await world.bus.saved(path.join(site.root, name));
			const saved = await story(world, last);
			last = saved.serial;
			assert.equal(words(saved).at(-1), 'loaded', `${name}: ${JSON.stringify(saved.steps)}`);
			if (!isLocal) {
				assert.equal(await requests(name), before + 1, name);
			}
			assert.equal((await browser.activeIcon()).badge, 'on', name);
			await page.close();
			await until('no tab', async () => (await world.bus.tabs()).length === 0);
		}
		// A failed reload would have been tried again meanwhile.
		assert.equal(await requests('a.json'), 2);
	});

	test(`${which}: while a frame of the page loads, a save does no more than otherwise`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const html = (/** @type {number} */ n) => `<!doctype html><link rel="stylesheet" href="/a.css"><h1>${n}</h1><input id="text"><input id="file" type="file"><iframe id="frame"></iframe>`;
		const site = await world.site('site', { 'index.html': html(1), 'a.css': 'h1 { order: 1 }', 'frame.html': '', '.headers': '{"/frame": {"delay": 600000}}' });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await pageScriptsReady(browser);
		await page.evaluate('(window.same = true, text.value = "typed", 1)');
		const choose = 'const all = new DataTransfer(); all.items.add(new File(["x"], "x")); file.files = all.files;';
		for (const [name, content, end, what] of /** @type {[string, (n: number) => string, string, string][]} */ ([
			['a.css', (n) => `h1 { order: ${n} }`, 'swapped', ''], ['index.html', html, 'patched', ''],
			['index.html', (n) => `${html(n)}<script>${n}</script>`, 'pending', choose],
		])) {
			// The save may come before the browser has said that the tab is loading, or after that.
			for (const [n, msec] of [[2, 0], [3, 200]]) {
				await page.evaluate(`(async () => { ${what} file.dispatchEvent(new Event('change', { bubbles: true })); frame.src = '/frame.html?' + Math.random();
					await new Promise((resolve) => setTimeout(resolve, ${msec})); return 1; })()`);
				await writeFile(path.join(site.root, name), content(n));
				await reaches(world, await world.bus.saved(path.join(site.root, name)), end);
			}
		}
		assert.deepEqual(await page.evaluate('[window.same, text.value, getComputedStyle(document.querySelector("h1")).order, document.querySelector("h1").textContent]'), [true, 'typed', '3', '3']);
	});

	test(`${which}: a page with unsaved changes is reloaded only when they are saved, or after a click`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': asking(HANDLERS[0][1]) });
		const file = path.join(site.root, 'index.html');
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await pageScriptsReady(browser);
		let n = 0;
		for (const [name, handler] of HANDLERS) {
			await t.test(name, async () => {
				await writeFile(file, asking(handler));
				await reaches(world, await world.bus.saved(file), 'loaded');
				// The text that was typed before is restored.
				await page.goto(`${site.url}?${n}`);
				await pageScriptsReady(browser);
				await page.evaluate('text.focus()');
				await page.type('abc');
				await until('the text', () => page.evaluate('text.value === "abc"'));
				await writeFile(file, asking(handler).replace('one', `two ${++n}`));
				const pending = await reaches(world, await world.bus.saved(file), 'pending');
				assert.match(pending.steps.at(-1).text, /asks before it is left/);
				assert.equal((await browser.activeIcon()).badge, '1');
				assert.match((await browser.activeIcon()).title, /asks before it is left/);
				await writeFile(file, asking(handler).replace('one', `three ${n}`));
				const again = await reaches(world, await world.bus.saved(file), 'pending');
				assert.equal(words(again).includes('reloading'), false);
				assert.equal(await page.evaluate('text.value'), 'abc');
				// The page has saved the text: the next change of any field releases the reload.
				await page.evaluate(`(dirty = false, text.dispatchEvent(new Event('change', { bubbles: true })))`);
				const done = await reaches(world, again.serial, 'loaded');
				assert.ok(words(done).includes('reloading'));
				await until('the new page', () => page.evaluate(`document.querySelector('h1').textContent === 'three ${n}'`));
			});
		}
		await t.test('clicks alone do not delay a reload', async () => {
			await page.goto(site.url);
			await pageScriptsReady(browser);
			await page.evaluate('document.activeElement.blur()');
			await page.type('x');
			await writeFile(file, asking(HANDLERS[0][1]));
			const saved = await reaches(world, await world.bus.saved(file), 'loaded');
			assert.equal(words(saved).includes('pending'), false);
		});
	});

	test(`${which}: if the page is the answer to a form, sent before the tab was switched on, the reload is pending and not tried again and again`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': '<form method="post" action="/post"><button id="send">send</button></form>', 'posted.html': '<h1>posted</h1>' });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await page.evaluate('(setTimeout(() => document.getElementById("send").click()), 1)');
		await until('the answer', () => page.evaluate('document.querySelector("h1")?.textContent === "posted"').catch(() => false));
		await switchOn(world, page);
		await pageScriptsReady(browser);
		const file = path.join(site.root, 'posted.html');
		const posts = async () => (await world.log('site')).split('"POST"').length - 1;
		for (const round of [1, 2]) {
			await writeFile(file, `<h1>posted ${round}</h1>`);
			const pending = await reaches(world, await world.bus.saved(file), 'pending');
			assert.match(pending.steps.at(-1).text, /asks the user/);
			assert.equal((await browser.activeIcon()).badge, '1');
			// The browser asked once: the second save does not try again.
			assert.equal(words(pending).includes('reloading'), round === 1);
		}
		assert.equal(await posts(), 1);
		await page.goto(site.url);
		await until('another page', async () => (await browser.activeIcon()).badge === 'on');
	});
}
