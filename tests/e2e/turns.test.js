// SPDX-License-Identifier: MIT
//
// The CPU time of one turn of the loop: no call may delay the others.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { TURN_MSEC, watchTurns } from '../lib/loop-turns.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SANITIZED, World } from '../lib/world.js';

/** Of each browser. */
const TABS = LONG ? 1000 : 200;
const SAVES = LONG ? 5000 : 1000;

const TOO_SLOW = SANITIZED && 'a sanitizer makes the daemon slower';

/**
 * @param {import('node:test').TestContext} t
 * @param {boolean} mount whether a FUSE file system is mounted, so that links are followed one by one
 */
async function checkCalls(t, mount) {
	const world = await World.open(t);
	const turns = await watchTurns(world);
	const rules = `${`\tignore = ${'*a'.repeat(15)}*b\n`.repeat(31)}${`\tignore = ${'**/'.repeat(80)}b\n`.repeat(31)}`;
	const root = await world.folder('site', { 'a.css': '', '.savecast': `[savecast]\n${rules}` }, { git: true });
	await world.folder('plain', { 'a.css': '', ['d/'.repeat(240) + 'a.css']: '' }, { git: true });
	if (mount) {
		await HangFs.mount(world, 'remote');
	}
	await world.startDaemon();
	await world.bus.saved(path.join(root, 'a.css'));
	const many = (/** @type {string} */ folder, /** @type {number} */ count) =>
		Array.from({ length: count }, (_, i) => path.join(world.home, folder, `${i}/file.css`));
	/** @type {[string, string[]][]} */
	const calls = [
		['4,096 names that do not exist', many('plain', 4096)],
		['4,096 names in no project', Array.from({ length: 4096 }, (_, i) => `/nowhere/${i}`)],
		['64 of the deepest names', Array.from({ length: 64 }, (_, i) => `${world.home}/plain/${`${i % 10}/`.repeat(240)}x`)],
		['4,096 of the deepest names', Array.from({ length: 4096 }, (_, i) => `${world.home}/plain/${i}/${`${i % 10}/`.repeat(238)}x`)],
		['4,096 names in a deep folder', Array.from({ length: 4096 }, (_, i) => `${world.home}/plain/${'d/'.repeat(240)}${i}`)],
		['62 rules on a long name', [path.join(root, 'a'.repeat(240))]],
		['62 rules on a deep name', [path.join(root, 'a/'.repeat(240), 'x')]],
	];
	for (const [what, names] of calls) {
		await turns.reset();
		await world.bus.saved(...names);
		await world.bus.properties(); // the turn that answered the save is over, and counted
		const { cpu: msec } = await turns.longest();
		t.diagnostic(`${what}: ${msec.toFixed(1)} ms`);
		assert.ok(msec < TURN_MSEC, `${what}: ${msec} ms`);
	}
	await assert.rejects(world.bus.saved(`/${'a/'.repeat(256)}b`), /must have at most 256 components/);
}

test('no message of a browser, and no list, blocks the loop for long', { skip: TOO_SLOW }, async t => {
	const world = await World.open(t);
	const turns = await watchTurns(world);
	const root = await world.folder('site', { 'a.css': '', 'a.html': '' }, { git: true });
	await world.startDaemon();
	/**
	 * @param {string} what
	 * @param {() => Promise<unknown>} act
	 */
	const check = async (what, act) => {
		await turns.reset();
		await act();
		await world.bus.properties(); // the turn that answered is over, and counted
		const { cpu: msec } = await turns.longest();
		t.diagnostic(`${what}: ${msec.toFixed(1)} ms`);
		assert.ok(msec < TURN_MSEC, `${what}: ${msec} ms`);
	};
	/** @type {Client[]} */
	const clients = [];
	await check('ten browsers connect', async () => {
		for (let i = 0; i < 10; i++) {
			clients.push(new Client(world));
			await clients[i].hello(`browser-number-${i}`);
		}
	});
	const watch = (/** @type {(tab: number) => string} */ url) => Promise.all(clients.map(async (client, i) => {
		const { mark } = client.log;
		for (let tab = 0; tab < TABS; tab++) {
			client.send({ type: 'watch', tab, url: url(i * TABS + tab) });
		}
		await client.log.next('the last answer', ({ type, tab, state }) =>
			type === 'tab' && tab === TABS - 1 && state !== 'looking', { mark });
	}));
	await check(`${10 * TABS} tabs of as many ports`, () => watch(n => `http://127.0.0.1:${20000 + n}/`));
	await check(`ListTabs of ${10 * TABS} tabs without a project`, () => world.bus.tabs());
	await check(`${10 * TABS} tabs of a project`, () => watch(n => `file://${root}/${n}.html`));
	await check(`ListTabs of ${10 * TABS} tabs`, async () => assert.equal((await world.bus.tabs()).length, 10 * TABS));
	await check('ListTabs twenty times at once', () => Promise.allSettled(Array.from({ length: 20 }, () => world.bus.tabs())));
	await check('all projects', () => world.bus.projects());
	await check(`Explain a file of a project with ${10 * TABS} tabs`, () =>
		world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: [path.join(root, 'a.css'), {}] }));
	await check(`Explain a URL with ${10 * TABS} tabs`, () =>
		world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: [`file://${root}/a.html`, {}] }));
	await check(`a save that ${10 * TABS} tabs show`, async () => {
		const marks = clients.map(client => client.log.mark);
		await writeFile(path.join(root, 'a.css'), 'p { order: 1 }');
		await world.bus.saved(path.join(root, 'a.css'));
		await Promise.all(clients.map((client, i) => client.next('reload', { mark: marks[i] })));
	});
	await check(`${10 * TABS} reports`, async () => {
		const event = (await world.bus.properties()).LastEvent;
		clients.forEach(client => {
			for (let tab = 0; tab < TABS; tab++) {
				client.send({ type: 'report', event, tab, step: 'loaded' });
			}
		});
		await until('all reports', async () => (await world.bus.events()).at(-1).closed, { every: 20 });
	});
	await check(`${SAVES} saves`, async () => {
		await Promise.all(Array.from({ length: SAVES }, () => world.bus.saved(path.join(root, 'a.css'))));
	});
	await check('all events', () => world.bus.events());
	await check('the project of all tabs is forgotten and found again', async () => {
		await world.savecast('untrack', root);
		await world.savecast('track', root);
		await until('all tabs', async () => (await world.bus.tabs()).every((/** @type {any} */ { state }) => state === 'live'), { every: 50 });
	});
	await check('ten browsers leave', async () => {
		clients.forEach(client => client.socket.terminate());
		await until('no tab', async () => (await world.bus.properties()).Tabs === 0);
	});
});

test('a thousand projects do not block the loop for long', { skip: TOO_SLOW }, async t => {
	const world = await World.open(t);
	const turns = await watchTurns(world);
	const roots = await Promise.all(Array.from({ length: 1000 }, (_, i) => world.folder(`p${i}`, { 'a.css': '', '.savecast': '' })));
	await world.startDaemon();
	await turns.reset();
	/** @type {[string, () => Promise<unknown>][]} */
	const calls = [
		['a call that finds 1,000 projects', () => world.bus.saved(...roots.map(root => path.join(root, 'a.css')))],
		['a save in each of them', () => world.bus.saved(...roots.map(root => path.join(root, 'b.css')))],
		['the list of 1,000 projects', async () => assert.equal((await world.bus.projects()).length, 1000)],
		['properties', () => world.bus.properties()],
	];
	for (const [what, act] of calls) {
		await turns.reset();
		await act();
		await world.bus.properties();
		const { cpu: msec } = await turns.longest();
		t.diagnostic(`${what}: ${msec.toFixed(1)} ms`);
		assert.ok(msec < TURN_MSEC, `${what}: ${msec} ms`);
	}
});

test('a project is untracked while a call of thousands of its files is handled', { skip: TOO_SLOW }, async t => {
	const world = await World.open(t);
	const root = await world.folder('site', { 'a.css': '', '.savecast': '[savecast]\n\tignore = *.txt\n' });
	const other = await world.folder('other', {}, { git: true });
	await world.startDaemon();
	/** @type {Set<string>} */
	const ends = new Set();
	const names = Array.from({ length: 4096 }, (_, i) => path.join(i % 8 ? root : other, `${i}.${i % 3 ? 'css' : 'txt'}`));
	// With a longer delay each time, until the call is answered first.
	for (let delay = 0; !ends.has('answered first'); delay += 5 + delay / 2) {
		await world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [root, {}] });
		const order = /** @type {string[]} */ ([]);
		const saved = world.bus.saved(...names).then(event => {
			order.push('saved');
			return event;
		});
		await new Promise(resolve => { setTimeout(resolve, delay); });
		await world.bus.call({ member: 'Untrack', signature: 's', body: [root] });
		order.push('untracked');
		assert.ok(await saved);
		ends.add(order[0] === 'saved' ? 'answered first' : 'untracked first');
	}
	assert.ok(ends.has('untracked first'));
});

test('no call blocks the loop for long', { skip: TOO_SLOW }, t => checkCalls(t, false));
test('no call blocks the loop for long while a FUSE file system is mounted', { skip: TOO_SLOW || noFuse() }, t => checkCalls(t, true));
