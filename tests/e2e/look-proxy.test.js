// SPDX-License-Identifier: MIT
//
// A site that a build makes, slowly, behind the user's own reverse proxy: the tab waits for the new
// answer, and never shows the old one as if it were new. SAVECAST_LONG tries each proxy.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missing, missingOrLong, pageScriptsReady, reaches, switchOn } from '../lib/live.js';
import { LONG, World } from '../lib/world.js';

const BUILD_MSEC = 2000;

/** A site server with its build: what is in src/ is in dist/ later. */
const SERVER = `
import { createServer } from 'node:http';
import { copyFileSync, readFileSync, watch } from 'node:fs';
copyFileSync('src/index.html', 'dist/index.html');
let timer;
watch('src', () => { clearTimeout(timer); timer = setTimeout(() => copyFileSync('src/index.html', 'dist/index.html'), ${BUILD_MSEC}); });
createServer((_, response) => {
	response.setHeader('Content-Type', 'text/html');
	response.end(readFileSync('dist/index.html'));
}).listen(Number(process.argv[2]));`;

const PROXY = `
import http from 'node:http';
http.createServer((request, response) => {
	request.pipe(http.request({ port: Number(process.argv[3]), path: request.url, method: request.method, headers: request.headers },
		(answer) => { response.writeHead(answer.statusCode, { ...answer.headers, Via: '1.1 proxy' }); answer.pipe(response); }));
}).listen(Number(process.argv[2]));`;

/** @param {number} port @param {number} to */
const CADDY = (port, to) => `{\\n\\tadmin off\\n\\tauto_https off\\n}\\nhttp://localhost:${port} {\\n\\treverse_proxy localhost:${to}\\n}\\n`;

/** @type {[string, string | false, (port: number, to: number) => string[]][]} */
const PROXIES = [
	['Caddy', !existsSync('/usr/bin/caddy') && 'caddy is not installed',
		(port, to) => ['sh', '-c', `printf '${CADDY(port, to)}' >Caddyfile; exec caddy run --config Caddyfile --adapter caddyfile`]],
	['a proxy of Node that names itself', false, (port, to) => [process.execPath, 'proxy.mjs', String(port), String(to)]],
];

const page = (/** @type {string} */ text) => `<!doctype html><meta charset="utf-8"><title>site</title><h1>${text}</h1><input id="typed">`;

/**
 * A page behind a proxy that is on, with what a user has typed in it.
 *
 * @param {World} world
 * @param {import('../lib/live.js').Which} which
 * @param {string} proxy
 * @param {(port: number, back: number) => string[]} command
 */
async function openShop(world, which, proxy, command) {
	await world.startDaemon();
	const root = await world.folder('shop', { 'server.mjs': SERVER, 'proxy.mjs': proxy, 'src/index.html': page('one'), 'dist/index.html': '' }, { git: true });
	const back = await world.serve('server', root, (port) => [process.execPath, 'server.mjs', String(port)]);
	const front = await world.serve('proxy', root, (port) => command(port, back.port));
	const browser = await world.browser(which, { grant: ['http://localhost/*'] });
	const tab = await browser.newPage(front.url);
	await switchOn(world, tab);
	await pageScriptsReady(browser);
	await tab.evaluate('(typed.value = "mine", window.old = true, 1)');
	return { root, tab };
}

for (const which of BROWSERS) {
	for (const [name, lacks, command] of LONG ? PROXIES : PROXIES.slice(which === 'firefox' ? 1 : 0).slice(0, 1)) {
		test(`${which}: ${name} in front of a build of ${BUILD_MSEC} ms: each save shows what was saved`, { skip: missingOrLong(which) || lacks }, async t => {
			const world = await World.open(t, { why: true });
			const { root, tab } = await openShop(world, which, PROXY, command);
			for (const text of ['two', 'three', 'four']) {
				await writeFile(path.join(root, 'src/index.html'), page(text));
				const event = await world.bus.saved(path.join(root, 'src/index.html'));
				const told = await reaches(world, event, 'patched');
				assert.equal(await tab.evaluate('document.querySelector("h1").textContent + typed.value + window.old'), `${text}minetrue`, JSON.stringify(told.steps));
			}
			await until('a live tab', async () => (await world.bus.tabs())[0]?.state === 'live');
		});
	}

	test(`${which}: a proxy that does not name itself: what the build writes is noticed`, { skip: missing(which) || (!LONG && 'with --long') }, async t => {
		const world = await World.open(t, { watch: true, why: true });
		const plain = PROXY.replace("{ ...answer.headers, Via: '1.1 proxy' }", 'answer.headers');
		assert.notEqual(plain, PROXY);
		const { root, tab } = await openShop(world, which, plain, (port, back) => [process.execPath, 'proxy.mjs', String(port), String(back)]);
		for (const text of ['two', 'three', 'four']) {
			await writeFile(path.join(root, 'src/index.html'), page(text));
			await until(text, async () => await tab.evaluate('document.querySelector("h1").textContent + typed.value + window.old') === `${text}minetrue`,
				{ msec: 2 * BUILD_MSEC });
		}
	});
}
