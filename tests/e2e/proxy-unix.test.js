// SPDX-License-Identifier: MIT
/**
 * Proxies that have pages from servers at Unix sockets, where the kernel counts nothing: a page belongs to
 * the project of all servers that it may come from, or the user chooses.
 */
import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { certain, reaches, why } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import { LONG, World } from '../lib/world.js';

/** @typedef {{port: number, root: string, sockets: Record<string, string>}} Given by the name of the host below localhost */
/** A proxy, which has files of its own in static/, too. @type {Record<string, {needs: string, long?: true, files: (given: Given) => Record<string, string>, command: (given: Given) => string[]}>} */
const PROXIES = {
	nginx: {
		needs: '/usr/sbin/nginx',
		files: ({ port, root, sockets }) => ({ 'nginx.conf': `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${root}/nginx.pid; error_log stderr; events {}
http { access_log off; client_body_temp_path ${root}/t1; proxy_temp_path ${root}/t2; fastcgi_temp_path ${root}/t3; uwsgi_temp_path ${root}/t4; scgi_temp_path ${root}/t5;
	${Object.entries(sockets).map(([name, socket]) => `server { listen 127.0.0.1:${port}; server_name ${name}; root ${root}; location /static/ { } location / { proxy_pass http://unix:${socket}; } }`).join('\n\t')} }
` }),
		command: ({ root }) => ['/usr/sbin/nginx', '-e', 'stderr', '-p', root, '-c', path.join(root, 'nginx.conf')],
	},
	Caddy: {
		needs: '/usr/bin/caddy', long: true,
		files: ({ port, sockets }) => ({ Caddyfile: `{
	admin off
	auto_https off
}
${Object.entries(sockets).map(([name, socket]) => `http://${name}:${port} {
	handle /static/* {
		file_server
	}
	reverse_proxy unix/${socket}
}`).join('\n')}
` }),
		command: () => ['/usr/bin/caddy', 'run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
	},
	'a Node proxy, which keeps its connections': {
		needs: process.execPath,
		files: () => ({ 'proxy.cjs': `const http = require('node:http');
const sockets = JSON.parse(process.argv[3]), agent = new http.Agent({ keepAlive: true });
http.createServer((request, response) => {
	const socketPath = sockets[request.headers.host.split(':')[0]] ?? sockets.localhost;
	// What the browser, or savecast, wants of its own connection is not passed on.
	const { connection: _, ...headers } = request.headers;
	request.pipe(http.request({ socketPath, method: request.method, path: request.url, headers, agent },
		(answer) => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response); }).on('error', () => response.destroy()));
}).listen(process.argv[2], '127.0.0.1');
` }),
		command: ({ port, sockets }) => [process.execPath, 'proxy.cjs', `${port}`, JSON.stringify(sockets)],
	},
};

/** For a proxy that keeps its connections, which gunicorn's workers do not. */
const NODE_APP = `require('node:http').createServer({ keepAliveTimeout: 60000 }, (request, response) => response.end('<h1>localhost</h1>')).listen(process.argv[2]);
`;
const APP = (/** @type {string} */ text) => `def app(environ, start):
    start("200 OK", [("content-type", "text/html")])
    return [b"<h1>${text}</h1>"]
`;

/**
 * @param {import('node:test').TestContext} t
 * @param {string} proxy
 * @param {{names: string[], git: boolean}} how names: the hosts, each with a project of this name; git: the proxy's folder is a project
 */
async function open(t, proxy, { names, git }) {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('front', { 'static/a.html': '', 'a.css': '' }, { git });
	/** @type {Record<string, string>} */
	const sockets = {}, apps = /** @type {Record<string, string>} */ ({});
	for (const name of names) {
		const folder = name.split('.')[0];
		apps[name] = await world.folder(`app-${folder}`, { 'a.css': '', 'main.py': APP(name), 'main.cjs': NODE_APP }, { git: true });
		// One is bound to a name that is relative to its folder.
		const socket = path.join(folder === 'beta' ? apps[name] : world.temp, `${folder}.sock`);
		const bound = folder === 'beta' ? path.basename(socket) : socket;
		sockets[name] = socket;
		const command = proxy.includes('Node') ? [process.execPath, 'main.cjs', socket] : ['/usr/bin/gunicorn', '--reload', '--bind', `unix:${bound}`, 'main:app'];
		world.children.start(`app-${folder}`, command, { cwd: apps[name], env: world.env });
		await until('the socket', async () => existsSync(socket));
	}
	const { port } = await world.serve('proxy', root, (at) => {
		const given = { port: at, root, sockets };
		Object.entries(PROXIES[proxy].files(given)).forEach(([file, text]) => writeFileSync(path.join(root, file), text));
		return PROXIES[proxy].command(given);
	});
	const client = new Client(world);
	await client.hello();
	return { world, root, apps, sockets, port, client };
}

/** @param {number} port @param {string} host @returns {Promise<string>} */
const page = (port, host) => new Promise((resolve, reject) => {
	http.get({ port, host: '127.0.0.1', headers: { Host: `${host}:${port}` }, agent: false }, (answer) => {
		let text = '';
		answer.on('data', (part) => { text += part; }).on('end', () => resolve(text));
	}).on('error', reject);
});

for (const [name, { needs, long }] of Object.entries(PROXIES)) {
	const skip = long && !LONG ? 'with --long' : [needs, '/usr/bin/gunicorn'].some((one) => !existsSync(one)) && `needs ${needs} and gunicorn`;

	test(`a page that ${name}, started in a project, has from a Unix socket gets no wrong project: the user chooses, which is kept`, { skip }, async t => {
		const { world, root, apps, sockets, port, client } = await open(t, name, { names: ['localhost'], git: true });
		assert.match(await page(port, 'localhost'), /<h1>localhost/);
		const url = `http://localhost:${port}/`;
		/** @type {any} */
		const answer = await certain(client, 1, url, ({ state, reason }) => state !== 'none' || reason.includes('Unix socket'));
		assert.equal(answer.state, 'none', answer.reason);
		assert.ok(answer.reason.includes(`and it cannot be seen which one has this page: the Unix socket ${sockets.localhost} (app-localhost), port ${port} (front)`), answer.reason);
		const [app, front] = answer.choices;
		assert.deepEqual([app.project, app.socket, front], ['app-localhost', sockets.localhost, { project: 'front', port }]);
		assert.notEqual(app.port, port);
		assert.equal(await why(world, url), 'none');
		const chosen = await client.told(1, 'live', () => client.send({ type: 'choose', tab: 1, port: app.port }));
		assert.equal(chosen.project, 'app-localhost');
		assert.equal(await why(world, url), 'app-localhost');
		assert.deepEqual(await reaches(world, client, path.join(apps.localhost, 'a.css')), [1]);
		await client.told(1, 'live', () => client.send({ type: 'choose', tab: 1, port }));
		assert.deepEqual(await reaches(world, client, path.join(root, 'a.css')), [1]);
	});

	test(`pages that ${name}, started in no project, has from Unix sockets have the projects of their servers, which may restart`, { skip: skip || (name.includes('Node') && 'a program without a project is none that only passes requests on') }, async t => {
		const { world, apps, sockets, port, client } = await open(t, name, { names: ['alpha.localhost', 'beta.localhost'], git: false });
		for (const [i, host] of Object.keys(sockets).entries()) {
			const url = `http://${host}:${port}/`;
			assert.match(await page(port, host), new RegExp(`<h1>${host}`));
			const answer = await certain(client, i + 1, url);
			assert.deepEqual([answer.state, answer.project], ['live', path.basename(apps[host])], answer.reason);
			assert.ok(answer.reason.includes(`passes port ${port} on to the Unix socket ${sockets[host]}`), answer.reason);
			assert.equal(await why(world, url), path.basename(apps[host]));
			assert.deepEqual(await reaches(world, client, path.join(apps[host], 'a.css')), [i + 1]);
		}
		// The reload comes when the new worker is serving.
		for (const text of ['new', 'newer', 'newest']) {
			const { mark } = client.log, file = path.join(apps['beta.localhost'], 'main.py');
			await writeFile(file, APP(text));
			const event = await world.bus.saved(file);
			const { tabs } = await client.log.next('the reload', (one) => one.type === 'reload' && one.event === event, { mark });
			assert.deepEqual(tabs, [2]);
			const shown = await page(port, 'beta.localhost');
			assert.match(shown, new RegExp(`<h1>${text}<`), JSON.stringify((await world.bus.events()).at(-1)));
			client.send({ type: 'report', event, tab: 2, step: 'loaded' });
		}
	});
}

const SOCKET_PROXY = ['/usr/bin/systemd-socket-activate', '/usr/lib/systemd/systemd-socket-proxyd'];

test('a page that systemd-socket-proxyd has from a Unix socket belongs to the project of the server there', { skip: SOCKET_PROXY.some((one) => !existsSync(one)) && 'needs systemd-socket-proxyd' }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const app = await world.folder('app', { 'main.cjs': NODE_APP, 'a.css': '' }, { git: true });
	const socket = path.join(world.temp, 'app.sock');
	world.children.start('app', [process.execPath, 'main.cjs', socket], { cwd: app, env: world.env });
	await until('the socket', async () => existsSync(socket));
	// Of the user's systemd it has no folder of its own.
	const { port } = await world.serve('proxy', '/', (at) => [SOCKET_PROXY[0], '-l', `127.0.0.1:${at}`, SOCKET_PROXY[1], socket]);
	const client = new Client(world);
	await client.hello();
	const url = `http://localhost:${port}/`;
	assert.match(await page(port, 'localhost'), /<h1>localhost/);
	const answer = await certain(client, 1, url);
	assert.deepEqual([answer.state, answer.project], ['live', 'app'], answer.reason);
	assert.ok(answer.reason.includes(`passes port ${port} on to the Unix socket ${socket}`), answer.reason);
	assert.equal(await why(world, url), 'app');
	assert.deepEqual(await reaches(world, client, path.join(app, 'a.css')), [1]);
});

/** A program of the user's own that passes each request on. */
const SHORT_PROXY = `import http.server, socket, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        with socket.socket(socket.AF_UNIX) as app:
            app.connect(sys.argv[2])
            app.sendall(self.raw_requestline)
            answer = app.recv(100)
        self.wfile.write(answer)
    do_GET = do_HEAD
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
`;
const answering = (/** @type {string} */ status) => `while True:
    connection = listener.accept()[0]
    connection.recv(9999)
    connection.sendall(b"HTTP/1.0 ${status}\\r\\n\\r\\n")
    connection.close()`;
/** Servers at a Unix socket, and the program in front of them. @type {[which: string, text: string, proxy?: string][]} */
const UNIX_APPS = [
	['whose server has not accepted the connection yet', 'import signal; signal.pause()'],
	['whose server is out of service', answering('503 Starting')],
	['whose server answers within microseconds', answering('200 OK')],
	['whose server answers within microseconds, through a program that knows GET only,', answering('200 OK'), SHORT_PROXY.replace('do_HEAD', 'do_GET').replace('    do_GET = do_HEAD\n', '')],
];

/**
 * @param {World} world
 * @param {string} text of its server
 */
async function startUnixApp(world, text) {
	const socket = path.join(world.temp, 'app.sock');
	const app = await world.folder('app', { 'app.py': `import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(64)
${text}
` }, { git: true });
	world.children.start('app', ['python3', 'app.py', socket], { cwd: app, env: world.env });
	await until('the socket', async () => existsSync(socket));
	return socket;
}

/** How many pages, each of which is looked for. */
const PAGES = LONG ? 30 : 3;

for (const [which, text, proxy = SHORT_PROXY] of UNIX_APPS) {
	test(`a page from a Unix socket ${which} gets no wrong project`, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const socket = await startUnixApp(world, text);
		const root = await world.folder('front', { 'proxy.py': proxy }, { git: true });
		const { port } = await world.serve('proxy', root, (at) => ['python3', 'proxy.py', `${at}`, socket]);
		const client = new Client(world);
		await client.hello();
		for (let i = 0; i < PAGES; i++) {
			/** @type {any} */
			const answer = await client.watch(1, `http://localhost:${port}/${i}`);
			assert.equal(answer.state, 'none', answer.reason);
			// While servers of other tests are busy, they may have the page, too.
			assert.deepEqual(answer.choices.slice(-2).map((/** @type {any} */ { project }) => project), ['app', 'front']);
		}
	});
}

for (const msec of [100, 20, 3]) {
	test(`a page that a program makes itself has its project, while others connect to a Unix socket of another project every ${msec} ms`, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const socket = await startUnixApp(world, answering('200 OK'));
		const site = await world.site('site', { 'index.html': '' });
		const before = statSync(socket).mtimeMs;
		const others = setInterval(() => net.connect(socket).on('error', () => 0).end('GET'), msec);
		t.after(() => clearInterval(others));
		const client = new Client(world);
		await client.hello();
		for (let i = 0; i < PAGES; i++) {
			const answer = await client.watch(1, `http://localhost:${site.port}/${i}`);
			assert.deepEqual([answer.state, answer.project], ['live', 'site'], answer.reason);
		}
		assert.equal(statSync(socket).mtimeMs, before);
	});
}

test('a Unix socket on a mount that does not answer delays no page of others', { skip: noFuse() }, async t => {
	const world = await World.open(t, { why: true });
	const app = await world.folder('remote', { 'main.cjs': NODE_APP }, { git: false });
	// The mount hides the socket, whose name is then on it, as if it had been made there. One name is relative.
	for (const name of [path.join(app, 'a.sock'), 'b.sock']) {
		world.children.start(path.basename(name), [process.execPath, 'main.cjs', name], { cwd: app, env: world.env });
		await until('the socket', async () => existsSync(path.resolve(app, name)));
	}
	const fs = await HangFs.mount(world, 'remote');
	await world.startDaemon();
	await fs.hang();
	const { port } = await world.site('site', { 'index.html': '' });
	const client = new Client(world);
	await client.hello();
	const url = `http://localhost:${port}/`;
	const answer = await client.watch(1, url);
	assert.deepEqual([answer.state, answer.project], ['live', 'site'], answer.reason);
	assert.equal(await why(world, url), 'site');
});

const OWN_PHP = ['/usr/sbin/lighttpd', '/usr/bin/php-cgi'];

test('a server at a Unix socket that another one has started is a part of it: lighttpd and its PHP', { skip: OWN_PHP.some((one) => !existsSync(one)) && 'needs lighttpd and php-cgi' }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('site', { 'index.php': '<h1><?php echo 1; ?></h1>', 'a.css': '' }, { git: true });
	const { port } = await world.serve('lighttpd', root, (at) => {
		writeFileSync(path.join(root, 'lighttpd.conf'), `server.modules = ("mod_fastcgi")
server.document-root = "${root}"
server.bind = "127.0.0.1"
server.port = ${at}
index-file.names = ("index.php")
fastcgi.server = (".php" => (("bin-path" => "${OWN_PHP[1]}", "socket" => "${world.temp}/php.sock", "max-procs" => 1)))
`);
		return [OWN_PHP[0], '-D', '-f', 'lighttpd.conf'];
	});
	const client = new Client(world);
	await client.hello();
	const url = `http://localhost:${port}/`;
	assert.match(await (await fetch(url)).text(), /<h1>1/, 'PHP answers');
	/** @type {any} */
	const answer = await certain(client, 1, url);
	assert.deepEqual([answer.state, answer.project], ['live', 'site'], answer.reason);
	assert.equal(await why(world, url), 'site');
	assert.deepEqual(await reaches(world, client, path.join(root, 'a.css')), [1]);
});
