// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { test } from 'node:test';

import WebSocket from 'ws';

import { asleep, wakeUps } from '../lib/wake-ups.js';
import { ORIGIN } from '../lib/wire-client.js';
import { LONG, World } from '../lib/world.js';

test('while nothing happens, the daemon has no wake-ups', async t => {
	const world = await World.open(t);
	const { process: { pid } } = await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await world.savecast('save', `${root}/a.css`);
	for (let i = 0; i < 3; i++) {
		const socket = new WebSocket(`ws://127.0.0.1:${world.port}/`, 'savecast.v1',
			{ origin: ORIGIN });
		world.atEnd.push(async () => socket.terminate());
		await new Promise((resolve, reject) => {
			socket.once('open', () => socket.send(JSON.stringify(
				{ type: 'hello', browser: 'Test', extension: '0', profile: `profile-${i}` })));
			socket.once('message', resolve);
			socket.once('error', reject);
		});
	}
	await world.bus.properties();
	// On a busy machine, it may still be interrupted while it handles the last of them.
	await asleep(/** @type {number} */ (pid), 500);
	// Waits for something that must not happen: no event reports that. The shorter time is longer than
	// the deadline of 5 s for hello and than the timers of 30 s that the daemon once had.
	const seconds = LONG ? 330 : 35;
	const before = await wakeUps(/** @type {number} */ (pid));
	await new Promise(resolve => { setTimeout(resolve, seconds * 1000); });
	const woken = await wakeUps(/** @type {number} */ (pid)) - before;
	t.diagnostic(`${woken} context switches in ${seconds} s with 3 browsers`);
	assert.equal(woken, 0);
});

test('files that are created or changed beside a .savecast cause no wake-ups', async t => {
	const world = await World.open(t);
	const { process: { pid } } = await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '', '.savecast': '' }, { git: true });
	await world.savecast('save', `${root}/a.css`);
	await world.bus.properties();
	await asleep(/** @type {number} */ (pid), 500);
	const before = await wakeUps(/** @type {number} */ (pid));
	for (let i = 0; i < 100; i++) {
		await writeFile(`${root}/new-${i}`, 'x');
		await rename(`${root}/new-${i}`, `${root}/a.css`);
	}
	// Again, an event that must not come; inotify would report it at once.
	await new Promise(resolve => { setTimeout(resolve, 500); });
	assert.equal(await wakeUps(/** @type {number} */ (pid)) - before, 0);
});
