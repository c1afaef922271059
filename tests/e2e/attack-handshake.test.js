// SPDX-License-Identifier: MIT
//
// A client that is not an extension of this user learns nothing, and does not disturb one that is.
// (The simple cases of wrong headers are in websocket.test.js.)
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { within } from '../lib/events.js';
import { run } from '../lib/children.js';
import { Memory } from '../lib/memory.js';
import { RawSocket, request } from '../lib/raw-socket.js';
import { Client, ORIGIN } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

/** @param {string} status */
const page = (status) => new RegExp(`^HTTP/1\\.1 ${status}\\r\\nContent-Type: text/plain\\r\\nContent-Length: \\d+\\r\\n` +
	`Cache-Control: no-store\\r\\n(?:Access-Control-Allow-Origin: ${ORIGIN}\\r\\n)?Connection: close\\r\\n\\r\\nsavecast: ${status.slice(4)}\\n$`);
const FORBIDDEN = page('403 Forbidden');
const NOT_FOUND = page('404 Not Found');
const NOTHING = /^$/;
/** Any of these answers. */
const EITHER = new RegExp([FORBIDDEN, NOT_FOUND, NOTHING].map(({ source }) => source).join('|'));

/** A TLS client's first record, with a server name. */
const TLS = Buffer.from('16030100c8010000c40303' + '42'.repeat(32) + '00000800130213011303c02b' +
	'0100007300000010000e00000b6576696c2e74657374' + '00'.repeat(100), 'hex');

test('requests that are not the extension\'s handshake get the same short answer, or none', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	await world.folder('secret-site', { 'index.html': 'x' }, { git: true });
	await world.bus.saved(`${world.home}/secret-site/index.html`);
	const { port } = world;
	const memory = await new Memory(world).begin();
	/** @type {[string, Buffer | string, RegExp][]} */
	const attempts = [
		['DNS rebinding: a page of evil.test, whose name means 127.0.0.1 now',
			request(world, { Host: `evil.test:${port}`, Origin: `http://evil.test:${port}` }), FORBIDDEN],
		['DNS rebinding, with the origin of an extension', request(world, { Host: `evil.test:${port}` }), FORBIDDEN],
		['DNS rebinding, plain', `GET / HTTP/1.1\r\nHost: evil.test:${port}\r\n\r\n`, FORBIDDEN],
		['a name that begins with 127.0.0.1', request(world, { Host: `127.0.0.1.evil.test:${port}` }), FORBIDDEN],
		['a Host with a user', request(world, { Host: `localhost:${port}@evil.test` }), FORBIDDEN],
		['an empty Host', request(world, { Host: '' }), FORBIDDEN],
		['no Host', request(world, { Host: null }), FORBIDDEN],
		['an oversized Host', request(world, { Host: `127.0.0.1:${port}`.padEnd(1024, '0') }), FORBIDDEN],
		['an oversized Origin', request(world, { Origin: ORIGIN.padEnd(1024, 'a') }), FORBIDDEN],
		['an Origin that would be valid if it were cut', request(world, { Origin: ORIGIN.padEnd(119, 'a') + '/evil' }), FORBIDDEN],
		['two Origins, the second ours', request(world, { Origin: ['http://evil.test', ORIGIN] }), FORBIDDEN],
		['the same Origin twice', request(world, { Origin: [ORIGIN, ORIGIN] }), FORBIDDEN],
		['an Origin with a NUL', request(world, { Origin: `${ORIGIN}\0.evil.test` }), FORBIDDEN],
		['another path', request(world, {}, 'GET /x/ HTTP/1.1'), NOT_FOUND],
		['two slashes', request(world, {}, 'GET // HTTP/1.1'), NOT_FOUND],
		['the folder above', request(world, {}, 'GET /.. HTTP/1.1'), NOT_FOUND],
		['this folder', request(world, {}, 'GET /. HTTP/1.1'), NOT_FOUND],
		['a query', request(world, {}, 'GET /?a HTTP/1.1'), NOT_FOUND],
		['an empty query', request(world, {}, 'GET /? HTTP/1.1'), NOT_FOUND],
		['an encoded slash', request(world, {}, 'GET /%2f HTTP/1.1'), NOT_FOUND],
		['a path of 4 KiB', request(world, {}, `GET /${'x'.repeat(4096)} HTTP/1.1`), NOT_FOUND],
		['a path with a NUL', request(world, {}, 'GET /\0 HTTP/1.1'), FORBIDDEN],
		['no Upgrade', request(world, { Upgrade: null }), FORBIDDEN],
		['no Connection', request(world, { Connection: null }), FORBIDDEN],
		['another Connection', request(world, { Connection: 'keep-alive' }), FORBIDDEN],
		['no version', request(world, { 'Sec-WebSocket-Version': null }), FORBIDDEN],
		['version 8', request(world, { 'Sec-WebSocket-Version': '8' }), FORBIDDEN],
		['two versions', request(world, { 'Sec-WebSocket-Version': ['8', '13'] }), FORBIDDEN],
		['no key', request(world, { 'Sec-WebSocket-Key': null }), FORBIDDEN],
		['a short key', request(world, { 'Sec-WebSocket-Key': 'dGhl' }), FORBIDDEN],
		['a key that is not base64', request(world, { 'Sec-WebSocket-Key': '!'.repeat(24) }), FORBIDDEN],
		['two keys', request(world, { 'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='] }), FORBIDDEN],
		['lines that end in LF', request(world).replaceAll('\r\n', '\n'), FORBIDDEN],
		['one line that ends in LF', request(world).replace('\r\n', '\n'), FORBIDDEN],
		['lines that end in CR', request(world).replaceAll('\r\n', '\r'), FORBIDDEN],
		['a field that goes on in the next line', request(world, { 'X-Fill': 'a\r\n b' }), FORBIDDEN],
		['a blank before a colon', request(world, { 'Origin ': ORIGIN }), FORBIDDEN],
		['a field without a name', request(world, { '': 'x' }), FORBIDDEN],
		['a NUL in an unused field', request(world, { 'X-Fill': '\0' }), FORBIDDEN],
		['a whole URL as path', request(world, {}, `GET http://evil.test:${port}/ HTTP/1.1`), EITHER],
		['POST', request(world, { 'Content-Length': '4' }, 'POST / HTTP/1.1') + 'data', FORBIDDEN],
		['CONNECT', request(world, {}, `CONNECT evil.test:80 HTTP/1.1`), EITHER],
		['OPTIONS, as before a cross-origin request', request(world, { Connection: 'close', Upgrade: null }, 'OPTIONS / HTTP/1.1'), FORBIDDEN],
		['plain HTTP, kept alive', `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: keep-alive\r\n\r\n`, FORBIDDEN],
		['HEAD', request(world, {}, 'HEAD / HTTP/1.1'), FORBIDDEN],
		['a method in lower-case letters', request(world, {}, 'get / HTTP/1.1'), FORBIDDEN],
		['HTTP/1.0', request(world, {}, 'GET / HTTP/1.0'), FORBIDDEN],
		['HTTP/1.2', request(world, {}, 'GET / HTTP/1.2'), FORBIDDEN],
		['HTTP/1.0, plain', 'GET / HTTP/1.0\r\n\r\n', FORBIDDEN],
		['HTTP/0.9', 'GET /\r\n', FORBIDDEN],
		['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00', EITHER],
		['an upgrade to HTTP/2', request(world, { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' }), FORBIDDEN],
		['an upgrade to two things', request(world, { Upgrade: 'websocket, h2c' }), FORBIDDEN],
		['TLS', TLS, EITHER],
		['SSH', 'SSH-2.0-OpenSSH_9.2\r\n', EITHER],
		['bytes', Buffer.from(Array.from({ length: 1500 }, (_, i) => i * 151 & 255)), EITHER],
		['only line ends', '\r\n'.repeat(500), EITHER],
		['a request smuggled behind another', request(world, { Origin: 'http://evil.test' }) + request(world), FORBIDDEN],
		['compression, offered by a web page', request(world, { Origin: 'null', 'Sec-WebSocket-Extensions': 'permessage-deflate' }), FORBIDDEN],
	];
	await Promise.all(attempts.map(async ([what, bytes, answer]) => {
		const socket = new RawSocket(world).write(bytes);
		const got = (await within(socket.gone, what)).toString('latin1');
		assert.match(got, answer, what);
		assert.doesNotMatch(got, /secret|home|instance/, what);
	}));
	await memory.bounded(t, 'strange handshakes', 1024);
	assert.equal((await world.bus.properties()).Browsers, 0);
});

test('only an extension may see that the daemon answers a plain request', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	for (const [origin, may] of /** @type {[string | string[] | null, boolean][]} */ ([
		[ORIGIN, true], ['http://localhost:8000', false], ['null', false], [null, false], [[ORIGIN, 'http://evil.test'], false],
		[`${ORIGIN}\r\n\tx`, false],
	])) {
		const socket = new RawSocket(world).write(request(world, { Origin: origin, Upgrade: null }));
		const got = (await within(socket.gone, String(origin))).toString('latin1');
		assert.match(got, /^HTTP\/1\.1 403 /);
		assert.equal(/access-control/i.test(got), may, String(origin));
	}
});

test('an extension gets an uncompressed connection, whether it offers compression or not', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const socket = new RawSocket(world).write(request(world, { 'Sec-WebSocket-Extensions': 'permessage-deflate' }));
	await socket.got('\r\n\r\n');
	assert.match(String(socket.data), /^HTTP\/1\.1 101/);
	assert.doesNotMatch(String(socket.data), /Extensions/i);
});

test('slow, piecemeal and half-open handshakes end in time and use little memory', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const before = new Client(world);
	await before.hello('profile-before');
	const memory = await new Memory(world).begin();
	const ends = [];
	for (let i = 0; i < 240; i++) {
		const socket = new RawSocket(world, i % 2 ? '127.0.0.1' : '::1');
		const began = performance.now();
		/** @type {NodeJS.Timeout | undefined} */
		let timer;
		if (i % 3 === 1) {
			socket.write(request(world).slice(0, 200)); // and nothing more
		} else if (i % 3 === 2) {
			let at = 0;
			const text = request(world, { 'X-Fill': 'x'.repeat(200) });
			timer = setInterval(() => socket.write(text[at++] ?? ' '), 50);
		}
		ends.push(socket.gone.then((data) => {
			clearInterval(timer);
			return { lived: performance.now() - began, data };
		}));
	}
	// Meanwhile a client that was already connected is served.
	before.send({ type: 'watch', tab: 1, url: 'about:blank' });
	await before.next('tab', { mark: 0 });
	for (const { lived, data } of await within(Promise.all(ends), 'the end of all')) {
		assert.equal(String(data), '');
		assert.ok(lived > 3000, `${lived} ms`);
	}
	// At most 256 connections of some KiB each, here and below.
	await memory.bounded(t, '240 slow handshakes', 4096);
	await new Client(world).hello('profile-after');
});

/** Opens and drops connections; prints how each ended. */
const FLOOD = `
import socket, sys, collections
address, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
seen, open_ = collections.Counter(), []
for i in range(count):
	s = socket.socket(family)
	s.settimeout(10)
	try:
		s.connect((address, port))
		open_.append(s)
	except ConnectionResetError:
		seen["reset"] += 1
	except OSError as error:
		seen[str(error)] += 1
	if len(open_) == 200 or i == count - 1:
		for s in open_:
			try:
				s.send(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
				data = s.recv(100)
				seen["answered" if data else "closed"] += 1
			except (ConnectionResetError, BrokenPipeError):
				seen["reset"] += 1
			s.close()
		open_ = []
print(dict(seen))
`;

test('after 10,000 connections, of this user and of another, all resources are free again', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	const memory = await new Memory(world).begin();
	const descriptors = await memory.descriptors();
	const count = '10000';
	for (const address of ['127.0.0.1', '::1']) {
		const flood = ['python3', '-c', FLOOD, address, String(world.port), count];
		const own = await run(flood, { PATH: '/usr/bin:/bin' });
		assert.match(own.stdout, /answered/, own.stderr);
		t.diagnostic(`this user, ${address}: ${own.stdout.trim()}`);
		if (process.getuid?.() === 0) {
			const other = await run(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...flood], { PATH: '/usr/bin:/bin' });
			t.diagnostic(`another, ${address}: ${other.stdout.trim()}`);
			assert.equal(other.stdout.trim(), `{'reset': ${count}}`, other.stderr);
		}
	}
	await memory.bounded(t, `${Number(count) * 2} connections each`, 2048);
	client.send({ type: 'watch', tab: 1, url: 'about:blank' });
	await client.next('tab', { mark: 0 });
	assert.ok(await memory.descriptors() <= descriptors + 8, 'descriptors come back');
	const log = await world.log('savecastd');
	assert.ok(log.length < 4096, 'the log is not flooded');
});
