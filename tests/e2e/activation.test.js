// SPDX-License-Identifier: MIT
//
// Sockets that exist before the daemon starts, and the destination of its log.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { answers, freePort } from '../lib/ports.js';
import { Client } from '../lib/wire-client.js';
import { SAVECASTD, World } from '../lib/world.js';

const ACTIVATE = '/usr/bin/systemd-socket-activate';
const skip = existsSync(ACTIVATE) ? false : 'systemd-socket-activate is not installed';

/** systemd-socket-activate passes only these variables to the daemon. */
const PASSED = ['HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'DBUS_SESSION_BUS_ADDRESS', 'ASAN_OPTIONS', 'LSAN_OPTIONS', 'UBSAN_OPTIONS']
	.filter((name) => name in process.env || name.startsWith('XDG') || name.startsWith('DBUS'));

/**
 * The first connection to one of the addresses starts the daemon.
 *
 * @param {World} world
 * @param {string[]} addresses
 */
const activate = (world, ...addresses) => world.children.start('savecastd',
	[ACTIVATE, ...PASSED.map((name) => `--setenv=${name}`), ...addresses.map((address) => `--listen=${address}`), '--', SAVECASTD],
	{ env: world.env });

/** @param {World} world */
const connect = (world) => until('hello', async () => {
	const client = new Client(world);
	await client.opened;
	return client.hello();
});

test('the daemon serves the sockets that were passed to it, on both addresses', { skip }, async t => {
	const world = await World.open(t);
	activate(world, `127.0.0.1:${world.port}`, `[::1]:${world.port}`);
	await connect(world);
	await new Client(world, { host: '[::1]' }).hello('another-profile');
	assert.equal((await world.bus.properties()).Port, world.port);
	assert.match(await world.log('savecastd'), /browsers connect to port \d+: systemd opened it for savecast\.socket/);
});

test('a socket on another address or another port is not used', { skip }, async t => {
	const world = await World.open(t);
	const [wide, other] = [await freePort(), await freePort()];
	activate(world, `0.0.0.0:${wide}`, `127.0.0.1:${world.port}`, `[::1]:${other}`);
	await connect(world);
	const log = await world.log('savecastd');
	assert.match(log, /socket 1 of 3 from systemd: is not a TCP socket that listens on 127\.0\.0\.1 or \[::1\]: not used/);
	assert.match(log, /socket 3 of 3 from systemd: has another port than the first: not used/);
});

test('if no passed socket can be used, the daemon opens its own', { skip }, async t => {
	const world = await World.open(t);
	const wide = await freePort();
	activate(world, `0.0.0.0:${wide}`);
	await until('the socket', () => answers('127.0.0.1', wide));
	await until('the daemon', () => world.bus.daemonRuns());
	await new Client(world).hello();
});

test('only log lines for the journal have levels', async t => {
	const world = await World.open(t);
	await (await open(path.join(world.logs, 'savecastd.log'), 'a')).close();
	const { dev, ino } = await stat(path.join(world.logs, 'savecastd.log'));
	const env = world.env;
	world.env = { ...env, JOURNAL_STREAM: `${dev}:${ino}` };
	await world.configure(`[savecast]\n\tport = ${world.port}\n\tprot = 1\n`);
	await world.startDaemon();
	await world.endDaemon();
	const lines = (await world.log('savecastd')).trim().split('\n');
	assert.match(lines[0], /^<4>config: .*there is no such setting/);
	assert.match(/** @type {string} */ (lines.at(-1)), /^<6>main: /);

	// As in a shell that a unit has started: it inherits the variable, but not the stream.
	world.env = { ...env, JOURNAL_STREAM: `${dev}:${ino + 1}` };
	await world.startDaemon();
	assert.match((await world.log('savecastd')).split('\n')[lines.length], /^savecastd: config: /);
});
