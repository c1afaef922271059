// SPDX-License-Identifier: MIT
//
// The tabs that are switched on. They live in memory, and in storage.session for the next life
// of this worker.

import { sameSite, toAddress } from '../common/address.js';
import { api } from '../common/api.js';
import { LastSession } from './last-session.js';
import { losesSight } from './sight.js';

/**
 * @typedef {object} Pending a reload that waits
 * @property {number} event
 * @property {'shown' | 'safe' | 'click'} until what it waits for; a click does always
 * @property {string} why
 *
 * @typedef {object} TabEntry
 * @property {string} url what the daemon is told; the last one that was seen
 * @property {true} [incognito] in a private window: nothing of it may outlive that
 * @property {string} [paused] why the tab is not watched now
 * @property {'blind' | 'lost'} [sight] the browser does not show the address any more. `blind`:
 *	since a reload of ours, so it is the same page; `lost`: since it went somewhere by itself
 * @property {Pending} [pending]
 * @property {string} [guard] why the page says that it must not reload
 * @property {boolean} [kept] whether a keeper is in the page
 * @property {string} [keeper] the last one that spoke up
 * @property {boolean} [ahead] it did before the browser told of its page
 * @property {import('../link/protocol.js').TabAnswer} [answer] the daemon's word on this tab
 */

const KEY = 'tabs';

export class Tabs {
	/** @type {Map<number, TabEntry>} */
	#entries = new Map();
	#lastSession = new LastSession();

	/**
	 * Takes over what the last life of the worker left, and what the browser did since.
	 *
	 * @returns {Promise<boolean>} whether there was none since the browser began: its tabs may be
	 *	those of its last session
	 */
	async load() {
		const [begins, { [KEY]: stored }] = await Promise.all([
			this.#lastSession.load(), api.storage.session.get(KEY),
		]);
		for (const [tab, entry] of /** @type {[number, TabEntry][]} */ (stored ?? [])) {
			this.#entries.set(tab, entry);
		}
		await Promise.all([...this.#entries.keys()].map(async (tab) => {
			try {
				// What happened to a tab that is out of sight woke the worker, so it is known.
				this.moved(tab, (await api.tabs.get(tab)).url, 'still');
			} catch {
				this.remove(tab);
			}
		}));
		return begins;
	}

	/**
	 * @param {string} address
	 * @returns {boolean} whether it was on when the browser ended, and is not again yet
	 */
	wasOn(address) {
		return this.#lastSession.take(address);
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
	 * @param {boolean} [incognito]
	 */
	add(tab, url, incognito) {
		this.#entries.set(tab, incognito ? { url, incognito } : { url });
		this.#save();
	}

	/**
	 * @param {number} tab
	 * @param {boolean} [withWindow] which may close because the browser ends
	 * @returns {boolean} whether it was there
	 */
	remove(tab, withWindow = false) {
		const was = this.#entries.delete(tab);
		if (was) {
			this.#save(withWindow);
		}
		return was;
	}

	/**
	 * @param {number} tab
	 * @param {Partial<TabEntry>} change `undefined` takes a field away
	 */
	set(tab, change) {
		const entry = this.#entries.get(tab);
		if (entry) {
			Object.assign(entry, change);
			this.#save();
		}
	}

	/**
	 * A tab shows `url` now. A paused one stays paused until it is clicked: its new page was
	 * never switched on.
	 *
	 * @param {number} tab
	 * @param {string | undefined} url undefined: the browser does not show it
	 * @param {'ours' | 'theirs' | 'still'} by whose doing, if the tab is loading
	 * @returns {'same' | 'moved' | 'paused'}
	 */
	moved(tab, url, by) {
		const entry = this.#entries.get(tab);
		if (!entry || entry.paused !== undefined) {
			return 'same';
		}
		if (!url) {
			return this.#unseen(tab, entry, by);
		}
		const address = toAddress(url);
		if ('why' in address || !sameSite(entry.url, address.url)) {
			return this.pause(tab, 'why' in address ? address.why : 'the tab went to another site');
		}
		if (address.url === entry.url && !entry.sight) {
			return 'same';
		}
		// The old answer stands until the new one comes: most moves stay in the project.
		this.set(tab, { url: address.url, sight: undefined });
		return 'moved';
	}

	/**
	 * @param {number} tab
	 * @param {string} why
	 * @returns {'paused'}
	 */
	pause(tab, why) {
		const { url = '', incognito } = this.#entries.get(tab) ?? {};
		this.#entries.set(tab, { url, paused: why, incognito });
		this.#save();
		return 'paused';
	}

	/**
	 * @param {import('../link/protocol.js').TabAnswer} answer
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

	/**
	 * @param {number} tab
	 * @param {TabEntry} entry
	 * @param {'ours' | 'theirs' | 'still'} by
	 */
	#unseen(tab, entry, by) {
		if (by === 'still' || entry.sight === 'lost' || (by === 'ours' && entry.sight)) {
			return 'same';
		}
		if (by === 'theirs' && !losesSight) {
			return this.pause(tab, 'the tab went to another site, or its server did not answer');
		}
		this.set(tab, { sight: by === 'ours' ? 'blind' : 'lost' });
		return 'same';
	}

	/** @param {boolean} [ending] what is on stays so in the next session */
	#save(ending = false) {
		const kept = [...this.#entries].map(([tab, { answer, kept: _, keeper: __, ahead: ___, ...rest }]) => [tab, rest]);
		api.storage.session.set({ [KEY]: kept }).catch((error) => {
			console.warn(`storage.session: ${KEY}: ${error}`);
		});
		if (!ending) {
			this.#lastSession.note(this.watched().filter(([, { incognito }]) => !incognito).map(([, { url }]) => url));
		}
	}
}
