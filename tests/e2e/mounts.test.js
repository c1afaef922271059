// SPDX-License-Identifier: MIT
//
// A file system that does not answer, as over a broken network: only its own saves wait.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until, within } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { reaches, words } from '../lib/live.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

const skip = noFuse();

/** @param {World} world @returns {Promise<HangFs>} with a project in it */
async function mounted(world) {
	const fs = await HangFs.mount(world, 'remote');
	const site = path.join(fs.behind, 'site');
	await mkdir(site);
	await writeFile(path.join(site, 'a.css'), 'a {}');
	await world.git(site, 'init', '--quiet');
	return fs;
}

/** Saves in other projects, new browsers and connected ones are served. @param {World} world @param {Client} client */
async function othersAreServed(world, client) {
	const file = path.join(world.home, 'local/a.css');
	for (let i = 0; i < 20; i++) {
		await writeFile(file, `a { order: ${Math.random()} }`);
		await within(world.bus.saved(file), 'a local save');
	}
	client.socket.ping();
	await within(once(client.socket, 'pong'), 'a pong');
	const another = new Client(world);
	await within(another.hello(`profile-${Math.random().toString().slice(2)}`), 'a new browser');
	another.socket.close();
}

test('a mount that does not answer: its saves wait and the log says so, others are served', { skip }, async t => {
	const world = await World.open(t);
	const fs = await mounted(world);
	await world.folder('local', { 'a.css': '' }, { git: true });
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	const file = path.join(fs.folder, 'site/a.css');

	// While it answers, it is a folder like others.
	await reaches(world, await world.bus.saved(file), 'no-tab');
	const same = await reaches(world, await world.bus.saved(file), 'unchanged');
	assert.equal(same.project, path.dirname(file));
	await writeFile(path.join(fs.behind, 'site/a.css'), 'b {}');

	await fs.hang();
	const waits = await within(world.bus.saved(file), 'the answer to a save that waits');
	const { steps, closed } = await reaches(world, waits, 'held');
	assert.equal(closed, false);
	assert.equal(steps.at(-1).text, `${fs.folder} does not answer: its saves wait`);
	// Other calls about files there wait, too, and delay nothing else.
	const asks = [
		world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [path.dirname(file), {}] }),
		world.bus.call({ member: 'Reload', signature: 'sa{sv}', body: [path.dirname(file), {}] }),
		world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [path.dirname(file), 'test', {}] }),
		world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: [file, {}] }),
		world.bus.call({ member: 'Check', signature: 'sa{sv}', body: [file, {}] }),
		world.bus.saved(path.join(fs.folder, 'site/none.css')),
	];
	client.send({ type: 'watch', tab: 1, url: `file://${fs.folder}/site/index.html` });
	client.send({ type: 'watch', tab: 2, url: `file://${fs.folder}/elsewhere/index.html` });
	await othersAreServed(world, client);
	await until('status to say so', async () =>
		/does not answer: its saves wait/.test((await world.savecast('status')).stdout));

	await fs.answer();
	const done = await reaches(world, waits, 'left');
	assert.equal(done.closed, true);
	const event = Number(/as event (\d+)/.exec(done.steps.at(-1).text)?.[1]);
	const [cookie] = /** @type {any} */ ((await within(Promise.all(asks), 'the calls that waited'))[2]);
	// The hold may have come before the save was read.
	await world.bus.call({ member: 'Release', signature: 'u', body: [cookie] });
	const story = await reaches(world, event, 'cast');
	assert.equal(story.project, path.dirname(file));
	await until('the problem to be gone', async () => !/does not answer/.test((await world.savecast('status')).stdout));
	await othersAreServed(world, client);
});

test('a link into a mount that does not answer is recognized', { skip }, async t => {
	const world = await World.open(t);
	const fs = await mounted(world);
	const local = await world.folder('local', { 'a.css': '' }, { git: true });
	await symlink('../remote', path.join(local, 'link'));
	await symlink(path.join(local, 'link/site/a.css'), path.join(local, 'b.css'));
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	await fs.hang();
	for (const name of ['link/site/a.css', 'b.css', 'link/none', 'link']) {
		const event = await within(world.bus.saved(path.join(local, name)), name);
		assert.match((await reaches(world, event, 'held')).steps.at(-1).text, /does not answer/);
	}
	await othersAreServed(world, client);
	await fs.answer();
});

test('a daemon that starts while a mount does not answer knows its projects, and serves the others', { skip }, async t => {
	const world = await World.open(t);
	const fs = await mounted(world);
	const root = path.join(fs.folder, 'site');
	await world.folder('local', { 'a.css': '' }, { git: true });
	await writeFile(path.join(fs.behind, 'site/.savecast'), '[savecast]\n\tignore = a.css\n');
	await world.startDaemon();
	assert.equal((await world.savecast('track', root)).status, 0);
	await world.endDaemon('SIGKILL');
	await fs.hang();
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	await othersAreServed(world, client);
	assert.match((await world.savecast('status')).stdout, /remote\/site/);
	const waits = await within(world.bus.saved(path.join(root, 'a.css')), 'the answer to a save that waits');
	assert.ok(waits);
	// A daemon that is killed meanwhile leaves nothing behind that keeps the next one from
	// starting.
	world.daemon?.process.kill('SIGKILL');
	await until('the name to be free', async () => !await world.bus.daemonRuns());
	await world.startDaemon();
	const next = new Client(world);
	await next.hello();
	await othersAreServed(world, next);
	await fs.answer();
	// Its settings apply once they can be read.
	await until('the settings', async () => {
		const event = await world.bus.saved(path.join(root, 'a.css'));
		return words((await world.bus.events()).find((/** @type {any} */ { serial }) => serial === event)).includes('ignored');
	});
});

test('however many saves wait for a mount, those of other projects survive a kill', { skip }, async t => {
	const world = await World.open(t);
	const fs = await mounted(world);
	const local = await world.folder('local', { 'a.css': '' }, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n\twatch = false\n[savecast "${local}"]\n\turl = http://local.test/\n`);
	await world.startDaemon();
	await fs.hang();
	// More than the daemon stores for the next one; it refuses those beyond its own limit.
	await Promise.allSettled(Array.from({ length: 100 }, () => world.bus.saved(path.join(fs.folder, 'site/a.css'))));
	await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [local, 'test', {}] });
	await writeFile(path.join(local, 'a.css'), 'a {}');
	assert.ok(await world.bus.saved(path.join(local, 'a.css')));
	world.daemon?.process.kill('SIGKILL');
	await until('the name to be free', async () => !await world.bus.daemonRuns());
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: 'http://local.test/' });
	await client.next('reload', { mark: 0 });
	await fs.answer();
});

test('a workspace with a member on a mount that does not answer delays no save', { skip }, async t => {
	const world = await World.open(t);
	const fs = await mounted(world);
	const local = await world.folder('local', {
		'a.css': '', 'package.json': '{"workspaces":["apps/*"]}',
		'apps/web/package.json': '{"name":"web","dependencies":{"far":"file:../far"}}', 'apps/web/index.html': '',
		'apps/admin/package.json': '{"name":"admin"}', 'apps/admin/a.css': '',
	}, { git: true });
	await symlink('../../remote/site', path.join(local, 'apps/far'));
	await world.startDaemon();
	const web = await world.serve('web', path.join(local, 'apps/web'), port => ['python3', '-m', 'http.server', String(port)]);
	const client = new Client(world);
	await client.hello();
	await client.watch(1, web.url);
	await fs.hang();
	await within(world.bus.saved(path.join(local, 'apps/admin/a.css')), 'a save in another part');
	await othersAreServed(world, client);
	await fs.answer();
});

test('a mount in a project, which does not answer, delays neither the project nor others', { skip }, async t => {
	const world = await World.open(t, { watch: true });
	const output = '[savecast]\n\toutput = remote/dist/**\n\toutput = remote\n';
	const roots = await Promise.all(['plain', 'builds'].map(name =>
		world.folder(name, { 'a.css': '', ...(name === 'builds' ? { '.savecast': output } : {}) }, { git: true })));
	const mounts = [];
	for (const root of roots) {
		const fs = await HangFs.mount(world, path.join(path.basename(root), 'remote'));
		await mkdir(path.join(fs.behind, 'dist'));
		await fs.hang();
		mounts.push(fs);
	}
	const other = await world.folder('local', { 'a.css': '' }, { git: true });
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	for (const [i, root] of [...roots, other].entries()) {
		const { url } = await world.serve(`web${i}`, root, port => ['python3', '-m', 'http.server', String(port)]);
		await within(client.watch(i, url), `the tab of ${root}`);
	}
	for (const [i, root] of [...roots, other].entries()) {
		const { mark } = client.log;
		await until('it to be watched', async () => /on disk/.test((await world.savecast('why', path.join(root, 'a.css'))).stdout));
		await writeFile(path.join(root, 'a.css'), 'a {}');
		await client.log.next(`a reload of ${root}`, ({ type, tabs }) => type === 'reload' && tabs[0] === i, { mark });
	}
	await othersAreServed(world, client);
	const problem = async () => (await world.savecast('status', '--all')).stdout.replace(/\s+/g, ' ');
	assert.match(await problem(), /plain\/remote: is on a network or FUSE file system, which is not watched/);
	assert.match(await problem(), /builds\/remote: does not answer: its outputs wait/);

	// When it answers, its outputs are watched, in new folders as well.
	await mounts[1].answer();
	await until('the problem to be gone', async () => !/its outputs wait/.test(await problem()));
	for (const name of ['b.css', 'deep/c.css', 'deep/c.css']) {
		const { mark } = client.log;
		const file = path.join(mounts[1].folder, 'dist', name);
		await mkdir(path.dirname(file), { recursive: true });
		await writeFile(file, `a { order: ${Math.random()} }`);
		await client.log.next(`a reload for ${name}`, ({ type, tabs }) => type === 'reload' && tabs[0] === 1, { mark });
	}
	await mounts[0].answer();
});

test('outputs of a project on a mount that answers are noticed', { skip }, async t => {
	const world = await World.open(t);
	const fs = await mounted(world);
	const site = path.join(fs.folder, 'site');
	await writeFile(path.join(fs.behind, 'site/.savecast'), '[savecast]\n\toutput = dist/**\n');
	await world.startDaemon();
	const { url } = await world.serve('web', site, port => ['python3', '-m', 'http.server', String(port)]);
	const client = new Client(world);
	await client.hello();
	await client.watch(1, url);
	const write = async (/** @type {string} */ name) => {
		const file = path.join(site, 'dist', name);
		await mkdir(path.dirname(file), { recursive: true });
		await writeFile(file, `a { order: ${Math.random()} }`);
	};
	await until('the outputs to be watched', async () => {
		await write('a.css');
		return client.log.all.some(({ event: { type } }) => type === 'reload');
	}, { every: 200 });
	for (const name of ['a.css', 'new/b.css', 'new/b.css']) {
		const { mark } = client.log;
		await write(name);
		await client.log.next(`a reload for ${name}`, ({ type }) => type === 'reload', { mark });
	}
});

test('outputs behind a link into a mount that stops answering while they are looked at are noticed, in deep folders as well', { skip }, async t => {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'remote');
	await mkdir(path.join(fs.behind, 'x/deep'), { recursive: true });
	await writeFile(path.join(fs.behind, 'x/old.css'), '');
	const root = await world.folder('site', { '.savecast': '[savecast]\n\toutput = all/x/**\n' });
	await symlink(fs.folder, path.join(root, 'all'));
	await world.startDaemon();
	await world.trust(root);
	const { url } = await world.serve('web', root, port => ['python3', '-m', 'http.server', String(port)]);
	await world.endDaemon();
	// Its folders can be watched, but not read.
	await fs.listNothing();
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	await client.watch(1, url);
	await until('the problem', async () => (await world.bus.projects()).some(({ Problem }) => /does not answer: its outputs wait/.test(Problem)));
	// It was written before the daemon could see it.
	await writeFile(path.join(fs.behind, 'x/deep/new.css'), 'a {}');
	await fs.answer();
	const { changes } = await client.next('reload', { mark: 0 });
	assert.deepEqual(changes.map((/** @type {any} */ { path: name }) => name), ['all/x/deep/new.css']);
	for (const name of ['x/deep/new.css', 'x/b.css', 'x/old.css']) {
		const { mark } = client.log;
		await writeFile(path.join(fs.folder, name), `a { order: ${Math.random()} }`);
		await client.next('reload', { mark });
	}
});

test('a page that names a file behind a link into a mount that does not answer delays no other project', { skip }, async t => {
	const world = await World.open(t);
	const fs = await mounted(world);
	const local = await world.folder('local', { 'a.css': '', 'app.js': '' }, { git: true });
	await symlink('../remote/site', path.join(local, 'far'));
	await world.startDaemon();
	const { url } = await world.serve('web', local, port => ['python3', '-m', 'http.server', String(port)]);
	const client = new Client(world);
	await client.hello();
	await client.watch(1, url);
	await fs.hang();
	const problem = (/** @type {string} */ file) => ({ kind: 'error', message: 'x', file: `${url}${file}`, line: 1, column: 1 });
	client.send({ type: 'problems', tab: 1, event: 0, list: [problem('far/b.css'), problem('app.js')] });
	await until('the problems', async () => JSON.parse((await world.savecast('check', '--json', local)).stdout).problems.length === 2);
	const { problems } = JSON.parse((await world.savecast('check', '--json', local)).stdout);
	assert.deepEqual(problems.map((/** @type {any} */ one) => one.file), [undefined, path.join(local, 'app.js')]);
	await othersAreServed(world, client);
	await fs.answer();
});

test('a mount that opens no file delays no other project, and its files are read later', { skip }, async t => {
	const world = await World.open(t);
	const fs = await mounted(world);
	const site = path.join(fs.folder, 'site');
	const files = ['a.css', 'b.css'].map(name => path.join(site, name));
	await world.folder('local', { 'a.css': '' }, { git: true });
	await writeFile(path.join(fs.behind, 'site/b.css'), '');
	await writeFile(path.join(fs.behind, 'site/.savecast'), '[savecast]\n\tignore = a.css\n');
	await world.configure(`[savecast]\n\tport = ${world.port}\n[savecast "${site}"]\n\tignore = b.css\n`);
	// The daemon is told that the mount answers, and asks more of it at once.
	await fs.openNothing();
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	await othersAreServed(world, client);
	await until('the project', async () => /remote\/site/.test((await world.savecast('status', '--all')).stdout));
	const asks = ['Track', 'Reload', 'Explain', 'Check'].map(member =>
		world.bus.call({ member, signature: 'sa{sv}', body: [site, {}] }));
	await othersAreServed(world, client);
	await fs.answer();
	await within(Promise.all(asks), 'the calls that waited');
	await until('the settings of both files', async () => {
		const events = await Promise.all(files.map(file => world.bus.saved(file)));
		const all = await world.bus.events();
		return events.every(event => words(all.find((/** @type {any} */ { serial }) => serial === event)).includes('ignored'));
	});
});

test('a file system that is mounted while the daemon runs is recognized', { skip }, async t => {
	const world = await World.open(t);
	await world.folder('local', { 'a.css': '' }, { git: true });
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	const fs = await mounted(world);
	await othersAreServed(world, client);
	await fs.hang();
	const asks = world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [path.join(fs.folder, 'site'), {}] });
	await othersAreServed(world, client);
	await fs.answer();
	await within(asks, 'the answer');
});
