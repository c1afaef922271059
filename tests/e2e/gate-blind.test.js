// SPDX-License-Identifier: MIT
/**
 * Servers that the daemon cannot inspect: a reload that fails is tried again, at increasing
 * intervals, until the server answers.
 */
import assert from 'node:assert/strict';
import http from 'node:http';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { freePort } from '../lib/ports.js';
import { switchOn } from '../lib/live.js';
import { heading } from '../lib/restarts.js';
import { LONG, World } from '../lib/world.js';

/**
 * @param {World} world
 * @param {(event: any) => unknown} matches
 */
const event = (world, matches) => until('the event', async () => (await world.bus.events()).findLast(matches));

/** @param {any} of @returns {string[]} */
const words = of => of.steps.map((/** @type {any} */ s) => s.step);

/**
 * @param {World} world
 * @param {string} state
 */
const tabIs = (world, state) => until(`a tab that is ${state}`, async () => {
	const [tab] = await world.bus.tabs();
	return tab.state === state ? tab : null;
}, { every: 5 });

/**
 * A tab of the project `shop`, whose page `http://HOST:PORT/` shows.
 *
 * @param {World} world
 * @param {string} host
 * @param {number} port
 * @param {boolean} [grant] whether the extension has permission for the page
 */
async function stage(world, host, port, grant = true) {
	const root = await world.folder('shop', {
		'a.txt': '0', '.savecast': `[savecast]\n\turl = http://${host}:${port}\n\tdown-after = 1500\n`,
	}, { git: true });
	await world.startDaemon();
	await world.savecast('track', root);
	await world.trust(root);
	const browser = await world.browser('chromium', { ...(grant && { grant: [`http://${host}/*`] }), hosts: [host] });
	const page = await browser.newPage(`http://${host}:${port}/`);
	await switchOn(world, page);
	let version = 0;
	return {
		browser, page,
		save: async () => {
			await writeFile(path.join(root, 'a.txt'), `${++version}`);
			return world.bus.saved(path.join(root, 'a.txt'));
		},
	};
}

// In Chromium, the access after a click survives reloads of the same site.
for (const grant of LONG ? [true, false] : [false]) {
	test(`a proxy that answers 502, seen by ${grant ? 'permission for the site' : 'a click'}: the page reloads when the server behind it answers`,
		t => badGateway(t, grant));
}

/**
 * @param {import('node:test').TestContext} t
 * @param {boolean} grant
 */
async function badGateway(t, grant) {
	const world = await World.open(t);
	let status = 200, asked = 0;
	const proxy = http.createServer((request, response) => {
		asked += Number(request.url === '/');
		response.writeHead(status, { 'content-type': 'text/html' });
		response.end(`<!doctype html><title>t</title><h1>${status}</h1>`);
	}).listen(0);
	t.after(() => { proxy.close(); proxy.closeAllConnections(); });
	const { browser, page, save } = await stage(world, 'shop.test', /** @type {any} */ (proxy.address()).port, grant);

	status = 502;
	const serial = await save();
	const waiting = await tabIs(world, 'waiting');
	assert.match(waiting.reason, /^http:\/\/shop\.test:\d+\/: answered 502; it is reloaded again until the server answers$/);
	assert.match((await tabIs(world, 'down')).reason, /answered 502/);
	assert.equal((await browser.activeIcon()).badge, 'x');
	const failed = await event(world, e => e.serial === serial && e.closed);
	assert.ok(words(failed).includes(grant ? 'stays' : 'failed'), JSON.stringify(failed.steps));
	assert.ok(asked < 12, `${asked} requests: the intervals increase`);

	status = 200;
	const again = await event(world, e => e.source === 'server' && e.closed);
	assert.equal(words(again)[0], 'waiting');
	assert.ok(words(again).includes('loaded'), JSON.stringify(again.steps));
	await tabIs(world, 'live');
	assert.equal(await heading(page), '200');
	const before = asked;
	assert.equal((await world.bus.events()).length, 2);

	status = 503;
	await save();
	await tabIs(world, 'waiting');
	const next = await save(); // replaces the waiting event
	const superseded = await event(world, e => e.source === 'server' && e.serial < next && e.serial > again.serial && e.closed);
	assert.equal(superseded.steps.at(-1).text, `replaced by the newer save #${next}`);
	assert.ok(asked > before);
}

for (const grant of LONG ? [true, false] : [false]) {
	test(`another user's server is gone and comes back, ${grant ? 'seen' : 'unseen'} by the extension: the page reloads`, t => foreign(t, grant));
}

/**
 * @param {import('node:test').TestContext} t
 * @param {boolean} grant
 */
async function foreign(t, grant) {
	const world = await World.open(t);
	if (process.getuid?.() !== 0 || (await run(['sh', '-c', 'command -v setpriv python3'], world.env)).status !== 0) {
		t.skip('needs root, setpriv and python3');
		return;
	}
	const port = await freePort();
	const python = '/usr/bin/python3';
	const start = (/** @type {string} */ name) => world.children.start(name,
		['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', python, '-m', 'http.server', String(port), '--bind', '127.0.0.1'],
		{ cwd: '/usr/share/doc/git', env: world.env });
	const answers = () => until('the server', async () => (await fetch(`http://127.0.0.1:${port}/`)).ok);
	const first = start('nobody');
	await answers();
	const { save } = await stage(world, 'localhost', port, grant);

	await world.children.stop(first);
	await save();
	const { reason } = await tabIs(world, 'waiting');
	assert.match(reason, /(the server did not answer|nothing listens there); it is reloaded again until the server answers/);
	await tabIs(world, 'down');
	start('nobody-again');
	await answers();
	const again = await event(world, e => e.source === 'server' && e.closed);
	assert.deepEqual(words(again), ['waiting', 'cast', 'reloading', 'ready', 'loaded'], 'requested only when it listens');
	await tabIs(world, 'live');
}

test('a failed reload is not tried again forever', async t => {
	const world = await World.open(t);
	const proxy = http.createServer((request, response) => {
		response.writeHead(gone ? 504 : 200, { 'content-type': 'text/html' });
		response.end('<!doctype html><h1>x</h1>');
	}).listen(0);
	let gone = false;
	t.after(() => { proxy.close(); proxy.closeAllConnections(); });
	const { save, page } = await stage(world, 'shop.test', /** @type {any} */ (proxy.address()).port);
	await world.configure(`[savecast]\n\tport = ${world.port}\n\tlook-for = 1000\n`);
	gone = true;
	await until('the new settings', async () => (await world.savecast('status')).status === 0);
	await save();
	const ended = await event(world, e => e.source === 'server' && e.closed);
	assert.match(ended.steps.at(-1).text, /answered 504.*gave up after \d+ s/);
	assert.equal(ended.steps.at(-1).step, 'down');
	assert.match((await tabIs(world, 'down')).reason, /reload the page, or save$/);
	gone = false;
	await page.evaluate('location.reload()');
	await tabIs(world, 'live');
	gone = true;
	await save();
	await tabIs(world, 'down');
	gone = false;
	await save();
	await tabIs(world, 'live');
});
