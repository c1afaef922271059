// SPDX-License-Identifier: MIT
//
// Carries out a reload message in each tab: the page replaces the files, is patched, does not use
// the files, or is reloaded, now or as soon as that is permitted.

import { beginEarly, inspect, inspectIfOld, OLD_MSEC, RELOAD_OLD_MSEC, whyWait } from './inspect.js';
import { applyChanges, lookFirst, sendToPage } from './page-scripts.js';
import { isFrame } from './places.js';
import { report } from './progress.js';
import { asksPage, looksFirst, merge, requestsOf } from './reload-rules.js';
import { ASKS, refreshForNextPage, reloadTab } from './reload-tab.js';
import { SecondLooks } from './second-looks.js';

/**
 * @typedef {import('../link/protocol.js').Change} Change
 * @typedef {import('../link/protocol.js').Report} Report
 * @typedef {Pick<import('../link/protocol.js').Reload, 'event' | 'changes' | 'unseen' | 'restarted' | 'patch' | 'aside' | 'leave'> & {oldUntil?: number, cached?: boolean}} Order
 *	what a reload message says about a tab; `oldUntil`: until when the server may answer with old content, as Date.now();
 *	`cached`: no message, but the page comes from a cache of the browser and is older than the save
 * @typedef {import('./inspect.js').Seen} Seen
 *
 * @typedef {object} Dependencies
 * @property {import('./tabs.js').Tabs} tabs
 * @property {import('./progress.js').Progress} progress
 * @property {import('./state-transfer.js').StateTransfer} transfer
 * @property {import('./updaters.js').Updaters} updaters
 * @property {import('./past-cache.js').PastCache} pastCache
 * @property {import('./next-pages.js').NextPages} nextPages
 * @property {() => 'wait' | 'now'} hidden the setting
 * @property {(url: string) => boolean} mayPatch the setting of the site
 * @property {(reports: Report[]) => void} send
 * @property {(id: number, tab: chrome.tabs.Tab) => void} observed called with the tab as the browser shows it now
 * @property {(id: number, why: string) => void} pause
 * @property {(id: number) => void} show
 */

/** The limit for `old`, the time during which the server may answer with old content. */
const MAX_OLD_MSEC = 10000;

export class Reloads {
	#dependencies;
	#secondLooks = new SecondLooks((id, order) => this.#lookAgain(id, order).catch(() => {}));

	/** @param {Dependencies} dependencies */
	constructor(dependencies) {
		this.#dependencies = dependencies;
	}

	/**
	 * @param {number} id
	 * @param {Omit<Order, 'oldUntil'> & {old?: number}} message
	 */
	begin(id, { old = 0, ...message }) {
		const { tabs, progress, transfer, nextPages, send } = this.#dependencies;
		const { event } = message;
		const given = { ...message, ...(old && { oldUntil: Date.now() + Math.min(old, MAX_OLD_MSEC) }) };
		const entry = tabs.get(id);
		const unfinished = progress.unfinished(id) ?? entry?.pending;
		const order = unfinished ? merge(unfinished, given) : given;
		if (entry && entry.paused === undefined) {
			tabs.set(id, { saved: { event, at: Date.now() } });
			transfer.saved(id, event, order.changes);
			nextPages.saved(id, order.changes);
			send(progress.begin(event, id, order));
			this.#secondLooks.begin(id, order);
			this.#reportFailure(id, event, this.#carryOut(id, order).finally(() => nextPages.refresh(id)));
		} else {
			send([report(event, id, 'skipped', 'tab is not switched on')]);
		}
	}

	/**
	 * Reloads now, if a reload is pending.
	 *
	 * @param {number} id
	 */
	release(id) {
		const { tabs, progress, show } = this.#dependencies;
		const { pending } = tabs.get(id) ?? {};
		if (pending) {
			tabs.set(id, { pending: undefined });
			progress.begin(pending.event, id, pending);
			show(id);
			this.#reportFailure(id, pending.event, this.#reload(id, pending));
		}
	}

	/**
	 * The tab shows a page from a cache of the browser, or one fetched in advance, which is older than the last save.
	 *
	 * @param {number} id
	 * @param {number} event of that save
	 */
	shownAgain(id, event) {
		const { tabs, progress, send } = this.#dependencies;
		tabs.set(id, { pending: undefined });
		send(progress.begin(event, id));
		this.#reportFailure(id, event, this.#reloadOrWait(id, { event, cached: true }).then((waits) => waits && sendToPage(id, { to: 'stays-old' })));
	}

	/**
	 * Releases a reload that waited for this condition, unless there is another reason to wait.
	 *
	 * @param {number} id
	 * @param {'shown' | 'safe'} condition
	 */
	async releaseIfDue(id, condition) {
		const { tabs, progress, show } = this.#dependencies;
		if (tabs.get(id)?.pending?.until !== condition) {
			return;
		}
		const wait = await whyWait(this.#dependencies, id, await inspect(this.#dependencies, id));
		const pending = tabs.get(id)?.pending;
		if (!pending) {
			return;
		}
		tabs.set(id, { pending: wait && { ...pending, ...wait } });
		show(id);
		if (!wait) {
			progress.begin(pending.event, id, pending);
			this.#reportFailure(id, pending.event, this.#carryOut(id, pending));
		}
	}

	/**
	 * Does the first of these that is enough: leaves the files to a dev server, replaces them in the
	 * page, compares the page with the server's answer and patches it, reloads it now or later.
	 *
	 * @param {number} id
	 * @param {Order} given
	 */
	async #carryOut(id, given) {
		const { tabs, progress, send, mayPatch, updaters, pastCache, nextPages } = this.#dependencies;
		const { event } = given;
		await pastCache.saved(tabs.get(id)?.url, given.changes, nextPages.framed(id));
		const left = await updaters.leave(id, given);
		if ('who' in left) {
			send(progress.end(id, 'skipped', `${left.who} ${left.why}`, event));
			return;
		}
		const order = mayPatch(tabs.get(id)?.url ?? 'about:blank') ? left.order : { ...left.order, patch: false };
		const { changes } = order;
		/** @type {import('./page-scripts.js').Applied | undefined} */
		let applied;
		const roots = beginEarly(this.#dependencies, id, order);
		let seen = await inspect(this.#dependencies, id);
		const entry = tabs.get(id);
		const old = (order.oldUntil ?? 0) - Date.now();
		if (entry && old > 0 && !this.#looks(order, seen, entry)) {
			await new Promise((resolve) => setTimeout(resolve, old));
			this.#secondLooks.forget(id, event);
			seen = await inspect(this.#dependencies, id);
		}
		if (progress.event(id) !== event || !entry) {
			return;
		}
		if (changes && !order.restarted && asksPage(changes, seen.tab, entry)) {
			applied = await applyChanges(id, { event, changes, unseen: order.unseen }, requestsOf(order, this.#mayLook(seen, entry), entry));
			if (await this.#ends(id, order, seen, applied) || progress.event(id) !== event) {
				return; // In the second case, the look of a newer save has begun.
			}
			seen = await inspectIfOld(this.#dependencies, id, seen, OLD_MSEC);
		}
		// A patch loses nothing of the page, so it need not wait.
		const looked = order.patch === false ? undefined : await this.#look(id, order, seen, applied, roots);
		if (looked !== 'done') {
			await this.#reloadOrWait(id, order, seen, looked ?? applied);
		}
	}

	/**
	 * @param {number} id
	 * @param {Order} order
	 * @param {Seen} [before]
	 * @param {import('./page-scripts.js').Told} [told]
	 * @returns {Promise<boolean>} whether the reload is pending
	 */
	async #reloadOrWait(id, order, before, told) {
		const { tabs, progress, show } = this.#dependencies;
		const seen = await inspectIfOld(this.#dependencies, id, before, RELOAD_OLD_MSEC), wait = await whyWait(this.#dependencies, id, seen);
		const current = progress.event(id) === order.event;
		if (wait && current) {
			this.#setPending(id, { ...order, ...wait });
		}
		if (wait || !current) {
			return current;
		}
		if (tabs.get(id)?.pending) {
			tabs.set(id, { pending: undefined });
			show(id);
		}
		await this.#reload(id, order, seen.tab, told);
		return false;
	}

	/**
	 * The files were replaced, or the tab has not loaded them. If the server may have put them
	 * into the HTML, the extension requests the page.
	 *
	 * @param {number} id
	 * @param {Order} order
	 * @param {Seen} seen
	 * @param {import('./page-scripts.js').Applied} applied
	 * @returns {Promise<boolean>} whether the event has ended; otherwise the page is to be reloaded
	 */
	async #ends(id, { event, changes, patch }, { permitted }, { outcome, detail, inlined }) {
		const { tabs, progress, nextPages, send } = this.#dependencies;
		const entry = tabs.get(id);
		if (outcome === 'reload') {
			return false;
		}
		if (inlined && permitted && entry?.url.startsWith('http')) {
			const looked = await lookFirst(id, { event, changes, applied: true });
			if (looked.outcome === 'reload' || (looked.outcome === 'patched' && patch === false)) {
				return false;
			}
			if (looked.outcome === 'patched') {
				const also = outcome === 'swapped' ? `, ${detail}` : '';
				send(progress.end(id, 'patched', `${looked.detail}${also}`, event));
				return true;
			}
		}
		await nextPages.refresh(id);
		send(progress.end(id, outcome, detail, event));
		return true;
	}

	/** @param {Seen} seen @param {import('./tabs.js').TabEntry} entry */
	#mayLook({ tab, permitted }, entry) {
		return permitted && looksFirst(tab, entry, this.#dependencies.hidden());
	}

	/**
	 * Whether the page itself finds out when the server has the new content: it requests
	 * itself, and no other files.
	 *
	 * @param {Order} order
	 * @param {Seen} seen
	 * @param {import('./tabs.js').TabEntry} entry
	 */
	#looks({ changes, patch }, seen, entry) {
		return patch !== false && Boolean(changes?.every(({ kind }) => kind === 'page' || kind === 'other')) && this.#mayLook(seen, entry);
	}

	/**
	 * @param {number} id
	 * @param {Order} order
	 * @param {Seen} seen
	 * @param {import('./page-scripts.js').Applied} [applied] why the page must be reloaded in any case, unless the server does not answer
	 * @param {Promise<number[][]>} [roots] what beginEarly() returned
	 * @returns {Promise<'done' | import('./page-scripts.js').Looked | undefined>} with the detail why the page must be reloaded,
	 *	after the answers were compared
	 */
	async #look(id, order, seen, applied, roots) {
		const { tabs, progress, nextPages, send, show } = this.#dependencies;
		const { event, changes, unseen, restarted, oldUntil = 0 } = order;
		const entry = tabs.get(id), old = Math.max(0, oldUntil - Date.now());
		if (!entry || !this.#mayLook(seen, entry)) {
			return undefined;
		}
		const { refresh } = requestsOf(order, true, entry), given = { event, changes, unseen, restarted, why: applied?.detail, refresh };
		const looked = applied?.looked ?? await lookFirst(id, { ...given, ...(old && { old }) }, roots);
		if (looked.final) {
			this.#secondLooks.forget(id, event);
		}
		const { outcome, detail } = looked, current = progress.event(id) === event;
		if (current && outcome === 'reload') {
			return looked;
		}
		if (entry.pending && current) {
			tabs.set(id, { pending: undefined });
			show(id);
		}
		await nextPages.refresh(id);
		send(progress.end(id, outcome === 'reload' ? 'skipped' : outcome, detail, event));
		return 'done';
	}

	/** The tab's page is complete. @param {number} id @param {Order} [order] the page may be older: it is looked at for this order */
	complete(id, order) {
		this.#secondLooks.complete(id, order);
	}

	/**
	 * The server no longer answers with old content: does the page show what it answers now?
	 *
	 * @param {number} id
	 * @param {Order} order
	 */
	async #lookAgain(id, order) {
		const { tabs, progress, send } = this.#dependencies;
		const { changes } = order;
		const seen = await inspect(this.#dependencies, id), entry = tabs.get(id);
		if (progress.isReloading(id)) {
			this.#secondLooks.postpone(id, order);
			return;
		}
		// A pending reload comes later anyway.
		if (!entry || entry.pending || entry.paused !== undefined || !this.#mayLook(seen, entry)) {
			return;
		}
		const { outcome, detail, frames } = await lookFirst(id, { event: order.event, changes, settles: true });
		const event = progress.event(id) ?? order.event;
		if (outcome === 'patched') {
			send([report(order.event, id, outcome, detail)]);
		} else if (outcome === 'reload' && !progress.isReloading(id)) {
			send(progress.begin(event, id, order));
			this.#reportFailure(id, event, this.#reloadOrWait(id, { ...order, event }, undefined, { detail, frames }));
		}
	}

	/**
	 * @param {number} id
	 * @param {import('./tabs.js').Pending} pending
	 */
	#setPending(id, pending) {
		const { tabs, progress, send, show } = this.#dependencies;
		send(progress.pending(id, pending.why));
		tabs.set(id, { pending });
		show(id);
		refreshForNextPage(tabs, id, pending);
	}

	/**
	 * @param {number} id
	 * @param {Order} order
	 * @param {chrome.tabs.Tab} [seen]
	 * @param {import('./page-scripts.js').Told} [told]
	 */
	async #reload(id, { event, changes: named, restarted }, seen, told) {
		const look = async () => (await inspect(this.#dependencies, id)).tab;
		if (await reloadTab(this.#dependencies, id, { event, changes: restarted ? undefined : named, seen, told, look }) === 'asks') {
			this.#dependencies.tabs.set(id, { asks: ASKS });
			this.#setPending(id, { event, until: 'safe', why: ASKS });
		}
	}

	/**
	 * @param {number} id
	 * @param {number} event
	 * @param {Promise<unknown>} work
	 */
	#reportFailure(id, event, work) {
		const { progress, send } = this.#dependencies;
		work.catch(({ message }) => {
			const gone = /no tab|invalid tab|no frame|invalid frame|frame.*removed/i.test(message);
			send(progress.end(id, gone ? 'skipped' : 'failed', gone ? `${isFrame(id) ? 'frame' : 'tab'} is gone` : message, event));
		});
	}
}
