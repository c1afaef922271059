// SPDX-License-Identifier: MIT
//
// The last events of each tab, for the popup: what this extension saw and did. The whole story,
// with the daemon's steps, is in `savecast log`.

const MAX_EVENTS = 8;
const MAX_STEPS = 12;

/**
 * @typedef {object} Told
 * @property {number} event
 * @property {number} at milliseconds since 1970
 * @property {string[]} files
 * @property {{step: string, detail: string, msec: number}[]} steps `msec`: since `at`
 */

export class History {
	/** @type {Map<number, Told[]>} newest first */
	#tabs = new Map();

	/**
	 * @param {number} tab
	 * @param {number} event
	 * @param {string[]} files
	 * @param {number} now
	 */
	begin(tab, event, files, now) {
		const events = this.#tabs.get(tab) ?? [];
		events.unshift({ event, at: now, files, steps: [] });
		this.#tabs.set(tab, events.slice(0, MAX_EVENTS));
	}

	/**
	 * @param {import('../link/protocol.js').Report} report
	 * @param {number} now
	 */
	note({ tab, event, step, detail = '' }, now) {
		const told = this.#tabs.get(tab)?.find((one) => one.event === event);
		if (told && told.steps.length < MAX_STEPS) {
			told.steps.push({ step, detail, msec: now - told.at });
		}
	}

	/**
	 * @param {number} tab
	 * @returns {Told[]}
	 */
	of(tab) {
		return this.#tabs.get(tab) ?? [];
	}

	/** @param {number} tab */
	forget(tab) {
		this.#tabs.delete(tab);
	}

	/** A new daemon counts anew. */
	clear() {
		this.#tabs.clear();
	}
}
