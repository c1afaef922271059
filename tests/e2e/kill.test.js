// SPDX-License-Identifier: MIT
//
// The daemon may be killed at any moment: what it has acknowledged is done, what is on disk is
// complete, the next save starts it again, and browsers reconnect at once.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, heading, live, missing, switchOn } from '../lib/live.js';
import { back } from '../lib/wire-client.js';
import { LONG, SAVECASTD, World } from '../lib/world.js';

const KILLS = LONG ? 500 : 10;
const BROWSER_KILLS = LONG ? 20 : 3;

/**
 * The times are normally a fifth of a second. Half of them must be below the limit, which an extension
 * that waited for its alarm (30 s) would exceed.
 *
 * @param {import('node:test').TestContext} t
 * @param {number[]} times of each kill, in milliseconds
 */
function backInTime(t, times) {
	times.sort((a, b) => a - b);
	const median = times[times.length >> 1];
	t.diagnostic(`from the kill to a live tab: median ${median.toFixed(0)} ms, longest ${times.at(-1)?.toFixed(0)} ms`);
	assert.ok(median < 10000, `${median} ms`);
}

/**
 * A session whose bus starts the daemon, as in a session without systemd.
 *
 * @param {import('node:test').TestContext} t
 */
async function openActivated(t) {
	const services = await mkdtemp(path.join(await realpath(os.tmpdir()), 'savecast-services-'));
	t.after(() => rm(services, { recursive: true }));
	await writeFile(path.join(services, 'io.github.savecast.Daemon1.service'),
		`[D-BUS Service]\nName=io.github.savecast.Daemon1\nExec=${SAVECASTD}\n`);
	return World.open(t, { services });
}

test(`killed ${KILLS} times while saves arrive`, { timeout: 3600e3 }, async t => {
	const world = await openActivated(t);
	const root = await world.folder('site', { 'a.css': '', '.savecast': '[savecast]\n\turl = http://site.test/\n' });
	const file = path.join(root, 'a.css');
	const stateFile = path.join(world.temp, 'state/savecast/projects.json');
	const track = (/** @type {string} */ name) => world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [name, {}] });
	await track(root);
	await world.trust(root);
	await back(world, 'http://site.test/');
	/** @type {Set<string>} projects that the daemon has acknowledged */
	const tracked = new Set([root]);
	/** @type {number[]} */
	const times = [];
	let n = 0;
	for (let i = 0; i < KILLS; i++) {
		const pid = await world.bus.daemonPid();
		let dead = false;
		/** @type {Promise<unknown>[]} */
		const calls = [];
		// The kill comes at any moment while the daemon handles these calls.
		const moment = Math.random() * 25;
		const began = performance.now();
		while (performance.now() - began < moment) {
			await writeFile(file, `p { order: ${++n} }`);
			calls.push(world.bus.saved(file).catch(() => {}));
			if (n % 3 === 0) {
				const name = path.join(world.home, `tracked-${i}-${n}`);
				await mkdir(name);
				calls.push(track(name).then(() => !dead && tracked.add(name)).catch(() => {}));
			}
		}
		process.kill(pid, 'SIGKILL');
		dead = true;
		const killed = performance.now();
		await until('another process, at the next save', async () => {
			await writeFile(file, `p { order: ${++n} }`);
			return await world.bus.saved(file) && await world.bus.daemonPid() !== pid;
		}, { every: 1 });
		const { projects } = JSON.parse(await readFile(stateFile, 'utf8'));
		const known = new Set(projects.map((/** @type {any} */ one) => one.root));
		for (const name of tracked) {
			assert.ok(known.has(name), `kill ${i}: ${name} was tracked`);
		}
		const client = await back(world, 'http://site.test/');
		times.push(performance.now() - killed);
		await writeFile(file, `p { order: ${++n} }`);
		const event = await world.bus.saved(file);
		assert.ok((await client.log.next('the save', ({ type, event: of }) => type === 'reload' && of >= event, { mark: 0 })), 'the next save is shown');
		client.socket.terminate();
		// Makes room for the next projects.
		for (const name of tracked.size > 300 ? [...tracked].slice(1) : []) {
			await world.bus.call({ member: 'Untrack', signature: 's', body: [name] });
			tracked.delete(name);
		}
	}
	t.diagnostic(`${n} saves`);
	backInTime(t, times);
});

for (const which of BROWSERS) {
	// Firefox takes long to start, and the code is the same.
	const skip = missing(which) || (which === 'firefox' && !LONG && 'with --long');

	test(`${which}: killed ${BROWSER_KILLS} times, its tab is live again and the next save is shown`, { skip }, async t => {
		const world = await openActivated(t);
		const site = await world.site('site', { 'index.html': '<h1>0</h1>' });
		const file = path.join(site.root, 'index.html');
		await world.bus.saved(file);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		/** @type {number[]} */
		const times = [];
		for (let i = 1; i <= BROWSER_KILLS; i++) {
			const pid = await world.bus.daemonPid();
			process.kill(pid, 'SIGKILL');
			const killed = performance.now();
			await until('another process, at the next save', async () =>
				await world.bus.saved(file) && await world.bus.daemonPid() !== pid, { every: 1 });
			await live(world, 1);
			times.push(performance.now() - killed);
			await writeFile(file, `<h1>${i}</h1>`);
			await world.bus.saved(file);
			await until('the save to show', async () => await heading(page) === String(i));
		}
		backInTime(t, times);
	});
}

test('a tracked work tree is watched from the start of the next daemon', async t => {
	const world = await openActivated(t);
	const root = await world.folder('site', { 'a.css': 'a' }, { git: true });
	await world.git(root, 'add', '.');
	await world.git(root, 'commit', '-qm', 'one');
	await world.git(root, 'checkout', '-qb', 'other');
	await writeFile(path.join(root, 'a.css'), 'b');
	await world.git(root, 'commit', '-qam', 'two');
	await world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [root, {}] });
	process.kill(await world.bus.daemonPid(), 'SIGKILL');
	await until('its end', async () => !await world.bus.daemonRuns());
	await world.bus.properties();
	await world.git(root, 'checkout', '-q', '-');
	await until('what git did', async () => (await world.bus.events()).some((/** @type {any} */ one) => one.source === 'git'));
});

test('when the bus ends, the daemon exits; on the next bus it starts again', async t => {
	const world = await World.open(t);
	const daemon = await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' });
	await world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [root, {}] });
	world.dbusDaemon?.process.kill('SIGKILL');
	assert.equal(await daemon.ended, 'exited with status 0');
	assert.equal((await world.log('savecastd')).match(/bus is gone: ending/g)?.length, 1);
	await world.openBus();
	await world.startDaemon();
	const event = await world.bus.saved(path.join(root, 'a.css'));
	assert.equal((await world.bus.events()).find((/** @type {any} */ one) => one.serial === event).project, root);
});
