// SPDX-License-Identifier: MIT
/**
 * The connection of a page to another tool's server: the messages that would make the page reload.
 */
import http from 'node:http';

import WebSocket from 'ws';

import { EventLog, until } from '../../tests/lib/events.js';

/** @typedef {EventLog<string>} Messages */

/**
 * @param {import('../../tests/lib/world.js').World} world
 * @param {string} url
 * @param {object} how
 * @param {string | string[]} [how.protocols]
 * @param {any[]} [how.greeting] the first messages of the page
 * @param {(text: string) => boolean} how.reloads whether the message makes the page reload
 * @returns {Promise<Messages>}
 */
export async function webSocket(world, url, { protocols = [], greeting = [], reloads }) {
	/** @type {Messages} */
	const log = new EventLog();
	const socket = await until(url, () => new Promise((resolve, reject) => {
		const attempt = new WebSocket(url, protocols, { perMessageDeflate: false, origin: url.replace(/^ws/, 'http') });
		attempt.once('open', () => resolve(attempt));
		attempt.once('error', reject);
		attempt.on('message', data => {
			if (reloads(String(data))) {
				log.push(String(data));
			}
		});
	}), { every: 100 });
	greeting.forEach(message => socket.send(JSON.stringify(message)));
	world.atEnd.push(async () => socket.terminate());
	return log;
}

/** Version 7 of the LiveReload protocol, which several of the tools use. */
export const LIVERELOAD = {
	greeting: [
		{ command: 'hello', protocols: ['http://livereload.com/protocols/official-7'] },
		{ command: 'info', plugins: {}, url: 'http://localhost/' },
	],
	reloads: (/** @type {string} */ text) => JSON.parse(text).command === 'reload',
};

/**
 * Server-sent events.
 *
 * @param {import('../../tests/lib/world.js').World} world
 * @param {string} url
 * @param {string} event the event's name
 * @returns {Promise<Messages>}
 */
export function eventStream(world, url, event) {
	/** @type {Messages} */
	const log = new EventLog();
	return until(url, () => new Promise((resolve, reject) => {
		const request = http.get(url, { headers: { accept: 'text/event-stream' } }, response => {
			if (response.statusCode !== 200) {
				reject(new Error(`${url}: answered ${response.statusCode}`));
				return;
			}
			response.setEncoding('utf8').on('data', text => {
				if (text.includes(`event: ${event}`)) {
					log.push(text);
				}
			});
			resolve(log);
		});
		request.on('error', reject);
		world.atEnd.push(async () => request.destroy());
	}), { every: 100 });
}
