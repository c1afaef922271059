// SPDX-License-Identifier: MIT
//
// The Chrome DevTools Protocol over --remote-debugging-pipe: JSON messages that end in NUL.

import { StringDecoder } from 'node:string_decoder';
import { within } from '../events.js';

/**
 * @typedef {object} CdpEvent
 * @property {string} method
 * @property {any} params
 * @property {string} [sessionId]
 */

export class Cdp {
	#output;
	#lastId = 0;
	/** @type {Map<number, {method: string, resolve: Function, reject: (e: Error) => void}>} */
	#calls = new Map();
	/** @type {Set<(event: CdpEvent) => void>} */
	#listeners = new Set();

	/**
	 * @param {NodeJS.WritableStream} output
	 * @param {NodeJS.ReadableStream} input
	 */
	constructor(output, input) {
		this.#output = output;
		const decoder = new StringDecoder('utf8');
		let rest = '';
		input.on('data', (bytes) => {
			const texts = (rest + decoder.write(bytes)).split('\0');
			rest = texts.pop() ?? '';
			texts.forEach((text) => this.#received(JSON.parse(text)));
		});
		const ended = () => this.#fail(new Error('browser: it is gone'));
		input.on('close', ended);
		input.on('error', ended);
		output.on('error', ended);
	}

	/**
	 * @param {string} method
	 * @param {object} [params]
	 * @param {string} [sessionId]
	 * @returns {Promise<any>}
	 */
	send(method, params = {}, sessionId) {
		const id = ++this.#lastId;
		const answer = new Promise((resolve, reject) => {
			this.#calls.set(id, { method, resolve, reject });
		});
		this.#output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
		return within(answer, `browser: ${method}`, 30000);
	}

	/**
	 * @param {(event: CdpEvent) => void} listener
	 * @returns {() => void} ends it
	 */
	on(listener) {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/**
	 * @param {string} method
	 * @param {string} sessionId
	 * @param {(params: any) => unknown} [matches]
	 * @returns {Promise<any>} the params of the next such event
	 */
	next(method, sessionId, matches = () => true) {
		/** @type {() => void} */
		let stop;
		const event = new Promise((resolve) => {
			stop = this.on((event) => {
				if (event.method === method && event.sessionId === sessionId && matches(event.params)) {
					resolve(event.params);
				}
			});
		});
		return within(event, `browser: ${method}`).finally(() => stop());
	}

	/**
	 * @param {string} sessionId
	 * @param {string} expression may be a promise
	 * @returns {Promise<any>} its value, by JSON
	 */
	async evaluate(sessionId, expression) {
		const { result, exceptionDetails: failure } = await this.send(
			'Runtime.evaluate',
			{ expression, awaitPromise: true, returnByValue: true },
			sessionId,
		);
		if (failure) {
			throw new Error(`${expression}: ${failure.exception?.description ?? failure.text}`);
		}
		return result.value;
	}

	/** @param {any} message */
	#received(message) {
		if (message.id === undefined) {
			[...this.#listeners].forEach((listener) => listener(message));
			return;
		}
		const call = this.#calls.get(message.id);
		this.#calls.delete(message.id);
		if (message.error) {
			call?.reject(new Error(`browser: ${call.method}: ${message.error.message}`));
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
