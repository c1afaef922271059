// SPDX-License-Identifier: MIT
import WebSocket from 'ws';

import { EventLog, until } from './events.js';

/** The origin of our extension in Chromium. */
export const ORIGIN = 'chrome-extension://hkniokloboicegjlaajjjkbfncgoeifp';
export const PROFILE = 'profile-of-a-test';

/**
 * A browser's end of the protocol; the test controls each byte.
 */
export class Client {
	/** @type {EventLog<any>} */
	log = new EventLog();

	/**
	 * @param {import('./world.js').World} world
	 * @param {object} [how]
	 * @param {string} [how.origin]
	 * @param {string} [how.host] the address to connect to
	 * @param {string | string[]} [how.protocols]
	 * @param {Record<string, any>} [how.headers]
	 * @param {string} [how.path]
	 */
	constructor(world, { origin = ORIGIN, host = '127.0.0.1', protocols = 'savecast.v1', headers = {}, path: at = '/' } = {}) {
		this.socket = new WebSocket(`ws://${host}:${world.port}${at}`, protocols, { origin, headers, perMessageDeflate: false });
		this.opened = new Promise((resolve, reject) => {
			this.socket.once('open', () => resolve(this));
			this.socket.once('error', reject);
		});
		this.opened.catch(() => {});
		this.socket.on('error', () => {});
		this.closed = new Promise(resolve => {
			this.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
		});
		this.socket.on('message', data => this.log.push(JSON.parse(String(data))));
		world.why?.clients.add(this);
		world.atEnd.push(async () => this.socket.terminate());
	}

	/** @param {any} message */
	send(message) {
		this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
	}

	/** @param {string} type */
	next(type, options = {}) {
		return this.log.next(type, message => message.type === type, options);
	}

	/** @param {object} [more] further fields */
	async hello(profile = PROFILE, browser = 'Test 1', more = {}) {
		await this.opened;
		this.send({ type: 'hello', browser, extension: '0.1.0', profile, ...more });
		return this.next('hello', { mark: 0 });
	}

	/**
	 * The next answer of the daemon about the tab with this state.
	 *
	 * @param {number} tab
	 * @param {string} state
	 * @param {() => unknown} cause
	 */
	async told(tab, state, cause) {
		const { mark } = this.log;
		await cause();
		return this.log.next(`tab ${tab} to be ${state}`,
			message => message.type === 'tab' && message.tab === tab && message.state === state, { mark });
	}

	/**
	 * The daemon's answer about a URL, once it has looked.
	 *
	 * @param {number} tab
	 * @param {string} url
	 * @returns {Promise<{state: string, project?: string, reason: string}>}
	 */
	async watch(tab, url) {
		const { mark } = this.log;
		this.send({ type: 'watch', tab, url });
		return this.log.next(`an answer for ${url}`,
			message => message.type === 'tab' && message.tab === tab && message.state !== 'looking', { mark });
	}
}

/**
 * Connects like the extension: tries until it succeeds.
 *
 * @param {import('./world.js').World} world
 * @param {string} url
 */
export async function back(world, url) {
	return until('the browser to be back', async () => {
		const client = new Client(world);
		await client.hello(PROFILE);
		client.send({ type: 'watch', tab: 1, url });
		await client.log.next('live', ({ type, state }) => type === 'tab' && state === 'live', { mark: 0 });
		return client;
	}, { every: 50 });
}
