// SPDX-License-Identifier: MIT
//
// Each row of the tables in protocol/websocket.md that say what is accepted: what is just accepted, and
// one step beyond. A row without a test fails.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { floodGauge } from '../../browser-ext/link/flood.js';
import { within } from '../lib/events.js';
import { OPCODE, RawSocket, frame, request } from '../lib/raw-socket.js';
import { Client, ORIGIN } from '../lib/wire-client.js';
import { TOP, World } from '../lib/world.js';

/**
 * @typedef {{world: World, t: import('node:test').TestContext}} Place
 * @typedef {string | ((place: Place) => unknown)} Row the test, or where it is: "file: its name"
 */

/** The first line of the answer. @param {Place} place @param {string | Buffer} bytes @param {string} what */
async function answer({ world }, bytes, what) {
	const socket = new RawSocket(world).write(bytes);
	const got = String(await within(Promise.race([socket.got('\r\n\r\n').then(() => socket.data), socket.gone]), what));
	socket.socket.destroy();
	return /^HTTP\/1\.1 (\d+)/.exec(got)?.[1] ?? got;
}

/** Changes of the extension's own handshake. @typedef {[Record<string, string | string[] | null>, string?]} Change */

/** @param {Change[]} taken @param {Change[]} refused @param {string} [status] */
const handshakes = (taken, refused, status = '403') => async (/** @type {Place} */ place) => {
	for (const [changes, expected] of /** @type {[Change[], string][]} */ ([[taken, '101'], [refused, status]])) {
		for (const change of changes) {
			const what = JSON.stringify(change).slice(0, 200);
			assert.equal(await answer(place, request(place.world, ...change), what), expected, what);
		}
	}
};

/** @param {object[]} taken messages @param {object[]} refused with `bad-message` */
const messages = (taken, refused) => async (/** @type {Place} */ { world }) => {
	for (const message of taken) {
		const client = new Client(world);
		await client.hello();
		client.send(message);
		await client.watch(9, 'about:blank');
		client.socket.close();
	}
	for (const message of refused) {
		const client = new Client(world);
		await client.hello();
		client.send(message);
		assert.equal((await client.next('error', { mark: 0 })).code, 'bad-message');
		assert.equal((/** @type {any} */ (await client.closed)).code, 1008);
	}
};

const key = (/** @type {number} */ bytes) => ({ 'Sec-WebSocket-Key': Buffer.alloc(bytes, 'k').toString('base64') });
const problem = (/** @type {object} */ rest = {}) => ({ kind: 'error', message: 'x', ...rest });
const problems = (/** @type {object[]} */ ...list) => ({ type: 'problems', tab: 1, event: 0, list });
const x = (/** @type {number} */ length) => 'x'.repeat(length);

/** Parts of a picture with this many bytes together. @param {Place} place @param {number} bytes */
async function picture({ world }, bytes) {
	const root = await world.folder('picture', { 'index.html': '' }, { git: true });
	const client = new Client(world);
	await client.hello();
	await client.watch(1, `file://${root}/index.html`);
	const { mark } = client.log;
	const taken = world.bus.call({ member: 'Screenshot', signature: 'sa{sv}', body: [root, {}] })
		.then(([{ data }]) => data.length, (/** @type {Error} */ error) => String(error));
	const { request: number } = await client.next('screenshot', { mark });
	for (let at = 0; at < bytes; at += 12000) {
		const size = Math.min(12000, bytes - at);
		client.send({ type: 'picture', tab: 1, request: number, part: 'A'.repeat(size), ...(at + size === bytes ? { last: true } : {}) });
	}
	const result = await within(taken, `a picture of ${bytes} bytes`);
	client.socket.close();
	return result;
}

/** How many untrusted rules the browser is sent. @param {Place} place @param {number} count */
async function untrusted({ world }, count) {
	const rules = Array.from({ length: count }, (_, i) => `\tinclude = /elsewhere/${i}/**\n`).join('');
	const root = await world.folder(`rules-${count}`, { 'index.html': '', '.savecast': `[savecast]\n${rules}` }, { git: true });
	const client = new Client(world);
	await client.hello();
	const { mark } = client.log;
	client.send({ type: 'watch', tab: 1, url: `file://${root}/index.html` });
	const tab = await client.log.next('the rules', message => message.type === 'tab' && message.untrusted, { mark });
	client.socket.close();
	return tab.untrusted.rules.length;
}

/** What a browser that gets these messages does. @param {string[]} texts */
function floods(texts) {
	const exceeds = floodGauge();
	return texts.map((text) => exceeds(text)).at(-1);
}

/** @type {Record<string, Record<string, Row>>} by the first column of the table, then by that of its rows */
const ROWS = {
	what: {
		'the process at the other end': 'websocket: another user\\\'s process gets a reset, even with a correct handshake',
		'the request': async (place) => {
			const good = request(place.world, { 'X-Fill': 'a\tb' });
			assert.equal(await answer(place, good, 'a tab'), '101');
			for (const bad of [good.replace('\r\n', '\n'), good.replaceAll('\r\n', '\r'), good.replace('\t', '\r\n '), good.replace('\t', '\x01'), good.replace('\t', '\x7f'), good.replace('\t', '\0')]) {
				assert.equal(await answer(place, bad, JSON.stringify(bad)), '403', JSON.stringify(bad));
			}
		},
		path: handshakes([[{}, 'GET / HTTP/1.1']], ['/x', '//', '/.', '/?', '/?a', '/%2f'].map((name) => [{}, `GET ${name} HTTP/1.1`]), '404'),
		'method and version': handshakes([[{}, 'GET / HTTP/1.1']], ['get / HTTP/1.1', 'HEAD / HTTP/1.1', 'POST / HTTP/1.1', 'GET / HTTP/1.0', 'GET / HTTP/1.2', 'GET / http/1.1'].map((line) => [{}, line])),
		'`Host`': handshakes(['127.0.0.1:1', 'localhost:65535', '[::1]:65535'].map((Host) => [{ Host }]),
			['127.0.0.1:65536', '127.0.0.1:0', '127.0.0.1:', '127.0.0.1', '127.0.0.2:1', '[::2]:1', 'localhost.:1', 'localhost:1x', ['127.0.0.1:1', '127.0.0.1:1'], null].map((Host) => [{ Host }])),
		'`Origin`': handshakes(['chrome-extension://a', 'moz-extension://a'].map((Origin) => [{ Origin }]),
			['chrome-extension:/', 'chrome-extensions://a', 'http://a', 'null', null, [ORIGIN, ORIGIN]].map((Origin) => [{ Origin }])),
		'`Upgrade`, `Connection`': handshakes([[{ Connection: 'keep-alive, Upgrade' }]],
			[[{ Upgrade: 'websockets' }], [{ Upgrade: 'h2c' }], [{ Upgrade: null }], [{ Connection: 'keep-alive' }], [{ Connection: 'Upgrades' }], [{ Connection: null }]]),
		'`Sec-WebSocket-Protocol`': handshakes([[{ 'Sec-WebSocket-Protocol': 'other, savecast.v1' }]],
			['savecast.v2', 'savecast.v11', 'savecast', null].map((offered) => [{ 'Sec-WebSocket-Protocol': offered }])),
		'`Sec-WebSocket-Version`': handshakes([[{}]], ['12', '14', '', null, ['13', '13']].map((version) => [{ 'Sec-WebSocket-Version': version }])),
		'`Sec-WebSocket-Key`': handshakes([[key(16)]], [[key(15)], [key(17)], [{ 'Sec-WebSocket-Key': `${x(23)}!` }], [{ 'Sec-WebSocket-Key': null }],
			[{ 'Sec-WebSocket-Key': [key(16)['Sec-WebSocket-Key'], key(16)['Sec-WebSocket-Key']] }]]),
		'each of these values': handshakes([[{ Origin: ORIGIN.padEnd(120, 'a') }], [{ 'Sec-WebSocket-Protocol': 'savecast.v1,   '.padEnd(123, 'a') }]],
			[[{ Origin: ORIGIN.padEnd(121, 'a') }], [{ 'Sec-WebSocket-Protocol': 'savecast.v1,'.padEnd(121, 'a') }]]),
		'request line and headers': async (place) => {
			const size = (/** @type {number} */ bytes) => request(place.world, { Cookie: x(bytes - request(place.world, { Cookie: '' }).length) });
			assert.equal(size(1 << 20).length, 1 << 20);
			assert.equal(await answer(place, size(1 << 20), '1 MiB'), '101');
			assert.equal(await answer(place, size((1 << 20) + 1), 'more'), '431');
		},
		'': 'attack-handshake: slow, piecemeal and half-open handshakes end in time and use little memory',
	},
	limit: {
		'message to the daemon': 'websocket: a message of 16 KiB is accepted, one more byte closes the connection',
		'connections at one time': 'websocket: silent connections are closed, and at most 256 are accepted',
		'tabs of one connection, with their frames': 'websocket: 1024 tabs are accepted, one more is refused, and the others stay',
		'`url`': 'websocket: a URL of 4096 bytes is accepted, a longer one is not',
		'rules in `untrusted`': async (place) => {
			assert.equal(await untrusted(place, 16), 16);
			assert.equal(await untrusted(place, 17), 0);
		},
		'problems in a message': messages(
			[problems(...Array(8).fill(problem())), problems(problem({ message: x(512), file: x(512), stack: x(512) }))],
			[problems(...Array(9).fill(problem())), ...['message', 'file', 'stack'].map((field) => problems(problem({ [field]: x(513) })))]),
		'part of a picture': messages([{ type: 'picture', tab: 1, request: 1, part: x(12000) }], [{ type: 'picture', tab: 1, request: 1, part: x(12004) }]),
		'picture, all parts together': async (place) => {
			assert.equal(await picture(place, 1400000), 1400000);
			assert.match(String(await picture(place, 1400004)), /too large/);
		},
		'other strings to the daemon': messages([{ type: 'report', event: 1, tab: 1, step: 'failed', detail: x(256) }],
			[{ type: 'report', event: 1, tab: 1, step: 'failed', detail: x(257) }]),
		'time from the handshake to `hello`': 'websocket: no hello within 5 s',
		'data waiting for one browser': 'websocket: a browser that does not read is disconnected, and delays no other',
		'message to the browser': () => {
			assert.equal(floods([x(262144)]), false);
			assert.equal(floods([x(262145)]), true);
		},
		'messages to the browser within 10 s': () => {
			assert.equal(floods(Array(10000).fill('x')), false);
			assert.equal(floods(Array(10001).fill('x')), true);
			assert.equal(floods(Array(16).fill(x(262144))), false);
			assert.equal(floods([...Array(16).fill(x(262144)), 'x']), true);
		},
	},
	code: {
		'`bad-json`': async ({ world }) => {
			const client = new Client(world);
			await client.hello();
			client.send('{}{}');
			assert.equal((await client.next('error', { mark: 0 })).code, 'bad-json');
		},
		'`bad-message`': messages([{ type: 'unwatch', tab: Number.MAX_SAFE_INTEGER }], [{ type: 'unwatch', tab: 2 ** 53 }, { type: 'unwatch' }, { type: 'unwatch', tab: '1' }]),
		'`bad-order`': 'websocket: a message before hello',
		'`too-many-tabs`': 'websocket: 1024 tabs are accepted, one more is refused, and the others stay',
		'`unconfirmed`': 'pair: another extension learns nothing, and cannot disconnect the one that is known',
		1000: async ({ world }) => {
			const socket = await new RawSocket(world).open(world, 'profile-1000');
			socket.write(frame(OPCODE.close, Buffer.from([3, 232])));
			assert.equal(await socket.code(), 1000);
		},
		1001: async ({ world }) => {
			const client = new Client(world);
			await client.hello();
			await world.endDaemon();
			assert.equal((/** @type {any} */ (await within(client.closed, 'the close'))).code, 1001);
			await world.startDaemon();
		},
		1003: 'websocket: a binary message',
		1007: async ({ world }) => {
			const socket = await new RawSocket(world).open(world, 'profile-1007');
			socket.write(frame(OPCODE.text, Buffer.from('{"type":"\xff"}', 'latin1')));
			assert.equal(await socket.code(), 1007);
		},
		1008: 'websocket: no hello within 5 s',
		1009: 'websocket: a message of 16 KiB is accepted, one more byte closes the connection',
		4001: 'websocket: a newer connection of the same profile',
	},
};

/** The first cells of the rows of all tables whose header begins so. @param {string} first */
function rowsOf(first) {
	const lines = readFileSync(path.join(TOP, 'protocol/websocket.md'), 'utf8').split('\n');
	return lines.flatMap((line, at) => {
		if (!line.startsWith(`| ${first} |`) || !lines[at + 1].startsWith('|---')) {
			return [];
		}
		const rows = lines.slice(at + 2);
		return rows.slice(0, rows.findIndex((row) => !row.startsWith('|'))).map((row) => row.split('|')[1].trim());
	});
}

test('each row of the tables in protocol/websocket.md is what the daemon does, at the limit and beyond', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	for (const [first, rows] of Object.entries(ROWS)) {
		await t.test(`the rows of "${first}" and their tests are the same`, () =>
			assert.deepEqual(rowsOf(first).sort(), Object.keys(rows).sort()));
		for (const [name, row] of Object.entries(rows)) {
			await t.test(`${first}: ${name || '(empty)'}`, async inner => {
				if (typeof row === 'string') {
					const [file, title] = row.split(': ');
					assert.ok((await readFile(path.join(TOP, `tests/e2e/${file}.test.js`), 'utf8')).includes(`test('${title}'`), row);
				} else {
					await row({ world, t: inner });
				}
			});
		}
	}
});
