// SPDX-License-Identifier: MIT
//
// Two users of one machine, over the real ssh: what each of them can reach of the other.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Forward } from '../lib/forward.js';
import { noSshd, siteOf, startSshd } from '../lib/sshd.js';
import { Client, ORIGIN } from '../lib/wire-client.js';
import { SAVECAST, World } from '../lib/world.js';

/** Prints what a port sends, or why it sends nothing. */
const KNOCK = `
const socket = require('net').connect(Number(process.argv[1]), '127.0.0.1');
socket.on('connect', () => socket.write('GET / HTTP/1.1\\r\\nHost: 127.0.0.1:' + process.argv[1] + '\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n' +
	'Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\\r\\nSec-WebSocket-Protocol: savecast.v1\\r\\nOrigin: ${ORIGIN}\\r\\n\\r\\n'));
socket.on('data', (bytes) => { console.log('got ' + bytes); process.exit(); });
socket.on('error', ({ code }) => console.log(code));
socket.on('close', () => console.log('closed'));`;

test('two users of one machine', { skip: noSshd() }, async t => {
	const world = await World.open(t);
	const { there, neighbour } = await startSshd(world);
	const folder = `/tmp/savecast-${there.uid}`;
	/** @param {import('../lib/sshd.js').Account} account @param {string} name */
	const open = async (account, name) => {
		const forward = await Forward.open(world, name, [...account.ssh(), SAVECAST, 'stdio']);
		return { forward, client: new Client(/** @type {any} */ (forward.world)) };
	};

	await t.test('a user who makes the folder of another user’s bus first is refused', async () => {
		assert.equal((await neighbour.there(`mkdir -m 755 ${folder}`)).status, 0);
		const { forward, client } = await open(there, 'squatted');
		await assert.rejects(client.opened);
		assert.match((await forward.state('failed', { mark: 0 })).reason ?? '', /must be a folder of yours with mode 0700/);
		assert.equal((await neighbour.there(`rmdir ${folder}`)).status, 0);
	});

	const [own, other] = [await siteOf(world, there), await siteOf(world, neighbour)];
	const [{ forward, client }, { client: theirs }] = [await open(there, 'there'), await open(neighbour, 'neighbour')];
	const [hello, hello2] = await Promise.all([client.hello(), theirs.hello()]);
	assert.notEqual(hello.instance, hello2.instance);

	await t.test('each user has the tabs of their own sites, and is told no folder of the other', async () => {
		assert.equal((await client.watch(1, own.url)).state, 'live');
		assert.equal((await theirs.watch(1, other.url)).state, 'live');
		for (const [one, url, home] of /** @type {[Client, string, string][]} */ ([[client, other.url, neighbour.home], [theirs, own.url, there.home]])) {
			const { state, reason, ...rest } = await one.watch(2, url);
			assert.equal(state, 'none');
			assert.match(reason, /served by another user/);
			assert.ok(!JSON.stringify(rest).includes(home), JSON.stringify(rest));
		}
		const codes = await Promise.all([there, neighbour].map(async (account) =>
			/pairing code (\S+)/.exec((await account.there(`${SAVECAST} status`)).stdout)?.[1]));
		assert.ok(codes[0] && codes[1] && codes[0] !== codes[1], String(codes));
	});

	await t.test('no user reaches the daemon of the other, not even as root of a container', async () => {
		const status = JSON.parse((await there.there(`${SAVECAST} status --json`)).stdout.split('\n')[0]);
		assert.ok(status.port, JSON.stringify(status));
		const knock = (/** @type {string[]} */ as, /** @type {number} */ port) => run([...as, process.execPath, '-e', KNOCK, String(port)], process.env);
		const container = [...neighbour.as, 'unshare', '--user', '--map-root-user'];
		assert.match((await knock(there.as, status.port)).stdout, /^got HTTP\/1\.1 101/);
		for (const as of [neighbour.as, container]) {
			assert.match((await knock(as, status.port)).stdout, /^(ECONNRESET|closed)/, as.join(' '));
			assert.match((await knock(as, forward.port)).stdout, /^(ECONNRESET|closed)/, as.join(' '));
		}
		const bus = await neighbour.there(`DBUS_SESSION_BUS_ADDRESS=unix:path=${folder}/bus ${SAVECAST} status`);
		assert.equal(bus.status, 3);
		assert.match(bus.stderr, /Permission denied/);
	});

	await t.test('a save by one user is not an event of the other', async () => {
		const file = path.join(there.home, 'site/index.html');
		const { mark } = client.log;
		await neighbour.there(`${SAVECAST} save ${file}; ${SAVECAST} reload ${path.dirname(file)}; echo '<h1>x</h1>' >site/index.html; ${SAVECAST} save site/index.html`);
		await theirs.next('reload', { mark: 0 });
		await there.there(`echo '<h1>two</h1>' >${file}; ${SAVECAST} save ${file}`);
		await client.next('reload', { mark });
		const log = (await there.there(`${SAVECAST} log --json`)).stdout.trim().split('\n');
		assert.equal(log.length, 1, log.join('\n'));
	});

	await t.test('no process is left after the browser has gone', async () => {
		for (const one of [client, theirs]) {
			one.socket.close();
		}
		await until('no command', async () => (await forward.commands()).length === 0);
	});
});
