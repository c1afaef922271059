// SPDX-License-Identifier: MIT
//
// An old worker of a server may wait for the browser before it makes room for the new one: for
// the page's open connections (an event stream would keep it waiting for ever, also through a
// reload, which closes the old page only when the new one answers), or for a request on one that
// the browser opened ahead. Both are the page's to end, where the extension may look into it.

import { api } from '../common/api.js';

/**
 * @param {number} id
 * @param {boolean} allFrames
 * @param {() => unknown} func to run in the page
 */
async function inPage(id, allFrames, func) {
	try {
		await api.scripting.executeScript({ target: { tabId: id, allFrames }, func });
	} catch (error) {
		console.info(`let-go: tab ${id}: ${error}: the old worker goes on waiting`);
	}
}

/**
 * Ends the page's requests and event streams. The page stays as it is until its reload comes.
 *
 * @param {number} id
 */
export function letGo(id) {
	return inPage(id, true, () => window.stop());
}

/**
 * The page asks its server for something that browsers ask for anyway: the request goes out on a
 * connection that is kept ready.
 *
 * @param {number} id
 */
export function useSpare(id) {
	return inPage(id, false, () => {
		fetch('/favicon.ico', { method: 'HEAD', cache: 'no-store' }).catch(() => {});
	});
}
