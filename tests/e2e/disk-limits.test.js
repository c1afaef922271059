// SPDX-License-Identifier: MIT
/**
 * The limits of watching the disk: savecast reports when one is exceeded, and loses nothing else.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { watched } from '../lib/watched.js';
import { SAVECASTD } from '../lib/world.js';

const disk = (/** @type {string[]} */ ...files) => [{ source: 'disk', files }];

test('if the queue of inotify overflows, all files are compared once', async t => {
	const { world, did, file, project } = await watched(t, { 'a.css': '1', 'b/c.css': '1', 'same.css': '1', 'gone.css': '1' });
	const queue = Number(await readFile('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
	if (queue > 100000) {
		t.skip(`${queue} events would have to be made`);
		return;
	}
	const pid = world.daemon?.process.pid ?? 0;
	const told = await did(async () => {
		process.kill(pid, 'SIGSTOP');
		for (let i = 0; i <= queue / 2; i++) {
			writeFileSync(file(`t${i % 2}.tmp`), '');
			unlinkSync(file(`t${i % 2}.tmp`));
		}
		mkdirSync(file('new/deep'), { recursive: true });
		for (const name of ['new/deep/d.css', 'a.css', 'b/c.css']) {
			writeFileSync(file(name), '2');
		}
		writeFileSync(file('same.css'), '1');
		rmSync(file('gone.css'));
		process.kill(pid, 'SIGCONT');
	});
	assert.deepEqual([...new Set(told.flatMap(({ files }) => files))].filter(name => name !== 'gone.css').sort(), ['a.css', 'b/c.css', 'new/deep/d.css']);
	assert.ok(told.length <= 2, JSON.stringify(told));
	assert.match(await world.log('savecastd'), /the inotify queue overflowed: all files are checked/);
	assert.deepEqual(await did(() => writeFile(file('new/deep/d.css'), '3')), disk('new/deep/d.css'), 'what came meanwhile is watched');
	assert.equal((await project()).Problem, '');
});

test('a folder that is gone before it is watched, while a file is being read, loses nothing', async t => {
	const { world, did, file } = await watched(t, { 'a.css': '1', 'b.css': '1' });
	const pid = world.daemon?.process.pid ?? 0;
	const told = await did(async () => {
		process.kill(pid, 'SIGSTOP');
		writeFileSync(file('a.css'), '2');
		// More than the daemon reads at once: the rest follows when it has read a.css.
		for (let i = 0; i < 1000; i++) {
			writeFileSync(file(`t${i % 2}.tmp`), '');
			unlinkSync(file(`t${i % 2}.tmp`));
		}
		writeFileSync(file('b.css'), '2');
		mkdirSync(file('gone'));
		rmSync(file('gone'), { recursive: true });
		process.kill(pid, 'SIGCONT');
	});
	assert.deepEqual(told.flatMap(({ files }) => files).sort(), ['a.css', 'b.css']);
	assert.deepEqual(await did(() => writeFile(file('a.css'), '3')), disk('a.css'));
});

test('without enough inotify watches, the nearest folders are watched, and status says what to do', async t => {
	const unshare = ['unshare', '--user', '--map-current-user', '--keep-caps', 'sh', '-c'];
	const limit = '/proc/sys/user/max_inotify_watches';
	if ((await run([...unshare, `echo 12 > ${limit}`], process.env)).status !== 0) {
		t.skip('no user namespace with a limit of its own can be made here');
		return;
	}
	let pid = 0;
	const { world, did, file, own, project } = await watched(t, Object.fromEntries(['a.css', ...Array.from({ length: 20 }, (_, i) => `d${i}/in/a.css`)].map(name => [name, '1'])), {
		start: async world => {
			pid = world.children.start('savecastd', [...unshare, `echo 12 > ${limit}; exec "$0"`, SAVECASTD], { env: world.env }).process.pid ?? 0;
			await until('savecastd on the bus', () => world.bus.daemonRuns(), { every: 5 });
		},
	});
	assert.equal((await project()).Watch, 'part');
	assert.match((await project()).Problem, /^watch: .*the limit of watched folders is reached: raise fs\.inotify\.max_user_watches/);
	assert.match((await world.savecast('status')).stdout, /max_user_watches/);
	assert.deepEqual(await did(() => writeFile(file('a.css'), '2')), disk('a.css'));
	await run(['nsenter', '--user', '--preserve-credentials', '--target', String(pid), 'sh', '-c', `echo 1000 > ${limit}`], process.env);
	await writeFile(file('.savecast'), own('\tignore = none\n'));
	await until('all to be watched', async () => (await project()).Watch === 'on' && (await project()).Problem === '');
	assert.deepEqual(await did(() => writeFile(file('d7/in/a.css'), '2')), disk('d7/in/a.css'));
});

test('a FUSE file system is watched only if the settings ask for it', { skip: noFuse() }, async t => {
	const { did, sh, file, own, project } = await watched(t, { 'a.css': '1' }, {
		start: async world => {
			const far = await HangFs.mount(world, 'site/far');
			await writeFile(`${far.behind}/b.css`, '1');
			await world.startDaemon();
		},
	});
	assert.match((await project()).Problem, /^watch: .*\/far: is on a network or FUSE file system, which is not watched: set savecast.watch = true/);
	assert.deepEqual(await did(() => sh('echo 2 > far/b.css'), { expect: false }), []);
	assert.deepEqual(await did(() => sh('echo 2 > a.css')), disk('a.css'));
	await writeFile(file('.savecast'), own('\twatch = true\n'));
	await until('all to be watched', async () => (await project()).Watch === 'on' && (await project()).Problem === '');
	assert.deepEqual(await did(() => sh('echo 3 > far/b.css')), disk('far/b.css'));
});
