// SPDX-License-Identifier: MIT
/**
 * The commands, from the palette and from the menu of the status bar item.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { codeServer } from '../lib/vscode/code-server.js';
import { openDesk, openSite } from '../lib/vscode/desk.js';

const { skip } = codeServer;

test('turning it off and on for a workspace does not change its settings', { skip }, async t => {
	const { world, root, workbench, heard } = await openDesk(t, { files: { 'a.css': '', 'b.css': '' } });
	await workbench.status('savecast: no tab');
	await workbench.click('.statusbar-item[id*="savecast"] a');
	await workbench.pick('off', 'Turn off for this workspace');
	await workbench.status('is off in this workspace');
	await workbench.openFile('a.css');
	await workbench.edit('untold');
	await workbench.command('savecast: Turn On or Off for This Workspace');
	await workbench.status('savecast: no tab');
	await workbench.openFile('b.css');
	await workbench.edit('told');
	await heard('b.css');
	assert.equal((await world.bus.events()).length, 1);
	assert.equal(await world.git(root, 'status', '--porcelain', '.vscode'), '');

	await workbench.command('savecast: Explain the Last Save');
	await workbench.has('.quick-input-title', { text: 'savecast: save 1: b.css' });
	await workbench.has('.quick-input-list .monaco-list-row', { text: /ms\s+no-tab\s/ });
	await workbench.press('Escape');
	await workbench.command('savecast: Open the Page in the Browser');
	await workbench.has('.notification-toast', { text: 'no browser tab shows this workspace yet' });
});

test('the commands reload the page and open it', { skip }, async t => {
	const { world, browser, site, workbench } = await openSite(t);
	const loaded = site.loaded();
	await workbench.command('savecast: Reload the Page Now');
	await loaded;
	assert.equal((await world.bus.events()).at(-1).source, 'reload');

	const targets = async () => (await browser.cdp.send('Target.getTargets')).targetInfos
		.filter((/** @type {any} */ { type }) => type === 'page').length;
	const before = await targets();
	await workbench.command('savecast: Open the Page in the Browser');
	await until('one more page', async () => await targets() === before + 1);
});
