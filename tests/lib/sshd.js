// SPDX-License-Identifier: MIT
//
// The real sshd on loopback, with an account of its own that only its own passwd file has.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { run, whileAlive } from './children.js';
import { until } from './events.js';
import { noMounts } from './namespaces.js';
import { answers, freePort } from './ports.js';

const SSHD = '/usr/sbin/sshd';
const UID = 61234;

/** @returns {string | false} why it cannot run here */
export function noSshd() {
	if (!existsSync(SSHD) || spawnSync('ssh', ['-V']).status !== 0) {
		return 'no ssh and sshd here (Debian: openssh-client, openssh-server)';
	}
	return (process.getuid?.() !== 0 && 'needs root, to run sshd with another account') || noMounts();
}

/**
 * @param {import('./world.js').World} world
 */
export async function startSshd(world) {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'savecast-there-'));
	await chmod(folder, 0o755);
	const home = path.join(folder, 'home');
	await mkdir(home);
	await chown(home, UID, UID);
	const file = (/** @type {string} */ name) => path.join(folder, name);
	for (const key of ['host', 'user', 'stranger']) {
		await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file(key)], world.env);
	}
	await writeFile(file('passwd'), `${await readFile('/etc/passwd', 'utf8')}there:x:${UID}:${UID}::${home}:/bin/sh\nsshd:x:61235:61235::/run/sshd:/usr/sbin/nologin\n`);
	await writeFile(file('shadow'), 'root:*:19000::::::\nthere:*:19000::::::\n');
	const port = await freePort();
	await writeFile(file('sshd_config'), [`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${file('host')}`,
		`AuthorizedKeysFile ${file('user.pub')}`, 'UsePAM no', 'StrictModes no', 'PidFile none', 'AllowUsers there', ''].join('\n'));
	const sshd = world.children.start('sshd', ['unshare', '--mount', 'sh', '-c',
		`mkdir -p /run/sshd && mount --bind ${file('passwd')} /etc/passwd && mount --bind ${file('shadow')} /etc/shadow && exec ${SSHD} -D -e -f ${file('sshd_config')}`],
	{ env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
	await whileAlive(sshd, until('sshd', () => answers('127.0.0.1', port)));
	const ssh = (/** @type {string} */ key = 'user') => ['ssh', '-F', 'none', '-p', String(port), '-i', file(key), '-o', 'BatchMode=yes',
		'-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${file('known_hosts')}`, '-o', 'LogLevel=ERROR', 'there@127.0.0.1'];
	world.atEnd.push(async () => {
		await run(['pkill', '--uid', String(UID)], world.env);
		await run(['rm', '-rf', folder, `/tmp/savecast-${UID}`], world.env);
	});
	return {
		home, uid: UID, ssh,
		/** Runs a shell command as that account. @param {string} command */
		there: (command) => run([...ssh(), command], world.env),
		/** The processes of the account's connections. */
		sessions: async () => (await run(['pgrep', '--full', '^sshd: there'], world.env)).stdout.split('\n').filter(Boolean).map(Number),
	};
}
