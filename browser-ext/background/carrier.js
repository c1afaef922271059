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
	/** @type {Map<number, string>} the document in each tab that is being reloaded for a save */
	#reloading = new Map();
	/** @type {Set<number>} */
	#posting = new Set();
	/** @type {Set<number>} whose document is not what was asked for at first */
	#redirected = new Set();

	/**
	 * What the person did in a document is only kept if it goes for a save.
	 *
	 * @param {number} tab
	 * @param {string} id of the document
	 */
	reloading(tab, id) {
		this.#reloading.set(tab, id);
	}

	/**
	 * @param {number} tab
	 * @param {string} id of a document
	 */
	isReloading(tab, id) {
		return this.#reloading.get(tab) === id;
	}

	/**
	 * The old document's last word.
	 *
	 * @param {number} tab
	 * @param {{id: string, posting: boolean, state: unknown}} message
	 * @param {boolean} late the new one has spoken first
	 */
	async left(tab, { id, posting, state: last }, late) {
		const state = this.isReloading(tab, id) ? last : null;
		if (state) {
			this.#reloading.delete(tab);
		}
		if (posting && !late) {
			this.#posting.add(tab);
		} else if (posting && !this.#redirected.has(tab)) {
			await tellKeeper(tab, { to: 'posted' });
		}
		if (state) {
			this.#states.set(tab, { id, state, at: performance.now() });
		}
		if ((state || posting) && await placeKeeper(tab)) {
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
		this.#redirected[redirected ? 'add' : 'delete'](tab);
		if (this.#posting.delete(tab) && !redirected) {
			await tellKeeper(tab, { to: 'posted' });
		}
		await this.#deliver(tab);
	}

	/** @param {number} tab */
	forget(tab) {
		this.#reloading.delete(tab);
		this.#states.delete(tab);
		this.#posting.delete(tab);
		this.#redirected.delete(tab);
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
