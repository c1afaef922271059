// SPDX-License-Identifier: MIT
//
// The toolbar icon of each tab: decides which state it shows, and sets it.

import { api } from '../common/api.js';
import { TAB_STATES } from '../common/tab-states.js';

/**
 * @typedef {import('../common/tab-states.js').TabState} TabState
 * @typedef {import('../link/socket.js').Link} Link
 * @typedef {import('./tabs.js').TabEntry} TabEntry
 *
 * @typedef {object} Icon
 * @property {TabState} state
 * @property {string} title the tooltip
 * @property {string} [badge] instead of the state's own
 */

const SIZES = [16, 32, 48, 128];

/**
 * @param {TabState} state
 * @param {string} title
 * @returns {Icon}
 */
function icon(state, title) {
	return { state, title: `savecast: ${title}` };
}

/**
 * @param {TabEntry | undefined} entry undefined: the tab is off
 * @param {Link} link
 * @param {number} port
 * @param {string} [name] of the daemon, if it is not this computer's
 * @returns {Icon}
 */
export function decideIcon(entry, link, port, name) {
	if (!entry) {
		return icon('off', 'off: click to update this tab at each save; the browser asks once for permission for its site, ' +
			'so that pages change in place and keep what you typed');
	}
	if (entry.paused !== undefined) {
		return icon('paused', `paused: ${entry.paused}: click to switch on here`);
	}
	if (entry.pending) {
		return icon('pending', `a reload is pending: ${entry.pending.why}: click to reload now`);
	}
	return connectionIcon(link, port, name) ?? answerIcon(link, entry.answer, name);
}

/** The largest number that fits into a badge. */
const MAX_COUNT = 9;

/**
 * The icon of a tab whose page has problems. Only a live tab shows them: what is wrong with the
 * server or the build comes first.
 *
 * @param {Icon} decided
 * @param {{count: number, list: {message: string}[]}} problems
 * @returns {Icon}
 */
export function withProblems(decided, { count, list }) {
	if (decided.state !== 'live' || count === 0) {
		return decided;
	}
	const badge = `${count > MAX_COUNT ? `${MAX_COUNT}+` : count}!`;
	return { ...icon('problems', `${count === 1 ? '1 problem' : `${count} problems`} in the page: ${list[0]?.message ?? ''}`), badge };
}

/** States of a frame that the user must know, the most urgent first. */
const URGENT = ['pending', 'down', 'buildFailed', 'waiting'];
/** States of a tab whose own page needs nothing. */
const CALM = ['live', 'none', 'noServer', 'looking'];

/**
 * The icon of a tab whose frames are updated on their own. What the tab's own page needs comes first.
 *
 * @param {Icon} own
 * @param {{url: string, icon: Icon}[]} frames
 * @returns {Icon}
 */
export function withFrames(own, frames) {
	const find = (/** @type {string} */ state) => frames.find((frame) => frame.icon.state === state);
	const urgent = CALM.includes(own.state) ? URGENT.map(find).find((frame) => frame !== undefined) : undefined;
	const live = own.state === 'none' || own.state === 'noServer' ? find('live') : undefined;
	const shown = urgent ?? live;
	return shown ? { ...shown.icon, title: `savecast: frame of ${new URL(shown.url).host}: ${shown.icon.title.replace(/^savecast: /, '')}` } : own;
}

/**
 * @param {Link} link
 * @param {number} port
 * @param {string} [name]
 * @returns {Icon | undefined} undefined: the connection is all right
 */
function connectionIcon(link, port, name) {
	switch (link) {
	case 'down':
		if (name) {
			return icon('disconnected', `${name}: nothing answers on port ${port}: is savecast forward running?`);
		}
		return icon('disconnected', `no connection: no savecastd answers on port ${port}: it is not running there`);
	case 'refused':
		return icon('disconnected', `port ${port}: the program that listens there does not accept this browser: ` +
			'run savecast status to see which port is yours, or why it was refused');
	case 'foreign':
		return icon('disconnected', `port ${port}: the program that listens there is not the savecastd that ` +
			'this browser is paired with: it receives no URL. See Settings');
	case 'unconfirmed':
		return icon('disconnected', 'the daemon does not know this browser yet: click to see how to accept it');
	case 'replaced':
		return icon('disconnected', 'another browser with a copy of this profile took over: close one of them');
	}
	return undefined;
}

/**
 * @param {Link} link
 * @param {import('../link/protocol.js').TabAnswer} [answer]
 * @param {string} [name]
 * @returns {Icon}
 */
function answerIcon(link, answer, name) {
	if (link !== 'up' || !answer) {
		return icon('looking', 'asking the daemon about this tab');
	}
	const { state, project = 'this tab', reason, cause, failure } = answer;
	if (failure && (state === 'live' || state === 'waiting')) {
		return icon('buildFailed', `the build failed: ${failure.what}`);
	}
	switch (state) {
	case 'live':
		return icon('live', `live: ${project}${name ? ` on ${name}` : ''}: ${reason}`);
	case 'waiting':
		return icon('waiting', `waiting for the server: ${reason}`);
	case 'down':
		return icon('down', `the server is down: ${reason}`);
	case 'looking':
		return icon('looking', `looking: ${reason}`);
	case 'none':
		return cause === 'no-server' ? icon('noServer', `no server: ${reason}`) : icon('none', `no project: ${reason}`);
	}
}

/**
 * The icon after a click on a page that cannot be switched on.
 *
 * @param {string} why
 * @returns {Icon}
 */
export function refusalIcon(why) {
	return icon('refused', `off: ${why}`);
}

/**
 * To be called after each navigation, too, since the browser resets the icon then. If the tab has
 * been closed meanwhile, it does nothing.
 *
 * @param {number} tabId
 * @param {Icon} shown
 */
export function showIcon(tabId, { state, title, badge = TAB_STATES[state].badge }) {
	const { icon: name, color, popup: hasPopup } = TAB_STATES[state];
	const path = Object.fromEntries(SIZES.map((size) => [size, `/icons/${name}-${size}.png`]));
	const popup = hasPopup ? `/ui/popup.html?tab=${tabId}` : '';
	const { action, pageAction } = /** @type {any} */ (api);
	Promise.all([
		action.setIcon({ tabId, path }),
		action.setTitle({ tabId, title }),
		action.setPopup({ tabId, popup }),
		action.setBadgeText({ tabId, text: badge }),
		action.setBadgeBackgroundColor({ tabId, color }),
		action.setBadgeTextColor({ tabId, color: '#ffffff' }),
		...(pageAction ? [
			pageAction.setIcon({ tabId, path }),
			pageAction.setTitle({ tabId, title }),
			pageAction.setPopup({ tabId, popup }),
		] : []),
	]).catch((error) => console.debug(`icon: tab ${tabId}: ${error}`));
}
