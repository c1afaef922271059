// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urlsOf } from '../../browser-ext/background/past-cache.js';

/** @type {[string, string[], string[]][]} a file, URLs of it, other URLs */
const CASES = [
	['js/app.js', ['/app.js', '/js/app.js?v=1', '/js/app-BXkqLmNp.js', '/js/app.min.js', '/asset?f=app.js', '/a+app.js'], ['/webapp.js', '/app/main.js', '/app.css']],
	['my style (2).css', ['/my%20style%20(2).css', '/my style (2).css'], ['/my.css']],
	['ü.css', ['/%C3%BC.css', '/ü.css'], ['/a/ü/x.js']],
	['a.b+c.js', ['/a.b+c.js', '/a.b%2Bc.js'], ['/ab.js']],
	[`${'x'.repeat(255 - 3)}.js`, [`/${'x'.repeat(255 - 3)}.js`], ['/x.js']],
];

test('the expression for a file finds its URLs', () => {
	for (const [path, own, others] of CASES) {
		const expression = new RegExp(String(urlsOf(path)));
		for (const url of own) {
			assert.match(`http://localhost:8000${url}`, expression);
		}
		for (const url of others) {
			assert.doesNotMatch(`http://localhost:8000${url}`, expression);
		}
		assert.ok(expression.source.length < 200, path);
	}
	assert.equal(urlsOf('Makefile'), undefined);
	assert.equal(urlsOf('folder.d/'), undefined);
});
