// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { one, settled, trackedTree } from '../lib/git-tree.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

test('worktrees and submodules have git dirs of their own', async t => {
	const { world, root, git, write } = await trackedTree(t);
	const other = path.join(world.home, 'other');
	await git('worktree', 'add', '--quiet', '-b', 'other', other);
	await git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', root, 'sub');
	await git('commit', '--quiet', '-a', '-m', 'with a submodule');
	const sub = path.join(root, 'sub');
	await world.savecast('track', other);
	await world.savecast('track', sub);
	await settled(world, 0, { expect: false });
	for (const folder of [other, sub]) {
		await writeFile(path.join(folder, 'a.css'), 'there\n');
		const serial = (await world.bus.properties()).LastEvent;
		await world.git(folder, 'commit', '--quiet', '-a', '-m', 'there');
		const [event, ...rest] = await settled(world, serial, { expect: true });
		assert.deepEqual([event.project, event.files, rest], [folder, [path.join(folder, 'a.css')], []]);
	}
	await write('b.css', 'outer\n');
	const serial = (await world.bus.properties()).LastEvent;
	await git('add', '.');
	const events = await settled(world, serial, { expect: true });
	assert.deepEqual(events.map(e => e.files), [[path.join(root, 'b.css')]], 'the submodule is not one of them');
});

test('an index that cannot be read is reported once, and its changes are events', async t => {
	const { world, git, file, write, root } = await trackedTree(t);
	const problem = async () => (await world.savecast('status', '--json').then(r => JSON.parse(r.stdout)))
		.projects[0].problem;
	assert.equal(await problem(), '');
	let serial = (await world.bus.properties()).LastEvent;
	await git('update-index', '--split-index');
	await write('a.css', 'split\n');
	await git('add', '.');
	const events = await settled(world, serial, { expect: true });
	assert.equal(events.at(-1)?.source, 'git');
	assert.match(await problem(), /^git: the index: is split, /);
	assert.match((await world.savecast('status')).stdout, /git: the index: is split/);
	await git('update-index', '--no-split-index');
	await settled(world, 0, { expect: false });
	assert.equal(await problem(), '');
	serial = (await world.bus.properties()).LastEvent;
	await write('b.css', 'whole\n');
	await git('add', '.');
	assert.deepEqual((await settled(world, serial, { expect: true })).map(e => e.files), [[file('b.css')]]);

	for (const bytes of ['', 'DIRC', 'not an index at all']) {
		await writeFile(path.join(root, '.git/new'), bytes);
		await world.git(root, 'status').catch(() => {});
		await rename(path.join(root, '.git/new'), path.join(root, '.git/index'));
		await settled(world, 0, { expect: false });
		assert.match(await problem(), /^git: the index: is not an index/);
	}
	assert.equal((await world.log('savecastd')).match(/is not an index/g)?.length, 1, 'once');
	await rm(path.join(root, '.git'), { recursive: true });
	await settled(world, 0, { expect: false });
	assert.match(await problem(), /was removed/);

	await git('init', '--quiet');
	world.daemon?.process.kill('SIGHUP');
	await until('another repository to be found', async () => await problem() === '');
	serial = (await world.bus.properties()).LastEvent;
	await git('add', 'a.css');
	assert.deepEqual((await settled(world, serial, { expect: true })).map(e => e.files), [[file('a.css')]]);
});

test('files that the rules exclude are left out, and a deeper project has its own event', async t => {
	const { world, git, did, write, file } = await trackedTree(t);
	await write('.savecast', '[savecast]\n\tignore = *.log\n\tignore = b.css\n');
	await write('dir/.savecast', '');
	await git('add', '.');
	await git('commit', '--quiet', '-m', 'rules');
	await git('checkout', '--quiet', '-b', 'topic');
	for (const name of ['a.css', 'b.css', 'x.log', 'dir/c.css']) {
		await write(name, 'topic\n');
	}
	await git('add', '--force', '.');
	await git('commit', '--quiet', '-m', 'topic');
	await world.savecast('track', file('dir'));
	const { events } = await did(() => git('checkout', '--quiet', 'main'));
	assert.deepEqual(events.map(e => e.files.map(name => path.relative(file('.'), name))).sort(), [['a.css'], ['dir/c.css']]);
});

test('256 work trees are watched: one without a tab is dropped for a new one, and one too many is a problem', async t => {
	const MAX = 256;
	const world = await World.open(t);
	const first = await world.folder('tree-0', { 'a.html': 'a\n' }, { git: true });
	await world.git(first, 'add', '.');
	await world.git(first, 'commit', '--quiet', '-m', 'first');
	const parent = path.dirname(first);
	const roots = Array.from({ length: MAX + 2 }, (_, i) => path.join(parent, `tree-${i}`));
	const { status } = await run(['sh', '-ec', `cd '${parent}'; for i in $(seq ${MAX + 1}); do cp -r tree-0 tree-$i; done`], world.env);
	assert.equal(status, 0);
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	const watch = (/** @type {number} */ i) => client.watch(i, pathToFileURL(path.join(roots[i], 'a.html')).href);
	const problem = async (/** @type {number} */ i) => JSON.parse((await world.savecast('status', '--json')).stdout)
		.projects.find((/** @type {any} */ one) => one.root === roots[i]).problem;
	const commits = async (/** @type {number} */ i) => {
		const { mark } = client.log;
		await writeFile(path.join(roots[i], 'a.html'), `${i}\n`);
		await world.git(roots[i], 'commit', '--quiet', '--all', '-m', 'next');
		assert.deepEqual((await client.next('reload', { mark })).tabs, [i]);
	};
	for (let i = 0; i < MAX; i++) {
		assert.equal((await watch(i)).state, 'live');
	}
	client.send({ type: 'unwatch', tab: 0 });
	assert.equal((await watch(MAX)).state, 'live');
	assert.equal(await problem(MAX), '');
	await commits(1);
	await commits(MAX);
	await watch(MAX + 1);
	assert.match(await problem(MAX + 1), /^git: 256 work trees are watched already/);
});

test('index formats: 4, sparse, sha256, intent to add', async t => {
	const { git, did, write, world } = await trackedTree(t);
	await git('update-index', '--index-version', '4');
	await write('a.css', 'four\n');
	await write('dir/c.css', 'four\n');
	one(await did(() => git('add', '.')), ['a.css', 'dir/c.css']);
	await write('later.css', 'x\n');
	one(await did(() => git('add', '-N', 'later.css')), ['later.css']);
	await git('add', '.');
	await git('commit', '--quiet', '-m', 'more');
	await settled(world, 0, { expect: false });
	one(await did(() => git('sparse-checkout', 'set', '--cone', '--sparse-index')), ['dir/c.css']);
	await write('a.css', 'sparse\n');
	one(await did(() => git('add', '.')), ['a.css']);
	one(await did(() => git('sparse-checkout', 'disable')), ['dir/c.css']);

	const root = await world.folder('sha256', { 'a.css': 'a' });
	await world.git(root, 'init', '--quiet', '--object-format=sha256');
	await world.git(root, 'add', '.');
	await world.savecast('track', root);
	await appendFile(path.join(root, 'a.css'), 'more');
	const serial = (await world.bus.properties()).LastEvent;
	await world.git(root, 'add', '.');
	assert.deepEqual((await settled(world, serial, { expect: true })).map(e => e.files), [[path.join(root, 'a.css')]]);
});
