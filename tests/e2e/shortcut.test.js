// SPDX-License-Identifier: MIT
//
// Chromium's shortcuts, pressed on a real display. Firefox's shortcuts are sent to its window, in
// pending.test.js.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { Display, noDisplay } from '../lib/display.js';
import { guarded, pageScriptsReady, live, missing, reaches } from '../lib/live.js';
import { popupTarget } from '../lib/question.js';
import { World } from '../lib/world.js';

const INDEX = '<h1>one</h1><input id="file" type="file">';

test('chromium: the shortcuts', { skip: missing('chromium') || noDisplay() }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.site('site', { 'index.html': INDEX });
	const display = await Display.open(world.env);
	t.after(() => display.close());
	const browser = await world.browser('chromium', { headless: false, env: display.env });
	const page = await browser.newPage(site.url);
	await page.activate();
	await until('the focus', () => page.evaluate('document.hasFocus()'));

	await t.test('Alt+Shift+S switches the tab on', async () => {
		await display.press('alt+shift+s');
		await live(world, 1);
	});

	await t.test('Alt+Shift+L reloads it', async () => {
		const loaded = page.loaded();
		await display.press('alt+shift+l');
		await loaded;
		assert.equal(await page.evaluate('performance.getEntriesByType("navigation")[0].type'), 'reload');
	});

	await t.test('Alt+Shift+L reloads a tab whose reload is pending', async () => {
		await pageScriptsReady(browser);
		await page.evaluate(`(() => {
			const files = new DataTransfer(), file = document.getElementById('file');
			files.items.add(new File(['x'], 'x'));
			file.files = files.files;
			file.dispatchEvent(new Event('change', { bubbles: true }));
			return true;
		})()`);
		await guarded(browser);
		const file = path.join(site.root, 'index.html');
		await writeFile(file, `${INDEX}<!-- 1 -->`);
		const event = await world.bus.saved(file);
		await reaches(world, event, 'pending');
		await until('the badge', async () => (await browser.activeIcon()).badge === '1');
		await display.press('alt+shift+l');
		await reaches(world, event, 'loaded');
	});

	await t.test('Alt+Shift+S shows the popup of a tab that is on', async () => {
		await until('the badge', async () => (await browser.activeIcon()).badge === 'on');
		await display.press('alt+shift+s');
		await until('the popup', () => popupTarget(browser));
	});
});
