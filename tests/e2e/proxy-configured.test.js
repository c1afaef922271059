// SPDX-License-Identifier: MIT
/**
 * Dev servers whose configuration lets them have some pages from another server: those pages belong to
 * that server's project, all others to the dev server's.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { certain, reaches, why } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import { TOP, World } from '../lib/world.js';

const VITE = path.join(TOP, 'node_modules/.bin/vite');
const SCRIPT = path.join(TOP, 'tests/lib/site-server.js');

test('a page that Vite has from a server of another project belongs to that project, and one of its own project to Vite', async t => {
	const world = await World.open(t, { why: true });
	await world.startDaemon();
	const beta = await world.site('beta', { 'beta/index.html': '<h1>beta</h1>', 'a.css': '' });
	const root = await world.folder('alpha', { 'index.html': '<h1>alpha</h1>', 'own/index.html': '<h1>own</h1>', 'a.css': '' }, { git: true });
	const own = await world.serve('own', root, at => [process.execPath, SCRIPT, `${at}`]);
	await world.folder('alpha', { 'vite.config.mjs': `export default { server: { host: '127.0.0.1', proxy: { '/beta': 'http://127.0.0.1:${beta.port}', '/own': 'http://127.0.0.1:${own.port}' } } };\n` });
	const { port } = await world.serve('vite', root, at => [VITE, '--port', `${at}`, '--strictPort']);
	const client = new Client(world);
	await client.hello();
	for (const [i, [name, project]] of [['beta/index.html', 'beta'], ['own/index.html', 'alpha'], ['', 'alpha']].entries()) {
		const url = `http://localhost:${port}/${name}`;
		// As the browser's request for the page does.
		assert.match(await (await fetch(url)).text(), new RegExp(`<h1>${name.split('/')[0] || 'alpha'}`));
		const answer = await certain(client, i + 1, url, (one) => one.project === project);
		assert.match(answer.reason, project === 'beta' ? new RegExp(` passes port ${port} on to port ${beta.port}; `) : /; Vite reloads its pages itself/);
		assert.equal(await why(world, url), project);
	}
	assert.deepEqual(await reaches(world, client, path.join(beta.root, 'a.css')), [1]);
});
