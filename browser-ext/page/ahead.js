// SPDX-License-Identifier: MIT
//
// What is begun before the message that asks for it has come. A look sends its request before the browser
// has answered what the tab shows, and parses the shown answer while the server makes the next one. One
// request at a time.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { answers } = shared;

	/** The look for which begin() has sent a request comes within this time, or the request is not used. */
	const BEGIN_MSEC = 200;

	/** @typedef {{text: string}} Answer */

	/**
	 * Work for one message at a time. What is begun for the next one replaces it.
	 *
	 * @param {number} msec how soon after it the message must come; otherwise the result is not used
	 */
	const early = (msec) => {
		/** @type {{key: string, at: number, work: Promise<any>} | undefined} */
		let begun;
		return {
			/** @param {string} key of the message @param {Promise<any>} work */
			begin: (key, work) => {
				begun = { key, at: performance.now(), work };
			},
			/** @param {string} key @returns {Promise<any> | undefined} once */
			take: (key) => {
				const last = begun;
				begun = undefined;
				return last?.key === key && performance.now() - last.at < msec ? last.work : undefined;
			},
		};
	};

	const requests = early(BEGIN_MSEC);
	/** The one request that is under way. @type {Promise<any> | undefined} */
	let asking;
	/** @type {{answer: Answer, document: Document} | undefined} */
	let known;

	/** @param {Document} [frame] in a frame of the page; otherwise the page itself */
	const ask = async (frame) => {
		while (asking) {
			await asking;
		}
		asking = answers.ask(frame);
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
	const begin = (event) => requests.begin(String(event), ask());

	/** @param {number} event @returns {Promise<any>} the answer to the request that begin() has sent, or to another one */
	const askFor = (event) => requests.take(String(event)) ?? ask();

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

	shared.ahead = { early, ask, askFor, begin, forget, parse, parsed, prepare };
}
