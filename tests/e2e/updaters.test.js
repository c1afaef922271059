// SPDX-License-Identifier: MIT
/**
 * Pages that a dev server updates by itself: its client in the page shows that, and the files that
 * this server updates are left to it. savecast handles all other files.
 */
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { heading, missing, story, switchOn, words } from '../lib/live.js';
import { LONG, TOP, World } from '../lib/world.js';

const VITE = path.join(TOP, 'node_modules/.bin/vite');
const skip = missing('chromium');

/** A backend that reads the template of a page for each request. */
const BACKEND = `import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		self.send_response(200)
		self.send_header('content-type', 'text/html')
		self.end_headers()
		self.wfile.write(open('templates/home.html', 'rb').read())
	def log_message(self, *_):
		pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
`;

const MAIN = (/** @type {string} */ version) => `import './look.css';
document.querySelector('h1').textContent = '${version}';
window.runs = (window.runs ?? 0) + 1;
if (import.meta.hot) {
	import.meta.hot.accept();
}
`;
const LOOK = (/** @type {string} */ color) => `h1 { color: ${color}; }\n`;

/** @param {string} file @param {string} text */
async function replace(file, text) {
	const fresh = path.join(path.dirname(path.dirname(file)), 'fresh');
	await writeFile(fresh, text);
	await rename(fresh, file);
}

/**
 * @param {World} world
 * @param {string} file
 * @param {string} text
 */
async function save(world, file, text) {
	await replace(file, text);
	const serial = await world.bus.saved(file);
	return story(world, serial - 1);
}

/** @param {any} told */
const last = (told) => told.steps.at(-1);
/** @param {any} page */
const color = (page) => page.evaluate("getComputedStyle(document.querySelector('h1')).color");

/** @param {World} world */
const updatersKnown = (world) => until('the page to say who updates it', async () => /updates it, too/.test((await world.bus.tabs())[0].reason));

test('a page of a backend whose scripts come from Vite: each updates its own files', { skip }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const template = (/** @type {string} */ text, /** @type {number} */ port) => `<!doctype html><title>t</title><h1></h1><p>${text}</p>
		<script type="module" src="http://localhost:${port}/@vite/client"></script><script type="module" src="http://localhost:${port}/src/main.js"></script>`;
	const root = await world.folder('site', {
		'server.py': BACKEND, 'package.json': '{"type":"module"}', 'src/main.js': MAIN('v0'), 'src/look.css': LOOK('red'), 'templates/home.html': '',
	}, { git: true });
	const vite = await world.serve('vite', root, port => [VITE, '--port', String(port), '--strictPort', '--cors']);
	const at = (/** @type {string} */ name) => path.join(root, name);
	await writeFile(at('templates/home.html'), template('t0', vite.port));
	const backend = await world.serve('backend', root, port => ['python3', 'server.py', String(port)]);
	const browser = await world.browser('chromium', { grant: ['http://*/*'] });
	const page = await browser.newPage();
	await page.goto(backend.url);
	await until('v0', async () => await heading(page) === 'v0');
	await switchOn(world, page);
	await updatersKnown(world);
	assert.match((await world.bus.tabs())[0].reason, new RegExp(`; Vite \\(port ${vite.port}\\) updates it, too$`));
	await page.evaluate('window.kept = 1');

	let told = await save(world, at('src/main.js'), MAIN('v1'));
	assert.deepEqual([last(told).step, last(told).text], ['skipped', 'Vite updates the page itself'], JSON.stringify(told.steps));
	assert.deepEqual([await heading(page), await page.evaluate('window.kept'), await page.evaluate('window.runs')], ['v1', 1, 2], 'a hot update, once');

	told = await save(world, at('src/look.css'), LOOK('blue'));
	assert.equal(last(told).step, 'skipped', JSON.stringify(told.steps));
	await until('blue', async () => await color(page) === 'rgb(0, 0, 255)');
	assert.equal(await page.evaluate('window.kept'), 1);

	told = await save(world, at('templates/home.html'), template('t1', vite.port));
	assert.ok(['patched', 'loaded'].includes(last(told).step), JSON.stringify(told.steps));
	await until('t1', async () => await page.evaluate("document.querySelector('p').textContent") === 't1');
	const why = await world.savecast('why', backend.url);
	assert.match(why.stdout.replace(/\s+/g, ' '), new RegExp(`reloads 1 tab, unless Vite \\(port ${vite.port}\\) updates the page itself`));

	// With the setting, nothing is left to it.
	await writeFile(at('.savecast'), '[savecast]\n\tstand-aside = false\n');
	await until('the setting', async () => !/unless/.test((await world.savecast('why', backend.url)).stdout));
	told = await save(world, at('src/main.js'), MAIN('v3'));
	assert.equal(last(told).step, 'loaded', JSON.stringify(told.steps));
	await until('v3', async () => await heading(page) === 'v3');
	await writeFile(at('.savecast'), '');
	await until('the setting', async () => /unless/.test((await world.savecast('why', backend.url)).stdout));
	await updatersKnown(world);

	// A client whose server is gone updates nothing: savecast waits once, and then reloads the page
	// itself.
	vite.server.process.kill();
	await vite.server.ended;
	told = await save(world, at('src/main.js'), MAIN('v2'));
	assert.equal(words(told).includes('skipped'), false, JSON.stringify(told.steps));
});

test('Vite in front of a backend: savecast reloads for the templates of the backend', { skip }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const template = (/** @type {string} */ text) => `<!doctype html><title>t</title><h1></h1><p>${text}</p>
		<script type="module" src="/@vite/client"></script><script type="module" src="/src/main.js"></script>`;
	const root = await world.folder('site', {
		'server.py': BACKEND, 'package.json': '{"type":"module"}', 'src/main.js': MAIN('v0'), 'src/look.css': LOOK('red'), 'templates/home.html': template('t0'),
	}, { git: true });
	const at = (/** @type {string} */ name) => path.join(root, name);
	const backend = await world.serve('backend', root, port => ['python3', 'server.py', String(port)]);
	await writeFile(at('vite.config.js'), `export default { appType: 'custom', server: { proxy: { '^/$': 'http://127.0.0.1:${backend.port}' } } };\n`);
	const vite = await world.serve('vite', root, port => [VITE, '--port', String(port), '--strictPort']);
	const browser = await world.browser('chromium', { grant: ['http://*/*'] });
	const page = await browser.newPage();
	await page.goto(vite.url);
	await until('v0', async () => await heading(page) === 'v0');
	await switchOn(world, page);
	await until('the page to say who updates it', async () => /if it does not update the file/.test((await world.savecast('why', vite.url)).stdout.replace(/\s+/g, ' ')));

	let told = await save(world, at('src/main.js'), MAIN('v1'));
	assert.equal(last(told).step, 'skipped', JSON.stringify(told.steps));
	await until('v1', async () => await heading(page) === 'v1');
	told = await save(world, at('templates/home.html'), template('t1'));
	assert.ok(['patched', 'loaded'].includes(last(told).step), JSON.stringify(told.steps));
	await until('t1', async () => await page.evaluate("document.querySelector('p').textContent") === 't1');
});

test('a Vite with its hot updates switched off leaves its pages to savecast', { skip: skip || (LONG ? false : 'with --long') }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('site', {
		'package.json': '{"type":"module"}', 'vite.config.js': 'export default { server: { hmr: false } };\n', 'src/main.js': MAIN('v0'), 'src/look.css': LOOK('red'),
		'index.html': '<!doctype html><title>t</title><h1></h1><script type="module" src="/src/main.js"></script>',
	}, { git: true });
	const { url } = await world.serve('vite', root, port => [VITE, '--port', String(port), '--strictPort']);
	const browser = await world.browser('chromium', { grant: ['http://*/*'] });
	const page = await browser.newPage();
	await page.goto(url);
	await until('v0', async () => await heading(page) === 'v0');
	await switchOn(world, page);
	await until('the page to say who updates it', async () => /if it does not update the file/.test((await world.savecast('why', url)).stdout.replace(/\s+/g, ' ')));
	// What a page still loads looks like an update.
	await until('a page that loads nothing more', () => page.evaluate('performance.now() > 2000'));
	const first = Date.now();
	let told = await save(world, path.join(root, 'src/main.js'), MAIN('v1'));
	assert.equal(last(told).step, 'loaded', JSON.stringify(told.steps));
	await until('v1', async () => await heading(page) === 'v1');
	const second = Date.now();
	told = await save(world, path.join(root, 'src/main.js'), MAIN('v2'));
	assert.equal(last(told).step, 'loaded', JSON.stringify(told.steps));
	assert.ok(Date.now() - second < second - first, 'the second one at once');
	await until('v2', async () => await heading(page) === 'v2');
});

test('Vite in a server of the site\'s own is seen in the page', { skip: skip || (LONG ? false : 'with --long') }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('site', {
		'package.json': '{"type":"module"}', 'src/main.js': MAIN('v0'), 'src/look.css': LOOK('red'),
		'server.js': `import http from 'node:http';
import { createServer } from ${JSON.stringify(path.join(TOP, 'node_modules/vite/dist/node/index.js'))};
const server = http.createServer();
const vite = await createServer({ server: { middlewareMode: { server }, hmr: { server } }, appType: 'custom' });
server.on('request', (request, response) => vite.middlewares(request, response, async () => {
	response.setHeader('content-type', 'text/html');
	response.end(await vite.transformIndexHtml('/', '<!doctype html><title>t</title><h1></h1><script type="module" src="/src/main.js"></script>'));
}));
server.listen(Number(process.argv[2]), '127.0.0.1');
`,
	}, { git: true });
	const { url } = await world.serve('own', root, port => [process.execPath, 'server.js', String(port)]);
	const browser = await world.browser('chromium', { grant: ['http://*/*'] });
	const page = await browser.newPage();
	await page.goto(url);
	await until('v0', async () => await heading(page) === 'v0');
	await switchOn(world, page);
	await updatersKnown(world);
	await page.evaluate('window.kept = 1');
	const told = await save(world, path.join(root, 'src/main.js'), MAIN('v1'));
	assert.equal(last(told).step, 'skipped', JSON.stringify(told.steps));
	assert.deepEqual([await heading(page), await page.evaluate('window.kept'), await page.evaluate('window.runs')], ['v1', 1, 2]);
});
