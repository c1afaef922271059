// SPDX-License-Identifier: MIT
//
// Follows what a tab that is on shows. Two sources report it: the browser's events, which often
// come late and in Firefox often without a URL, and the page scripts.

import { api } from '../common/api.js';
import { hasPermission } from '../common/site.js';
import { findPage, toGuard } from './inspect.js';
import { insertPageScripts, showsErrorPage } from './page-scripts.js';
import { bypassesCache, isNewer } from './reload-rules.js';
import { hidesUrlAfterReload, localStatus } from './url-visibility.js';

/**
 * @typedef {import('./tabs.js').TabEntry} TabEntry
 *
 * @typedef {object} Dependencies
 * @property {import('./tabs.js').Tabs} tabs
 * @property {import('./progress.js').Progress} progress
 * @property {import('./state-transfer.js').StateTransfer} transfer
 * @property {import('./past-cache.js').PastCache} pastCache
 * @property {import('./next-pages.js').NextPages} nextPages
 * @property {(reports: import('../link/protocol.js').Report[]) => void} send
 * @property {(id: number) => void} watch sends the daemon the tab's URL
 * @property {(id: number) => void} unwatch
 * @property {(id: number) => void} show
 * @property {(id: number) => void} unreadable called when the page scripts are not allowed in the page
 * @property {(tab: number) => void} paused called when the tab shows another site, without having been switched on there
 * @property {(id: number) => Promise<void>} complete called when a page with page scripts is complete; it resolves when the user may leave the page
 * @property {(id: number) => void} safe called when the page may be reloaded again
 * @property {(id: number, event: number) => void} shownAgain called when the page comes from a cache, or was fetched in advance, and is older
 *	than this last save
 * @property {(id: number, event: number) => void} shownOld called when the user has opened a page that comes from the cache, and may be older than
 *	this last save
 */

/** Inserted page scripts send `ready` within this time. */
const READY_MSEC = 1000;

/** If a page is not complete this long after the server's answer, its event ends anyway. */
const MAX_LOAD_MSEC = 10000;

/** When it loads a page again, Firefox says `loading` as it sends the request, and once more when the server has answered; Chromium only then. */
const LOADING_EVENTS = hidesUrlAfterReload ? 2 : 1;

const MAY_BE_OLD = 'without permission for the site: what workers or later requests load, pictures of <style> elements, and sound and video, may be old';

const ANSWERS_FORM = 'the page answers a form that was sent';

export class Navigation {
	#dependencies;
	/** Dispatches an event, whose name is the tab's number, when its page scripts send `ready`. */
	#ready = new EventTarget();

	/** @param {Dependencies} dependencies */
	constructor(dependencies) {
		this.#dependencies = dependencies;
	}

	/**
	 * Handles the browser's event about a tab that is on.
	 *
	 * @param {number} id
	 * @param {string | undefined} status
	 * @param {string | undefined} url
	 */
	updated(id, status, url) {
		const { tabs, progress, transfer, watch, show } = this.#dependencies;
		const cause = progress.isReloading(id) ? 'reload' : status === 'loading' ? 'navigation' : 'none';
		this.moved(id, url, cause);
		/** Whether the server has answered the reload. */
		let isAnswered = false;
		if (status === 'loading') {
			isAnswered = progress.loading(id) >= LOADING_EVENTS;
			// The user loads the page again: asks the daemon again, which does not try by itself.
			if (cause === 'navigation' && ['down', 'none'].includes(tabs.get(id)?.answer?.state ?? '')) {
				watch(id);
			}
			// Firefox may announce a page after its page scripts have sent `ready`.
			if (!tabs.get(id)?.announcedEarly) {
				tabs.set(id, { hasScripts: false, asks: undefined, touched: false, guard: transfer.isPosting(id) ? ANSWERS_FORM : undefined });
				// In Chromium, it may be only a frame that loads: then the page is still there, and answers.
				findPage(tabs, id).catch(() => {});
			}
		}
		show(id);
		if (tabs.get(id)?.paused === undefined) {
			this.#arrived(id, status, isAnswered).catch((error) => console.warn(`tab ${id}: ${error}`));
		}
	}

	/**
	 * Inserts the page scripts into the tab's new page, and finds out whether it is a new page.
	 *
	 * @param {number} id
	 * @param {string | undefined} status
	 * @param {boolean} isAnswered whether the server has answered a reload just now
	 */
	async #arrived(id, status, isAnswered) {
		const { tabs, progress, transfer, send, complete, safe, unreadable, pastCache } = this.#dependencies;
		const entry = tabs.get(id), event = progress.committed(id);
		if (entry) {
			await pastCache.shows(id, entry.url);
		}
		// If scripts have sent `ready` since the page began, they are in this page.
		const inserted = entry?.hasScripts || await insertPageScripts(id);
		if (isAnswered && !inserted) {
			this.#limitLoad(id);
		}
		if (status !== 'complete' || !entry || tabs.get(id) !== entry) {
			return;
		}
		const ready = inserted && await this.#becomesReady(id, entry);
		tabs.set(id, { announcedEarly: false });
		pastCache.complete(id);
		if (!inserted) {
			unreadable(id);
		}
		if (inserted && !ready) {
			// After a download, the tab still shows the old page.
			await findPage(tabs, id);
		}
		if (entry.urlVisibility === 'lost' && await localStatus(id, entry.url) === 'left') {
			this.pause(id, 'the tab went to another site');
		}
		if (ready) {
			await Promise.all([transfer.delivered(id), transfer.showKept(id)]);
			if (event !== undefined) {
				transfer.complete(id);
			}
			const reports = progress.complete(id, event);
			await complete(id).catch(() => {}); // The tab is gone.
			send(reports);
		} else if ((await api.tabs.get(id)).status === 'complete') {
			const failed = await showsErrorPage(id);
			send(progress.complete(id, event, failed ? 'the server did not answer' : undefined, await this.#mayBeOld(id)));
			safe(id);
		}
		// Otherwise the event is about the blank page that comes first when a discarded tab is
		// loaded.
	}

	/**
	 * In Firefox, a reload past the cache reaches what the page requests until its load event, but not its workers,
	 * what early hints name, and the pictures of its `<style>` elements. With permission, the page scripts do the rest.
	 *
	 * @param {number} id of a tab without page scripts
	 * @returns {Promise<string | undefined>} what may be older than the save, for the log
	 */
	async #mayBeOld(id) {
		const { tabs, progress } = this.#dependencies;
		const { url = '' } = tabs.get(id) ?? {};
		return hidesUrlAfterReload && url.startsWith('http') && bypassesCache(progress.changes(id)) && !await hasPermission(url) ? MAY_BE_OLD : undefined;
	}

	/**
	 * Some pages never become complete: an image or a stream in them does not end, or Firefox asks before it sends the form again
	 * that a frame answers.
	 *
	 * @param {number} id
	 */
	#limitLoad(id) {
		const { tabs, progress, send } = this.#dependencies;
		const event = progress.isReloading(id) ? progress.event(id) : undefined;
		if (event !== undefined) {
			setTimeout(async () => {
				const old = tabs.get(id)?.hasScripts ? undefined : await this.#mayBeOld(id);
				send(progress.complete(id, event, undefined, ['still loading', old].filter(Boolean).join(', ')));
			}, MAX_LOAD_MSEC);
		}
	}

	/**
	 * The scripts can be inserted into the old page as well, and Firefox may report `complete`
	 * while it is still there: only a new page sends `ready`.
	 *
	 * @param {number} id
	 * @param {TabEntry} entry
	 */
	async #becomesReady(id, entry) {
		if (!entry.hasScripts) {
			await new Promise((resolve) => {
				const signal = AbortSignal.timeout(READY_MSEC);
				signal.addEventListener('abort', resolve);
				this.#ready.addEventListener(String(id), resolve, { once: true, signal });
			});
		}
		return entry.hasScripts === true;
	}

	/**
	 * A message of the page scripts.
	 *
	 * @param {number} id
	 * @param {any} message
	 */
	pageMessage(id, message) {
		const { tabs, progress, transfer, nextPages, safe } = this.#dependencies;
		const entry = tabs.get(id);
		switch (message?.from) {
		case 'ready':
			tabs.set(id, {
				hasScripts: true,
				asks: undefined,
				touched: Boolean(message.touched),
				documentId: message.id,
				announcedEarly: entry?.documentId !== undefined && entry.documentId !== message.id,
				guard: transfer.isPosting(id) && !message.redirected ? ANSWERS_FORM : toGuard(message.why),
			});
			progress.answered(id, Number(message.status) || 0);
			transfer.arrived(id, Boolean(message.redirected));
			if (message.leftAt) {
				this.#isAsOf(id, message.leftAt);
			}
			this.#isRequestedAt(id, Number(message.requestedAt) || 0);
			safe(id);
			this.#ready.dispatchEvent(new Event(String(id)));
			this.#limitLoad(id);
			break;
		case 'cached':
			if (entry?.documentId === message.id) {
				this.#isAsOf(id, Number(message.answeredAt) || 0, message.opened === true);
			}
			break;
		case 'leaving': {
			nextPages.noted(id, message.loaded);
			const late = Boolean(entry?.hasScripts && entry.documentId !== message.id);
			const posting = Boolean(message.posting) && !transfer.isReloading(id, message.id);
			if (!late) {
				// Set now, since a save may come before the new page's scripts report it.
				tabs.set(id, { hasScripts: false, updates: undefined, announcedEarly: false, guard: posting ? ANSWERS_FORM : undefined });
			}
			transfer.leaving(id, { ...message, posting }, late);
			break;
		}
		case 'touched':
			tabs.set(id, { touched: true });
			break;
		case 'worker':
			tabs.set(id, { serviceWorker: true });
			break;
		case 'guard':
			tabs.set(id, { guard: toGuard(message.why) });
			safe(id);
			break;
		}
	}

	/**
	 * @param {number} id
	 * @param {number} at since when its page may be older than the server's, in milliseconds since 1970
	 * @param {boolean} [opened] whether the user has opened it: it comes from the browser's cache
	 */
	async #isAsOf(id, at, opened = false) {
		const { tabs, shownAgain, shownOld } = this.#dependencies;
		const { saved, url = '' } = tabs.get(id) ?? {};
		if (saved && at < saved.at) {
			(opened && await hasPermission(url) ? shownOld : shownAgain)(id, saved.event);
		}
	}

	/**
	 * If the user has gone to another page, or has sent a form, and that page is newer than the save, no reload is left to do.
	 *
	 * @param {number} id
	 * @param {number} at when the browser began to request its page, in milliseconds since 1970; 0: that is not known
	 */
	#isRequestedAt(id, at) {
		const { tabs, progress, send, show } = this.#dependencies;
		const entry = tabs.get(id);
		if (entry?.pending && isNewer(at, entry.pending, entry)) {
			send(progress.end(id, 'skipped', 'the user has loaded a page since', entry.pending.event));
			tabs.set(id, { pending: undefined });
			show(id);
		}
	}

	/**
	 * Stores the URL that the tab shows now, and sends it to the daemon if it has changed.
	 *
	 * @param {number} id
	 * @param {string | undefined} url
	 * @param {'reload' | 'navigation' | 'none'} cause
	 */
	moved(id, url, cause) {
		const { tabs, watch } = this.#dependencies;
		switch (tabs.moved(id, url, cause)) {
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
		this.#dependencies.tabs.pause(id, why);
		this.#paused(id);
	}

	/** @param {number} id */
	#paused(id) {
		const { tabs, progress, transfer, send, unwatch, show, pastCache, nextPages, paused } = this.#dependencies;
		paused(id);
		pastCache.forget(id);
		nextPages.forget(id);
		send(progress.end(id, 'failed', tabs.get(id)?.paused));
		transfer.forget(id);
		unwatch(id);
		show(id);
	}
}
