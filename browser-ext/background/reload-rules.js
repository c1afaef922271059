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
 * A style sheet with max-age, or with only Last-Modified, stays old unless the cache is bypassed. In
 * Firefox that loses scroll position and form fields, unless page scripts restore them: so not for
 * a change of the page alone, which every reload requests from the server.
 *
 * @param {Change[] | undefined} changes
 * @param {{hasScripts: boolean, firefox: boolean}} given
 */
export function bypassesCache(changes, { hasScripts, firefox }) {
	return !firefox || hasScripts || !changes?.length || changes.some(({ kind }) => kind !== 'page');
}
