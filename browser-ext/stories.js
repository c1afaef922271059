// SPDX-License-Identifier: MIT
//
// Which tab is reloading for which event, and what there is to report of it. Pure: the caller
// sends the reports.

/**
 * @typedef {import('./protocol.js').Report} Report
 * @typedef {import('./protocol.js').Step} Step
 */

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
 * What cannot be known without a permission that the browser warns of (webNavigation,
 * webRequest, host access): the HTTP status, and which error a page failed with. `loaded` here
 * means that the tab is done loading a page of the same site, be it an answer of 500. That no
 * server answered shows only by the tab's address: activeTab ends when the browser puts its
 * error page there, and likewise when the server sends the tab to another site. Both are
 * `failed`, and cannot be told apart.
 */
export class Stories {
	/**
	 * By tab. `ordered`: the browser was told to reload; `committed`: the new document has begun.
	 * @type {Map<number, {event: number, ordered: boolean, committed: boolean}>}
	 */
	#running = new Map();

	/**
	 * @param {number} event
	 * @param {number} tab
	 * @returns {Report[]}
	 */
	begin(event, tab) {
		const older = this.#running.get(tab);
		this.#running.set(tab, { event, ordered: false, committed: false });
		const reloading = report(event, tab, 'reloading');
		return older && older.event !== event
			? [report(older.event, tab, 'skipped', `superseded by event ${event}`), reloading]
			: [reloading];
	}

	/**
	 * The browser is being told to reload.
	 *
	 * @param {number} tab
	 */
	ordered(tab) {
		const story = this.#running.get(tab);
		if (story) {
			story.ordered = true;
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
	 * @returns {Report[]}
	 */
	complete(tab) {
		return this.#running.get(tab)?.committed ? this.end(tab, 'loaded') : [];
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
