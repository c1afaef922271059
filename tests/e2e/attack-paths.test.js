// SPDX-License-Identifier: MIT
//
// Files, folders, repositories and processes that are made to mislead or block the daemon, or
// to make it reveal what a browser must not learn.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, open, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { freePort } from '../lib/ports.js';
import { until, within } from '../lib/events.js';
import { Memory } from '../lib/memory.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SAVECASTD, World } from '../lib/world.js';

/** How long one task may occupy the loop, on a busy machine. */
const BRISK_MSEC = 2000;

/** The daemon answers soon. @param {World} world @param {string} what */
const brisk = (world, what) => within(world.bus.properties(), `an answer after ${what}`, BRISK_MSEC);

/** @param {string} name */
async function fifo(name) {
	assert.equal((await run(['mkfifo', name], process.env)).status, 0);
}

/** The steps of an event. @param {World} world @param {number} serial */
const steps = (world, serial) => until(`event ${serial} to be closed`, async () => {
	const event = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === serial);
	return event?.closed && event.steps.map((/** @type {any} */ one) => one.step);
});

/** A browser with one tab on a file of this folder. @param {World} world @param {string} root */
async function browserOn(world, root) {
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: `file://${root}/index.html` });
	await client.log.next('live', ({ state }) => state === 'live', { mark: 0 });
	return client;
}

/** Everything that the daemon sent to a browser. @param {Client} client */
const told = (client) => JSON.stringify(client.log.all.map(({ event }) => event));

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
	// As many as one message names.
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

test('folders that cannot be read', { skip: process.getuid?.() !== 0 && 'needs root, to take a right away from the daemon' }, async t => {
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
	await brisk(world, 'all being well again');
});

test('a hostile .savecast is refused with a reason, and nothing hangs', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x', 'a.css': 'x' }, { git: true });
	const secret = await world.folder('outside', { 'secret': '[savecast]\n\tignore = top-secret\n' });
	await browserOn(world, root);
	const object = '/io/github/savecast/Daemon1/project/1';
	const problems = async () => (await world.bus.properties({ path: object, interface: 'io.github.savecast.Project1' })).SettingsProblems;
	const file = `${root}/.savecast`;
	const memory = await new Memory(world).begin();
	const section = (/** @type {string} */ text) => `[savecast]\n${text}`;
	/** @type {[string, () => Promise<unknown>, RegExp][]} */
	const kinds = [
		['an include', () => writeFile(file, `[include]\n\tpath = ${secret}/secret\n`), /include/],
		['an include by condition', () => writeFile(file, `[includeIf "gitdir:/"]\n\tpath = ${secret}/secret\n`), /include/],
		['an include in other letters', () => writeFile(file, `[InClUdE]\n\tpath = ${secret}/secret\n`), /include/],
		['a link to another file', () => symlink(`${secret}/secret`, file), /symbolic link/],
		['a pipe', () => fifo(file), /not a regular file/],
		['a folder', () => mkdir(file), /not a regular file|directory/i],
		['a device', () => symlink('/dev/zero', file), /symbolic link/],
		['a TiB of nothing', () => writeFile(file, '').then(() => truncate(file, 2 ** 40)), /larger than/],
		['a NUL', () => writeFile(file, section('\tignore = a\0b\n')), /NUL/],
		['bytes', () => writeFile(file, Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 151 & 255) || 1))), /./],
		['10,000 rules', () => writeFile(file, section('\tignore = a*\n'.repeat(10000))), /./],
		['a rule of 10,000 bytes', () => writeFile(file, section(`\tignore = ${'x'.repeat(10000)}\n`)), /./],
		['a rule of 17 stars', () => writeFile(file, section(`\tignore = ${'*a'.repeat(17)}\n`)), /at most 16 stars/],
		['a section that never ends', () => writeFile(file, `[${'x'.repeat(60000)}`), /./],
	];
	for (const [what, make, why] of kinds) {
		await rm(file, { recursive: true, force: true });
		await within(make(), what);
		await world.bus.saved(file);
		const said = await until(`a problem about ${what}`, async () => {
			const all = await within(problems(), what, BRISK_MSEC);
			return all.some((/** @type {string} */ one) => why.test(one)) && all;
		}, { msec: 5000 });
		assert.doesNotMatch(said.join(), /top-secret/);
	}
	// A simple matcher would take forever with this rule.
	await rm(file, { recursive: true, force: true });
	await writeFile(file, section(`\tignore = ${'*a'.repeat(15)}*b\n\tignore = ${'**/a*/'.repeat(8)}b\n`.repeat(31)));
	await world.bus.saved(file);
	await world.bus.saved(`${root}/${'a'.repeat(200)}`, `${root}/${'aaaaaaa/'.repeat(30)}c`);
	await brisk(world, 'rules with many stars');
	// Another user's file in a folder that all users may write.
	if (process.getuid?.() === 0) {
		await chown(file, 65534, 65534);
		await world.bus.saved(file);
		await until('a problem about its owner', async () => (await problems()).some((/** @type {string} */ one) => /another user/.test(one)));
	}
	await memory.bounded(t, 'hostile settings', 8192);
});

test('a hostile repository runs nothing, hangs nothing, and is not read if another user owns it', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const marker = path.join(world.temp, 'was-run');
	const command = `touch ${marker}; echo`;
	const memory = await new Memory(world).begin();
	/** @param {string} name */
	const repository = async (name) => {
		const root = await world.folder(name, { 'a.css': 'x', 'index.html': 'x', '.gitattributes': '* filter=evil diff=evil\n' }, { git: true });
		await world.git(root, 'add', 'a.css');
		await world.git(root, 'commit', '--quiet', '-m', 'first');
		return root;
	};
	/** Makes the daemon look at it in every way. @param {string} root @param {string} what */
	const provoke = async (root, what) => {
		const file = path.join(root, 'a.css');
		await writeFile(file, `${Math.random()}`);
		await within(world.bus.saved(file), what, BRISK_MSEC);
		const client = new Client(world);
		await client.hello(`profile-${path.basename(root)}`);
		client.send({ type: 'watch', tab: 1, url: `file://${root}/index.html` });
		await client.next('tab', { mark: 0 });
		await world.savecast('track', root);
		// As git replaces its index.
		await writeFile(`${root}/.git/index.lock`, '').catch(() => {});
		await rename(`${root}/.git/index.lock`, `${root}/.git/index`).catch(() => {});
		await within(world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: [file, {}] }), what, 5000);
		await world.bus.saved(file);
		await brisk(world, what);
		client.socket.close();
	};
	const configured = await repository('configured');
	for (const [key, value] of [['core.fsmonitor', command], ['core.hooksPath', world.temp], ['core.sshCommand', command],
		['core.pager', command], ['core.askPass', command], ['core.excludesFile', '/dev/zero'], ['core.attributesFile', '/dev/zero'],
		['filter.evil.clean', command], ['filter.evil.smudge', command], ['diff.evil.textconv', command],
		['core.worktree', '/etc'], ['include.path', '/dev/zero']]) {
		await writeFile(`${configured}/.git/config`, '[core]\n\trepositoryformatversion = 0\n\tbare = false\n');
		await world.git(configured, 'config', key, value);
		await provoke(configured, `${key} = ${value}`);
	}
	for (const inner of ['config', 'index', 'HEAD', 'info/exclude', '../.gitignore', 'objects/info/alternates', 'commondir']) {
		const root = await repository(`pipe-${inner.replace(/\W/g, '-')}`);
		await mkdir(path.dirname(path.join(root, '.git', inner)), { recursive: true });
		await rm(path.join(root, '.git', inner), { force: true });
		await fifo(path.join(root, '.git', inner));
		await provoke(root, `a pipe as ${inner}`);
	}
	for (const [i, text] of ['gitdir: /dev/zero', `gitdir: ${'../'.repeat(1000)}etc`, 'gitdir: .', 'gitdir: .git', 'gitdir:', 'x'.repeat(100000)].entries()) {
		const root = await world.folder(`file-${i}`, { '.git': text, 'a.css': 'x', 'index.html': 'x' });
		await provoke(root, `.git: ${text.slice(0, 40)}`);
	}
	const indexed = await repository('indexed');
	for (const index of [Buffer.from('DIRC\x00\x00\x00\x02\xff\xff\xff\xff', 'latin1'), Buffer.alloc(1000, 0xff), Buffer.alloc(0)]) {
		await writeFile(`${indexed}/.git/index.new`, index);
		await rename(`${indexed}/.git/index.new`, `${indexed}/.git/index`);
		await provoke(indexed, 'a bad index');
	}
	await writeFile(`${indexed}/.git/index.new`, 'DIRC');
	await truncate(`${indexed}/.git/index.new`, 2 ** 40);
	await rename(`${indexed}/.git/index.new`, `${indexed}/.git/index`);
	await provoke(indexed, 'an index of a TiB');

	if (process.getuid?.() === 0) {
		const foreign = await repository('foreign');
		assert.equal((await run(['chown', '-R', '65534:65534', foreign], process.env)).status, 0);
		const serial = await world.bus.saved(`${foreign}/a.css`);
		assert.deepEqual(await steps(world, serial), ['heard', 'no-tab'], 'a save counts');
		await world.savecast('track', foreign);
		const { Problem } = (await world.bus.projects()).find(({ Root }) => Root === foreign);
		assert.match(Problem, /^git: another user.*safe\.directory/, 'its git is not read');
	}
	await assert.rejects(open(marker), { code: 'ENOENT' });
	await memory.bounded(t, 'hostile repositories', 8 * 1024);
});

/** argv: a port, then anything. exec -a replaces its own first arguments. */
const SERVER = 'import socket,sys,time; s=socket.socket(); s.setsockopt(1,2,1); s.bind(("127.0.0.1",int(sys.argv[1]))); s.listen(); time.sleep(1000)';

test('a hostile command line of a server only appears as escaped text', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x' }, { git: true });
	const client = new Client(world);
	await client.hello();
	const memory = await new Memory(world).begin();
	/** @type {[string, string, string[]][]} name, argv[0], further arguments */
	const kinds = [
		['escapes', '\x1b]0;owned\x07\x1b[2J', ['\x1b[31m']],
		['lines', 'a\nsavecastd: error\n', ['\r\n\r\n']],
		['long', 'x'.repeat(900), Array.from({ length: 200 }, () => 'y'.repeat(500))],
		['many', 'many', Array.from({ length: 5000 }, (_, i) => `--dir=${i}`)],
		['folders', 'php', ['-S', 'x', '-t', '/etc', '--chdir', '/root', '--app-dir=/proc/self', '-C', '../../../../etc', `--root=${'/..'.repeat(500)}`]],
		['latin', Buffer.from('caf\xe9', 'latin1').toString('latin1'), []],
		['empty', '', ['']],
	];
	for (const [what, name, more] of kinds) {
		const port = await freePort();
		world.children.start(`server-${what}`, ['bash', '-c', 'name=$1; shift; exec -a "$name" /usr/bin/python3 "$@"', 'bash', name, '-c', SERVER, String(port), ...more],
			{ cwd: root, env: world.env });
		const tab = 100 + kinds.findIndex(([one]) => one === what);
		await until(`the server ${what}`, () => new Promise((resolve) => {
			const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
			socket.on('error', () => resolve(false));
		}));
		client.send({ type: 'watch', tab, url: `http://localhost:${port}/` });
		const answer = await client.log.next(what, (message) => message.type === 'tab' && message.tab === tab && message.state !== 'looking', { mark: 0 });
		assert.doesNotMatch(answer.reason, /[\x00-\x1f\x7f]/, `${what}: ${answer.reason}`);
		assert.ok(answer.reason.length < 2000, `${what}: ${answer.reason.length} characters`);
		await brisk(world, what);
	}
	const { stdout } = await world.savecast('status');
	assert.doesNotMatch(stdout, /[\x00-\x08\x0b-\x1f\x7f]/);
	assert.doesNotMatch(await world.log('savecastd'), /[\x00-\x08\x0b-\x1f\x7f]/);
	await memory.bounded(t, 'hostile command lines', 8192);
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
