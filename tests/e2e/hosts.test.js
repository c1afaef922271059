// SPDX-License-Identifier: MIT
//
// Names in /etc/hosts, in a mount namespace with an /etc/hosts of its own, and with a name server
// that records each query.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { findChromium } from '../lib/browser/chromium.js';
import { answers, freePort } from '../lib/ports.js';
import { missing, story, switchOn } from '../lib/live.js';
import { noMounts } from '../lib/namespaces.js';
import { Client } from '../lib/wire-client.js';
import { SAVECASTD, World } from '../lib/world.js';

const NAME_SERVER = '127.0.0.77';

/**
 * @param {World} world
 * @param {string} hosts the text of /etc/hosts
 */
async function namespace(world, hosts) {
	const file = path.join(world.temp, 'hosts');
	const resolv = path.join(world.temp, 'resolv.conf');
	await writeFile(file, hosts);
	await writeFile(resolv, `nameserver ${NAME_SERVER}\noptions timeout:1 attempts:1\n`);
	/** @param {string} program @returns {Promise<string>} a script that runs it there */
	const within = async program => {
		const script = path.join(world.temp, `within-${path.basename(program)}`);
		await writeFile(script, `#!/bin/sh
exec unshare --mount sh -c 'mount --bind "${file}" /etc/hosts && mount --bind "${resolv}" /etc/resolv.conf && exec "$@"' \\
	sh "${program}" "$@"
`);
		await chmod(script, 0o755);
		return script;
	};
	return { within, write: (/** @type {string} */ text) => writeFile(file, text) };
}

test('names of /etc/hosts: no DNS query is sent, and a change of the file is noticed', { skip: noMounts() || missing('chromium') }, async t => {
	const world = await World.open(t);
	/** @type {string[]} */
	const queries = [];
	const trap = dgram.createSocket('udp4', bytes => queries.push(bytes.toString('latin1')));
	trap.bind(53, NAME_SERVER);
	await once(trap, 'listening');
	t.after(() => trap.close());
	const hosts = await namespace(world, '127.0.0.1 localhost\n127.0.0.1 MyApp.test www.myapp.test # ours\n');
	const daemon = world.children.start('savecastd', [await hosts.within(SAVECASTD)], { env: world.env });
	await whileAlive(daemon, until('savecastd on the bus', () => world.bus.daemonRuns()));

	const port = await freePort();
	const root = await world.folder('shop', { 'index.html': '<h1>one</h1>' }, { git: true });
	const server = world.children.start('server', ['/usr/bin/python3', '-m', 'http.server', '-b', '127.0.0.1', String(port)],
		{ cwd: root, env: world.env });
	await whileAlive(server, until('the server', () => answers('127.0.0.1', port)));

	const browser = await world.browser('chromium', { binary: await hosts.within(findChromium() ?? '') });
	const page = await browser.newPage(`http://myapp.test:${port}/`);
	await switchOn(world, page);
	const [{ reason }] = await world.bus.tabs();
	assert.match(reason, /^port \d+ is served by python3 \(pid \d+\) from .*\/shop$/);
	const loaded = page.loaded();
	await writeFile(path.join(root, 'index.html'), '<h1>two</h1>');
	await world.savecast('save', path.join(root, 'index.html'));
	await loaded;
	assert.equal(await page.evaluate('document.querySelector("h1").textContent'), 'two');
	assert.equal((await story(world)).project, root);

	const client = new Client(world);
	await client.hello();
	assert.match((await client.watch(1, `http://intra.test:${port}/`)).reason, /^intra\.test is not on this machine: to set its project, run savecast set /);
	assert.match((await client.watch(2, `https://intra.test/`)).reason, /'https:\/\/intra\.test' in the project/);
	let said = await client.told(1, 'live', () => hosts.write(`127.0.0.1 localhost intra.test\n`));
	assert.equal(said.project, 'shop');
	said = await client.told(1, 'none', () => hosts.write(`192.0.2.1 intra.test\n127.0.0.1 intra.test\n`));
	assert.match(said.reason, /^intra\.test is not on this machine/);
	said = await client.told(1, 'none', () => hosts.write(`${'# '.padEnd(300 * 1024, 'x')}\n`));
	assert.match(said.reason, /^intra\.test: \/etc\/hosts cannot be read: it is larger than 256 KiB/);
	await client.told(1, 'live', () => hosts.write('::1 intra.test\n127.0.0.1 intra.test\n'));

	assert.deepEqual(queries.filter(query => /intra/.test(query)), []);
	await run([await hosts.within('/usr/bin/getent'), 'hosts', 'trap.test'], world.env);
	assert.equal(queries.some(query => /trap/.test(query)), true, 'the name server records queries');
});
