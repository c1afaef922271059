// SPDX-License-Identifier: MIT
//
// The way to the scripts of page/ in a tab. They can be put there while the extension may see the
// tab's page: after a click on the icon (Chromium: until the tab leaves the site), or with the
// person's leave for the site. Where not, all else goes on without them.

import { api } from '../common/api.js';

const FILES = ['match', 'dom', 'styles', 'media', 'apply', 'place', 'state', 'restore', 'guard', 'keeper']
	.map((name) => `page/${name}.js`);

/**
 * @typedef {{path: string, kind: string, all?: true}} Change
 * @typedef {{outcome: 'swapped' | 'unused' | 'reload', detail: string}} Applied
 */

/**
 * Once in each document; a second time does nothing.
 *
 * @param {number} tabId
 * @returns {Promise<boolean>} whether a keeper is there
 */
export async function placeKeeper(tabId) {
	try {
		await api.scripting.executeScript({ target: { tabId }, files: FILES, injectImmediately: true });
		return true;
	} catch {
		return false;
	}
}

/**
 * @param {number} tabId
 * @param {object} message
 * @returns {Promise<any>} its answer, or undefined if there is no keeper
 */
export async function tellKeeper(tabId, message) {
	try {
		return await api.tabs.sendMessage(tabId, message, { frameId: 0 });
	} catch {
		return undefined;
	}
}

/**
 * @param {number} tabId
 * @param {number} event
 * @param {Change[]} changes
 * @returns {Promise<Applied>}
 */
export async function applyChanges(tabId, event, changes) {
	const ask = () => tellKeeper(tabId, { to: 'apply', event, changes });
	const applied = await ask() ?? (await placeKeeper(tabId) ? await ask() : undefined);
	return applied ?? { outcome: 'reload', detail: '' };
}
