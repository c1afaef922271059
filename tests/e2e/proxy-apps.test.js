// SPDX-License-Identifier: MIT
/**
 * Programs, most of them in application servers, that have some pages from a server of another project: those belong
 * to that project, all others to the program's own, also those that it renders with data of the other
 * project. In a network of their own, so that the number of requests does not depend on other tests.
 */
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { until } from '../lib/events.js';
import { inOwnNetwork, noNetwork } from '../lib/namespaces.js';
import { APPS } from '../lib/passing-apps.js';
import { certain, why } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import { TOP, World } from '../lib/world.js';

const SCRIPT = path.join(TOP, 'tests/lib/site-server.js');
const PAGES = { '': 'alpha', 'rendered?id=1': 'alpha', 'own/index.html': 'alpha', 'beta/index.html': 'beta' };

/** The server of another project. @param {World} world */
const startBeta = (world) => world.site('beta', { 'beta/index.html': '<h1>beta</h1>', 'data.json': '{}', 'a.css': '' });

/**
 * The program in alpha, beside a second server of alpha.
 *
 * @param {World} world
 * @param {import('../lib/passing-apps.js').App} app
 * @param {number} beta the port of the server of another project
 */
async function startAlpha(world, { files, command }, beta) {
	const root = await world.folder('alpha', { ...files, 'own/index.html': '<h1>own</h1>', 'a.css': '' }, { git: true });
	const own = await world.serve('own', root, at => [process.execPath, SCRIPT, `${at}`]);
	Object.assign(world.env, { BETA: `${beta}`, OWN: `${own.port}` });
	const { port } = await world.serve('app', root, command);
	return { root, port };
}

/**
 * Waits until a save has reached these tabs. Those of other servers of the project can come later.
 *
 * @param {World} world
 * @param {Client} client
 * @param {string} file
 * @param {number[]} tabs
 */
async function reaches(world, client, file, tabs) {
	await appendFile(file, '\n');
	const { mark } = client.log;
	const serial = await world.bus.saved(file);
	const reached = () => client.log.all.slice(mark).map(({ event }) => event)
		.flatMap(({ type, event, tabs: some }) => (type === 'reload' && event === serial ? some : [])).sort();
	await until('the reloads', async () => reached().length >= tabs.length, { every: 10 });
	assert.deepEqual(reached(), tabs);
}

/** How long each line in the program's log is that is about a request of savecast. @param {World} world */
const asked = async (world) => (await world.log('app')).split('\n').filter((line) => line.includes('savecast-probe=')).map((line) => line.length);

if (process.env.SAVECAST_OWN_NETWORK) {
	for (const [name, app] of Object.entries(APPS)) {
		test(`each page of ${name} belongs to the project whose server has it`, async t => {
			const world = await World.open(t, { why: true });
			await world.startDaemon();
			const beta = await startBeta(world), { root, port } = await startAlpha(world, app, beta.port);
			const client = new Client(world);
			await client.hello();
			for (const [i, [page, project]] of Object.entries(PAGES).entries()) {
				const url = `http://localhost:${port}/${page}`;
				// As the browser's request for the page does.
				assert.match(await (await fetch(url)).text(), new RegExp(`<h1>${/^\w*/.exec(page)?.[0] || 'alpha'}`));
				assert.equal(await why(world, url), project, page);
				const { reason } = await certain(client, i + 1, url, (one) => one.project === project);
				assert.equal(reason.includes(` passes port ${port} on to port ${beta.port}; `), project === 'beta', reason);
			}
			await reaches(world, client, path.join(root, 'a.css'), [1, 2, 3]);
			await reaches(world, client, path.join(beta.root, 'a.css'), [4]);
		});
	}

	test('a program in an application server is sent no request, unless a server of another project has connections; then it is sent a few short ones', async t => {
		const world = await World.open(t, { why: true });
		await world.startDaemon();
		const { port } = await startAlpha(world, APPS['an ASGI program under uvicorn --reload'], 0);
		/** @param {string} page */
		const look = async (page) => {
			const url = `http://localhost:${port}/${page}`;
			await (await fetch(url)).text();
			assert.equal(await why(world, url), 'alpha');
			return asked(world);
		};
		assert.deepEqual(await look(''), [], 'it is alone');
		assert.deepEqual(await look('own/index.html'), [], 'another server of its own project, like a database');
		await startBeta(world); // which is connected to, to see whether it answers
		await look('?again');
		// The program may write its log after the answer.
		const lengths = await until('the requests', async () => {
			const lines = await asked(world);
			return lines.length ? lines : undefined;
		}, { every: 10 });
		t.diagnostic(`lines of ${lengths} characters`);
		assert.ok(lengths.length >= 1 && lengths.length <= 3 && Math.max(...lengths) < 200, `lines of ${lengths} characters`);
	});
} else {
	test('programs in application servers, in a network of their own', { skip: noNetwork() }, () => {
		const { status, text } = inOwnNetwork(fileURLToPath(import.meta.url));
		assert.equal(status, 0, text);
		assert.match(text, /# pass 11\n/);
	});
}
