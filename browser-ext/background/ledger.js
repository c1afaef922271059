// SPDX-License-Identifier: MIT
//
// What happened to each event in each tab: told to the daemon, and kept for the popup. Reports
// wait while the daemon is away; one that begins anew wants none of the old numbers.

import { History } from './history.js';

/** @typedef {import('../link/protocol.js').Report} Report */

/** Reports that wait for the daemon to be back; older ones are let go. */
const MAX_UNSENT = 64;

/**
 * @typedef {object} Parts
 * @property {(report: Report) => void} post
 * @property {() => boolean} isUp whether the daemon is there to be told
 * @property {(tab: number) => void} noted told of each tab that there is something new of
 */

export class Ledger {
	#parts;
	#history = new History();
	/** @type {Report[]} */
	#unsent = [];
	/** @type {string | undefined} which life of the daemon the event numbers are from */
	#instance;

	/** @param {Parts} parts */
	constructor(parts) {
		this.#parts = parts;
	}

	/**
	 * An order has come.
	 *
	 * @param {number} tab
	 * @param {import('../link/protocol.js').Reload} order
	 */
	begin(tab, { event, changes }) {
		this.#history.begin(tab, event, changes?.map(({ path }) => path) ?? [], Date.now());
	}

	/** @param {Report[]} reports */
	send(reports) {
		const { post, isUp, noted } = this.#parts;
		if (isUp()) {
			reports.forEach(post);
		} else {
			this.#unsent = [...this.#unsent, ...reports].slice(-MAX_UNSENT);
		}
		for (const report of reports) {
			this.#history.note(report, Date.now());
			noted(report.tab);
		}
	}

	/**
	 * The daemon is there.
	 *
	 * @param {string} instance
	 * @returns {boolean} whether it counts its events anew
	 */
	hello(instance) {
		const anew = instance !== this.#instance;
		if (anew) {
			this.#instance = instance;
			this.#history.clear();
			this.#unsent = [];
		}
		this.#unsent.splice(0).forEach(this.#parts.post);
		return anew;
	}

	/** @param {number} tab */
	of(tab) {
		return this.#history.of(tab);
	}

	/** @param {number} tab */
	forget(tab) {
		this.#history.forget(tab);
	}
}
