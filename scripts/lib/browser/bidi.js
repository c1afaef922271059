// SPDX-License-Identifier: MIT
//
// WebDriver BiDi, as Firefox speaks it on its own: commands and events as JSON over a WebSocket.

import { WebSocket } from 'ws';
import { within } from '../events.js';

/** @typedef {{method: string, params: any}} BidiEvent */

export class Bidi {
	#socket;
	#lastId = 0;
	/** @type {Map<number, {method: string, resolve: Function, reject: (e: Error) => void}>} */
	#calls = new Map();
	/** @type {Set<(event: BidiEvent) => void>} */
	#listeners = new Set();

	/** @param {string} url that the browser printed */
	static async open(url) {
		const socket = new WebSocket(`${url}/session`);
		await within(new Promise((resolve, reject) => {
			socket.once('open', resolve);
			socket.once('error', reject);
		}), 'firefox: BiDi');
		return new Bidi(socket);
	}

	/** @param {WebSocket} socket */
	constructor(socket) {
		this.#socket = socket;
		socket.on('message', (data) => this.#received(JSON.parse(String(data))));
		socket.on('close', () => this.#fail(new Error('firefox: it is gone')));
		socket.on('error', (error) => this.#fail(error));
	}

	/**
	 * @param {string} method
	 * @param {object} [params]
	 * @returns {Promise<any>}
	 */
	send(method, params = {}) {
		const id = ++this.#lastId;
		const answer = new Promise((resolve, reject) => {
			this.#calls.set(id, { method, resolve, reject });
		});
		this.#socket.send(JSON.stringify({ id, method, params }));
		return within(answer, `firefox: ${method}`, 30000);
	}

	/**
	 * @param {string} method
	 * @param {(params: any) => unknown} [matches]
	 * @returns {Promise<any>} the params of the next such event; subscribe to it first
	 */
	next(method, matches = () => true) {
		/** @type {(event: BidiEvent) => void} */
		let listener;
		const event = new Promise((resolve) => {
			listener = (event) => {
				if (event.method === method && matches(event.params)) {
					resolve(event.params);
				}
			};
			this.#listeners.add(listener);
		});
		return within(event, `firefox: ${method}`).finally(() => this.#listeners.delete(listener));
	}

	/**
	 * @param {string} context
	 * @param {string} expression may be a promise
	 * @returns {Promise<any>} its value, by JSON
	 */
	async evaluate(context, expression) {
		const { type, result, exceptionDetails } = await this.send('script.evaluate', {
			expression: `(async () => JSON.stringify((await (${expression}\n)) ?? null))()`,
			target: { context },
			awaitPromise: true,
		});
		if (type === 'exception') {
			throw new Error(`${expression}: ${exceptionDetails.text}`);
		}
		return JSON.parse(result.value) ?? undefined;
	}

	close() {
		this.#socket.terminate();
	}

	/** @param {any} message */
	#received(message) {
		if (typeof message.id !== 'number') {
			[...this.#listeners].forEach((listener) => listener(message));
			return;
		}
		const call = this.#calls.get(message.id);
		this.#calls.delete(message.id);
		if (message.type === 'error') {
			call?.reject(new Error(`firefox: ${call.method}: ${message.error}: ${message.message}`));
		} else {
			call?.resolve(message.result);
		}
	}

	/** @param {Error} error */
	#fail(error) {
		for (const { reject } of this.#calls.values()) {
			reject(error);
		}
		this.#calls.clear();
	}
}
