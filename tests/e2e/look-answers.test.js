// SPDX-License-Identifier: MIT
//
// The look before a reload, with all kinds of answers of a server: redirects, 304, Basic
// authentication, slow and endless streams, large pages. At most one request is made at a time.
// SAVECAST_LONG tries them all.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, reaches, switchOn } from '../lib/live.js';
import { LONG, World } from '../lib/world.js';

/** Answers with the text of text.txt; prints how many requests for a page were under way at most. */
const SERVER = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
let now = 0, most = 0;
const page = (text, more = '') => '<!doctype html><meta charset="utf-8"><title>t</title><h1>' + text + '</h1>' + more;
const ways = {
	'/redirect'(text, request, response) {
		response.writeHead(...text.endsWith('three') ? [302, { Location: '/plain' }] : [200, { 'Content-Type': 'text/html' }]);
		response.end(page(text));
	},
	'/etag'(text, request, response) {
		const tag = '"' + text.replace(' ', '-') + '"';
		response.writeHead(request.headers['if-none-match'] === tag ? 304 : 200, { ETag: tag, 'Content-Type': 'text/html', 'Cache-Control': 'no-cache' });
		response.end(request.headers['if-none-match'] === tag ? '' : page(text));
	},
	'/basic'(text, request, response) {
		const known = request.headers.authorization === 'Basic ' + Buffer.from('me:secret').toString('base64');
		response.writeHead(known ? 200 : 401, { 'WWW-Authenticate': 'Basic realm="r"', 'Content-Type': 'text/html' });
		response.end(page(known ? text : 'who are you?'));
	},
	'/slow'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'text/html' });
		const parts = page(text, 'x'.repeat(99)).match(/[^]{1,40}/g);
		const next = () => parts.length ? (response.write(parts.shift()), setTimeout(next, 30)) : response.end();
		next();
	},
	'/stream'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'text/html' });
		response.end(page(text, '<script>var got = 0; new EventSource("/events").onmessage = () => { got++; };</script>'));
	},
	'/events'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'text/event-stream' });
		response.write('data: 1\\n\\n');
	},
	'/large'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'text/html' });
		response.end(page(text, Array.from({ length: 5000 }, (_, i) => '<section><h2>' + i + '</h2><p>' + 'lorem ipsum '.repeat(80) + '<b>b</b></p></section>').join('')));
	},
	'/endless'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'text/html' });
		response.write(page(text));
		if (!text.endsWith('three')) {
			response.end();
		} else {
			// Also the reload gets it, which shows what has come so far.
			response.write(' '.repeat(5000));
		}
	},
	'/negotiated'(text, request, response) {
		const wants = /text\\/html/.test(request.headers.accept);
		response.writeHead(200, { 'Content-Type': wants ? 'text/html' : 'application/json' });
		response.end(wants ? page(text) : JSON.stringify({ text }));
	},
	'/plain'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'text/html' });
		response.end(page('plain ' + text));
	},
};
createServer((request, response) => {
	const way = ways[request.url];
	if (!way) {
		response.writeHead(404).end();
		return;
	}
	if (request.url !== '/events') {
		most = Math.max(most, ++now);
		response.on('close', () => { now--; });
		console.log(request.url + ' most ' + most);
	}
	way(readFileSync('text.txt', 'utf8'), request, response);
}).listen(Number(process.argv[2]));`;

/** @type {string[]} */
const CASES = LONG ? ['etag', 'basic', 'slow', 'stream', 'large', 'negotiated', 'redirect', 'endless'] : ['etag', 'stream', 'redirect'];

for (const which of BROWSERS) {
	test(`${which}: a look at redirects, 304, Basic authentication, slow, endless and large answers`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const app = await world.folder('app', { 'app.mjs': SERVER, 'text.txt': 'one' }, { git: true });
		const { url } = await world.serve('app', app, (port) => [process.execPath, 'app.mjs', String(port)]);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(`${url}plain`);
		await switchOn(world, page);
		/** @param {string} text @param {string} step @returns {Promise<any>} its last step */
		const save = async (text, step) => {
			await page.evaluate('(window.old = true, 1)');
			await writeFile(path.join(app, 'text.txt'), text);
			const told = await reaches(world, await world.bus.saved(path.join(app, 'text.txt')), step);
			if (step !== 'reloading') {
				assert.equal(await page.evaluate('window.old === true'), step !== 'loaded', JSON.stringify(told.steps));
			}
			return told;
		};
		const shows = (/** @type {string} */ text) => until(text, async () => await page.evaluate('document.querySelector("h1").textContent') === text);
		/** @param {string} name @param {string} [credentials] */
		const open = async (name, credentials = '') => {
			await writeFile(path.join(app, 'text.txt'), `${name} one`);
			await page.goto(`${url.replace('://', `://${credentials}`)}${name}`);
			await pageScriptsReady(browser);
		};
		for (const name of CASES) {
			await t.test(name, async () => {
				await open(name, name === 'basic' ? 'me:secret@' : '');
				await shows(`${name} one`);
				// Firefox's cache does not give the extension a page with credentials.
				if (name !== 'endless') {
					await save(`${name} two`, name === 'basic' && which === 'firefox' ? 'loaded' : 'patched');
					await shows(`${name} two`);
				}
				if (name === 'stream') {
					assert.equal(await page.evaluate('got'), 1, 'the stream of the page goes on');
				}
				if (name === 'redirect') {
					const told = await save('redirect three', 'loaded');
					assert.match(told.steps.find((/** @type {any} */ one) => one.step === 'reloading').text, /another page/);
					await shows('plain redirect three');
				}
				if (name === 'endless') {
					const told = await save('endless three', 'reloading');
					assert.match(told.steps.at(-1).text, /does not end/);
					await shows('endless three');
				}
				if (name === 'etag') {
					await writeFile(path.join(app, 'readme.rst'), 'x');
					await reaches(world, await world.bus.saved(path.join(app, 'readme.rst')), 'unused');
				}
			});
		}
		assert.match(String((await world.log('app')).trim().split('\n').at(-1)), /most 1$/, 'never two requests at a time');
	});
}
