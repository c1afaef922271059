// SPDX-License-Identifier: MIT
//
// A tab's state in a word, and what a person can do when something is wrong. Pure.

/**
 * @typedef {import('../background/face.js').Face} Face
 * @typedef {import('../background/tabs.js').TabEntry} TabEntry
 * @typedef {{face: Face, link: import('../link/socket.js').Link, port: number, entry?: TabEntry}} Known
 * @typedef {{text: string, code?: boolean}[]} Advice
 */

/** @type {Record<Face['icon'], string>} */
const NAMES = {
	off: 'Off',
	live: 'Live',
	looking: 'Looking…',
	waiting: 'Waiting for the server',
	pending: 'A reload waits',
	down: 'The server is down',
	none: 'No project',
	disconnected: 'No daemon',
};

/**
 * @param {Known} known
 * @returns {import('../link/protocol.js').Failure | undefined} of the build, if the face shows it
 */
export function failureOf({ face, entry }) {
	const { state, failure } = entry?.answer ?? {};
	return face.icon === 'down' && state !== 'down' ? failure : undefined;
}

/** @param {Known} known */
export function stateName(known) {
	const { face, entry } = known;
	if (entry?.paused !== undefined) {
		return 'Paused';
	}
	if (failureOf(known)) {
		return 'The build failed';
	}
	const project = face.icon === 'live' ? entry?.answer?.project : undefined;
	return project ? `Live: ${project}` : NAMES[face.icon];
}

/**
 * @param {Known} known
 * @returns {string} with the project, where stateName() does not say it
 */
export function reasonOf({ face, entry }) {
	const { state, reason, project } = entry?.answer ?? {};
	const why = reason && state === face.icon ? reason : face.title.replace(/^savecast: [^:]*: /, '');
	return project && face.icon !== 'live' ? `${project}: ${why}` : why;
}

/**
 * @param {Known} known
 * @returns {Advice | undefined} undefined: nothing is wrong
 */
export function adviceFor(known) {
	const { face, link, port, entry } = known;
	if (failureOf(known)) {
		return [{ text: 'Your page stays as it is until a build goes well. The whole story: ' },
			{ text: 'savecast log', code: true }];
	}
	switch (face.icon) {
	case 'disconnected':
		if (link === 'foreign') {
			return [{ text: 'Another user’s program may have taken the port: see ' },
				{ text: 'savecast status', code: true },
				{ text: '. If you have deleted savecast’s state yourself, pair again in Settings.' }];
		}
		return link === 'down'
			? [{ text: 'Start the daemon: ' }, { text: 'systemctl --user start savecast', code: true },
				{ text: ' or run ' }, { text: 'savecastd', code: true },
				{ text: `. If it listens on another port than ${port}, set that in Settings.` }]
			: [{ text: 'See which port is yours: ' }, { text: 'savecast status', code: true },
				{ text: '. Then set it in Settings.' }];
	case 'none':
		return [{ text: 'What savecast found out about this page: ' },
			{ text: `savecast why ${entry?.url ?? ''}`, code: true },
			{ text: '. A folder that is not in git is named once: ' },
			{ text: 'savecast track DIR', code: true }];
	case 'down':
		return [{ text: 'Your page stays as it is. It reloads when the server answers again; what it said is in its own terminal, and the story in ' },
			{ text: 'savecast log', code: true }];
	default:
		return undefined;
	}
}
