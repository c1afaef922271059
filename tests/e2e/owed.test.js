// SPDX-License-Identifier: MIT
//
// Saves that the daemon has accepted and that wait when it is killed: the next daemon shows them.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until, within } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { back, Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

test('if the daemon is killed while it holds an acknowledged save, the next daemon shows it', async t => {
	const world = await World.open(t);
	const root = await world.folder('site', { 'a.css': '', '.savecast': '[savecast]\n\turl = http://site.test/\n' }, { git: true });
	const other = await world.folder('other', { 'a.css': '' }, { git: true });
	await world.startDaemon();
	await world.savecast('track', root);
	await world.trust(root);
	await back(world, 'http://site.test/');
	await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [root, 'a build', {}] });
	const held = await world.bus.saved(path.join(root, 'a.css'));
	await world.bus.saved(path.join(other, 'a.css')); // an event that does not wait
	await world.endDaemon('SIGKILL');

	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 7, url: 'http://site.test/' });
	const reload = await client.log.next('the reload', ({ type }) => type === 'reload', { mark: 0 });
	assert.deepEqual(reload.tabs, [7]);
	const told = (await world.bus.events()).find((/** @type {any} */ { serial }) => serial === reload.event);
	assert.equal(told.project, root);
	assert.equal(told.steps[0].text, `event ${held} waited when savecastd ended`);
	assert.deepEqual(told.files, [path.join(root, 'a.css')]);
	assert.equal((await world.bus.events()).length, 1, 'one event, and none for the other project');

	// Once it was shown, it is no longer in the file.
	await world.endDaemon('SIGKILL');
	assert.equal(await readFile(path.join(world.temp, 'state/savecast/waiting'), 'utf8'), '');
});

test('a save that is owed is in the log as soon as the next daemon is there, with its files, and then what became of it', async t => {
	const world = await World.open(t);
	const root = await world.folder('site', { 'a.css': '', 'b.css': '', 'c\nd.css': '' }, { git: true });
	const other = await world.folder('other', { 'a.css': '' }, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n\twatch = false\n` +
		`[savecast "${root}"]\n\turl = http://site.test/\n[savecast "${other}"]\n\turl = http://other.test/\n`);
	await world.startDaemon();
	for (const folder of [root, other]) {
		await world.savecast('track', folder);
		await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [folder, 'a build', {}] });
	}
	// One name, one that joins it, and more than the log keeps.
	const held = await world.bus.saved(path.join(root, 'a.css'));
	await world.bus.saved(path.join(root, 'b.css'), path.join(root, 'c\nd.css'));
	const many = Array.from({ length: 20 }, (_, i) => path.join(other, `${i}.css`));
	await world.bus.saved(...many);
	await world.endDaemon('SIGKILL');
	await world.startDaemon();

	// No browser has connected.
	const of = async (/** @type {string} */ folder) => {
		const events = (await world.bus.events()).filter((/** @type {any} */ { project }) => project === folder);
		assert.equal(events.length, 1, 'one event');
		return events[0];
	};
	const told = await of(root);
	assert.deepEqual(told.files, ['a.css', 'b.css', 'c\nd.css'].map(name => path.join(root, name)));
	assert.deepEqual(told.steps.map((/** @type {any} */ { step }) => step), ['heard', 'waiting']);
	assert.equal(told.steps[0].text, `event ${held} waited when savecastd ended`);
	assert.match(told.steps[1].text, /^for a browser that shows the project, at most 30 s$/);
	const { files, 'file-count': count } = await of(other);
	assert.deepEqual([files, Number(count)], [many.slice(0, 16), 20]);
	assert.match((await world.savecast('log')).stdout, /#\d+ .* site {2}reload {2}a\.css and 2 more\n[^#]*\bheard .*event \d+ waited when savecastd ended\n[^#]*\bwaiting .*for a browser/);
	assert.match((await world.savecast('status')).stdout, /#\d+ .* site {2}reload {2}a\.css and 2 more {2}waiting /);

	// What becomes of it is a part of the same event.
	const client = await back(world, 'http://site.test/');
	const reload = await client.next('reload', { mark: 0 });
	assert.equal(reload.event, told.serial);
	assert.deepEqual((await of(root)).steps.map((/** @type {any} */ { step }) => step), ['heard', 'waiting', 'cast']);

	// Or the project is no longer one.
	await world.bus.call({ member: 'Untrack', signature: 's', body: [other] });
	assert.equal((await of(other)).steps.at(-1).step, 'no-project');
	await until('nothing to be left for the next daemon', async () =>
		await readFile(path.join(world.temp, 'state/savecast/waiting'), 'utf8') === '');
});

test('a burst of saves that the daemon accepted before it was killed is shown by the next daemon', async t => {
	const world = await World.open(t);
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n\twatch = false\n[savecast "${root}"]\n\turl = http://site.test\n`);
	await world.startDaemon();
	await world.savecast('track', root);
	const file = path.join(root, 'a.css');
	// For some milliseconds, the daemon combines the second save with those that follow. On a
	// busy machine it may send that event before it is killed: then it has shown the save
	// itself.
	let waited = 0;
	for (let i = 0; !waited; i++) {
		const client = await back(world, 'http://site.test/');
		await writeFile(file, `a { order: ${i} }`);
		await world.bus.saved(file);
		await writeFile(file, `b { order: ${i} }`);
		const event = await world.bus.saved(file);
		await world.endDaemon('SIGKILL');
		await client.closed;
		waited = client.log.all.some(({ event: message }) => message.type === 'reload' && message.event === event) ? 0 : event;
		await world.startDaemon();
	}
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 7, url: 'http://site.test/' });
	await client.log.next('the reload', ({ type }) => type === 'reload', { mark: 0 });
	const told = (await world.bus.events()).find((/** @type {any} */ { project }) => project === root);
	assert.equal(told.steps[0].text, `event ${waited} waited when savecastd ended`);
});

test('a save that waits survives a second kill, before a browser has connected, and reaches each browser that shows it', async t => {
	const world = await World.open(t);
	const sites = [];
	for (const name of ['one', 'two']) {
		sites.push(await world.folder(name, { 'a.css': '' }, { git: true }));
	}
	const [one, two] = sites;
	await world.configure(`[savecast]\n\tport = ${world.port}\n\twatch = false\n` +
		`[savecast "${one}"]\n\turl = http://one.test/\n[savecast "${two}"]\n\turl = http://two.test/\n`);
	await world.startDaemon();
	for (const root of sites) {
		await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [root, 'a build', {}] });
		await world.bus.saved(path.join(root, 'a.css'));
	}
	for (let i = 0; i < 3; i++) {
		await world.endDaemon('SIGKILL');
		await world.startDaemon();
	}
	for (const url of ['http://one.test/', 'http://two.test/']) {
		const client = await back(world, url);
		await client.next('reload', { mark: 0 });
	}
	await until('nothing to be left for the next daemon', async () =>
		await readFile(path.join(world.temp, 'state/savecast/waiting'), 'utf8') === '');
});

test('a browser that comes back later than the others is shown the save that waited, too, and they once', async t => {
	const world = await World.open(t);
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n\twatch = false\n[savecast "${root}"]\n\turl = http://site.test/\n`);
	await world.startDaemon();
	await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [root, 'a build', {}] });
	await world.bus.saved(path.join(root, 'a.css'));
	await world.endDaemon('SIGKILL');
	await world.startDaemon();
	const clients = [];
	for (const profile of ['first-profile', 'second-profile', 'third-profile']) {
		const client = new Client(world);
		await client.hello(profile);
		await client.watch(1, 'http://site.test/');
		await client.next('reload', { mark: 0 });
		clients.push(client);
	}
	// A save that all of them get: the reloads before it have arrived.
	const marks = clients.map(client => client.log.mark);
	await writeFile(path.join(root, 'a.css'), 'a { order: 9 }');
	await world.bus.saved(path.join(root, 'a.css'));
	await Promise.all(clients.map((client, i) => client.next('reload', { mark: marks[i] })));
	const reloads = clients.map(client => client.log.all.filter(({ event: { type } }) => type === 'reload').length);
	assert.deepEqual(reloads, [2, 2, 2]);
});

test('a damaged line about a save that waits is reported, and the others are read', async t => {
	const world = await World.open(t);
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	const other = await world.folder('other', { 'a.css': '' }, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n\twatch = false\n[savecast "${root}"]\n\turl = http://site.test/\n`);
	await world.startDaemon();
	for (const folder of [other, root]) {
		await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [folder, 'a build', {}] });
		await world.bus.saved(path.join(folder, 'a.css'));
	}
	await world.endDaemon('SIGKILL');
	const name = path.join(world.temp, 'state/savecast/waiting');
	const text = await readFile(name, 'utf8');
	assert.match(text, /^(\d+ [0-9a-f]{16} \/.*\/(other|site)\n\+1 [0-9a-f]{16} \/.*\/a.css\n){2}$/);
	await writeFile(name, text.replace('/other\n', '/othes\n'));
	await world.startDaemon();
	const client = await back(world, 'http://site.test/');
	await client.next('reload', { mark: 0 });
	assert.equal((await world.log('savecastd')).match(/waiting: a line is damaged/g)?.length, 1);
	assert.deepEqual((await world.bus.events()).map((/** @type {any} */ { files }) => files), [[path.join(root, 'a.css')]]);

	// Only the name of a file.
	await world.endDaemon('SIGKILL');
	await writeFile(name, text.replace('/site/a.css', '/site/b.css'));
	await world.startDaemon();
	await (await back(world, 'http://site.test/')).next('reload', { mark: 0 });
	assert.match(await world.log('savecastd'), /waiting: a line is damaged: the log of a save .* lacks the name of a file/);

	// An earlier version wrote no checksum.
	await world.endDaemon('SIGKILL');
	await writeFile(name, `7 ${root}\n`);
	await world.startDaemon();
	await (await back(world, 'http://site.test/')).next('reload', { mark: 0 });
	assert.equal((await world.log('savecastd')).match(/waiting: a line is damaged/g)?.length, 2);
});

test('a save that waits for a mount survives a kill, also if its project is not tracked', { skip: noFuse() }, async t => {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'remote');
	await mkdir(path.join(fs.behind, 'site'));
	await writeFile(path.join(fs.behind, 'site/a.css'), 'a {}');
	await world.git(path.join(fs.behind, 'site'), 'init', '--quiet');
	await world.startDaemon();
	await fs.hang();
	assert.ok(await within(world.bus.saved(path.join(fs.folder, 'site/a.css')), 'the answer to a save that waits'));
	for (let i = 0; i < 2; i++) {
		world.daemon?.process.kill('SIGKILL');
		await until('the name to be free', async () => !await world.bus.daemonRuns());
		await world.startDaemon();
	}
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: `file://${fs.folder}/site/index.html` });
	await client.next('tab', { mark: 0 });
	assert.ok(!client.log.all.some(({ event }) => event.type === 'reload'), 'its files cannot be read yet');
	const [waits] = await world.bus.events();
	assert.deepEqual(waits.files, [path.join(fs.folder, 'site/a.css')]);
	assert.deepEqual(waits.steps.map((/** @type {any} */ { step }) => step), ['heard', 'held']);
	assert.match(waits.steps[1].text, /a\.css: its mount does not answer$/);
	await fs.answer();
	const reload = await client.next('reload', { mark: 0 });
	const [before, told] = await world.bus.events();
	assert.equal(before.steps.at(-1).text, `as event ${told.serial}`);
	assert.equal(told.serial, reload.event);
	assert.deepEqual([told.project, told.files], [path.join(fs.folder, 'site'), waits.files]);
});

test('if the state is on a mount that does not answer, saves that wait delay nothing, and are stored later', { skip: noFuse() }, async t => {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'state');
	world.env.XDG_STATE_HOME = fs.folder;
	const root = await world.folder('local', { 'a.css': '' }, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n\twatch = false\n[savecast "${root}"]\n\turl = http://local.test/\n`);
	await world.startDaemon();
	await world.bus.saved(path.join(root, 'a.css'));
	await fs.hang();
	await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [root, 'test', {}] });
	await writeFile(path.join(root, 'a.css'), 'a {}');
	assert.ok(await within(world.bus.saved(path.join(root, 'a.css')), 'the answer to a save that waits'));
	assert.ok(await within(world.bus.events(), 'another call'));
	await fs.answer();
	await until('the save on disk', async () => /local/.test(await readFile(path.join(fs.behind, 'savecast/waiting'), 'utf8').catch(() => '')));
	await world.endDaemon('SIGKILL');
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: 'http://local.test/' });
	await client.next('reload', { mark: 0 });
});
