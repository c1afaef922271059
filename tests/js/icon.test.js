// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { decideIcon, withFrames, withProblems } from '../../browser-ext/background/icon.js';
import { TAB_STATES } from '../../browser-ext/common/tab-states.js';

const url = 'http://localhost:8000/';

/**
 * @param {import('../../browser-ext/link/protocol.js').TabState} state
 * @returns {import('../../browser-ext/background/tabs.js').TabEntry}
 */
function answered(state) {
	return { url, answer: { type: 'tab', tab: 1, state, project: 'potato', reason: 'tracked' } };
}

/** @param {import('../../browser-ext/link/protocol.js').TabState} state */
function failed(state) {
	const entry = answered(state);
	Object.assign(entry.answer ?? {}, { failure: { event: 9, what: 'make: exit status 2', said: 'oh' } });
	return entry;
}

/** @type {[string, Parameters<typeof decideIcon>, string, string, RegExp][]} */
const CASES = [
	['off', [undefined, 'idle', 1], 'off', '', /^savecast: off: click/],
	['off while others are live', [undefined, 'up', 1], 'off', '', /^savecast: off: click/],
	['live', [answered('live'), 'up', 1], 'live', 'on', /^savecast: live: potato: tracked$/],
	['looking', [answered('looking'), 'up', 1], 'looking', '…', /^savecast: looking: tracked$/],
	['no project', [answered('none'), 'up', 1], 'none', '?', /^savecast: no project: tracked$/],
	['waiting', [answered('waiting'), 'up', 1], 'waiting', '~', /^savecast: waiting for the server: tracked$/],
	['down', [answered('down'), 'up', 1], 'down', 'x', /^savecast: the server is down: tracked$/],
	['pending', [{ ...answered('live'), pending: { event: 7, until: 'shown', why: 'hidden' } }, 'up', 1], 'pending', '1',
		/^savecast: a reload is pending: hidden: click to reload now$/],
	['not answered yet', [{ url }, 'up', 1], 'looking', '…', /asking the daemon/],
	['connecting', [answered('live'), 'connecting', 1], 'looking', '…', /asking the daemon/],
	['no daemon', [answered('live'), 'down', 1], 'disconnected', '!',
		/^savecast: no connection: no savecastd answers on port 1: it is not running there$/],
	['not our daemon', [{ url }, 'refused', 7283], 'disconnected', '!', /port 7283/],
	['another user\'s daemon', [{ url }, 'foreign', 7283], 'disconnected', '!', /port 7283: .* not the savecastd/],
	['replaced', [{ url }, 'replaced', 1], 'disconnected', '!', /copy of this profile/],
	['a failed build', [failed('live'), 'up', 1], 'down', 'err', /^savecast: the build failed: make: exit status 2$/],
	['a failed build, the server is down as well', [failed('down'), 'up', 1], 'down', 'x', /^savecast: the server is down/],
	['paused', [{ url, paused: 'why' }, 'up', 1], 'off', 'II', /paused: why: click to switch on here/],
	['paused without daemon', [{ url, paused: 'why' }, 'down', 1], 'off', 'II', /paused/],
];

for (const [name, given, icon, badge, title] of CASES) {
	test(`icon: ${name}`, () => {
		const { state, title: tooltip } = decideIcon(...given);
		assert.equal(TAB_STATES[state].icon, icon);
		assert.equal(TAB_STATES[state].badge, badge);
		assert.match(tooltip, title);
		for (const size of [16, 32, 48, 128]) {
			const png = new URL(`../../browser-ext/icons/${icon}-${size}.png`, import.meta.url);
			assert.ok(existsSync(png), png.pathname);
		}
	});
}

test('icon: a live tab shows how many problems its page has, unless another state comes first', () => {
	const list = [{ message: 'TypeError: x' }];
	const live = decideIcon(answered('live'), 'up', 1);
	assert.deepEqual(withProblems(live, { count: 1, list }), { state: 'problems', title: 'savecast: 1 problem in the page: TypeError: x', badge: '1!' });
	assert.equal(withProblems(live, { count: 12, list }).badge, '9+!');
	assert.equal(withProblems(live, { count: 0, list: [] }), live);
	const down = decideIcon(answered('down'), 'up', 1);
	assert.equal(withProblems(down, { count: 1, list }), down);
});

test('the icon of a tab shows the state of its frames, too', () => {
	const icon = (/** @type {any} */ state) => decideIcon(answered(state), 'up', 1);
	const frames = (/** @type {any[]} */ ...states) => states.map((state) => ({ url: 'http://localhost:8001/a', icon: icon(state) }));
	for (const [own, others, state] of /** @type {[any, any[], string][]} */ ([
		['live', [], 'live'], ['live', ['live', 'none'], 'live'], ['live', ['live', 'waiting'], 'waiting'], ['live', ['waiting', 'down'], 'down'],
		['none', ['live'], 'live'], ['none', ['none'], 'none'], ['looking', ['live'], 'looking'], ['down', ['waiting'], 'down'], ['waiting', ['down'], 'waiting'],
	])) {
		const shown = withFrames(icon(own), frames(...others));
		assert.equal(shown.state, state, `${own} with ${others}`);
		assert.equal(/^savecast: frame of localhost:8001: /.test(shown.title), state !== own, shown.title);
	}
});
