// SPDX-License-Identifier: MIT
/**
 * The extension with a daemon or a bus that is missing, starts, ends or hangs.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { Forward } from '../lib/forward.js';
import { codeServer } from '../lib/vscode/code-server.js';
import { openDesk } from '../lib/vscode/desk.js';
import { daemonService } from '../lib/vscode/service.js';
import { Client } from '../lib/wire-client.js';
import { SAVECAST } from '../lib/world.js';

const { skip } = codeServer;
const files = { 'a.css': '', 'b.css': '' };
const toasts = 'document.querySelectorAll(".notification-toast").length';

test('without a daemon, only the status bar says so', { skip }, async t => {
	const { world, file, workbench, heard } = await openDesk(t, { files, daemon: false });
	assert.match(await workbench.status('savecast'), /No savecast daemon: savecastd is not installed here/);
	await workbench.openFile('a.css');
	await workbench.edit('typed');
	await workbench.command('savecast: Show Log');
	await workbench.has('.part.panel .view-lines', { text: /\[error\] save: .*a\.css: / });
	assert.equal(await readFile(file('a.css'), 'utf8'), 'typed');
	assert.equal(await workbench.page.evaluate(toasts), 0, 'no pop-up');

	await workbench.click('.statusbar-item[id*="savecast"] a');
	await workbench.pick('install', 'How to install the daemon');
	await workbench.has('.gettingStartedContainer', { text: /Install the daemon.*Switch a tab on.*Save a file/s });

	await world.startDaemon();
	await workbench.status('savecast: no tab');
	await workbench.openFile('b.css');
	await workbench.edit('typed');
	await heard('b.css');
});

test('VS Code starts the daemon by D-Bus', { skip }, async t => {
	const services = await daemonService(t);
	const { world, workbench, heard } = await openDesk(t, { files, daemon: false, services });
	await workbench.status('savecast: no tab');
	assert.ok(await world.bus.daemonRuns());
	await workbench.openFile('a.css');
	await workbench.edit('typed');
	await heard('a.css');
});

test('a daemon that restarts or hangs', { skip }, async t => {
	const { world, file, workbench, heard } = await openDesk(t, { files });
	await workbench.status('savecast: no tab');
	await workbench.openFile('a.css');
	await workbench.edit('one');
	await heard('a.css');

	await world.endDaemon();
	await workbench.status(/No savecast daemon/);
	const daemon = await world.startDaemon();
	await workbench.status('savecast: no tab');
	await workbench.edit('two');
	await heard('a.css');
	await workbench.command('savecast: Show Log');
	await workbench.has('.part.panel .view-lines', { text: /save 1:.*save 1:/s });

	daemon.process.kill('SIGSTOP');
	try {
		await workbench.openFile('b.css');
		await workbench.edit('three'); // Resolves when the file is no longer dirty.
		await workbench.edit('four');
		assert.equal(await readFile(file('b.css'), 'utf8'), 'threefour');
	} finally {
		daemon.process.kill('SIGCONT');
	}
	await heard('b.css');
	assert.equal(await workbench.page.evaluate(toasts), 0, 'no pop-up');
});

test('without a session bus, the extension says how to connect a browser, and uses the bus that this command starts', { skip }, async t => {
	const { world, workbench, file } = await openDesk(t, { files, daemon: false, session: false });
	assert.match(await workbench.status('savecast'), /No savecast daemon: session bus: .* To connect a browser to \S+, run savecast forward NAME -- /);
	const forward = await Forward.open(world, 'there', [SAVECAST, 'stdio']);
	const client = new Client(/** @type {any} */ (forward.world));
	await client.hello();
	await workbench.openFile('a.css');
	await workbench.edit('typed');
	await until('the save to be reported', async () => /a\.css/.test((await world.savecast('log')).stdout));
	assert.match((await world.savecast('why', file('a.css'))).stdout, /heard/);
	assert.doesNotMatch(await workbench.status('savecast: no tab'), /forward/);
	client.socket.close();
	await until('the advice to be shown again', async () => /To connect a browser/.test(await workbench.status('savecast: no tab')));
});

test('a bus that ends and is started again', { skip }, async t => {
	const { world, workbench, heard } = await openDesk(t, { files });
	await workbench.status('savecast: no tab');
	world.bus.close();
	world.dbusDaemon?.process.kill('SIGKILL');
	await world.daemon?.ended;
	await workbench.status(/is not running/);
	await world.openBus();
	await world.startDaemon();
	await workbench.openFile('a.css');
	await workbench.edit('typed');
	await heard('a.css');
	await workbench.status('savecast: no tab');
});

test('the window is reloaded, and the extension with it', { skip }, async t => {
	const { world, workbench, heard } = await openDesk(t, { files });
	await workbench.status('savecast: no tab');
	await workbench.openFile('a.css');
	await workbench.edit('one');
	const { serial } = await heard('a.css');
	const loaded = workbench.page.loaded();
	await workbench.command('Developer: Reload Window');
	await loaded;
	await workbench.has('.monaco-workbench .part.statusbar');
	await workbench.status('savecast: no tab');
	await workbench.openFile('b.css');
	await workbench.edit('two');
	await heard('b.css', { after: serial });
	await until('exactly two events', async () => (await world.bus.events()).length === 2);
});
