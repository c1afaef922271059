// SPDX-License-Identifier: MIT
//
// A shared worker goes on while any page uses it, also one that the browser keeps for going back: a reload alone
// does not always make it new.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, story, switchOn } from '../lib/live.js';
import { World } from '../lib/world.js';

const STARTS = '(window.worker = new SharedWorker("/static/shared.js")).port.onmessage = ({ data }) => { window.shown = data; };';
const html = (more = '') => `<!doctype html>${more}<script>${STARTS}</script>`;
const FILES = {
	'index.html': html(), 'two.html': html(`<iframe srcdoc='<script>${STARTS}</script>'></iframe>`),
	'plain.html': '<!doctype html><script src="/static/plain.js"></script>', 'static/plain.js': '1',
	'static/shared.js': "importScripts('a.js'); onconnect = ({ ports: [port] }) => port.postMessage(a)", 'static/a.js': 'globalThis.a = 1',
	'.headers': JSON.stringify({ '/static': { 'Cache-Control': 'max-age=3600' } }),
};

for (const which of BROWSERS) {
	for (const granted of [true, false]) {
		test(`${which}: a shared worker is new after a save, or the log says that it may be old, with${granted ? '' : 'out'} permission`, { skip: missingOrLong(which) }, async t => {
			const world = await World.open(t);
			await world.startDaemon();
			const site = await world.site('site', FILES);
			const browser = await world.browser(which, granted ? { grant: ['http://localhost/*'] } : {});
			const page = await browser.newPage(site.url);
			await switchOn(world, page);
			const ready = async () => granted && pageScriptsReady(browser);
			let last = 0, n = 1;
			/** @param {string} name @param {string} text @returns {Promise<string>} what the log says about the new page */
			const save = async (name, text) => {
				await writeFile(path.join(site.root, name), text);
				await world.bus.saved(path.join(site.root, name));
				const told = await story(world, last);
				last = told.serial;
				const { step, text: said = '' } = told.steps.filter((/** @type {any} */ one) => one.step !== 'problem').at(-1);
				assert.equal(step, 'loaded', JSON.stringify(told.steps));
				return said;
			};
			const shows = () => until(`the worker: ${n}`, async () => await page.evaluate('window.shown').catch(() => 0) === n);
			await shows();
			// With a frame that uses it, too; then the pages before have been left.
			for (const name of ['', 'two.html', '']) {
				await page.goto(site.url + name);
				for (let i = 0; i < 2; i++) {
					await ready();
					const said = await save('static/a.js', `globalThis.a = ${++n}`);
					if (granted) {
						assert.match(said, /, a shared worker that another page uses may be old$/);
						await shows();
					} else {
						assert.match(said, /without permission for the site: .*workers.* may be old$/);
					}
				}
			}
			if (granted) {
				await page.goto(`${site.url}plain.html`);
				await ready();
				assert.equal(await save('static/plain.js', '2'), 'answered 200', 'this page uses none');
			}
		});
	}
}
