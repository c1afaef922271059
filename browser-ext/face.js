// SPDX-License-Identifier: MIT
//
// What the toolbar icon of a tab shows. The icons differ in shape, the badges in text, so that
// nobody needs the colours.

import { api } from './api.js';

/**
 * @typedef {import('./tabs.js').TabEntry} TabEntry
 * @typedef {import('./socket.js').Link} Link
 *
 * @typedef {object} Face
 * @property {'off' | 'live' | 'looking' | 'disconnected'} icon
 * @property {string} badge
 * @property {string} title
 */

const COLORS = { off: '#5f6368', live: '#137a3e', looking: '#8a5300', disconnected: '#b3261e' };
const SIZES = [16, 32, 48, 128];

/**
 * @param {TabEntry | undefined} entry undefined: the tab is not switched on
 * @param {Link} link
 * @param {number} port
 * @returns {Face}
 */
export function decideFace(entry, link, port) {
	if (!entry) {
		return { icon: 'off', badge: '', title: 'savecast: off: click to reload this tab at each save' };
	}
	if (entry.paused !== undefined) {
		return {
			icon: 'off',
			badge: 'II',
			title: `savecast: paused: ${entry.paused}: click to switch on here`,
		};
	}
	switch (link) {
	case 'down':
		return {
			icon: 'disconnected',
			badge: '!',
			title: 'savecast: the daemon is not running: run savecastd, or save a file in your editor',
		};
	case 'refused':
		return {
			icon: 'disconnected',
			badge: '!',
			title: `savecast: port ${port}: what answers there does not take this browser: ` +
				'run savecast status to see which port is yours',
		};
	case 'replaced':
		return {
			icon: 'disconnected',
			badge: '!',
			title: 'savecast: another browser with a copy of this profile took over: close one of them',
		};
	}
	const { answer } = entry;
	if (link !== 'up' || !answer) {
		return { icon: 'looking', badge: '…', title: 'savecast: asking the daemon about this tab' };
	}
	switch (answer.state) {
	case 'live':
		return {
			icon: 'live',
			badge: 'on',
			title: `savecast: live: ${answer.project ?? 'this tab'}: ${answer.reason}`,
		};
	case 'looking':
		return { icon: 'looking', badge: '…', title: `savecast: looking: ${answer.reason}` };
	case 'none':
		return { icon: 'looking', badge: '?', title: `savecast: no project: ${answer.reason}` };
	}
}

/**
 * After a click on a page that cannot be switched on.
 *
 * @param {string} why
 * @returns {Face}
 */
export function refusalFace(why) {
	return { icon: 'off', badge: '×', title: `savecast: off: ${why}` };
}

/**
 * The browser clears what a tab's icon shows at each navigation: to be called again then. A tab
 * that is gone meanwhile is no error.
 *
 * @param {number} tabId
 * @param {Face} face
 */
export function showFace(tabId, face) {
	const path = Object.fromEntries(SIZES.map((size) => [size, `/icons/${face.icon}-${size}.png`]));
	const { action } = api;
	Promise.all([
		action.setIcon({ tabId, path }),
		action.setTitle({ tabId, title: face.title }),
		action.setBadgeText({ tabId, text: face.badge }),
		action.setBadgeBackgroundColor({ tabId, color: COLORS[face.icon] }),
		action.setBadgeTextColor({ tabId, color: '#ffffff' }),
	]).catch((error) => console.debug(`icon: tab ${tabId}: ${error}`));
}
