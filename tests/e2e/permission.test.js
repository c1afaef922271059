// SPDX-License-Identifier: MIT
//
// The browser's question about permission for a site, asked by a click on the icon or in the real
// popup, and answered with a real click or key. If it is denied, pages are reloaded as before; if it is
// allowed, the permission takes effect without a reload.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { Display, noDisplay } from '../lib/display.js';
import { BROWSERS, live, missingOrLong, story, switchOn, words } from '../lib/live.js';
import { answer, clickInRealPopup, popupTarget } from '../lib/question.js';
import { LONG, World } from '../lib/world.js';

/** In standards mode: Firefox reloads pages in quirks mode for a style sheet (next-page.js). */
const PAGE = '<!doctype html><link rel="stylesheet" href="/app.css">';

for (const which of BROWSERS) {
	test(`${which}: the popup asks for the site: the user denies and allows it`, { skip: missingOrLong(which) || (which === 'chromium' && noDisplay()) }, async t => {
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

for (const which of BROWSERS) {
	test(`${which}: the click that switches on a site's first tab asks, once`, { skip: missingOrLong(which) || (which === 'chromium' && noDisplay()) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': `${PAGE}<h1>one</h1>`, 'app.css': 'h1 { color: red }' });
		const display = which === 'chromium' ? await Display.open(world.env) : undefined;
		t.after(() => display?.close());
		const browser = await world.browser(which, display ? { headless: false, env: display.env } : {});
		await browser.set({ ask: true });
		const asked = async () => (await browser.evaluateInWorker("chrome.storage.local.get('asked')")).asked ?? [];
		const allowed = (/** @type {string} */ host) => browser.evaluateInWorker(`chrome.permissions.contains({ origins: ['http://${host}/*'] })`);
		/** @param {string} url */
		const click = async (url) => {
			const page = await browser.newPage(url);
			await page.clickAction();
			return page;
		};
		/** @param {import('../lib/live.js').Page} page @param {number} count of live tabs, of which it is the last */
		const isAsking = async (page, count) => {
			await live(world, count);
			// Chromium's question takes the focus.
			return 'bidi' in browser ? browser.evaluateInBrowser('PopupNotifications.isPanelOpen') : !await page.evaluate('document.hasFocus()');
		};
		/** @param {import('../lib/live.js').Page} page @returns {Promise<string>} what the popup says about the permission */
		const why = async (page) => {
			const { tab } = await browser.activeIcon();
			const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
			const text = await until('the reason', () => popup.evaluate("document.getElementById('permission-why').textContent"));
			await popup.close();
			await page.activate();
			return text;
		};

		await t.test('the icon says why before the click; the tab is on even if the user denies', async () => {
			const page = await browser.newPage(site.url);
			assert.match((await browser.activeIcon()).title, /click to update this tab at each save; the browser asks once for permission for its site, so that/);
			await page.clickAction();
			await until('the question', () => isAsking(page, 1));
			await answer(page, display, false);
			await live(world, 1);
			assert.deepEqual([await asked(), await allowed('localhost')], [['http://localhost/*'], false]);
			assert.match(await why(page), /^savecast does not have permission for http:\/\/localhost:\d+, and will not ask again by itself: [^.]*\.$/);
		});
		await t.test('another tab of the site asks nothing, also after the background has ended', async () => {
			assert.equal(await isAsking(await click(site.url), 2), false);
			await browser.killWorker();
			assert.equal(await isAsking(await click(site.url), 3), false);
		});
		await t.test('the first click on another site asks for that one', async () => {
			const page = await click(site.url.replace('localhost', '127.0.0.1'));
			await answer(page, display, true);
			await until('the permission', () => allowed('127.0.0.1'));
			await live(world, 4);
		});
		await t.test('a click that wakes the background is too late to ask: the popup opens, and its button asks', { skip: which === 'firefox' ? 'no protocol shows its popup' : !LONG && 'with --long' }, async () => {
			const page = await browser.newPage(site.url.replace('localhost', '[::1]'));
			await browser.killWorker();
			await page.clickAction();
			await until('the popup', () => popupTarget(/** @type {any} */ (browser)));
			await live(world, 5);
			assert.deepEqual(await asked(), ['http://[::1]/*', 'http://127.0.0.1/*', 'http://localhost/*']);
			await clickInRealPopup(page, 'allow');
			await answer(page, display, false);
			assert.equal(await allowed('[::1]'), false);
			await page.close();
			await live(world, 4);
		});
		await t.test('the button in the popup asks again', { skip: !LONG && 'with --long' }, async () => {
			const page = await click(site.url);
			await live(world, 5);
			await clickInRealPopup(page, 'allow');
			await answer(page, display, true);
			await until('the permission', () => allowed('localhost'));
		});
	});
}
