// SPDX-License-Identifier: MIT
//
// Limits of the machine: no descriptors, threads, inotify watches or memory are left. The daemon goes on as
// well as it can, says so once, and recovers.
import assert from 'node:assert/strict';
import { copyFile, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { said, saveWorks, startUnder, stored, track } from '../lib/faults.js';
import { Client } from '../lib/wire-client.js';
import { SANITIZED, SAVECASTD, World } from '../lib/world.js';

test('no descriptors left: saves work, and browsers can connect when there are some again', async t => {
	const world = await World.open(t);
	const { pid } = await startUnder(world, ['prlimit', '--nofile=48', '--']);
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await saveWorks(world, path.join(root, 'a.css'));
	const clients = Array.from({ length: 60 }, () => new Client(world));
	await until('the log to report it', async () => /connection: Too many open files: not accepted, trying again/.test(await world.log('savecastd')));
	await saveWorks(world, path.join(root, 'a.css'));
	const other = await world.folder('other', { 'a.css': '' }, { git: true });
	await saveWorks(world, path.join(other, 'a.css'));
	await assert.rejects(track(world, other), /Too many open files/);
	clients.forEach(({ socket }) => socket.terminate());
	await new Client(world).hello();
	await track(world, other);
	assert.deepEqual(await stored(world), [other]);
	await said(world, /connection: Too many open files/);
	await until('the descriptors to be back', async () => (await readdir(`/proc/${pid}/fd`)).length < 30);
});

test('with any small number of descriptors at the start, the state is not damaged', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' });
	await track(world, root);
	await world.endDaemon();
	const kept = () => Promise.all(['projects.json', 'key'].map((name) => readFile(path.join(world.temp, 'state/savecast', name), 'utf8')));
	const before = await kept();
	let failed = 0;
	// The search for leaks needs descriptors, too.
	const env = { ...world.env, ASAN_OPTIONS: [world.env.ASAN_OPTIONS, 'detect_leaks=0'].filter(Boolean).join(':') };
	for (let most = 6; most < 26; most += 1) {
		const daemon = world.children.start('savecastd', ['prlimit', `--nofile=${most}`, '--', SAVECASTD], { env });
		const runs = await Promise.race([daemon.ended.then(() => false), until('the bus', () => world.bus.daemonRuns(), { every: 5 })]);
		failed += Number(!runs);
		await world.children.stop(daemon);
		await until('the name to be free', async () => !await world.bus.daemonRuns(), { every: 5 });
		assert.deepEqual(await kept(), before, `${most} descriptors`);
	}
	assert.ok(failed > 0, 'some limits are too low');
	await world.startDaemon();
	assert.equal((await world.savecast('untrack', root)).status, 0);
});

/**
 * The first jobs of a daemon that can start no thread run on its event loop, and the next ones on a thread
 * when one can be started again.
 *
 * @param {World} world
 * @param {number} pid
 * @param {{limit: () => Promise<unknown>, lift: () => Promise<unknown>, own?: () => Promise<unknown>}} how
 *     own: gives the daemon's user what the test has made
 */
async function withoutThreads(world, pid, { limit, lift, own = async () => {} }) {
	const threads = async () => (await readdir(`/proc/${pid}/task`)).length;
	assert.equal(await threads(), 1, 'the first job starts the thread');
	await limit();
	/** @type {string[]} */
	const roots = [];
	for (const name of ['a', 'b', 'c']) {
		const root = await world.folder(name, { 'a.css': '' }, { git: true });
		await own();
		await track(world, root);
		roots.push(root);
		assert.deepEqual((await stored(world)).sort(), roots);
		await saveWorks(world, path.join(root, 'a.css'));
	}
	assert.equal(await threads(), 1);
	await said(world, /worker thread: .*: file access that may block runs on the event loop until a thread can be started/);
	await lift();
	await world.bus.call({ member: 'Untrack', signature: 's', body: [roots[0]] });
	assert.deepEqual((await stored(world)).sort(), roots.slice(1));
	assert.equal(await threads(), 2);
}

test('no memory for a thread: the event loop does its work, which is reported once', { skip: SANITIZED && 'a sanitizer reserves more than any limit' }, async t => {
	const world = await World.open(t);
	const { pid } = await startUnder(world, []);
	await withoutThreads(world, pid, {
		limit: async () => {
			const { stdout } = await run(['ps', '-o', 'vsz=', '-p', String(pid)], world.env);
			// Less than the stack of a thread.
			await run(['prlimit', '--pid', String(pid), `--as=${(Number(stdout) + 4096) * 1024}:`], world.env);
			await new Client(world).hello();
		},
		lift: () => run(['prlimit', '--pid', String(pid), '--as=unlimited:'], world.env),
	});
});

// Root is exempt from the limit: then the daemon runs as another user.
test('no process more for the user: the event loop does its work, which is reported once', async t => {
	const world = await World.open(t), uid = 65534;
	const isRoot = process.getuid?.() === 0, daemon = path.join(world.temp, 'savecastd');
	const own = async () => isRoot && await run(['chown', '-R', `${uid}:${uid}`, world.temp], world.env);
	await copyFile(SAVECASTD, daemon);
	if (isRoot) {
		await world.admit(uid);
		await own();
	}
	const as = isRoot ? ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'] : [];
	const { pid } = await startUnder(world, as, world.env, daemon);
	const prlimit = async (/** @type {string[]} */ ...args) => {
		const { status, stdout, stderr } = await run([...as, 'prlimit', '--pid', String(pid), ...args], world.env);
		assert.equal(status, 0, stderr);
		return stdout.trim();
	};
	const before = await prlimit('--nproc', '--noheadings', '--raw', '--output', 'SOFT');
	const limit = (/** @type {string} */ most) => prlimit(`--nproc=${most}:`);
	await withoutThreads(world, pid, { limit: () => limit('1'), lift: () => limit(before), own });
});

/**
 * Starts the daemon in a user namespace that may have none of something.
 *
 * @param {import('node:test').TestContext} t skipped if there can be no user namespace
 * @param {World} world
 * @param {string} what in /proc/sys/user
 */
async function startWithout(t, world, what) {
	const shell = ['unshare', '--user', '--map-root-user', 'sh', '-c'], limit = `echo 0 >/proc/sys/user/${what}`;
	const { status, stderr } = await run([...shell, limit], world.env);
	if (status !== 0) {
		t.skip(`no user namespace can be made here: ${stderr.trim()}`);
		return undefined;
	}
	return startUnder(world, [...shell, `${limit} && exec "$0"`]);
}

test('no inotify watches left: saves work, and SIGHUP tries again', async t => {
	const world = await World.open(t);
	const started = await startWithout(t, world, 'max_inotify_watches');
	if (!started) {
		return;
	}
	const { pid } = started;
	const root = await world.folder('site', { 'a.css': '', '.savecast': '[savecast]\n\toutput = *.out\n' });
	await saveWorks(world, path.join(root, 'a.css'));
	assert.match(await world.log('savecastd'), /cannot be watched: fs\.inotify\.max_user_watches is reached/);
	await run(['nsenter', '--target', String(pid), '--user', 'sh', '-c', 'echo 1000 >/proc/sys/user/max_inotify_watches'], world.env);
	process.kill(pid, 'SIGHUP');
	await until('the log to say so', async () => /SIGHUP: reading all settings again/.test(await world.log('savecastd')));
	await world.configure(`[savecast]\n\tport = ${world.port}\n\tprot = 1\n`);
	await until('a change that is seen', async () => (await world.bus.properties()).SettingsProblems.length === 1);
});

test('no inotify at all', async t => {
	const world = await World.open(t);
	if (!await startWithout(t, world, 'max_inotify_instances')) {
		return;
	}
	await said(world, /inotify: Too many open files: changes of the settings are not noticed/);
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await saveWorks(world, path.join(root, 'a.css'));
	await new Client(world).hello();
});

test('out of memory: the daemon ends with a message, and the next one has the complete state', { skip: SANITIZED && 'a sanitizer reserves more than any limit' }, async t => {
	const world = await World.open(t);
	const { daemon, pid } = await startUnder(world, []);
	const root = await world.folder('site', { 'a.css': '' });
	await track(world, root);
	const { stdout } = await run(['ps', '-o', 'vsz=', '-p', String(pid)], world.env);
	await run(['prlimit', '--pid', String(pid), `--as=${(Number(stdout) + 256) * 1024}`], world.env);
	const names = Array.from({ length: 4096 }, (_, i) => path.join(root, `${i}-${'x'.repeat(60)}`));
	const calls = Array.from({ length: 8 }, () => world.bus.saved(...names).catch(() => {}));
	await Promise.race([daemon.ended, Promise.all(calls)]);
	assert.match(await daemon.ended, /SIGABRT/);
	assert.match(await world.log('savecastd'), /out of memory/);
	await world.startDaemon();
	assert.deepEqual(await stored(world), [root]);
	await saveWorks(world, path.join(root, 'a.css'));
});
