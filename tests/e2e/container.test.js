// SPDX-License-Identifier: MIT
//
// A container of the real Podman without packages of savecast: `podman exec -i`, and the real docker
// command over Podman's own API.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Forward } from '../lib/forward.js';
import { Client } from '../lib/wire-client.js';
import { SAVECAST, TOP, World } from '../lib/world.js';

const SERVER = 8000;
/** A machine may not permit Podman's own limits. */
const LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];

/** Makes a root folder with the programs of this machine. @param {string} root */
async function makeRoot(root) {
	for (const name of ['usr', 'etc', 'proc', 'dev', 'sys', 'tmp', 'run', 'root']) {
		await mkdir(path.join(root, name), { mode: name === 'tmp' ? 0o1777 : 0o755 });
	}
	for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
		await symlink(`usr/${name}`, path.join(root, name));
	}
	await writeFile(path.join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
}

const root = await mkdtemp(path.join(os.tmpdir(), 'savecast-root-'));
process.on('exit', () => spawnSync('rm', ['-rf', root]));
await makeRoot(root);

/** @param {string[]} podman @returns {(words: string[], ...command: string[]) => string[]} */
const runs = (podman) => (words, ...command) =>
	[...podman, 'run', ...LIMITS, '--network=none', '--volume', '/usr:/usr:ro', '--volume', `${TOP}:${TOP}`, ...words, '--rootfs', root, ...command];

/** @returns {string[] | string} the words that run Podman, or why it cannot run here */
function findPodman() {
	let why = 'no podman here (Debian: podman and runc)';
	for (const runtime of ['runc', 'crun']) {
		const podman = ['podman', '--runtime', runtime, '--cgroup-manager=cgroupfs'];
		const [program, ...args] = runs(podman)(['--rm'], 'true');
		const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 20000 });
		if (status === 0) {
			return podman;
		}
		why = stderr?.trim().split('\n').at(-1) || why;
	}
	return `podman: ${why}`;
}

const podman = findPodman();

test('a container, entered by podman exec and docker exec', { skip: typeof podman === 'string' && podman }, async t => {
	const world = await World.open(t);
	const name = `savecast-${process.pid}`;
	const started = await run(runs(/** @type {string[]} */ (podman))(['--detach', '--name', name], 'sh', '-c',
		`mkdir -p /root/.config/savecast && printf '[savecast]\\n\\twatch = false\\n' >/root/.config/savecast/config && mkdir /root/site &&
		cd /root/site && git init -q . && echo one >index.html && exec node ${TOP}/tests/lib/site-server.js ${SERVER}`), process.env);
	assert.equal(started.status, 0, started.stderr);
	t.after(async () => {
		await run([...podman, 'rm', '--force', '--time', '0', name], process.env);
		await rm(root, { recursive: true, force: true });
	});
	const socket = path.join(world.temp, 'podman.sock');
	const service = world.children.start('service', [...podman, 'system', 'service', '--time', '0', `unix://${socket}`], { env: process.env });
	const ways = [['podman exec', [...podman, 'exec', '-i', name]], ['docker exec', ['docker', '--host', `unix://${socket}`, 'exec', '-i', name]]];
	for (const [way, enter] of /** @type {[string, string[]][]} */ (ways)) {
		const skip = way === 'docker exec' && spawnSync('docker', ['--version']).status !== 0 && 'no docker command here (Debian: docker.io)';
		await t.test(way, { skip }, async () => {
			if (way === 'docker exec') {
				await whileAlive(service, until('the API of Podman', async () => (await run(['docker', '--host', `unix://${socket}`, 'version'], process.env)).status === 0));
			}
			const inside = async (/** @type {string} */ command) => {
				const done = await run([...enter, 'sh', '-c', command], process.env);
				assert.equal(done.status, 0, done.stderr);
				return done.stdout.trim();
			};
			await inside(`until node -e 'fetch("http://localhost:${SERVER}").catch(() => process.exit(1))'; do :; done`);
			const forward = await Forward.open(world, way.replace(' ', '-'), [...enter, SAVECAST, 'stdio']);
			const client = new Client(/** @type {any} */ (forward.world));
			await client.hello('profile-of-a-test', 'Test 1', { far: true });
			const { state, reason } = await client.watch(1, `http://localhost:${SERVER}/`);
			assert.equal(state, 'live', reason);
			assert.match(reason, /served by node \(pid \d+\) from \/root\/site$/);
			const { mark } = client.log;
			const event = JSON.parse(await inside(`cd /root/site && echo "${way}" >index.html && ${SAVECAST} save --json index.html`)).event;
			assert.equal((await client.next('reload', { mark })).event, event);
			client.send({ type: 'report', event, tab: 1, step: 'loaded' });
			// The command ends with the connection, here and in the container.
			const [pid] = await forward.commands();
			client.socket.close();
			await until('its end here', async () => !(await forward.commands()).includes(pid));
			await until('its end in the container', async () => await inside('grep -l "^savecast$" /proc/[0-9]*/comm | wc -l') === '0');
		});
	}
	await t.test('when the container ends, so does the connection', async () => {
		const [, enter] = ways[0];
		const forward = await Forward.open(world, 'last', [.../** @type {string[]} */ (enter), SAVECAST, 'stdio']);
		const client = new Client(/** @type {any} */ (forward.world));
		await client.hello();
		await run([...podman, 'kill', '--signal', 'KILL', name], process.env);
		await client.closed;
		await forward.state('lost', { mark: 0 });
	});
});
