// SPDX-License-Identifier: MIT
//
// Saves in small apps with real frameworks and libraries: what the page shows afterwards, and which of
// the user's changes are kept. All apps, in both browsers, with --long.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, story, switchOn, words } from '../lib/live.js';
import { APPS } from '../lib/real-apps.js';
import { LONG, World } from '../lib/world.js';

for (const which of BROWSERS) {
	test(`${which}: saves in real apps`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		for (const { name, cheap, needs, files, command, act, keeps, saves, then } of APPS) {
			const skip = needs && !existsSync(needs) ? `${needs} is not installed` : !cheap && !LONG && 'with --long';
			await t.test(name, { skip }, async () => {
				const folder = name.replace(/\W+/g, '-');
				const content = typeof files === 'function' ? await files() : files;
				const root = await world.folder(folder, content, { git: true });
				const { url } = command ? await world.serve(folder, root, command) : await world.site(folder, content);
				const page = await browser.newPage(url);
				try {
					await switchOn(world, page);
					await pageScriptsReady(browser);
					await act(page);
					await pageScriptsReady(browser);
					for (const { file, edit: [from, to], end, shows } of saves) {
						const before = await page.evaluate(keeps);
						const last = (await world.bus.properties()).LastEvent;
						await page.evaluate('(window.old = true, 1)');
						const text = await readFile(path.join(root, file), 'utf8');
						const changed = text.replace(from, to);
						assert.notEqual(changed, text);
						await writeFile(path.join(root, file), changed);
						await world.bus.saved(path.join(root, file));
						const told = await story(world, last);
						const steps = JSON.stringify(told.steps);
						assert.equal(words(told).at(-1), end, steps);
						await until(`${file}: ${shows}`, () => page.evaluate(shows));
						assert.equal(await page.evaluate('window.old === true'), end !== 'loaded', steps);
						await until(`${file}: what the user did`, async () => {
							assert.equal(await page.evaluate(keeps), before, steps);
							return true;
						});
					}
					await then?.(page);
				} finally {
					await page.close();
				}
				await until('the tab to be gone', async () => (await world.bus.tabs()).length === 0);
			});
		}
	});
}
