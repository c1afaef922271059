// SPDX-License-Identifier: MIT
//
// The event that each tab is handling, and what to report about it. Pure: the caller sends the
// reports.

/**
 * @typedef {import('../link/protocol.js').Report} Report
 * @typedef {import('../link/protocol.js').Step} Step
 */

/** Bad gateway, service unavailable, gateway timeout: the application behind the server does not answer. */
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
 * Without page scripts the HTTP status is not known. `loaded` then means that the tab has loaded
 * something, which may be an answer with 500 or the browser's own error page.
 */
export class Progress {
	/**
	 * By tab. `reloading`: the browser was asked to reload; `committed`: the new document has begun.
	 * @type {Map<number, {event: number, order?: import('./reload.js').Order, reloading: boolean, committed: boolean, status: number, begun?: number, mayBeOld?: string}>}
	 */
	#tabs = new Map();

	/**
	 * @param {number} event
	 * @param {number} tab
	 * @param {import('./reload.js').Order} [order] what is to be done for the event
	 * @returns {Report[]}
	 */
	begin(event, tab, order) {
		const older = this.#tabs.get(tab);
		this.#tabs.set(tab, { event, order, reloading: false, committed: false, status: 0 });
		return older && older.event !== event
			? [report(older.event, tab, 'skipped', `replaced by the newer save #${event}`)]
			: [];
	}

	/**
	 * The reload is pending; a newer event's reload replaces it.
	 *
	 * @param {number} tab
	 * @param {string} why
	 * @returns {Report[]}
	 */
	pending(tab, why) {
		const current = this.#tabs.get(tab);
		if (!current) {
			return [];
		}
		current.reloading = false;
		return [report(current.event, tab, 'pending', why)];
	}

	/**
	 * The browser is asked to reload.
	 *
	 * @param {number} tab
	 * @param {string} [why] it could not be patched
	 * @returns {Report[]}
	 */
	reloading(tab, why) {
		const current = this.#tabs.get(tab);
		if (!current) {
			return [];
		}
		current.reloading = true;
		return [report(current.event, tab, 'reloading', why || undefined)];
	}

	/**
	 * @param {number} tab
	 * @param {string} what may be older than the save after the reload
	 */
	mayStayOld(tab, what) {
		const current = this.#tabs.get(tab);
		if (current) {
			current.mayBeOld = what;
		}
	}

	/**
	 * @param {number} tab
	 * @returns {boolean} whether the tab is loading because of us
	 */
	isReloading(tab) {
		return this.#tabs.get(tab)?.reloading === true;
	}

	/**
	 * @param {number} tab
	 * @param {number} status that the server answered with
	 */
	answered(tab, status) {
		const current = this.#tabs.get(tab);
		if (current?.reloading) {
			current.status = status;
		}
	}

	/**
	 * A new document has begun in the tab. A `complete` before that is about the old one.
	 *
	 * @param {number} tab
	 * @returns {number} how often the browser has said so since it was asked to reload
	 */
	loading(tab) {
		const current = this.#tabs.get(tab);
		if (!current?.reloading) {
			return 0;
		}
		current.committed = true;
		current.begun = (current.begun ?? 0) + 1;
		return current.begun;
	}

	/**
	 * @param {number} tab
	 * @returns {number | undefined} the event whose document has begun in the tab
	 */
	committed(tab) {
		const current = this.#tabs.get(tab);
		return current?.committed ? current.event : undefined;
	}

	/**
	 * @param {number} tab
	 * @param {number | undefined} event that was committed when the browser reported `complete`:
	 *	another event may have begun while we found out what the tab shows
	 * @param {string} [failure] what the tab shows instead of a page
	 * @param {string} [state] of the page, if it is not complete
	 * @returns {Report[]}
	 */
	complete(tab, event, failure, state) {
		const current = this.#tabs.get(tab);
		if (!current?.committed || current.event !== event) {
			return [];
		}
		const answer = [current.status && `answered ${current.status}`, state, current.mayBeOld].filter(Boolean).join(', ') || undefined;
		return failure ? this.end(tab, 'failed', failure)
			: this.end(tab, NOT_SERVING.has(current.status) ? 'failed' : 'loaded', answer);
	}

	/**
	 * @param {number} tab
	 * @param {Step} step
	 * @param {string} [detail]
	 * @param {number} [event] only if the tab is still handling this event
	 * @returns {Report[]}
	 */
	end(tab, step, detail, event) {
		const current = this.#tabs.get(tab);
		if (!current || (event !== undefined && event !== current.event)) {
			return [];
		}
		this.#tabs.delete(tab);
		return [report(current.event, tab, step, detail)];
	}

	/**
	 * @param {number} tab
	 * @returns {number | undefined} the event that the tab is handling
	 */
	event(tab) {
		return this.#tabs.get(tab)?.event;
	}

	/**
	 * @param {number} tab
	 * @returns {import('./reload.js').Order | undefined} what is still to be done for the tab's event, until the browser is
	 *	asked to reload
	 */
	unfinished(tab) {
		const current = this.#tabs.get(tab);
		return current?.reloading ? undefined : current?.order;
	}

	/**
	 * @param {number} tab
	 * @returns {import('../link/protocol.js').Change[] | undefined} what has changed, as far as it is known
	 */
	changes(tab) {
		return this.#tabs.get(tab)?.order?.changes;
	}

	/**
	 * Forgets the tab's event: the daemon that gave it its number is gone.
	 *
	 * @param {number} tab
	 */
	forget(tab) {
		this.#tabs.delete(tab);
	}
}
