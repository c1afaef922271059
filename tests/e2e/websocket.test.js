// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import net from 'node:net';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { EventLog, until, within } from '../lib/events.js';
import { Client, ORIGIN, PROFILE } from '../lib/wire-client.js';
import { TOP, World } from '../lib/world.js';
import { run } from '../lib/children.js';

test('only a browser extension of this user can connect', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const host = `127.0.0.1:${world.port}`;
	/** @type {[string, object, RegExp | null][]} */
	const attempts = [
		['an extension of Chromium', {}, null],
		['an extension of Firefox', { origin: 'moz-extension://11111111-2222-4333-8444-555555555555' }, null],
		['over IPv6', { host: '[::1]' }, null],
		['by the name localhost', { host: 'localhost' }, null],
		['by the port of the other end of a tunnel', { headers: { Host: 'localhost:1' } }, null],
		['with another subprotocol offered too', { protocols: ['other', 'savecast.v1'] }, null],
		['a web page', { origin: 'http://localhost:8000' }, /403/],
		['a web page that looks like an extension', { origin: 'http://chrome-extension' }, /403/],
		['no Origin', { origin: '' }, /403/],
		['an Origin with nothing behind its scheme', { origin: 'chrome-extension://' }, /403/],
		['a null Origin', { origin: 'null' }, /403/],
		['two Origins', { origin: [ORIGIN, 'http://evil.test'] }, /403/],
		['a foreign Host', { headers: { Host: `evil.test:${world.port}` } }, /403/],
		['a Host without the port', { headers: { Host: 'localhost' } }, /403/],
		['a Host with an impossible port', { headers: { Host: 'localhost:123456' } }, /403/],
		['two Hosts', { headers: { Host: [host, 'evil.test'] } }, /403|400|hang up/],
		['no subprotocol', { protocols: [] }, /403/],
		['another subprotocol', { protocols: 'savecast.v2' }, /403/],
		['another path', { path: '/other' }, /404/],
	];
	for (const [what, how, refused] of attempts) {
		await t.test(what, async () => {
			const client = new Client(world, how);
			if (refused) {
				await assert.rejects(client.opened, { message: refused });
			} else {
				await client.opened;
				assert.equal(client.socket.protocol, 'savecast.v1');
			}
			client.socket.terminate();
		});
	}
	await t.test('plain HTTP gets a 403 without details', async () => {
		const response = await fetch(`http://${host}/`);
		assert.equal(response.status, 403);
		assert.doesNotMatch(await response.text(), /home|project/);
	});
});

/** A process of another user: connects, sends `request`, prints what it receives. */
const STRANGER = `
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family); s.settimeout(10)
try:
	s.connect((sys.argv[1], int(sys.argv[2])))
	s.sendall(sys.argv[3].encode())
	print("got", s.recv(1000))
except ConnectionResetError:
	print("reset")
`;

test('another user\'s process gets a reset, even with a correct handshake', async t => {
	if (process.getuid?.() !== 0) {
		t.skip('needs root, to become another user');
		return;
	}
	const world = await World.open(t);
	await world.startDaemon();
	const request = (/** @type {string} */ host) => ['GET / HTTP/1.1', `Host: ${host}:${world.port}`, `Origin: ${ORIGIN}`,
		'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
		'Sec-WebSocket-Protocol: savecast.v1', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\r\n');
	for (const [address, host] of [['127.0.0.1', '127.0.0.1'], ['::1', '[::1]']]) {
		const python = ['python3', '-c', STRANGER, address, String(world.port), request(host)];
		const own = await run(python, { PATH: '/usr/bin:/bin' });
		assert.match(own.stdout, /101 Switching/, `${own.stderr}: this user's request is accepted`);
		const other = await run(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...python],
			{ PATH: '/usr/bin:/bin' });
		assert.equal(other.stdout.trim(), 'reset', other.stderr);
	}
});

test('messages are answered as in the golden vectors', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const vectors = JSON.parse(await readFile(path.join(TOP, 'protocol/vectors/browser-to-daemon.json'), 'utf8'));
	for (const { name, text, error, message } of vectors) {
		if (message?.type === 'hello') {
			continue;
		}
		await t.test(name, async () => {
			const client = new Client(world);
			await client.hello();
			client.send(text);
			if (error) {
				assert.equal((await client.next('error', { mark: 0 })).code, error);
				assert.equal((/** @type {any} */ (await client.closed)).code, 1008);
			} else {
				client.send({ type: 'watch', tab: 1, url: 'about:blank' });
				await client.next('tab', { mark: 0 });
				client.socket.close();
			}
		});
	}
});

test('the order of messages, and limits', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const closed = async (/** @type {Client} */ client) => /** @type {any} */ (await within(client.closed, 'the close')).code;

	await t.test('a message before hello', async () => {
		const client = new Client(world);
		await client.opened;
		client.send({ type: 'unwatch', tab: 1 });
		assert.equal((await client.next('error', { mark: 0 })).code, 'bad-order');
		assert.equal(await closed(client), 1008);
	});
	await t.test('a second hello', async () => {
		const client = new Client(world);
		await client.hello();
		client.send({ type: 'hello', browser: 'Test 1', extension: '0.1.0', profile: PROFILE });
		assert.equal((await client.next('error', { mark: 0 })).code, 'bad-order');
		assert.equal(await closed(client), 1008);
	});
	await t.test('no hello within 5 s', async () => {
		const client = new Client(world);
		await client.opened;
		assert.equal(await closed(client), 1008);
	});
	await t.test('a newer connection of the same profile', async () => {
		const older = new Client(world);
		await older.hello();
		const newer = new Client(world);
		await newer.hello();
		assert.equal(await closed(older), 4001);
		newer.send({ type: 'watch', tab: 1, url: 'about:blank' });
		await newer.next('tab', { mark: 0 });
		newer.socket.close();
	});
	await t.test('a message of 16 KiB is accepted, one more byte closes the connection', async () => {
		const client = new Client(world);
		await client.hello();
		const text = JSON.stringify({ type: 'later', x: '' });
		const fill = (/** @type {number} */ size) => text.replace('""', `"${'x'.repeat(size - text.length)}"`);
		client.send(fill(16384));
		client.send({ type: 'watch', tab: 1, url: 'about:blank' });
		await client.next('tab', { mark: 0 });
		client.send(fill(16385));
		assert.equal(await closed(client), 1009);
	});
	await t.test('a URL of 4096 bytes is accepted, a longer one is not', async () => {
		const client = new Client(world);
		await client.hello();
		client.send({ type: 'watch', tab: 1, url: 'about:'.padEnd(4096, 'x') });
		await client.next('tab', { mark: 0 });
		client.send({ type: 'watch', tab: 1, url: 'about:'.padEnd(4097, 'x') });
		assert.equal((await client.next('error', { mark: 0 })).code, 'bad-message');
	});
	await t.test('a binary message', async () => {
		const client = new Client(world);
		await client.hello();
		client.socket.send(Buffer.from('{}'));
		assert.equal(await closed(client), 1003);
	});
	await t.test('1024 tabs are accepted, one more is refused, and the others stay', async () => {
		const client = new Client(world);
		await client.hello();
		for (let tab = 0; tab < 1025; tab++) {
			client.send({ type: 'watch', tab, url: 'about:blank' });
		}
		assert.equal((await client.next('error', { mark: 0 })).code, 'too-many-tabs');
		assert.equal((await world.bus.properties()).Tabs, 1024);
		client.send({ type: 'unwatch', tab: 0 });
		client.send({ type: 'watch', tab: 2000, url: 'about:blank' });
		await client.log.next('the answer', ({ type, tab }) => type === 'tab' && tab === 2000, { mark: 0 });
		client.socket.close();
		await until('the tabs to be forgotten', async () => (await world.bus.properties()).Tabs === 0);
	});
});

test('the state of a tab is sent, and again when it changes', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x' });
	const { url, port } = await world.serve('site', root,
		free => ['python3', '-m', 'http.server', '--bind', '127.0.0.1', String(free)]);
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url });
	const none = await client.log.next('the answer', ({ type, state }) => type === 'tab' && state !== 'looking', { mark: 0 });
	assert.equal(none.state, 'none');
	assert.match(none.reason, new RegExp(`port ${port} is served by python3 \\(pid \\d+\\) from ${root}: .*savecast track`));

	let mark = client.log.mark;
	await world.savecast('track', root);
	const live = await client.next('tab', { mark });
	assert.equal(live.state, 'live');
	assert.equal(live.project, 'site');

	mark = client.log.mark;
	const event = await world.bus.saved(path.join(root, 'index.html'));
	assert.deepEqual(await client.next('reload', { mark }),
		{ type: 'reload', event, tabs: [1], subject: 'save index.html', changes: [{ path: 'index.html', kind: 'page' }] });
	client.send({ type: 'report', event, tab: 1, step: 'reloading' });
	client.send({ type: 'report', event, tab: 1, step: 'failed', detail: 'for the test' });
	const story = await until('the closed event', async () => (await world.bus.events()).find((/** @type {any} */ e) => e.closed));
	assert.deepEqual(story.steps.map((/** @type {any} */ s) => s.step), ['heard', 'cast', 'reloading', 'failed']);
	assert.equal(story.steps.at(-1).text, 'for the test');

	mark = client.log.mark;
	await world.savecast('untrack', root);
	// Until this answer, a reload that failed may be tried again.
	await client.log.next('no project', ({ type, state }) => type === 'tab' && state === 'none', { mark });
	client.send({ type: 'watch', tab: 2, url: 'http://localhost:1/' });
	assert.match((await client.log.next('tab 2', ({ tab, state }) => tab === 2 && state === 'none', { mark })).reason, /nothing listens on port 1/);
});

test('an event also ends if its tab never reports', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x' }, { git: true });
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: `file://${root}/index.html` });
	await client.next('tab', { mark: 0 });
	const first = await world.bus.saved(path.join(root, 'index.html'));
	await client.next('reload', { mark: 0 });
	await world.bus.call({ member: 'Reload', signature: 'sa{sv}', body: [root, {}] });
	client.socket.terminate();
	const events = await until('two closed events', async () => {
		const all = await world.bus.events();
		return all.every((/** @type {any} */ e) => e.closed) && all;
	});
	assert.equal(events[0].serial, first);
	assert.deepEqual(events.map((/** @type {any} */ e) => [e.steps.at(-1).step, e.steps.at(-1).text]), [
		['skipped', 'replaced by the newer save #2'],
		['gone', 'the tab was switched off or closed'],
	]);
});

test('a browser that does not read is disconnected, and delays no other', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x' }, { git: true });
	const slow = new Client(world);
	const quick = new Client(world);
	await slow.hello('profile-slow');
	await quick.hello('profile-quick');
	for (let tab = 0; tab < 1000; tab++) {
		slow.send({ type: 'watch', tab: 8000000000000000 + tab, url: `file://${root}/index.html` });
	}
	quick.send({ type: 'watch', tab: 1, url: `file://${root}/index.html` });
	await until('1001 tabs', async () => (await world.bus.properties()).Tabs === 1001);
	slow.socket.pause();
	const seen = new EventLog();
	for (let i = 0; i < 200; i++) {
		const mark = quick.log.mark;
		const [event] = await world.bus.call({ member: 'Reload', signature: 'sa{sv}', body: [root, {}] });
		assert.equal((await quick.next('reload', { mark })).event, event);
		seen.push(event);
	}
	await until('the slow one to be dropped', async () => (await world.bus.properties()).Browsers === 1);
});

test('silent connections are closed, and at most 256 are accepted', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const connect = () => new Promise(resolve => {
		const socket = net.connect(world.port, '127.0.0.1');
		const began = performance.now();
		socket.on('error', () => {});
		socket.on('close', () => resolve(performance.now() - began));
		world.atEnd.push(async () => socket.destroy());
	});
	const silent = connect();
	const lived = await within(silent, 'the close of a silent connection');
	assert.ok(lived > 4000, `${lived} ms`);

	const clients = Array.from({ length: 256 }, () => new Client(world));
	await Promise.all(clients.map((client, i) => client.hello(`profile-${i}`)));
	await assert.rejects(new Client(world).opened, 'one too many');
	clients[0].socket.close();
	await until('one is gone', async () => (await world.bus.properties()).Browsers === 255);
	await until('there is room again', () => new Client(world).hello('profile-more'));
});
