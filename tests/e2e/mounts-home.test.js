// SPDX-License-Identifier: MIT
//
// The user's home, settings or state on a file system that does not answer: the daemon works without
// them, and reads them when it answers.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until, within } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { reaches, words } from '../lib/live.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

const skip = noFuse();

/** A call that the file system would delay never ends; others take some milliseconds. */
const SOON_MSEC = 10000;

/**
 * What is on the mount: all that savecast and git have of the user there.
 *
 * @type {Record<string, (world: World, folder: string) => NodeJS.ProcessEnv>}
 */
const FOLDERS = {
	HOME: (world, folder) => {
		const { XDG_CONFIG_HOME: _, XDG_STATE_HOME: __, ...env } = world.env;
		return { ...env, HOME: folder };
	},
	XDG_CONFIG_HOME: (world, folder) => ({ ...world.env, XDG_CONFIG_HOME: folder }),
	XDG_STATE_HOME: (world, folder) => ({ ...world.env, XDG_STATE_HOME: folder }),
};

/**
 * A session with such a mount, which answers, and a project elsewhere.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} name
 */
async function opened(t, name) {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'remote');
	const local = await world.folder('local', { 'a.css': '', '.gitignore': 'ignored.css\n' }, { git: true });
	await mkdir(`${world.env.XDG_RUNTIME_DIR}`);
	// What git ignores in all work trees of the user.
	if (name === 'HOME') {
		await writeFile(path.join(fs.behind, '.gitconfig'), '[include]\n\tpath = ~/more\n');
		await writeFile(path.join(fs.behind, 'more'), '[core]\n\texcludesFile = ~/excludes\n');
		await writeFile(path.join(fs.behind, 'excludes'), 'everywhere.css\n');
	} else {
		const ignore = path.join(name === 'XDG_CONFIG_HOME' ? fs.behind : path.join(world.temp, 'config'), 'git/ignore');
		await mkdir(path.dirname(ignore));
		await writeFile(ignore, 'everywhere.css\n');
	}
	world.env = FOLDERS[name](world, fs.folder);
	const config = name === 'XDG_STATE_HOME' ? path.join(world.temp, 'config/savecast')
		: path.join(fs.behind, name === 'HOME' ? '.config' : '', 'savecast');
	await mkdir(config, { recursive: true });
	await writeFile(path.join(config, 'config'),
		`[savecast]\n\tport = ${world.port}\n\twatch = false\n[savecast "${local}"]\n\tignore = mine.css\n\turl = http://local.test/\n`);
	return { world, fs, local };
}

/** @param {World} world @param {string} local */
async function savesAreTaken(world, local) {
	for (let i = 0; i < 5; i++) {
		await writeFile(path.join(local, 'a.css'), `a { order: ${Math.random()} }`);
		const event = await within(world.bus.saved(path.join(local, 'a.css')), 'a save elsewhere', SOON_MSEC);
		await within(reaches(world, event, 'no-tab'), 'the end of a save elsewhere', SOON_MSEC);
	}
}

/** @param {World} world @param {string} file @param {string} word */
async function does(world, file, word) {
	await writeFile(file, `a { order: ${Math.random()} }`);
	const event = await world.bus.saved(file);
	return words((await world.bus.events()).find((/** @type {any} */ { serial }) => serial === event)).includes(word);
}

/**
 * The kernel keeps a process while one of its threads waits for a FUSE file system, whatever signal
 * it gets; its name on the bus is free at once.
 *
 * @param {World} world @param {NodeJS.Signals} [signal]
 */
async function ends(world, signal = 'SIGTERM') {
	world.daemon?.process.kill(signal);
	await until('the name to be free', async () => !await world.bus.daemonRuns(), { every: 5 });
}

/** @param {World} world */
async function hangUpReturns(world) {
	world.daemon?.process.kill('SIGHUP');
	await until('the signal', async () => /SIGHUP: reading/.test(await world.log('savecastd')), { every: 5 });
	await within(world.bus.properties(), 'a call after SIGHUP', SOON_MSEC);
}

for (const name of Object.keys(FOLDERS)) {
	const hasConfig = name !== 'XDG_STATE_HOME', hasState = name !== 'XDG_CONFIG_HOME';

	test(`$${name} on a mount that does not answer: the daemon starts, reads it later, and ends at once`, { skip }, async t => {
		const { world, fs, local } = await opened(t, name);
		const tracked = await world.folder('tracked', { 'b.css': '' });
		await world.startDaemon();
		await world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [tracked, {}] });
		const code = (await world.bus.properties()).PairingCode;
		// A save that waits when the daemon is killed.
		await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [local, 'test', {}] });
		await writeFile(path.join(local, 'a.css'), 'a { order: 1 }');
		await reaches(world, await world.bus.saved(path.join(local, 'a.css')), 'held');
		const waiting = path.join(hasState ? fs.behind : `${world.env.XDG_STATE_HOME}`,
			name === 'HOME' ? '.local/state' : '', 'savecast/waiting');
		await until('the save to be on disk', async () => (await readFile(waiting, 'utf8')).includes(local));
		await ends(world, 'SIGKILL');

		await fs.hang();
		const began = performance.now();
		await within(world.startDaemon(), 'the start', SOON_MSEC);
		t.diagnostic(`started in ${(performance.now() - began).toFixed(0)} ms`);
		// It has its name before it reads the rest of the state.
		await world.bus.properties();
		const log = await world.log('savecastd');
		assert.equal(/config: its file system does not answer: the defaults are used until it does/.test(log), hasConfig, log);
		assert.equal(/savecast: its file system does not answer: browsers, tracked projects and saves/.test(log), hasState, log);
		const problems = (await world.bus.properties()).SettingsProblems;
		assert.equal(problems.length, Number(hasConfig) + Number(hasState), String(problems));
		await savesAreTaken(world, local);
		await hangUpReturns(world);
		await savesAreTaken(world, local);
		assert.ok(await does(world, path.join(local, 'ignored.css'), 'ignored'), '.gitignore applies');
		assert.ok(await does(world, path.join(local, 'everywhere.css'), 'ignored'), "the user's excludes file applies, as the last daemon has seen it");
		const ended = performance.now();
		await within(ends(world), 'the end', SOON_MSEC);
		t.diagnostic(`ended in ${(performance.now() - ended).toFixed(0)} ms`);

		await within(world.startDaemon(), 'the second start', SOON_MSEC);
		await savesAreTaken(world, local);
		await fs.answer();
		await until('no problem', async () => (await world.bus.properties()).SettingsProblems.length === 0);
		await until('the settings', () => does(world, path.join(local, 'mine.css'), 'ignored'));
		const { PairingCode, Port } = await world.bus.properties();
		assert.equal(Port, world.port);
		assert.equal(PairingCode, code);
		const projects = await world.bus.projects();
		assert.ok(projects.some(({ Root, Tracked }) => Root === tracked && Tracked), 'it is tracked');
		const client = new Client(world);
		await client.hello();
		// The save that waited was not lost over two daemons that could not read it.
		await client.watch(1, 'http://local.test/');
		await client.next('reload', { mark: 0 }).catch(async error => {
			throw new Error(`${error.message}; ${JSON.stringify(await world.bus.events())}; the daemon said: ${await world.log('savecastd')}`);
		});
		await within(world.endDaemon(), 'the end');
	});

	test(`$${name} on a mount that stops answering delays neither saves, browsers, signals nor the end`, { skip }, async t => {
		const { world, fs, local } = await opened(t, name);
		const tracked = await world.folder('tracked', { 'b.css': '' });
		await world.startDaemon();
		await savesAreTaken(world, local);
		assert.ok(await does(world, path.join(local, 'everywhere.css'), 'ignored'), "the user's excludes file applies");
		const client = new Client(world);
		await client.hello();
		await fs.hang();
		await savesAreTaken(world, local);
		assert.ok(await does(world, path.join(local, 'everywhere.css'), 'ignored'), 'and still does');
		await hangUpReturns(world);
		// Its answer says that it is stored.
		const track = world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [tracked, {}] });
		const [cookie] = await within(world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [local, 'test', {}] }), 'a hold', SOON_MSEC);
		await writeFile(path.join(local, 'a.css'), 'a { order: 2 }');
		await within(reaches(world, await world.bus.saved(path.join(local, 'a.css')), 'held'), 'a held save', SOON_MSEC);
		await within(world.bus.call({ member: 'Release', signature: 'u', body: [cookie] }), 'a release', SOON_MSEC);
		await savesAreTaken(world, local);
		const another = new Client(world);
		await within(another.hello('another-profile'), 'a new browser', SOON_MSEC);
		await fs.answer();
		await within(track, 'the answer to Track');
		const projects = path.join(hasState ? fs.behind : `${world.env.XDG_STATE_HOME}`,
			name === 'HOME' ? '.local/state' : '', 'savecast/projects.json');
		assert.match(await readFile(projects, 'utf8'), /tracked/);
		assert.ok(await does(world, path.join(local, 'mine.css'), 'ignored'), 'the settings stay');
		if (name === 'HOME') {
			await writeFile(path.join(fs.behind, 'excludes'), 'other.css\n');
			await until('a change of the excludes file', () => does(world, path.join(local, 'other.css'), 'ignored'));
		}
		await fs.hang();
		await hangUpReturns(world);
		await within(ends(world), 'the end', SOON_MSEC);
		await fs.answer();
	});
}

test('$HOME that is mounted after the start: git\'s settings there are read as soon as they can be, and delay nothing', { skip }, async t => {
	const world = await World.open(t);
	const home = path.join(world.home, 'remote'), behind = path.join(world.temp, 'behind-remote');
	const local = await world.folder('local', { 'a.css': '' }, { git: true });
	await mkdir(home);
	await mkdir(behind);
	await writeFile(path.join(behind, '.gitconfig'), '[core]\n\texcludesFile = ~/excludes\n');
	await writeFile(path.join(behind, 'excludes'), 'everywhere.css\n');
	world.env.HOME = home;
	await mkdir(`${world.env.XDG_RUNTIME_DIR}`);
	await world.startDaemon();
	assert.ok(!await does(world, path.join(local, 'everywhere.css'), 'ignored'));
	const fs = await HangFs.mount(world, 'remote');
	await until('the excludes file to apply', () => does(world, path.join(local, 'everywhere.css'), 'ignored'));
	await fs.hang();
	await savesAreTaken(world, local);
	assert.ok(await does(world, path.join(local, 'everywhere.css'), 'ignored'), 'and still does');
	await writeFile(path.join(behind, 'excludes'), 'other.css\n');
	await fs.answer();
	await until('a change of the excludes file', () => does(world, path.join(local, 'other.css'), 'ignored'));
});

for (const [what, text] of Object.entries({
	'core.excludesFile': '[core]\n\texcludesFile = REMOTE/excludes\n',
	'include.path': '[include]\n\tpath = REMOTE/more\n',
})) {
	test(`the user's git configuration is local, but names a file on a mount that does not answer: ${what}`, { skip }, async t => {
		const world = await World.open(t);
		const fs = await HangFs.mount(world, 'remote');
		const local = await world.folder('local', { 'a.css': '' }, { git: true });
		await writeFile(path.join(world.home, '.gitconfig'), text.replace('REMOTE', fs.folder));
		await writeFile(path.join(fs.behind, 'more'), `[core]\n\texcludesFile = ${fs.folder}/excludes\n`);
		await writeFile(path.join(fs.behind, 'excludes'), 'everywhere.css\n');
		await mkdir(`${world.env.XDG_RUNTIME_DIR}`);
		await fs.hang();
		await world.startDaemon();
		await savesAreTaken(world, local);
		await fs.answer();
		await until('the excludes file to apply', () => does(world, path.join(local, 'everywhere.css'), 'ignored'));
		await fs.hang();
		await savesAreTaken(world, local);
		assert.ok(await does(world, path.join(local, 'everywhere.css'), 'ignored'), 'and still does');
		await fs.answer();
	});
}

test('while libgit2 waits for a mount, the user\'s git configuration begins to name a file there: as soon as it ends, all repositories are read', { skip }, async t => {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'remote');
	const local = await world.folder('local', { 'a.css': 'one' }, { git: true });
	const stuck = await world.folder('stuck', { 'a.css': '' }, { git: true });
	await world.git(local, 'add', '.');
	await world.git(local, 'commit', '--quiet', '-m', 'one');
	await world.git(local, 'branch', 'one');
	await world.git(local, 'checkout', '--quiet', '-b', 'other');
	await writeFile(path.join(local, 'a.css'), 'two');
	await world.git(local, 'commit', '--quiet', '-a', '-m', 'two');
	await rename(path.join(stuck, '.git/info/exclude'), path.join(fs.behind, 'exclude'));
	await symlink(path.join(fs.folder, 'exclude'), path.join(stuck, '.git/info/exclude'));
	await writeFile(path.join(fs.behind, 'excludes'), 'everywhere.css\n');
	await mkdir(`${world.env.XDG_RUNTIME_DIR}`);
	await fs.openNothing();
	await world.startDaemon();
	const saved = world.bus.saved(path.join(stuck, 'a.css'));
	await fs.waits('exclude');

	await writeFile(path.join(world.home, '.gitconfig'), `[core]\n\texcludesFile = ${fs.folder}/excludes\n`);
	await within(world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [local, {}] }), 'another project', SOON_MSEC);
	await savesAreTaken(world, local);
	await fs.answer();
	await reaches(world, await within(saved, 'the answer to the save that waited', SOON_MSEC), 'no-tab');
	// Only git commands: a save would have the repository read anyway.
	const branches = ['one', 'other'];
	await until('git commands of the other project to be noticed', async () => {
		await world.git(local, 'checkout', '--quiet', '--force', branches[0]);
		branches.reverse();
		return (await world.bus.events()).some((/** @type {any} */ { source, project }) => source === 'git' && project === local);
	}, { every: 100 });
	await until('the excludes file to apply', () => does(world, path.join(local, 'everywhere.css'), 'ignored'));
});
