// SPDX-License-Identifier: MIT
//
// page/error-page.js: how it reads texts that no framework writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../../browser-ext/page/error-page.js';

const { errorPage } = /** @type {any} */ (globalThis).savecast;
const PLACE = 'File "/srv/app.py", line 3';

test('a traceback', () => {
	assert.deepEqual(errorPage(`${PLACE}, in cart\n    total()\nValueError: no price`), { exception: 'ValueError: no price', places: '/srv/app.py:3' });
});

// Most patterns take a time that grows with the square of the length of a line.
test('the rest of a line that is longer than 1,000 characters is not read', () => {
	const far = (/** @type {number} */ spaces) => errorPage(`Error\n${' '.repeat(spaces)}${PLACE}\n`).places;
	assert.deepEqual([far(900), far(1000)], ['/srv/app.py:3', '']);
});
