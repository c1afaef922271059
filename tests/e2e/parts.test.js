// SPDX-License-Identifier: MIT
/**
 * Several apps in one work tree: a save reaches the tabs of its own app, and of the apps that
 * depend on its package.
 */
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { Client } from '../lib/wire-client.js';
import { TOP, World } from '../lib/world.js';

const SCRIPT = path.join(TOP, 'tests/lib/site-server.js');

/**
 * Which tabs receive a save, and whether `why` has said so before.
 *
 * @param {World} world
 * @param {Client} client
 * @param {string} file
 */
async function reaches(world, client, file) {
	const { stdout } = await world.savecast('why', file);
	await appendFile(file, '\n');
	const { mark } = client.log;
	const serial = await world.bus.saved(file);
	/** @type {Set<number>} */
	const told = new Set();
	await until('the event to end', async () => {
		for (const { event: { type, event, tabs } } of client.log.all.slice(mark)) {
			if (type === 'reload' && event === serial && !told.has(tabs[0])) {
				tabs.forEach((/** @type {number} */ tab) => {
					told.add(tab);
					client.send({ type: 'report', event, tab, step: 'unused' });
				});
			}
		}
		return (await world.bus.events()).find((/** @type {any} */ one) => one.serial === serial)?.closed;
	});
	const effect = /effect:?\s+(.*)/.exec(stdout)?.[1] ?? stdout;
	assert.match(stdout.replace(/\s+/g, ' '), told.size ? new RegExp(` ${told.size} tabs?`) : /nothing: .* is another part of the project/, effect);
	return [...told].sort();
}

test('a save reaches the tabs of its app and of those that need its package', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const root = await world.folder('shop', {
		'package.json': '{"private":true,"workspaces":["apps/*","packages/*"]}',
		'apps/web/package.json': '{"name":"web","scripts":{"dev":"x"},"dependencies":{"ui":"*"}}', 'apps/web/index.html': '', 'apps/web/src/a.css': '',
		'apps/admin/package.json': '{"name":"admin","scripts":{"dev":"x"}}', 'apps/admin/a.css': '',
		'packages/ui/package.json': '{"name":"ui","dependencies":{"base":"*"}}', 'packages/ui/ui.js': '',
		'packages/base/package.json': '{"name":"base"}', 'packages/base/base.js': '',
		'api/pyproject.toml': '[project]\nname = "api"\n', 'api/main.py': '', 'api/page.html': '',
		'shared/texts.json': '{}', 'readme.md': '',
	}, { git: true });
	const at = (/** @type {string} */ name) => path.join(root, name);
	const web = await world.serve('web', at('apps/web'), port => [process.execPath, SCRIPT, String(port)]);
	const api = await world.serve('api', root, port => ['python3', '-m', 'http.server', '--directory', 'api', String(port)]);
	const client = new Client(world);
	await client.hello();
	assert.equal((await client.watch(1, web.url)).project, 'shop');
	assert.equal((await client.watch(2, api.url)).project, 'shop');

	assert.deepEqual(await reaches(world, client, at('apps/web/src/a.css')), [1]);
	assert.deepEqual(await reaches(world, client, at('apps/admin/a.css')), []);
	assert.deepEqual(await reaches(world, client, at('packages/ui/ui.js')), [1, 2], 'api is no npm package: it may read the file');
	assert.deepEqual(await reaches(world, client, at('packages/base/base.js')), [1, 2], 'through ui');
	assert.deepEqual(await reaches(world, client, at('api/page.html')), [2]);
	assert.deepEqual(await reaches(world, client, at('shared/texts.json')), [1, 2], 'of the whole tree');
	assert.deepEqual(await reaches(world, client, at('readme.md')), [1, 2]);

	// A folder without a manifest: it counts as an app once a server runs in it.
	const docs = await world.folder('shop/docs', { 'a.html': '' });
	assert.deepEqual(await reaches(world, client, path.join(docs, 'a.html')), [1, 2]);
	const served = await world.serve('docs', docs, port => ['python3', '-m', 'http.server', String(port)]);
	await client.watch(3, served.url);
	assert.deepEqual(await reaches(world, client, path.join(docs, 'a.html')), [3]);
});
