// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../browser-ext/page/match.js';

const { find, isCompiled, isServed } = /** @type {any} */ (globalThis).savecast.match;

const HOST = 'http://localhost:8000';

/** @type {[string, string, string[], string[]][]} what, path, URLs, those found */
const CASES = [
	['the same path', 'static/app.css', ['/static/app.css', '/static/b.css'], ['/static/app.css']],
	['a query is ignored', 'static/app.css', ['/static/app.css?v=1'], ['/static/app.css?v=1']],
	['another folder in front', 'src/static/app.css', ['/app.css'], ['/app.css']],
	['the best of two', 'a/style.css', ['/b/style.css', '/a/style.css'], ['/a/style.css']],
	['all of equals', 'app.css', ['/a/app.css', '/b/app.css'], ['/a/app.css', '/b/app.css']],
	['a name with a hash', 'js/app.js', ['/js/app.3f9a2c1b.js', '/js/app-BX3k9q_f.js'],
		['/js/app.3f9a2c1b.js', '/js/app-BX3k9q_f.js']],
	['a hash without a digit, and a minified file', 'js/app.js', ['/js/app-BXkqLmNp.js', '/js/app.min.js', '/js/app-Component.js'], ['/js/app-BXkqLmNp.js', '/js/app.min.js']],
	['behind a loader or a resizer', 'img/logo.png', ['/thumb?src=/img/logo.png&w=10', '/asset.php?f=a.css,logo.png', '/asset.php?f=mylogo.png'], ['/thumb?src=/img/logo.png&w=10', '/asset.php?f=a.css,logo.png']],
	['converted', 'img/logo.png', ['/img/logo.webp', '/img/logo.svg', '/img/logo2.webp'], ['/img/logo.webp']],
	['a word is not a hash', 'js/app.js', ['/js/app.module.js', '/js/app-module.js'], []],
	['compiled', 'scss/app.scss', ['/css/app.css'], ['/css/app.css']],
	['compiled and hashed', 'app.tsx', ['/assets/app-1a2b3c4d.js'], ['/assets/app-1a2b3c4d.js']],
	['another name', 'app.css', ['/myapp.css', '/app.css/', '/app.css/x'], ['/app.css/']],
	['escapes', 'static/caf\u00e9 1.css', ['/static/caf%C3%A9%201.css'], ['/static/caf%C3%A9%201.css']],
	['a broken escape', 'a%zz.css', ['/a%zz.css'], ['/a%zz.css']],
	['files', 'static/app.css', ['file:///home/me/p/static/app.css'], ['file:///home/me/p/static/app.css']],
	['no URL', 'app.css', ['not a url', ''], []],
	['no name', '', ['/'], ['/']],
];

for (const [what, path, urls, found] of CASES) {
	test(`match: ${what}`, () => {
		const whole = (/** @type {string} */ url) => (url.startsWith('/') ? HOST + url : url);
		assert.deepEqual([...find(path, urls.map(whole))], found.map(whole));
	});
}

// It takes milliseconds; with backtracking it would take minutes.
test('match: names of 150,000 characters are compared in seconds, not in minutes', () => {
	const name = `${'a-1'.repeat(50000)}.css`;
	const started = performance.now();
	find(name, [`${HOST}/${name}x`, `${HOST}/${'.a1'.repeat(50000)}.css`]);
	assert.ok(performance.now() - started < 20000);
});

test('sources of other files, and folders that are served unchanged', () => {
	assert.ok(isCompiled('a/_vars.scss') && isCompiled('A.TSX') && !isCompiled('a.css') && !isCompiled('scss'));
	assert.ok(isServed('app/static/js/a.js') && isServed('public/a.js'));
	assert.ok(!isServed('server.js') && !isServed('src/a.js') && !isServed('nonstatic/a.js'));
});
