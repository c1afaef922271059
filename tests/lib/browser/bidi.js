// SPDX-License-Identifier: MIT
//
// WebDriver BiDi, which Firefox supports itself: commands and events as JSON over a WebSocket.

import { WebSocket } from 'ws';
import { within } from '../events.js';
import { Remote } from './remote.js';

export class Bidi extends Remote {
	#socket;

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
		super('firefox', (text) => socket.send(text));
		this.#socket = socket;
		socket.on('message', (data) => this.received(JSON.parse(String(data))));
		socket.on('close', () => this.fail(new Error('firefox: the connection is closed')));
		socket.on('error', (error) => this.fail(error));
	}

	/**
	 * @param {string} method
	 * @param {(params: any) => unknown} [matches]
	 * @returns {Promise<any>} the params of the next event of this type; subscribe to it first
	 */
	next(method, matches = () => true) {
		return this.nextEvent(method, ({ params }) => matches(params));
	}

	/**
	 * @param {string} context
	 * @param {string} expression may evaluate to a promise
	 * @returns {Promise<any>} its value, transferred as JSON
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
}
