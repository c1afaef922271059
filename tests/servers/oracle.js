// SPDX-License-Identifier: MIT
/** What a server serves at each moment, found out by requests that the daemon has no part in. */
import http from 'node:http';

/** @typedef {{at: number, end: number, kind: 'page' | 'refused' | 'reset' | 'held' | 'error', marks: string, connected: number}} Answer */

const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

/** The interval between requests, and after which time a request counts as held. */
const ASK_MSEC = 10;
const HELD_MSEC = 1000;
/**
 * How long a process may take for its first answer. A longer request has waited for the start of
 * the process.
 */
const FIRST_MSEC = 100;

/**
 * @param {string} url
 * @param {number} [limit]
 * @returns {Promise<Answer>}
 */
export function get(url, limit = HELD_MSEC) {
	const at = performance.now();
	return new Promise(resolve => {
		let connected = 0, body = '';
		const done = (/** @type {Answer['kind']} */ kind) => {
			clearTimeout(timer);
			resolve({ at, end: performance.now(), kind, marks: /\bc\d+ t\d+\b/.exec(body)?.[0] ?? '', connected });
		};
		const request = http.get(url, { agent: false, headers: { accept: 'text/html' } }, response => {
			response.setEncoding('utf8').on('data', text => { body += text; });
			response.on('end', () => done(response.statusCode === 200 && /\bc\d+ t\d+\b/.test(body) ? 'page' : 'error'));
			response.on('error', () => done('reset'));
		});
		const timer = setTimeout(() => { done('held'); request.destroy(); }, limit);
		request.on('socket', socket => socket.on('connect', () => { connected = performance.now(); }));
		request.on('error', error => done(/** @type {any} */ (error).code === 'ECONNREFUSED' ? 'refused' : 'reset'));
	});
}

/** Sends requests to the server, one after another, until it is stopped. */
export class Oracle {
	/** @type {Answer[]} */
	all = [];
	/** If false, it sends no requests. */
	asks = true;
	#stopped = false;

	/** @param {string} url */
	constructor(url) {
		this.running = this.#run(url);
	}

	/** @param {string} url */
	async #run(url) {
		while (!this.#stopped) {
			if (this.asks) {
				this.all.push(await get(url));
			}
			await pause(ASK_MSEC);
		}
	}

	/**
	 * The moment from which the marks could be requested. If connections were refused until then,
	 * it is when the first was accepted: its answer may take long, because it is the first of the
	 * process.
	 *
	 * @param {string} marks
	 * @param {number} since
	 * @param {boolean} [forGood] from then on with the marks only: before that, an old worker may
	 *	have answered with them, and another one without them
	 */
	first(marks, since, forGood = false) {
		const all = this.all.filter(answer => answer.end >= since);
		const other = forGood ? all.map(answer => answer.marks !== marks && answer.kind !== 'held').lastIndexOf(true) : -1;
		const i = all.findIndex((answer, at) => at > other && answer.marks === marks);
		if (i < 0) {
			return undefined;
		}
		return i > 0 && all[i - 1].kind === 'refused' && all[i].connected ? Math.max(all[i].connected, all[i].end - FIRST_MSEC) : all[i].end;
	}

	stop() {
		this.#stopped = true;
		return this.running;
	}
}
