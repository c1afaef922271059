// SPDX-License-Identifier: MIT
//
// Before a reload, the page scripts request the page and compare the answers. In the headers Sec-Fetch-*, browsers say that
// a script sends this request, and a server may answer it with an error, with a part of the page, or with data. These
// session rules of declarativeNetRequest give it the headers of a reload, on sites for which the extension has
// permission. They apply to URLs with one of the fragments that page/answers.js appends, which no server receives, and only
// to requests from the site itself. What page/styles.js reads from the cache comes from there in spite of past-cache.js.

import { api } from '../common/api.js';

/** By fragment: what a reload of such a document has as Sec-Fetch-Dest. */
const DESTINATIONS = { 'savecast-document': 'document', 'savecast-frame': 'iframe' };

/** Above the rules of past-cache.js, which allow some of these requests. */
const PRIORITY = 3;

/** @param {string} mark */
const marked = (mark) => ({ urlFilter: `#${mark}|`, resourceTypes: ['xmlhttprequest'], requestMethods: ['get'], domainType: 'firstParty' });

const RULES = /** @type {chrome.declarativeNetRequest.Rule[]} */ ([...Object.entries(DESTINATIONS).map(([mark, destination]) => ({
	condition: marked(mark),
	action: {
		type: 'modifyHeaders',
		requestHeaders: Object.entries({ 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': destination, 'Upgrade-Insecure-Requests': '1' })
			.map(([header, value]) => ({ header, operation: 'set', value })),
	},
})), { condition: marked('savecast-cached'), action: { type: 'allow' } }].map((rule, i) => ({ ...rule, id: i + 1, priority: PRIORITY })));

/** @param {number} id of a session rule @returns {boolean} whether it is one of these */
export const isLookRule = (id) => id <= RULES.length;

async function write() {
	const { declarativeNetRequest: network } = api;
	const there = new Set((await network.getSessionRules()).map(({ id }) => id));
	// They may be there from an earlier run of the background. In Chromium, each change empties the back/forward cache.
	const missing = RULES.filter(({ id }) => !there.has(id));
	if (missing.length) {
		await network.updateSessionRules({ addRules: missing });
	}
}

/** @type {Promise<void> | undefined} */
let written;

/**
 * To be awaited before page scripts are inserted.
 *
 * @returns {Promise<void>}
 */
export function markLooks() {
	written ??= write().catch((error) => console.warn(`servers see that looks are no reloads: ${error}`));
	return written;
}
