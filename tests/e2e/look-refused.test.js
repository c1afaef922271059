// SPDX-License-Identifier: MIT
//
// Servers that answer a script's request for a page otherwise than the browser's: with 403, 404, a login page, or a part
// of the page. They see the look before a reload as a reload, but not the requests of the page's own scripts.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, reaches, switchOn } from '../lib/live.js';
import { World } from '../lib/world.js';

/** Answers with the text of text.txt. /403 and so on: how it answers requests of scripts. */
const SERVER = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const html = (response, status, body, headers) => response.writeHead(status, { 'Content-Type': 'text/html', ...headers }).end(body);
const page = (text, more = '') => '<!doctype html><title>t</title><h1>' + text + '</h1>' + more;
const others = {
	'/403': (response) => html(response, 403, 'refused'),
	'/404': (response) => response.writeHead(404, { 'Content-Type': 'text/plain' }).end('no such page'),
	'/405': (response) => response.writeHead(405).end(),
	'/login': (response) => response.writeHead(302, { Location: '/403' }).end(),
	'/data': (response, text) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(text)),
	'/part': (response, text) => html(response, 200, '<h1>' + text + ' alone</h1>'),
};
createServer((request, response) => {
	const text = readFileSync('text.txt', 'utf8'), { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = request.headers;
	const expected = request.url === '/frame' ? 'iframe' : 'document';
	const isNavigation = mode === 'navigate' && destination === expected && request.headers['upgrade-insecure-requests'] === '1';
	if (request.url.endsWith('.ico') || !isNavigation) {
		(others[request.url] ?? others['/403'])(response, text);
	} else if (text.startsWith('forbidden')) {
		html(response, 403, page(text));
	} else {
		html(response, 200, page(text), request.url === '/varies' ? { Vary: 'Sec-Fetch-Dest, Sec-Fetch-Mode' } : {});
	}
}).listen(Number(process.argv[2]));`;

const OUTER = `
import { createServer } from 'node:http';
createServer((request, response) => response.writeHead(200, { 'Content-Type': 'text/html' })
	.end('<!doctype html><title>outer</title><h1>outer</h1><iframe src="' + process.argv[3] + '"></iframe>')).listen(Number(process.argv[2]));`;

for (const which of BROWSERS) {
	test(`${which}: a server that refuses requests of scripts sees a look as a reload`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const app = await world.folder('app', { 'app.mjs': SERVER, 'text.txt': 'one' }, { git: true });
		const { url } = await world.serve('app', app, (port) => [process.execPath, 'app.mjs', String(port)]);
		const around = await world.folder('around', { 'outer.mjs': OUTER }, { git: true });
		const outer = await world.serve('around', around, (port) => [process.execPath, 'outer.mjs', String(port), `${url}frame`]);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(`${url}first`);
		await switchOn(world, page);
		/** @param {string} text @param {string} step @returns {Promise<any>} */
		const save = async (text, step) => {
			await writeFile(path.join(app, 'text.txt'), text);
			return reaches(world, await world.bus.saved(path.join(app, 'text.txt')), step);
		};
		const shows = (/** @type {string} */ text) => until(text, async () => await page.evaluate('document.querySelector("h1").textContent') === text);

		for (const way of ['403', '404', '405', 'login', 'data', 'part', 'varies']) {
			await t.test(way, async () => {
				await writeFile(path.join(app, 'text.txt'), `${way} one`);
				await page.goto(`${url}${way}`);
				await pageScriptsReady(browser);
				await page.evaluate('(window.old = true, 1)');
				await save(`${way} two`, 'patched');
				await shows(`${way} two`);
				assert.equal(await page.evaluate('window.old'), true);
				assert.notEqual(await page.evaluate('fetch(location.href).then((answer) => answer.text())'),
					await page.evaluate('document.documentElement.outerHTML'), 'the page\'s own request is as before');
			});
		}

		await t.test('an answer that a reload would get, too', async () => {
			const told = await save('forbidden', 'stays');
			assert.equal(told.steps.at(-1).text, 'answered 403');
			await shows('varies two');
			await save('three', 'patched');
			await shows('three');
		});

		await t.test('a frame', async () => {
			await page.goto(outer.url);
			await page.clickAction();
			await until('the frame', async () => (await world.bus.tabs()).some((/** @type {any} */ one) => one.url === `${url}frame` && one.state === 'live'));
			await pageScriptsReady(browser);
			// At the first save, Chromium has not yet what a frame shows.
			await save('four', which === 'firefox' ? 'patched' : 'loaded');
			await save('five', 'patched');
		});
	});
}
