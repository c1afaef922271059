// SPDX-License-Identifier: MIT
/**
 * Which programs reload their pages themselves, as the daemon finds out from their processes alone:
 * by the npm package, whatever the script is called, and by the arguments, even if a process title
 * hides them.
 */
import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { certain } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import { LONG, TOP, World } from '../lib/world.js';

const SITE = {
	'index.html': '<!doctype html><title>t</title><h1></h1><script type="module" src="./main.js"></script>',
	'main.js': 'document.querySelector("h1").textContent = "v0";\n',
	'package.json': '{"name":"site","type":"module","scripts":{"dev":"webpack serve --mode development --no-live-reload --no-hot"}}',
	'docs/index.md': '# v0\n',
	'docs/index.html': '<!doctype html><div id="app"></div>',
	'pages/index.md': '# v0\n',
	'src/index.js': 'export default 0;\n',
	// For Nuxt and React Router, in folders of their own.
	'nuxt/package.json': '{"name":"nuxt-site","type":"module"}',
	'nuxt/app.vue': '<template><h1>v0</h1></template>\n',
	'router/package.json': '{"name":"router-site","type":"module"}',
	'router/vite.config.js': 'import { reactRouter } from "@react-router/dev/vite";\nexport default { plugins: [reactRouter()] };\n',
	'router/app/root.jsx': 'import { Outlet } from "react-router";\nexport default () => <html><body><Outlet /></body></html>;\n',
	'router/app/routes.js': 'import { index } from "@react-router/dev/routes";\nexport default [index("home.jsx")];\n',
	'router/app/home.jsx': 'export default () => <h1>v0</h1>;\n',
};

const PACKAGES = ['browser-sync@3.0.4', 'parcel@2.16.4', '@rsbuild/core@2.3.2', 'vitepress@1.6.4', 'docsify-cli@4.4.4',
	'webpack@5.113.0', 'webpack-cli@7.3.1', 'webpack-dev-server@5.2.7', 'bun@1.4.5', 'deno@2.9.6', 'vite@8.4.0', '@11ty/eleventy@3.1.8',
	'nuxt@4.4.5'];
/** In its own folder, because it needs an older Vite. */
const ROUTER_PACKAGES = ['@react-router/dev@7.18.4', '@react-router/node@7.18.4', 'react-router@7.18.4', 'react@19.3.1', 'react-dom@19.3.1', 'isbot@5.2.3', 'vite@7.3.8'];

/** In node_modules, as pnpm and the packages' own scripts start them. @type {[string, string | undefined, (port: number) => string[], string?][]} */
const REAL = [
	['browser-sync/dist/bin.js', undefined, port => ['start', '--server', '--no-open', '--no-ui', '--port', `${port}`]],
	['browser-sync/dist/bin.js', 'Browsersync', port => ['start', '--server', '--files', '*.css', '--no-open', '--no-ui', '--port', `${port}`]],
	['parcel/lib/bin.js', 'Parcel', port => ['serve', 'index.html', '--port', `${port}`]],
	['parcel/lib/bin.js', undefined, port => ['serve', 'index.html', '--no-hmr', '--port', `${port}`]],
	['@rsbuild/core/bin/rsbuild.js', 'Rsbuild', port => ['dev', '--port', `${port}`]],
	['vitepress/bin/vitepress.js', 'VitePress', port => ['dev', 'docs', '--port', `${port}`]],
	['docsify-cli/bin/docsify', 'docsify', port => ['serve', 'docs', '--port', `${port}`, '-P', `${port + 1}`]],
	['@11ty/eleventy/cmd.cjs', 'Eleventy', port => ['--serve', `--port=${port}`, '--input=pages', '--output=out']],
	['vite/bin/vite.js', 'Vite', port => ['--port', `${port}`]],
	['bun/bin/bun.exe', 'Bun', port => ['./index.html', '--port', `${port}`]],
	['deno/deno', 'Vite', port => ['run', '-A', 'npm:vite', '--port', `${port}`]],
	['webpack/bin/webpack.js', 'webpack-dev-server', port => ['serve', '--mode', 'development', '--port', `${port}`]],
	['nuxt/bin/nuxt.mjs', 'Nuxt', port => ['dev', '--port', `${port}`], 'nuxt'],
	['../router/node_modules/@react-router/dev/bin.js', 'React Router', port => ['dev', '--port', `${port}`], 'router'],
];

/** @param {string} [name] */
const says = (name) => name ? new RegExp(`; ${name} reloads its pages itself \\(savecast\\.stand-aside\\)$`) : /^(?!.*reloads its pages itself)/s;

/**
 * @param {World} world
 * @param {Client} client
 * @param {{name: string, root: string, command: (port: number) => string[], called?: string, tab: number}} what
 */
async function tryOne(world, client, { name, root, command, called, tab }) {
	const { url, server } = await world.serve(name, root, command);
	// The daemon goes on to look whether the page is that of a server behind it.
	const answer = await certain(client, tab, url, ({ reason }) => !/: looking$/.test(reason));
	assert.equal(answer.state, 'live', `${name}: ${answer.reason}`);
	assert.match(answer.reason, says(called), name);
	// The World compares what it does with what `savecast why` says.
	await writeFile(path.join(root, 'page.html'), name);
	const serial = await world.bus.saved(path.join(root, 'page.html'));
	const told = await until('the event', async () => (await world.bus.events()).find((/** @type {any} */ one) => one.serial === serial && one.steps.length > 1));
	assert.equal(told.steps.some((/** @type {any} */ { step }) => step === 'cast'), !called, JSON.stringify(told.steps));
	client.send({ type: 'unwatch', tab });
	server.process.kill();
	await server.ended;
}

test('Vite is known by its package, and a script of the same name is not Vite', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('site', { ...SITE, 'vite.js': 'require("http").createServer((q, a) => a.end("x")).listen(process.argv[2])\n', 'package.json': '{"name":"site"}' }, { git: true });
	await symlink(path.join(TOP, 'node_modules/vite/bin/vite.js'), path.join(root, 'start.js'));
	const client = new Client(world);
	await client.hello();
	await tryOne(world, client, { name: 'vite', root, tab: 1, called: 'Vite', command: port => ['node', 'start.js', '--port', `${port}`, '--strictPort'] });
	await tryOne(world, client, { name: 'own', root, tab: 2, command: port => ['node', 'vite.js', `${port}`] });
});

test('real dev servers are known by their entry file, and so are their switches', async t => {
	if (!LONG) {
		t.skip('with --long: it installs 600 MB of packages');
		return;
	}
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('site', SITE, { git: true });
	// With the user's own settings, which say where packages come from.
	for (const [folder, packages] of /** @type {[string, string[]][]} */ ([['', PACKAGES], ['router', ROUTER_PACKAGES]])) {
		const { status, stderr } = await run(['npm', 'install', '--prefix', path.join(root, folder), '--no-audit', '--no-fund', '--loglevel=error', ...packages], process.env);
		assert.equal(status, 0, stderr);
	}
	const client = new Client(world);
	await client.hello();
	let tab = 1;
	for (const [entry, called, args, folder = ''] of REAL) {
		const file = path.join(root, 'node_modules', entry);
		await tryOne(world, client, {
			name: `${entry.replace(/\W+/g, '-')}-${tab}`, root: path.join(root, folder), called, tab: tab++,
			command: port => [...(/bun|deno/.test(entry) ? [] : ['node']), file, ...args(port)],
		});
	}
	// Its process title hides its arguments, but those of npm show them.
	await tryOne(world, client, { name: 'npm-run', root, tab: tab++, command: port => ['npm', 'run', 'dev', '--', '--port', `${port}`] });
	await writeFile(path.join(root, 'package.json'), SITE['package.json'].replace(/ --no-live-reload --no-hot/, ''));
	await tryOne(world, client, { name: 'npm-run-on', root, tab: tab++, called: 'webpack-dev-server', command: port => ['npm', 'run', 'dev', '--', '--port', `${port}`] });
});
