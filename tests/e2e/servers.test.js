// SPDX-License-Identifier: MIT
//
// Which project does a URL show? Several real servers at once, started in the usual ways.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { answers, freePort } from '../lib/ports.js';
import { BROWSERS, heading, live, missing, missingOrLong, story, switchOn, words } from '../lib/live.js';
import { World } from '../lib/world.js';

const ASGI = `import os
async def app(scope, receive, send):
    assert scope["type"] == "http"
    with open(os.path.join(os.path.dirname(__file__), "index.html"), "rb") as page:
        body = page.read()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": body})
`;

const NODE = `const fs = require('fs'), path = require('path');
require('http').createServer((request, response) => {
	response.setHeader('Content-Type', 'text/html');
	response.end(fs.readFileSync(path.join(__dirname, '../index.html')));
}).listen(Number(process.argv[2]));
`;

const FLASK = `import os
from flask import Flask
app = Flask(__name__)
@app.get("/")
def home():
    return open(os.path.join(os.path.dirname(__file__), "index.html")).read()
`;

/**
 * @typedef {object} Kind
 * @property {string} name also of the project
 * @property {string} [needs] a program
 * @property {Record<string, string>} [files] besides index.html
 * @property {string} [page] the file of the page, if it is not index.html
 * @property {string} [inside] the folder of the project that it is started in; otherwise it is started elsewhere
 * @property {(root: string, port: number) => string[]} command
 * @property {RegExp} reason
 */

/** @type {Kind[]} */
const KINDS = [
	{
		name: 'php', needs: '/usr/bin/php',
		command: (root, port) => ['php', '-S', `localhost:${port}`, '-t', root],
		reason: /from .*\/php, which its command line names/,
	}, {
		name: 'hugo', needs: '/usr/bin/hugo', page: 'layouts/index.html',
		files: { 'config.toml': 'title = "x"\n' },
		command: (root, port) => ['hugo', 'server', '-s', root, '-p', String(port), '--disableLiveReload'],
		reason: /from .*\/hugo, which its command line names/,
	}, {
		name: 'node', files: { 'server/index.js': NODE },
		command: (root, port) => [process.execPath, path.join(root, 'server/index.js'), String(port)],
		reason: /from .*\/node\/server, which its command line names/,
	}, {
		name: 'http.server',
		command: (root, port) => ['/usr/bin/python3', '-m', 'http.server', '-d', root, String(port)],
		reason: /from .*\/http\.server, which its command line names/,
	}, {
		name: 'app-dir', needs: '/usr/bin/uvicorn', files: { 'main.py': ASGI },
		command: (root, port) => ['/usr/bin/uvicorn', '--app-dir', root, 'main:app', '--port', String(port)],
		reason: /from .*\/app-dir, which its command line names/,
	}, {
		name: 'workers', needs: '/usr/bin/uvicorn', files: { 'main.py': ASGI }, inside: '.',
		command: (root, port) => ['/usr/bin/uvicorn', 'main:app', '--workers', '2', '--port', String(port)],
		reason: /served by uvicorn \(pid \d+\) from .*\/workers$/,
	}, {
		name: 'chdir', needs: '/usr/bin/gunicorn', files: { 'wsgi.py': FLASK },
		command: (root, port) => ['/usr/bin/gunicorn', '--chdir', root, '-w', '2', '-b', `127.0.0.1:${port}`, 'wsgi:app'],
		reason: /from .*\/chdir/,
	}, {
		name: 'flask', needs: '/usr/bin/flask', files: { 'shop.py': FLASK },
		command: (root, port) => ['/usr/bin/flask', '--app', path.join(root, 'shop.py'), 'run', '-p', String(port)],
		reason: /from .*\/flask, which its command line names/,
	}, {
		name: 'sub-folder', files: { 'web/index.html': '', 'tools/x': '' }, page: 'web/index.html', inside: 'web',
		command: (root, port) => ['/usr/bin/python3', '-m', 'http.server', String(port)],
		reason: /from .*\/sub-folder\/web$/,
	},
];

const page = (/** @type {string} */ name, /** @type {number} */ n) => `<!doctype html><title>${name}</title><h1>${name} ${n}</h1>`;

/**
 * @param {World} world
 * @param {Kind} kind
 */
async function start(world, kind) {
	const port = await freePort();
	const file = kind.page ?? 'index.html';
	const root = await world.folder(kind.name, { ...kind.files, [file]: page(kind.name, 0) }, { git: true });
	const elsewhere = path.join(world.temp, 'elsewhere');
	await mkdir(elsewhere, { recursive: true });
	const server = world.children.start(`server-${kind.name}`, kind.command(root, port), {
		cwd: kind.inside ? path.join(root, kind.inside) : elsewhere, env: world.env,
	});
	await whileAlive(server, until(`${kind.name} on port ${port}`, async () =>
		await answers('127.0.0.1', port) || answers('::1', port)));
	return { ...kind, root, port, file: path.join(root, file), url: `http://localhost:${port}/` };
}

test('every server shows its own project, and a save there reloads only its tabs', { skip: missing('chromium') }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const there = KINDS.filter(({ needs }) => !needs || existsSync(needs));
	KINDS.filter(kind => !there.includes(kind)).forEach(({ needs }) => t.diagnostic(`${needs} is not installed`));
	const sites = await Promise.all(there.map(kind => start(world, kind)));
	const browser = await world.browser('chromium');
	await browser.set({ hidden: 'now' });
	/** @type {{site: typeof sites[0], tab: import('../lib/live.js').Page}[]} */
	const tabs = [];
	// The first two have two tabs each.
	for (const site of [...sites, sites[0], sites[1]]) {
		const tab = await browser.newPage(site.url);
		await tab.clickAction();
		tabs.push({ site, tab });
		await live(world, tabs.length);
	}
	const known = await world.bus.tabs();
	for (const { name, url, reason } of sites) {
		const [said] = known.filter((/** @type {any} */ tab) => tab.url === url);
		assert.equal(said.project.split('/').at(-1), name, said.reason);
		assert.match(said.reason, reason);
	}
	const status = JSON.parse((await world.savecast('status', '--json')).stdout);
	for (const { root, port } of sites) {
		const { servers } = status.projects.find((/** @type {any} */ project) => project.root === root);
		assert.deepEqual(servers.map((/** @type {any} */ server) => server.port), [port], `one, of ${root}`);
	}

	await Promise.all(tabs.map(({ tab }) => tab.evaluate('window.untouched = true')));
	for (const site of sites) {
		const before = (await world.bus.properties()).LastEvent;
		const reloads = tabs.filter(tab => tab.site === site).map(({ tab }) => tab.loaded());
		await writeFile(site.file, page(site.name, 1));
		await world.savecast('save', site.file);
		await Promise.all(reloads);
		const told = await story(world, before);
		assert.equal(told.project, site.root);
		assert.deepEqual(words(told).filter(word => word === 'cast' || word === 'loaded'),
			['cast', ...reloads.map(() => 'loaded')], JSON.stringify(told.steps));
		for (const { site: shown, tab } of tabs) {
			const untouched = await tab.evaluate('window.untouched === true');
			assert.equal(untouched, shown !== site, `${shown.name} when ${site.name} was saved`);
			await tab.evaluate('window.untouched = true');
		}
	}
	// On a terminal, where it does not list all: in a pipe it does.
	const { stdout } = await run(['script', '-qec', 'savecast status', '/dev/null'], world.env);
	const screen = stdout.replaceAll('\r', '');
	assert.match(screen, /^ {2}\S+ +~\/\S+ +git +\w+:\d+ +[12] tabs?$/m);
	assert.ok(screen.trimEnd().split('\n').length <= 24, screen);
	assert.ok(screen.split('\n').every(line => line.length <= 80), screen);
});

for (const which of BROWSERS) {
	test(`${which}: of two servers on one port of localhost, the one that the browser shows`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const port = await freePort();
		for (const [name, address] of [['four', '127.0.0.1'], ['six', '::1']]) {
			const root = await world.folder(name, { 'index.html': page(name, 0) }, { git: true });
			const server = world.children.start(name, ['/usr/bin/python3', '-m', 'http.server', '-b', address, String(port)],
				{ cwd: root, env: world.env });
			await whileAlive(server, until(name, () => answers(address, port)));
		}
		const browser = await world.browser(which);
		const tab = await browser.newPage(`http://localhost:${port}/`);
		await switchOn(world, tab);
		const [{ project }] = await world.bus.tabs();
		assert.equal(`${path.basename(project)} 0`, await heading(tab));
	});
}
