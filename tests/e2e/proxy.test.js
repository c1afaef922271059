// SPDX-License-Identifier: MIT
/**
 * Pages that come through a proxy: their project is that of the server behind it, whatever folder
 * the proxy was started in, and whatever else passes through it at the same time. SAVECAST_LONG
 * asks for hundreds of pages.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { BROWSERS, live, missingOrLong } from '../lib/live.js';
import { answers } from '../lib/ports.js';
import { PROXIES, certain, open, reaches, slowProxy, storm, why } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import { LONG, TOP, World } from '../lib/world.js';

const PAGES = LONG ? 40 : 2;

for (const [name, { needs, long }] of Object.entries(PROXIES)) {
	test(`behind ${name}, a tab belongs to the project of its host or path, whatever else passes through`, {
		skip: !existsSync(needs) ? `${needs} is not installed` : long && !LONG ? 'with --long' : false,
	}, async t => {
		const { world, alpha, beta, start, client } = await open(t, name);
		const { port } = await start(alpha.port);
		const urls = [`http://alpha.localhost:${port}/`, `http://beta.localhost:${port}/`, `http://localhost:${port}/beta/`];
		const projects = ['alpha', 'beta', 'beta'];
		// As the browser's request for the page does.
		await fetch(`http://127.0.0.1:${port}/`);
		for (const [i, url] of urls.entries()) {
			const answer = await certain(client, i + 1, url);
			assert.deepEqual([answer.state, answer.project], ['live', projects[i]], `${url}: ${answer.reason}`);
			assert.match(answer.reason, new RegExp(`passes port ${port} on to port ${i ? beta.port : alpha.port}; `));
			assert.equal(await why(world, url), projects[i]);
		}
		assert.deepEqual(await reaches(world, client, path.join(alpha.root, 'a.css')), [1]);
		assert.deepEqual(await reaches(world, client, path.join(beta.root, 'a.css')), [2, 3]);

		const answered = [storm(t, port, 'alpha.localhost'), storm(t, port, 'beta.localhost')];
		await until('requests through the proxy', async () => answered.every((count) => count() > 50), { every: 10 });
		const began = performance.now(), before = answered.map((count) => count());
		let unsure = 0;
		for (let page = 0; page < PAGES; page++) {
			for (const [i, url] of urls.entries()) {
				const at = `${url}page-${page}`, answer = await client.watch(i + 1, at);
				if (answer.state === 'none') {
					unsure++;
					t.diagnostic(`${at}: ${answer.reason}`);
					assert.match(answer.reason, /cannot be seen which one/);
				} else {
					assert.deepEqual([answer.state, answer.project], ['live', projects[i]], `${at}: ${answer.reason}`);
					assert.ok(['none', projects[i]].includes(await why(world, at)), 'the right project, or not sure this time');
				}
			}
		}
		const seconds = (performance.now() - began) / 1000;
		t.diagnostic(`${PAGES * urls.length} pages, ${unsure} uncertain, ${Math.round(seconds * 1000 / PAGES / urls.length)} ms each; ${answered.map((count, i) => Math.round((count() - before[i]) / seconds)).join(' and ')} requests/s`);
		// On a machine that is too busy to see all connections, not sure is the right answer.
		assert.ok(unsure < PAGES * urls.length, 'no answer is certain');
	});
}

for (const name of ['Node, two connections for all', 'Node, one connection for each request']) {
	test(`a chain of two proxies is followed to its end: ${name}`, { skip: /each request/.test(name) && !LONG && 'with --long' }, async t => {
		const { world, alpha, beta, start, client } = await open(t, name);
		// In a project of its own, which is wrong for every page.
		const inner = await start(alpha.port, await world.folder('inner', {}, { git: true }));
		const outer = await start(inner.port);
		storm(t, outer.port, 'alpha.localhost');
		storm(t, inner.port, 'beta.localhost');
		for (let page = 0; page < PAGES; page++) {
			const url = `http://alpha.localhost:${outer.port}/${page}`;
			const answer = await certain(client, 1, url);
			assert.equal(answer.project, 'alpha', answer.reason);
			assert.match(answer.reason, new RegExp(`passes port ${outer.port} on to port ${alpha.port}`));
			assert.ok(['none', 'alpha'].includes(await why(world, url)), 'the right project, or not sure this time');
			const other = await certain(client, 2, `http://beta.localhost:${outer.port}/${page}`);
			assert.match(other.reason, new RegExp(`passes port ${outer.port} on to port ${beta.port}`));
		}
	});
}

test('portless, which names servers while it runs, is followed, too', { skip: LONG ? false : 'with --long: it installs a package' }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const alpha = await world.site('alpha', { 'index.html': '' });
	const beta = await world.site('beta', { 'index.html': '' });
	// With the user's own settings, which say where packages come from.
	const { status, stderr } = await run(['npm', 'install', '--prefix', world.temp, '--no-audit', '--no-fund', '--loglevel=error', 'portless@0.15.6'], process.env);
	assert.equal(status, 0, stderr);
	const portless = [process.execPath, path.join(world.temp, 'node_modules/portless/dist/cli.js')];
	Object.assign(world.env, { PORTLESS_STATE_DIR: path.join(world.temp, 'portless'), PORTLESS_SYNC_HOSTS: '0' });
	const { port } = await world.serve('portless', alpha.root, at => [...portless, 'proxy', 'start', '--foreground', '--no-tls', '--port', `${at}`]);
	for (const [name, site] of Object.entries({ alpha, beta })) {
		const aliased = await run([...portless, 'alias', name, `${site.port}`], { ...world.env, PORTLESS_PORT: `${port}` });
		assert.equal(aliased.status, 0, aliased.stderr);
	}
	const client = new Client(world);
	await client.hello();
	for (const name of ['alpha', 'beta']) {
		const url = `http://${name}.localhost:${port}/`;
		await until(`${name} behind portless`, async () => (await client.watch(1, url)).project === name, { every: 500 });
		assert.equal(await why(world, url), name);
	}
});

/** A page of its own, made with data of another server: with all headers of its request, or with none. */
const ASKS = `const http = require('node:http');
const [port, data, all] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true });
http.createServer((request, response) => {
	http.get({ port: data, host: '127.0.0.1', path: '/data.json', agent, headers: all ? request.headers : {} }, (answer) => {
		answer.resume();
		answer.on('end', () => response.end('<h1>alpha</h1>'));
	});
}).listen(port, '127.0.0.1');
`;

/**
 * @param {World} world
 * @param {0 | 1} all
 */
async function asking(world, all) {
	const beta = await world.site('beta', { 'data.json': '{}', 'a.css': '' });
	const root = await world.folder('alpha', { 'server.cjs': ASKS, 'a.css': '' }, { git: true });
	const { port } = await world.serve('alpha', root, at => [process.execPath, 'server.cjs', `${at}`, `${beta.port}`, `${all}`]);
	await (await fetch(`http://127.0.0.1:${port}/`)).text();
	return { beta, root, port };
}

test('a server that requests data from another one is not taken for a proxy', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const { port } = await asking(world, 0);
	const client = new Client(world);
	await client.hello();
	for (const host of ['alpha.localhost', 'localhost']) {
		const answer = await certain(client, 1, `http://${host}:${port}/`);
		assert.deepEqual([answer.state, answer.project], ['live', 'alpha'], answer.reason);
	}
});

test('if it cannot be seen which server has the page, the tab has no project until the user has chosen one, which is kept', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const { beta, root, port } = await asking(world, 1);
	let client = new Client(world);
	await client.hello();
	const url = `http://localhost:${port}/`;
	/** @type {any} */
	const unsure = await client.watch(1, url);
	assert.equal(unsure.state, 'none', unsure.reason);
	assert.ok(unsure.reason.includes(`cannot be seen which one has this page: port ${beta.port} (beta), port ${port} (alpha)`), unsure.reason);
	const choices = [{ project: 'beta', port: beta.port }, { project: 'alpha', port }];
	assert.deepEqual(unsure.choices, choices);
	assert.equal(await why(world, url), 'none');

	await client.told(1, 'none', () => client.send({ type: 'choose', tab: 1, port: world.port })); // none of them
	const chosen = await client.told(1, 'live', () => client.send({ type: 'choose', tab: 1, port: beta.port }));
	assert.equal(chosen.project, 'beta');
	assert.deepEqual(chosen.choices, [{ ...choices[0], chosen: true }, choices[1]]);
	assert.match(chosen.reason, /\(chosen in the popup\)$/);
	assert.equal(await why(world, url), 'beta');
	assert.deepEqual(await reaches(world, client, path.join(beta.root, 'a.css')), [1]);

	await world.endDaemon();
	await world.startDaemon();
	client = new Client(world);
	await client.hello();
	assert.equal((await client.watch(1, `${url}another`)).project, 'beta');
	await client.told(1, 'live', () => client.send({ type: 'choose', tab: 1, port }));
	assert.deepEqual(await reaches(world, client, path.join(root, 'a.css')), [1]);
});

for (const which of BROWSERS) {
	test(`${which}: the popup offers the projects, and the tab shows the chosen one`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t, { why: true });
		await world.startDaemon();
		const { beta, port } = await asking(world, 1);
		const browser = await world.browser(which);
		const page = await browser.newPage(`http://localhost:${port}/`);
		await page.clickAction();
		const { tab } = await browser.activeIcon();
		const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
		const list = `document.getElementById('project')`;
		await until('the choice', () => popup.evaluate(`!${list}.closest('section').hidden`));
		assert.deepEqual(await popup.evaluate(`[...${list}.options].map(({ text }) => text)`), ['Choose…', `beta (port ${beta.port})`, `alpha (port ${port})`]);
		await popup.evaluate(`(${list}.value = '${beta.port}', ${list}.dispatchEvent(new Event('change')), 1)`);
		await live(world, 1);
		await until('the choice to be shown', () => popup.evaluate(`${list}.selectedOptions[0].text === 'beta (port ${beta.port})' && ${list}.options.length === 2`));
		const [project] = (await world.bus.projects()).filter(({ Tabs }) => Tabs);
		assert.equal(project.Root, beta.root);
	});
}

for (const name of ['Node, two connections for all', 'Node, one connection for each request']) {
	test(`a second proxy that passes requests on too late to be seen gives a page no wrong project: ${name}`, { skip: /each request/.test(name) && !LONG && 'with --long' }, async t => {
		const { world, alpha, beta, start, client } = await open(t, name);
		const root = await world.folder('inner', { 'slow.cjs': slowProxy(6000) }, { git: true });
		const inner = await world.serve('inner', root, at => [process.execPath, 'slow.cjs', `${at}`, `${alpha.port}`, `${beta.port}`, '2']);
		const outer = await start(inner.port);
		const answer = await client.watch(1, `http://alpha.localhost:${outer.port}/`);
		assert.equal(answer.state, 'none', answer.reason);
		assert.match(answer.reason, new RegExp(`cannot be seen which one has this page: port ${inner.port} \\(inner\\)`));
	});
}

test('a proxy whose server is down has no project until the page is loaded with it', async t => {
	const { world, alpha, beta, start, client } = await open(t, 'Node, one connection for each request');
	const { port } = await start(alpha.port);
	const url = `http://beta.localhost:${port}/`;
	beta.server.process.kill();
	await beta.server.ended;
	const down = await client.watch(1, url);
	assert.equal(down.state, 'none');
	assert.match(down.reason, /answers with 502, so the server behind it cannot be found: reload the page when/);
	world.children.start('beta', [process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(beta.port)], { cwd: beta.root, env: world.env });
	await until('beta', () => answers('127.0.0.1', beta.port));
	await until('the answer', async () => (await client.watch(1, url)).project === 'beta', { every: 300 });
});

test('traffic of others, on connections that end at once, makes no proxy of a plain server', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const plain = await world.site('plain', { 'index.html': '', 'a.css': '' });
	const others = await Promise.all(['one', 'two', 'three'].map((name) => world.site(name, { 'index.html': '' })));
	const client = new Client(world);
	await client.hello();
	const counts = others.flatMap(({ port }) => [storm(t, port, 'localhost', { ends: true }), storm(t, port, 'localhost')]);
	await until('traffic', async () => counts.every((count) => count() > 50), { every: 10 });
	for (let page = 0; page < PAGES; page++) {
		const url = `http://localhost:${plain.port}/${page}`;
		const answer = await client.watch(1, url);
		assert.deepEqual([answer.state, answer.project], ['live', 'plain'], answer.reason);
		assert.equal(await why(world, url), 'plain');
	}
	assert.deepEqual(await reaches(world, client, path.join(plain.root, 'a.css')), [1]);
});

test('a server that answers with something that is not HTTP delays only its own tab', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const site = await world.site('beta', { 'index.html': '' });
	const root = await world.folder('alpha', { 'server.cjs': 'require("net").createServer((socket) => socket.on("error", () => 0) && socket.write("\\0".repeat(1e6))).listen(process.argv[2])' }, { git: true });
	const client = new Client(world);
	await client.hello();
	const { port } = await world.serve('alpha', root, at => [process.execPath, 'server.cjs', `${at}`]);
	const { mark } = client.log;
	client.send({ type: 'watch', tab: 1, url: `http://alpha.localhost:${port}/` });
	assert.equal((await client.watch(2, site.url)).project, 'beta');
	const said = await client.log.next('the answer', ({ type, tab, state }) => type === 'tab' && tab === 1 && state !== 'looking', { mark });
	assert.equal(said.project, 'alpha', said.reason);
});

test('why answers in time even while many pages of a server that never answers are looked at', { skip: LONG ? false : 'with --long' }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('silent', { 'server.cjs': 'require("net").createServer((socket) => socket.on("error", () => 0)).listen(process.argv[2])' }, { git: true });
	const client = new Client(world);
	await client.hello();
	const { port } = await world.serve('silent', root, at => [process.execPath, 'server.cjs', `${at}`]);
	const url = (/** @type {number} */ page) => `http://silent.localhost:${port}/${page}`;
	// One after another, for some 5 s each.
	for (let page = 0; page < 8; page++) {
		client.send({ type: 'watch', tab: page + 1, url: url(page) });
	}
	client.socket.ping();
	await once(client.socket, 'pong');
	const { status, stdout, stderr } = await world.savecast('why', url(8), '--json');
	assert.equal(status, 0, stderr);
	const { projects, reason } = JSON.parse(stdout);
	assert.deepEqual([projects, reason], [[], `looking for the server behind node on port ${port}`]);
});

test('a tab that goes to another page of its site misses no save while the daemon finds the server of that page', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const site = await world.site('site', { 'a.css': '' });
	const client = new Client(world);
	await client.hello();
	await client.watch(1, site.url);
	for (let page = 0; page < 10; page++) {
		client.send({ type: 'watch', tab: 1, url: `${site.url}${page}` });
		client.socket.ping();
		await once(client.socket, 'pong'); // the daemon has read it
		await writeFile(path.join(site.root, 'a.css'), `a { order: ${page} }`);
		const { mark } = client.log;
		const event = await world.bus.saved(path.join(site.root, 'a.css'));
		const told = await client.log.next('the reload', ({ type }) => type === 'reload', { mark });
		assert.equal(told.event, event);
		client.send({ type: 'report', event, tab: 1, step: 'swapped' });
		await until('its end', async () => (await world.bus.events()).find((/** @type {any} */ one) => one.serial === event)?.closed);
	}
});
