// SPDX-License-Identifier: MIT
/**
 * The rules of this repository that no other linter knows: see scripts/lint-rules. Pure:
 * the files are given as a map from their path to their text.
 */

/** @typedef {Map<string, string>} Files */
/** @typedef {{file: string, line: number, text: string}} Finding */
/** @typedef {{kind: 'code' | 'comment' | 'string', text: string, at: number}} Piece of a file */

export const FILE_LINES_MAX = 350;
export const PAGE_LINE_MAX = 500;
export const FUNCTION_LINES_MAX = 50;
const LIBRARY_FOLDERS_MAX = 2;
const LIBRARIES = ['dbus/dbus.h', 'libwebsockets.h', 'git2.h'];

/** [what a text must not contain, what to write instead]: the word list of CONTRIBUTING.md. @type {[RegExp, string][]} */
const WORDS = [
	[/\b(?:without|with|has|have|gives?|needs?|asks?(?: for)?|no|its|the click's) leave\b|\bleave for (?:the|a|this|that) (?:site|page|tab)\b/i, 'permission'],
	[/\bmend(?:s|ed|ing)?\b/i, 'fix'],
	[/\bever more (?:seldom|rarely)\b|\bless and less often\b/i, 'at increasing intervals'],
	[/(?<!there )\b(?:is|are|was|be) no (?:folder|directory|file|UTF-8|number|boolean|regular file|socket|project|path|URL)\b/i, 'is not a ...'],
	[/\bfor who\b|\bto who\b|\bof who\b|\bby who\b/i, 'for callers that, for users who'],
	[/\bso (?:many|much) at (?:the )?most\b|\bat the most\b/i, 'at most N'],
	[/\bsmall hex\b|\bsmall (?:letters|digits)\b/i, 'lower-case'],
	[/\bthe newest version\b/i, 'the latest release'],
	[/\bseldom\b/i, 'rarely'],
	[/\b(?:hear|hears|heard|hearing) of\b/i, 'is notified of, receives'],
	[/\b(?:tell|tells|told|telling) of\b/i, 'reports'],
	[/\bfor people\b/i, 'for display'],
	[/(?<!\buser )(?<!\/home\/)\b(?:nobody|somebody|anybody|everybody)\b(?!['"](?!s\b)|-)/i, 'no client, the user'],
	[/\bfor ever\b/i, 'forever'],
	[/\banew\b/i, 'again'],
	[/\b(?:the|a|any|each) persons?\b|\bpersons\b/i, 'the user'],
	[/\b(?:nothing|none|no \w+) but\b/i, 'only'],
	[/\. Else\b/, 'otherwise'],
	[/\bthe newest\b/i, 'the latest'],
	[/\blets? (?:it|this extension|a browser extension|another one|an extension) in\b|\b(?:is|are) let in\b/i, 'accepts'],
	[/\brules?\b[^.]{0,30} (?:do|does) not count\b|\blet it count\b/i, 'has no effect'],
	[/\b(?:its|the|their) (?:story|stories)\b/i, 'the log of a save, its steps'],
	[/\blooks? into (?:the|a|this|that|its) (?:page|tab|site)\b|\b(?:be|cannot|not) look(?:ed)? into\b/i, 'read, access, permission for the page'],
	[/\bbe it\b|\bwhate'er\b|\bthereof\b|\bherein\b|\bwhereof\b/i, 'a plain clause'],
];

/** Files that quote these words, or that are not written by hand. */
const NO_PROSE = /^(?:LICENSE|bench\/results\/|debian\/(?!rules$|control$)|scripts\/lib\/rules\.js|tests\/js\/rules\.test\.js|tests\/fuzz\/corpus\/|protocol\/vectors\/)|package-lock\.json$/;
const C_LIKE = /\.(?:c|h|js|ts|css)$/;
const PROSE = /\.(?:md|xml|txt|html)$|^NEWS$/;

/** Before a slash, these begin an operand: the slash begins a regular expression. */
const BEFORE_REGEXP = /(?:[(,=:[!&|?{};+*%<>~^-]|\breturn|\btypeof|\bcase|^)\s*$/;

/**
 * Splits C, JavaScript, TypeScript and CSS. Code inside a template literal counts as part of it.
 *
 * @param {string} text @param {boolean} script whether it has template literals and regular expressions
 * @returns {Piece[]}
 */
export function pieces(text, script) {
	/** @type {Piece[]} */
	const found = [];
	let begin = 0;
	/** @param {number} from @param {number} to @param {Piece['kind']} kind */
	const add = (from, to, kind) => {
		if (from > begin) {
			found.push({ kind: 'code', text: text.slice(begin, from), at: begin });
		}
		found.push({ kind, text: text.slice(from, to), at: from });
		begin = to;
	};
	/** @param {RegExp} end sticky or global @param {number} from */
	const endOf = (end, from) => {
		end.lastIndex = from;
		return end.exec(text) ? end.lastIndex : text.length;
	};
	for (let i = 0; i < text.length; i++) {
		const two = text.slice(i, i + 2);
		const c = text[i];
		if (two === '/*') {
			add(i, endOf(/\*\//g, i + 2), 'comment');
		} else if (two === '//') {
			add(i, endOf(/(?=\n)/g, i), 'comment');
		} else if (c === '"' || c === "'") {
			add(i, endOf(c === '"' ? /(?:[^"\\\n]|\\[^])*["\n]/y : /(?:[^'\\\n]|\\[^])*['\n]/y, i + 1), 'string');
		} else if (script && c === '`') {
			add(i, endOf(/(?:[^`\\]|\\[^])*`/y, i + 1), 'string');
		} else if (script && c === '/' && BEFORE_REGEXP.test(text.slice(Math.max(begin, i - 12), i))) {
			add(i, endOf(/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//y, i + 1), 'code');
		} else {
			continue;
		}
		i = begin - 1;
	}
	add(text.length, text.length, 'code');
	return found.filter((piece) => piece.text);
}

/** @param {string} text @param {number} at */
const lineOf = (text, at) => text.slice(0, at).split('\n').length;

/**
 * The prose of a file: comments, and messages if `messages`; for a document, all of it.
 *
 * @param {string} file @param {string} text @param {boolean} messages
 * @returns {{text: string, at: number}[]}
 */
function proseOf(file, text, messages) {
	if (C_LIKE.test(file)) {
		const all = pieces(text, /\.(?:js|ts)$/.test(file)).filter(({ kind }) =>
			kind === 'comment' || (messages && kind === 'string'));
		// A sentence may continue in the next string or line comment.
		return all.map(({ text: words, at }) => ({ at, text: words.replace(/\n\s*(?:\*|\/\/)/g, (gap) => gap.replace(/[*/]/g, ' ')) }));
	}
	if (file === 'CONTRIBUTING.md') {
		return [{ at: 0, text: text.replace(/^\| .*\|$/gm, (row) => ' '.repeat(row.length)) }];
	}
	return PROSE.test(file) || (messages && /\.(?:sh|vim|lua|py|in|socket)$|(?:^|\/)meson\.build$|^debian\/(?:rules|control)$|^scripts\/[\w-]+$|^completions\//.test(file)) ? [{ at: 0, text }] : [];
}

/** Finds words that make a text hard to read. @param {Files} files @returns {Generator<Finding>} */
export function* stumblingWords(files) {
	for (const [file, text] of files) {
		if (NO_PROSE.test(file)) {
			continue;
		}
		for (const prose of proseOf(file, text, true)) {
			const words = prose.text.replace(/\s/g, ' ').replace(/ {2,}/g, (gap) => ` ${'\u200b'.repeat(gap.length - 1)}`);
			for (const [word, instead] of WORDS) {
				const flexible = new RegExp(word.source.replace(/ /g, ' \u200b*'), 'gi');
				for (const { 0: bad, index } of words.matchAll(flexible)) {
					yield { file, line: lineOf(text, prose.at + index), text: `"${bad.replace(/\u200b/g, '')}": write "${instead}" (see CONTRIBUTING.md)` };
				}
			}
		}
	}
}

/** Files of other projects and of users, which comments and documents name. */
const OTHER_FILES = /^(?:sys|linux|dbus|netinet|share)\/|^(?:git2|libwebsockets|systemd-\w+|cmocka|queue)\.h$|^(?:CHANGELOG|SKILL|AGENTS|CLAUDE|README)\.md$/;
/** Matches any name: verb-NAME.c, x_free(). */
const PLACEHOLDER = /\b[A-Z]{2,}\b|^x_/;
const NAMED_FILE = /(?<![\w./*$<>{}~@:%-])(?:\.\.?\/)*(?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:c|h|md)\b(?![\w/*(-])/g;
const NAMED_SOURCE = /(?<![\w./*$<>{}~@:%-])(?:browser-ext|clients|scripts|tests|bench|daemon|docs|protocol|completions|examples)\/[\w./-]*\w(?![\w/*<{-])/g;
const NAMED_FUNCTION = /(?<![\w.>$:-])[A-Za-z_][A-Za-z0-9_]{2,}\(\)/g;

/** Files that show what users write, and name files of theirs. */
const EXAMPLES = /^(?:examples|tests\/fuzz)\//;

/**
 * Each file and function that a comment or document names is there.
 *
 * @param {Files} files @param {Iterable<string>} [paths] of all files, also those without text
 * @returns {Generator<Finding>}
 */
export function* missingNames(files, paths = files.keys()) {
	const all = [...paths];
	const folders = new Set(all.flatMap((path) => path.split('/').slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join('/'))));
	const endings = new Set(all.flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(i).join('/'))));
	const code = new Set([...files].filter(([file]) => !PROSE.test(file)).flatMap(([file, text]) => (C_LIKE.test(file)
		? pieces(text, /\.(?:js|ts)$/.test(file)).filter(({ kind }) => kind === 'code').map((piece) => piece.text) : [text]))
		.flatMap((text) => text.match(/\b[A-Za-z_]\w*/g) ?? []));
	for (const [file, text] of files) {
		if (NO_PROSE.test(file) || EXAMPLES.test(file) || /\.(?:vim|sh|lua)$/.test(file)) {
			continue;
		}
		for (const { text: prose, at } of proseOf(file, text, false)) {
			for (const { 0: name, index } of prose.matchAll(NAMED_FILE)) {
				if (!endings.has(name.replace(/^(?:\.\.?\/)+/, '')) && !OTHER_FILES.test(name) && !PLACEHOLDER.test(name)) {
					yield { file, line: lineOf(text, at + index), text: `${name}: there is no such file` };
				}
			}
			for (const { 0: name, index } of prose.matchAll(NAMED_SOURCE)) {
				if (!/\.(?:c|h|md)$/.test(name) && !folders.has(name) && !endings.has(name)) {
					yield { file, line: lineOf(text, at + index), text: `${name}: there is no such file` };
				}
			}
			for (const { 0: name, index } of prose.matchAll(NAMED_FUNCTION)) {
				if (!code.has(name.slice(0, -2)) && !PLACEHOLDER.test(name)) {
					yield { file, line: lineOf(text, at + index), text: `${name}: there is no such function` };
				}
			}
		}
	}
}

/**
 * Lines of pages that lintian takes for generated ones without a source, which it does not allow in a package.
 *
 * @param {Files} files @returns {Generator<Finding>}
 */
export function* longLines(files) {
	for (const [file, text] of files) {
		for (const [i, line] of file.endsWith('.html') ? text.split('\n').entries() : []) {
			if (Buffer.byteLength(line) > PAGE_LINE_MAX) {
				yield { file, line: i + 1, text: `has ${Buffer.byteLength(line)} bytes in a line: at most ${PAGE_LINE_MAX}` };
			}
		}
	}
}

/** Files, and functions of the daemon, that have grown too long. @param {Files} files @returns {Generator<Finding>} */
export function* longFiles(files) {
	for (const [file, text] of files) {
		if (!/\.(?:[ch]|js|ts|vim)$/.test(file)) {
			continue;
		}
		const lines = text.split('\n');
		if (lines.length - 1 > FILE_LINES_MAX) {
			yield { file, line: 1, text: `has ${lines.length - 1} lines: at most ${FILE_LINES_MAX}` };
		}
		let begin = 0;
		for (const [i, line] of file.startsWith('daemon/') ? lines.entries() : []) {
			if (line === '{') {
				begin = i + 1;
			} else if (line === '}' && begin) {
				if (i - begin > FUNCTION_LINES_MAX) {
					yield { file, line: begin, text: `this function has ${i - begin} lines: at most ${FUNCTION_LINES_MAX}` };
				}
				begin = 0;
			}
		}
	}
}

/** Libraries that more than two folders include. @param {Files} files @returns {Generator<Finding>} */
export function* spreadLibraries(files) {
	for (const library of LIBRARIES) {
		const include = new RegExp(`^#include <${library.replace('.', '\\.')}>`, 'm');
		const users = [...files].filter(([file, text]) => file.startsWith('daemon/') && include.test(text)).map(([file]) => file);
		const folders = new Set(users.map((file) => file.split('/')[1]));
		if (folders.size > LIBRARY_FOLDERS_MAX) {
			yield { file: users[0], line: 1, text: `<${library}> is included in ${[...folders].sort().join(', ')}: at most ${LIBRARY_FOLDERS_MAX} folders` };
		}
	}
}
