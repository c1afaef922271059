// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assign, shownAnswer, urlFor } from '../../browser-ext/background/assignment.js';

/** @typedef {import('../../browser-ext/link/socket.js').Link} Link */

/** @param {Link} local @param {Link} devbox @param {Link} web */
const links = (local, devbox = 'up', web = 'up') => [
	{ id: 'local', link: local }, { id: 'devbox', link: devbox }, { id: 'web', link: web },
];

/** @param {Record<string, import('../../browser-ext/link/protocol.js').TabState>} states */
const answers = (states) => Object.fromEntries(Object.entries(states)
	.map(([id, state]) => [id, { type: /** @type {const} */ ('tab'), tab: 1, state, reason: id }]));

const url = 'http://localhost:8000/';
const ALL = ['local', 'devbox', 'web'];

test('the daemon of this computer is asked first, and only it', () => {
	for (const link of /** @type {Link[]} */ (['idle', 'connecting', 'up'])) {
		assert.deepEqual(assign({ url }, links(link)), { daemon: undefined, told: ['local'] });
	}
	assert.deepEqual(assign({ url, answers: answers({ local: 'looking' }) }, links('up')).told, ['local']);
	for (const state of /** @type {const} */ (['live', 'waiting', 'down'])) {
		assert.deepEqual(assign({ url, answers: answers({ local: state, devbox: 'live' }) }, links('up')),
			{ daemon: 'local', told: ['local'] });
	}
});

test('the other daemons are asked if that of this computer does not know the tab or does not run', () => {
	assert.deepEqual(assign({ url, answers: answers({ local: 'none' }) }, links('up')), { daemon: undefined, told: ALL });
	for (const link of /** @type {Link[]} */ (['down', 'foreign', 'refused', 'replaced'])) {
		assert.deepEqual(assign({ url }, links(link)), { daemon: undefined, told: ALL });
	}
	assert.deepEqual(assign({ url, answers: answers({ local: 'none', web: 'live' }) }, links('up')), { daemon: 'web', told: ALL });
});

test('a file belongs to this computer, whichever daemon claims it', () => {
	const tab = { url: 'file:///home/me/a.html', chosen: 'devbox', daemon: 'web', answers: answers({ local: 'none', devbox: 'live' }) };
	assert.deepEqual(assign(tab, links('up')), { daemon: undefined, told: ['local'] });
	assert.deepEqual(assign({ ...tab, answers: {} }, links('down')), { daemon: undefined, told: ['local'] });
});

test('a tab stays with its daemon while that is not connected, and no other receives its URL', () => {
	assert.deepEqual(assign({ url, daemon: 'local' }, links('down')), { daemon: 'local', told: ['local'] });
	const away = { url, daemon: 'devbox', answers: answers({ local: 'none', web: 'live' }) };
	assert.equal(assign(away, links('up', 'down')).daemon, 'devbox');
	assert.equal(assign({ ...away, answers: answers({ local: 'none', web: 'live', devbox: 'looking' }) }, links('up')).daemon, 'devbox');
	// Until this computer's daemon itself answers that the tab is not its own.
	assert.equal(assign({ ...away, answers: answers({ local: 'none', web: 'live', devbox: 'none' }) }, links('up')).daemon, 'web');
	// This computer's daemon does not take it away when it comes back.
	assert.deepEqual(assign({ url, daemon: 'devbox' }, links('connecting')), { daemon: 'devbox', told: ['local', 'devbox'] });
	assert.equal(assign({ url, daemon: 'devbox', answers: answers({ local: 'live', devbox: 'live' }) }, links('up')).daemon, 'devbox');
});

test('the user’s choice is kept, and no other daemon receives the URL', () => {
	assert.deepEqual(assign({ url, chosen: 'web', answers: answers({ local: 'live' }) }, links('up')), { daemon: 'web', told: ['local', 'web'] });
	assert.deepEqual(assign({ url, chosen: 'web' }, links('up', 'up', 'down')), { daemon: 'web', told: ['local', 'web'] });
	assert.deepEqual(assign({ url, chosen: 'removed' }, links('up')), { daemon: undefined, told: ['local'] });
});

test('the answer of the tab’s daemon is shown, otherwise the first answer', () => {
	const all = answers({ local: 'none', devbox: 'live', web: 'looking' });
	assert.equal(shownAnswer({ url, daemon: 'devbox', answers: all }, ALL)?.state, 'live');
	assert.equal(shownAnswer({ url, daemon: 'devbox', answers: {} }, ALL), undefined);
	assert.equal(shownAnswer({ url, answers: all }, ALL)?.state, 'looking');
	assert.equal(shownAnswer({ url, answers: answers({ local: 'none', web: 'none' }) }, ALL)?.reason, 'local');
	assert.equal(shownAnswer({ url }, ALL), undefined);
});

test('a daemon on another computer receives the URL with the port at its end of the tunnel', () => {
	const tab = { url: 'http://localhost:18000/a?b', forwarded: 8000 };
	assert.equal(urlFor(tab, true), 'http://localhost:8000/a?b');
	assert.equal(urlFor(tab, false), tab.url);
	assert.equal(urlFor({ url: tab.url }, true), tab.url);
	assert.equal(urlFor({ ...tab, forwarded: 70000 }, true), tab.url);
	assert.equal(urlFor({ url: 'http://[::1]:1/', forwarded: 80 }, true), 'http://[::1]/');
});
