// SPDX-License-Identifier: MIT
/**
 * Real dev servers that update their pages themselves, each with a page in Chromium: the extension
 * sees the server's client in the page, and the daemon knows most of the servers from their processes,
 * too. With the client switched off, savecast updates the page.
 */
import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { PACKAGE, PACKAGES, ROWS } from '../lib/hmr-servers.js';
import { heading, live, missing, pageScriptsReady, story, words } from '../lib/live.js';
import { freePort } from '../lib/ports.js';
import { LONG, World } from '../lib/world.js';

/** The clients that the extension has found in the page of the active tab. @param {import('../lib/browser/chromium.js').Chromium} browser @param {number} tab */
const clientsIn = (browser, tab) => browser.evaluateInWorker(
	`chrome.storage.session.get('tabs').then(({ tabs }) => tabs.find(([id]) => id === ${tab})?.[1].updates?.map(({ who }) => who))`);

/** @param {string} folder @param {string[]} packages */
async function install(folder, packages) {
	// With the user's own settings, which say where packages come from.
	const { status, stderr } = await run(['npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', ...packages], process.env);
	assert.equal(status, 0, stderr);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {World} world
 * @param {import('../lib/browser/chromium.js').Chromium} browser
 * @param {string} name
 */
async function tryRow(t, world, browser, name) {
	const { client, known, saved, text, files = {}, command, off = false, packages } = ROWS[name];
	const folder = path.join('sites', name.replace(/\W+/g, '-'));
	const root = await world.folder(folder, { 'package.json': PACKAGE, [saved]: text('v0'), ...files }, { git: true });
	if (packages) {
		await install(root, packages);
	}
	const bin = (/** @type {string} */ file) => path.join(packages ? root : path.dirname(root), 'node_modules', file);
	const other = await freePort();
	const { server, url } = await world.serve(name.replace(/\W+/g, '-'), root, port => command(bin, port, other));
	const page = await browser.newPage(url);
	t.after(async () => {
		await page.close();
		await world.children.stop(server);
	});
	const shows = (/** @type {string} */ wanted) => until(wanted, async () => (await heading(page)).trim().startsWith(wanted), { msec: 60000 });
	await shows('v0');
	await page.clickAction();
	const [{ reason }] = await live(world, 1);
	const { tab } = await browser.activeIcon();
	const says = /; (\S.*) reloads its pages itself/.exec(reason)?.[1];
	assert.equal(says, known, reason);
	await pageScriptsReady(browser);
	const found = await until('the clients', () => clientsIn(browser, tab));
	assert.deepEqual(found, client ? [client] : [], `of ${name}`);
	// A user does not save sooner, and what a page still loads looks like an update.
	const settled = async () => {
		await until('a page that loads nothing more', () => page.evaluate(`performance.now() - 1500 > Math.max(500, ...performance.getEntriesByType('resource')
			.filter(({ initiatorType }) => ['script', 'link', 'other'].includes(initiatorType)).map(({ responseEnd }) => responseEnd))`), { msec: 20000 });
		await pageScriptsReady(browser);
	};
	await settled();

	/** @param {string} file @param {string} content */
	const save = async (file, content) => {
		// By a rename: some servers reload the page when the file is still empty, and that page has no client.
		await writeFile(path.join(world.temp, 'fresh'), content);
		await rename(path.join(world.temp, 'fresh'), path.join(root, file));
		const serial = await world.bus.saved(path.join(root, file));
		return story(world, serial - 1);
	};
	/** @param {any} told */
	const isOwn = (told) => words(told).some((step) => ['loaded', 'patched', 'swapped'].includes(step));
	let told = await save(saved, text('v1'));
	await shows('v1');
	assert.equal(isOwn(told), off, JSON.stringify(told.steps));
	await settled();
	if (off) {
		// From now on, savecast does not wait for the client.
		told = await save(saved, text('v2'));
		await shows('v2');
		assert.equal(isOwn(told), true, JSON.stringify(told.steps));
		assert.ok(told.steps.at(-1).at < 3e6, JSON.stringify(told.steps));
	} else {
		told = await save(path.join(path.dirname(saved), 'unused.js'), '// The page does not use it.\n');
		assert.equal(isOwn(told), false, JSON.stringify(told.steps));
	}
}

test('dev servers with a client in their page', { skip: missing('chromium') || (LONG ? false : 'with --long: it installs 1 GB of packages') }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const sites = path.join(world.home, 'sites');
	await mkdir(sites, { recursive: true });
	await install(sites, PACKAGES);
	const browser = await world.browser('chromium', { grant: ['http://*/*'] });
	for (const name of Object.keys(ROWS)) {
		await t.test(name, (row) => tryRow(row, world, browser, name));
	}
});
