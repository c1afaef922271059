// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { chown, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { World } from '../lib/world.js';

/** @param {World} world */
async function roots(world) {
	const [managed] = await world.bus.call({
		interface: 'org.freedesktop.DBus.ObjectManager', member: 'GetManagedObjects',
	});
	return Object.fromEntries(Object.entries(managed).map(([object, interfaces]) =>
		[path.basename(object), interfaces['io.github.savecast.Project1'].Root]));
}

/**
 * @param {World} world
 * @param {string} file
 */
async function projectOf(world, file) {
	const serial = await world.bus.saved(file);
	return (await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial).project;
}

test('tracked projects survive a kill of the daemon, with their numbers', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const one = await world.folder('one', {});
	const two = await world.folder('two', {});
	await world.savecast('track', one);
	await world.savecast('track', two);
	await world.savecast('untrack', one);
	await world.endDaemon('SIGKILL');
	await world.startDaemon();
	assert.deepEqual(await roots(world), { 2: two });
	await world.savecast('track', one);
	assert.deepEqual(await roots(world), { 2: two, 3: one });
});

test('a damaged state file is renamed, with a message', async t => {
	const world = await World.open(t, { why: true });
	const state = path.join(world.temp, 'state/savecast/projects.json');
	await mkdir(path.dirname(state), { recursive: true });
	await writeFile(state, '{"version": 1, "next-id": 2, "proj');
	await world.startDaemon();
	assert.match(await world.log('savecastd'), /projects\.json: line 1: .*: moved aside to .*\.damaged/);
	assert.equal(await readFile(`${state}.damaged`, 'utf8'), '{"version": 1, "next-id": 2, "proj');
	const root = await world.folder('one', {});
	await world.savecast('track', root);
	assert.match(await readFile(state, 'utf8'), /one/);
	assert.equal((await stat(state)).mode & 0o777, 0o600);
});

test('a state file of another user is not read', { skip: process.getuid?.() !== 0 && 'needs root, to give a file away' }, async t => {
	const world = await World.open(t, { why: true });
	const state = path.join(world.temp, 'state/savecast/projects.json');
	await world.startDaemon();
	await world.savecast('track', await world.folder('one', {}));
	await world.endDaemon();
	await chown(state, 65534, 65534);
	await world.startDaemon();
	assert.match(await world.log('savecastd'), /projects\.json: Operation not permitted: moved aside to .*\.damaged/);
	assert.deepEqual(await roots(world), {});
});

test('a state that cannot be written is an error, not a silent loss', async t => {
	const world = await World.open(t, { why: true });
	await writeFile(path.join(world.temp, 'state'), 'a file where the folder should be');
	await world.startDaemon();
	const root = await world.folder('one', {});
	const { status, stderr } = await world.savecast('track', root);
	assert.equal(status, 1);
	assert.match(stderr, /only until the daemon ends: the state file cannot be written/);
	assert.deepEqual(await roots(world), { 1: root });
});

test('a save belongs to the deepest project above it', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const outer = await world.folder('outer', { 'a.css': '', 'inner/b.css': '' });
	const tree = await world.folder('outer/tree', { 'c.css': '', 'deep/d.css': '' }, { git: true });
	const inner = path.join(outer, 'inner');
	await world.savecast('track', outer);
	await world.savecast('track', inner);
	assert.equal(await projectOf(world, path.join(outer, 'a.css')), outer);
	assert.equal(await projectOf(world, path.join(inner, 'b.css')), inner);
	assert.equal(await projectOf(world, path.join(tree, 'deep/d.css')), tree, 'a git work tree below it');
	assert.equal(await projectOf(world, path.join(tree, 'deep/not/yet/there.css')), tree);
	assert.equal(await projectOf(world, '/nowhere/x.css'), undefined);
	await symlink(inner, path.join(world.home, 'link'));
	assert.equal(await projectOf(world, path.join(world.home, 'link/b.css')), inner, 'through a link');
	await symlink(path.join(inner, 'b.css'), path.join(outer, 'link.css'));
	assert.equal(await projectOf(world, path.join(outer, 'link.css')), inner, 'a file that is a link');
});

test('files of several projects create one event for each', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const one = await world.folder('one', { 'a.css': '' }, { git: true });
	const two = await world.folder('two', { 'b.css': '' }, { git: true });
	const first = await world.bus.saved(path.join(two, 'b.css'), path.join(one, 'a.css'), '/nowhere/x');
	const events = await world.bus.events();
	assert.deepEqual(events.map((/** @type {any} */ e) => [e.serial, e.project, e.files]), [
		[first, two, [path.join(two, 'b.css')]],
		[first + 1, one, [path.join(one, 'a.css')]],
		[first + 2, undefined, ['/nowhere/x']],
	]);
});

test('a repository that libgit2 cannot open is a project, with the reason as its problem', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('broken', { 'a.css': '', '.git': 'gitdir: /nowhere\n' });
	const serial = await world.bus.saved(path.join(root, 'a.css'));
	const { steps } = (await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial);
	assert.equal(steps.at(-1).step, 'no-tab');
	await world.savecast('track', root);
	assert.match((await world.bus.projects())[0].Problem, /^git: .*savecast still notices saves, but not git commands$/);
});

test('a name that is not UTF-8 keeps its bytes', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('site', {}, { git: true });
	await world.bus.saved(`file://${root}/caf%E9%0A.css`);
	const [event] = await world.bus.events();
	assert.deepEqual(event.files, [`file://${root}/caf%E9%0A.css`]);
	assert.equal(event.project, root);
});
