// SPDX-License-Identifier: MIT
/**
 * Proxies of one's own whose server does not run. Such a proxy answers itself, with any status, so its
 * answer says nothing about whose page it is; but it has tried to connect where nothing listens. In a
 * network of their own, without the attempts of other tests.
 */
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { until } from '../lib/events.js';
import { inForgetfulNetwork, noNetwork } from '../lib/namespaces.js';
import { answers, freePort } from '../lib/ports.js';
import { reaches, why } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import { LONG, TOP, World } from '../lib/world.js';

/** What it does if its server refuses a connection. */
const node = (/** @type {string} */ refused) => [process.execPath, 'proxy.cjs', `const http = require('node:http');
const [port, to] = process.argv.slice(2).map(Number);
http.createServer(function pass(request, response) {
	http.get({ port: to, host: '127.0.0.1', path: request.url, headers: request.headers, agent: false },
		(answer) => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response); })
		.on('error', () => ${refused});
}).listen(port, '127.0.0.1');
`];
/** Its calls block, so the kernel has forgotten the server's port when the socket ends. */
const PYTHON = ['/usr/bin/python3', 'proxy.py', `import http.server, sys, urllib.request
class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            request = urllib.request.Request("http://127.0.0.1:" + sys.argv[2] + self.path, headers=dict(self.headers))
            status, body = 200, urllib.request.urlopen(request).read()
        except OSError:
            status, body = 500, b"<h1>down</h1>"
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)
    do_HEAD = do_GET
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Proxy).serve_forever()
`];

/** @type {Record<string, string[]>} */
const PROXIES = {
	'answers with 200 itself': node('response.end("<h1>later</h1>")'),
	'answers with 500 itself': node('response.writeHead(500).end("<h1>down</h1>")'),
	'answers with 503 itself': node('response.writeHead(503).end("<h1>down</h1>")'),
	'tries again until its server runs': node('setTimeout(pass, 250, request, response)'),
	'is written in Python': PYTHON,
};

/**
 * A proxy that was started in the folder of alpha, for a server of beta that does not run.
 *
 * @param {import('node:test').TestContext} t
 * @param {string[]} proxy
 */
async function open(t, [program, script, text]) {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const alpha = await world.folder('alpha', { [script]: text, 'a.css': '' }, { git: true });
	const beta = { root: await world.folder('beta', { 'index.html': '<h1>beta</h1>', 'a.css': '' }, { git: true }), port: await freePort() };
	const { port } = await world.serve('proxy', alpha, (at) => [program, script, `${at}`, `${beta.port}`]);
	const client = new Client(world);
	await client.hello();
	const run = async () => {
		const server = world.children.start('beta', [process.execPath, path.join(TOP, 'tests/lib/site-server.js'), `${beta.port}`], { cwd: beta.root, env: world.env });
		await until('beta', () => answers('127.0.0.1', beta.port));
		return server;
	};
	return { world, alpha, beta, port, client, run };
}

if (process.env.SAVECAST_OWN_NETWORK) {
	for (const [what, proxy] of Object.entries(PROXIES)) {
		test(`a proxy whose server does not run gives a page no wrong project: it ${what}`, { skip: /503|500/.test(what) && !LONG && 'with --long' }, async t => {
			const { world, beta, port, client, run } = await open(t, proxy);
			const url = `http://localhost:${port}/`;
			/** @type {any} */
			const down = await client.watch(1, url);
			assert.deepEqual([down.state, down.project], ['none', undefined], down.reason);
			assert.match(down.reason, proxy === PYTHON
				? /tries to pass this request on to a server that does not run \(start that server and load the page again\)/
				: new RegExp(`tries to pass this request on to port ${beta.port}, where nothing listens \\(start that server and load the page again\\)`));
			assert.deepEqual(down.choices, [{ project: 'alpha', port }]);
			assert.equal(await why(world, url), 'none');

			const server = await run();
			const up = await until('the answer', async () => {
				const answer = await client.watch(1, url);
				return answer.state === 'live' ? answer : undefined;
			}, { every: 1100 });
			assert.equal(up.project, 'beta', up.reason);
			assert.equal(await why(world, url), 'beta');
			assert.deepEqual(await reaches(world, client, path.join(beta.root, 'a.css')), [1]);

			server.process.kill();
			await server.ended;
			for (const page of ['', 'another']) {
				const again = await client.watch(2, `${url}${page}`);
				assert.notEqual(again.project, 'alpha', again.reason);
				assert.notEqual(await why(world, `${url}${page}`), 'alpha');
			}
		});
	}

	/** Until the server has answered so often, another program tries to connect where nothing listens. */
	for (const [status, noisy, what] of /** @type {[number, number, string][]} */ ([[500, 0, ''],
		[200, Infinity, ', although other programs connect all the time where nothing listens'],
		[200, 5, ', although another program waits for a server that runs soon']])) {
		test(`a server that answers with ${status} itself has its project${what}`, async t => {
			const world = await World.open(t, { why: true });
			await world.startDaemon();
			const root = await world.folder('plain', { 'server.cjs': `require('node:http').createServer((request, response) => {
	setTimeout(() => { response.writeHead(${status}).end('<h1>plain</h1>'); console.log('answered'); }, 20);
}).listen(process.argv[2], '127.0.0.1');` }, { git: true });
			const { port } = await world.serve('plain', root, (at) => [process.execPath, 'server.cjs', `${at}`]);
			const dead = await freePort();
			let tries = 0;
			const timer = setInterval(async () => {
				if ((await world.log('plain')).split('\n').length <= noisy) {
					http.get({ port: dead, host: '127.0.0.1' }).on('error', () => tries++);
				}
			}, 2);
			world.atEnd.push(async () => clearInterval(timer));
			await until('attempts', async () => !noisy || tries > 20, { every: 5 });
			const client = new Client(world);
			await client.hello();
			const url = `http://localhost:${port}/`;
			const answer = await client.watch(1, url);
			assert.deepEqual([answer.state, answer.project], ['live', 'plain'], answer.reason);
			assert.equal(await why(world, url), 'plain');
		});
	}
} else {
	test('proxies whose server does not run, in a network of their own', { skip: noNetwork() }, () => {
		const { status, text } = inForgetfulNetwork(fileURLToPath(import.meta.url));
		assert.equal(status, 0, text);
		assert.match(text, LONG ? /# pass 8\n/ : /# pass 6\n/);
	});
}
