// SPDX-License-Identifier: MIT
//
// Finds out whether a tab still shows this machine, when the browser no longer shows its URL to the
// extension. A click gives access to the tab, and Firefox withdraws it at the next navigation, even
// at our own reload. But Firefox matches pages against the patterns of page_action in manifest.json
// without any permission: so we know whether a tab that showed a page of this machine still does.
// The port is not part of the patterns.

import { api } from '../common/api.js';

/** @typedef {'local' | 'left' | 'unknown'} LocalStatus whether the tab still shows this machine */

/** The hosts of page_action.show_matches. */
const LOCAL = /^(.+\.)?(localhost|test|local|internal)$|^127\.0\.0\.1$|^\[::1\]$|^0\.0\.0\.0$/;

/**
 * @param {string} url
 * @returns {boolean} whether one of the patterns matches
 */
export function isLocal(url) {
	const { protocol, hostname } = new URL(url);
	return protocol === 'file:' || LOCAL.test(hostname);
}

/**
 * @param {number} tabId
 * @param {string} url the last one that the browser showed
 * @returns {Promise<LocalStatus>}
 */
export async function localStatus(tabId, url) {
	const { pageAction } = /** @type {any} */ (api);
	if (!pageAction || !isLocal(url)) {
		return 'unknown';
	}
	return await pageAction.isShown({ tabId }) ? 'local' : 'left';
}

/** True in Firefox only. In Chromium, a URL that is no longer shown belongs to another site. */
export const hidesUrlAfterReload = /** @type {any} */ (globalThis).browser?.runtime?.getBrowserInfo !== undefined;
