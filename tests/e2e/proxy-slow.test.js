// SPDX-License-Identifier: MIT
/**
 * Servers that answer late. One that passes no request on is known as such long before it answers,
 * whatever other programs do meanwhile; a proxy in front of such a server is never taken for one. In a
 * network of their own, so that the number of requests does not depend on other tests.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { until } from '../lib/events.js';
import { inForgetfulNetwork, noNetwork } from '../lib/namespaces.js';
import { slowProxy, storm } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import { LONG, World } from '../lib/world.js';

/** Far more than a search takes. */
const LATE = 20000;

/** Logs each request when it comes, and when it is answered. */
const SLOW = `const answer = (request, response) => {
	console.log(request.method);
	setTimeout(() => { console.log('answered'); response.end('<h1>slow</h1>'); }, Number(process.argv[3]));
};
`;
/** Each with the requests that it takes: the last two send something to another server themselves. @type {Record<string, [script: string, requests: number]>} */
const KINDS = {
	'alone': [`${SLOW} require('node:http').createServer(answer).listen(process.argv[2], '127.0.0.1');`, 1],
	'with a database': [`${SLOW} const database = require('node:net').connect(process.argv[4], '127.0.0.1');
require('node:http').createServer((request, response) => {
	database.write('GET session:' + Math.random() + '\\r\\n');
	database.once('data', () => answer(request, response));
}).listen(process.argv[2], '127.0.0.1');`, 2],
	'with data of another server': [`${SLOW} const http = require('node:http'), agent = new http.Agent({ keepAlive: true });
http.createServer((request, response) => http.get({ port: process.argv[4], host: '127.0.0.1', path: '/data.json', agent }, (data) => {
	data.resume().on('end', () => answer(request, response));
})).listen(process.argv[2], '127.0.0.1');`, 2],
};
/** Answers each request, whatever it asks for, so it is a server of both kinds. */
const DATA = `require('node:net').createServer((socket) => socket.on('data', () => socket.write('HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}')).on('error', () => 0)).listen(process.argv[2], '127.0.0.1');`;

/**
 * Three servers with traffic, half of it on connections that end at once.
 *
 * @param {import('node:test').TestContext} t
 * @param {World} world
 */
async function others(t, world) {
	const sites = await Promise.all(['one', 'two', 'three'].map((name) => world.site(name, { 'index.html': '' })));
	const counts = sites.flatMap(({ port }) => [storm(t, port, 'localhost', { ends: true }), storm(t, port, 'localhost')]);
	await until('traffic', async () => counts.every((count) => count() > 50), { every: 10 });
}

if (process.env.SAVECAST_OWN_NETWORK) {
	for (const [kind, [script, requests]] of Object.entries(KINDS)) {
		test(`a slow server ${kind} has its project long before it answers, whatever other programs send meanwhile`, async t => {
			const world = await World.open(t);
			await world.startDaemon();
			const data = await world.serve('data', await world.folder('data', { 'data.cjs': DATA }, { git: true }), at => [process.execPath, 'data.cjs', `${at}`]);
			const root = await world.folder('slow', { 'slow.cjs': script }, { git: true });
			await others(t, world);
			const client = new Client(world);
			await client.hello();
			for (let i = 0; i < (LONG ? 10 : 1); i++) {
				const name = `slow-${i}`;
				const { port } = await world.serve(name, root, at => [process.execPath, 'slow.cjs', `${at}`, `${LATE}`, `${data.port}`]);
				const answer = await client.watch(1, `http://localhost:${port}/`);
				assert.deepEqual([answer.state, answer.project], ['live', 'slow'], answer.reason);
				// One more on a machine that gives it too little time.
				assert.match(await world.log(name), new RegExp(`^(?:HEAD\n){${requests},${requests + 1}}$`), 'none was answered');
			}
		});
	}

	/** What a proxy waits before it passes a request on, and its server before it answers. A server that waits for 300 ms does not count as a proxy. */
	for (const [pause, delay] of [[0, 1500], [150, 1500], [0, 4000]]) {
		for (const pool of [0, 2]) {
			test(`a proxy that waits ${pause} ms, before a server that answers after ${delay} ms, gives a page no wrong project: ${pool || 'no'} connections are kept`, { skip: (delay > 1500 || pool > 0) && !LONG && 'with --long' }, async t => {
				const world = await World.open(t);
				await world.startDaemon();
				const page = await world.folder('page', { 'slow.cjs': KINDS.alone[0] }, { git: true });
				const root = await world.folder('front', { 'proxy.cjs': slowProxy(pause) }, { git: true });
				const slow = await world.serve('page', page, at => [process.execPath, 'slow.cjs', `${at}`, `${delay}`]);
				const { port } = await world.serve('front', root, at => [process.execPath, 'proxy.cjs', `${at}`, `${slow.port}`, `${slow.port}`, `${pool}`]);
				const client = new Client(world);
				await client.hello();
				const answer = await client.watch(1, `http://localhost:${port}/`);
				if (delay > 1500) {
					assert.deepEqual([answer.state, answer.project], ['live', 'page'], answer.reason);
				}
				assert.ok(answer.state === 'live' ? answer.project === 'page' : /cannot be seen which one has this page/.test(answer.reason), `${answer.project}: ${answer.reason}`);
				t.diagnostic(answer.reason);
			});
		}
	}
} else {
	test('servers that answer late, in a network of their own', { skip: noNetwork() }, () => {
		const { status, text } = inForgetfulNetwork(fileURLToPath(import.meta.url));
		assert.equal(status, 0, text);
		assert.match(text, LONG ? /# pass 9\n/ : /# pass 5\n/);
	});
}
