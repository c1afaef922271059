// SPDX-License-Identifier: MIT
//
// A browser that ends and starts again, with the exact package that its store gets: the tabs that
// were on are switched on again, if savecast has permission for them, and no others.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, live, missingOrLong, switchOn, words } from '../lib/live.js';
import { TOP, World } from '../lib/world.js';

/**
 * A store gives the package for Chromium its id, so it has another one here, which the user accepts.
 *
 * @param {World} world
 * @param {string} which
 */
async function accepted(world, which) {
	if (which === 'chromium') {
		const { code } = await until('the extension to wait', async () =>
			JSON.parse((await world.savecast('pair', '--json')).stdout).extensions.find((/** @type {any} */ { state }) => state === 'waiting'));
		assert.equal((await world.savecast('pair', code)).status, 0);
	}
}

for (const which of BROWSERS) {
	test(`${which}: the tabs of a restored session are live again`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': '<h1>one</h1>', 'two.html': '<h1>two</h1>', 'off.html': '<h1>off</h1>' });
		const packages = execFileSync(path.join(TOP, 'scripts/package-ext'), [world.temp], { encoding: 'utf8' });
		const options = {
			package: packages.split('\n').find((line) => line.endsWith(`-${which}.zip`)),
			grant: ['http://localhost/*'],
		};
		const first = await world.browser(which, options);
		await Promise.all([switchOn(world, await first.newPage(`${site.url}two.html`)), accepted(world, which)]);
		await first.newPage(`${site.url}off.html`);
		await switchOn(world, await first.newPage(site.url), 2);
		const last = await first.evaluateInWorker('chrome.tabs.query({}).then((all) => all.length)');
		await first.end();
		await until('no tab', async () => !(await world.bus.tabs()).length);

		const again = await world.browser(which, { ...options, again: first });
		const tabs = await live(world, 2);
		assert.deepEqual(tabs.map((/** @type {any} */ { url }) => url).sort(), [site.url, `${site.url}two.html`]);
		assert.ok(await again.evaluateInWorker('chrome.tabs.query({}).then((all) => all.length)') >= last);
		const event = await world.bus.saved(path.join(site.root, 'index.html'));
		const told = await until('both to handle it', async () => {
			const one = (await world.bus.events()).find((/** @type {any} */ { serial }) => serial === event);
			return words(one).filter((word) => word === 'pending' || word === 'loaded').length >= 2 && one;
		});
		assert.deepEqual(words(told).filter((word) => word === 'failed' || word === 'skipped'), []);
	});
}
