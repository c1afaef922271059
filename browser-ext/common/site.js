// SPDX-License-Identifier: MIT
//
// A site that the person may give savecast leave for. Chromium closes the popup when it asks, so
// what becomes of a yes is done by the background; the popup leaves word of what it was for.

import { api } from './api.js';

/**
 * @param {string} url
 * @returns {string} the site that it belongs to, as settings keep it; itself a URL
 */
export function siteOf(url) {
	const { protocol, origin } = new URL(url);
	return protocol === 'file:' ? 'file://' : origin;
}

/**
 * @param {string} site
 * @returns {string} for people
 */
export function siteName(site) {
	return site === 'file://' ? 'files on this computer' : site;
}

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

/** In storage.session: the site to remember, should the browser's question be answered with yes. */
const WISH = 'wish';

/** @param {string | undefined} site undefined: a yes is for this visit's swaps only */
export function setWish(site) {
	return site ? api.storage.session.set({ [WISH]: site }) : api.storage.session.remove(WISH);
}

/** @returns {Promise<string | undefined>} the wish, which is gone then */
export async function takeWish() {
	const { [WISH]: site } = await api.storage.session.get(WISH);
	await setWish(undefined);
	return typeof site === 'string' ? site : undefined;
}
