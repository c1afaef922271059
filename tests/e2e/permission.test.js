// SPDX-License-Identifier: MIT
//
// The browser's question about permission for a site, asked from the real popup and answered with a
// real click or key. If it is denied, pages are reloaded as before; if it is allowed, it takes
// effect without a reload.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { Display, noDisplay } from '../lib/display.js';
import { BROWSERS, live, missing, story, switchOn, words } from '../lib/live.js';
import { answer, clickInRealPopup } from '../lib/question.js';
import { World } from '../lib/world.js';

/** In standards mode: Firefox reloads pages in quirks mode for a style sheet (next-page.js). */
const PAGE = '<!doctype html><link rel="stylesheet" href="/app.css">';

for (const which of BROWSERS) {
	test(`${which}: the popup asks for the site: the user denies and allows it`, { skip: missing(which) || (which === 'chromium' && noDisplay()) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', {
			'index.html': `${PAGE}<h1>one</h1>`, 'app.css': 'h1 { color: red }',
		});
		const { origin } = new URL(site.url);
		const display = which === 'chromium' ? await Display.open(world.env) : undefined;
		t.after(() => display?.close());
		const browser = await world.browser(which, display ? { headless: false, env: display.env } : {});
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		let last = 0;
		/** @param {string} name @returns {Promise<string>} the last step of its event */
		const save = async (name) => {
			await writeFile(path.join(site.root, name), name === 'index.html' ? `${PAGE}<!-- ${last} -->` : `/* ${last} */`);
			await page.evaluate('window.old = true');
			const told = await world.bus.saved(path.join(site.root, name)).then(() => story(world, last));
			last = told.serial;
			const end = String(words(told).at(-1));
			assert.equal(await page.evaluate('window.old === true'), end === 'swapped', end);
			return end;
		};
		const remembered = async () => (await browser.evaluateInWorker("chrome.storage.local.get('sites')")).sites ?? [];
		const allowed = () => browser.evaluateInWorker(`chrome.permissions.contains({ origins: ['http://localhost/*'] })`);

		await t.test('a reload needs no permission', async () => {
			assert.equal(await save('index.html'), 'loaded');
		});
		for (const button of ['allow', 'remember']) {
			await t.test(`denied, after a click on ${button}`, async () => {
				await clickInRealPopup(page, button);
				await answer(page, display, false);
				assert.equal(await allowed(), false);
				assert.deepEqual(await remembered(), []);
				assert.equal(await save('index.html'), 'loaded');
				// In Chromium the click on the icon gives access until the tab leaves the site, in
				// Firefox until the first reload.
				assert.equal(await save('app.css'), which === 'firefox' ? 'loaded' : 'swapped');
			});
		}
		await t.test('allowed, to remember the site: no reload is needed, and other tabs are switched on', async () => {
			await clickInRealPopup(page, 'remember');
			await answer(page, display, true);
			await until('it is remembered', async () => (await remembered())[0] === origin);
			assert.equal(await allowed(), true);
			assert.equal(await save('app.css'), 'swapped');
			await browser.newPage(site.url);
			await live(world, 2);
		});
		await t.test('the site is forgotten, and remembered again with the same permission', async () => {
			for (const count of [0, 1]) {
				await clickInRealPopup(page, 'remember');
				await until(`${count} sites`, async () => String((await remembered()).length) === String(count));
			}
		});
		await t.test('forgotten in Settings: the permission is for a host, and is removed with the last of its sites', async () => {
			const other = 'http://localhost:1';
			await browser.set({ sites: [origin, other] });
			const settings = await browser.newPage(browser.extensionUrl('ui/options.html'));
			for (const [site, left] of [[other, true], [origin, false]]) {
				const button = `document.querySelector('[aria-label="Forget ${site}"]')`;
				await until('the button', () => settings.evaluate(`${button} !== null`));
				// The first click asks, the second one does it.
				await settings.evaluate(`(${button}.click(), 1)`);
				assert.equal(await settings.evaluate(`document.querySelectorAll('#sites li').length`), left ? 2 : 1);
				await settings.evaluate(`(${button}.click(), 1)`);
				await until('the button to go', () => settings.evaluate(`${button} === null`));
				assert.equal(await allowed(), left, String(site));
			}
			assert.deepEqual(await remembered(), []);
		});
	});
}
