// SPDX-License-Identifier: MIT
/**
 * Real dev servers that update their pages themselves, each with a page in Chromium: the extension
 * sees the server's client in the page, and the daemon knows most of the servers from their processes,
 * too. With the client switched off, savecast updates the page.
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { heading, live, missing, pageScriptsReady, story, words } from '../lib/live.js';
import { freePort } from '../lib/ports.js';
import { LONG, World } from '../lib/world.js';

const PACKAGES = ['browser-sync@3.0.4', 'parcel@2.16.4', '@rsbuild/core@2.3.2', 'vitepress@1.6.4', 'docsify-cli@4.4.4', 'webpack@5.113.0', 'webpack-cli@7.3.1',
	'webpack-dev-server@5.2.7', 'bun@1.4.5', 'vite@8.4.0', '@11ty/eleventy@3.1.8', 'nuxt@4.4.5', 'next@15.5.29', 'react@19.3.1', 'react-dom@19.3.1',
	'live-server@1.2.2', 'five-server@0.4.5'];

const PACKAGE = '{"name":"site","private":true,"type":"module"}';
const PAGE = (/** @type {string} */ text, more = '') => `<!doctype html><html><head><title>t</title></head><body><h1>${text}</h1>${more}</body></html>\n`;
const WITH_MODULE = PAGE('', '<script type="module" src="./main.js"></script>');
const MODULE = (/** @type {string} */ text) => `document.querySelector('h1').textContent = '${text}';\nif (import.meta.hot) {\n\timport.meta.hot.accept();\n}\n`;
const BUNDLE = (/** @type {string} */ text) => `document.body.innerHTML = '<h1>${text}</h1>';\nif (import.meta.webpackHot) {\n\timport.meta.webpackHot.accept();\n}\n`;
const MARKDOWN = (/** @type {string} */ text) => `# ${text}\n`;
const VUE = (/** @type {string} */ text) => `<template><h1>${text}</h1></template>\n`;
const REACT = (/** @type {string} */ text) => `export default function Home() {\n\treturn <h1>${text}</h1>;\n}\n`;

/**
 * @typedef {object} Row
 * @property {string} [client] what the page shows; undefined: no client
 * @property {string} [known] what the daemon knows from the processes
 * @property {string} saved the file that is saved
 * @property {(text: string) => string} text its content
 * @property {Record<string, string>} [files] the others
 * @property {(bin: (file: string) => string, port: number, other: number) => string[]} command in node_modules; other: a second port
 * @property {boolean} [silent] the client is there, but its server updates nothing
 */

/** @type {Record<string, Row>} */
const ROWS = {
	Vite: {
		client: 'Vite', known: 'Vite', saved: 'main.js', text: MODULE, files: { 'index.html': WITH_MODULE },
		command: (bin, port) => ['node', bin('vite/bin/vite.js'), '--port', `${port}`, '--strictPort'],
	},
	'Vite without HMR': {
		known: 'Vite', silent: true, client: 'Vite', saved: 'main.js', text: MODULE, files: { 'index.html': WITH_MODULE, 'vite.config.js': 'export default { server: { hmr: false } };\n' },
		command: (bin, port) => ['node', bin('vite/bin/vite.js'), '--port', `${port}`, '--strictPort'],
	},
	'webpack-dev-server': {
		client: 'webpack-dev-server', known: 'webpack-dev-server', saved: 'src/index.js', text: BUNDLE, files: { 'public/index.html': PAGE('', '<script src="/main.js"></script>') },
		command: (bin, port) => ['node', bin('webpack/bin/webpack.js'), 'serve', '--mode', 'development', '--port', `${port}`],
	},
	// Its process title hides the arguments, so only the page shows that it is off.
	'webpack-dev-server --no-hot --no-live-reload': {
		known: 'webpack-dev-server', saved: 'src/index.js', text: BUNDLE, files: { 'public/index.html': PAGE('', '<script src="/main.js"></script>') },
		command: (bin, port) => ['node', bin('webpack/bin/webpack.js'), 'serve', '--mode', 'development', '--no-hot', '--no-live-reload', '--port', `${port}`],
	},
	Rsbuild: {
		client: 'Rspack', known: 'Rsbuild', saved: 'src/index.js', text: BUNDLE,
		command: (bin, port) => ['node', bin('@rsbuild/core/bin/rsbuild.js'), 'dev', '--port', `${port}`],
	},
	Parcel: {
		client: 'Parcel', known: 'Parcel', saved: 'main.js', text: (text) => `document.querySelector('h1').textContent = '${text}';\n`, files: { 'index.html': WITH_MODULE },
		command: (bin, port) => ['node', bin('parcel/lib/bin.js'), 'serve', 'index.html', '--port', `${port}`],
	},
	'Parcel --no-hmr': {
		saved: 'main.js', text: (text) => `document.querySelector('h1').textContent = '${text}';\n`, files: { 'index.html': WITH_MODULE },
		command: (bin, port) => ['node', bin('parcel/lib/bin.js'), 'serve', 'index.html', '--no-hmr', '--port', `${port}`],
	},
	Browsersync: {
		client: 'Browsersync', known: 'Browsersync', saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('browser-sync/dist/bin.js'), 'start', '--server', '--files', '*.html', '--no-open', '--no-ui', '--port', `${port}`],
	},
	'Browsersync without --files': {
		client: 'Browsersync', silent: true, saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('browser-sync/dist/bin.js'), 'start', '--server', '--no-open', '--no-ui', '--port', `${port}`],
	},
	Eleventy: {
		client: 'Eleventy', known: 'Eleventy', saved: 'pages/index.html', text: PAGE,
		command: (bin, port) => ['node', bin('@11ty/eleventy/cmd.cjs'), '--serve', `--port=${port}`, '--input=pages', '--output=out'],
	},
	'Eleventy without liveReload': {
		known: 'Eleventy', saved: 'pages/index.html', text: PAGE, files: { 'eleventy.config.js': 'export default (config) => config.setServerOptions({ liveReload: false });\n' },
		command: (bin, port) => ['node', bin('@11ty/eleventy/cmd.cjs'), '--serve', `--port=${port}`, '--input=pages', '--output=out'],
	},
	Next: {
		client: 'Next', known: 'Next', saved: 'pages/index.js', text: REACT,
		command: (bin, port) => ['node', bin('next/dist/bin/next'), 'dev', '--port', `${port}`],
	},
	Nuxt: {
		client: 'Vite', known: 'Nuxt', saved: 'app.vue', text: VUE,
		command: (bin, port) => ['node', bin('nuxt/bin/nuxt.mjs'), 'dev', '--port', `${port}`],
	},
	VitePress: {
		client: 'Vite', known: 'VitePress', saved: 'docs/index.md', text: MARKDOWN,
		command: (bin, port) => ['node', bin('vitepress/bin/vitepress.js'), 'dev', 'docs', '--port', `${port}`],
	},
	docsify: {
		client: 'livereload', known: 'docsify', saved: 'docs/index.html', text: PAGE,
		command: (bin, port, other) => ['node', bin('docsify-cli/bin/docsify'), 'serve', 'docs', '--port', `${port}`, '-P', `${other}`],
	},
	'live-server': {
		client: 'live-server', known: 'live-server', saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('live-server/live-server.js'), '--no-browser', `--port=${port}`],
	},
	'Five Server': {
		client: 'Five Server', saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('five-server/lib/bin.js'), '--open=false', `--port=${port}`],
	},
	Bun: {
		client: 'Bun', known: 'Bun', saved: 'main.js', text: MODULE, files: { 'index.html': WITH_MODULE },
		command: (bin, port) => [bin('bun/bin/bun.exe'), './index.html', '--port', `${port}`],
	},
};

/** The clients that the extension has found in the page of the active tab. @param {import('../lib/browser/chromium.js').Chromium} browser @param {number} tab */
const clientsIn = (browser, tab) => browser.evaluateInWorker(
	`chrome.storage.session.get('tabs').then(({ tabs }) => tabs.find(([id]) => id === ${tab})?.[1].updates?.map(({ who }) => who))`);

/**
 * @param {import('node:test').TestContext} t
 * @param {World} world
 * @param {import('../lib/browser/chromium.js').Chromium} browser
 * @param {string} name
 */
async function tryRow(t, world, browser, name) {
	const { client, known, saved, text, files = {}, command, silent } = ROWS[name];
	const folder = path.join('sites', name.replace(/\W+/g, '-'));
	const root = await world.folder(folder, { 'package.json': PACKAGE, [saved]: text('v0'), ...files }, { git: true });
	const bin = (/** @type {string} */ file) => path.join(path.dirname(root), 'node_modules', file);
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
	await page.evaluate('(window.kept = 1)');

	const last = (await world.bus.properties()).LastEvent;
	await writeFile(path.join(root, saved), text('v1'));
	await world.bus.saved(path.join(root, saved));
	const told = await story(world, last);
	await shows('v1');
	const own = words(told).some((step) => ['loaded', 'patched', 'swapped'].includes(step));
	assert.equal(own, !client || Boolean(silent), `${name}: ${JSON.stringify(told.steps)}`);
}

test('dev servers with a client in their page', { skip: missing('chromium') || (LONG ? false : 'with --long: it installs 1 GB of packages') }, async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const sites = path.join(world.home, 'sites');
	await mkdir(sites, { recursive: true });
	// With the user's own settings, which say where packages come from.
	const { status, stderr } = await run(['npm', 'install', '--prefix', sites, '--no-audit', '--no-fund', '--loglevel=error', ...PACKAGES], process.env);
	assert.equal(status, 0, stderr);
	const browser = await world.browser('chromium', { grant: ['http://*/*'] });
	for (const name of Object.keys(ROWS)) {
		await t.test(name, (row) => tryRow(row, world, browser, name));
	}
});
