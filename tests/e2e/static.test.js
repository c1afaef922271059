// SPDX-License-Identifier: MIT
//
// The programs of scripts/build-static, run in a root folder that contains no libraries.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Forward } from '../lib/forward.js';
import { noMounts } from '../lib/namespaces.js';
import { Client } from '../lib/wire-client.js';
import { LONG, TOP, World } from '../lib/world.js';

const skip = (!LONG && 'with --long: it compiles for a minute') || noMounts() ||
	(process.getuid?.() !== 0 && 'needs root to change its root folder');

/** @param {World} world @param {string} [arch] @returns {Promise<string>} the folder with both programs */
async function build(world, arch) {
	const { stdout } = await run(['dpkg', '--print-architecture'], world.env);
	const folder = path.join(world.temp, 'programs');
	const { status, stderr } = await run([path.join(TOP, 'scripts/build-static'), ...arch ? ['--arch', arch] : [], folder],
		{ ...process.env, HOME: world.home });
	assert.equal(status, 0, stderr);
	const programs = await readdir(folder);
	assert.deepEqual(programs.sort(), ['savecast', 'savecastd'], arch ?? stdout);
	return folder;
}

/**
 * A root folder with the two programs and a project, whose server runs in the same namespaces.
 *
 * @param {World} world
 * @param {string} programs
 */
async function container(world, programs) {
	const root = path.join(world.temp, 'root'), site = path.join(root, 'site');
	for (const folder of ['proc', 'dev', 'tmp', 'site', 'bin']) {
		await mkdir(path.join(root, folder), { recursive: true });
	}
	for (const program of ['savecast', 'savecastd']) {
		await copyFile(path.join(programs, program), path.join(root, 'bin', program));
	}
	await writeFile(path.join(site, 'index.html'), 'one');
	await writeFile(path.join(site, '.gitignore'), 'ignored\n');
	await world.git(site, 'init', '--quiet');
	const unshare = world.children.start('container', ['unshare', '--mount', '--pid', '--net', '--ipc', '--uts', '--fork', 'sh', '-c',
		`mount -t proc proc ${root}/proc && for file in null urandom; do
			touch ${root}/dev/$file && mount --bind /dev/$file ${root}/dev/$file || exit 9; done; ip link set lo up && cd ${site} && exec ${process.execPath} ${path.join(TOP, 'tests/lib/site-server.js')} 8000`],
	{ env: world.env });
	const pid = await until('the server', () => {
		const { pid: outer } = unshare.process;
		const child = readFileSync(`/proc/${outer}/task/${outer}/children`, 'utf8').trim();
		return readFileSync(`/proc/${child}/net/tcp6`, 'utf8').includes(':1F40 ') ? child : '';
	});
	/** @param {string[]} args of savecast, which has no environment there */
	const inside = (...args) => ['/usr/bin/env', '-i', '/usr/bin/nsenter', '--target', pid, '--mount', '--pid', '--net', '--ipc', '--uts', '--',
		'/usr/sbin/chroot', root, '/bin/savecast', ...args];
	return { site, inside, pid: Number(pid) };
}

test('both programs handle a save in a root folder without libraries', { skip }, async t => {
	const world = await World.open(t);
	const { site, inside, pid } = await container(world, await build(world));
	const forward = await Forward.open(world, 'box', inside('stdio'));
	const client = new Client(/** @type {any} */ (forward.world));
	await client.hello();
	const answer = await client.watch(1, 'http://localhost:8000/');
	assert.equal(answer.state, 'live', answer.reason);
	assert.match(answer.reason, /served by node/);

	const { mark } = client.log; // The daemon may notice the change before it is told.
	await writeFile(path.join(site, 'index.html'), 'two');
	const saved = await run(inside('save', '/site/index.html'), {});
	assert.equal(saved.status, 0, saved.stderr);
	const { event } = await client.next('reload', { mark });
	client.send({ type: 'report', event, tab: 1, step: 'loaded' });
	await until('the end of the save', async () => /loaded/.test((await run(inside('why', '/site/index.html'), {})).stdout));
	// libgit2 is in them: it reads .gitignore and the settings.
	await writeFile(path.join(site, 'ignored'), 'x');
	assert.match((await run(inside('save', '/site/ignored'), {})).stdout + (await run(inside('why', '/site/ignored'), {})).stdout, /ignore/);
	process.kill(pid, 'SIGKILL');
	await client.closed;
});

/** Why podman cannot run here. */
const noPodman = ['podman', 'runc'].some((name) => spawnSync(name, ['--version']).status !== 0) && 'no podman and runc here';

test('both programs in a container of podman that has nothing else', { skip: skip || noPodman }, async t => {
	const world = await World.open(t);
	const programs = await build(world);
	const root = path.join(world.temp, 'root');
	for (const folder of ['bin', 'proc', 'dev', 'tmp', 'site']) {
		await mkdir(path.join(root, folder), { recursive: true });
	}
	for (const program of ['savecast', 'savecastd']) {
		await copyFile(path.join(programs, program), path.join(root, 'bin', program));
	}
	await writeFile(path.join(root, 'site/index.html'), 'one');
	const podman = ['podman', '--storage-driver=vfs', `--root=${world.temp}/storage`, `--runroot=${world.temp}/podman`, '--runtime=runc',
		'--cgroup-manager=cgroupfs', '--events-backend=none'];
	const done = async (/** @type {string[]} */ ...command) => {
		const { status, stdout, stderr } = await run(command, world.env);
		assert.equal(status, 0, `${command.join(' ')}: ${stderr}`);
		return stdout;
	};
	await done('tar', '-C', root, '-cf', `${world.temp}/image.tar`, '.');
	await done(...podman, 'import', `${world.temp}/image.tar`, 'web');
	world.atEnd.push(() => run([...podman, 'rm', '--force', '--time=0', 'web'], world.env));
	await done(...podman, 'run', '--detach', '--name=web', '--network=none', '--pids-limit=0', '--ulimit=nofile=1024:1024', '--ulimit=nproc=1000:1000',
		'web', '/bin/savecastd', '--private-bus');
	const exec = [...podman, 'exec', '-i', '--workdir=/site', 'web', '/bin/savecast'];
	const forward = await Forward.open(world, 'web', [...exec, 'stdio']);
	await until('savecastd', async () => (await run([...exec, 'track', '/site'], world.env)).status === 0);
	await done(...exec, 'set', '--project', 'url', 'http://localhost:18000');
	const client = new Client(/** @type {any} */ (forward.world));
	await client.hello();
	await until('the rule', async () => (await client.watch(1, 'http://localhost:18000/')).state === 'live');
	await done(...exec, 'reload', '/site');
	await client.next('reload', { mark: 0 });
});

const emulator = '/usr/bin/qemu-aarch64-static';
const noEmulator = spawnSync(emulator, ['--version']).status !== 0 && 'no qemu here (Debian: qemu-user-static)';

test('the programs for arm64, run by an emulator', { skip: skip || (process.arch !== 'x64' && 'is written for amd64') || noEmulator }, async t => {
	const world = await World.open(t);
	const programs = await build(world, 'arm64');
	/** @param {'savecast' | 'savecastd'} program @param {string[]} args */
	const emulated = (program, ...args) => [emulator, path.join(programs, program), ...args];
	const site = await world.folder('site', { 'index.html': 'one' }, { git: true });
	await mkdir(String(world.env.XDG_RUNTIME_DIR), { mode: 0o700 });
	delete world.env.DBUS_SESSION_BUS_ADDRESS;
	world.children.start('savecastd', emulated('savecastd', '--private-bus'), { env: world.env });
	await until('the daemon', async () => (await run(emulated('savecast', 'track', site), world.env)).status === 0);
	const saved = await run(emulated('savecast', 'save', path.join(site, 'index.html')), world.env);
	assert.equal(saved.status, 0, saved.stderr);
	assert.match((await run(emulated('savecast', 'why', path.join(site, 'index.html')), world.env)).stdout, /heard[^]*no-tab/);
});
