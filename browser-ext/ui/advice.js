// SPDX-License-Identifier: MIT
//
// The popup's heading for a tab's state, and what the user can do if something is wrong. Pure.

import { TAB_STATES } from '../common/tab-states.js';

/**
 * @typedef {import('../background/icon.js').Icon} Icon
 * @typedef {import('../background/tabs.js').TabEntry} TabEntry
 * @typedef {{icon: Icon, link: import('../link/socket.js').Link, port: number, name?: string,
 *	entry?: TabEntry}} Known `name` of its daemon, if that is not this computer's
 * @typedef {{text: string, code?: boolean}[]} Advice
 */

/**
 * @param {Known} known
 * @returns {import('../link/protocol.js').Failure | undefined} of the build, if the icon shows it
 */
export function failureOf({ icon, entry }) {
	return icon.state === 'buildFailed' ? entry?.answer?.failure : undefined;
}

/** @param {Known} known */
export function stateName({ icon, entry, name }) {
	const { heading } = TAB_STATES[icon.state];
	const project = icon.state === 'live' ? entry?.answer?.project : undefined;
	return project ? `${heading}: ${project}${name ? ` on ${name}` : ''}` : heading;
}

/**
 * @param {Known} known
 * @returns {string} with the project, where stateName() does not say it
 */
export function reasonOf({ icon, entry }) {
	const { state, reason, project } = entry?.answer ?? {};
	const why = reason && state === icon.state ? reason : icon.title.replace(/^savecast: [^:]*: /, '');
	return project && icon.state !== 'live' ? `${project}: ${why}` : why;
}

/**
 * @param {Known} known
 * @returns {Advice | undefined} undefined: nothing is wrong
 */
export function adviceFor({ icon, link, port, name, entry }) {
	switch (icon.state) {
	case 'buildFailed':
		return [{ text: 'Your page stays as it is until a build succeeds. For the whole story, run ' },
			{ text: 'savecast log', code: true }];
	case 'disconnected':
		if (link === 'foreign') {
			return [{ text: 'Another user’s program may use the port: run ' },
				{ text: 'savecast status', code: true },
				{ text: '. If you have deleted savecast’s state yourself, pair again in Settings.' }];
		}
		if (name && link === 'down') {
			return [{ text: 'Connect to it: ' }, { text: `systemctl --user start savecast-forward@${name}`, code: true },
				{ text: ' or run ' }, { text: `savecast forward --port=${port} ${name} -- ssh ${name} savecast stdio`, code: true }];
		}
		return link === 'down'
			? [{ text: 'Start the daemon: ' }, { text: 'systemctl --user start savecast', code: true },
				{ text: ' or run ' }, { text: 'savecastd', code: true },
				{ text: `. If it listens on another port than ${port}, set that in Settings.` }]
			: [{ text: 'To see which port is yours, run ' }, { text: 'savecast status', code: true },
				{ text: '. Then set it in Settings.' }];
	case 'none':
		return [{ text: 'To see what savecast found out about this page, run ' },
			{ text: `savecast why ${entry?.url ?? ''}`, code: true },
			{ text: '. A folder that is not in git becomes a project with ' },
			{ text: 'savecast track DIR', code: true }];
	case 'down':
		return [{ text: 'Your page stays as it is and reloads when the server answers again. The server’s own ' +
			'messages are in its terminal. For the whole story, run ' },
			{ text: 'savecast log', code: true }];
	default:
		return undefined;
	}
}
