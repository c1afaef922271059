// SPDX-License-Identifier: MIT
//
// Settings, repositories and servers of a project that are made to mislead or block the daemon.
import assert from 'node:assert/strict';
import { chown, mkdir, open, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { BRISK_MSEC, brisk, browserOn, fifo, steps } from '../lib/attack.js';
import { run } from '../lib/children.js';
import { until, within } from '../lib/events.js';
import { Memory } from '../lib/memory.js';
import { answers, freePort } from '../lib/ports.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

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
		['an include in mixed case', () => writeFile(file, `[InClUdE]\n\tpath = ${secret}/secret\n`), /include/],
		['a link to another file', () => symlink(`${secret}/secret`, file), /symbolic link/],
		['a pipe', () => fifo(file), /not a regular file/],
		['a folder', () => mkdir(file), /not a regular file|directory/i],
		['a device', () => symlink('/dev/zero', file), /symbolic link/],
		['a sparse file of 1 TiB', () => writeFile(file, '').then(() => truncate(file, 2 ** 40)), /larger than/],
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
		});
		assert.doesNotMatch(said.join(), /top-secret/);
	}
	// A simple matcher would take forever with this rule.
	await rm(file, { recursive: true, force: true });
	await writeFile(file, section(`\tignore = ${'*a'.repeat(15)}*b\n\tignore = ${'**/a*/'.repeat(8)}b\n`.repeat(31)));
	await world.bus.saved(file);
	await world.bus.saved(`${root}/${'a'.repeat(200)}`, `${root}/${'aaaaaaa/'.repeat(30)}c`);
	await brisk(world, 'rules with many stars');
	// Another user's file in a folder to which all users may write.
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
	/** Makes the daemon read the repository in every way. @param {string} root @param {string} what */
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
		await within(world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: [file, {}] }), what, BRISK_MSEC);
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
	await fifo(`${configured}/pipe`);
	await writeFile(`${configured}/.git/more`, `[include]\n\tpath = ${configured}/pipe\n`);
	for (const text of ['[include]\n\tpath = more\n', `[core]\n\texcludesFile = \\\n${configured}/pipe\n`, `[core]\n\texcludesFile = ${configured}/p"ip"e\n`]) {
		await writeFile(`${configured}/.git/config`, text);
		await provoke(configured, text);
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
		assert.deepEqual(await steps(world, serial), ['heard', 'no-tab'], 'a save is accepted');
		await world.savecast('track', foreign);
		const { Problem } = (await world.bus.projects()).find(({ Root }) => Root === foreign);
		assert.match(Problem, /^git: another user.*safe\.directory/, 'its git is not read');
	}
	await assert.rejects(open(marker), { code: 'ENOENT' });
	await memory.bounded(t, 'hostile repositories', 8 * 1024);
});

/**
 * Its arguments are a port, then anything. It answers, because the daemon sends a request to find
 * out whether this is a proxy, if anything on the machine has connected to a server in the last minute.
 */
const SERVER = 'import http.server as h,sys; h.HTTPServer(("127.0.0.1",int(sys.argv[1])),h.SimpleHTTPRequestHandler).serve_forever()';

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
		await until(`the server ${what}`, () => answers('127.0.0.1', port));
		client.send({ type: 'watch', tab, url: `http://localhost:${port}/` });
		const answer = await client.log.next(what, (message) => message.type === 'tab' && message.tab === tab && message.state !== 'looking', { mark: 0 });
		assert.doesNotMatch(answer.reason, /[\x00-\x1f\x7f]/, `${what}: ${answer.reason}`);
		assert.ok(answer.reason.length < 2000, `${what}: ${answer.reason.length} characters`);
		await brisk(world, what);
	}
	const { status, stdout } = await world.savecast('status');
	assert.equal(status, 0);
	assert.doesNotMatch(stdout, /[\x00-\x08\x0b-\x1f\x7f]/);
	assert.doesNotMatch(await world.log('savecastd'), /[\x00-\x08\x0b-\x1f\x7f]/);
	await memory.bounded(t, 'hostile command lines', 8192);
});
