// SPDX-License-Identifier: MIT
//
// Places without a session bus: `savecast stdio` starts a savecastd with a bus of its own.
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Forward, isAlive } from '../lib/forward.js';
import { noMounts } from '../lib/namespaces.js';
import { Client } from '../lib/wire-client.js';
import { withoutBus } from '../lib/without-bus.js';
import { SAVECAST, SAVECASTD, TOP, World } from '../lib/world.js';

/** @param {World} world @param {Forward} forward @param {string} url */
async function watch(world, forward, url) {
	const client = new Client(/** @type {any} */ (forward.world));
	await client.hello();
	assert.equal((await client.watch(1, url)).state, 'live');
	return client;
}

test('stdio starts one savecastd with a bus of its own; savecast finds the bus; both end together', async t => {
	const { world, folder, processes } = await withoutBus(t);
	const site = await world.site('site', { 'index.html': 'one' });
	const forward = await Forward.open(world, 'here', [SAVECAST, 'stdio']);
	// Many connections at the same time start one daemon.
	const clients = Array.from({ length: 6 }, () => new Client(/** @type {any} */ (forward.world)));
	await Promise.all(clients.map((client, i) => client.hello(`profile-of-${i}`)));
	assert.equal((await processes()).length, 2, 'savecastd and its bus');
	clients.forEach((client) => client.socket.terminate());

	const client = await watch(world, forward, site.url);
	const log = world.children.start('follow', [SAVECAST, 'log', '--follow', '--json'], { env: world.env, stdout: 'pipe' });
	let followed = '';
	log.process.stdout?.setEncoding('utf8').on('data', (text) => { followed += text; });
	const status = await world.savecast('status');
	assert.match(status.stdout, /1 browser connected, 1 tab switched on\n\s+a free one, for savecast stdio/);
	await writeFile(path.join(site.root, 'index.html'), 'two');
	const { mark } = client.log;
	assert.equal((await world.savecast('save', path.join(site.root, 'index.html'))).status, 0);
	const { event } = await client.next('reload', { mark });
	client.send({ type: 'report', event, tab: 1, step: 'loaded' });
	await until('its steps as signals', () => /"loaded"/.test(followed));
	// When a caller disconnects, the daemon drops its holds: savecast run succeeds.
	assert.equal((await world.savecast('run', '--', 'true')).status, 0);

	const second = await run([SAVECASTD, '--private-bus'], world.env);
	assert.equal(second.status, 3);
	assert.equal(second.stdout, `unix:path=${folder}/bus\n`);

	// When the daemon is killed, its bus ends too, and the next connection starts both again.
	const before = await processes();
	const daemon = Math.min(...before);
	process.kill(daemon, 'SIGKILL');
	await until('both to end', () => !before.some(isAlive));
	const again = await until('another', async () => {
		const one = await watch(world, forward, site.url);
		return one;
	});
	again.socket.close();
	assert.equal((await processes()).length, 2);
	assert.match(await readFile(path.join(folder, 'log'), 'utf8'), /main: ready\n(.*\n)*.*main: ready/);
});

test('the folder of the bus must belong to the user', async t => {
	const { world, folder } = await withoutBus(t);
	/** @type {[() => Promise<unknown>, RegExp][]} */
	const wrong = [
		[() => mkdir(folder).then(() => chmod(folder, 0o755)), /run\/savecast: must be a folder of yours with mode 0700/],
		[() => symlink('/tmp', folder), /must be a folder of yours/],
		[() => writeFile(folder, ''), /must be a folder of yours/],
	];
	for (const [make, message] of wrong) {
		await make();
		const { status, stderr } = await world.savecast('stdio');
		assert.equal(status, 3);
		assert.match(stderr, message);
		assert.equal((await run([SAVECASTD, '--private-bus'], world.env)).status, 1);
		await rm(folder, { recursive: true });
	}
});

test('the extension for VS Code finds that bus, unless another user could have created it', async t => {
	const { world, folder } = await withoutBus(t);
	const file = path.join(world.temp, 'session-bus.cjs');
	await build({ entryPoints: [path.join(TOP, 'clients/vscode/src/session-bus.ts')], outfile: file, bundle: true, format: 'cjs', platform: 'node', logLevel: 'silent' });
	const { SessionBus } = createRequire(import.meta.url)(file);
	await assert.rejects(SessionBus.open(world.env), /session bus: .*: is not there/);
	await Forward.open(world, 'here', [SAVECAST, 'stdio']).then((forward) => new Client(/** @type {any} */ (forward.world)).hello());
	const bus = await SessionBus.open(world.env);
	const get = { destination: 'io.github.savecast.Daemon1', path: '/io/github/savecast/Daemon1', interface: 'org.freedesktop.DBus.Properties',
		member: 'Get', signature: 'ss', body: ['io.github.savecast.Daemon1', 'Browsers'] };
	assert.deepEqual(await bus.call(get), [1]);
	bus.close();
	await chmod(folder, 0o750);
	await assert.rejects(SessionBus.open(world.env), /session bus: .*: is not there/);
	await chmod(folder, 0o700);
	await rename(folder, `${folder}-of-another`);
	await symlink(`${folder}-of-another`, folder);
	await assert.rejects(SessionBus.open(world.env), /session bus: .*: is not there/);
});

const skip = noMounts() || (process.getuid?.() !== 0 && 'needs root, to make namespaces of every kind');

test('a container: its own mounts, processes, network and users, no bus, entered by nsenter', { skip }, async t => {
	const { world } = await withoutBus(t);
	const site = await world.folder('site', { 'index.html': 'one' }, { git: true });
	const container = world.children.start('container', ['unshare', '--mount', '--pid', '--net', '--ipc', '--uts', '--user',
		'--map-root-user', '--fork', '--mount-proc', 'sh', '-c',
		`ip link set lo up || exit 9; cd ${site} && exec node ${path.join(TOP, 'tests/lib/site-server.js')} 8000`], { env: world.env });
	const pid = await until('the container', async () => {
		const id = container.process.pid;
		const child = (await readFile(`/proc/${id}/task/${id}/children`, 'utf8')).trim();
		return (await readFile(`/proc/${child}/net/tcp6`, 'utf8')).includes(':1F40 ') ? child : '';
	});
	const enter = ['nsenter', '--target', pid, '--all', '--preserve-credentials', '--'];
	const forward = await Forward.open(world, 'container', [...enter, SAVECAST, 'stdio']);
	const client = new Client(/** @type {any} */ (forward.world));
	await client.hello();
	const answer = await client.watch(1, 'http://localhost:8000/');
	assert.equal(answer.state, 'live', answer.reason);
	assert.match(answer.reason, /served by node/);
	await writeFile(path.join(site, 'index.html'), 'two');
	const { mark } = client.log;
	const saved = await run([...enter, SAVECAST, 'save', path.join(site, 'index.html')], world.env);
	assert.equal(saved.status, 0, saved.stderr);
	assert.deepEqual((await client.next('reload', { mark })).tabs, [1]);
	// When the container ends, so do the processes that were started in it, and its tabs.
	process.kill(Number(pid), 'SIGKILL');
	await client.closed;
});
