// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { World } from '../lib/world.js';
import { Client } from '../lib/wire-client.js';

test('a url rule takes precedence, and changes with the settings', async t => {
	const world = await World.open(t, { why: true });
	const shop = await world.folder('shop', { 'a.css': '', 'a.html': '' });
	const admin = await world.folder('admin', { '.savecast': '[savecast]\n\turl = http://shop.test/admin/*\n' });
	const late = await world.folder('late', {}, { git: true });
	const users = `[savecast]\n\tport = ${world.port}\n`;
	await world.configure(`${users}[savecast "${shop}"]\n\turl = http://shop.test\n\turl = *://localhost:${world.port}\n`);
	await world.startDaemon();
	await world.savecast('track', admin);
	await world.trust(admin);
	await world.bus.saved(path.join(late, 'x')); // makes the project known
	const client = new Client(world);
	await client.hello();
	const watch = (/** @type {number} */ tab, /** @type {string} */ url) =>
		client.told(tab, 'live', () => client.send({ type: 'watch', tab, url }));

	let said = await watch(1, 'http://shop.test/cart?item=1');
	assert.deepEqual([said.project, said.reason], ['shop', 'savecast.url: http://shop.test']);
	said = await watch(2, 'http://shop.test/admin/users');
	assert.deepEqual([said.project, said.reason], ['admin', 'savecast.url: http://shop.test/admin/*']);
	said = await watch(3, `http://localhost:${world.port}/`);
	assert.equal(said.reason, `savecast.url: *://localhost:${world.port}`, 'before the server that listens there');
	said = await watch(4, `file://${shop}/a.html`);
	assert.equal(said.project, 'shop');
	await client.told(5, 'none', () => client.send({ type: 'watch', tab: 5, url: 'http://late.test/' }));

	const mark = client.log.mark;
	const serial = await world.bus.saved(path.join(shop, 'a.css'));
	// One message for each server.
	const reloaded = new Set();
	while (reloaded.size < 3) {
		const { event, tabs } = await client.log.next('a reload', ({ type, tabs }) =>
			type === 'reload' && !reloaded.has(tabs[0]), { mark });
		assert.equal(event, serial);
		tabs.forEach((/** @type {number} */ tab) => reloaded.add(tab));
	}
	assert.deepEqual([...reloaded].sort(), [1, 3, 4], 'only those of the shop');

	said = await client.told(5, 'live', async () => {
		await writeFile(path.join(late, '.savecast'), '[savecast]\n\turl = http://late.test\n');
		await world.trust(late);
	});
	assert.equal(said.project, 'late');
	said = await client.told(2, 'live', async () => {
		await rm(path.join(admin, '.savecast'));
	});
	assert.equal(said.project, 'shop', 'the wider rule is left');
	// As soon as a new project is known, an open tab that its rule matches moves to it.
	const beta = await world.folder('beta', { '.savecast': '[savecast]\n\turl = http://shop.test/beta/*\n' }, { git: true });
	said = await watch(6, 'http://shop.test/beta/');
	assert.equal(said.project, 'shop');
	said = await client.told(6, 'live', () => world.trust(beta));
	assert.equal(said.project, 'beta');
	await client.told(1, 'none', () => world.configure(users));
});

test('check uses the project of the URL, not of another tab of the same host', async t => {
	const world = await World.open(t, { why: true });
	const shop = await world.folder('shop', { 'a.html': '' });
	const admin = await world.folder('admin', { 'a.html': '' });
	await world.configure(`[savecast]\n\tport = ${world.port}\n[savecast "${shop}"]\n\turl = http://shop.test\n[savecast "${admin}"]\n\turl = http://shop.test/admin/*\n`);
	await world.startDaemon();
	await world.savecast('track', shop);
	await world.savecast('track', admin);
	const client = new Client(world);
	await client.hello();
	await client.told(1, 'live', () => client.send({ type: 'watch', tab: 1, url: 'http://shop.test/' }));
	for (const [url, root] of [['http://shop.test/', shop], ['http://shop.test/admin/', admin]]) {
		assert.equal(JSON.parse((await world.savecast('check', '--json', url)).stdout).root, root);
	}
});

test('check of a URL without a server says so, after it has looked for the server', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const { port } = await world.serve('static', await world.folder('bare', {}), port => ['python3', '-m', 'http.server', String(port)]);
	const { status, stderr } = await world.savecast('check', `http://localhost:${port}/`);
	assert.equal(status, 1);
	assert.match(stderr, new RegExp(`: port ${port} is served by python3 .*it is in no tracked project`));
	for (const url of ['chrome://version', 'ftp://localhost/', 'http://localhost:99999/']) {
		const { stderr: said } = await world.savecast('check', url);
		assert.equal(said.split(url).length, 2, `named once: ${said}`);
	}
	assert.match((await world.savecast('check', 'http://localhost:1/')).stderr, /: nothing listens on port 1 of localhost: start the server\n$/);
});
