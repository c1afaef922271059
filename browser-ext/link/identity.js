// SPDX-License-Identifier: MIT
//
// The first message of a connection: which browser and profile this is.

import { api } from '../common/api.js';

/**
 * @typedef {object} Navigatorlike
 * @property {string} userAgent
 * @property {{brands: {brand: string, version: string}[]}} [userAgentData] Chromium only
 */

/**
 * @param {Navigatorlike} navigator
 * @returns {string} name and major version for the user: "Chromium 156"
 */
export function browserName({ userAgent, userAgentData }) {
	// Chromium lists an invented brand ("Not A Brand"), itself and the product.
	const brands = (userAgentData?.brands ?? []).filter(({ brand }) => !/^\W*not\b/i.test(brand));
	const own = brands.find(({ brand }) => brand !== 'Chromium') ?? brands[0];
	if (own) {
		return `${own.brand} ${own.version}`;
	}
	const named = /(Firefox|Edg|Chrome)\/(\d+)/.exec(userAgent);
	return named ? `${named[1]} ${named[2]}` : 'unknown';
}

/**
 * @param {string} profile
 * @returns {import('./protocol.js').BrowserHello}
 */
export function hello(profile) {
	return {
		type: 'hello',
		browser: browserName(/** @type {Navigatorlike} */ (navigator)),
		extension: api.runtime.getManifest().version,
		profile,
	};
}
