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
let now = 0, most = 0, threes = 0, held;
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
	// Holds the second answer with the text "number 3" until it is released.
	'/number'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'text/html' });
		if (text === 'number 3' && ++threes === 2) {
			console.log('held');
			held = response;
		} else {
			response.end(page(text));
		}
	},
	'/forever'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'text/html' });
		response.end(page(text, '<img src="/image.png">'));
	},
	'/image.png'(text, request, response) {
		response.writeHead(200, { 'Content-Type': 'image/png' });
		response.write('x');
	},
	'/release'(text, request, response) {
		held.end(page(text));
		response.end();
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
	if (!['/events', '/release', '/image.png'].includes(request.url)) {
		most = Math.max(most, ++now);
		response.on('close', () => { now--; });
		console.log(request.url + ' most ' + most);
	}
	way(readFileSync('text.txt', 'utf8'), request, response);
}).listen(Number(process.argv[2]));`;

/** @type {string[]} */
const CASES = LONG ? ['etag', 'basic', 'slow', 'stream', 'large', 'negotiated', 'redirect', 'number', 'forever', 'endless'] : ['etag', 'stream', 'redirect', 'number'];

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
		/** @param {string} name @param {string} [credentials] @param {string} [count] */
		const open = async (name, credentials = '', count = 'one') => {
			await writeFile(path.join(app, 'text.txt'), `${name} ${count}`);
			await page.goto(`${url.replace('://', `://${credentials}`)}${name}`);
			await pageScriptsReady(browser);
		};
		/** A change of a number could be a time; once two answers of the same code were equal, it is shown at once. */
		const numbers = async () => {
			await open('number', '', '1');
			await shows('number 1');
			await save('number 2', 'patched');
			await writeFile(path.join(app, 'text.txt'), 'number 3');
			const event = await world.bus.saved(path.join(app, 'text.txt'));
			await shows('number 3');
			await until('the second request', async () => (await world.log('app')).includes('held'));
			assert.equal((await world.bus.events()).find((/** @type {any} */ one) => one.serial === event).closed, false);
			await fetch(`${url}release`);
			await reaches(world, event, 'patched');
		};
		/** A page whose load never ends is reloaded, and its event ends all the same. */
		const forever = async () => {
			await writeFile(path.join(app, 'text.txt'), 'forever one');
			await page.evaluate(`(location.href = '${url}forever', 1)`);
			await shows('forever one');
			await writeFile(path.join(app, 'text.txt'), 'forever two');
			const told = await reaches(world, await world.bus.saved(path.join(app, 'text.txt')), 'loaded');
			assert.equal(told.steps.at(-1).text, 'answered 200, still loading');
			await shows('forever two');
		};
		for (const name of CASES) {
			await t.test(name, async () => {
				if (name === 'number' || name === 'forever') {
					await (name === 'number' ? numbers : forever)();
					return;
				}
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
		assert.doesNotMatch(await world.log('app'), /most [2-9]/, 'never two requests at a time');
	});
}
