// SPDX-License-Identifier: MIT
//
// Callers on the bus are the user's own processes, but any of them may misbehave.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';

import * as dbus from '@jellybrick/dbus-next';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Bus, NAME, PATH } from '../lib/bus-client.js';
import { Memory } from '../lib/memory.js';
import { Client } from '../lib/wire-client.js';
import { LONG, World } from '../lib/world.js';

const MIB = 1024 * 1024;

/** @param {World} world */
const address = (world) => String(world.env.DBUS_SESSION_BUS_ADDRESS);

/** @param {World} world @param {number} count */
async function callers(world, count) {
	/** @type {Bus[]} */
	const all = [];
	while (all.length < count) {
		all.push(...await Promise.all(Array.from({ length: Math.min(50, count - all.length) }, () => Bus.open(address(world)))));
	}
	world.atEnd.push(async () => all.forEach((one) => one.close()));
	return all;
}

test('1,000 callers at once, each with saves, holds and a subscription, disconnect', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' });
	await world.savecast('track', root);
	const memory = await new Memory(world).begin();
	const all = await callers(world, 1000);
	const outcomes = await Promise.allSettled(all.flatMap((bus) => [
		bus.saved(`${root}/a.css`),
		bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [root, 'x'.repeat(10000), {}] }),
		bus.call({ member: 'Subscribe' }),
	]));
	const failures = new Set(outcomes.filter(({ status }) => status === 'rejected')
		.map((/** @type {any} */ { reason }) => reason.type));
	assert.deepEqual([...failures], ['org.freedesktop.DBus.Error.LimitsExceeded']);
	assert.ok(outcomes.every(({ status }, i) => i % 3 || status === 'fulfilled'), 'no save was refused');
	// All of their calls, 10 KB for each hold, can be in the queue of the daemon's bus at once.
	await memory.bounded(t, '1,000 callers', 16 * 1024);
	// They disconnect without releasing, half of them during a call.
	for (const [i, bus] of all.entries()) {
		if (i % 2) {
			bus.saved(`${root}/b.css`).catch(() => {});
		}
		bus.close();
	}
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: `file://${root}/index.html` });
	await client.log.next('live', ({ state }) => state === 'live', { mark: 0 });
	// Their holds have ended with their connections: a reload is sent.
	await until('the holds to end', async () => {
		await world.bus.call({ member: 'Reload', signature: 'sa{sv}', body: [root, {}] });
		return client.log.all.some(({ event }) => event.type === 'reload');
	});
	const again = await callers(world, 64);
	await until('room for 64 subscribers', () => Promise.all(again.map((bus) => bus.call({ member: 'Subscribe' }))));
	await memory.bounded(t, 'after they have vanished', 16 * 1024);
});

test('arguments of a wrong type, huge or deep, use a limited amount of memory, and none is kept', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const memory = await new Memory(world).begin();
	const { Variant } = /** @type {any} */ (dbus);
	let deep = new Variant('s', 'x');
	for (let i = 0; i < 30; i++) {
		deep = new Variant('v', deep);
	}
	/** @type {[string, object, RegExp | null][]} null: the call is accepted */
	const calls = [
		...['Saved', 'Track', 'Untrack', 'Reload', 'Hold', 'Release', 'ReleaseFailed', 'ListEvents', 'ListTabs', 'Explain']
			.flatMap((member) => /** @type {[string, object, RegExp | null][]} */ ([
				[`${member}: nothing`, { member }, /InvalidArgs/],
				[`${member}: a number`, { member, signature: 'x', body: [1n] }, /InvalidArgs/],
				[`${member}: too much`, { member, signature: 'asa{sv}s', body: [['/a'], {}, 'x'] }, /InvalidArgs/],
			])),
		['5,000 unknown options', { member: 'Saved', signature: 'asa{sv}', body: [['/a'], Object.fromEntries(
			Array.from({ length: 5000 }, (_, i) => [`option-${i}`, new Variant('s', 'x'.repeat(100))]))] }, null],
		['an option that is deep', { member: 'ListEvents', signature: 'a{sv}', body: [{ limit: deep }] }, /InvalidArgs|./],
		['an option of a wrong type', { member: 'ListEvents', signature: 'a{sv}', body: [{ limit: new Variant('s', '5') }] }, /InvalidArgs|./],
		['the largest limit', { member: 'ListEvents', signature: 'a{sv}', body: [{ limit: new Variant('u', 4294967295) }] }, null],
		['a cookie that no client has', { member: 'Release', signature: 'u', body: [4294967295] }, /./],
		['a long text to explain', { member: 'Explain', signature: 'sa{sv}', body: ['/'.padEnd(100000, 'x'), {}] }, /InvalidArgs/],
		['a URL of 100,000 bytes', { member: 'Explain', signature: 'sa{sv}', body: ['http://'.padEnd(100000, 'x'), {}] }, /./],
		['100,000 files', { member: 'Saved', signature: 'asa{sv}', body: [Array(100000).fill('/a'), {}] }, /LimitsExceeded/],
		['as many long names as a call can hold', { member: 'Saved', signature: 'asa{sv}', body: [Array.from({ length: LONG ? 4096 : 1024 },
			(_, i) => `/${i}/`.padEnd(4000, `${'x'.repeat(30)}/`).replace(/\/$/, 'x')), {}] }, null],
	];
	for (const [what, call, refused] of calls) {
		const outcome = await world.bus.call(/** @type {any} */ (call)).then(() => null, (error) => error.type ?? String(error));
		if (refused) {
			assert.match(outcome ?? 'taken', refused, what);
		} else {
			assert.equal(outcome, null, what);
		}
	}
	// Names of 16 MiB in the longest call: on the bus, as names, resolved, and in the event's log.
	await memory.bounded(t, 'strange calls', 96 * 1024);
	await memory.givenBack(t, 24 * 1024);
});

test('messages up to the bus\'s limit of 128 MiB are handled, and their memory is freed', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const [pid] = [world.daemon?.process.pid];
	const memory = await new Memory(world).begin();
	const sizes = LONG ? [1, 8, 30, 60, 120] : [1, 30];
	for (const size of sizes) {
		// One long string instead of files; one of a correct type; and an array of many.
		const text = '/'.padEnd(size * MIB, 'x');
		/** @type {[string, any[]][]} */
		const bodies = [['s', [text]]];
		if (size < 64) { // an array cannot be longer: the bus disconnects
			bodies.push(['asa{sv}', [[text], {}]], ['asa{sv}', [Array.from({ length: 16 * size }, () => text.slice(0, MIB / 16)), {}]]);
		}
		for (const [signature, body] of bodies) {
			const bus = await Bus.open(address(world));
			const said = await Promise.race([
				bus.call({ member: 'Saved', signature, body }).then(() => 'taken', (/** @type {any} */ error) => error.type ?? String(error)),
				until('the bus to disconnect it', () => false, { msec: 20000 }).catch(() => 'no answer'),
			]);
			assert.match(said, /InvalidArgs/, `${size} MiB as ${signature}: ${said}`);
			bus.close();
		}
	}
	assert.ok(await world.bus.daemonRuns());
	assert.equal(world.daemon?.process.pid, pid);
	// libdbus keeps a message twice while its buffer grows.
	await memory.bounded(t, `messages of ${sizes.at(-1)} MiB`, 3 * 1024 * Number(sizes.at(-1)));
	await memory.givenBack(t, 8 * 1024);
});

test('no process can take the name, or forge signals about it', async t => {
	const world = await World.open(t);
	const daemon = await world.startDaemon();
	const thief = await Bus.open(address(world));
	world.atEnd.push(async () => thief.close());
	const ask = (/** @type {number} */ flags) => thief.call({
		destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus',
		member: 'RequestName', signature: 'su', body: [NAME, flags],
	});
	assert.deepEqual(await ask(2 | 4), [3], 'replace, do not queue: it exists');
	// Forged signals of the bus: a name was lost, an owner is gone, the bus is gone.
	for (const [name, member, signature, body] of /** @type {[string, string, string, any[]][]} */ ([
		['org.freedesktop.DBus', 'NameLost', 's', [NAME]],
		['org.freedesktop.DBus', 'NameOwnerChanged', 'sss', [NAME, ':1.1', '']],
		['org.freedesktop.DBus', 'NameOwnerChanged', 'u', [1]],
		['io.github.savecast.Daemon1', 'EventStep', 't', [1n]],
	])) {
		const sent = await run(['dbus-send', `--bus=${address(world)}`, '--type=signal', `--dest=${NAME}`,
			name === NAME ? PATH : '/org/freedesktop/DBus', `${name}.${member}`,
			...body.map((value) => (signature === 'u' ? `uint32:${value}` : signature === 't' ? `uint64:${value}` : `string:${value}`))],
		{ PATH: process.env.PATH });
		assert.equal(sent.status, 0, sent.stderr);
	}
	await world.bus.properties();
	assert.equal(daemon.process.exitCode, null);
	// A process that waits in the queue gets the name when the daemon ends; the next daemon reports
	// it.
	assert.deepEqual(await ask(0), [2]);
	assert.ok(await world.bus.daemonRuns());
});

test('the number of calls that wait for a server is limited, and all are answered', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	/** @param {number} port */
	const explain = (port) => world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: [`http://localhost:${port}/`, {}] });
	const servers = await Promise.all(Array.from({ length: 100 }, async () => {
		const server = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
		await once(server, 'listening');
		return server;
	}));
	t.after(() => servers.forEach((server) => server.close()));
	const ports = servers.map((server) => /** @type {net.AddressInfo} */ (server.address()).port);
	// Each server takes the worker thread some milliseconds; eight calls wait for each.
	const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => ports).flat().map(explain));
	const refused = outcomes.filter(({ status }) => status === 'rejected').map((/** @type {any} */ { reason }) => reason.type);
	t.diagnostic(`${refused.length} refused`);
	assert.deepEqual([...new Set(refused)], ['org.freedesktop.DBus.Error.LimitsExceeded']);
	assert.ok(refused.length <= 800 - 256, 'at least 256 calls, which may wait, are answered');
	const [said] = await explain(ports[0]);
	assert.ok(said, 'the next call is answered');
});
