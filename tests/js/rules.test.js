// SPDX-License-Identifier: MIT
/** The lint of this repository's own rules finds planted violations, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FILE_LINES_MAX, FUNCTION_LINES_MAX, PAGE_LINE_MAX, longFiles, longLines, missingNames, pieces, spreadLibraries, stumblingWords } from '../../scripts/lib/rules.js';

/**
 * @param {(files: Map<string, string>) => Iterable<{file: string, line: number, text: string}>} rule
 * @param {Record<string, string>} files
 */
const found = (rule, files) => [...rule(new Map(Object.entries(files)))].map(({ file, line, text }) => `${file}:${line}: ${text}`);

/** A function of this many lines, not counting its braces. @param {number} lines */
const lines = (lines) => `void f(void)\n{\n${'\tg();\n'.repeat(lines)}}\n`;

test('a missing file that a comment or document names is found', () => {
	const files = { 'daemon/util/loop.h': '/* See loop.h and util/loop.h. */\n', 'README.md': '[a](daemon/util/loop.h)\n' };
	assert.deepEqual(found(missingNames, files), []);
	assert.deepEqual(found(missingNames, { ...files, 'daemon/util/log.c': 'int a;\n/*\n * As gate.h says.\n */\n' }),
		['daemon/util/log.c:3: gate.h: there is no such file']);
	assert.deepEqual(found(missingNames, { ...files, 'NEWS': 'daemon/gate/gate.c decides.\n' }),
		['NEWS:1: daemon/gate/gate.c: there is no such file']);
	assert.deepEqual(found(missingNames, { ...files, 'tests/a.js': '// as tests/lib/gone.js has it\n' }),
		['tests/a.js:1: tests/lib/gone.js: there is no such file']);
});

test('a missing function that a comment or document names is found', () => {
	assert.deepEqual(found(missingNames, { 'daemon/a.c': '/* As b_do() does. */\nvoid b_do(void);\n' }), []);
	assert.deepEqual(found(missingNames, { 'daemon/a.c': '/* As b_do() does. */\nputs("b_do");\n', 'x.js': '// b_do\n' }),
		['daemon/a.c:1: b_do(): there is no such function']);
	assert.deepEqual(found(missingNames, { 'CONTRIBUTING.md': '\nThen `git_ignores_file()`.\n' }),
		['CONTRIBUTING.md:2: git_ignores_file(): there is no such function']);
});

test('a word of the list is found in comments, messages and documents, but not in code', () => {
	for (const [file, text] of [
		['daemon/a.c', '/* The next save\n * mends it. */\n'], ['daemon/a.c', 'log("mended");\n'], ['a.js', 'f(`${x} is no\n * folder`);\n'],
		['README.md', 'Tried ever\nmore seldom.\n'], ['scripts/start', 'echo "$1: is no folder"\n'], ['docs/a.md', 'It tells of a save.\n'],
		['docs/a.md', 'Nobody reads it.\n'], ['a.js', '// Nothing but\n// a variable.\n'], ['NEWS', 'The rule does not count.\n'], ['daemon/a.h', '/* connects anew */\n'],
	]) {
		assert.equal(found(stumblingWords, { [file]: text }).length >= 1, true, `${file}: ${text}`);
	}
	assert.deepEqual(found(stumblingWords, { 'daemon/a.c': 'int mend(void);\n', 'a.js': 'const seldom = /mend/;\n', 'b.md': 'Recommended.\n', 'c.md': 'The user nobody and /home/somebody.\n' }), []);
	assert.deepEqual(found(stumblingWords, { 'a.md': 'one\ntwo\nis mended\n' }).map((line) => line.split(':')[1]), ['3']);
});

test('a file or function that is too long is found, but not one at the limit', () => {
	assert.deepEqual(found(longLines, { 'a.html': 'x'.repeat(PAGE_LINE_MAX), 'b.js': 'x'.repeat(PAGE_LINE_MAX + 1) }), []);
	assert.equal(found(longLines, { 'a.html': `\n${'x'.repeat(PAGE_LINE_MAX + 1)}` })[0].split(':')[1], '2');
	assert.deepEqual(found(longFiles, { 'daemon/a.c': lines(FUNCTION_LINES_MAX), 'daemon/b.h': '\n'.repeat(FILE_LINES_MAX) }), []);
	assert.equal(found(longFiles, { 'daemon/a.c': lines(FUNCTION_LINES_MAX + 1) }).length, 1);
	for (const file of ['daemon/b.h', 'tests/e2e/b.test.js', 'clients/vim/b.vim', 'clients/vscode/src/b.ts']) {
		assert.equal(found(longFiles, { [file]: '\n'.repeat(FILE_LINES_MAX + 1) }).length, 1, file);
	}
});

test('a library that three folders include is found', () => {
	const include = '#include <git2.h>\n';
	assert.deepEqual(found(spreadLibraries, { 'daemon/a/a.c': include, 'daemon/a/b.c': include, 'daemon/b/a.c': include }), []);
	assert.equal(found(spreadLibraries, { 'daemon/a/a.c': include, 'daemon/b/b.c': include, 'daemon/c/c.c': include }).length, 1);
});

test('comments and strings are distinguished from code', () => {
	const kinds = (/** @type {string} */ text) => pieces(text, true).map(({ kind, text: part }) => `${kind} ${part}`);
	assert.deepEqual(kinds('a = "/* b" + \'//\'; // "c"\n'), ['code a = ', 'string "/* b"', 'code  + ', "string '//'", 'code ; ', 'comment // "c"', 'code \n']);
	assert.deepEqual(kinds('f(/"[/]/, x) / 2 /* d */'), ['code f(', 'code /"[/]/', 'code , x) / 2 ', 'comment /* d */']);
	assert.deepEqual(kinds('`a ${b}` + "\\""'), ['string `a ${b}`', 'code  + ', 'string "\\""']);
});
