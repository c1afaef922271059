// SPDX-License-Identifier: MIT
//
// What a switched-on tab shows as it goes from page to page: told by the browser (often late, in
// Firefox often nothing) and by the keeper in the page itself.

import { api } from '../common/api.js';
import { hasSite } from '../common/site.js';
import { placeKeeper, tellKeeper } from './keeper.js';
import { whereabouts } from './sight.js';

/**
 * @typedef {import('./tabs.js').TabEntry} TabEntry
 *
 * @typedef {object} Parts
 * @property {import('./tabs.js').Tabs} tabs
 * @property {import('./stories.js').Stories} stories
 * @property {import('./carrier.js').Carrier} carrier
 * @property {(reports: import('../link/protocol.js').Report[]) => void} send
 * @property {(id: number) => void} watch tells the daemon what the tab shows
 * @property {(id: number) => void} unwatch
 * @property {(id: number) => void} show
 * @property {(id: number) => void} safe a pending reload may go now
 */

/** A keeper that was put into a page says so within this time. */
const HERE_MSEC = 1000;

const POSTED = 'the page answers a form that was sent';

/** @param {unknown} why of a page @returns {string | undefined} */
const toGuard = (why) => (typeof why === 'string' ? why.slice(0, 200) : undefined);

export class Visits {
	#parts;
	/** An event with a tab's number for a name, each time that its keeper says `here`. */
	#here = new EventTarget();

	/** @param {Parts} parts */
	constructor(parts) {
		this.#parts = parts;
	}

	/**
	 * The browser's word on a tab that is switched on.
	 *
	 * @param {number} id
	 * @param {string | undefined} status
	 * @param {string | undefined} url
	 */
	updated(id, status, url) {
		const { tabs, stories, carrier, watch, show } = this.#parts;
		const by = stories.isOrdered(id) ? 'ours' : status === 'loading' ? 'theirs' : 'still';
		this.moved(id, url, by);
		if (status === 'loading') {
			stories.loading(id);
			// The person asks for it again, as the daemon no longer does.
			if (by === 'theirs' && tabs.get(id)?.answer?.state === 'down') {
				watch(id);
			}
			// Firefox may tell of a page when its keeper has spoken up already.
			if (!tabs.get(id)?.ahead) {
				tabs.set(id, { kept: false, guard: carrier.isPosting(id) ? POSTED : undefined });
			}
		}
		show(id);
		if (tabs.get(id)?.paused === undefined) {
			this.#arrived(id, status).catch((error) => console.warn(`tab ${id}: ${error}`));
		}
	}

	/**
	 * Puts a keeper into the tab's new page. One that no keeper can be put into, though the
	 * person gave leave for the site, is the browser's own error page.
	 *
	 * @param {number} id
	 * @param {string | undefined} status
	 */
	async #arrived(id, status) {
		const { tabs, stories, send } = this.#parts;
		const entry = tabs.get(id), event = stories.committed(id);
		// A keeper that has said `here` since the page began is this page's.
		const placed = entry?.kept || await placeKeeper(id);
		if (status !== 'complete' || !entry || tabs.get(id) !== entry) {
			return;
		}
		const said = placed && await this.#hasSaid(id, entry);
		tabs.set(id, { ahead: false });
		if (placed && !said) {
			await this.#stayed(id, entry);
		}
		if (entry.sight === 'lost' && await whereabouts(id, entry.url) === 'away') {
			this.pause(id, 'the tab went to another site');
		}
		if (said) {
			send(stories.complete(id, event));
		} else if ((await api.tabs.get(id)).status === 'complete') {
			// A page that is only slow to say so takes a keeper once more; the error page does not.
			const failed = await hasSite(entry.url) && !await placeKeeper(id);
			send(stories.complete(id, event, failed ? 'the server did not answer' : undefined));
		}
		// Else it was of what the browser shows before the page: a tab that it put to sleep wakes so.
	}

	/**
	 * The page that is going takes a keeper as well, and Firefox may say `complete` before it is
	 * gone: only a new one says `here`.
	 *
	 * @param {number} id
	 * @param {TabEntry} entry
	 */
	async #hasSaid(id, entry) {
		if (!entry.kept) {
			await new Promise((resolve) => {
				const signal = AbortSignal.timeout(HERE_MSEC);
				signal.addEventListener('abort', resolve);
				this.#here.addEventListener(String(id), resolve, { once: true, signal });
			});
		}
		return entry.kept === true;
	}

	/**
	 * A navigation that brought no page (a download) leaves the one that was there.
	 *
	 * @param {number} id
	 * @param {TabEntry} entry
	 */
	async #stayed(id, entry) {
		const who = await tellKeeper(id, { to: 'who' });
		if (who && who.id === entry.keeper && !entry.kept) {
			this.#parts.tabs.set(id, { kept: true, guard: toGuard(who.why) });
		}
	}

	/**
	 * A message of the keeper in a tab's page.
	 *
	 * @param {number} id
	 * @param {any} message
	 */
	kept(id, message) {
		const { tabs, stories, carrier, safe } = this.#parts;
		const entry = tabs.get(id);
		switch (message?.from) {
		case 'here':
			tabs.set(id, {
				kept: true,
				keeper: message.id,
				ahead: entry?.keeper !== undefined && entry.keeper !== message.id,
				guard: carrier.isPosting(id) && !message.redirected ? POSTED : toGuard(message.why),
			});
			stories.answered(id, Number(message.status) || 0);
			carrier.arrived(id, Boolean(message.redirected));
			this.#here.dispatchEvent(new Event(String(id)));
			break;
		case 'hide': {
			const late = Boolean(entry?.kept && entry.keeper !== message.id);
			const posting = Boolean(message.posting) && !carrier.isReloading(id, message.id);
			if (!late) {
				// At once: an order may come before the new page's keeper can say so.
				tabs.set(id, { kept: false, ahead: false, guard: posting ? POSTED : undefined });
			}
			carrier.left(id, { ...message, posting }, late);
			break;
		}
		case 'guard':
			tabs.set(id, { guard: toGuard(message.why) });
			safe(id);
			break;
		}
	}

	/**
	 * What the tab shows now, and whether the daemon is to know.
	 *
	 * @param {number} id
	 * @param {string | undefined} url
	 * @param {'ours' | 'theirs' | 'still'} by
	 */
	moved(id, url, by) {
		const { tabs, watch } = this.#parts;
		switch (tabs.moved(id, url, by)) {
		case 'moved':
			watch(id);
			break;
		case 'paused':
			this.#paused(id);
			break;
		}
	}

	/**
	 * @param {number} id
	 * @param {string} why
	 */
	pause(id, why) {
		this.#parts.tabs.pause(id, why);
		this.#paused(id);
	}

	/** @param {number} id */
	#paused(id) {
		const { tabs, stories, carrier, send, unwatch, show } = this.#parts;
		send(stories.end(id, 'failed', tabs.get(id)?.paused));
		carrier.forget(id);
		unwatch(id);
		show(id);
	}
}
