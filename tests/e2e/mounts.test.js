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
		await within(world.bus.saved(file), 'a local save', 20000);
	}
	client.socket.ping();
	await within(once(client.socket, 'pong'), 'a pong', 20000);
	const another = new Client(world);
	await within(another.hello(`profile-${Math.random().toString().slice(2)}`), 'a new browser', 20000);
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
	const waits = await within(world.bus.saved(file), 'the answer to a save that waits', 10000);
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
	await until('the problem to be over', async () => !/does not answer/.test((await world.savecast('status')).stdout));
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
		const event = await within(world.bus.saved(path.join(local, name)), name, 10000);
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
	const waits = await within(world.bus.saved(path.join(root, 'a.css')), 'the answer to a save that waits', 10000);
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
	await within(world.bus.saved(path.join(local, 'apps/admin/a.css')), 'a save in another part', 10000);
	await othersAreServed(world, client);
	await fs.answer();
});
