// SPDX-License-Identifier: MIT
//
// Which tab is reloading for which event, and what there is to report of it. Pure: the caller
// sends the reports.

/**
 * @typedef {import('../link/protocol.js').Report} Report
 * @typedef {import('../link/protocol.js').Step} Step
 */

/** Bad gateway, unavailable, gateway timeout: what is behind the server does not serve. */
const NOT_SERVING = new Set([502, 503, 504]);

/**
 * @param {number} event
 * @param {number} tab
 * @param {Step} step
 * @param {string} [detail]
 * @returns {Report}
 */
export function report(event, tab, step, detail) {
	return detail === undefined
		? { type: 'report', event, tab, step }
		: { type: 'report', event, tab, step, detail };
}

/**
 * What a page without a keeper does not tell: the HTTP status. `loaded` then means that the tab
 * is done loading something, be it an answer of 500 or the browser's own error page.
 */
export class Stories {
	/**
	 * By tab. `ordered`: the browser was told to reload; `committed`: the new document has begun.
	 * @type {Map<number, {event: number, ordered: boolean, committed: boolean, status: number}>}
	 */
	#running = new Map();

	/**
	 * @param {number} event
	 * @param {number} tab
	 * @returns {Report[]}
	 */
	begin(event, tab) {
		const older = this.#running.get(tab);
		this.#running.set(tab, { event, ordered: false, committed: false, status: 0 });
		return older && older.event !== event
			? [report(older.event, tab, 'skipped', `superseded by event ${event}`)]
			: [];
	}

	/**
	 * The reload waits; a newer event's takes its place.
	 *
	 * @param {number} tab
	 * @param {string} why
	 * @returns {Report[]}
	 */
	pending(tab, why) {
		const story = this.#running.get(tab);
		return story ? [report(story.event, tab, 'pending', why)] : [];
	}

	/**
	 * The browser is being told to reload.
	 *
	 * @param {number} tab
	 * @returns {Report[]}
	 */
	ordered(tab) {
		const story = this.#running.get(tab);
		if (!story) {
			return [];
		}
		story.ordered = true;
		return [report(story.event, tab, 'reloading')];
	}

	/**
	 * @param {number} tab
	 * @returns {boolean} whether what the tab loads now is our doing
	 */
	isOrdered(tab) {
		return this.#running.get(tab)?.ordered === true;
	}

	/**
	 * @param {number} tab
	 * @param {number} status that the server answered with
	 */
	answered(tab, status) {
		const story = this.#running.get(tab);
		if (story?.ordered) {
			story.status = status;
		}
	}

	/**
	 * A new document has begun in the tab. Before that, a `complete` is the old one's.
	 *
	 * @param {number} tab
	 */
	loading(tab) {
		const story = this.#running.get(tab);
		if (story?.ordered) {
			story.committed = true;
		}
	}

	/**
	 * @param {number} tab
	 * @returns {number | undefined} the event whose document has begun in the tab
	 */
	committed(tab) {
		const story = this.#running.get(tab);
		return story?.committed ? story.event : undefined;
	}

	/**
	 * @param {number} tab
	 * @param {number | undefined} event that was committed when the browser said `complete`: to
	 *	find out what the tab shows takes time, in which another may have begun
	 * @param {string} [failure] what the tab shows instead of a page
	 * @returns {Report[]}
	 */
	complete(tab, event, failure) {
		const story = this.#running.get(tab);
		if (!story?.committed || story.event !== event) {
			return [];
		}
		const answer = story.status ? `answered ${story.status}` : undefined;
		return failure ? this.end(tab, 'failed', failure)
			: this.end(tab, NOT_SERVING.has(story.status) ? 'failed' : 'loaded', answer);
	}

	/**
	 * @param {number} tab
	 * @param {Step} step
	 * @param {string} [detail]
	 * @param {number} [event] end it only if it is still this event's
	 * @returns {Report[]}
	 */
	end(tab, step, detail, event) {
		const story = this.#running.get(tab);
		if (!story || (event !== undefined && event !== story.event)) {
			return [];
		}
		this.#running.delete(tab);
		return [report(story.event, tab, step, detail)];
	}

	/**
	 * @param {number} tab
	 * @returns {number | undefined} the event that the tab is reloading for
	 */
	event(tab) {
		return this.#running.get(tab)?.event;
	}

	/** Forget all: the daemon that gave these event numbers is gone. */
	clear() {
		this.#running.clear();
	}
}
