// SPDX-License-Identifier: MIT
//
// What a look does in advance: it sends its request before the browser has answered what the tab shows,
// and parses the shown answer while the server makes the next one. One request at a time.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { answers } = shared;

	/** The look for which begin() has sent a request comes within this time, or the request is not used. */
	const BEGIN_MSEC = 200;

	/** @typedef {{text: string}} Answer */

	/** The one request that is under way. @type {Promise<any> | undefined} */
	let asking;
	/** @type {{event: number, at: number, asked: Promise<any>} | undefined} */
	let begun;
	/** @type {{answer: Answer, document: Document} | undefined} */
	let known;

	const ask = async () => {
		while (asking) {
			await asking;
		}
		asking = answers.ask();
		try {
			return await asking;
		} finally {
			asking = undefined;
		}
	};

	/**
	 * Sends the request of the event's look.
	 *
	 * @param {number} event
	 */
	const begin = (event) => {
		begun = { event, at: performance.now(), asked: ask() };
	};

	/** @param {number} event @returns {Promise<any>} the answer to the request that begin() has sent, or to another one */
	const askFor = (event) => {
		const early = begun;
		begun = undefined;
		return early?.event === event && performance.now() - early.at < BEGIN_MSEC ? early.asked : ask();
	};

	const parse = (/** @type {string} */ text) => new DOMParser().parseFromString(text, 'text/html');

	/** @param {Answer | undefined} answer that will be compared */
	const prepare = (answer) => {
		if (answer && known?.answer !== answer) {
			known = { answer, document: parse(answer.text) };
		}
	};

	/** @param {Answer} answer @returns {Document} not to be changed */
	const parsed = (answer) => (known?.answer === answer ? known.document : parse(answer.text));

	/** The look has ended: what it has parsed may be large. */
	const forget = () => {
		known = undefined;
	};

	shared.ahead = { ask, askFor, begin, forget, parse, parsed, prepare };
}
