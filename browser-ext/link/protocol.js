// SPDX-License-Identifier: MIT
//
// savecast.v1 (protocol/websocket.md): text to message and message to text. Pure. Tested with the
// golden messages in protocol/vectors; the names and limits are those of protocol/constants.json
// and protocol/kinds.json, to which a test compares them.

import {
	MAX_MESSAGE_BYTES, ProtocolError, STEPS, TAB_STATES, awaits, changes, choices, failure, flag, KINDS, names, nonce, number, oneOf,
	optional, ours, picturePart, port, PROBLEM_KINDS, problems, profile, shortText, tabs, text, untrusted, updaters, url,
} from './fields.js';

export * from './fields.js';

/**
 * @typedef {import('./fields.js').Check} Check
 * @typedef {keyof typeof STEPS} Step
 * @typedef {{type: 'hello', browser: string, extension: string, profile: string, nonce?: string,
 *	pair?: boolean, far?: boolean}} BrowserHello
 * @typedef {{type: 'watch', tab: number, url: string, parent?: number}} Watch `parent`: it is a frame in this tab or frame
 * @typedef {{type: 'unwatch', tab: number}} Unwatch
 * @typedef {{type: 'report', event: number, tab: number, step: Step, detail?: string}} Report
 * @typedef {{kind: (typeof PROBLEM_KINDS)[number], message: string, file?: string, line?: number,
 *	column?: number, stack?: string}} Problem
 * @typedef {{type: 'problems', tab: number, event?: number, known?: boolean, more?: number,
 *	list: Problem[]}} Problems
 * @typedef {{type: 'track', tab: number}} Track the folder of the tab's answer becomes a project
 * @typedef {{type: 'trust', tab: number, revision: number}} Trust the `untrusted` of the tab's answer
 * @typedef {{who: string, port: number}} Updater a dev server whose client is in the page
 * @typedef {{type: 'updates', tab: number, list?: Updater[]}} Updates without list: not known
 * @typedef {{type: 'picture', tab: number, request: number, part?: string, last?: boolean, error?: string}} Picture
 *	a part of it, or why there is none
 * @typedef {{type: 'choose', tab: number, port: number}} Choose one of the `choices` of the tab's answer
 * @typedef {BrowserHello | Watch | Unwatch | Report | Problems | Track | Trust | Updates | Choose | Picture} ToDaemon
 *
 * @typedef {(typeof TAB_STATES)[number]} TabState
 * @typedef {keyof typeof KINDS} Kind
 * @typedef {{path: string, kind: Kind, all?: true}} Change
 * @typedef {{type: 'hello', version: string, instance: string, proof?: string, key?: string}} DaemonHello
 * @typedef {{event: number, what: string, said: string}} Failure of the last build
 * @typedef {{project: string, rules: string[], command: string, revision: number}} Untrusted
 *	without rules: too many to be shown
 * @typedef {{project: string, port: number, socket?: string, chosen?: true}} Choice a project that the page may belong to
 * @typedef {{event: number, subject: string}} Awaits an event that the tab waits for
 * @typedef {{type: 'tab', tab: number, state: TabState, project?: string, reason: string,
 *	cause?: string, advice?: string, folder?: string, forwarded?: number, awaits?: Awaits, failure?: Failure,
 *	untrusted?: Untrusted, choices?: Choice[], problems?: string[]}} TabAnswer
 * @typedef {{type: 'reload', event: number, tabs: number[], subject?: string,
 *	changes?: Change[], unseen?: boolean, restarted?: boolean, patch?: boolean, aside?: string, leave?: boolean, old?: number}} Reload
 * @typedef {{type: 'let-go', tabs: number[], spare?: boolean}} LetGo
 * @typedef {{type: 'screenshot', tab: number, request: number}} Screenshot
 * @typedef {{type: 'ping'}} Ping
 * @typedef {{type: 'error', code: string, message: string}} DaemonError
 * @typedef {DaemonHello | TabAnswer | Reload | LetGo | Screenshot | Ping | DaemonError} FromDaemon
 */

/** The fields of each message, and their checks. @type {Record<string, Record<string, Check>>} */
export const TO_DAEMON = {
	hello: { browser: shortText, extension: shortText, profile, nonce: optional(nonce), pair: optional(flag), far: optional(flag) },
	watch: { tab: number, url, parent: optional(number) },
	unwatch: { tab: number },
	report: {
		event: number,
		tab: number,
		step: oneOf(...Object.keys(STEPS)),
		detail: optional(shortText),
	},
	problems: { tab: number, event: optional(number), known: optional(flag), more: optional(number), list: problems },
	track: { tab: number },
	updates: { tab: number, list: optional(updaters) },
	trust: { tab: number, revision: number },
	picture: {
		tab: number, request: number, part: optional(picturePart), last: optional(flag), error: optional(shortText),
	},
	choose: { tab: number, port },
};

/** @type {Record<string, Record<string, Check>>} */
export const FROM_DAEMON = {
	hello: { version: text, instance: text, proof: optional(text), key: optional(text) },
	tab: {
		tab: number,
		state: oneOf(...TAB_STATES),
		project: optional(text),
		reason: text,
		cause: optional(text),
		advice: optional(ours),
		folder: optional(text),
		forwarded: optional(number),
		awaits: optional(awaits),
		failure: optional(failure),
		untrusted: optional(untrusted),
		choices: optional(choices),
		problems: optional(names),
	},
	reload: {
		event: number, tabs, subject: optional(text), changes: optional(changes), unseen: optional(flag), restarted: optional(flag),
		patch: optional(flag), aside: optional(text), leave: optional(flag), old: optional(number),
	},
	'let-go': { tabs, spare: optional(flag) },
	screenshot: { tab: number, request: number },
	ping: {},
	error: { code: text, message: text },
};

/**
 * @param {Record<string, Record<string, Check>>} types
 * @param {Record<string, unknown>} message
 * @returns {any} a copy with the known fields only, or null if the type is not known
 */
function checked(types, message) {
	const type = String(text(message.type, 'type'));
	if (!Object.hasOwn(types, type)) {
		return null;
	}
	/** @type {Record<string, unknown>} */
	const copy = { type };
	for (const [field, check] of Object.entries(types[type])) {
		const value = check(message[field], `${type}: ${field}`);
		if (value !== undefined) {
			copy[field] = value;
		}
	}
	return copy;
}

/**
 * Escapes can make a message longer than the daemon accepts: then it is sent without stacks, and
 * without as many of the last problems as necessary.
 *
 * @param {{list: Problem[], more?: number}} message
 */
function fitting({ list, ...rest }) {
	const write = (/** @type {Problem[]} */ problems) =>
		JSON.stringify({ ...rest, ...(problems.length < list.length ? { more: (rest.more ?? 0) + list.length - problems.length } : {}), list: problems });
	const isFitting = (/** @type {string} */ text) => new TextEncoder().encode(text).length <= MAX_MESSAGE_BYTES;
	let problems = list, text = write(problems);
	if (!isFitting(text)) {
		problems = list.map(({ stack: _, ...problem }) => problem);
		text = write(problems);
	}
	while (!isFitting(text)) {
		problems = problems.slice(0, -1);
		text = write(problems);
	}
	return text;
}

/**
 * @param {ToDaemon} message
 * @returns {string}
 * @throws {ProtocolError} bad-message
 */
export function encode(message) {
	const copy = checked(TO_DAEMON, message);
	if (!copy) {
		throw new ProtocolError('bad-message', `type: "${message.type}": not known`);
	}
	return copy.type === 'problems' ? fitting(copy) : JSON.stringify(copy);
}

/**
 * @param {unknown} data what a WebSocket message event carries
 * @returns {FromDaemon | null} null: an unknown type, maybe of a later daemon, to be ignored
 * @throws {ProtocolError}
 */
export function parse(data) {
	let message;
	try {
		message = JSON.parse(String(data));
	} catch (error) {
		throw new ProtocolError('bad-json', `message: ${String(data).slice(0, 80)}: ${error}`);
	}
	if (typeof message !== 'object' || message === null || Array.isArray(message)) {
		throw new ProtocolError('bad-json', `message: ${String(data).slice(0, 80)}: not an object`);
	}
	return checked(FROM_DAEMON, message);
}
