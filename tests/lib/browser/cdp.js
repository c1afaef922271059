// SPDX-License-Identifier: MIT
//
// The Chrome DevTools Protocol over --remote-debugging-pipe: JSON messages that end in NUL.

import { StringDecoder } from 'node:string_decoder';
import { Remote } from './remote.js';

export class Cdp extends Remote {
	/**
	 * @param {NodeJS.WritableStream} output
	 * @param {NodeJS.ReadableStream} input
	 */
	constructor(output, input) {
		super('browser', (text) => output.write(`${text}\0`));
		const decoder = new StringDecoder('utf8');
		let rest = '';
		input.on('data', (bytes) => {
			const texts = (rest + decoder.write(bytes)).split('\0');
			rest = texts.pop() ?? '';
			texts.forEach((text) => this.received(JSON.parse(text)));
		});
		const ended = () => this.fail(new Error('browser: the connection is closed'));
		input.on('close', ended);
		input.on('error', ended);
		output.on('error', ended);
	}

	/**
	 * @param {string} method
	 * @param {string} sessionId
	 * @param {(params: any) => unknown} [matches]
	 * @returns {Promise<any>} the params of the next event of this type
	 */
	next(method, sessionId, matches = () => true) {
		return this.nextEvent(method, (event) => event.sessionId === sessionId && matches(event.params));
	}

	/**
	 * @param {string} sessionId
	 * @param {string} expression may evaluate to a promise
	 * @returns {Promise<any>} its value, transferred as JSON
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
}
