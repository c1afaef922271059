// SPDX-License-Identifier: MIT
/**
 * The linter for Vim script finds each mistake that it is made for, and nothing in correct code.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rulesBroken } from '../../scripts/lib/vim-rules.js';
import { syntaxErrors } from '../../scripts/lib/vim-syntax.js';

/** @param {string[]} body */
const inFunction = (...body) => ['function! s:f(a) abort', ...body, 'endfunction', ''].join('\n');

/** @type {[string, RegExp][]} */
const BAD = [
	['autocmd BufRead * echo "x"\n', /augroup/],
	['function! F()\nendfunction\n', /abort/],
	[inFunction('  let y = a:a'), /no scope/],
	[inFunction('  let l:y = a:a'), /l:y is never used/],
	[inFunction('  return l:y'), /l:y is never set/],
	[inFunction("  return a:a == 'b'"), /ignorecase/],
	[inFunction("  return a:a =~ 'b'"), /ignorecase/],
	['normal gg\n', /normal!/],
	['set cpo&vim\n', /short name/],
	['set nocompatible\n', /compatible/],
	['let s:a = "ü"\n', /scriptencoding/],
];

/** @type {string[]} */
const GOOD = [
	inFunction("  let l:y = {'a': 1,", "        \\ 'b': a:a}", '  return l:y'),
	inFunction("  return a:a ==# 'b' || a:a =~? 'b' || a:a == 1"),
	inFunction("  echo 'normal gg == ''' \"set cpo\" \" normal gg"),
	inFunction('  for l:i in range(3)', '    write', '  endfor'),
	inFunction('  autocmd BufRead <buffer> write', '  let &l:buftype = a:a'),
	'augroup x\n  autocmd!\n  autocmd BufRead * normal! gg\naugroup END\n',
	'scriptencoding utf-8\nlet s:a = "ü"\n',
];

test('each rule finds its mistake', () => {
	for (const [text, why] of BAD) {
		const found = rulesBroken(new Map([['a.vim', text]]));
		assert.deepEqual(found.map(({ file }) => file), ['a.vim'], text);
		assert.match(found[0].text, why);
	}
	for (const text of GOOD) {
		assert.deepEqual(rulesBroken(new Map([['a.vim', text]])), [], text);
	}
});

test('the parser finds invalid Vim script', async () => {
	const found = await syntaxErrors(new Map([
		['good one.vim', GOOD[0]],
		['bad.vim', inFunction('  if 1', '  call foo(')],
	]));
	assert.deepEqual(found.map(({ file, line }) => [file, line]), [['bad.vim', 3]]);
});
