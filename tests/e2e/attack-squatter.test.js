// SPDX-License-Identifier: MIT
//
// Another user's process uses the port: the extension sends it nothing about a page, ignores its
// messages, and shows the problem; and it finds its own daemon again.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, live, missingOrLong, switchOn } from '../lib/live.js';
import { startSquatter } from '../lib/squatter.js';
import { World } from '../lib/world.js';

const NOT_ROOT = process.getuid?.() !== 0 && 'needs root, to become another user';

/** @param {import('../lib/live.js').Browser} browser */
const title = async (browser) => (await browser.activeIcon()).title;

/**
 * All messages that a daemon can send about this tab, with an invalid proof.
 *
 * @param {number} tab
 */
const lies = (tab) => [
	{ type: 'tab', tab, state: 'live', project: 'too early', reason: 'x' },
	{ type: 'hello', version: '0.1.0', instance: '0123456789abcdef', proof: 'f'.repeat(64), key: 'f'.repeat(64) },
	{ type: 'tab', tab, state: 'live', project: 'a lie', reason: 'x' },
	{ type: 'let-go', tabs: [tab] },
	{ type: 'reload', event: 1, tabs: [tab] },
	{ type: 'ping' },
];

for (const which of BROWSERS) {
	test(`${which}: a program that uses the port first receives no URL, and its messages are ignored`, { skip: missingOrLong(which) || NOT_ROOT }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': '<h1>one</h1>' });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		const { tab } = await browser.activeIcon();
		await page.evaluate('window.old = true');
		const code = String((await world.bus.properties()).PairingCode);
		assert.match(code, /^[0-9a-f]{4}-[0-9a-f]{4}$/);
		assert.match((await world.savecast('status')).stdout, new RegExp(`pairing code ${code}`));

		await world.endDaemon();
		let squatter = await startSquatter(world, lies(tab));
		await until('the icon to say so', async () => /not the savecastd/.test(await title(browser)));
		await squatter.met(2);
		for (const { type, nonce, pair, ...rest } of await squatter.heard()) {
			assert.equal(type, 'hello');
			assert.match(nonce, /^[0-9a-f]{32}$/);
			assert.equal(pair, undefined, 'the key is not asked for again');
			assert.deepEqual(Object.keys(rest), ['browser', 'extension', 'profile']);
		}
		assert.equal(await page.evaluate('window.old'), true, 'the page stays');
		// The daemon serves the other address. Chromium reaches it as localhost; for Firefox
		// that name is 127.0.0.1, and its policies do not accept [::1].
		await world.startDaemon();
		if (which === 'chromium') {
			await live(world, 1);
			await until('the icon to be live', async () => /live: site/.test(await title(browser)));
		} else {
			await squatter.met(4);
			assert.match(await title(browser), /not the savecastd/);
		}
		assert.match(await world.log('savecastd'), /127\.0\.0\.1:\d+: Address already in use: browsers connect to the other/);
		await squatter.end();
		// Now the daemon serves that address, too.
		await live(world, 1);
		await until('the icon to be live', async () => /live: site/.test(await title(browser)));
		await world.endDaemon();

		// A squatter that claims that another browser took over could make a browser stop trying.
		squatter = await startSquatter(world, 4001);
		await squatter.met(2);
		await squatter.end();

		await world.startDaemon();
		await live(world, 1);
		await until('the icon to be live', async () => /live: site/.test(await title(browser)));

		// The user has deleted the state: the key is new, like a squatter's, until they pair again.
		await world.endDaemon();
		await rm(path.join(world.temp, 'state/savecast/key'));
		await world.startDaemon();
		await until('the icon to say so', async () => /not the savecastd/.test(await title(browser)));
		assert.equal((await world.bus.properties()).Tabs, 0);
		const options = await browser.newPage(browser.extensionUrl('ui/options.html'));
		const shown = () => options.evaluate('document.getElementById("code").textContent');
		assert.equal(await until('the code', shown), code);
		assert.match(await options.evaluate('(() => { pair.click(); return pair.textContent; })()'), /^Forget this daemon/, 'it asks first');
		assert.equal((await world.bus.properties()).Tabs, 0);
		await options.evaluate('pair.click()');
		await live(world, 1);
		await options.goto(browser.extensionUrl('ui/options.html'));
		const anew = String((await world.bus.properties()).PairingCode);
		assert.notEqual(anew, code);
		assert.equal(await until('the new code', shown), anew);
	});
}

for (const which of BROWSERS) {
	test(`${which}: a browser that is not paired yet believes only a proof, and says so if that was not the daemon's`, { skip: missingOrLong(which) || NOT_ROOT }, async t => {
		const world = await World.open(t);
		let squatter = await startSquatter(world, lies(1));
		const site = await world.site('site', { 'index.html': '<h1>one</h1>' });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await page.clickAction();
		await until('the icon to say so', async () => /not the savecastd/.test(await title(browser)));
		assert.deepEqual([...new Set((await squatter.heard()).map(({ type, pair }) => `${type} ${pair}`))], ['hello true']);
		await squatter.end();

		// The first contact is not protected: this one is believed.
		squatter = await startSquatter(world, { key: '0f'.repeat(32) });
		await until('a URL', async () => (await squatter.heard()).some(({ type }) => type === 'watch'));
		await squatter.end();
		await world.startDaemon();
		await until('the icon to say so', async () => /not the savecastd/.test(await title(browser)));
		assert.equal((await world.bus.properties()).Tabs, 0);
		const options = await browser.newPage(browser.extensionUrl('ui/options.html'));
		const code = String((await world.bus.properties()).PairingCode);
		assert.notEqual(await until('the code', () => options.evaluate('document.getElementById("code").textContent')), code);
		await options.evaluate('(() => { pair.click(); pair.click(); })()');
		await live(world, 1);
	});
}

for (const which of BROWSERS) {
	test(`${which}: a program on the port cannot send the extension to other ports`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		let asked = 0, redirected = 0;
		const other = http.createServer((_, response) => {
			redirected++;
			response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
		}).listen(0, '127.0.0.1');
		await once(other, 'listening');
		const { port } = /** @type {import('node:net').AddressInfo} */ (other.address());
		const squatter = http.createServer((_, response) => {
			asked++;
			response.writeHead(302, { 'Access-Control-Allow-Origin': '*', Location: `http://127.0.0.1:${port}/secret` }).end();
		}).listen(world.port, '127.0.0.1');
		world.atEnd.push(async () => [other, squatter].forEach((server) => {
			server.close();
			server.closeAllConnections();
		}));
		const site = await world.site('site', { 'index.html': '<h1>one</h1>' });
		const browser = await world.browser(which);
		const page = await browser.newPage(site.url);
		await page.clickAction();
		await until('the icon to say so', async () => (await browser.activeIcon()).badge === '!');
		await until('three requests', async () => asked >= 3);
		assert.equal(redirected, 0);
	});
}
