// SPDX-License-Identifier: MIT
//
// Waiting for events, with a deadline and a message that says which one did not come.

/** Long enough for a busy machine; on others, the event comes immediately. */
const DEADLINE_MSEC = 60000;

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {string} what
 * @param {number} [msec]
 * @returns {Promise<T>} rejected at the deadline
 */
export function within(promise, what, msec = DEADLINE_MSEC) {
	/** @type {NodeJS.Timeout} */
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`${what}: not within ${msec} ms`)), msec);
	});
	return Promise.race([promise, /** @type {Promise<never>} */ (late)]).finally(() => {
		clearTimeout(timer);
	});
}

/**
 * Waits for a condition that no event announces: tests it repeatedly until it holds.
 *
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} ask its last result or error is part of the message
 * @param {{msec?: number, every?: number}} [options]
 * @returns {Promise<NonNullable<T>>} the first value that is not false, null, undefined, 0 or ''
 */
export async function until(what, ask, { msec = DEADLINE_MSEC, every = 20 } = {}) {
	const deadline = performance.now() + msec;
	let last;
	while (performance.now() < deadline) {
		try {
			const value = await within(Promise.resolve(ask()), what, deadline - performance.now());
			if (value) {
				return value;
			}
			last = JSON.stringify(value);
		} catch (error) {
			// That the last answer did not come in time says less than the one before.
			last = performance.now() < deadline ? String(error) : last ?? String(error);
		}
		await new Promise((resolve) => setTimeout(resolve, every));
	}
	throw new Error(`${what}: not within ${msec} ms: last seen: ${last}`);
}

/**
 * Everything that happened, in order, and the callers that wait for more.
 *
 * @template T
 */
export class EventLog {
	/** @type {{event: T, at: number}[]} `at`: performance.now() */
	all = [];
	/** @type {Set<(event: T) => void>} */
	#waiting = new Set();

	/** @param {T} event */
	push(event) {
		this.all.push({ event, at: performance.now() });
		for (const wait of [...this.#waiting]) {
			wait(event);
		}
	}

	/** @returns {number} a place in the log, for `next` */
	get mark() {
		return this.all.length;
	}

	/**
	 * The first event after `mark` that matches. Take the mark before you cause the event, so that
	 * the event is not missed.
	 *
	 * @param {string} what
	 * @param {(event: T) => unknown} matches
	 * @param {{msec?: number, mark?: number}} [options] `mark`: by default, now
	 * @returns {Promise<T>}
	 */
	next(what, matches, { msec = DEADLINE_MSEC, mark = this.mark } = {}) {
		const past = this.all.slice(mark).find(({ event }) => matches(event));
		if (past) {
			return Promise.resolve(past.event);
		}
		/** @type {(event: T) => void} */
		let wait;
		/** @type {Promise<T>} */
		const found = new Promise((resolve) => {
			wait = (event) => {
				if (matches(event)) {
					resolve(event);
				}
			};
			this.#waiting.add(wait);
		});
		return within(found, what, msec).catch((error) => {
			const seen = this.all.slice(mark).map(({ event }) => JSON.stringify(event));
			throw new Error(`${error.message}: seen: ${seen.slice(-20).join(' ') || 'nothing'}`);
		}).finally(() => this.#waiting.delete(wait));
	}
}

/** The time in milliseconds since 1970, with microseconds: the same in all processes of this machine. */
export const timeNow = () => performance.timeOrigin + performance.now();
