// SPDX-License-Identifier: MIT
//
// A browser sends the cookies of 127.0.0.1 to every port, also to the daemon's: the extension
// connects, however many cookies an application has set.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';

import { within } from '../lib/events.js';
import { BROWSERS, live, missingOrLong } from '../lib/live.js';
import { Memory } from '../lib/memory.js';
import { RawSocket, request } from '../lib/raw-socket.js';
import { World } from '../lib/world.js';

/** What browsers keep for one host: this many cookies, of this many bytes each. */
const MOST = 180, LARGEST = 4096;

test('a handshake can be 1 MiB long, and uses no more memory', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const memory = await new Memory(world).begin();
	for (const bytes of [4096, 16384, MOST * (LARGEST + 2), 1024 * 1024 - 1024]) {
		const socket = new RawSocket(world).write(request(world, { Cookie: 'x'.repeat(bytes) }));
		await socket.got('HTTP/1.1 101');
		socket.socket.destroy();
	}
	const sockets = Array.from({ length: 100 }, () =>
		new RawSocket(world).write(request(world, { Cookie: 'x'.repeat(700000) }).slice(0, -2)));
	await Promise.all(sockets.map(({ connected }) => connected));
	await new RawSocket(world).write(request(world, { Cookie: 'x'.repeat(700000) })).got('HTTP/1.1 101');
	await memory.bounded(t, '100 handshakes of 700 KB that never end', 1024);

	const large = new RawSocket(world).write(request(world, { Cookie: 'x'.repeat(1024 * 1024) }));
	assert.match(String(await within(large.gone, 'the end')), /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
	const advice =
		/larger than 1 MiB, and was refused: too many cookies of 127\.0\.0\.1 or localhost: clear them in the browser/;
	const status = async () => (await world.savecast('status')).stdout.replace(/\s+/g, ' ');
	assert.match(await status(), advice);
	await new RawSocket(world).write(request(world)).got('HTTP/1.1 101');
	assert.doesNotMatch(await status(), /cookies/, 'a browser has connected');
	assert.match(await world.log('savecastd'), /more than 1 MiB: too many cookies of 127\.0\.0\.1 or localhost/);
});

/**
 * Takes the daemon's place until a browser has requested a WebSocket.
 *
 * @param {number} port
 * @returns {Promise<number>} how many bytes of cookies the request had
 */
async function bytesOfCookies(port) {
	/** @type {Set<net.Socket>} */
	const sockets = new Set();
	const server = net.createServer().listen(port, '127.0.0.1');
	try {
		return await within(new Promise((resolve) => server.on('connection', (socket) => {
			let head = '';
			sockets.add(socket);
			socket.on('error', () => {});
			socket.on('data', (more) => {
				head += more.toString('latin1');
				if (!head.includes('\r\n\r\n')) {
					return;
				}
				if (/^upgrade: websocket\r$/im.test(head)) {
					resolve(/^cookie: (.*)\r$/im.exec(head)?.[1].length ?? 0);
				}
				socket.end('HTTP/1.1 403 Forbidden\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
			});
		})), 'a handshake', 20000);
	} finally {
		sockets.forEach((socket) => socket.destroy());
		await new Promise((resolve) => server.close(resolve));
	}
}

for (const which of BROWSERS) {
	test(`${which}: cookies of other applications on 127.0.0.1 do not keep the extension from connecting`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		const site = await world.site('site', { 'index.html': '<h1>one</h1>' });
		const browser = await world.browser(which, { grant: ['http://127.0.0.1/*'] });
		const page = await browser.newPage(site.url.replace('localhost', '127.0.0.1'));
		await page.clickAction();
		let set = 0;
		for (const cookies of [1, 4, MOST]) {
			const kept = await page.evaluate(`(() => {
				for (let i = ${set}; i < ${cookies}; i++) {
					const name = 'c' + String(i).padStart(3, '0');
					document.cookie = name + '=' + 'x'.repeat(${LARGEST} - name.length - 1) + '; SameSite=None; Secure';
				}
				return document.cookie.length;
			})()`);
			assert.ok(kept >= cookies * LARGEST, `${kept} bytes are kept of ${cookies} cookies`);
			set = cookies;
			// Chromium may open a connection before its store has the new cookies.
			let sent = await bytesOfCookies(world.port);
			for (let again = 0; sent === 0 && again < 2; again++) {
				sent = await bytesOfCookies(world.port);
			}
			t.diagnostic(`${cookies} cookies of 4 KiB: ${sent} bytes are sent`);
			// Chromium sends all of them or, sometimes, none when there are this many.
			assert.ok(sent >= cookies * LARGEST || (sent === 0 && which === 'chromium' && cookies === MOST),
				`${sent} bytes of ${cookies} cookies were sent`);
			await world.startDaemon();
			await live(world, 1);
			await world.endDaemon();
		}
	});
}
