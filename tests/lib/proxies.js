// SPDX-License-Identifier: MIT
/** Real proxies in front of two sites, and requests through them, for the tests of proxies. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

import { until } from './events.js';
import { Client } from './wire-client.js';
import { LONG, World } from './world.js';

/** Chooses the site by the Host header; a path below /beta/ belongs to beta, too. */
const NODE_PROXY = `const http = require('node:http');
const [port, alpha, beta, pool] = process.argv.slice(2).map(Number);
const agent = pool ? new http.Agent({ keepAlive: true, maxSockets: pool }) : false;
http.createServer((request, response) => {
	const to = /^beta[.]/.test(request.headers.host) || request.url.startsWith('/beta/') ? beta : alpha;
	const headers = pool ? request.headers : { ...request.headers, connection: 'close' };
	const passed = http.request({ port: to, host: '127.0.0.1', method: request.method, path: request.url, headers, agent },
		(answer) => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response); });
	passed.on('error', () => response.writeHead(502).end());
	request.pipe(passed);
}).listen(port, '127.0.0.1');
`;

/** The same for https, with a certificate in its folder. `more`: further options of the server */
export const tlsProxy = (more = '') => NODE_PROXY.replace('http.createServer(',
	`require('node:https').createServer({ ${more} key: require('node:fs').readFileSync('key.pem'), cert: require('node:fs').readFileSync('cert.pem') }, `);

/** One that begins to pass a request on only after this time. */
export const slowProxy = (/** @type {number} */ msec) => NODE_PROXY.replace("createServer((request, response) => {", `createServer(async (request, response) => {
	await new Promise((resolve) => setTimeout(resolve, ${msec}));`);

/** @param {string} pool what a server { } of nginx needs to keep its connections */
const nginx = (pool) => (/** @type {Given} */ { port, alpha, beta, root }) => ({ 'nginx.conf': `daemon off; pid ${root}/nginx.pid; error_log stderr; events {}
http { access_log off; client_body_temp_path ${root}/t1; proxy_temp_path ${root}/t2; fastcgi_temp_path ${root}/t3; uwsgi_temp_path ${root}/t4; scgi_temp_path ${root}/t5;
	proxy_set_header Host $http_host; ${pool && 'proxy_http_version 1.1; proxy_set_header Connection "";'}
	upstream alpha { server 127.0.0.1:${alpha}; ${pool} } upstream beta { server 127.0.0.1:${beta}; ${pool} }
	server { listen 127.0.0.1:${port}; server_name alpha.localhost localhost;
		location /beta/ { proxy_pass http://beta; } location / { proxy_pass http://alpha; } }
	server { listen 127.0.0.1:${port}; server_name beta.localhost; location / { proxy_pass http://beta; } } }
` });
const runNginx = (/** @type {Given} */ { root }) => ['/usr/sbin/nginx', '-e', 'stderr', '-p', root, '-c', path.join(root, 'nginx.conf')];

/** @typedef {{port: number, alpha: number, beta: number, root: string}} Given */
/** @type {Record<string, {needs: string, long?: true, files: (given: Given) => Record<string, string>, command: (given: Given) => string[]}>} */
export const PROXIES = {
	'Node, one connection for each request': {
		needs: process.execPath, long: true, files: () => ({ 'proxy.cjs': NODE_PROXY }),
		command: ({ port, alpha, beta }) => [process.execPath, 'proxy.cjs', `${port}`, `${alpha}`, `${beta}`, '0'],
	},
	'Node, two connections for all': {
		needs: process.execPath, files: () => ({ 'proxy.cjs': NODE_PROXY }),
		command: ({ port, alpha, beta }) => [process.execPath, 'proxy.cjs', `${port}`, `${alpha}`, `${beta}`, '2'],
	},
	Caddy: {
		needs: '/usr/bin/caddy',
		files: ({ port, alpha, beta }) => ({ Caddyfile: `{
	admin off
	auto_https off
}
http://alpha.localhost:${port}, http://localhost:${port} {
	reverse_proxy /beta/* 127.0.0.1:${beta}
	reverse_proxy 127.0.0.1:${alpha}
}
http://beta.localhost:${port} {
	reverse_proxy 127.0.0.1:${beta}
}
` }),
		command: () => ['/usr/bin/caddy', 'run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
	},
	nginx: { needs: '/usr/sbin/nginx', files: nginx(''), command: runNginx },
	'nginx, which keeps connections': { needs: '/usr/sbin/nginx', long: true, files: nginx('keepalive 4;'), command: runNginx },
	HAProxy: {
		needs: '/usr/sbin/haproxy', long: true,
		files: ({ port, alpha, beta }) => ({ 'haproxy.cfg': `defaults
	mode http
	timeout connect 2s
	timeout client 9s
	timeout server 9s
frontend all
	bind 127.0.0.1:${port}
	use_backend beta if { hdr_beg(host) beta. } or { path_beg /beta/ }
	default_backend alpha
backend alpha
	server a 127.0.0.1:${alpha}
backend beta
	server b 127.0.0.1:${beta}
` }),
		command: () => ['/usr/sbin/haproxy', '-db', '-f', 'haproxy.cfg'],
	},
	Apache: {
		needs: '/usr/sbin/apache2', long: true,
		files: ({ port, alpha, beta, root }) => ({ 'apache.conf': `${['mpm_event', 'authz_core', 'proxy', 'proxy_http'].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerName localhost
PidFile ${root}/apache.pid
ErrorLog /dev/stderr
DefaultRuntimeDir ${root}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
Listen 127.0.0.1:${port}
ProxyPreserveHost On
<VirtualHost *:${port}>
	ServerName alpha.localhost
	ServerAlias localhost
	ProxyPass /beta/ http://127.0.0.1:${beta}/beta/
	ProxyPass / http://127.0.0.1:${alpha}/
</VirtualHost>
<VirtualHost *:${port}>
	ServerName beta.localhost
	ProxyPass / http://127.0.0.1:${beta}/
</VirtualHost>
` }),
		command: ({ root }) => ['/usr/sbin/apache2', '-DFOREGROUND', '-d', root, '-f', path.join(root, 'apache.conf')],
	},
	lighttpd: {
		needs: '/usr/sbin/lighttpd', long: true,
		files: ({ port, alpha, beta, root }) => ({ 'lighttpd.conf': `server.document-root = "${root}"
server.port = ${port}
server.bind = "127.0.0.1"
server.modules = ("mod_proxy")
proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${alpha})))
$HTTP["host"] =~ "^beta[.]" { proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${beta}))) }
$HTTP["url"] =~ "^/beta/" { proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${beta}))) }
` }),
		command: () => ['/usr/sbin/lighttpd', '-D', '-f', 'lighttpd.conf'],
	},
	Varnish: {
		needs: '/usr/sbin/varnishd', long: true,
		files: ({ alpha, beta }) => ({ 'proxy.vcl': `vcl 4.1;
backend alpha { .host = "127.0.0.1"; .port = "${alpha}"; }
backend beta { .host = "127.0.0.1"; .port = "${beta}"; }
sub vcl_recv {
	set req.backend_hint = alpha;
	if (req.http.host ~ "^beta[.]" || req.url ~ "^/beta/") { set req.backend_hint = beta; }
}
` }),
		command: ({ port, root }) => ['/usr/sbin/varnishd', '-F', '-j', 'none', '-a', `127.0.0.1:${port}`, '-f', path.join(root, 'proxy.vcl'),
			'-n', path.join(root, 'varnish'), '-s', 'malloc,8m'],
	},
	H2O: {
		needs: '/usr/bin/h2o', long: true,
		files: ({ port, alpha, beta }) => {
			const to = (/** @type {number} */ at, path = '/') => `{ proxy.reverse.url: "http://127.0.0.1:${at}${path}", proxy.preserve-host: ON }`;
			return { 'h2o.yaml': `${process.getuid?.() === 0 ? 'user: root\n' : ''}listen: { host: 127.0.0.1, port: ${port} }
hosts:
  "alpha.localhost:${port}": { paths: { "/": ${to(alpha)} } }
  "beta.localhost:${port}": { paths: { "/": ${to(beta)} } }
  "localhost:${port}": { paths: { "/beta/": ${to(beta, '/beta/')}, "/": ${to(alpha)} } }
  "127.0.0.1:${port}": { paths: { "/": ${to(alpha)} } }
` };
		},
		command: () => ['/usr/bin/h2o', '-c', 'h2o.yaml'],
	},
};

/**
 * Two sites, and a proxy that was started in the first one's folder.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} name
 */
export async function open(t, name) {
	const { files, command } = PROXIES[name];
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const alpha = await world.site('alpha', { 'index.html': '<h1>alpha</h1>', 'a.css': '' });
	const beta = await world.site('beta', { 'index.html': '<h1>beta</h1>', 'a.css': '' });
	/** Starts a proxy that passes all requests that are not for beta on to this port. */
	const start = (/** @type {number} */ first, root = alpha.root) => world.serve(`proxy-${first}`, root, at => {
		const given = { port: at, alpha: first, beta: beta.port, root };
		for (const [file, text] of Object.entries(files(given))) {
			writeFileSync(path.join(root, file), text);
		}
		return command(given);
	});
	const client = new Client(world);
	await client.hello();
	return { world, alpha, beta, start, client };
}

/**
 * Requests through the proxy until the end of the test: 100 a second, or with --long as many as it answers.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port
 * @param {string} host
 * @param {{ends?: boolean}} [how] ends: each on a connection of its own
 * @returns {() => number} how many were answered
 */
export function storm(t, port, host, { ends = false } = {}) {
	const agent = new http.Agent({ keepAlive: !ends, maxSockets: 4 });
	let on = true, count = 0;
	const next = () => {
		if (on) {
			http.get({ port, host: '127.0.0.1', path: '/index.html', headers: { Host: `${host}:${port}` }, agent }, (answer) => {
				answer.resume();
				answer.on('end', () => (count++, setTimeout(next, LONG ? 4 : 40)));
			}).on('error', () => setTimeout(next, 50));
		}
	};
	t.after(() => {
		on = false;
		agent.destroy();
	});
	[1, 2, 3, 4].forEach(next);
	return () => count;
}

/**
 * Asks until the answer is certain, like a user who loads the page again: while other tests have
 * connections, too, or keep the machine too busy, it is not.
 *
 * @param {Client} client
 * @param {number} tab
 * @param {string} url
 * @param {(answer: any) => boolean} [isCertain]
 */
export function certain(client, tab, url, isCertain = ({ state }) => state !== 'none') {
	let last = '';
	return until(`a certain answer for ${url}`, async () => {
		const answer = await client.watch(tab, url);
		assert.ok(answer.state !== 'none' || answer.reason.includes('cannot be seen which one'), answer.reason);
		last = answer.reason;
		return isCertain(answer) ? answer : undefined;
	}, { every: 1100, msec: 180000 }).catch((error) => Promise.reject(new Error(`${error.message}: ${last}`)));
}

/**
 * @param {World} world
 * @param {Client} client
 * @param {string} file
 * @returns {Promise<number[]>} the tabs that its save reaches
 */
export async function reaches(world, client, file) {
	await appendFile(file, '\n');
	const { mark } = client.log;
	const serial = await world.bus.saved(file);
	const { tabs } = await client.log.next('the reload', ({ type, event }) => type === 'reload' && event === serial, { mark });
	return tabs.sort();
}

/** @param {World} world @param {string} url @returns {Promise<string>} the project that `savecast why` names */
export async function why(world, url) {
	const { status, stdout, stderr } = await world.savecast('why', url, '--json');
	assert.equal(status, 0, stderr);
	return path.basename(JSON.parse(stdout).projects[0]?.root ?? 'none');
}
