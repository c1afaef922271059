// SPDX-License-Identifier: MIT
/**
 * Two folders in one window, and two windows.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { World } from '../lib/world.js';
import { codeServer, startCodeServer } from '../lib/vscode/code-server.js';
import { Workbench } from '../lib/vscode/workbench.js';

const { skip } = codeServer;

test('two folders in one workspace, and two windows', { skip }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const { root: one, url } = await world.fastapi('one');
	const two = await world.folder('two', { 'two.css': '' }, { git: true });
	const browser = await world.browser();
	const code = await startCodeServer(world);
	const site = await browser.newPage(url);
	await site.clickAction();
	const heard = (/** @type {string} */ name, /** @type {string} */ project) => until(`an event with ${name}`, async () =>
		(await world.bus.events()).find((/** @type {any} */ event) => event.files.includes(name) && event.project === project));

	const both = path.join(world.home, 'both.code-workspace');
	await writeFile(both, JSON.stringify({ folders: [{ path: one }, { path: two }] }));
	const first = await Workbench.open(browser, code.url, both);
	await first.status('savecast: 1 tab');
	await first.openFile('style.css');
	await first.edit('/* 1 */');
	await heard(path.join(one, 'static/style.css'), one);
	await first.openFile('two.css');
	await first.edit('/* 2 */');
	await heard(path.join(two, 'two.css'), two);

	const second = await Workbench.open(browser, code.url, two);
	await second.status('savecast: no tab');
	await second.openFile('two.css');
	await second.edit('/* 3 */');
	await until('the third save', async () => (await world.bus.events()).length === 3);
	await second.command('savecast: Show Log');
	await second.has('.part.panel .view-lines', { text: /save 3: two\.css/ });

	await first.page.activate();
	await first.command('savecast: Show Log');
	const log = await first.has('.part.panel .view-lines', { text: /save 3: two\.css/ });
	assert.match(log, /save 1: static\/style\.css.*save 2: two\.css/s);
	await site.close(); // The window shows it at once.
	await first.page.activate();
	await first.status('savecast: no tab');
});
