// SPDX-License-Identifier: MIT
//
// A site, and the user's permission for it. Chromium closes the popup when it asks the user, so the
// background acts on the answer; the popup stores what the question was for.

import { api } from './api.js';

/**
 * @param {string} url
 * @returns {string} the site that it belongs to, as it is stored in the settings; it is a URL, too
 */
export function siteOf(url) {
	const { protocol, origin } = new URL(url);
	return protocol === 'file:' ? 'file://' : origin;
}

/**
 * @param {string} site
 * @returns {string} its name for the user
 */
export function siteName(site) {
	return site === 'file://' ? 'files on this computer' : site;
}

/**
 * @param {string} url
 * @returns {string} a match pattern for `permissions`; Firefox does not accept a port in it
 */
export function sitePattern(url) {
	const { protocol, hostname } = new URL(url);
	return protocol === 'file:' ? 'file:///*' : `${protocol}//${hostname}/*`;
}

/**
 * @param {string} url
 * @returns {Promise<boolean>}
 */
export function hasPermission(url) {
	return api.permissions.contains({ origins: [sitePattern(url)] });
}

/**
 * Whether a click that switches the tab on should ask for permission for its site: once for each
 * site, so a refusal is kept. In a private window it never asks, since a permission would remain.
 *
 * @param {{url?: string, incognito?: boolean}} tab
 * @param {Pick<import('./settings.js').Settings, 'ask' | 'asked'>} settings
 */
export function mayAsk({ url, incognito }, { ask, asked }) {
	return ask && !incognito && Boolean(url?.startsWith('http')) && !asked.includes(sitePattern(String(url)));
}

/** In storage.session: the site to remember if the user gives the permission. */
const SITE_TO_REMEMBER = 'wish';

/** @param {string | undefined} site undefined: only the permission is asked for */
export function setSiteToRemember(site) {
	return site ? api.storage.session.set({ [SITE_TO_REMEMBER]: site }) : api.storage.session.remove(SITE_TO_REMEMBER);
}

/** @returns {Promise<string | undefined>} the site to remember, which is removed from the storage */
export async function takeSiteToRemember() {
	const { [SITE_TO_REMEMBER]: site } = await api.storage.session.get(SITE_TO_REMEMBER);
	await setSiteToRemember(undefined);
	return typeof site === 'string' ? site : undefined;
}
