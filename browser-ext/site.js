// SPDX-License-Identifier: MIT
//
// A site that the person may give savecast leave for.

import { api } from './api.js';

/**
 * @param {string} url
 * @returns {string} what `permissions` takes; Firefox knows no ports in it
 */
export function sitePattern(url) {
	const { protocol, hostname } = new URL(url);
	return protocol === 'file:' ? 'file:///*' : `${protocol}//${hostname}/*`;
}

/**
 * @param {string} url
 * @returns {Promise<boolean>}
 */
export function hasSite(url) {
	return api.permissions.contains({ origins: [sitePattern(url)] });
}
