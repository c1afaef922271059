// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { XMLParser } from 'fast-xml-parser';

import { NAME, PATH } from '../lib/bus-client.js';
import { until } from '../lib/events.js';
import { Client } from '../lib/wire-client.js';
import { SAVECASTD, TOP, World } from '../lib/world.js';
import { run } from '../lib/children.js';

/**
 * An interface as comparable text: every member with its arguments, in order.
 *
 * @param {string} xml
 * @param {string} name
 */
function describe(xml, name) {
	const parser = new XMLParser({
		ignoreAttributes: false, attributeNamePrefix: '',
		isArray: tag => ['interface', 'method', 'signal', 'property', 'arg', 'annotation'].includes(tag),
	});
	const { node } = parser.parse(xml);
	const found = node.interface.find((/** @type {any} */ i) => i.name === name);
	assert.ok(found, `${name} in the XML`);
	const args = (/** @type {any} */ of) => (of.arg ?? [])
		.map((/** @type {any} */ { name, type, direction = 'out' }) => `${direction} ${type} ${name}`).join(', ');
	return [
		...(found.method ?? []).map((/** @type {any} */ m) => `method ${m.name}(${args(m)})`),
		...(found.signal ?? []).map((/** @type {any} */ s) => `signal ${s.name}(${args(s)})`),
		...(found.property ?? []).map((/** @type {any} */ p) =>
			`property ${p.name} ${p.type} ${p.access} ${(p.annotation ?? []).map((/** @type {any} */ a) => `${a.name}=${a.value}`)}`),
	].sort();
}

const introspect = { interface: 'org.freedesktop.DBus.Introspectable', member: 'Introspect' };

test('the introspection of the running daemon equals protocol/', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', {});
	await world.savecast('track', root);
	for (const [name, object] of [[NAME, PATH], ['io.github.savecast.Project1', `${PATH}/project/1`]]) {
		const [live] = await world.bus.call({ ...introspect, path: object });
		const written = await readFile(path.join(TOP, 'protocol', `${name}.xml`), 'utf8');
		assert.deepEqual(describe(live, name), describe(written, name));
	}
});

test('the objects are introspected from the root object, and Peer answers', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const [top] = await world.bus.call({ ...introspect, path: '/' });
	assert.match(top, /<node name="io"\/>/);
	await world.bus.call({ interface: 'org.freedesktop.DBus.Peer', member: 'Ping' });
});

/** @type {[string, object, string, RegExp][]} */
const refused = [
	['a relative path', { member: 'Saved', signature: 'asa{sv}', body: [['a.css'], {}] },
		'InvalidArgs', /^Saved: files\[0\]: a\.css: must be an absolute path/],
	['an empty array', { member: 'Saved', signature: 'asa{sv}', body: [[], {}] },
		'InvalidArgs', /^Saved: files: none: must name at least one/],
	['100,000 paths', { member: 'Saved', signature: 'asa{sv}', body: [Array(100000).fill('/home/somebody/a.css'), {}] },
		'LimitsExceeded', /^Saved: files: 100000: must be at most 4096/],
	['one path too many', { member: 'Saved', signature: 'asa{sv}', body: [Array(4097).fill('/a'), {}] },
		'LimitsExceeded', /^Saved: files: 4097: must be at most 4096/],
	['a bad URI', { member: 'Saved', signature: 'asa{sv}', body: [['/a', 'file:///b%zz'], {}] },
		'InvalidArgs', /^Saved: files\[1\]: file:\/\/\/b%zz: % must be followed by two hex digits/],
	['a URI of another machine', { member: 'Saved', signature: 'asa{sv}', body: [['file://elsewhere/b'], {}] },
		'InvalidArgs', /this machine/],
	['a path that is too long', { member: 'Saved', signature: 'asa{sv}', body: [[`/${'x'.repeat(4095)}`], {}] },
		'InvalidArgs', /at most 4095 bytes/],
	['a path with ..', { member: 'Saved', signature: 'asa{sv}', body: [['/a/../b'], {}] },
		'InvalidArgs', /component/],
	['a wrong signature', { member: 'Saved', signature: 's', body: ['/a'] },
		'InvalidArgs', /^Saved: \(s\): must have the arguments \(asa\{sv\}\)/],
	['an unknown method', { member: 'Frobnicate' }, 'UnknownMethod', /Frobnicate/],
	['tracking a folder that is not there', { member: 'Track', signature: 'sa{sv}', body: ['/nowhere/at/all', {}] },
		'InvalidArgs', /^Track: root: \/nowhere\/at\/all: No such file/],
	['tracking a file', { member: 'Track', signature: 'sa{sv}', body: ['/etc/passwd', {}] },
		'InvalidArgs', /is not a directory/],
	['an unknown property', { interface: 'org.freedesktop.DBus.Properties', member: 'Get', signature: 'ss', body: [NAME, 'Nope'] },
		'UnknownProperty', /Nope/],
	['setting a property', { interface: 'org.freedesktop.DBus.Properties', member: 'Set', signature: 'ssv', body: [NAME, 'Port', null] },
		'PropertyReadOnly', /read-only/],
];

test('a bad call gets an error that says what is wrong', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const dbus = await import('@jellybrick/dbus-next');
	for (const [what, call, error, text] of refused) {
		await t.test(what, async () => {
			const body = /** @type {any} */ (call).body?.map((/** @type {any} */ v) =>
				v === null ? new dbus.Variant('q', 1) : v);
			await assert.rejects(world.bus.call(/** @type {any} */ ({ ...call, body })), caught => {
				const { type, text: message } = /** @type {any} */ (caught);
				assert.equal(type, `org.freedesktop.DBus.Error.${error}`);
				assert.match(message, text);
				return true;
			});
		});
	}
	await t.test('none of these calls created an event', async () => {
		assert.deepEqual(await world.bus.events(), []);
	});
	await t.test('4096 paths are accepted', async () => {
		assert.equal(await world.bus.saved(...Array(4096).fill('/a')), 1);
	});
	await t.test('Untrack and Reload have errors of their own', async () => {
		for (const [member, signature, body, error] of /** @type {[string, string, any[], string][]} */ ([
			['Untrack', 's', ['/tmp'], 'NotTracked'],
			['Reload', 'sa{sv}', ['/', {}], 'NoProject'],
		])) {
			await assert.rejects(world.bus.call({ member, signature, body }),
				{ type: `io.github.savecast.Error.${error}` });
		}
	});
});

test('a second daemon reports that another one runs', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const { status, stderr } = await run([SAVECASTD], world.env);
	assert.equal(status, 3);
	assert.match(stderr, /another savecastd owns this name on the session bus/);
	assert.ok(await world.bus.daemonRuns());
});

test('without a bus the daemon reports what it needs', async t => {
	const world = await World.open(t);
	const { status, stderr } = await run([SAVECASTD],
		{ ...world.env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${world.temp}/no-bus` });
	assert.equal(status, 1);
	assert.match(stderr, /no session bus: .*dbus-run-session/);
});

test('the daemon ends cleanly when the bus goes away', async t => {
	const world = await World.open(t);
	const daemon = await world.startDaemon();
	await world.children.stop(/** @type {any} */ (world.dbusDaemon));
	assert.equal(await daemon.ended, 'exited with status 0');
	assert.match(await world.log('savecastd'), /the session bus is gone/);
});

test('objects and properties signal their changes', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	await world.bus.match(`type='signal',sender='${NAME}'`);
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	const { signals } = world.bus;

	let mark = signals.mark;
	await world.bus.saved(path.join(root, 'a.css'));
	const added = await signals.next('InterfacesAdded', ({ member }) => member === 'InterfacesAdded', { mark });
	assert.deepEqual(added.body, [`${PATH}/project/1`, {
		'io.github.savecast.Project1': {
			Root: root, Name: 'site', Tracked: false, Untrusted: [], KnownBy: 'git', Tabs: 0, SettingsProblems: [], Problem: '', Problems: [], Watch: 'off', HeldBy: '',
		},
	}]);

	mark = signals.mark;
	await world.savecast('track', root);
	const changed = await signals.next('PropertiesChanged', ({ member }) => member === 'PropertiesChanged', { mark });
	assert.equal(changed.body[1].Tracked, true);
	const [managed] = await world.bus.call({
		interface: 'org.freedesktop.DBus.ObjectManager', member: 'GetManagedObjects',
	});
	assert.deepEqual(Object.keys(managed), [`${PATH}/project/1`]);

	mark = signals.mark;
	await world.savecast('untrack', root);
	const removed = await signals.next('InterfacesRemoved', ({ member }) => member === 'InterfacesRemoved', { mark });
	assert.deepEqual(removed.body, [`${PATH}/project/1`, ['io.github.savecast.Project1']]);
	assert.equal((await world.bus.properties()).LastEvent, 1);
});

test('EventStep is sent only to subscribers', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const { signals } = world.bus;
	await world.bus.match(`type='signal',sender='${NAME}',member='EventStep'`);
	await world.bus.saved('/a');
	await world.bus.properties();
	assert.equal(signals.all.filter(({ event }) => event.member === 'EventStep').length, 0);
	await world.bus.call({ member: 'Subscribe' });
	await world.bus.saved('/b');
	const step = await signals.next('EventStep', ({ member }) => member === 'EventStep', { mark: 0 });
	assert.equal(step.body[0], 2);
	assert.equal(step.body[1].step, 'heard');
	await world.bus.call({ member: 'Unsubscribe' });
	const mark = signals.mark;
	await world.bus.saved('/c');
	await world.bus.properties();
	assert.equal(signals.all.slice(mark).filter(({ event }) => event.member === 'EventStep').length, 0);
});

test('the daemon serves others while one caller floods it', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' });
	await world.savecast('track', root);
	/** @type {number[]} */
	const serials = [];
	for (let wave = 0; wave < 30; wave++) {
		// The bus itself keeps no more than 128 calls of one caller.
		const calls = Array.from({ length: 100 }, (_, i) =>
			world.bus.saved(path.join(root, `f${i % 50}.css`)));
		serials.push(...await Promise.all(calls));
	}
	assert.ok(serials.every((serial, i) => i === 0 || serial >= serials[i - 1]), 'serials never fall');
	const last = Math.max(...serials);
	await until('the last event is closed', async () =>
		(await world.bus.events()).find((/** @type {any} */ e) => e.serial === last)?.closed);
	assert.ok(last < 200, `3000 saves became ${last} events`);
});

test('a value that is cut within a character in an error text does no harm', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	// Values are cut after 200 bytes: of the two, one is cut within a character.
	for (const start of ['r', 'rr']) {
		await assert.rejects(world.bus.saved(start + 'ü'.repeat(150)), /files\[0\]: rr?üü.*: must be an absolute path/);
		const client = new Client(world);
		await client.hello(`profile-${start}`);
		client.send({ type: 'watch', tab: 1, url: `http://${start}${'ü'.repeat(150)}` });
		await client.next('tab', { mark: 0 });
	}
	assert.equal((await world.bus.tabs()).length, 2);
});
