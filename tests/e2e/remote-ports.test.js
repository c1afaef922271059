// SPDX-License-Identifier: MIT
//
// `ssh -R`, run on the other machine by the real ssh: sshd listens here, and the daemon there knows
// by its user's ssh to which of its ports. That machine has a network of its own.
import assert from 'node:assert/strict';
import { copyFile, chmod, chown, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Forward } from '../lib/forward.js';
import { heading, missing } from '../lib/live.js';
import { answers, freePort } from '../lib/ports.js';
import { noSshd, startSshd } from '../lib/sshd.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SAVECAST, TOP, World } from '../lib/world.js';

const SERVER = 8000;

/**
 * An account of a machine with a network of its own, which can reach only this machine's sshd.
 *
 * @param {World} world
 */
async function openMachine(world) {
	const { port, there, neighbour, accounts } = await startSshd(world);
	const machine = world.children.start('machine', ['unshare', '--net', 'sh', '-c', 'ip link set lo up && echo up && exec sleep infinity'], { env: process.env });
	await whileAlive(machine, until('its network', async () => (await world.log('machine')).includes('up')));
	const inside = ['nsenter', '--target', String(machine.process.pid), '--net', '--', ...there.as];
	/** @param {string} command */
	const shell = async (command) => {
		const done = await run([...inside, 'sh', '-c', `cd && ${command}`], process.env);
		assert.equal(done.status, 0, done.stderr);
		return done;
	};
	// A socket of the file system is the way from one network to the other.
	const wire = path.join(there.home, 'wire');
	const relay = net.createServer((from) => {
		const to = net.connect({ host: '127.0.0.1', port });
		from.pipe(to).pipe(from);
		[from, to].forEach((socket) => socket.on('error', () => {}));
	});
	await new Promise((resolve) => relay.listen(wire, () => resolve(undefined)));
	world.atEnd.push(async () => { relay.close(); });
	await chown(wire, there.uid, there.uid);
	const [ssh, ...args] = neighbour.ssh();
	const key = path.join(there.home, 'key');
	await copyFile(args[args.indexOf('-i') + 1], key);
	await chown(key, there.uid, there.uid);
	await chmod(key, 0o600);
	await writeFile(path.join(there.home, 'connect.cjs'), `const socket = require('net').connect(${JSON.stringify(wire)});
		process.stdin.pipe(socket).pipe(process.stdout); socket.on('close', () => process.exit());`);
	const options = ['-F', 'none', '-i', key, '-o', `ProxyCommand=${process.execPath} ${there.home}/connect.cjs`,
		'-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${there.home}/known_hosts`, '-o', 'LogLevel=ERROR'];
	await shell(`mkdir -p .config/savecast site && printf '[savecast]\n\twatch = false\n' >.config/savecast/config &&
		cd site && git init -q . && echo '<h1>one</h1>' >index.html`);
	const server = world.children.start('server', [...inside, process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(SERVER)],
		{ cwd: path.join(there.home, 'site'), env: process.env });
	await whileAlive(server, until('the server', () => shell(`${process.execPath} -e 'fetch("http://127.0.0.1:${SERVER}")'`)));
	const others = ['nsenter', '--target', String(machine.process.pid), '--net', '--', ssh, ...options];
	return { inside, shell, others, home: there.home, ssh: [...accounts, ...inside, ssh, ...options], host: args.at(-1) ?? '' };
}

test('a port that ssh -R forwards to a machine with a network of its own', { skip: noSshd() }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const { inside, shell, others, home, ssh, host } = await openMachine(world);
	const forward = await Forward.open(world, 'devbox', [...inside, SAVECAST, 'stdio']);
	const client = new Client(/** @type {any} */ (forward.world));
	await client.hello('profile-of-far', 'Test 1', { far: true });
	let tab = 0, tunnels = 0;

	/** @param {string[]} words @param {() => Promise<boolean>} isUp @param {string[]} as */
	const tunnel = async (words, isUp, as = ssh) => {
		const child = world.children.start(`tunnel-${++tunnels}`, [...as, '-oExitOnForwardFailure=yes', ...words], { env: process.env });
		const up = until('the tunnel', isUp);
		await (words.includes('-fNR') ? up : whileAlive(child, up)); // -f: it goes into the background
	};

	await t.test('each way to ask ssh for it', async () => {
		/** @type {((port: number) => string[])[]} */
		const forms = [
			(port) => ['-fNR', `${port}:127.0.0.1:${SERVER}`, host],
			(port) => ['-N', `-oRemoteForward=${port} localhost:${SERVER}`, host],
			(port) => [host, '-N', '-R', `[::1]:${port}:[::1]:${SERVER}`],
			...LONG ? [
				(/** @type {number} */ port) => ['-N', '-R', `${port}:localhost:${SERVER}`, host],
				(/** @type {number} */ port) => [`-NR127.0.0.1:${port}:localhost:${SERVER}`, host],
			] : [],
		];
		await Promise.all(forms.map(async (words) => {
			const port = await freePort(), mine = ++tab;
			const name = words(port).includes(`[::1]:${port}:[::1]:${SERVER}`) ? '[::1]' : 'localhost';
			await tunnel(words(port), () => answers(name === '[::1]' ? '::1' : '127.0.0.1', port));
			const { state, reason } = await client.watch(mine, `http://${name}:${port}/a`);
			assert.equal(state, 'live', `${words(port).join(' ')}: ${reason}`);
			assert.match(reason, new RegExp(`^ssh -R forwards port ${port} there to port ${SERVER} here: port ${SERVER} is served by node`));
		}));
	});

	await t.test('a save there reloads those tabs', async () => {
		const { mark } = client.log;
		await shell(`cd site && echo '<h1>two</h1>' >index.html && ${SAVECAST} save index.html`);
		const told = new Set();
		await client.log.next('a reload of each tab', ({ type, tabs, event }) => {
			if (type === 'reload') {
				tabs.forEach((/** @type {number} */ one) => {
					told.add(one);
					client.send({ type: 'report', event, tab: one, step: 'loaded' });
				});
			}
			return told.size === tab;
		}, { mark });
	});

	await t.test('no target: a socket of the file system, another host, different ports, another user, an unknown port', async () => {
		const sock = path.join('/tmp', `savecast-${process.pid}.sock`);
		world.atEnd.push(() => run(['rm', '-f', sock], process.env));
		const [other, two, theirs, unknown] = [await freePort(), await freePort(), await freePort(), await freePort()];
		await Promise.all([
			tunnel(['-N', '-R', `${sock}:localhost:${SERVER}`, host], async () => (await run(['test', '-S', sock], process.env)).status === 0),
			tunnel(['-N', '-R', `${other}:192.0.2.1:${SERVER}`, host], () => answers('127.0.0.1', other)),
			tunnel(['-N', '-R', `127.0.0.1:${two}:localhost:${SERVER}`, host], () => answers('127.0.0.1', two)),
			tunnel(['-N', '-R', `${theirs}:localhost:${SERVER}`, host], () => answers('127.0.0.1', theirs), others),
			tunnel(['-N', '-R', `[::1]:${two}:localhost:9`, host], () => answers('::1', two)),
		]);
		for (const port of [other, two, theirs, unknown]) {
			const { state, reason } = await client.watch(90, `http://localhost:${port}/`);
			assert.equal(state, 'none');
			assert.match(reason, new RegExp(`^nothing listens on port ${port} `));
		}
	});

	await t.test('a server there with that number has precedence; a browser there has nothing to do with the tunnel', async () => {
		const [port, own] = [await freePort(), await freePort()];
		world.children.start('other', [...inside, process.execPath, '-e', `require('http').createServer((_, answer) => answer.end()).listen(${own})`], { cwd: '/', env: process.env });
		await until('it', () => shell(`${process.execPath} -e 'fetch("http://127.0.0.1:${own}")'`));
		await Promise.all([port, own].map((one) => tunnel(['-N', '-R', `${one}:localhost:${SERVER}`, host], () => answers('127.0.0.1', one))));
		const near = new Client(/** @type {any} */ (forward.world));
		await near.hello('profile-of-near');
		assert.match((await near.watch(1, `http://localhost:${port}/`)).reason, /^nothing listens/);
		near.socket.close();
		assert.equal((await client.watch(91, `http://localhost:${port}/`)).state, 'live');
		const { state, reason } = await client.watch(92, `http://localhost:${own}/`);
		assert.equal(state, 'none');
		assert.match(reason, new RegExp(`^port ${own} is served by node`));
	});

	await t.test('a tab of Chromium', { skip: missing('chromium') }, async () => {
		const port = await freePort();
		await tunnel(['-N', '-R', `${port}:localhost:${SERVER}`, host], () => answers('127.0.0.1', port));
		const browser = await world.browser('chromium');
		await browser.evaluateInWorker(`chrome.storage.local.set(${JSON.stringify({ daemons: [{ id: 'd', name: 'devbox', port: forward.port }] })})`);
		const page = await browser.newPage(`http://localhost:${port}/`);
		await page.clickAction();
		await until('it to be live', async () => /live: site on devbox: /.test((await browser.activeIcon()).title));
		await writeFile(path.join(home, 'site/index.html'), '<h1>three</h1>');
		await shell(`${SAVECAST} save site/index.html`);
		await until('the new page', async () => await heading(page) === 'three');
	});
});
