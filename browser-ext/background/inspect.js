// SPDX-License-Identifier: MIT
//
// What the browser knows about a tab before it is reloaded, and whether the reload must wait.

import { hasPermission } from '../common/site.js';
import { sendToPage } from './page-scripts.js';
import { mustWait } from './reload-rules.js';
import { localStatus } from './url-visibility.js';

/**
 * @typedef {{tab: chrome.tabs.Tab, where: import('./url-visibility.js').LocalStatus, permitted: boolean}} Seen
 * @typedef {import('./reload.js').Dependencies} Dependencies
 */

/**
 * What the browser knows about the tab. The calls run in parallel: each takes 0.3 ms or more.
 *
 * @param {Pick<Dependencies, 'tabs' | 'observed'>} dependencies
 * @param {number} id
 * @returns {Promise<Seen>}
 */
export async function inspect({ tabs, observed }, id) {
	const entry = tabs.get(id);
	const [tab, where, permitted] = await Promise.all([
		tabs.view(id),
		entry?.urlVisibility ? localStatus(id, entry.url) : /** @type {const} */ ('unknown'),
		entry ? hasPermission(entry.url) : false,
	]);
	observed(id, tab);
	return { tab, where, permitted };
}

/**
 * @param {Pick<Dependencies, 'tabs' | 'hidden' | 'pause'>} dependencies
 * @param {number} id
 * @param {Seen} seen
 * @returns {Promise<Omit<import('./tabs.js').Pending, 'event'> | undefined>} why the tab must not be reloaded now, and
 *	until when
 */
export async function whyWait({ tabs, hidden, pause }, id, { tab, where }) {
	const entry = tabs.get(id);
	if (!entry) {
		return undefined;
	}
	if (where === 'left' && entry.urlVisibility) {
		pause(id, 'the tab went to another site');
	}
	const wait = mustWait(tab, entry, { hidden: hidden(), where });
	if (wait || !entry.touched || !entry.hasScripts) {
		return wait;
	}
	const why = await sendToPage(id, { to: 'may-unload' });
	return why ? { until: 'safe', why: String(why).slice(0, 200) } : undefined;
}
