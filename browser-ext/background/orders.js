// SPDX-License-Identifier: MIT
//
// What becomes of a reload order in each tab: swapped in place, not used there, reloaded, or
// pending until the tab may.

import { api } from '../common/api.js';
import { asksPage, bypassesCache, mustWait } from './decide.js';
import { applyChanges } from './keeper.js';
import { losesSight, whereabouts } from './sight.js';
import { report } from './stories.js';

/**
 * @typedef {import('../link/protocol.js').Change} Change
 * @typedef {import('../link/protocol.js').Report} Report
 *
 * @typedef {object} Parts
 * @property {import('./tabs.js').Tabs} tabs
 * @property {import('./stories.js').Stories} stories
 * @property {import('./carrier.js').Carrier} carrier
 * @property {() => 'wait' | 'now'} hidden the setting
 * @property {(reports: Report[]) => void} send
 * @property {(id: number, tab: chrome.tabs.Tab) => void} look tells of a tab that went elsewhere
 * @property {(id: number, why: string) => void} pause
 * @property {(id: number) => void} show
 */

/** A link that was followed gets this long to bring its page before a reload goes first. */
const MAX_NAVIGATION_MSEC = 5000;
const NAVIGATION_MSEC = 50;

export class Orders {
	#parts;

	/** @param {Parts} parts */
	constructor(parts) {
		this.#parts = parts;
	}

	/**
	 * @param {number} id
	 * @param {number} event
	 * @param {Change[]} [changes]
	 */
	begin(id, event, changes) {
		const { tabs, stories, send } = this.#parts;
		const entry = tabs.get(id);
		if (entry && entry.paused === undefined) {
			send(stories.begin(event, id));
			this.#settle(id, event, this.#carryOut(id, event, changes));
		} else {
			send([report(event, id, 'skipped', 'tab is not switched on')]);
		}
	}

	/**
	 * A pending reload, now.
	 *
	 * @param {number} id
	 */
	release(id) {
		const { tabs, stories, show } = this.#parts;
		const { pending } = tabs.get(id) ?? {};
		if (pending) {
			tabs.set(id, { pending: undefined });
			stories.begin(pending.event, id);
			show(id);
			this.#settle(id, pending.event, this.#reload(id, pending.event));
		}
	}

	/**
	 * A pending reload, if what it waits for has come.
	 *
	 * @param {number} id
	 * @param {'shown' | 'safe'} what
	 */
	async came(id, what) {
		const { tabs, show } = this.#parts;
		if (tabs.get(id)?.pending?.until !== what) {
			return;
		}
		const wait = this.#wait(id, await this.#look(id));
		const pending = tabs.get(id)?.pending;
		if (wait && pending) {
			tabs.set(id, { pending: { ...pending, ...wait } });
			show(id);
		} else {
			this.release(id);
		}
	}

	/**
	 * One look at the tab and, for a page that must reload, no other hop before it does.
	 *
	 * @param {number} id
	 * @param {number} event
	 * @param {Change[]} [changes]
	 */
	async #carryOut(id, event, changes) {
		const { tabs, stories, send, show } = this.#parts;
		let seen = await this.#look(id);
		const entry = tabs.get(id);
		if (stories.event(id) !== event || !entry) {
			return;
		}
		if (changes && asksPage(changes, seen.tab, entry)) {
			const { outcome, detail } = await applyChanges(id, event, changes);
			if (outcome !== 'reload') {
				send(stories.end(id, outcome, detail, event));
				return;
			}
			seen = await this.#look(id);
		}
		const wait = this.#wait(id, seen);
		if (stories.event(id) !== event) {
			return;
		}
		if (wait) {
			send(stories.pending(id, wait.why));
			tabs.set(id, { pending: { event, ...wait } });
			show(id);
			return;
		}
		if (entry.pending) {
			tabs.set(id, { pending: undefined });
			show(id);
		}
		await this.#reload(id, event, changes, seen.tab);
	}

	/**
	 * All that the browser can tell of the tab, asked for at once: each hop is 0.3 ms and more.
	 *
	 * @param {number} id
	 * @returns {Promise<{tab: chrome.tabs.Tab, where: import('./sight.js').Whereabouts}>}
	 */
	async #look(id) {
		const { tabs, look } = this.#parts;
		const entry = tabs.get(id);
		const [tab, where] = await Promise.all([
			api.tabs.get(id),
			entry?.sight ? whereabouts(id, entry.url) : /** @type {const} */ ('unknown'),
		]);
		look(id, tab);
		return { tab, where };
	}

	/**
	 * @param {number} id
	 * @param {{tab: chrome.tabs.Tab, where: import('./sight.js').Whereabouts}} seen
	 */
	#wait(id, { tab, where }) {
		const { tabs, hidden, pause } = this.#parts;
		const entry = tabs.get(id);
		if (!entry) {
			return undefined;
		}
		if (where === 'away' && entry.sight) {
			pause(id, 'the tab went to another site');
		}
		return mustWait(tab, entry, { hidden: hidden(), where });
	}

	/**
	 * The look sees a page that the tab went to in the same instant, and a link that was just
	 * followed: that goes first, or the reload would undo the click. Firefox does not tell of the
	 * latter.
	 *
	 * @param {number} id
	 * @param {number} event
	 * @param {Change[]} [changes]
	 * @param {chrome.tabs.Tab} [seen]
	 */
	async #reload(id, event, changes, seen) {
		const { tabs, stories, carrier, send } = this.#parts;
		const deadline = performance.now() + MAX_NAVIGATION_MSEC;
		for (let tab = seen; ; tab = undefined) {
			if (!tab) {
				({ tab } = await this.#look(id));
			}
			if (stories.event(id) !== event) {
				return;
			}
			const leaving = tab.pendingUrl && tab.url && tab.pendingUrl !== tab.url;
			if (!leaving || performance.now() > deadline) {
				break;
			}
			await new Promise((resolve) => setTimeout(resolve, NAVIGATION_MSEC));
		}
		const { kept = false, keeper } = tabs.get(id) ?? {};
		const reports = stories.ordered(id);
		const bypassCache = bypassesCache(changes, { kept, firefox: losesSight });
		if (kept && keeper) {
			carrier.reloading(id, keeper);
		}
		const told = api.tabs.reload(id, { bypassCache });
		send(reports);
		await told;
	}

	/**
	 * @param {number} id
	 * @param {number} event
	 * @param {Promise<void>} work
	 */
	#settle(id, event, work) {
		const { stories, send } = this.#parts;
		work.catch(({ message }) => {
			const gone = /no tab|invalid tab/i.test(message);
			send(stories.end(id, gone ? 'skipped' : 'failed', gone ? 'tab is gone' : message, event));
		});
	}
}
