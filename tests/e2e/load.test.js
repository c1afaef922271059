// SPDX-License-Identifier: MIT
//
// Ten thousand tabs, a tab that changes its URL all the time, and strange URLs: all are answered,
// within limits, and a save in another project does not wait for them.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { answers, freePort } from '../lib/ports.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SANITIZED, SAVECAST, World } from '../lib/world.js';

const TABS_OF_ONE = 1000;
const SAVES = LONG ? 100 : 20;
const CHANGES = LONG ? 10000 : 500;

const memory = async (/** @type {number} */ pid) =>
	Number((await readFile(`/proc/${pid}/status`, 'utf8')).match(/VmRSS:\s+(\d+)/)?.[1]);

/** @param {import('node:test').TestContext} t */
async function open(t) {
	const world = await World.open(t);
	const daemon = await world.startDaemon();
	const shop = await world.folder('shop', { 'a.css': '' }, { git: true });
	const port = await freePort();
	const server = world.children.start('server', ['/usr/bin/python3', '-m', 'http.server', '-b', '127.0.0.1', String(port)],
		{ cwd: shop, env: world.env });
	await whileAlive(server, until('the server', () => answers('127.0.0.1', port)));
	const other = await world.folder('other', { 'a.css': '' }, { git: true });
	const watcher = new Client(world);
	await watcher.hello('who-waits-for-saves');
	await watcher.watch(1, `file://${other}/a.html`);
	let n = 0;
	/** @returns {Promise<number>} ms from a save to the reload message */
	const save = async () => {
		const { mark } = watcher.log;
		await writeFile(path.join(other, 'a.css'), `/* ${++n} */`);
		const began = performance.now();
		await world.bus.saved(path.join(other, 'a.css'));
		await watcher.next('reload', { mark });
		return performance.now() - began;
	};
	/** Saves until the work is done; reports the times. @param {Promise<unknown>} work */
	const meanwhile = async work => {
		let done = false;
		/** @type {number[]} */
		const took = [];
		const end = work.finally(() => { done = true; });
		while (!done || took.length < SAVES) {
			took.push(await save());
		}
		await end;
		took.sort((a, b) => a - b);
		const [median, worst] = [took[took.length >> 1], took[took.length - 1]];
		t.diagnostic(`${took.length} saves: median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`);
		return { median, worst };
	};
	/** What a save may take under load: 50 times what it takes now. A save that waited for all others would take longer. */
	const { median: calm } = await meanwhile(Promise.resolve());
	const late = 50 * calm + 50;
	return { world, pid: daemon.process.pid ?? 0, shop, port, save, meanwhile, late };
}

test('10,000 tabs are watched, and a save reloads those of its project', async t => {
	const { world, pid, port, shop, meanwhile, late } = await open(t);
	const before = await memory(pid);
	const clients = await Promise.all(Array.from({ length: 10 }, async (_, i) => {
		const client = new Client(world);
		await client.hello(`browser-number-${i}`);
		return client;
	}));
	const began = performance.now();
	const { median } = await meanwhile(Promise.all(clients.map(async client => {
		const { mark } = client.log;
		for (let tab = 0; tab < TABS_OF_ONE; tab++) {
			client.send({ type: 'watch', tab, url: `http://127.0.0.1:${port}/page/${tab}` });
		}
		await client.log.next('the last tab', ({ type, tab, state }) =>
			type === 'tab' && tab === TABS_OF_ONE - 1 && state === 'live', { mark });
	})));
	t.diagnostic(`10,000 tabs were answered in ${(performance.now() - began).toFixed(0)} ms`);
	assert.ok(median < late, `a save took ${median} ms`);
	const marks = clients.map(client => client.log.mark);
	await writeFile(path.join(shop, 'a.css'), '/* new */');
	const saved = performance.now();
	await world.bus.saved(path.join(shop, 'a.css'));
	const orders = await Promise.all(clients.map((client, i) => client.next('reload', { mark: marks[i] })));
	t.diagnostic(`all were notified of a save in ${(performance.now() - saved).toFixed(0)} ms`);
	assert.deepEqual(orders.map(({ tabs }) => tabs.length), clients.map(() => TABS_OF_ONE));
	const grown = await memory(pid) - before;
	t.diagnostic(`${grown} KiB more`);
	assert.ok(SANITIZED || grown < 32 * 1024, `${grown} KiB for 10,000 tabs`);
});

test('a tab that changes its URL all the time delays no other', async t => {
	const { world, pid, port, shop, meanwhile, late } = await open(t);
	const client = new Client(world);
	await client.hello();
	const urls = [
		(/** @type {number} */ n) => `http://127.0.0.1:${port}/${n}`,
		(/** @type {number} */ n) => `file://${shop}/${n}/deep/down/x.html`,
		(/** @type {number} */ n) => `http://127.0.0.1:${1024 + n}/`, // another server each
		(/** @type {number} */ n) => `http://name-${n}.test/`,
		(/** @type {number} */ n) => `http://127.0.0.${1 + n % 200}:${world.port}/`,
	];
	for (const url of urls) {
		const before = await memory(pid);
		const { median } = await meanwhile((async () => {
			for (let n = 0; n < CHANGES; n += 10) {
				for (let k = 0; k < 10; k++) {
					client.send({ type: 'watch', tab: 7, url: url(n + k) });
				}
				await new Promise(resolve => setTimeout(resolve, 10)); // 1,000 a second
			}
		})());
		assert.ok(median < late, `${url(0)}: a save took ${median} ms`);
		// The latest URL is the tab's.
		const { state } = await client.watch(7, `file://${shop}/index.html`);
		assert.equal(state, 'live');
		assert.ok(SANITIZED || await memory(pid) - before < 8 * 1024, `${url(0)}: ${before} KiB -> ${await memory(pid)} KiB`);
	}
});

test('more servers than the limit, and strange URLs', async t => {
	const { world, port, save } = await open(t);
	const client = new Client(world);
	await client.hello();
	for (let n = 0; n < 256; n++) {
		client.send({ type: 'watch', tab: n, url: `http://127.0.0.1:${2000 + n}/` });
	}
	assert.equal((await client.watch(256, `http://127.0.0.1:${port}/`)).reason,
		'256 other servers are shown already: switch off tabs that you do not need');
	client.send({ type: 'unwatch', tab: 0 });
	assert.equal((await client.watch(256, `http://127.0.0.1:${port}/`)).project, 'shop');

	/** @type {[string, RegExp][]} */
	const rows = [
		[`http://user:pass%40@127.0.0.1:${port}/`, /^port \d+ is served by python3/],
		['http://b\u00fccher.test/', /the host must be a name or an address/],
		['http://xn--bcher-kva.test/', /^xn--bcher-kva\.test is not on this machine/],
		['http://127.0.0.1:0/', /the port must be a number from 1 to 65535/],
		['http://127.0.0.1:99999/', /the port must be a number from 1 to 65535/],
		['http://[::1/', /the host has no closing bracket/],
		['file:///etc/../etc/passwd', /\.\./],
		['file:///tmp/a%00b', /NUL|%00/],
		['file://elsewhere/share/x', /./],
		['http://', /./],
		['javascript:alert(1)', /is not a page of a project/],
		[`http://127.0.0.1:${port}/${'x'.repeat(4096 - 30)}`, /^port \d+ is served by python3/],
	];
	for (const [url, reason] of rows) {
		assert.match((await client.watch(300, url)).reason, reason, url);
	}
	for (const url of [`http://127.0.0.1:${port}/${'x'.repeat(4096)}`]) {
		const one = new Client(world);
		await one.hello('a-long-url');
		one.send({ type: 'watch', tab: 1, url });
		assert.equal((await one.next('error', { mark: 0 })).code, 'bad-message');
		assert.equal(/** @type {any} */ (await one.closed).code, 1008);
	}
	const huge = new Client(world);
	await huge.hello('a-huge-url');
	huge.send({ type: 'watch', tab: 1, url: `http://127.0.0.1:${port}/${'x'.repeat(1024 * 1024)}` });
	assert.equal(/** @type {any} */ (await huge.closed).code, 1009);
	assert.ok(await save() < 1000);
});

test('if tabs move to another project while the tabs of their project are notified, no other tab is left out', async t => {
	const { world, shop } = await open(t);
	const client = new Client(world);
	await client.hello();
	for (const [tab, page] of ['a.html', 'new/b.html', 'new/c.html', 'd.html'].entries()) {
		assert.equal((await client.watch(tab, `file://${shop}/${page}`)).project, 'shop');
	}
	// The daemon finds this project when it looks up the tabs to notify them of the failure.
	await world.folder('shop/new', { 'b.html': '' }, { git: true });
	const { mark } = client.log;
	const build = await run(['env', '-C', shop, SAVECAST, 'run', '--', 'sh', '-c', 'exit 3'], world.env);
	assert.equal(build.status, 3);
	for (const tab of [0, 3]) {
		await client.log.next(`tab ${tab} to show the failed build`, ({ type, tab: id, failure }) =>
			type === 'tab' && id === tab && failure, { mark });
	}
	for (const tab of [1, 2]) {
		await client.log.next(`tab ${tab} to move`, ({ type, tab: id, project }) => type === 'tab' && id === tab && project === 'new', { mark });
	}
});
