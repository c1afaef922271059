// SPDX-License-Identifier: MIT
//
// What can be known of a tab whose address the browser does not show any more. Firefox takes the
// leave that a click gave away at the next navigation, be it our own reload. But it also matches
// pages against the patterns of manifest.json's page_action for us, without any permission: so a
// tab that was on this machine is known to be there still, or not. The port is not in it.

import { api } from '../common/api.js';

/** @typedef {'here' | 'away' | 'unknown'} Whereabouts */

/** The hosts of page_action.show_matches. */
const LOCAL = /^(.+\.)?(localhost|test|local|internal)$|^127\.0\.0\.1$|^\[::1\]$|^0\.0\.0\.0$/;

/**
 * @param {string} url
 * @returns {boolean} whether the patterns would tell
 */
export function isLocal(url) {
	const { protocol, hostname } = new URL(url);
	return protocol === 'file:' || LOCAL.test(hostname);
}

/**
 * @param {number} tabId
 * @param {string} url the last one that was seen there
 * @returns {Promise<Whereabouts>}
 */
export async function whereabouts(tabId, url) {
	const { pageAction } = /** @type {any} */ (api);
	if (!pageAction || !isLocal(url)) {
		return 'unknown';
	}
	return await pageAction.isShown({ tabId }) ? 'here' : 'away';
}

/** Chromium shows the address of all pages of the site: one that it hides is of another site. */
export const losesSight = /** @type {any} */ (globalThis).browser?.runtime?.getBrowserInfo !== undefined;
