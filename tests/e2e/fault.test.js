// SPDX-License-Identifier: MIT
//
// Failures of the machine: the daemon handles each one, reports it once, and recovers.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { said, saveWorks, startUnder, stored, track } from '../lib/faults.js';
import { noMounts } from '../lib/namespaces.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

test('no folder for the state, then there is one', async t => {
	const world = await World.open(t);
	await writeFile(path.join(world.temp, 'state'), 'not a folder');
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' });
	await assert.rejects(track(world, root), /Not a directory/);
	await said(world, /projects\.json: Not a directory: its contents are kept only until/);
	await said(world, /moved aside/, 0);
	await saveWorks(world, path.join(root, 'a.css'));
	await unlink(path.join(world.temp, 'state'));
	await track(world, root);
	assert.deepEqual(await stored(world), [root]);
});

test('neither home nor XDG folders', async t => {
	const world = await World.open(t);
	const { HOME, XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_DATA_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR, ...rest } = world.env;
	// Without a configuration the port is the default one, which another program may use here.
	const { daemon } = await startUnder(world, [], rest);
	await said(world, /no \$XDG_STATE_HOME and no \$HOME: tracked projects are forgotten/);
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await saveWorks(world, path.join(root, 'a.css'));
	await assert.rejects(track(world, root));
	daemon.process.kill('SIGTERM');
	assert.equal(await daemon.ended, 'exited with status 0');
});

test('files that must not grow, as on a full disk: the old state stays complete', async t => {
	const world = await World.open(t);
	const { pid } = await startUnder(world, ['prlimit', '--fsize=8192', '--']);
	/** @type {string[]} */
	const names = [];
	for (let i = 0; i < 60; i++) {
		names.push(await world.folder(`${i}-${'long'.repeat(40)}`, { 'a.css': '' }));
	}
	let kept = 0;
	await assert.rejects(async () => {
		for (const name of names) {
			await track(world, name);
			kept++;
		}
	}, /File too large/);
	assert.ok(kept > 10);
	assert.deepEqual((await stored(world)).sort(), names.slice(0, kept).sort());
	assert.deepEqual(await readdir(path.join(world.temp, 'state/savecast')).then((all) => all.filter((one) => one.endsWith('.new'))), []);
	await saveWorks(world, path.join(names[0], 'a.css'));
	await run(['prlimit', '--pid', String(pid), '--fsize=unlimited:'], world.env);
	await world.bus.call({ member: 'Untrack', signature: 's', body: [names[0]] });
	const roots = await stored(world);
	assert.ok(!roots.includes(names[0]) && roots.includes(names[1]));
});

test('a full disk', { skip: noMounts() }, async t => {
	const world = await World.open(t);
	const folder = path.join(world.temp, 'state/savecast');
	await mkdir(folder, { recursive: true });
	const { pid } = await startUnder(world, ['unshare', '--mount', 'sh', '-c',
		`mount -t tmpfs -o size=16k none ${folder} && exec "$0"`]);
	const seen = path.join(`/proc/${pid}/root`, folder);
	const one = await world.folder('one', { 'a.css': '' });
	const two = await world.folder('two', { 'a.css': '' });
	await track(world, one);
	await assert.rejects(writeFile(path.join(seen, 'filler'), 'x'.repeat(65536)), /ENOSPC/);
	await assert.rejects(track(world, two), /No space left on device/);
	await saveWorks(world, path.join(one, 'a.css'));
	const before = JSON.parse(await readFile(path.join(seen, 'projects.json'), 'utf8'));
	assert.deepEqual(before.projects.map((/** @type {any} */ { root }) => root), [one]);
	await rm(path.join(seen, 'filler'));
	await track(world, two);
	const after = JSON.parse(await readFile(path.join(seen, 'projects.json'), 'utf8'));
	assert.deepEqual(after.projects.map((/** @type {any} */ { root }) => root).sort(), [one, two]);
	await said(world, /No space left on device/);
});

test('if the configuration cannot be read, the previous settings stay', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const file = path.join(world.temp, 'config/savecast/config');
	await rm(file);
	await symlink(file, file);
	const problems = async () => (await world.bus.properties()).SettingsProblems;
	assert.match((await until('a problem', async () => (await problems())[0])), /config: Too many levels of symbolic links; the previous settings stay in use/);
	await new Client(world).hello();
	await said(world, /Too many levels/);
	await rm(file);
	await world.configure(`[savecast]\n\tport = ${world.port}\n`);
	await until('no problem', async () => (await problems()).length === 0);
});

test('a port in use is reported once, and used as soon as it is free', async t => {
	const world = await World.open(t);
	const squatters = [];
	for (const host of ['127.0.0.1', '::1']) {
		const squatter = createServer().listen({ port: world.port, host, ipv6Only: host === '::1' });
		await once(squatter, 'listening');
		world.atEnd.push(async () => squatter.close());
		squatters.push(squatter);
	}
	await world.startDaemon();
	const { Port: port, PortError: why } = await world.bus.properties();
	assert.equal(port, 0);
	assert.match(why, new RegExp(`^127\\.0\\.0\\.1:${world.port}: Address already in use; ` +
		`\\[::1\\]:${world.port}: Address already in use: no browser can connect`));
	assert.match((await world.savecast('status')).stdout, /Address already in use/);
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	for (let i = 0; i < 3; i++) {
		await saveWorks(world, path.join(root, 'a.css'));
	}
	await said(world, /Address already in use/);
	await world.bus.match("type='signal',interface='org.freedesktop.DBus.Properties'");
	const told = world.bus.signals.next('the port', ({ body: [, changed] }) => changed?.Port === world.port);
	squatters.forEach((squatter) => squatter.close());
	await told; // without a save
	await new Client(world).hello();
	assert.equal((await world.bus.properties()).PortError, '');
});

test('if one of the two addresses is in use, the other is served, the log names the right one, and it is used once it is free', async t => {
	for (const [taken, name, free] of [['::1', '\\[::1\\]', '127.0.0.1'], ['127.0.0.1', '127\\.0\\.0\\.1', '[::1]']]) {
		const world = await World.open(t);
		const squatter = createServer().listen({ port: world.port, host: taken, ipv6Only: taken === '::1' });
		await once(squatter, 'listening');
		world.atEnd.push(async () => squatter.close());
		await world.startDaemon();
		const { Port: port, PortError: why } = await world.bus.properties();
		assert.deepEqual([port, why], [world.port, '']);
		await said(world, new RegExp(`${name}:${world.port}: Address already in use: browsers connect to the other`));
		await new Client(world, { host: free }).hello();
		const inUse = new RegExp(`${name}:${world.port}: Address already in use: some browsers`);
		assert.match((await world.savecast('status')).stdout, inUse);
		await world.bus.match("type='signal',interface='org.freedesktop.DBus.Properties'");
		const told = world.bus.signals.next('the address', ({ body: [, changed] }) => changed?.PortReason === 'savecast.port');
		squatter.close();
		await told; // without a save
		await new Client(world, { host: taken === '::1' ? '[::1]' : taken }).hello();
		assert.doesNotMatch((await world.savecast('status')).stdout, inUse);
		await said(world, new RegExp(`browsers connect to ${name}:${world.port}, too`));
	}
});

test('a flipped bit in a state file is noticed: the file is renamed, and the log says so', async t => {
	const world = await World.open(t);
	const folder = path.join(world.temp, 'state/savecast');
	const root = await world.folder('site', { 'a.css': '' });
	await world.startDaemon();
	await world.savecast('track', root);
	await world.endDaemon();
	for (const [file, said] of /** @type {[string, RegExp][]} */ ([
		['projects.json', /projects\.json: is damaged: its checksum is wrong/], ['key', /key: is damaged: replaced by a new one/]])) {
		const name = path.join(folder, file);
		const good = await readFile(name);
		// A damaged root's name or key; and a damaged checksum.
		for (const at of file === 'key' ? [0, 40, 70] : [good.indexOf('site'), good.length - 8, 12]) {
			const bad = Buffer.from(good);
			bad[at] ^= 1;
			await writeFile(name, bad);
			const before = (await world.log('savecastd')).length;
			await world.startDaemon();
			await world.endDaemon();
			assert.match((await world.log('savecastd')).slice(before), said, `${file}, byte ${at}`);
			await writeFile(name, good);
		}
		// Files that an earlier version wrote have no checksum.
		const old = String(good).replace(/"sum": "[0-9a-f]{16}",/, '').replace(/^([0-9a-f]{64}) [0-9a-f]{16}/, '$1');
		assert.notEqual(old, String(good));
		await writeFile(name, old);
		const before = (await world.log('savecastd')).length;
		await world.startDaemon();
		assert.deepEqual((await world.bus.projects()).map(({ Root }) => Root), [root]);
		await world.endDaemon();
		assert.doesNotMatch((await world.log('savecastd')).slice(before), /damaged/);
		await writeFile(name, good);
	}
});
