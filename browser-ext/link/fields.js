// SPDX-License-Identifier: MIT
//
// The names and limits of savecast.v1, which are those of protocol/constants.json and
// protocol/kinds.json, and the checks of the fields of messages. Pure.

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
export const MAX_CHOICES = 9;
export const MAX_PROBLEMS = 8;
export const MAX_PROBLEM_TEXT_BYTES = 512;
/** Of a picture, in base64, and of one part of it. */
export const MAX_PICTURE = 1_400_000, MAX_PICTURE_PART = 12_000;

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
export function number(value, where) {
	return Number.isSafeInteger(value) && Number(value) >= 0
		? value
		: refuse(where, value, `must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}`);
}

/** @type {Check} */
export function text(value, where) {
	return typeof value === 'string' ? value : refuse(where, value, 'must be a string');
}

/** @type {Check} */
export function tabs(value, where) {
	return Array.isArray(value)
		? value.map((tab) => number(tab, where))
		: refuse(where, value, 'must be an array of tabs');
}

/** @type {Check} */
export function flag(value, where) {
	return typeof value === 'boolean' ? value : refuse(where, value, 'must be true or false');
}

/**
 * Kinds that only a later daemon knows become `other`.
 *
 * @type {Check}
 */
export function changes(value, where) {
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
export function ours(value, where) {
	return COMMAND.test(String(text(value, where))) ? value : undefined;
}

/** @type {Check} */
export function awaits(value, where) {
	const { event, subject } = /** @type {any} */ (value ?? {});
	return { event: number(event, `${where}: event`), subject: text(subject, `${where}: subject`) };
}

/** @type {Check} */
export function names(value, where) {
	return Array.isArray(value) ? value.map((name) => text(name, where)) : refuse(where, value, 'must be an array of names');
}

/** @type {Check} */
export function failure(value, where) {
	const { event, what, said } = /** @type {any} */ (value ?? {});
	return {
		event: number(event, `${where}: event`),
		what: text(what, `${where}: what`),
		said: text(said, `${where}: said`),
	};
}

/** @type {Check} */
export function untrusted(value, where) {
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
export function url(value, where) {
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
export function shortText(value, where) {
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
export function problems(value) {
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
export function picturePart(value, where) {
	const part = String(text(value, where));
	return part.length <= MAX_PICTURE_PART && /^[A-Za-z0-9+/]+={0,2}$/.test(part)
		? part
		: refuse(where, part.slice(0, 64), `must be base64 of at most ${MAX_PICTURE_PART} bytes`);
}

/** @type {Check} */
export function choices(value, where) {
	if (!Array.isArray(value) || value.length > MAX_CHOICES) {
		return refuse(where, Array.isArray(value) ? value.length : value, `must be at most ${MAX_CHOICES} choices`);
	}
	return value.map((/** @type {any} */ choice) => ({
		project: text(choice?.project, `${where}: project`),
		port: port(choice?.port, `${where}: port`),
		...(choice.socket === undefined ? {} : { socket: text(choice.socket, `${where}: socket`) }),
		...(choice.chosen === true ? { chosen: true } : {}),
	}));
}

/** @type {Check} */
export function port(value, where) {
	return Number(number(value, where)) <= 65535 ? value : refuse(where, value, 'must be at most 65535');
}

/** @type {Check} */
export function updaters(value, where) {
	return (Array.isArray(value) ? value : []).slice(0, MAX_UPDATERS).map(({ who, port: of }) => ({
		who: shortText(who, `${where}: who`),
		port: port(of, `${where}: port`),
	}));
}

/** @type {Check} */
export function nonce(value, where) {
	return /^[A-Za-z0-9-]{16,64}$/.test(String(text(value, where)))
		? value
		: refuse(where, value, 'must be 16 to 64 letters, digits and "-"');
}

/** @type {Check} */
export function profile(value, where) {
	return /^[A-Za-z0-9-]{8,64}$/.test(String(text(value, where)))
		? value
		: refuse(where, value, 'must be 8 to 64 letters, digits and "-"');
}

/**
 * @param {string[]} words
 * @returns {Check}
 */
export function oneOf(...words) {
	return (value, where) =>
		words.includes(String(text(value, where)))
			? value
			: refuse(where, value, `must be one of ${words.join(', ')}`);
}

/**
 * @param {Check} check
 * @returns {Check}
 */
export function optional(check) {
	return (value, where) => (value === undefined ? undefined : check(value, where));
}
