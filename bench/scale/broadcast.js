// SPDX-License-Identifier: MIT
/** One event to very many browsers, each with a live tab. */
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { TOP } from '../../tests/lib/world.js';
import { ORIGIN } from '../../tests/lib/wire-client.js';
import { whileAlive } from '../../tests/lib/children.js';
import { until, within } from '../../tests/lib/events.js';
import { atDesk, projects } from '../lib/desk.js';
import { memory } from '../lib/memory.js';
import { summary } from '../lib/stats.js';

export const BROADCAST = 10000;
const CROWD_DAEMON = path.join(TOP, 'build-bench-crowd/daemon/savecastd');
/** How many connect at a time: the kernel's queue of new connections is short. */
const BATCH = 50;

/** A client message: masked with zero, which does not change it. @param {any} message */
function frame(message) {
	const text = Buffer.from(JSON.stringify(message));
	const head = text.length < 126 ? [0x81, 0x80 | text.length] : [0x81, 0xfe, text.length >> 8, text.length & 255];
	return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), text]);
}

/**
 * A browser that is only a socket, and counts the bytes that it receives.
 *
 * @param {number} port
 * @param {number} number
 * @param {string} url
 * @param {(text: string) => void} got
 * @returns {Promise<net.Socket>} resolves when its tab is live
 */
const browser = (port, number, url, got) => new Promise((resolve, reject) => {
	const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
	let live = false, greeted = false;
	socket.on('error', reject);
	socket.on('close', () => reject(new Error(`browser ${number}: closed`)));
	socket.on('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n`
		+ `Connection: Upgrade\r\nOrigin: ${ORIGIN}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`
		+ 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: savecast.v1\r\n\r\n'));
	socket.on('data', data => {
		const text = data.toString('latin1');
		if (live) {
			got(text);
		} else if (!greeted && text.includes('\r\n\r\n')) {
			greeted = true;
			socket.write(frame({ type: 'hello', browser: 'Crowd', extension: '0', profile: `bench-crowd-${number}` }));
			socket.write(frame({ type: 'watch', tab: 1, url }));
		} else if (text.includes('"state":"live"')) {
			live = true;
			resolve(socket);
		}
	});
});

/** @param {number} most the number of clients */
export async function broadcast(most) {
	/** @type {(string | number)[][]} */
	const rows = [];
	let last = NaN;
	for (const count of [1, 100, most]) {
		await atDesk(async world => {
			const [site] = await projects(world, 1);
			const daemon = world.children.start('crowd-daemon', [CROWD_DAEMON], { env: world.env });
			await whileAlive(daemon, until('the daemon', () => world.bus.daemonRuns()));
			let reached = 0;
			/** @type {(at: number) => void} */
			let all = () => {};
			const got = (/** @type {string} */ text) => {
				if (text.includes('"type":"reload"') && ++reached === count) {
					all(performance.now());
				}
			};
			const sockets = [];
			for (let i = 0; i < count; i += BATCH) {
				sockets.push(...await Promise.all(Array.from({ length: Math.min(BATCH, count - i) },
					(_, k) => browser(world.port, i + k, site.url, got))));
			}
			const whole = [], own = [];
			for (let i = 0; i < 7; i++) {
				reached = 0;
				const done = new Promise(resolve => { all = resolve; });
				writeFileSync(site.page, `${i}`);
				const begun = performance.now();
				const answer = world.bus.saved(site.page).then(() => performance.now() - begun);
				whole.push(await within(done, `all of ${count}`) - begun);
				own.push(await answer);
				await new Promise(resolve => { setTimeout(resolve, 100); });
			}
			last = summary(own)?.p50 ?? NaN;
			const { rss } = await memory(daemon.process.pid ?? 0);
			rows.push([String(count), summary(whole)?.p50 ?? NaN, last, rss]);
			sockets.forEach(socket => { socket.removeAllListeners('close'); socket.destroy(); });
		});
	}
	return { rows, count: most, msec: last };
}
