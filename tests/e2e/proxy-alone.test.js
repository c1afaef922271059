// SPDX-License-Identifier: MIT
/**
 * Proxies in a network of their own, without the traffic of other tests: one that had no request for
 * so long that the kernel has forgotten all of its connections, when savecast sees it for the first
 * time; a chain of two; and one beside many servers that never read a request.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { until } from '../lib/events.js';
import { inForgetfulNetwork, noNetwork } from '../lib/namespaces.js';
import { certain, open, reaches, slowProxy, why } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import { LONG } from '../lib/world.js';

const SILENT = LONG ? 31 : 12;

if (process.env.SAVECAST_OWN_NETWORK) {
	test('an idle proxy is seen as one at the first look, and again after the daemon was restarted', async t => {
		const { world, beta, alpha, start, client } = await open(t, 'Node, one connection for each request');
		const { port } = await start(alpha.port);
		const url = `http://localhost:${port}/beta/`;
		const answer = await client.watch(1, url);
		assert.deepEqual([answer.state, answer.project], ['live', 'beta'], answer.reason);
		assert.match(answer.reason, new RegExp(`passes port ${port} on to port ${beta.port}; `));
		assert.equal(await why(world, url), 'beta');
		assert.deepEqual(await reaches(world, client, path.join(beta.root, 'a.css')), [1]);

		await world.endDaemon();
		await world.startDaemon();
		const again = new Client(world);
		await again.hello();
		const other = await again.watch(2, `http://localhost:${port}/`);
		assert.deepEqual([other.state, other.project], ['live', 'alpha'], other.reason);
		assert.match(other.reason, new RegExp(`passes port ${port} on to port ${alpha.port}; `));
		assert.equal((await again.watch(1, url)).project, 'beta');
		assert.deepEqual(await reaches(world, again, path.join(beta.root, 'a.css')), [1]);
		assert.deepEqual(await reaches(world, again, path.join(alpha.root, 'a.css')), [2]);
	});

	test('a server that is no proxy is sent one request for each page, also if that page was just loaded', async t => {
		const { world, beta, client } = await open(t, 'Node, one connection for each request');
		const heads = async () => (await world.log('beta')).split('\n').filter((line) => line.includes('"HEAD"')).length;
		for (let i = 0; i < 2; i++) {
			const answer = await client.watch(1, `http://localhost:${beta.port}/`);
			assert.deepEqual([answer.state, answer.project], ['live', 'beta'], answer.reason);
			assert.equal(await heads(), 1);
		}
		// A browser's connection is still there when the extension reports the page.
		const agent = new http.Agent({ keepAlive: true });
		world.atEnd.push(async () => agent.destroy());
		await new Promise((resolve) => http.get(`http://127.0.0.1:${beta.port}/a.css`, { agent }, (response) => response.resume().on('end', resolve)));
		const answer = await client.watch(2, `http://localhost:${beta.port}/another`);
		assert.deepEqual([answer.state, answer.project], ['live', 'beta'], answer.reason);
		assert.equal(await heads(), 2);
	});

	test('a chain whose second proxy passes requests on late is followed to its end', async t => {
		const { world, alpha, beta, start, client } = await open(t, 'Node, two connections for all');
		await writeFile(path.join(alpha.root, 'slow.cjs'), slowProxy(400));
		const inner = await world.serve('inner', alpha.root, at => [process.execPath, 'slow.cjs', `${at}`, `${alpha.port}`, `${beta.port}`, '2']);
		const outer = await start(inner.port);
		const url = `http://alpha.localhost:${outer.port}/`;
		const answer = await certain(client, 1, url);
		assert.match(answer.reason, new RegExp(`passes port ${outer.port} on to port ${alpha.port}; `));
		assert.deepEqual(await reaches(world, client, path.join(alpha.root, 'a.css')), [1]);
	});

	test('many servers that never read a request are looked at beside a proxy, whose tab has its project while they still hang', async t => {
		const { world, alpha, beta, start, client } = await open(t, 'Node, one connection for each request');
		const { port } = await start(alpha.port);
		const root = await world.folder('silent', { 'server.cjs': `const net = require('node:net'), port = Number(process.argv[2]);
			for (let i = 0; i < ${SILENT}; i++) net.createServer({ pauseOnConnect: true }, (socket) => socket.on('error', () => 0)).listen(i ? 0 : port, '127.0.0.1', function () { console.log(this.address().port); });` }, { git: true });
		const server = await world.serve('silent', root, at => [process.execPath, 'server.cjs', `${at}`]);
		const ports = await until('all ports', async () => {
			const all = (await readFile(server.server.log, 'utf8')).trim().split('\n');
			return all.length === SILENT ? all : undefined;
		});
		const { mark } = client.log;
		for (const [i, silent] of ports.entries()) {
			client.send({ type: 'watch', tab: 10 + i, url: `http://alpha.localhost:${silent}/` });
		}
		const answer = await client.watch(1, `http://beta.localhost:${port}/`);
		assert.deepEqual([answer.state, answer.project], ['live', 'beta'], answer.reason);
		const before = client.log.all.slice(mark).filter(({ event }) => event.type === 'tab' && event.tab >= 10 && event.state !== 'looking');
		// On a busy machine, some have been given up.
		assert.ok(before.length < SILENT / 2, `${before.length} of ${SILENT} have been given up`);
		assert.equal(await why(world, `http://beta.localhost:${port}/`), 'beta');
		assert.deepEqual(await reaches(world, client, path.join(beta.root, 'a.css')), [1]);
		for (const i of ports.keys()) {
			const said = await client.log.next('the end of its search', ({ type, tab, state }) => type === 'tab' && tab === 10 + i && state !== 'looking', { mark });
			assert.equal(said.project, 'silent', said.reason);
		}
	});
} else {
	test('proxies without any other traffic', { skip: noNetwork() }, () => {
		const { status, text } = inForgetfulNetwork(fileURLToPath(import.meta.url));
		assert.equal(status, 0, text);
		assert.match(text, /# pass 4\n/);
	});
}
