// SPDX-License-Identifier: MIT
//
// The popup's heading for a tab's state, and what the user can do if something is wrong. Pure.

import { TAB_STATES } from '../common/tab-states.js';
import { START_COMMAND } from './command.js';

/**
 * @typedef {import('../background/icon.js').Icon} Icon
 * @typedef {import('../background/tabs.js').TabEntry} TabEntry
 * @typedef {{icon: Icon, link: import('../link/socket.js').Link, port: number, name?: string,
 *	entry?: TabEntry, code?: string}} Known `name` of its daemon, if that is not this computer's;
 *	`code` of this extension
 * @typedef {{text: string, code?: boolean}[]} Advice
 */

/**
 * @param {Known} known
 * @returns {import('../link/protocol.js').Failure | undefined} of the build, if the icon shows it
 */
export function failureOf({ icon, entry }) {
	return icon.state === 'buildFailed' ? entry?.answer?.failure : undefined;
}

/** @param {Known['icon']} icon */
const isLive = ({ state }) => state === 'live' || state === 'problems';

/** @param {Known} known */
export function stateName({ icon, entry, name }) {
	const { heading } = TAB_STATES[icon.state];
	const project = isLive(icon) ? entry?.answer?.project : undefined;
	return project ? `${heading}: ${project}${name ? ` on ${name}` : ''}` : heading;
}

/**
 * @param {Known} known
 * @returns {string} the reason, with the project if stateName() does not name it
 */
export function reasonOf({ icon, entry }) {
	const { state, reason, project, advice } = entry?.answer ?? {};
	const whole = reason && state === (isLive(icon) ? 'live' : icon.state) ? reason : icon.title.replace(/^savecast: [^:]*: /, '');
	// Leaves out the clause that has the command: the popup shows the command below, with a button.
	const command = advice ? whole.indexOf(advice) : -1;
	const why = command > 0 ? whole.slice(0, whole.lastIndexOf(': ', command)) : whole;
	return project && !isLive(icon) ? `${project}: ${why}` : why;
}

/** @param {string} folder */
const nameOf = (folder) => folder.slice(folder.lastIndexOf('/') + 1) || folder;

/**
 * The action that the user most probably wants in this state.
 *
 * @param {Known} known
 * @returns {{label: string, to: 'on' | 'reload' | 'track' | 'settings', first: boolean} | undefined}
 *	`first`: it is the main button
 */
export function actionFor({ icon, link, entry }) {
	const { folder } = entry?.answer ?? {};
	switch (icon.state) {
	case 'off':
	case 'refused':
		return { label: 'Switch on', to: 'on', first: true };
	case 'paused':
		return { label: 'Switch on here', to: 'on', first: true };
	case 'pending':
		return { label: 'Reload now', to: 'reload', first: true };
	case 'live':
	case 'problems':
	case 'buildFailed':
		return { label: 'Reload now', to: 'reload', first: false };
	case 'down':
		return { label: 'Try again', to: 'reload', first: false };
	case 'none':
		return folder ? { label: `Make “${nameOf(folder)}” a project`, to: 'track', first: true } : undefined;
	case 'disconnected':
		return link === 'down' ? undefined : { label: 'Open Settings', to: 'settings', first: false };
	default:
		return undefined;
	}
}

/**
 * @param {string} [command]
 * @param {string} [name] of the daemon that says so, if it is elsewhere
 * @returns {Advice}
 */
function solution(command, name) {
	if (!command) {
		return [];
	}
	const inProject = command.includes(' --project ');
	const text = inProject ? 'in the project’s folder, run ' : 'to make it a project, run ';
	return [{ text: name ? `On ${name}, ${text}` : text[0].toUpperCase() + text.slice(1) }, { text: command, code: true }];
}

/**
 * @param {Known} known
 * @returns {Advice | undefined} undefined: nothing is wrong
 */
export function adviceFor({ icon, link, port, name, entry, code = '' }) {
	switch (icon.state) {
	case 'buildFailed':
		return [{ text: 'Your page stays as it is until a build succeeds. To see each step, run ' },
			{ text: 'savecast log', code: true }];
	case 'disconnected':
		if (link === 'unconfirmed') {
			return [{ text: 'The daemon does not know the savecast extension of this browser yet. To accept it, run ' },
				{ text: `savecast pair ${code}`, code: true }];
		}
		if (link === 'foreign') {
			return [{ text: 'Another user’s program may use the port: run ' },
				{ text: 'savecast status', code: true },
				{ text: '. If you have deleted the daemon’s state yourself, pair again in Settings.' }];
		}
		if (name && link === 'down') {
			return [{ text: 'Connect to it: ' }, { text: `systemctl --user start savecast-forward@${name}`, code: true },
				{ text: ' or run ' }, { text: `savecast forward --port=${port} ${name} -- ssh ${name} savecast stdio`, code: true }];
		}
		return link === 'down'
			? [{ text: 'Start the daemon: ' }, { text: START_COMMAND, code: true },
				{ text: 'If it runs already, this shows its port: ' },
				{ text: 'savecast status', code: true }, { text: 'Then set the same port in Settings.' }]
			: [{ text: 'To see which port is yours, or why it was refused, run ' }, { text: 'savecast status', code: true },
				{ text: '. Then set it in Settings.' }];
	case 'none':
		return [...(entry?.answer?.folder ? [] : solution(entry?.answer?.advice, name)),
			{ text: 'To see what savecast found out about this page, run ' },
			{ text: `savecast why ${entry?.url ?? ''}`, code: true }];
	case 'down':
		return [{ text: 'Your page stays as it is and reloads when the server answers again. The server’s own ' +
			'messages are in its terminal. To see each step, run ' },
			{ text: 'savecast log', code: true }];
	default:
		return undefined;
	}
}
