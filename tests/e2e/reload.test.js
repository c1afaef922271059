// SPDX-License-Identifier: MIT
//
// From the save to the tab in both browsers, with only the permission that a click on the icon
// gives.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { openEditor } from '../lib/editors.js';
import { until, within } from '../lib/events.js';
import { BROWSERS, address, clickInPopup, heading, missing, missingOrLong, story, switchOn, words } from '../lib/live.js';
import { World } from '../lib/world.js';

for (const which of BROWSERS) {
	const skip = missing(which);

	for (const editor of ['vim', 'nvim']) {
		test(`${which}: :w of a template in ${editor} reloads only the tab that is switched on`, { skip: editor === 'vim' ? skip : missingOrLong(which) }, async t => {
			const world = await World.open(t);
			await world.startDaemon();
			const site = await world.fastapi('potato');
			const browser = await world.browser(which);
			const other = await browser.newPage(site.url);
			const page = await browser.newPage(site.url);
			await switchOn(world, page);
			await other.evaluate('window.untouched = true');

			const loaded = page.loaded();
			const vim = await openEditor(world, editor, site.template);
			await vim.do('%s/Tomatoes/Potatoes/', 'write');
			await loaded;
			assert.equal(await heading(page), 'Potatoes are fun!');
			const { steps, files, project } = await story(world);
			assert.deepEqual(files, [site.template]);
			assert.equal(project, site.root);
			assert.deepEqual(words({ steps }), ['heard', 'cast', 'reloading', 'loaded']);
			assert.equal(await other.evaluate('window.untouched'), true);
			assert.equal(await heading(other), 'Tomatoes are fun!');
			await vim.quit();
		});
	}

	test(`${which}: after navigation to /about a save stays there`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.fastapi('potato');
		const browser = await world.browser(which);
		const page = await browser.newPage(site.url);
		await switchOn(world, page);

		let loaded = page.loaded();
		await page.evaluate('document.querySelector("a[href=\\"/about\\"]").click()');
		await loaded;
		assert.equal(await address(page), '/about');
		await until('the daemon to know', async () =>
			(await world.bus.tabs()).some((/** @type {any} */ tab) =>
				// Firefox does not show its URL: the tab stays live on the page that it was
				// switched on for.
				tab.url.endsWith(which === 'firefox' ? '/' : '/about') && tab.state === 'live'));

		loaded = page.loaded();
		const about = path.join(site.root, 'templates/about.html');
		await writeFile(about, (await readFile(about, 'utf8')).replace(/<h1>.*<\/h1>/, '<h1>New</h1>'));
		await world.savecast('save', about);
		await loaded;
		assert.equal(await address(page), '/about');
		assert.equal(await heading(page), 'New');
		await page.evaluate('history.back()');
		await until('the previous page', async () => await address(page) === '/');
	});

	test(`${which}: a daemon that was killed and started again reloads at the next :w`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.fastapi('potato');
		const browser = await world.browser(which);
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		const vim = await openEditor(world, 'vim', site.template);
		await vim.do('%s/Tomatoes/Carrots/', 'write');
		await until('the first save', async () => await heading(page) === 'Carrots are fun!');

		await world.endDaemon('SIGKILL');
		await until('the icon shows it', async () => (await browser.activeIcon()).badge !== 'on');
		const started = performance.now();
		await world.startDaemon();
		await until('the tab is live again', async () =>
			(await world.bus.tabs()).some((/** @type {any} */ tab) => tab.state === 'live'));
		t.diagnostic(`live again ${(performance.now() - started).toFixed(0)} ms after the daemon's start`);
		const loaded = page.loaded();
		await vim.do('%s/Carrots/Onions/', 'write');
		await loaded;
		assert.equal(await heading(page), 'Onions are fun!');
		await vim.quit();
	});

	test(`${which}: a killed service worker comes back, and the tab is still on`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.fastapi('potato');
		const browser = await world.browser(which);
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		assert.ok(await browser.killWorker());
		await until('the socket to be gone', async () => (await world.bus.properties()).Browsers === 0);
		// Anything that wakes the worker; the alarm would do so within half a minute.
		const loaded = page.loaded();
		await page.evaluate('location.reload()');
		await loaded;
		await until('the tab is live again', async () =>
			(await world.bus.tabs()).some((/** @type {any} */ tab) => tab.state === 'live'));
		const again = page.loaded();
		await world.savecast('save', site.template);
		await again;
	});

	test(`${which}: a tab that was switched off is not reloaded`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.fastapi('potato');
		const browser = await world.browser(which);
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await clickInPopup(browser, (await browser.activeIcon()).tab, 'toggle');
		await page.activate();
		await until('no tab', async () => (await world.bus.tabs()).length === 0);
		await page.evaluate('window.untouched = true');
		const event = await world.bus.saved(site.template);
		const { steps } = (await world.bus.events()).find((/** @type {any} */ e) => e.serial === event);
		assert.equal(steps.at(-1).step, 'no-tab');
		assert.equal(await page.evaluate('window.untouched'), true);
		assert.equal((await browser.activeIcon()).badge, '');
	});

	test(`${which}: a tab that leaves its site is not reloaded`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.fastapi('potato');
		const elsewhere = await world.serve('elsewhere', await world.folder('elsewhere', { 'index.html': '<h1>else</h1>' }),
			port => ['python3', '-m', 'http.server', '--bind', '127.0.0.1', String(port)]);
		const browser = await world.browser(which, { hosts: ['elsewhere.example'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await page.goto(elsewhere.url.replace('localhost', 'elsewhere.example'));
		await until('no tab is live', async () =>
			!(await world.bus.tabs()).some((/** @type {any} */ tab) => tab.state === 'live'));
		await page.evaluate('window.untouched = true');
		const event = await world.bus.saved(site.template);
		await until('the end of the save', async () =>
			(await world.bus.events()).find((/** @type {any} */ e) => e.serial === event)?.closed);
		assert.equal(await page.evaluate('window.untouched'), true);
	});

	test(`${which}: two projects, two tabs: a save reloads the tab of its project`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const one = await world.fastapi('one');
		const two = await world.fastapi('two');
		const browser = await world.browser(which);
		const first = await browser.newPage(one.url);
		await switchOn(world, first);
		const second = await browser.newPage(two.url);
		await switchOn(world, second, 2);
		await first.evaluate('window.untouched = true');
		const loaded = second.loaded();
		await world.savecast('save', two.template);
		await loaded;
		assert.equal(await first.evaluate('window.untouched'), true);
		const again = first.loaded();
		await first.activate();
		await world.savecast('reload', one.root);
		await within(again, 'savecast reload to reload the first');
	});
}
