// SPDX-License-Identifier: MIT
//
// page/error-page.js: how it reads texts that no framework writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../../browser-ext/page/error-page.js';

const { errorPage, nextError } = /** @type {any} */ (globalThis).savecast;
const PLACE = 'File "/srv/app.py", line 3';

test('a traceback', () => {
	assert.deepEqual(errorPage(`${PLACE}, in cart\n    total()\nValueError: no price`), { exception: 'ValueError: no price', places: '/srv/app.py:3' });
});

// Most patterns take a time that grows with the square of the length of a line.
test('the rest of a line that is longer than 1,000 characters is not read', () => {
	const far = (/** @type {number} */ spaces) => errorPage(`Error\n${' '.repeat(spaces)}${PLACE}\n`).places;
	assert.deepEqual([far(900), far(1000)], ['/srv/app.py:3', '']);
});

test('Next.js: the exception, and the place of a syntax error', () => {
	const data = (/** @type {unknown} */ err) => nextError(JSON.stringify({ page: '/_error', err }));
	const stack = 'TypeError: no items\n    at Page (webpack-internal:///(pages-dir-node)/./pages/index.js:12:30)\n    at render (/srv/node_modules/react-dom/server.js:9:1)';
	assert.deepEqual(errorPage(data({ name: 'TypeError', message: 'no items', stack })), { exception: 'TypeError: no items', places: '' });
	const message = 'Module build failed (from ./node_modules/next/loader.js):\nError:   x Expression expected\n   ,-[/srv/pages/index.js:2:1]\n 1 | export\n   `----\n\nStack backtrace:\n  at ./nptl/pthread_create.c:442:8';
	assert.deepEqual(errorPage(data({ name: 'ModuleBuildError', message })), { exception: 'Syntax Error: Expression expected', places: '/srv/pages/index.js:2' });
	for (const text of [undefined, '', '{', '{}', '{"err":null}', '{"err":{"message":1}}', '[]']) {
		assert.equal(nextError(text), '');
	}
});
