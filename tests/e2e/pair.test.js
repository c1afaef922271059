// SPDX-License-Identifier: MIT
//
// Which extensions the daemon answers: ours, the first one of a Firefox, and those that the user has
// confirmed. Any other one is told nothing, and cannot close a connection.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { codeOfExtension } from '../../browser-ext/link/proof.js';
import { until } from '../lib/events.js';
import { live, missing } from '../lib/live.js';
import { Client, ORIGIN, PROFILE } from '../lib/wire-client.js';
import { TOP, World } from '../lib/world.js';

const OTHER = `chrome-extension://${'b'.repeat(32)}`;
const FOXES = [1, 2].map((n) => `moz-extension://11111111-2222-4333-8444-00000000000${n}`);

/** @param {World} world @returns {Promise<{code: string, state: string, origin: string, browser: string}[]>} */
const extensions = async (world) => JSON.parse((await world.savecast('pair', '--json')).stdout).extensions;

test('the id that is always known is the one of the manifest', async () => {
	const { key } = JSON.parse(await readFile(path.join(TOP, 'browser-ext/manifest.json'), 'utf8'));
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.from(key, 'base64')));
	const id = [...hash.subarray(0, 16)].flatMap((byte) => [byte >> 4, byte & 15]).map((n) => 'abcdefghijklmnop'[n]).join('');
	assert.equal(`chrome-extension://${id}`, ORIGIN);
	const header = await readFile(path.join(TOP, 'daemon/browser/extensions.h'), 'utf8');
	assert.ok(header.includes(`#define EXTENSION_OURS "${ORIGIN}"`));
});

test('another extension learns nothing, and cannot disconnect the one that is known', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n[savecast "${root}"]\n\turl = http://site.test\n`);
	const ours = new Client(world);
	await ours.hello();
	await ours.watch(1, 'http://site.test/');

	const other = new Client(world, { origin: OTHER });
	await other.opened;
	other.send({ type: 'hello', browser: 'Test 1', extension: '0.1.0', profile: PROFILE, nonce: 'n'.repeat(16), pair: true });
	const { code, message } = await other.next('error', { mark: 0 });
	const own = await codeOfExtension(OTHER);
	assert.deepEqual([code, message], ['unconfirmed', `hello: ${OTHER}: is not known here: to accept it, run savecast pair ${own}`]);
	for (const more of [{ type: 'watch', tab: 1, url: 'http://site.test/' }, { type: 'track', tab: 1 }, { type: 'unwatch', tab: 1 },
		{ type: 'hello', browser: 'Test 1', extension: '0.1.0', profile: PROFILE, pair: true }]) {
		other.send(more);
	}
	const { mark } = ours.log;
	const serial = await world.bus.saved(path.join(root, 'a.css'));
	const reload = await ours.log.next('the reload', ({ type }) => type === 'reload', { mark });
	assert.deepEqual([reload.event, reload.tabs], [serial, [1]]);
	assert.equal(other.log.all.length, 1, 'one error, and nothing else');
	assert.equal(ours.socket.readyState, ours.socket.OPEN);
	assert.deepEqual(await extensions(world), [{ code: own, state: 'waiting', origin: OTHER, browser: 'Test 1' }]);
	assert.match((await world.savecast('status')).stdout, /not known here waits: savecast pair shows it/);

	// Once confirmed, the connection that waited is answered. It has the same profile name as our
	// browser, but counts as another browser.
	const { stdout } = await world.savecast('pair', own);
	assert.equal(stdout, `${OTHER}: may connect from now on\n`);
	assert.match((await other.next('hello', { mark: 0 })).key, /^[0-9a-f]{64}$/);
	assert.equal(ours.socket.readyState, ours.socket.OPEN);
	assert.equal((await world.bus.properties()).Browsers, 2);
	assert.doesNotMatch((await world.savecast('status')).stdout, /not known here waits/);

	// It stays known after a restart of the daemon, until it is revoked.
	await world.endDaemon();
	await world.startDaemon();
	const again = new Client(world, { origin: OTHER });
	await again.hello('another-profile');
	assert.equal((await world.savecast('pair', '--revoke', own)).status, 0);
	assert.equal((await again.closed).code, 1008);
	const third = new Client(world, { origin: OTHER });
	await third.opened;
	third.send({ type: 'hello', browser: 'Test 1', extension: '0.1.0', profile: PROFILE });
	assert.equal((await third.next('error', { mark: 0 })).code, 'unconfirmed');
	assert.match((await world.savecast('pair', '0000-0000')).stderr, /no browser extension with this code/);
});

test('the first extension of a Firefox is remembered, the second waits, even if it came before and left', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const [first, second] = FOXES.map((origin) => new Client(world, { origin }));
	await first.hello('profile-one', 'Firefox 153');
	await second.opened;
	second.send({ type: 'hello', browser: 'Firefox 153', extension: '0.1.0', profile: 'profile-two' });
	assert.equal((await second.next('error', { mark: 0 })).code, 'unconfirmed');
	second.socket.close();
	await second.closed;
	await world.endDaemon('SIGKILL');
	await world.startDaemon();
	assert.deepEqual((await extensions(world)).map(({ origin, state }) => [origin, state]), [[FOXES[0], 'known']]);
	// After a restart it must ask again before it can be confirmed.
	const code = await codeOfExtension(FOXES[1]);
	assert.equal((await world.savecast('pair', code)).status, 1);
	const back = new Client(world, { origin: FOXES[1] });
	await back.opened;
	back.send({ type: 'hello', browser: 'Firefox 153', extension: '0.1.0', profile: 'profile-two' });
	await back.next('error', { mark: 0 });
	back.socket.close();
	await back.closed;
	assert.equal((await world.savecast('pair', code)).status, 0);
	await new Client(world, { origin: FOXES[1] }).hello('profile-two', 'Firefox 153');
	await new Client(world, { origin: FOXES[0] }).hello('profile-one', 'Firefox 153');
});

test('firefox: a profile that is not the first shows the command with which the user accepts it', { skip: missing('firefox') }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	await new Client(world, { origin: FOXES[0] }).hello('profile-one', 'Firefox 153');
	const site = await world.site('site', { 'index.html': '<h1>one</h1>' });
	const browser = await world.browser('firefox');
	const page = await browser.newPage(site.url);
	await page.clickAction();
	const { tab } = await until('the badge', async () => {
		const icon = await browser.activeIcon();
		return icon.badge === '!' ? icon : null;
	});
	const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
	const command = await until('the command', async () =>
		/savecast pair ([0-9a-f-]{9})/.exec(await popup.evaluate('document.body.textContent')));
	await popup.close();
	assert.equal((await world.savecast('pair', command[1])).status, 0);
	await live(world, 1);
});
