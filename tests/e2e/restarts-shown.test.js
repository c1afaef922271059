// SPDX-License-Identifier: MIT
//
// Everything that a tab with permission shows while its server restarts: each saved version once, in
// their order, and never an error page or an older version, even when the code has a mistake.
// With --long all restarting servers, in both browsers.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { servers } from '../lib/dev-servers.js';
import { until } from '../lib/events.js';
import { BROWSERS, heading, missing, missingOrLong, pageScriptsReady, story, switchOn, words } from '../lib/live.js';
import { settled } from '../lib/restarts.js';
import { LONG, World } from '../lib/world.js';

/** Records each heading that the page ever has, over reloads, and what a document without one says. */
const RECORDER = `
	const note = () => {
		const shown = JSON.parse(localStorage.getItem('shown') ?? '[]');
		const now = document.querySelector('h1')?.textContent ?? (document.readyState === 'complete' ? 'no heading: ' + document.body?.textContent : '');
		if (now && shown.at(-1) !== now) {
			localStorage.setItem('shown', JSON.stringify([...shown, now]));
		}
	};
	if (location.protocol === 'http:') {
		new MutationObserver(note).observe(document, { childList: true, subtree: true, characterData: true });
		addEventListener('load', note);
	}`;

/** @param {import('../lib/live.js').Page} page @returns {() => Set<string>} ends it, and returns the addresses that the tab has had */
const watchAddress = (page) => {
	const seen = new Set(/** @type {string[]} */ ([]));
	let ends = false;
	(async () => {
		while (!ends) {
			seen.add(await page.evaluate('location.href').catch(() => page.browser.name));
			await new Promise((resolve) => { setTimeout(resolve, 5); });
		}
	})();
	return () => {
		ends = true;
		seen.delete(page.browser.name);
		return seen;
	};
};

for (const which of BROWSERS) {
	for (const [key, server] of Object.entries(servers).filter(([key]) => LONG || key === 'node')) {
		const { name, file, text, command, needs, files } = server;
		test(`${which}, ${name}: first save, later saves, a mistake, its fix`, { skip: missingOrLong(which) || (needs && `needs ${needs}`) }, async t => {
			const world = await World.open(t);
			await world.startDaemon();
			const root = await world.folder('site', { ...files, [file]: text }, { git: true });
			if ((await run(['sh', '-c', `command -v ${command(0)[0]}`], world.env)).status !== 0) {
				t.skip(`${command(0)[0]} is not installed`);
				return;
			}
			const { url } = await world.serve(key, root, command);
			const browser = await world.browser(which, { grant: ['http://localhost/*'] });
			const page = await browser.newPage(url);
			await switchOn(world, page);
			await page.preload(RECORDER);
			await page.goto(url);
			await pageScriptsReady(browser);
			const addresses = watchAddress(page);
			t.after(addresses);
			/** @param {string} code @param {number} [version] that is shown then */
			const save = async (code, version) => {
				await settled(server);
				const last = (await world.bus.properties()).LastEvent;
				await writeFile(path.join(root, file), code);
				await world.bus.saved(path.join(root, file));
				if (version) {
					await until(`v${version}`, async () => await heading(page).catch(() => '') === `v${version}`);
				}
				return until('an end', async () => {
					const told = (await world.bus.events()).filter((/** @type {any} */ { serial }) => serial > last).at(-1);
					return told && (told.closed || (!version && words(told).some((step) => step === 'down' || step === 'stays'))) && told;
				});
			};
			const versioned = (/** @type {number} */ version) => text.replace('"v0"', `"v${version}"`);
			for (const version of [1, 2, 3]) {
				const told = await save(versioned(version), version);
				if (version > 1) {
					// The first restart may come as a surprise, as an event of its own.
					// The event stream of a page can only begin again with the page.
					assert.ok(words(told).includes(key === 'sse' ? 'loaded' : 'patched'), JSON.stringify(told.steps));
				}
			}
			await save(`${versioned(3)}\n${/py$/.test(file) ? 'def broken(:' : 'const broken = (;'}\n`);
			await save(versioned(4), 4);
			const shown = JSON.parse(await page.evaluate('localStorage.getItem("shown")'));
			assert.deepEqual(shown, ['v0', 'v1', 'v2', 'v3', 'v4'], JSON.stringify(await world.bus.events()));
			assert.deepEqual([...addresses()], [url]);
		});
	}

	test(`${which}: a style sheet that the restarted server makes`, { skip: missing(which) || (!LONG && 'with --long') }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const code = (/** @type {number} */ color, /** @type {string} */ h1) => `
			const COLOR = 'rgb(${color}, 0, 0)', H1 = '${h1}';
			require('node:http').createServer((request, response) => {
				const css = request.url === '/made.css';
				response.setHeader('Content-Type', css ? 'text/css' : 'text/html');
				response.end(css ? 'h1 { color: ' + COLOR + ' }' : '<!doctype html><title>t</title><link rel="stylesheet" href="/made.css"><h1>' + H1 + '</h1>');
			}).listen(Number(process.argv[2]), '127.0.0.1');`;
		const root = await world.folder('site', { 'server.js': code(1, 'one') }, { git: true });
		const { url } = await world.serve('server', root, servers.node.command);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(url);
		await switchOn(world, page);
		await pageScriptsReady(browser);
		const color = () => page.evaluate('getComputedStyle(document.querySelector("h1")).color');
		let last = 0;
		for (const [red, h1, end] of /** @type {[number, string, string][]} */ ([[1, 'two', 'patched'], [2, 'two', 'loaded'], [2, 'two ', 'patched']])) {
			await settled(servers.node);
			await writeFile(path.join(root, 'server.js'), code(red, h1));
			await world.bus.saved(path.join(root, 'server.js'));
			const told = await story(world, last);
			last = told.serial;
			assert.equal(words(told).at(-1), end, JSON.stringify(told.steps));
			await until(h1, async () => await heading(page) === h1 && await color() === `rgb(${red}, 0, 0)`);
		}
	});
}
