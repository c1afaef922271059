// SPDX-License-Identifier: MIT
//
// The tabs that are switched on. They live in memory, and in storage.session for the next life
// of this worker.

import { api } from './api.js';
import { sameSite, toAddress } from './address.js';

/**
 * @typedef {object} TabEntry
 * @property {string} url what the daemon is told; the last one while paused
 * @property {string} [paused] why the tab is not watched now
 * @property {import('./protocol.js').TabAnswer} [answer] the daemon's word on this tab
 */

const KEY = 'tabs';

export class Tabs {
	/** @type {Map<number, TabEntry>} */
	#entries = new Map();

	/** Takes over what the last life of the worker left, and what the browser did since. */
	async load() {
		const stored = (await api.storage.session.get(KEY))[KEY];
		for (const [tab, entry] of /** @type {[number, TabEntry][]} */ (stored ?? [])) {
			this.#entries.set(tab, entry);
		}
		await Promise.all([...this.#entries.keys()].map(async (tab) => {
			try {
				this.moved(tab, (await api.tabs.get(tab)).url);
			} catch {
				this.remove(tab);
			}
		}));
	}

	/**
	 * @param {number} tab
	 * @returns {TabEntry | undefined}
	 */
	get(tab) {
		return this.#entries.get(tab);
	}

	/** @returns {IterableIterator<[number, TabEntry]>} */
	all() {
		return this.#entries.entries();
	}

	/** @returns {[number, TabEntry][]} those that the daemon is told of */
	watched() {
		return [...this.#entries].filter(([, entry]) => entry.paused === undefined);
	}

	/**
	 * @param {number} tab
	 * @param {string} url
	 */
	add(tab, url) {
		this.#entries.set(tab, { url });
		this.#save();
	}

	/**
	 * @param {number} tab
	 * @returns {boolean} whether it was there
	 */
	remove(tab) {
		const was = this.#entries.delete(tab);
		if (was) {
			this.#save();
		}
		return was;
	}

	/**
	 * A tab shows `url` now. A paused one stays paused until it is clicked: its new page was
	 * never switched on.
	 *
	 * @param {number} tab
	 * @param {string | undefined} url
	 * @returns {'same' | 'moved' | 'paused'}
	 */
	moved(tab, url) {
		const entry = this.#entries.get(tab);
		if (!entry || entry.paused !== undefined) {
			return 'same';
		}
		const address = toAddress(url);
		if ('why' in address || !sameSite(entry.url, address.url)) {
			const why = !url ? 'the server did not answer, or the tab went to another site'
				: 'why' in address ? address.why
				: 'the tab went to another site';
			this.#entries.set(tab, { url: entry.url, paused: why });
			this.#save();
			return 'paused';
		}
		if (address.url === entry.url) {
			return 'same';
		}
		// The old answer stands until the new one comes: most moves stay in the project.
		this.#entries.set(tab, { ...entry, url: address.url });
		this.#save();
		return 'moved';
	}

	/**
	 * @param {import('./protocol.js').TabAnswer} answer
	 * @returns {boolean} whether the tab is still watched
	 */
	answered(answer) {
		const entry = this.#entries.get(answer.tab);
		if (!entry || entry.paused !== undefined) {
			return false;
		}
		entry.answer = answer;
		return true;
	}

	/** The daemon is gone: what it said counts no more. */
	forgetAnswers() {
		for (const entry of this.#entries.values()) {
			delete entry.answer;
		}
	}

	#save() {
		const kept = [...this.#entries].map(([tab, { url, paused }]) => [tab, { url, paused }]);
		api.storage.session.set({ [KEY]: kept }).catch((error) => {
			console.warn(`storage.session: ${KEY}: ${error}`);
		});
	}
}
