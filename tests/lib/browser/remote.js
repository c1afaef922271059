// SPDX-License-Identifier: MIT
//
// What CDP and BiDi have in common: numbered calls with answers, and events between them.

import { within } from '../events.js';

/**
 * @typedef {object} RemoteEvent
 * @property {string} method
 * @property {any} params
 * @property {string} [sessionId] CDP's
 */

export class Remote {
	#name;
	#post;
	#lastId = 0;
	/** @type {Map<number, {method: string, resolve: Function, reject: (e: Error) => void}>} */
	#calls = new Map();
	/** @type {Set<(event: RemoteEvent) => void>} */
	#listeners = new Set();
	/** @type {Error | undefined} why calls are no longer answered */
	#gone;

	/**
	 * @param {string} name of the browser, for errors
	 * @param {(text: string) => void} post sends a message
	 */
	constructor(name, post) {
		this.#name = name;
		this.#post = post;
	}

	/**
	 * @param {string} method
	 * @param {object} params
	 * @param {string} [sessionId]
	 * @returns {Promise<any>} the answer
	 */
	send(method, params = {}, sessionId) {
		if (this.#gone) {
			return Promise.reject(this.#gone);
		}
		const id = ++this.#lastId;
		const answer = new Promise((resolve, reject) => {
			this.#calls.set(id, { method, resolve, reject });
		});
		this.#post(JSON.stringify({ id, method, params, sessionId }));
		return within(answer, `${this.#name}: ${method}`);
	}

	/**
	 * @param {(event: RemoteEvent) => void} listener
	 * @returns {() => void} removes the listener
	 */
	on(listener) {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/**
	 * @param {string} method
	 * @param {(event: RemoteEvent) => unknown} matches
	 * @returns {Promise<any>} the params of the next event of this type
	 */
	nextEvent(method, matches) {
		/** @type {() => void} */
		let stop;
		const found = new Promise((resolve) => {
			stop = this.on((event) => {
				if (event.method === method && matches(event)) {
					resolve(event.params);
				}
			});
		});
		return within(found, `${this.#name}: ${method}`).finally(() => stop());
	}

	/** @param {any} message from the browser */
	received(message) {
		if (typeof message.id !== 'number') {
			[...this.#listeners].forEach((listener) => listener(message));
			return;
		}
		const call = this.#calls.get(message.id);
		this.#calls.delete(message.id);
		if (message.error) {
			// CDP's error is an object; BiDi's is a string, with a separate message.
			const why = message.error.message ?? `${message.error}: ${message.message}`;
			call?.reject(new Error(`${this.#name}: ${call.method}: ${why}`));
		} else {
			call?.resolve(message.result);
		}
	}

	/** @param {Error} error why the connection is closed */
	fail(error) {
		this.#gone ??= error;
		for (const { reject } of this.#calls.values()) {
			reject(error);
		}
		this.#calls.clear();
	}
}
