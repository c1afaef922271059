// SPDX-License-Identifier: MIT
//
// What goes from a tab's old document to its new one: what the person did there, and whether the
// new one answers a form. In memory only, and for this one step only.

import { placeKeeper, tellKeeper } from './keeper.js';

/** A state that no document came for is let go. */
const KEEP_MSEC = 60000;

export class Carrier {
	/** @type {Map<number, {id: string, state: unknown, at: number}>} */
	#states = new Map();
	/** @type {Set<number>} */
	#posting = new Set();

	/**
	 * The old document's last word.
	 *
	 * @param {number} tab
	 * @param {{id: string, posting: boolean, state: unknown}} message
	 */
	async left(tab, { id, posting, state }) {
		if (posting) {
			this.#posting.add(tab);
		}
		if (state) {
			this.#states.set(tab, { id, state, at: performance.now() });
		}
		if (await placeKeeper(tab)) {
			await this.#deliver(tab);
		}
	}

	/**
	 * @param {number} tab
	 * @returns {boolean} whether its next document answers a form, for all that is known yet
	 */
	isPosting(tab) {
		return this.#posting.has(tab);
	}

	/**
	 * The new document's first word.
	 *
	 * @param {number} tab
	 * @param {boolean} redirected what answered is not what the form was sent to
	 */
	async arrived(tab, redirected) {
		const posted = this.#posting.delete(tab) && !redirected;
		await tellKeeper(tab, { to: 'posted', posted });
		await this.#deliver(tab);
	}

	/** @param {number} tab */
	forget(tab) {
		this.#states.delete(tab);
		this.#posting.delete(tab);
	}

	/** @param {number} tab */
	async #deliver(tab) {
		const kept = this.#states.get(tab);
		if (!kept) {
			return;
		}
		const late = performance.now() - kept.at > KEEP_MSEC;
		// The old document refuses its own state.
		if (late || await tellKeeper(tab, { to: 'restore', id: kept.id, state: kept.state })) {
			if (this.#states.get(tab) === kept) {
				this.#states.delete(tab);
			}
		}
	}
}
