// SPDX-License-Identifier: MIT
/**
 * Finds mistakes that a parser accepts, although they depend on the user's options or hide
 * an error; vint has these rules, too. It checks each line without its strings and comments,
 * and so assumes one statement per line.
 */

/** @typedef {import('./vim-syntax.js').Finding} Finding */

/** [what a line must not contain, why]; strings are emptied and comments removed before the check. @type {[RegExp, string][]} */
const RULES = [
	[/(?:[=!]=|[=!]~)(?![#?~=])\s*(?:''|"")/, "compares strings by 'ignorecase': add # or ?"],
	[/\bnorm(?:a|al)?\b(?!!)/, "obeys the user's mappings: normal!"],
	[/^\s*fu(?:n|nc|nct|ncti|nctio|nction)?\b(?!.*\babort\b)/, 'a function goes on after an error: abort'],
	[/^\s*(?:let|const|for)\s+(?:\[\s*)?(?![abglstvw]:)\w+\s*(?:[-+*.]?=|in\b)/, 'has no scope: l:, s:, g:'],
	[/^\s*(?:set?|setl|setg)\s+(?:no|inv)?(?:cpo|isk|rtp|shm|ic|ts|sw|sts|et|ft|bt|enc|fenc)\b/, 'an option by its short name'],
	[/^\s*set?\s+(?:no)?compatible\b/, "'compatible' is the user's"],
	[/^\s*exe(?:c|cu|cut|cute)?!/, 'silences what it runs'],
];

/** @param {string} line without comment, its strings emptied */
function bare(line) {
	let text = line.replace(/'(?:[^']|'')*'/g, "''");
	text = text.replace(/^\s*".*/, '').replace(/"(?:[^"\\]|\\.)*"/g, '""');
	return text.replace(/\s"[^"]*$/, '');
}

/** @param {string[]} lines without strings and comments; continuation lines are joined to the first, and left empty */
function joined(lines) {
	const all = [...lines];
	for (let i = all.length - 1; i > 0; i--) {
		const rest = /^\s*\\(.*)/.exec(all[i]);
		if (rest) {
			all[i - 1] += rest[1];
			all[i] = '';
		}
	}
	return all;
}

/** Local variables set and never read, or read and never set. @param {string[]} lines of the file */
function* variables(lines) {
	for (let start = 0; start < lines.length; start++) {
		if (!/^\s*fu/.test(lines[start])) {
			continue;
		}
		const length = lines.slice(start).findIndex(line => /^\s*endf/.test(line));
		const body = lines.slice(start, start + length);
		const text = body.join('\n');
		for (const [name] of new Map([...text.matchAll(/(?<!&)\bl:\w+/g)].map(([word]) => [word, 0]))) {
			const set = new RegExp(`\\b(?:let|const|for)\\b[^=|]*\\b${name}\\b[^=|]*(?:=|\\bin\\b)`).test(text);
			const counts = new RegExp(`\\bfor\\b[^|\\n]*\\b${name}\\b[^|\\n]*\\bin\\b`).test(text);
			const uses = text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
			const line = start + body.findIndex(one => one.includes(name));
			if (!set) {
				yield { line, text: `${name} is never set` };
			} else if (uses < 2 && !counts) {
				yield { line, text: `${name} is never used` };
			}
		}
	}
}

/** @param {string[]} lines @returns {Iterable<{line: number, text: string}>} */
function* ungrouped(lines) {
	let group = false;
	for (const [line, text] of lines.entries()) {
		if (/^\s*aug/.test(text)) {
			group = !/\bEND\b/i.test(text);
		}
		// In a function, the autocommands of a test are for its buffer, or temporary.
		if (!group && /^au(?:t|to|toc|tocm|tocmd)?\b/.test(text)) {
			yield { line, text: 'is made again each time the file is read: augroup' };
		}
	}
}

/**
 * @param {Map<string, string>} texts by file
 * @returns {Finding[]}
 */
export function rulesBroken(texts) {
	return [...texts].flatMap(([file, text]) => {
		const lines = joined(text.split('\n').map(bare));
		const found = [...variables(lines), ...ungrouped(lines)];
		for (const [line, one] of lines.entries()) {
			found.push(...RULES.filter(([pattern]) => pattern.test(one)).map(([, why]) => ({ line, text: why })));
		}
		if (/[^\0-\x7f]/.test(text) && !/^scriptencoding utf-8$/m.test(text)) {
			found.push({ line: 0, text: 'is not ASCII, and has no scriptencoding' });
		}
		return found.map(finding => ({ ...finding, file, line: finding.line + 1 }));
	});
}
