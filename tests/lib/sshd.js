// SPDX-License-Identifier: MIT
//
// The real sshd on loopback, with accounts that only its own passwd file has.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { run, whileAlive } from './children.js';
import { until } from './events.js';
import { noMounts } from './namespaces.js';
import { answers, freePort } from './ports.js';
import { TOP } from './world.js';

const SSHD = '/usr/sbin/sshd';

/** The user ids of the accounts. */
const FIRST_UID = 200000 + process.pid * 4; // Tests run at the same time: each process has its own.
const UIDS = { there: FIRST_UID, neighbour: FIRST_UID + 1, sshd: FIRST_UID + 2 };

/** @returns {string | false} why it cannot run here */
export function noSshd() {
	if (!existsSync(SSHD) || spawnSync('ssh', ['-V']).status !== 0) {
		return 'ssh or sshd is not installed (Debian: openssh-client, openssh-server)';
	}
	return (process.getuid?.() !== 0 && 'needs root, to run sshd with another account') || noMounts();
}

/**
 * @typedef {object} Account
 * @property {string} name
 * @property {number} uid
 * @property {string} home
 * @property {(key?: string, port?: number) => string[]} ssh the command that logs in
 * @property {(command: string) => Promise<{status: number | null, stdout: string, stderr: string}>} there
 *	runs a shell command as that account
 * @property {string[]} as the words before a command that run it as this account, without ssh
 * @property {() => Promise<number[]>} sessions the processes of the account's connections
 */

/**
 * @param {import('./world.js').World} world
 * @returns {Promise<{port: number, there: Account, neighbour: Account, accounts: string[]}>} two accounts of a machine;
 *	accounts: the words before a command that must find their names
 */
export async function startSshd(world) {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'savecast-there-'));
	await chmod(folder, 0o755);
	const file = (/** @type {string} */ name) => path.join(folder, name);
	for (const key of ['host', 'user', 'stranger']) {
		await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file(key)], world.env);
	}
	const port = await freePort();
	const accounts = { there: await openAccount(world, folder, 'there', port), neighbour: await openAccount(world, folder, 'neighbour', port) };
	const lines = Object.values(accounts).map(({ uid, home, name }) => `${name}:x:${uid}:${uid}::${home}:/bin/sh\n`);
	await writeFile(file('passwd'), `${await readFile('/etc/passwd', 'utf8')}${lines.join('')}sshd:x:${UIDS.sshd}:${UIDS.sshd}::/run/sshd:/usr/sbin/nologin\n`);
	await writeFile(file('shadow'), 'root:*:19000::::::\nthere:*:19000::::::\nneighbour:*:19000::::::\n');
	await writeFile(file('sshd_config'), [`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${file('host')}`,
		`AuthorizedKeysFile ${file('user.pub')}`, 'UsePAM no', 'StrictModes no', 'PidFile none', 'AllowUsers there neighbour', ''].join('\n'));
	const sshd = world.children.start('sshd', ['unshare', '--mount', 'sh', '-c',
		`mkdir -p /run/sshd && mount --bind ${file('passwd')} /etc/passwd && mount --bind ${file('shadow')} /etc/shadow && exec ${SSHD} -D -e -f ${file('sshd_config')}`],
	{ env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
	await whileAlive(sshd, until('sshd', () => answers('127.0.0.1', port)));
	world.atEnd.push(async () => {
		for (const { uid } of Object.values(accounts)) {
			await run(['pkill', '--uid', String(uid)], world.env);
			await run(['rm', '-rf', `/tmp/savecast-${uid}`], world.env);
		}
		await run(['rm', '-rf', folder], world.env);
	});
	return { port, ...accounts, accounts: ['nsenter', '--target', String(sshd.process.pid), '--mount', '--'] };
}

/**
 * A site of the account, its server, and a configuration with which only reported changes cause
 * events.
 *
 * @param {import('./world.js').World} world
 * @param {Account} account
 */
export async function siteOf(world, { name, there, home, as }) {
	const port = await freePort();
	const made = await there(`mkdir -p .config/savecast && printf '[savecast]\n\twatch = false\n' >.config/savecast/config && mkdir site && cd site && git init -q . &&
		echo '<h1>one</h1>' >index.html && echo one >a.css`);
	if (made.status !== 0) {
		throw new Error(made.stderr);
	}
	const server = world.children.start(`server-of-${name}`, [...as, process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(port)],
		{ cwd: path.join(home, 'site'), env: process.env });
	await whileAlive(server, until('the server', () => answers('127.0.0.1', port)));
	return { port, url: `http://localhost:${port}/` };
}

/**
 * @param {import('./world.js').World} world
 * @param {string} folder
 * @param {'there' | 'neighbour'} name
 * @param {number} port of sshd
 */
async function openAccount(world, folder, name, port) {
	const uid = UIDS[name], home = path.join(folder, name);
	await mkdir(home);
	await chown(home, uid, uid);
	const ssh = (/** @type {string} */ key = 'user', at = port) => ['ssh', '-F', 'none', '-p', String(at), '-i', path.join(folder, key),
		'-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${path.join(folder, 'known_hosts')}`,
		'-o', 'LogLevel=ERROR', `${name}@127.0.0.1`];
	return {
		name, home, uid, ssh,
		there: (/** @type {string} */ command) => run([...ssh(), command], world.env),
		as: ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', 'env', '-i', `HOME=${home}`, 'PATH=/usr/bin:/bin'],
		sessions: async () => (await run(['pgrep', '--uid', String(uid), '--full', `^sshd: ${name}`], world.env)).stdout.split('\n').filter(Boolean).map(Number),
	};
}
