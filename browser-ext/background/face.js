// SPDX-License-Identifier: MIT
//
// What the toolbar icon of a tab shows. The icons differ in shape, the badges in text, so that
// nobody needs the colours.

import { api } from '../common/api.js';

/**
 * @typedef {import('./tabs.js').TabEntry} TabEntry
 * @typedef {import('../link/socket.js').Link} Link
 *
 * @typedef {object} Face
 * @property {'off' | 'live' | 'looking' | 'waiting' | 'pending' | 'down' | 'none' | 'disconnected'} icon
 * @property {string} badge
 * @property {string} title
 * @property {boolean} popup whether a click opens the popup; else it switches on, or reloads
 */

/** Of the badges, on which white text has a contrast of 4.5 and more. */
const COLORS = {
	off: '#5f6368', live: '#137a3e', looking: '#5f6368', waiting: '#8a5300', pending: '#1a5fb4',
	down: '#b3261e', none: '#5f6368', disconnected: '#b3261e',
};
const SIZES = [16, 32, 48, 128];

/**
 * @param {Face['icon']} icon
 * @param {string} badge
 * @param {string} title
 * @param {boolean} [popup]
 * @returns {Face}
 */
function face(icon, badge, title, popup = true) {
	return { icon, badge, title: `savecast: ${title}`, popup };
}

/**
 * @param {TabEntry | undefined} entry undefined: the tab is not switched on
 * @param {Link} link
 * @param {number} port
 * @returns {Face}
 */
export function decideFace(entry, link, port) {
	if (!entry) {
		return face('off', '', 'off: click to reload this tab at each save', false);
	}
	if (entry.paused !== undefined) {
		return face('off', 'II', `paused: ${entry.paused}: click to switch on here`, false);
	}
	if (entry.pending) {
		return face('pending', '1', `a reload waits: ${entry.pending.why}: click to reload now`, false);
	}
	return linkFace(link, port) ?? answerFace(link, entry.answer);
}

/**
 * @param {Link} link
 * @param {number} port
 * @returns {Face | undefined} undefined: nothing is wrong with it
 */
function linkFace(link, port) {
	switch (link) {
	case 'down':
		return face('disconnected', '!',
			'the daemon is not running: run savecastd, or save a file in your editor');
	case 'refused':
		return face('disconnected', '!', `port ${port}: what answers there does not take this browser: ` +
			'run savecast status to see which port is yours');
	case 'foreign':
		return face('disconnected', '!', `port ${port}: what answers there is not the savecastd that ` +
			'this browser has paired with: it is told nothing. Settings say more');
	case 'replaced':
		return face('disconnected', '!',
			'another browser with a copy of this profile took over: close one of them');
	}
	return undefined;
}

/**
 * @param {Link} link
 * @param {import('../link/protocol.js').TabAnswer} [answer]
 * @returns {Face}
 */
function answerFace(link, answer) {
	if (link !== 'up' || !answer) {
		return face('looking', '…', 'asking the daemon about this tab');
	}
	const { state, project = 'this tab', reason, failure } = answer;
	if (failure && (state === 'live' || state === 'waiting')) {
		return face('down', 'err', `the build failed: ${failure.what}`);
	}
	switch (state) {
	case 'live':
		return face('live', 'on', `live: ${project}: ${reason}`);
	case 'waiting':
		return face('waiting', '~', `waiting for the server: ${reason}`);
	case 'down':
		return face('down', 'x', `the server is down: ${reason}`);
	case 'looking':
		return face('looking', '…', `looking: ${reason}`);
	case 'none':
		return face('none', '?', `no project: ${reason}`);
	}
}

/**
 * After a click on a page that cannot be switched on.
 *
 * @param {string} why
 * @returns {Face}
 */
export function refusalFace(why) {
	return face('off', '×', `off: ${why}`, false);
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
	const { action, pageAction } = /** @type {any} */ (api);
	Promise.all([
		action.setIcon({ tabId, path }),
		action.setTitle({ tabId, title: face.title }),
		action.setPopup({ tabId, popup: face.popup ? `/ui/popup.html?tab=${tabId}` : '' }),
		action.setBadgeText({ tabId, text: face.badge }),
		action.setBadgeBackgroundColor({ tabId, color: COLORS[face.icon] }),
		action.setBadgeTextColor({ tabId, color: '#ffffff' }),
		...(pageAction ? [
			pageAction.setIcon({ tabId, path }),
			pageAction.setTitle({ tabId, title: face.title }),
			pageAction.setPopup({ tabId, popup: face.popup ? `/ui/popup.html?tab=${tabId}` : '' }),
		] : []),
	]).catch((error) => console.debug(`icon: tab ${tabId}: ${error}`));
}
