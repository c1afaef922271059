// SPDX-License-Identifier: MIT
//
// Files and folders that are made to mislead or block the daemon, or to make it reveal what a
// browser must not learn.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { brisk, browserOn, fifo, steps, told } from '../lib/attack.js';
import { until, within } from '../lib/events.js';
import { Memory } from '../lib/memory.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SAVECASTD, World } from '../lib/world.js';

test('links out of the project, link loops, pipes and devices can be saved', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x', 'real.css': 'x' }, { git: true });
	const outside = await world.folder('outside', { 'secret.css': 'x' });
	await symlink(`${outside}/secret.css`, `${root}/link.css`);
	await symlink(outside, `${root}/folder`);
	await symlink(`${root}/real.css`, `${root}/inner.css`);
	await symlink('a', `${root}/b`);
	await symlink('b', `${root}/a`);
	await symlink('.', `${root}/self`);
	await symlink('/nowhere/at/all', `${root}/dangling`);
	await symlink('/dev/zero', `${root}/zero`);
	await symlink('/proc/self/mem', `${root}/mem`);
	await fifo(`${root}/pipe.css`);
	const listener = net.createServer().listen(`${root}/socket`);
	world.atEnd.push(async () => listener.close());
	await truncate((await writeFile(`${root}/huge.css`, ''), `${root}/huge.css`), 2 ** 40);
	const client = await browserOn(world, root);
	const memory = await new Memory(world).begin();

	for (const name of ['link.css', 'folder/secret.css', 'folder', 'zero', 'mem', 'self/self/self/folder/secret.css']) {
		const serial = await world.bus.saved(`${root}/${name}`);
		await brisk(world, name);
		assert.deepEqual(await steps(world, serial), ['heard', 'no-project'], `${name} is in no project`);
	}
	for (const name of ['/dev/zero', '/dev/tty', '/dev/stdin', '/proc/self/environ', '/proc/kmsg', '/sys/kernel/uevent_helper', '/']) {
		await world.bus.saved(name);
		await brisk(world, name);
	}
	for (const name of ['a', 'a/b/c.css', 'pipe.css', 'socket', 'huge.css', 'self', 'inner.css', '.git/HEAD', 'self/self/real.css', 'dangling/x.css']) {
		await world.bus.saved(`${root}/${name}`);
		await brisk(world, name);
	}
	const last = await world.bus.saved(`${root}/index.html`);
	await client.log.next('the last', ({ type, event }) => type === 'reload' && event >= last, { mark: 0 });
	assert.doesNotMatch(told(client), /secret|outside|nowhere|zero|environ/);
	await memory.bounded(t, 'strange files', 4096);
});

test('a name that is a different kind of file each time', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x' }, { git: true });
	const outside = await world.folder('outside', { 'secret.css': 'x' });
	const client = await browserOn(world, root);
	await writeFile(`${root}/.0`, 'file');
	await fifo(`${root}/.1`);
	await symlink(`${outside}/secret.css`, `${root}/.2`);
	await symlink('/dev/zero', `${root}/.3`);
	await mkdir(`${root}/.4`);
	const memory = await new Memory(world).begin();
	// Another process changes it all the time.
	const swap = spawn('python3', ['-c', `
import ctypes, os, sys
libc = ctypes.CDLL(None)
os.chdir(sys.argv[1])
os.rename(".0", "x.css")
i = 0
while True:
	i = i % 4 + 1
	libc.renameat2(-100, b".%d" % i, -100, b"x.css", 2)
`, root], { stdio: 'ignore' });
	world.atEnd.push(async () => swap.kill());
	const count = LONG ? 20000 : 1500;
	for (let i = 0; i < count; i += 50) {
		await within(Promise.all(Array.from({ length: 50 }, () => world.bus.saved(`${root}/x.css`))), 'the answers');
	}
	swap.kill();
	await brisk(world, 'the race');
	assert.doesNotMatch(told(client), /secret|outside|zero/);
	await memory.bounded(t, `${count} saves of a name that changes`, 4096);
});

test('names with every byte are text in the log and in the browser', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x' }, { git: true });
	const client = await browserOn(world, root);
	const uris = [];
	for (let byte = 1; byte < 256; byte++) {
		if (byte !== 0x2f) {
			const name = Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([byte]), Buffer.from('z.css')]);
			await writeFile(name, 'x');
			uris.push(`file://${root}/a%${byte.toString(16).padStart(2, '0')}z.css`);
		}
	}
	// A reload message names at most 16 files.
	for (let i = 0; i < uris.length; i += 16) {
		const some = uris.slice(i, i + 16);
		const mark = client.log.mark;
		const serial = await world.bus.saved(...some);
		await client.log.next(some[0], ({ type, event }) => type === 'reload' && event >= serial, { mark });
	}
	await world.bus.events();
	for (const args of [['log'], ['status'], ['why', uris[0]]]) {
		const { stdout } = await world.savecast(...args);
		// eslint-disable-next-line no-control-regex
		assert.doesNotMatch(stdout, /[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]/, `${args[0]}: no control character reaches the terminal`);
	}
	// No C1 control characters, either: in UTF-8 they are two bytes, but some terminals obey them.
	const odd = await world.folder('odd\u009bc', { '.savecast': '[savecast]\n\todd = \u009b2J\n' });
	await world.bus.saved(path.join(odd, '.savecast'));
	const log = await world.log('savecastd');
	assert.match(log, /odd\?\?c.*line 2/);
	assert.doesNotMatch(log, /[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]/);
});

test('folders that cannot be read', { skip: process.getuid?.() !== 0 && 'needs root, to start the daemon without a capability' }, async t => {
	const world = await World.open(t);
	const root = await world.folder('site', { 'index.html': 'x', 'closed/a.css': 'x', 'b.css': 'x' }, { git: true });
	// Root may read everything, but not without these capabilities.
	const daemon = world.children.start('savecastd', ['setpriv', '--bounding-set=-dac_override,-dac_read_search', SAVECASTD],
		{ env: world.env });
	world.daemon = daemon;
	await until('savecastd on the bus', () => world.bus.daemonRuns());
	const client = await browserOn(world, root);
	await chmod(`${root}/closed`, 0o000);
	await chmod(`${root}/b.css`, 0o000);
	for (const name of ['closed/a.css', 'closed/deeper/a.css', 'b.css']) {
		const mark = client.log.mark;
		const serial = await world.bus.saved(`${root}/${name}`);
		await client.log.next(name, ({ type, event }) => type === 'reload' && event >= serial, { mark });
	}
	await chmod(`${root}/.git`, 0o000);
	await world.bus.saved(`${root}/index.html`);
	await brisk(world, 'an unreadable .git');
	await chmod(root, 0o000);
	await world.bus.saved(`${root}/index.html`);
	await brisk(world, 'an unreadable project');
	for (const name of [root, `${root}/.git`, `${root}/closed`]) {
		await chmod(name, 0o755);
	}
	await world.bus.saved(`${root}/index.html`);
	await brisk(world, 'all can be read again');
});

test('a browser learns only about the projects that its tabs show', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const shown = await world.folder('shown', { 'index.html': 'x', 'deep/in/a.css': 'x' }, { git: true });
	const hidden = await world.folder('confidential', { 'index.html': 'x', 'launch.css': 'x' }, { git: true });
	const client = await browserOn(world, shown);
	const silent = new Client(world);
	await silent.hello('profile-silent');
	const unheard = new Client(world);
	await unheard.opened;
	await world.savecast('track', hidden);
	for (let i = 0; i < 3; i++) {
		await writeFile(`${hidden}/launch.css`, String(i));
		await world.bus.saved(`${hidden}/launch.css`);
	}
	await writeFile(`${shown}/deep/in/a.css`, 'y');
	const event = await world.bus.saved(`${shown}/deep/in/a.css`);
	assert.deepEqual(await client.next('reload', { mark: 0 }),
		{ type: 'reload', event, tabs: [1], subject: 'save deep/in/a.css', changes: [{ path: 'deep/in/a.css', kind: 'css' }] });
	assert.doesNotMatch(told(client), /confidential|launch/);
	// The path is below the root: only the tab's own reason says where the root is.
	assert.doesNotMatch(JSON.stringify(client.log.all.filter(({ event: { type } }) => type !== 'tab')), /home|shown/);
	assert.deepEqual(silent.log.all.map(({ event: { type } }) => type), ['hello']);
	assert.deepEqual(unheard.log.all, []);
});
