// SPDX-License-Identifier: MIT
//
// savecast.v1 (protocol/websocket.md): text to message and message to text. Pure. Tested with the
// golden messages in protocol/vectors; the names and limits are those of protocol/constants.json
// and protocol/kinds.json, to which a test compares them.

export const SUBPROTOCOL = 'savecast.v1';
export const MAX_URL_BYTES = 4096;
export const MAX_STRING_BYTES = 256;
export const MAX_CHANGES = 16;
export const MAX_MESSAGE_BYTES = 16384;
/**
 * The longest message of a daemon has about 150,000 characters: the text of a failed build, with
 * each character escaped.
 */
export const MAX_DAEMON_MESSAGE = 1 << 18;
export const MAX_RULES = 16;
export const MAX_UPDATERS = 8;
export const MAX_PROBLEMS = 8;
export const MAX_PROBLEM_TEXT_BYTES = 512;

/** Kinds of files, and whether a page can show a change without a reload. */
export const KINDS = {
	page: false, css: true, image: true, font: true, media: true, script: true, data: false, other: false,
};

/** The steps that a tab reports, and what each means for the user. */
export const STEPS = /** @type {const} */ ({
	reloading: 'underway', loaded: 'shown', failed: 'failed', skipped: 'nothing', swapped: 'shown',
	unused: 'nothing', pending: 'waiting', patched: 'shown', stays: 'failed',
});

/** What can go wrong in a page. */
export const PROBLEM_KINDS = /** @type {const} */ (['error', 'rejection', 'resource', 'blocked', 'document', 'console']);
/** What a page's problems come from, and whether they are reported if the daemon does not say. */
export const PROBLEM_SOURCES = {
	error: true, rejection: true, resource: true, blocked: true, document: true,
	console: false, 'third-party': false, extension: false, favicon: false,
};

export const TAB_STATES = /** @type {const} */ (['live', 'looking', 'none', 'waiting', 'down']);

/** The close code of a connection that a newer one of the same profile replaced. */
export const CLOSE_REPLACED = 4001;
/** The close code after an `error`, without a `hello`, and for a browser that does not read. */
export const CLOSE_REFUSED = 1008;

/** The code of the `error` for an extension that the user has not confirmed yet. */
export const UNCONFIRMED = 'unconfirmed';

/**
 * @typedef {keyof typeof STEPS} Step
 * @typedef {{type: 'hello', browser: string, extension: string, profile: string, nonce?: string,
 *	pair?: boolean}} BrowserHello
 * @typedef {{type: 'watch', tab: number, url: string}} Watch
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
 * @typedef {BrowserHello | Watch | Unwatch | Report | Problems | Track | Trust | Updates} ToDaemon
 *
 * @typedef {(typeof TAB_STATES)[number]} TabState
 * @typedef {keyof typeof KINDS} Kind
 * @typedef {{path: string, kind: Kind, all?: true}} Change
 * @typedef {{type: 'hello', version: string, instance: string, proof?: string, key?: string}} DaemonHello
 * @typedef {{event: number, what: string, said: string}} Failure of the last build
 * @typedef {{project: string, rules: string[], command: string, revision: number}} Untrusted
 *	without rules: too many to be shown
 * @typedef {{event: number, subject: string}} Awaits an event that the tab waits for
 * @typedef {{type: 'tab', tab: number, state: TabState, project?: string, reason: string,
 *	cause?: string, advice?: string, folder?: string, forwarded?: number, awaits?: Awaits, failure?: Failure,
 *	untrusted?: Untrusted, problems?: string[]}} TabAnswer
 * @typedef {{type: 'reload', event: number, tabs: number[], subject?: string,
 *	changes?: Change[], unseen?: boolean, patch?: boolean, aside?: string, leave?: boolean, old?: number}} Reload
 * @typedef {{type: 'let-go', tabs: number[], spare?: boolean}} LetGo
 * @typedef {{type: 'ping'}} Ping
 * @typedef {{type: 'error', code: string, message: string}} DaemonError
 * @typedef {DaemonHello | TabAnswer | Reload | LetGo | Ping | DaemonError} FromDaemon
 */

/** A message that the protocol does not allow. */
export class ProtocolError extends Error {
	/**
	 * @param {'bad-json' | 'bad-message'} code
	 * @param {string} message
	 */
	constructor(code, message) {
		super(message);
		this.name = 'ProtocolError';
		this.code = code;
	}
}

/**
 * The check of a field: returns the value, maybe cut, or throws why it is not valid.
 * @typedef {(value: unknown, where: string) => unknown} Check
 */

/**
 * @param {string} where
 * @param {unknown} value
 * @param {string} why
 * @returns {never}
 */
function refuse(where, value, why) {
	throw new ProtocolError('bad-message', `${where}: ${JSON.stringify(value) ?? 'missing'}: ${why}`);
}

/** @type {Check} */
function number(value, where) {
	return Number.isSafeInteger(value) && Number(value) >= 0
		? value
		: refuse(where, value, `must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}`);
}

/** @type {Check} */
function text(value, where) {
	return typeof value === 'string' ? value : refuse(where, value, 'must be a string');
}

/** @type {Check} */
function tabs(value, where) {
	return Array.isArray(value)
		? value.map((tab) => number(tab, where))
		: refuse(where, value, 'must be an array of tabs');
}

/** @type {Check} */
function flag(value, where) {
	return typeof value === 'boolean' ? value : refuse(where, value, 'must be true or false');
}

/**
 * Kinds that only a later daemon knows become `other`.
 *
 * @type {Check}
 */
function changes(value, where) {
	if (!Array.isArray(value) || value.length > MAX_CHANGES) {
		return refuse(where, Array.isArray(value) ? value.length : value, `must be at most ${MAX_CHANGES} changes`);
	}
	return value.map((/** @type {any} */ change) => ({
		path: text(change?.path, `${where}: path`),
		kind: Object.hasOwn(KINDS, String(text(change?.kind, `${where}: kind`))) ? change.kind : 'other',
		...(change.all === true ? { all: true } : {}),
	}));
}

/** A command of savecast as savecastd writes it. Its words cannot run another command. */
const COMMAND = /^savecast(?: (?:[\w/.+:@%,-]|'[^'\p{Cc}]*'|\\')+)+$/u;

/**
 * The popup offers it for copying into a terminal of this computer. Any other text is dropped.
 *
 * @type {Check}
 */
function ours(value, where) {
	return COMMAND.test(String(text(value, where))) ? value : undefined;
}

/** @type {Check} */
function awaits(value, where) {
	const { event, subject } = /** @type {any} */ (value ?? {});
	return { event: number(event, `${where}: event`), subject: text(subject, `${where}: subject`) };
}

/** @type {Check} */
function names(value, where) {
	return Array.isArray(value) ? value.map((name) => text(name, where)) : refuse(where, value, 'must be an array of names');
}

/** @type {Check} */
function failure(value, where) {
	const { event, what, said } = /** @type {any} */ (value ?? {});
	return {
		event: number(event, `${where}: event`),
		what: text(what, `${where}: what`),
		said: text(said, `${where}: said`),
	};
}

/** @type {Check} */
function untrusted(value, where) {
	const { project, rules, command, revision } = /** @type {any} */ (value ?? {});
	if (!Array.isArray(rules) || rules.length > MAX_RULES) {
		return refuse(where, Array.isArray(rules) ? rules.length : rules, `must have at most ${MAX_RULES} rules`);
	}
	return {
		project: text(project, `${where}: project`),
		rules: rules.map((rule) => text(rule, `${where}: rules`)),
		command: ours(command, `${where}: command`) ?? '',
		revision: number(revision, `${where}: revision`),
	};
}

/** @type {Check} */
function url(value, where) {
	return String(text(value, where)).length <= MAX_URL_BYTES
		? value
		: refuse(where, value, `must be at most ${MAX_URL_BYTES} bytes`);
}

/**
 * Text for display is cut, not refused. Lone surrogates, which JSON in UTF-8 cannot contain, become
 * U+FFFD.
 *
 * @type {Check}
 */
function shortText(value, where) {
	const bytes = new TextEncoder().encode(String(text(value, where)));
	// With `stream`, a character that was cut in two is left out.
	return new TextDecoder().decode(bytes.subarray(0, MAX_STRING_BYTES), { stream: true });
}

/** As shortText(), for texts that come from a page. @param {unknown} value */
function pageText(value) {
	// eslint-disable-next-line no-control-regex
	const bytes = new TextEncoder().encode(String(value ?? '').replace(/[\0-\x08\x0b-\x1f\x7f]/g, '\ufffd'));
	return new TextDecoder().decode(bytes.subarray(0, MAX_PROBLEM_TEXT_BYTES), { stream: true });
}

/** @param {any} value */
const isPlace = (value) => Number.isSafeInteger(value) && value > 0;

/**
 * Pages can influence these: what is too long or not valid is cut or left out, never refused.
 *
 * @type {Check}
 */
function problems(value) {
	return (Array.isArray(value) ? value : [])
		.filter((problem) => PROBLEM_KINDS.includes(problem?.kind))
		.slice(0, MAX_PROBLEMS)
		.map(({ kind, message, file, line, column, stack }) => ({
			kind,
			message: pageText(message),
			...(file ? { file: pageText(file) } : {}),
			...(isPlace(line) ? { line } : {}),
			...(isPlace(column) ? { column } : {}),
			...(stack ? { stack: pageText(stack) } : {}),
		}));
}

/** @type {Check} */
function updaters(value, where) {
	return (Array.isArray(value) ? value : []).slice(0, MAX_UPDATERS).map(({ who, port }) => ({
		who: shortText(who, `${where}: who`),
		port: Number(number(port, `${where}: port`)) <= 65535 ? port : refuse(where, port, 'must be at most 65535'),
	}));
}

/** @type {Check} */
function nonce(value, where) {
	return /^[A-Za-z0-9-]{16,64}$/.test(String(text(value, where)))
		? value
		: refuse(where, value, 'must be 16 to 64 letters, digits and "-"');
}

/** @type {Check} */
function profile(value, where) {
	return /^[A-Za-z0-9-]{8,64}$/.test(String(text(value, where)))
		? value
		: refuse(where, value, 'must be 8 to 64 letters, digits and "-"');
}

/**
 * @param {string[]} words
 * @returns {Check}
 */
function oneOf(...words) {
	return (value, where) =>
		words.includes(String(text(value, where)))
			? value
			: refuse(where, value, `must be one of ${words.join(', ')}`);
}

/**
 * @param {Check} check
 * @returns {Check}
 */
function optional(check) {
	return (value, where) => (value === undefined ? undefined : check(value, where));
}

/** The fields of each message, and their checks. @type {Record<string, Record<string, Check>>} */
export const TO_DAEMON = {
	hello: { browser: shortText, extension: shortText, profile, nonce: optional(nonce), pair: optional(flag) },
	watch: { tab: number, url },
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
		problems: optional(names),
	},
	reload: {
		event: number, tabs, subject: optional(text), changes: optional(changes), unseen: optional(flag),
		patch: optional(flag), aside: optional(text), leave: optional(flag), old: optional(number),
	},
	'let-go': { tabs, spare: optional(flag) },
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
	return copy.list ? fitting(copy) : JSON.stringify(copy);
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
