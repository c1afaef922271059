// SPDX-License-Identifier: MIT
//
// What the user typed is back after a reload, in the page and in the framework's own state;
// and restoring it runs no handler of the page, submits nothing and requests nothing.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { FRAMEWORKS, frameworkScript } from '../lib/frameworks.js';
import { BROWSERS, missingOrLong, pageScriptsReady, reaches, switchOn } from '../lib/live.js';
import { TOP, World } from '../lib/world.js';

const STATE = { text: 'abc', on: true, one: 'b' };
const SHOWN = `(({ text, check, one }) => ({ text: text.value, on: check.checked, one: one.value }))(window)`;

/** Pages whose own handlers do something, and would do it for each event that we dispatch. */
const PLAIN = `<!doctype html><h1>one</h1><script>var count = 0;</script>
<form id="form" action="/sent"><input id="text" onchange="count++" oninput="count++"><input id="check" type="checkbox" onchange="count++">
<select id="one" onchange="this.form.submit()"><option>a<option>b</select></form>
<input id="search" name="q"><script>
for (const type of ['input', 'change']) {
	document.addEventListener(type, () => { count++; fetch('/search'); navigator.sendBeacon('/beacon'); });
}
</script>`;

for (const which of BROWSERS) {
	/** @param {import('node:test').TestContext} t @param {Record<string, string>} files */
	const open = async (t, files) => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', files);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		/** @param {string} name @returns {Promise<any>} the event and its steps */
		const save = async (name) => {
			const file = path.join(site.root, name);
			await writeFile(file, `${await readFile(file, 'utf8')}\n`);
			return reaches(world, await world.bus.saved(file), 'loaded');
		};
		return { world, site, browser, page, save };
	};

	test(`${which}: restored values are in the state of frameworks`, { skip: missingOrLong(which) }, async t => {
		const files = Object.fromEntries(await Promise.all(FRAMEWORKS.map(async (name) => /** @type {[string, string]} */ ([
			`${name}.js`, await frameworkScript(name, TOP)]))));
		const { site, browser, page, save } = await open(t, {
			...files, 'index.html': '',
			...Object.fromEntries(FRAMEWORKS.map((name) => [`${name}.html`, `<!doctype html><div id="app"></div><script src="/${name}.js"></script>`])),
		});
		for (const name of FRAMEWORKS) {
			await t.test(name, async () => {
				await page.goto(`${site.url}${name}.html`);
				await pageScriptsReady(browser);
				await page.evaluate('text.focus()');
				await page.type('abc');
				await page.evaluate(`(check.click(), one.value = 'b', one.dispatchEvent(new Event('input', { bubbles: true })), one.dispatchEvent(new Event('change', { bubbles: true })))`);
				const out = async () => JSON.parse(await page.evaluate('out.textContent'));
				await until('the state', async () => { assert.deepEqual(await out(), STATE); return true; });
				// Twice: what was restored is kept by the next reload, too.
				for (const round of [1, 2]) {
					await page.evaluate(`(window.old = ${round})`);
					await save(`${name}.html`);
					await until('the restored state', async () => {
						assert.equal(await page.evaluate('window.old === undefined'), true);
						assert.deepEqual(await page.evaluate(SHOWN), STATE);
						assert.deepEqual(await out(), STATE);
						return true;
					});
				}
				// And the framework knows the value: what is typed next is added to it.
				await page.evaluate('(text.focus(), text.setSelectionRange(3, 3))');
				await page.type('d');
				await until('what was typed then', async () => (await out()).text === 'abcd');
			});
		}
	});

	test(`${which}: restoring runs no handler of the page, and sends nothing`, { skip: missingOrLong(which) }, async t => {
		const { world, browser, page, save } = await open(t, { 'index.html': PLAIN });
		await pageScriptsReady(browser);
		await page.evaluate('text.focus()');
		await page.type('ab');
		await page.evaluate(`(text.blur(), check.checked = true, one.value = 'b', search.value = 'x')`);
		const sent = async () => (await world.log('site')).match(/"\/(search|beacon|sent)/g)?.length ?? 0;
		// By the user: two keys and a change, each of which has sent a request and a beacon.
		await until('what the user sent', async () => await sent() === 6);
		await page.evaluate('window.old = true');
		const saved = await save('index.html');
		assert.equal(await page.evaluate('window.old === undefined'), true, JSON.stringify(saved.steps));
		await until('the values', () => page.evaluate(`text.value === 'ab' && check.checked && one.value === 'b' && search.value === 'x'`));
		assert.equal(await page.evaluate('count'), 0);
		assert.equal(await page.evaluate('location.pathname'), '/');
		// Anything that a handler began would be in the log before this.
		await page.evaluate(`fetch('/last').then(() => 1)`);
		assert.equal(await sent(), 6);
	});
}
