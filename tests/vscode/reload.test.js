// SPDX-License-Identifier: MIT
/**
 * The extension in a real VS Code, with a real keyboard; the page that it
 * reloads is in another tab of the same browser.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { servers } from '../lib/dev-servers.js';
import { settled } from '../lib/restarts.js';
import { codeServer } from '../lib/vscode/code-server.js';
import { openSite } from '../lib/vscode/desk.js';

const { skip } = codeServer;

test('Ctrl+S reloads the page in the other tab', { skip }, async t => {
	const { world, site, workbench, template } = await openSite(t);
	await workbench.openFile('home.html');
	const loaded = site.loaded();
	const before = performance.now();
	await workbench.edit('<p id="typed">typed in VS Code</p>');
	await loaded;
	t.diagnostic(`from typing to the reloaded page: ${Math.round(performance.now() - before)} ms`);
	assert.match(await readFile(template, 'utf8'), /typed in VS Code/);
	await until('the page to show it', () => site.evaluate('document.querySelector("#typed")?.textContent === "typed in VS Code"'));
	const [event] = (await world.bus.events()).slice(-1);
	assert.deepEqual([event.source, event.files], ['save', [template]]);

	await workbench.command('savecast: Show Log');
	await workbench.has('.output-view-container .view-lines, .part.panel .view-lines', { text: /ms\s+loaded/ });
	// SAVECAST_PICTURE=clients/vscode/media/picture.png writes the picture of the README.
	if (process.env.SAVECAST_PICTURE) {
		await workbench.page.screenshot(process.env.SAVECAST_PICTURE);
	}
});

test('one save breaks the server, and another one fixes it', { skip }, async t => {
	const { world, site, workbench } = await openSite(t);
	await workbench.openFile('main.py');
	await workbench.edit('(');
	await workbench.status('savecast: down');
	assert.equal(await workbench.page.evaluate('document.querySelectorAll(".notification-toast").length'), 0, 'no pop-up');
	// uvicorn forgets the state of its files when it restarts: it misses a fix in that moment.
	await until('the server to report the mistake', async () => /SyntaxError/.test(await world.log('potato')));
	await settled(servers.uvicorn);
	const loaded = site.loaded();
	await workbench.edit(')');
	await loaded;
	await workbench.status('savecast: 1 tab');
});
