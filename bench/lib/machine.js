// SPDX-License-Identifier: MIT
/** Facts about the machine on which the figures depend. */
import { readFile } from 'node:fs/promises';
import os from 'node:os';

import { run } from '../../tests/lib/children.js';

/** @param {string[]} command @returns {Promise<string | undefined>} the first line that it prints */
async function said(...command) {
	const { status, stdout } = await run(command, process.env);
	return status === 0 ? stdout.split('\n')[0].trim() : undefined;
}

async function system() {
	const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
	return /^PRETTY_NAME="(.*)"/m.exec(release)?.[1] ?? os.type();
}

/** @returns {Promise<string[]>} */
export async function machine() {
	const cpus = os.cpus();
	const packages = ['libdbus-1-3', 'libwebsockets17', 'libgit2-1.5', 'dbus-daemon'];
	const versions = await Promise.all(packages.map(async name =>
		`${name} ${await said('dpkg-query', '-W', '-f', '${Version}', name) ?? 'unknown'}`));
	const commit = await said('git', 'describe', '--always', '--dirty');
	return [
		`${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, savecast at ${commit ?? 'no commit'}`,
		`${cpus.length} cores of ${cpus[0]?.model.trim()}, ${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
		`${await system()}, Linux ${os.release()}, Node ${process.versions.node}, ${versions.join(', ')}`,
	];
}

/** The load of the machine, including other work. */
export const load = () => os.loadavg()[0];

/** @returns {Promise<string | undefined>} whether the measured programs have priority */
export async function precedence() {
	const policy = /policy: (SCHED_(?:RR|FIFO))/.exec((await run(['chrt', '-p', String(process.pid)], process.env)).stdout)?.[1];
	return policy && `all measured programs ran as ${policy}, with priority over other work`;
}
