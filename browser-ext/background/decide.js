// SPDX-License-Identifier: MIT
//
// What a reload order means for one tab. Pure.

/**
 * @typedef {import('../link/protocol.js').Change} Change
 * @typedef {import('./tabs.js').TabEntry} TabEntry
 * @typedef {import('./tabs.js').Pending} Pending
 */

/** What a page may be able to take without a reload. Of the rest, none can know. */
const ASKED = new Set(['css', 'image', 'font', 'media', 'script']);

/**
 * @param {Change[] | undefined} changes undefined: anything may have changed
 * @param {{status?: string}} tab
 * @param {TabEntry} entry
 * @returns {boolean} whether to ask the page; else it must reload
 */
export function asksPage(changes, tab, entry) {
	return Boolean(changes?.length && changes.every(({ kind }) => ASKED.has(kind))) &&
		tab.status === 'complete' && !entry.pending;
}

/**
 * @param {{active?: boolean, discarded?: boolean, sharingState?: any}} tab
 * @param {TabEntry} entry
 * @param {{hidden: 'wait' | 'now', where: import('./sight.js').Whereabouts}} given
 * @returns {Omit<Pending, 'event'> | undefined} why this tab is not to reload now, and until when
 */
export function mustWait(tab, entry, { hidden, where }) {
	if (entry.sight === 'lost' && where === 'unknown') {
		return { until: 'click', why: 'the browser does not show savecast which page this is' };
	}
	if (tab.discarded) {
		return { until: 'shown', why: 'the browser put this tab to sleep' };
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
 * A style sheet with max-age, or only Last-Modified, stays stale without bypassing the cache. In
 * Firefox that costs scroll and form fields, unless a keeper brings them back: so not for a change
 * of the page alone, which every reload asks the server for.
 *
 * @param {Change[] | undefined} changes
 * @param {{kept: boolean, firefox: boolean}} given
 */
export function bypassesCache(changes, { kept, firefox }) {
	return !firefox || kept || !changes?.length || changes.some(({ kind }) => kind !== 'page');
}
