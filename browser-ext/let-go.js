// SPDX-License-Identifier: MIT
//
// An old worker of a server may wait for its open connections before it makes room for the new
// one; an event stream of the page would keep it waiting for ever, also through a reload, which
// closes the old page only when the new one answers.

import { api } from './api.js';

/**
 * Ends the page's requests and event streams, where the extension may look into the page.
 * The page stays as it is until its reload comes.
 *
 * @param {number} id
 */
export async function letGo(id) {
	try {
		await api.scripting.executeScript({
			target: { tabId: id, allFrames: true },
			func: () => window.stop(),
		});
	} catch (error) {
		console.info(`let-go: tab ${id}: ${error}: the old worker goes on waiting`);
	}
}
