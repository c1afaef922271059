// SPDX-License-Identifier: MIT
//
// The part of a tab's URL that the daemon is sent, and whether a tab still shows the site that was
// switched on. Pure.

import { MAX_URL_BYTES } from '../link/protocol.js';

const PROTOCOLS = new Set(['http:', 'https:', 'file:']);

/**
 * @typedef {{url: string} | {why: string}} Address `url` without user, password, query and
 *	fragment, or why the tab cannot be watched
 */

/**
 * @param {string | undefined} text undefined if the extension may not see it
 * @returns {Address}
 */
export function toAddress(text) {
	if (!text) {
		return { why: 'this page cannot be switched on' };
	}
	let url;
	try {
		url = new URL(text);
	} catch {
		return { why: 'this page has no address' };
	}
	if (!PROTOCOLS.has(url.protocol)) {
		return { why: `${url.protocol} pages cannot be reloaded by savecast` };
	}
	url.username = '';
	url.password = '';
	url.search = '';
	url.hash = '';
	// A URL's text is ASCII: characters are bytes.
	if (url.href.length > MAX_URL_BYTES) {
		return { why: `the address is longer than ${MAX_URL_BYTES} bytes` };
	}
	return { url: url.href };
}

/**
 * @param {string} before
 * @param {string} now
 * @returns {boolean} whether a tab that went from one to the other shows the same site
 */
export function sameSite(before, now) {
	const a = new URL(before);
	const b = new URL(now);
	// By hand, since the origin of every file: URL is "null".
	return a.protocol === b.protocol && a.host === b.host;
}
