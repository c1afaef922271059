// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contradiction } from '../lib/why-witness.js';

/** @param {number} tab @param {string | undefined} project @param {string | undefined} [root] what `why URL` says */
const tab = (tab, project, root = project) =>
	({ browser: 1, tab, url: `http://localhost/${tab}`, state: project ? 'live' : 'none', project, shown: { root, reason: 'because' } });
/** @param {string | undefined} project @param {string[]} steps */
const event = (project, ...steps) => ({ serial: 1, project, closed: true, steps: steps.map((step) => ({ step, text: '' })) });
/** @param {ReturnType<typeof tab>[]} tabs @param {string} effect */
const said = (tabs, effect) => ({ file: '/a/x', roots: ['/a'], effect, tabs, serial: 1 });

test('what a save does is compared with what why has said', () => {
	const two = [tab(1, '/a'), tab(2, '/b')];
	assert.equal(contradiction(said(two, 'reloads 1 tab'), event('/a', 'cast'), [1]), undefined);
	assert.match(contradiction(said(two, 'reloads 1 tab'), event('/a', 'cast'), [2]) ?? '', /reached the tab 2, but why .*\/2 says \/b/);
	assert.match(contradiction(said([tab(1, '/a', '/b')], 'reloads 1 tab'), event('/a', 'cast'), [1]) ?? '', /shows \/a, but why .* says \/b/);
	assert.match(contradiction(said([tab(1, undefined)], 'reloads 1 tab'), event('/a', 'cast'), [1]) ?? '', /says none: because/);
	assert.match(contradiction(said(two, 'reloads 1 tab'), event('/b', 'cast'), [2]) ?? '', /belongs to \/b, but why \/a\/x says \/a/);
	assert.match(contradiction(said(two, 'nothing: no tab'), event('/a', 'cast'), [1]) ?? '', /reached: 1, but why .* nothing/);
	assert.match(contradiction(said(two, 'reloads 1 tab'), event('/a', 'no-tab'), []) ?? '', /reached: only 0/);
	assert.equal(contradiction(said(two, 'reloads 1 tab'), event('/a', 'unchanged'), []), undefined);
	assert.match(contradiction(said(two, 'nothing: the file is ignored: by x'), event('/a', 'ignored'), []) ?? '', /not ignored/);
	assert.equal(contradiction({ ...said(two, 'nothing: the file is ignored: by x'), ignored: 'by x' }, event('/a', 'ignored'), []), undefined);
});
