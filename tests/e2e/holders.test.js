// SPDX-License-Identifier: MIT
//
// Which process holds a port: by address, when it starts, moves and ends; and for servers that
// cannot be inspected, the reason and what to do.
import assert from 'node:assert/strict';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { answers, freePort } from '../lib/ports.js';
import { Client } from '../lib/wire-client.js';
import { SAVECASTD, World } from '../lib/world.js';

const PYTHON = '/usr/bin/python3';

/**
 * `python3 -m http.server` in a git work tree with this name.
 *
 * @param {World} world
 * @param {string} name
 * @param {string} address
 * @param {number} port
 */
async function serve(world, name, address, port) {
	const root = await world.folder(name, { 'index.html': name }, { git: true });
	const server = world.children.start(name, [PYTHON, '-m', 'http.server', '-b', address, String(port)],
		{ cwd: root, env: world.env });
	const reached = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
	await whileAlive(server, until(`${name} on ${address}`, () => answers(reached, port)));
	return { root, server };
}

/** Listens on the wildcard address of IPv6 only, so that another server can have that of IPv4. */
const V6_ONLY = 'require("http").createServer((q, r) => r.end("x")).listen({ port: Number(process.argv[1]), host: "::", ipv6Only: true })';

test('servers on the same port number are distinguished by address, as in each browser', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const [port, wild, both] = [await freePort(), await freePort(), await freePort()];
	await serve(world, 'four', '127.0.0.1', port);
	await serve(world, 'four-too', '127.0.0.2', port);
	await serve(world, 'six', '::1', port);
	await serve(world, 'wild-four', '0.0.0.0', wild);
	await serve(world, 'both', '::', both); // dual stack
	const root = await world.folder('wild-six', {}, { git: true });
	world.children.start('wild-six', [process.execPath, '-e', V6_ONLY, String(wild)], { cwd: root, env: world.env });
	await until('the IPv6 wildcard', () => answers('::1', wild));

	const clients = { Chromium: new Client(world), Firefox: new Client(world) };
	await clients.Chromium.hello('a-profile-1', 'Chromium 156');
	await clients.Firefox.hello('a-profile-2', 'Firefox 142');
	let tab = 0;
	/** @type {[string, number, string, string][]} host, port, project in Chromium, in Firefox */
	const rows = [
		['127.0.0.1', port, 'four', 'four'],
		['127.0.0.2', port, 'four-too', 'four-too'],
		['[::1]', port, 'six', 'six'],
		// Measured: Chromium tries ::1 first, Firefox 127.0.0.1.
		['localhost', port, 'six', 'four'],
		['shop.localhost', port, 'six', 'four'],
		['127.0.0.1', wild, 'wild-four', 'wild-four'],
		['127.9.9.9', wild, 'wild-four', 'wild-four'],
		['[::1]', wild, 'wild-six', 'wild-six'],
		['127.0.0.1', both, 'both', 'both'],
		['[::1]', both, 'both', 'both'],
		['localhost', both, 'both', 'both'],
	];
	for (const [host, at, ...projects] of rows) {
		for (const [i, client] of [clients.Chromium, clients.Firefox].entries()) {
			const said = await client.watch(++tab, `http://${host}:${at}/`);
			assert.equal(said.project, projects[i], `${host} in browser ${i}: ${said.reason}`);
		}
	}
	const { reason } = await clients.Chromium.watch(++tab, `http://127.0.0.3:${port}/`);
	assert.match(reason, /nothing listens on port \d+ of 127\.0\.0\.3: start the server/);
});

test('a server that starts, moves to another port, and ends', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const [first, second] = [await freePort(), await freePort()];
	const client = new Client(world);
	await client.hello();
	const url = `http://127.0.0.1:${first}/`;

	// The tab exists before its server.
	assert.equal((await client.watch(1, url)).state, 'none');
	const began = performance.now();
	/** @type {any} */
	let one;
	let said = await client.told(1, 'live', async () => {
		one = await serve(world, 'one', '127.0.0.1', first);
	});
	assert.equal(said.project, 'one');
	t.diagnostic(`known ${(performance.now() - began).toFixed(0)} ms after the start of python3`);

	// It moves to another port; another project's server takes its old one.
	await client.told(1, 'down', () => world.children.stop(one.server));
	await serve(world, 'one', '127.0.0.1', second);
	assert.equal((await client.watch(2, `http://127.0.0.1:${second}/`)).project, 'one');
	said = await client.told(1, 'live', () => serve(world, 'other', '127.0.0.1', first));
	said = await until('the other project', async () =>
		(await world.bus.tabs()).find((/** @type {any} */ tab) => tab.tab === 1 && tab.project?.endsWith('/other')));
	assert.match(said.reason, /from .*\/other$/);
});

test('a tab changes its project when a project is tracked, split or untracked', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const port = await freePort();
	const root = path.join(world.home, 'plain');
	await world.folder('plain/site', {});
	const client = new Client(world);
	await client.hello();
	const site = path.join(root, 'site');
	const server = world.children.start('site', [PYTHON, '-m', 'http.server', '-b', '127.0.0.1', String(port)], { cwd: site, env: world.env });
	await whileAlive(server, until('the server', () => answers('127.0.0.1', port)));

	let said = await client.watch(1, `http://127.0.0.1:${port}/`);
	assert.equal(said.state, 'none');
	assert.match(said.reason, /in no tracked project and no git work tree/);
	said = await client.told(1, 'live', () => world.savecast('track', root));
	assert.equal(said.project, 'plain');
	said = await client.told(1, 'live', () => world.savecast('track', site));
	assert.equal(said.project, 'site', 'the deeper one');
	said = await client.told(1, 'live', () => world.savecast('untrack', site));
	assert.equal(said.project, 'plain');
	await client.told(1, 'none', () => world.savecast('untrack', root));
	said = await client.told(1, 'live', () => world.configure(
		`[savecast]\n\tport = ${world.port}\n[savecast "${root}"]\n\turl = http://127.0.0.1:${port}\n`));
	assert.equal(said.reason, `savecast.url: http://127.0.0.1:${port}`);
	said = await client.told(1, 'live', async () => {
		await world.git(site, 'init', '--quiet');
		await world.bus.saved(path.join(site, 'x')); // makes the project known
		await world.configure(`[savecast]\n\tport = ${world.port}\n`);
	});
	assert.equal(said.project, 'site', 'a work tree, and no rule');
});

test('a tab that goes from a port without a server to an unknown work tree', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	for (let n = 0; n < 5; n++) {
		const root = await world.folder(`new-${n}`, { 'index.html': '' }, { git: true });
		const show = (/** @type {string} */ url) => () => client.send({ type: 'watch', tab: 1, url });
		await client.told(1, 'none', show('http://127.0.0.1:1/'));
		assert.equal((await client.told(1, 'live', show(`file://${root}/index.html`))).project, `new-${n}`);
	}
	assert.equal(await world.endDaemon(), 'exited with status 0');
});

const isRoot = process.getuid?.() === 0;

test('for a server that cannot be inspected, the reason names the setting to add', { skip: !isRoot && 'needs root, to become another user' }, async t => {
	const world = await World.open(t, { why: true });
	// Without its capabilities, root may inspect only its own processes.
	const daemon = world.children.start('savecastd', ['setpriv', '--bounding-set=-all', '--inh-caps=-all',
		SAVECASTD], { env: world.env });
	await whileAlive(daemon, until('savecastd on the bus', () => world.bus.daemonRuns()));
	await chmod(world.temp, 0o755);
	const root = await world.folder('shop', { 'x': '' });
	const ports = { nobody: await freePort(), docker: await freePort(), hidden: await freePort() };
	const proxy = path.join(world.temp, 'docker-proxy');
	await copyFile('/usr/bin/python3', proxy);
	const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
	const httpd = (/** @type {number} */ port) => ['-m', 'http.server', '-b', '127.0.0.1', String(port)];
	world.children.start('nobody', [...asNobody, PYTHON, ...httpd(ports.nobody)], { cwd: '/', env: world.env });
	// It has the name and arguments of docker-proxy, and listens: another user sees no more of a real docker-proxy.
	world.children.start('docker', [...asNobody, proxy, '-c', `import sys, http.server as h
h.HTTPServer(('127.0.0.1', int(sys.argv[6])), h.SimpleHTTPRequestHandler).serve_forever()`,
	'-proto', 'tcp', '-host-ip', '127.0.0.1', '-host-port', String(ports.docker), '-container-ip', '172.17.0.2', '-container-port', '80'],
	{ cwd: '/', env: world.env });
	world.children.start('hidden', [PYTHON, '-c', `import ctypes, http.server as h
ctypes.CDLL(None).prctl(4, 0)
h.HTTPServer(('127.0.0.1', ${ports.hidden}), h.SimpleHTTPRequestHandler).serve_forever()`], { cwd: root, env: world.env });
	await Promise.all(Object.entries(ports).map(([name, port]) => until(name, () => answers('127.0.0.1', port))));

	const client = new Client(world);
	await client.hello();
	let tab = 0;
	for (const [port, reason] of /** @type {[number, RegExp][]} */ ([
		[ports.nobody, /^port \d+ is served by another user \(uid 65534\), whose folders cannot be seen: /],
		[ports.docker, /^port \d+ is forwarded by docker-proxy, so the folder behind it cannot be seen: /],
		[ports.hidden, /^port \d+ is served by a process that cannot be inspected: /],
	])) {
		const url = `http://127.0.0.1:${port}/`;
		let said = await client.watch(++tab, url);
		assert.equal(said.state, 'none', said.reason);
		assert.match(said.reason, reason);
		const why = JSON.parse((await world.savecast('why', '--json', url)).stdout);
		assert.equal(why.reason, said.reason);
		const { stdout } = await world.savecast('status');
		assert.ok(stdout.replace(/\s+/g, ' ').includes(said.reason), stdout);

		// The reason ends with the command of the advice.
		assert.ok(said.reason.endsWith(`: to set its project, run ${why.advice} in the project's folder`), said.reason);
		assert.ok((await world.savecast('why', url)).stdout.endsWith(`\n\n${why.advice}\n`));
		said = await client.told(tab, 'live', async () => {
			await world.savecast('track', root);
			await writeFile(path.join(world.temp, 'line.sh'), `cd ${root} && ${why.advice}\n`);
			await run(['sh', path.join(world.temp, 'line.sh')], world.env);
		});
		assert.deepEqual([said.project, said.reason], ['shop', `savecast.url: http://127.0.0.1:${port}`]);
	}
});

test('the tabs of a hundred servers of one project are all reloaded', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('many', { 'a.css': '' }, { git: true });
	const many = world.children.start('many', [process.execPath, '-e', `for (let i = 0; i < 100; i++) {
		const server = require('node:http').createServer((request, response) => response.end());
		server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
	}`], { cwd: root, env: world.env });
	const ports = await whileAlive(many, until('a hundred ports', async () => {
		const found = [...(await world.log('many')).matchAll(/^port (\d+)$/gm)].map(([, port]) => port);
		return found.length === 100 ? found : undefined;
	}));
	const client = new Client(world);
	await client.hello();
	for (const [tab, port] of ports.entries()) {
		assert.equal((await client.watch(tab, `http://127.0.0.1:${port}/`)).state, 'live');
	}
	const { mark } = client.log;
	await writeFile(path.join(root, 'a.css'), 'p { order: 1 }');
	const event = await world.bus.saved(path.join(root, 'a.css'));
	const told = new Set();
	await client.log.next('a reload of each tab', message => {
		if (message.type === 'reload' && message.event === event) {
			message.tabs.forEach((/** @type {number} */ tab) => told.add(tab));
		}
		return told.size === 100;
	}, { mark });
});
