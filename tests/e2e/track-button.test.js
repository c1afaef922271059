// SPDX-License-Identifier: MIT
//
// The popup's button that makes the folder of the page's server a project. The message names no
// folder: the daemon uses the one that it has found itself.
import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, clickInPopup, live, missingOrLong, story, words } from '../lib/live.js';
import { Client } from '../lib/wire-client.js';
import { TOP, World } from '../lib/world.js';

/** @param {World} world @param {string} name @param {{git?: boolean, at?: string}} [options] */
const serve = async (world, name, { git, at } = {}) => {
	const root = at ?? await world.folder(name, { 'index.html': '<h1>one</h1>' }, { git });
	// A copy, so that the command line names no folder of another project.
	await copyFile(path.join(TOP, 'tests/lib/site-server.js'), path.join(root, 'server.mjs'));
	return { root, ...await world.serve(name, root, (port) => [process.execPath, 'server.mjs', String(port)]) };
};

for (const which of BROWSERS) {
	test(`${which}: a folder that is not in git becomes a project with one click`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await serve(world, 'my site');
		const browser = await world.browser(which);
		const page = await browser.newPage(site.url);
		await page.clickAction();
		const { tab } = await until('the badge', async () => {
			const icon = await browser.activeIcon();
			return icon.badge === '?' ? icon : null;
		});
		await clickInPopup(browser, tab, 'action');
		await live(world, 1);
		await page.activate();
		await until('the badge', async () => (await browser.activeIcon()).badge === 'on');
		await writeFile(path.join(site.root, 'index.html'), '<h1>two</h1>');
		await world.bus.saved(path.join(site.root, 'index.html'));
		assert.equal(words(await story(world)).at(-1), 'loaded');
		// It is tracked permanently.
		await until('the state file', async () => (await readFile(path.join(world.temp, 'state/savecast/projects.json'), 'utf8').catch(() => '')).includes(site.root));
	});
}

test('track is ignored if no folder was found, in the home folder, and for a tab that is not on', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	await writeFile(path.join(world.home, 'index.html'), '<h1>home</h1>');
	const home = await serve(world, 'home', { at: world.home });
	const client = new Client(world);
	await client.hello();
	const answer = async (/** @type {object} */ message) => {
		const mark = client.log.mark;
		client.send(message);
		return client.log.next('the answer', ({ type, state }) => type === 'tab' && state !== 'looking', { mark });
	};
	const first = await answer({ type: 'watch', tab: 1, url: home.url });
	assert.deepEqual([first.state, first.folder], ['none', undefined]);
	assert.equal((await answer({ type: 'track', tab: 1 })).state, 'none');
	assert.equal((await answer({ type: 'watch', tab: 2, url: 'http://localhost:1/' })).folder, undefined);
	assert.equal((await answer({ type: 'track', tab: 2 })).state, 'none');
	client.send({ type: 'track', tab: 3 });
	assert.equal((await answer({ type: 'watch', tab: 4, url: 'http://localhost:1/' })).tab, 4);
	assert.equal(JSON.parse((await world.savecast('status', '--json')).stdout).projects.length, 0);
});
