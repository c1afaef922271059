// SPDX-License-Identifier: MIT
//
// A paired client may send anything, in any frames: how the daemon answers, and its memory.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { until, within } from '../lib/events.js';
import { Memory } from '../lib/memory.js';
import { OPCODE, RawSocket, frame, request } from '../lib/raw-socket.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SAVECASTD, World } from '../lib/world.js';

const { more, text, binary, close, ping, pong } = OPCODE;
const MAX = 16384;

/** A message of an unknown type, of this size. @param {number} size */
const later = (size) => '{"type":"later","x":""}'.replace('""', `"${'x'.repeat(size - 23)}"`);
/** @param {number} tab */
const watch = (tab) => JSON.stringify({ type: 'watch', tab, url: 'about:blank' });

/** Splits the text into frames of this size. @param {string} whole @param {number} size */
function pieces(whole, size) {
	const bytes = Buffer.from(whole);
	const frames = [];
	for (let at = 0; at < bytes.length; at += size) {
		frames.push(frame(at ? more : text, bytes.subarray(at, at + size), { last: at + size >= bytes.length }));
	}
	return Buffer.concat(frames);
}

/**
 * RFC 6455 requires a close. libwebsockets before 5.0, whose number is 22, does not report whether a frame
 * had a mask (see SECURITY.md).
 */
const MASKS_CHECKED = Number(/libwebsockets\.so\.(\d+)/.exec(readFileSync(SAVECASTD, 'latin1'))?.[1]) >= 22;
const unmasked = frame(text, later(100), { masked: false });

/** Accepted messages: a `watch` after each is answered. @type {[string, Buffer][]} */
const taken = [
	['a message at the limit', frame(text, later(MAX))],
	['the same, a byte a frame', pieces(later(MAX), 1)],
	['the same, in two frames', pieces(later(MAX), MAX - 1)],
	['10,000 empty frames before the last', Buffer.concat([frame(text, '', { last: false }),
		...Array.from({ length: 10000 }, () => frame(more, '', { last: false })), frame(more, later(100))])],
	['pings between the frames of a message', Buffer.concat([frame(text, '{"type":', { last: false }), frame(ping, 'a'),
		frame(pong, 'b'), frame(more, '"later"', { last: false }), frame(ping, 'x'.repeat(125)), frame(more, '}')])],
	['a character in two frames', Buffer.concat([frame(text, Buffer.from('{"type":"later","x":"\xc3', 'latin1'), { last: false }),
		frame(more, Buffer.from('\xa9"}', 'latin1'))])],
	['pongs without a ping', Buffer.concat(Array.from({ length: 5000 }, () => frame(pong, 'x'.repeat(125))))],
	['an empty field name, and escapes', frame(text, '{"":1,"type":"\\u006cater","\\\\\\"\\/\\b\\f\\n\\r\\t":0}')],
	['eight levels', frame(text, `{"type":"later","x":${'['.repeat(7)}${']'.repeat(7)}}`)],
	['numbers of every size', frame(text, '{"type":"later","x":[1e308,-1e-308,0.1e1,9223372036854775807,-0]}')],
	...(MASKS_CHECKED ? [] : [/** @type {[string, Buffer]} */ (['a frame without a mask', unmasked])]),
	['1,700 fields', frame(text, `{"type":"later",${Array.from({ length: 1700 }, (_, i) => `"${i}":0`)}}`)],
];

/** Messages that end the connection, and how. @type {[string, Buffer | Buffer[], number[]][]} */
const refused = [
	...(MASKS_CHECKED ? [/** @type {[string, Buffer, number[]]} */ (['a frame without a mask', unmasked, [1002]])] : []),
	['a byte above the limit', frame(text, later(MAX + 1)), [1009]],
	['a MiB', frame(text, later(1 << 20)), [1009]],
	// Without a mask, the same limits and checks apply.
	['a byte above the limit, without a mask', frame(text, later(MAX + 1), { masked: false }), [MASKS_CHECKED ? 1002 : 1009]],
	['a binary message without a mask', frame(binary, '{"type":"later"}', { masked: false }), [MASKS_CHECKED ? 1002 : 1003]],
	['bad UTF-8 without a mask', frame(text, Buffer.from('{"type":"\xff"}', 'latin1'), { masked: false }), [MASKS_CHECKED ? 1002 : 1007]],
	['the same, in frames below the limit', pieces(later(1 << 20), 16000), [1009]],
	['a frame that announces 2^40 bytes', frame(text, 'x', { announced: 1n << 40n }), [1009]],
	['one that announces 2^63 - 1', frame(text, 'x', { announced: (1n << 63n) - 1n }), [1009, 1002, 0]],
	['one that announces 2^64 - 1', frame(text, 'x', { announced: (1n << 64n) - 1n }), [1009, 1002, 0]],
	['a second message within the first', Buffer.concat([frame(text, '{"type":', { last: false }), frame(text, '{}')]), [1002, 0]],
	['a binary one within the first', Buffer.concat([frame(text, '{"type":', { last: false }), frame(binary, '{}')]), [1002, 1003, 0]],
	['a continuation of no message', frame(more, '"later"}'), [1002, 0]],
	['a binary message', frame(binary, '{"type":"later"}'), [1003]],
	['reserved bits', frame(text, '{"type":"later"}', { reserved: 4 }), [1002, 0]],
	['an unknown opcode', frame(3, 'x'), [1002, 0]],
	['an unknown control opcode', frame(11, 'x'), [1002, 0]],
	['a ping in two frames', Buffer.concat([frame(ping, 'a', { last: false }), frame(more, 'b')]), [1002, 0]],
	['a ping of 126 bytes', frame(ping, 'x'.repeat(126)), [1002, 0]],
	['a close of one byte', frame(close, 'x'), [1002, 0]],
	['a close with an invalid code', frame(close, Buffer.from([0, 5])), [1002, 0, 5]],
	['a close with a reason that is not UTF-8', frame(close, Buffer.from([3, 232, 255])), [1002, 1007, 1000, 0]],
	['bad UTF-8', frame(text, Buffer.from('{"type":"\xff"}', 'latin1')), [1007]],
	['an overlong slash', frame(text, Buffer.from('{"type":"\xc0\xaf"}', 'latin1')), [1007]],
	['a surrogate in UTF-8', frame(text, Buffer.from('{"type":"\xed\xa0\x80"}', 'latin1')), [1007]],
	['bad UTF-8 in the second frame', Buffer.concat([frame(text, Buffer.from('{"type":"\xc3', 'latin1'), { last: false }),
		frame(more, Buffer.from('("}', 'latin1'))]), [1007]],
	['an escaped lone surrogate', frame(text, '{"type":"\\ud800"}'), [1008]],
	['nine levels', frame(text, `{"type":"later","x":${'['.repeat(8)}${']'.repeat(8)}}`), [1008]],
	['8,000 levels', frame(text, `{"type":"later","x":${'['.repeat(8000)}${']'.repeat(8000)}}`), [1008]],
	['8,000 levels that never end', frame(text, '{"a":'.repeat(3000)), [1008]],
	['the same key 1,500 times', frame(text, `{${Array.from({ length: 1500 }, () => '"type":""')}}`), [1008]],
	['an endless number', frame(text, `{"type":"unwatch","tab":${'9'.repeat(16000)}}`), [1008]],
	['a large exponent', frame(text, '{"type":"unwatch","tab":1e999999999}'), [1008]],
	['a NUL in a string', frame(text, '{"type":"watch","tab":1,"url":"a\\u0000b"}'), [1008]],
	['a NUL behind the message', frame(text, '{"type":"later"}\0'), [1008]],
	['two messages in one', frame(text, '{"type":"later"}{"type":"later"}'), [1008]],
];

test('frames of every kind are accepted or end their own connection, and no other', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const other = new Client(world);
	await other.hello('profile-other');
	const memory = await new Memory(world).begin();
	const descriptors = await memory.descriptors();
	for (const [what, bytes] of taken) {
		await t.test(what, async () => {
			const socket = await new RawSocket(world).open(world, 'profile-raw');
			socket.write(bytes).write(frame(text, watch(1)));
			await socket.got('"tab":1');
			socket.socket.destroy();
		});
	}
	for (const [what, bytes, codes] of refused) {
		await t.test(what, async () => {
			const socket = await new RawSocket(world).open(world, 'profile-raw');
			socket.write(/** @type {Buffer} */ (bytes));
			const code = await socket.code();
			assert.ok(codes.includes(code), `closed with ${code}: ${socket.data.toString('latin1').slice(0, 300)}`);
		});
	}
	other.send({ type: 'watch', tab: 1, url: 'about:blank' });
	await other.next('tab', { mark: 0 });
	await until('the others to be forgotten', async () => (await world.bus.properties()).Browsers === 1);
	await until('their descriptors, too', async () => await memory.descriptors() <= descriptors);
	// One message of 16 KiB at a time for each client, and what a heap adds by rounding.
	await memory.bounded(t, 'strange frames', 2048);
});

test('a connection that was replaced is sent nothing more, even if it does not close', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	const url = `file://${root}/index.html`;
	const older = await new RawSocket(world).open(world, 'profile-of-two');
	older.write(frame(text, JSON.stringify({ type: 'watch', tab: 1, url })));
	await older.got('"live"');
	const newer = new Client(world);
	await newer.hello('profile-of-two');
	await newer.watch(2, url);
	await world.bus.saved(`${root}/a.css`);
	await newer.next('reload', { mark: 0 });
	newer.send({ type: 'watch', tab: 3, url: 'about:blank' });
	await newer.watch(3, 'about:blank');
	assert.equal(await older.code(), 4001);
	assert.ok(!older.data.includes('"reload"'));
});

test('a flood of pings, from clients that read the answers and from clients that do not', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const other = new Client(world);
	await other.hello('profile-other');
	const memory = await new Memory(world).begin();
	const flood = Buffer.concat(Array.from({ length: 1000 }, () => frame(ping, 'x'.repeat(125))));
	const rounds = LONG ? 1000 : 100;

	const reader = await new RawSocket(world).open(world, 'profile-reader');
	const deaf = await new RawSocket(world).open(world, 'profile-deaf');
	deaf.socket.pause();
	for (let i = 0; i < rounds; i++) {
		for (const { socket } of [reader, deaf]) {
			// The daemon does not wait for a client that stops reading; it may also stop reading.
			if (!socket.destroyed && !socket.write(flood) && socket === reader.socket) {
				await within(new Promise((resolve) => {
					socket.once('drain', resolve);
					socket.once('close', resolve);
				}), 'the daemon to read');
			}
		}
		reader.data = Buffer.alloc(0);
	}
	other.send({ type: 'watch', tab: 1, url: 'about:blank' });
	await other.next('tab', { mark: 0 });
	await memory.bounded(t, `${rounds},000 pings of each`, 2048);
});

test('many clients that never read use at most their limit of memory', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x' }, { git: true });
	const url = `file://${root}/index.html`;
	const memory = await new Memory(world).begin();
	const count = 50;
	const deaf = [];
	for (let i = 0; i < count; i++) {
		const socket = await new RawSocket(world).open(world, `profile-deaf-${i}`);
		const tabs = Array.from({ length: 1000 }, (_, tab) => 8000000000000000 + tab);
		socket.socket.pause();
		socket.write(Buffer.concat(tabs.map((tab) => frame(text, JSON.stringify({ type: 'watch', tab, url })))));
		deaf.push(socket);
	}
	await until('their tabs', async () => (await world.bus.properties()).Tabs === count * 1000);
	for (let i = 0; i < 100; i++) {
		await world.bus.call({ member: 'Reload', signature: 'sa{sv}', body: [root, {}] });
	}
	await until('all to be dropped', async () => (await world.bus.properties()).Browsers === 0);
	// A MiB may be queued for each client, a tab costs about 400 bytes, and the rest is the heap's.
	await memory.bounded(t, `${count} deaf browsers of 1000 tabs`, 96 * 1024);
	// What remains is the log of events: 100 events of 256 steps, of 100 bytes each.
	await memory.givenBack(t, 8 * 1024);
	assert.equal((await world.bus.properties()).Tabs, 0);
});

test('a connection can be closed at any moment', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': 'x' }, { git: true });
	const url = `file://${root}/index.html`;
	const memory = await new Memory(world).begin();
	const descriptors = await memory.descriptors();
	const hello = frame(text, JSON.stringify({ type: 'hello', browser: 'Raw 1', extension: '0', profile: 'profile-race' }));
	const whole = Buffer.concat([Buffer.from(request(world)), hello,
		frame(text, JSON.stringify({ type: 'watch', tab: 1, url })), frame(text, later(3000)),
		frame(close, Buffer.from([3, 232])), frame(text, watch(2)), frame(close, Buffer.from([3, 233])), frame(ping, 'late')]);
	const count = LONG ? 5000 : 500;
	let seed = 42;
	for (let i = 0; i < count; i += 20) {
		await Promise.all(Array.from({ length: 20 }, async () => {
			const socket = new RawSocket(world);
			seed = (seed * 1103515245 + 12345) & 0x7fffffff;
			const cut = seed % (whole.length + 1);
			await socket.connected;
			socket.write(whole.subarray(0, cut));
			if (seed & 1 << 20) {
				socket.socket.resetAndDestroy();
			} else {
				socket.socket.end();
			}
			socket.socket.resume();
			await within(socket.gone, `the end of one that was cut at ${cut}`);
		}));
		// A message to all connected clients, between two closes.
		world.bus.call({ member: 'Reload', signature: 'sa{sv}', body: [root, {}] }).catch(() => {});
	}
	await until('all to be gone', async () => (await world.bus.properties()).Browsers === 0);
	await until('their descriptors, too', async () => await memory.descriptors() <= descriptors);
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url });
	await client.next('tab', { mark: 0 });
	await memory.bounded(t, `${count} cut connections`, 2048);
});
