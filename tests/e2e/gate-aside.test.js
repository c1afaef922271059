// SPDX-License-Identifier: MIT
/** Dev servers that reload their pages themselves: savecast says so and does nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { story, switchOn } from '../lib/live.js';
import { heading } from '../lib/restarts.js';
import { Client } from '../lib/wire-client.js';
import { LONG, TOP, World } from '../lib/world.js';

const VITE = path.join(TOP, 'node_modules/.bin/vite');

/**
 * `npm`: packages that are installed beside the site, and with --long only: up to 300 MB.
 *
 * @type {{name: string, called: string, builds?: boolean, npm?: string[], files: Record<string, string>, file: string, text: (version: string) => string, command: (port: number) => string[]}[]}
 */
const servers = [
	{
		name: 'Vite', called: 'Vite', file: 'main.js',
		files: {
			'index.html': '<!doctype html><title>t</title><h1></h1><script type="module" src="/main.js"></script>',
			'package.json': '{"type":"module"}',
		},
		text: version => `document.querySelector('h1').textContent = '${version}';\n`,
		command: port => [VITE, '--port', String(port), '--strictPort', '--host', '127.0.0.1'],
	},
	{
		// It answers with its last build, so a reload by savecast may be too early.
		name: 'Hugo', called: 'Hugo', builds: true, file: 'layouts/index.html',
		files: { 'config.toml': 'title = "t"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n' },
		text: version => `<!doctype html><html><head><title>t</title></head><body><h1>${version}</h1></body></html>\n`,
		command: port => ['hugo', 'server', '--port', String(port), '--bind', '127.0.0.1', '--baseURL', `http://localhost:${port}/`],
	},
	{
		name: 'webpack-dev-server', called: 'webpack-dev-server', builds: true, file: 'src/index.js',
		npm: ['webpack@5', 'webpack-cli@6', 'webpack-dev-server@5'],
		files: { 'public/index.html': '<!doctype html><title>t</title><h1></h1><script src="/main.js"></script>' },
		text: version => `document.querySelector('h1').textContent = '${version}';\n`,
		command: port => ['node_modules/.bin/webpack', 'serve', '--mode', 'development', '--host', '127.0.0.1', '--port', String(port),
			'--client-web-socket-url', `ws://localhost:${port}/ws`],
	},
	{
		name: 'Eleventy', called: 'Eleventy', builds: true, file: 'index.html', npm: ['@11ty/eleventy@3'],
		files: {},
		text: version => `<!doctype html><html><head><title>t</title></head><body><h1>${version}</h1></body></html>\n`,
		command: port => ['node_modules/.bin/eleventy', '--serve', `--port=${port}`],
	},
	{
		name: 'Next', called: 'Next', builds: true, file: 'pages/index.js', npm: ['next@15', 'react@19', 'react-dom@19'],
		files: {},
		text: version => `export default () => <h1>${version}</h1>;\n`,
		command: port => ['node_modules/.bin/next', 'dev', '--hostname', '127.0.0.1', '--port', String(port)],
	},
];

/**
 * @param {string} root
 * @param {string[]} packages
 */
async function install(root, packages) {
	// With the user's own npm settings, which define the registry.
	const { status, stderr } = await run(['npm', 'install', '--prefix', root, '--no-audit', '--no-fund',
		'--ignore-scripts', '--loglevel=error', ...packages], process.env);
	return status === 0 ? undefined : stderr.trim().split('\n')[0];
}

/**
 * Opens the page, and waits until its own script is connected to its server: the script is not
 * notified of earlier saves.
 *
 * @param {import('../lib/world.js').Chromium} browser
 * @param {string} url
 */
async function openAndConnect(browser, url) {
	// Some servers build a page when it is first requested, which takes time.
	await until('its first page', async () => (await fetch(url)).ok, { msec: 90000 });
	const page = await browser.newPage();
	await page.send('Network.enable');
	const connected = browser.cdp.next('Network.webSocketFrameReceived', page.session);
	await page.goto(url);
	await connected;
	return page;
}

for (const { name, called, builds, npm, files, file, text, command } of servers) {
	test(`${name} reloads its page, and savecast leaves the page to it`, async t => {
		if (npm && !LONG) {
			t.skip('with --long');
			return;
		}
		const world = await World.open(t, { why: true });
		await world.startDaemon();
		const root = await world.folder('site', { ...files, [file]: text('v0') }, { git: true });
		const missing = npm && await install(root, npm);
		if (missing || (await run(['sh', '-c', 'cd "$1" && command -v "$2"', 'sh', root, command(0)[0]], world.env)).status !== 0) {
			t.skip(missing ?? `${command(0)[0]} is not installed`);
			return;
		}
		const { url } = await world.serve('dev-server', root, command);
		const browser = await world.browser();
		const page = await openAndConnect(browser, url);
		await switchOn(world, page);
		await until('v0', async () => await heading(page) === 'v0');
		// Hugo's answers have a modification time in whole seconds: after a second build in the
		// same second it answers 304.
		const shownIn = Math.floor(Date.now() / 1000);
		await until('another second', async () => Math.floor(Date.now() / 1000) > shownIn);
		const save = async (/** @type {string} */ version) => {
			// The file is replaced by a rename: Hugo's page of an empty file has no script to
			// reload it.
			const fresh = path.join(world.temp, 'fresh');
			await writeFile(fresh, text(version));
			await rename(fresh, path.join(root, file));
			return world.bus.saved(path.join(root, file));
		};

		// Until then, the page may come from another server.
		await until('a certain reason', async () => {
			assert.match((await world.bus.tabs())[0].reason, new RegExp(`; ${called} reloads its pages itself \\(savecast\\.stand-aside\\)$`));
			return true;
		});
		assert.match((await world.savecast('status')).stdout.replace(/\s+/g, ' '), /reloads its pages itself/);

		const why = await world.savecast('why', path.join(root, file));
		assert.match(why.stdout.replace(/\s+/g, ' '), new RegExp(`nothing: ${called} reloads its pages itself`));

		const first = await save('v1');
		const aside = await story(world);
		assert.deepEqual([aside.serial, aside.steps.map((/** @type {any} */ s) => s.step).at(-1)], [first, 'skipped'], JSON.stringify(aside.steps));
		assert.match(aside.steps.at(-1).text, new RegExp(`^${called} reloads its pages itself`));
		assert.equal(aside.steps.some((/** @type {any} */ s) => s.step === 'reloading'), false);
		await until('v1, reloaded by the server itself', async () => await heading(page) === 'v1');

		await world.bus.call({ member: 'Reload', signature: 'sa{sv}', body: [root, {}] });
		assert.equal((await story(world, first)).steps.at(-1).step, 'loaded', 'savecast reload reloads it all the same');

		await writeFile(path.join(root, '.savecast'), '[savecast]\n\tstand-aside = false\n');
		await until('the setting', async () => !/itself/.test((await world.bus.tabs())[0].reason));
		const second = await save('v2');
		const taken = await until('the end of the save', async () =>
			(await world.bus.events()).find((/** @type {any} */ e) => e.serial === second && e.closed));
		assert.ok(taken.steps.some((/** @type {any} */ s) => s.step === 'cast'), JSON.stringify(taken));
		if (!builds) {
			await until('v2', async () => await heading(page) === 'v2');
		}
	});
}

test('a tab whose page says who updates it does not decide for another tab of its server', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('site', { 'index.html': '<!doctype html><title>t</title>', 'a.css': '', 'package.json': '{}' }, { git: true });
	const { url } = await world.serve('dev-server', root, port => [VITE, '--port', String(port), '--strictPort', '--host', '127.0.0.1']);
	const client = new Client(world);
	await client.hello();
	/** @param {number} tab */
	const aside = async tab => /itself/.test((await world.bus.tabs()).find((/** @type {any} */ one) => one.tab === tab)?.reason);
	await client.watch(1, url);
	await client.watch(2, url);
	await until('both tabs to be left to Vite', async () => await aside(1) && await aside(2));
	for (const [told, left] of [[1, 2], [2, 1]]) {
		client.send({ type: 'updates', tab: told, list: [] });
		client.send({ type: 'updates', tab: left });
		client.socket.ping();
		await once(client.socket, 'pong'); // both were read
		await writeFile(path.join(root, 'a.css'), `a { order: ${told} }`);
		const { mark } = client.log;
		const serial = await world.bus.saved(path.join(root, 'a.css'));
		const reload = await client.log.next('a reload', ({ type }) => type === 'reload', { mark });
		assert.deepEqual([reload.event, reload.tabs, reload.aside], [serial, [told], 'Vite']);
		client.send({ type: 'report', event: serial, tab: told, step: 'swapped' });
		await until('the end of the save', async () => (await world.bus.events()).some((/** @type {any} */ e) => e.serial === serial && e.closed));
	}
});
