// SPDX-License-Identifier: MIT
//
// What a reload message means for one tab. Pure.

import { KINDS } from '../link/protocol.js';

/**
 * @typedef {import('../link/protocol.js').Change} Change
 * @typedef {import('./tabs.js').TabEntry} TabEntry
 * @typedef {import('./tabs.js').Pending} Pending
 */

/**
 * @param {Change[] | undefined} changes undefined: it is not known what has changed
 * @param {{status?: string}} tab
 * @param {TabEntry} entry
 * @returns {boolean} whether to ask the page scripts; otherwise the page must be reloaded
 */
export function asksPage(changes, tab, entry) {
	return Boolean(changes?.length && changes.every(({ kind }) => KINDS[kind])) &&
		tab.status === 'complete' && !entry.pending;
}

/**
 * A save came while the tab was still handling an earlier one: it does what is necessary for both.
 *
 * @param {import('./reload.js').Order} earlier
 * @param {import('./reload.js').Order} order
 * @returns {import('./reload.js').Order}
 */
export function merge(earlier, order) {
	const later = order.changes?.map(({ path }) => path);
	const changes = earlier.changes && order.changes &&
		[...earlier.changes.filter(({ path }) => !later?.includes(path)), ...order.changes];
	const oldUntil = Math.max(earlier.oldUntil ?? 0, order.oldUntil ?? 0);
	return {
		...order, changes, ...(oldUntil && { oldUntil }),
		...((earlier.unseen || order.unseen) && { unseen: true }),
		...((earlier.restarted || order.restarted) && { restarted: true }),
		...((earlier.patch === false || order.patch === false) && { patch: false }),
	};
}

/**
 * @param {{active?: boolean, discarded?: boolean, sharingState?: any}} tab
 * @param {TabEntry} entry
 * @param {{hidden: 'wait' | 'now', where: import('./url-visibility.js').LocalStatus}} given
 * @returns {Omit<Pending, 'event'> | undefined} why this tab must not be reloaded now, and until when
 */
export function mustWait(tab, entry, { hidden, where }) {
	if (entry.urlVisibility === 'lost' && where === 'unknown') {
		return { until: 'click', why: 'the browser does not show savecast which page this is' };
	}
	if (entry.asks) {
		return { until: 'safe', why: entry.asks };
	}
	if (tab.discarded) {
		return { until: 'shown', why: 'the browser has unloaded this tab' };
	}
	const { camera, microphone, screen } = tab.sharingState ?? {};
	if (camera || microphone || screen) {
		return { until: 'safe', why: 'the page uses camera, microphone or screen' };
	}
	if (entry.guard) {
		return { until: 'safe', why: entry.guard };
	}
	if (tab.active === false && hidden === 'wait') {
		return { until: 'shown', why: 'the tab is hidden' };
	}
	return undefined;
}

/**
 * Whether to ask the server for the page before it is reloaded, given the permission for its site.
 *
 * @param {{status?: string, active?: boolean, discarded?: boolean}} tab
 * @param {TabEntry} entry
 * @param {'wait' | 'now'} hidden the setting
 */
export function looksFirst(tab, entry, hidden) {
	const waits = tab.discarded || (tab.active === false && hidden === 'wait');
	return tab.status === 'complete' && !waits && entry.hasScripts === true && entry.url.startsWith('http');
}

/**
 * What the page will be asked for if it must be reloaded.
 *
 * @param {import('./reload.js').Order} order
 * @param {boolean} permitted whether the extension has permission for the page
 * @param {TabEntry} entry
 * @returns {import('./page-scripts.js').Begin}
 */
export function requestsOf({ changes, restarted, patch, oldUntil }, permitted, { url, guard, asks }) {
	// A server that may answer with old content is asked later.
	const isNew = !oldUntil && url.startsWith('http');
	return { look: isNew && permitted && patch !== false, refresh: isNew && !restarted && Boolean(changes) && !guard && !asks };
}

/** Kinds of files that a reload takes from the browser's cache if the server permits it. */
const CACHED = new Set(Object.keys(KINDS).filter((kind) => kind !== 'page' && kind !== 'other'));

/** @param {Change} change @returns {boolean} whether a reload may take the file from the browser's cache */
export function isCached({ kind }) {
	return CACHED.has(kind);
}

/**
 * @param {number} at when the browser began to request the page that the tab shows, as Date.now(); 0: that is not known
 * @param {Pending} pending
 * @param {TabEntry} entry
 * @returns {boolean} whether nothing that the page shows can be older than the save whose reload is pending
 */
export function isNewer(at, { changes, restarted, cached, oldUntil = 0 }, { saved }) {
	if (!saved || at <= Math.max(saved.at, oldUntil)) {
		return false;
	}
	// The page may have other files from the browser's cache.
	return cached || (!restarted && changes !== undefined && !changes.some(isCached));
}

/**
 * For a tab without page scripts, which would refresh the cache instead. In Firefox, a reload that
 * bypasses the cache also loses the scroll position and form fields.
 *
 * @param {Change[] | undefined} changes
 */
export function bypassesCache(changes) {
	return !changes?.length || changes.some(isCached);
}
