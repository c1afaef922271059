// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionFor, adviceFor, reasonOf, stateName } from '../../browser-ext/ui/advice.js';
import { asksPage, bypassesCache, isNewer, looksFirst, merge, mustWait, requestsOf } from '../../browser-ext/background/reload-rules.js';
import { decideIcon } from '../../browser-ext/background/icon.js';
import { History } from '../../browser-ext/background/report-log.js';
import { toSettings } from '../../browser-ext/common/settings.js';
import { isLocal } from '../../browser-ext/background/url-visibility.js';
import { mayAsk, sitePattern } from '../../browser-ext/common/site.js';
import { report } from '../../browser-ext/background/progress.js';

const url = 'http://localhost:8000/';
/** @typedef {import('../../browser-ext/link/protocol.js').Kind} Kind */

/** @param {Kind[]} kinds */
const changes = (...kinds) => kinds.map((kind) => ({ path: `a.${kind}`, kind }));

test('only a complete page is asked to replace files, and only those of a kind that it can replace', () => {
	const whole = { status: 'complete' };
	assert.ok(asksPage(changes('css', 'image', 'font', 'media', 'script'), whole, { url }));
	for (const kind of /** @type {Kind[]} */ (['page', 'data', 'other'])) {
		assert.ok(!asksPage(changes('css', kind), whole, { url }));
	}
	assert.ok(!asksPage(undefined, whole, { url }));
	assert.ok(!asksPage([], whole, { url }));
	assert.ok(!asksPage(changes('css'), { status: 'loading' }, { url }));
	const pending = { event: 1, until: /** @type {const} */ ('shown'), why: '' };
	assert.ok(!asksPage(changes('css'), whole, { url, pending }), 'the pending reload shows it');
});

test('a save does not replace an earlier one that its tab has not handled yet', () => {
	const page = { event: 1, changes: [{ path: 'a.php', kind: /** @type {const} */ ('page') }], oldUntil: 5000 };
	const css = { event: 2, changes: [{ path: 'a.css', kind: /** @type {const} */ ('css') }] };
	assert.deepEqual(merge(page, css), { event: 2, changes: [...page.changes, ...css.changes], oldUntil: 5000 });
	assert.deepEqual(merge(page, { ...page, event: 2, oldUntil: 7000 }), { ...page, event: 2, oldUntil: 7000 });
	assert.deepEqual(merge({ event: 1, restarted: true }, { ...css, unseen: true }),
		{ event: 2, changes: undefined, unseen: true, restarted: true }, 'anything may have changed');
	assert.equal(merge({ ...css, event: 1, patch: false }, css).patch, false);
});

/** @type {[string, Parameters<typeof mustWait>, string | undefined][]} */
const WAITS = [
	['in front', [{ active: true }, { url }, { hidden: 'wait', where: 'unknown' }], undefined],
	['hidden', [{ active: false }, { url }, { hidden: 'wait', where: 'unknown' }], 'shown'],
	['hidden, set not to wait', [{ active: false }, { url }, { hidden: 'now', where: 'unknown' }], undefined],
	['asleep', [{ active: false, discarded: true }, { url }, { hidden: 'now', where: 'unknown' }], 'shown'],
	['guarded', [{ active: true }, { url, guard: 'why' }, { hidden: 'wait', where: 'unknown' }], 'safe'],
	['recorded', [{ active: true, sharingState: { microphone: true } }, { url }, { hidden: 'wait', where: 'unknown' }], 'safe'],
	['hidden by our own reload', [{ active: true }, { url, urlVisibility: 'hidden' }, { hidden: 'wait', where: 'unknown' }], undefined],
	['out of sight', [{ active: true }, { url, urlVisibility: 'lost' }, { hidden: 'wait', where: 'unknown' }], 'click'],
	['out of sight, on this machine', [{ active: true }, { url, urlVisibility: 'lost' }, { hidden: 'wait', where: 'local' }], undefined],
];

for (const [what, given, until] of WAITS) {
	test(`a tab that is ${what} waits for ${until ?? 'nothing'}`, () => {
		assert.equal(mustWait(...given)?.until, until);
	});
}

test('the cache is bypassed only for kinds of files that it may have', () => {
	for (const kind of /** @type {Kind[]} */ (['css', 'image', 'font', 'media', 'script', 'data'])) {
		assert.ok(bypassesCache(changes('page', kind)), kind);
	}
	assert.ok(bypassesCache(undefined));
	assert.ok(!bypassesCache(changes('page')));
	assert.ok(!bypassesCache(changes('other')));
});

test('the page is requested first if its scripts can compare it', () => {
	const whole = { status: 'complete', active: true }, hidden = { status: 'complete', active: false };
	assert.ok(looksFirst(whole, { url, hasScripts: true }, 'wait'));
	assert.ok(looksFirst(hidden, { url, hasScripts: true }, 'now'));
	assert.ok(!looksFirst(hidden, { url, hasScripts: true }, 'wait'));
	assert.ok(!looksFirst({ status: 'loading' }, { url, hasScripts: true }, 'wait'));
	assert.ok(!looksFirst(whole, { url }, 'wait'));
	assert.ok(!looksFirst(whole, { url: 'file:///home/me/a.html', hasScripts: true }, 'wait'));
});

test('the history of a tab is limited, the latest event first', () => {
	const history = new History();
	history.await(9, { event: 1, subject: 'save a.py' }, 'waiting', 'why', 0);
	history.await(9, { event: 1, subject: 'save a.py' }, 'down', 'why', 5);
	history.await(9, { event: 2, subject: 'save b.py' }, 'down', 'why', 6);
	assert.deepEqual(history.of(9).map(({ event, subject, steps }) => [event, subject, steps.map(({ step }) => step).join(' ')]),
		[[2, 'save b.py', 'down'], [1, 'save a.py', 'waiting down skipped']], 'events that wait for the server are listed');
	history.begin(9, 2, ['b.py'], 'save b.py', 8);
	assert.deepEqual(history.of(9).map(({ event, files }) => [event, files.length]), [[2, 1], [1, 0]], 'and not twice');
	for (let event = 1; event <= 20; event++) {
		history.begin(17, event, [`${event}.css`], undefined, 1000 * event);
	}
	for (let i = 0; i < 50; i++) {
		history.note(report(20, 17, 'pending', 'why'), 20005);
	}
	history.note(report(99, 17, 'loaded'), 1);
	history.note(report(20, 18, 'loaded'), 1);
	assert.deepEqual(history.of(17).map(({ event }) => event), [20, 19, 18, 17, 16, 15, 14, 13]);
	assert.equal(history.of(17)[0].steps.length, 12);
	assert.deepEqual(history.of(17)[0].steps[0], { step: 'pending', detail: 'why', msec: 5 });
	history.forget(17);
	assert.deepEqual(history.of(17), []);
});

test('stored values of any kind become valid settings', () => {
	const daemons = [{ id: 'local', name: 'this computer', port: 7283 }];
	assert.deepEqual(toSettings({}), { port: 7283, daemons, choices: {}, hidden: 'wait', sites: [], unpatched: [], ask: true, asked: [] });
	assert.deepEqual(toSettings({ port: '1', hidden: 'now', sites: ['http://a', 7, null, 'null'] }),
		{ port: 7283, daemons, choices: {}, hidden: 'now', sites: ['http://a'], unpatched: [], ask: true, asked: [] });
	const devbox = { id: 'a-1', name: 'devbox', port: 7284 };
	assert.deepEqual(toSettings({
		port: 7290,
		daemons: [devbox, { ...devbox, name: 'again' }, { ...devbox, id: 'local' }, { ...devbox, id: 'b', port: 0 },
			{ ...devbox, id: 'c', name: ' ' }, { ...devbox, id: 'd:e' }, null, 7],
		choices: { 'http://a': 'a-1', 'http://b': 'gone', 'no site': 'a-1', 'http://c': 7 },
	}), {
		port: 7290, daemons: [{ ...daemons[0], port: 7290 }, devbox], choices: { 'http://a': 'a-1' }, hidden: 'wait', sites: [], unpatched: [], ask: true, asked: [],
	});
	assert.deepEqual(toSettings({ daemons: 'x', choices: null }).daemons, daemons);
	assert.equal(toSettings({ daemons: Array.from({ length: 99 }, (_, i) => ({ ...devbox, id: `d${i}` })) }).daemons.length, 17);
	assert.equal(toSettings({ sites: Array(1000).fill('http://a') }).sites.length, 256);
});

test('a permission is for a host, since Firefox\'s patterns have no ports', () => {
	assert.equal(sitePattern('http://localhost:8000/a?b'), 'http://localhost/*');
	assert.equal(sitePattern('https://[::1]:8000/'), 'https://[::1]/*');
	assert.equal(sitePattern('file:///home/me/a.html'), 'file:///*');
});

test('the click on a site\'s first tab may ask for permission, once', () => {
	const settings = { ask: true, asked: ['http://localhost/*'] };
	assert.equal(mayAsk({ url: 'http://127.0.0.1:8000/' }, settings), true);
	assert.equal(mayAsk({ url: 'http://localhost:8000/' }, settings), false, 'it was asked on another port');
	assert.equal(mayAsk({ url: 'http://127.0.0.1:8000/', incognito: true }, settings), false);
	assert.equal(mayAsk({ url: 'http://127.0.0.1:8000/' }, { ...settings, ask: false }), false);
	assert.equal(mayAsk({ url: 'file:///a.html' }, settings), false);
	assert.equal(mayAsk({}, settings), false);
	assert.deepEqual(toSettings({ ask: 'yes', asked: ['http://a/*', 7] }).asked, ['http://a/*']);
});

test('which URLs are on this machine', () => {
	for (const local of ['http://localhost/', 'http://a.localhost:1/', 'http://127.0.0.1/', 'http://[::1]/', 'https://x.test/', 'file:///a']) {
		assert.ok(isLocal(local), local);
	}
	for (const other of ['http://example.com/', 'http://localhost.example.com/', 'http://127.0.0.1.example/', 'http://mylocalhost/']) {
		assert.ok(!isLocal(other), other);
	}
});

test('before the browser has answered, a page requests only what is certain to be new and permitted', () => {
	const order = { event: 1, changes: changes('script') }, entry = { url };
	assert.deepEqual(requestsOf(order, true, entry), { look: true, refresh: true });
	assert.deepEqual(requestsOf(order, false, entry), { look: false, refresh: true });
	assert.deepEqual(requestsOf({ ...order, patch: false }, true, entry), { look: false, refresh: true });
	assert.deepEqual(requestsOf({ ...order, oldUntil: 1 }, true, entry), { look: false, refresh: false });
	assert.deepEqual(requestsOf({ ...order, restarted: true }, true, entry), { look: true, refresh: false });
	assert.deepEqual(requestsOf({ event: 1 }, true, entry), { look: true, refresh: false });
	assert.equal(requestsOf(order, true, { url, guard: 'a file is chosen in a form' }).refresh, false);
	assert.deepEqual(requestsOf(order, true, { url: 'file:///a.html' }), { look: false, refresh: false });
});

test('the popup says what to do only if something is wrong', () => {
	/** @param {import('../../browser-ext/link/socket.js').Link} link @param {import('../../browser-ext/background/tabs.js').TabEntry} [entry] */
	const known = (link, entry) => ({ icon: decideIcon(entry, link, 7283), link, port: 7283, entry });
	/** @param {import('../../browser-ext/link/protocol.js').TabState} state */
	const answered = (state) => known('up', { url, answer: { type: 'tab', tab: 1, state, project: 'potato', reason: 'why' } });
	const text = (/** @type {any} */ given) => adviceFor(given)?.map((one) => one.text).join('');
	assert.match(String(text(known('down', { url }))), /^Start the daemon: systemctl --user enable --now savecast.*savecast status/);
	assert.match(String(text(known('refused', { url }))), /savecast status/);
	assert.match(String(text(known('foreign', { url }))), /Another user.s program .* pair again/);
	assert.doesNotMatch(String(text(answered('none'))), /git|track/);
	const bare = known('up', { url, answer: { type: 'tab', tab: 1, state: 'none', reason: 'port 8000 is served by python3 from /srv/a: no git: run savecast track /srv/a', advice: 'savecast track /srv/a' } });
	assert.equal(reasonOf(bare), 'port 8000 is served by python3 from /srv/a: no git');
	assert.match(String(text(bare)), /^To make it a project, run savecast track \/srv\/a/);
	const gone = known('up', { url, answer: { type: 'tab', tab: 1, state: 'none', reason: 'nothing listens on port 8000 of localhost: start the server', cause: 'no-server' } });
	assert.deepEqual([stateName(gone), reasonOf(gone), text(gone)], ['No server', 'nothing listens on port 8000 of localhost: start the server', undefined]);
	assert.match(String(text(answered('down'))), /reloads when the server answers/);
	assert.equal(text(answered('live')), undefined);
	assert.equal(text(known('idle')), undefined);
	const action = (/** @type {any} */ given) => { const { to, first } = actionFor(given) ?? {}; return to && [to, first]; };
	const folder = known('up', { url, answer: { type: 'tab', tab: 1, state: 'none', reason: 'why', advice: 'savecast track /srv/site', folder: '/srv/site' } });
	assert.equal(actionFor(folder)?.label, 'Make “site” a project');
	assert.deepEqual([action(folder), action(bare), action(gone)], [['track', true], undefined, undefined]);
	assert.doesNotMatch(String(text(folder)), /savecast track/);
	assert.deepEqual([action(answered('live')), action(answered('waiting')), action(answered('down'))], [['reload', false], undefined, ['reload', false]]);
	assert.deepEqual(action(known('up', { url, pending: { event: 1, until: 'shown', why: 'why' } })), ['reload', true]);
	assert.deepEqual([action(known('down', { url })), action(known('refused', { url })), action(known('idle'))], [undefined, ['settings', false], ['on', true]]);
	assert.equal(stateName(answered('live')), 'Live: potato');
	assert.equal(reasonOf(answered('waiting')), 'potato: why');
	assert.equal(stateName(known('up', { url, paused: 'x' })), 'Paused');
});

test('a pending reload is not needed for a page that was requested after the save, unless the page may have old files', () => {
	const entry = /** @type {any} */ ({ saved: { event: 1, at: 1000 } });
	/** @param {number} at @param {object} pending */
	const newer = (at, pending, of = entry) => isNewer(at, /** @type {any} */ ({ event: 1, until: 'safe', why: '', ...pending }), of);
	const page = { changes: [{ kind: 'page', path: '/a.html' }] };
	assert.equal(newer(1001, page), true);
	assert.equal(newer(1000, page), false);
	assert.equal(newer(0, page), false);
	assert.equal(newer(1001, page, /** @type {any} */ ({})), false);
	assert.equal(newer(1500, { ...page, oldUntil: 1500 }), false);
	assert.equal(newer(1501, { ...page, oldUntil: 1500 }), true);
	assert.equal(newer(1001, { ...page, restarted: true }), false);
	assert.equal(newer(1001, {}), false);
	assert.equal(newer(1001, { changes: [...page.changes, { kind: 'css', path: '/a.css' }] }), false);
	assert.equal(newer(1001, { cached: true }), true);
});
