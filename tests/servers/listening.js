// SPDX-License-Identifier: MIT
/** The processes that listen on a port, from /proc: found in another way than the daemon does. */
import { readdir, readFile, readlink } from 'node:fs/promises';

/** @typedef {{pids: number[], starts: string[], inodes: string[], images: string[]}} Listening images: the addresses of the program in memory, which an exec changes */

/** @param {number} port @returns {Promise<string[]>} the inodes of the sockets */
async function sockets(port) {
	const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
	const rows = (await Promise.all(['tcp', 'tcp6'].map(name => readFile(`/proc/net/${name}`, 'utf8')))).join('\n').split('\n');
	return rows.map(row => row.trim().split(/\s+/)).filter(([, local, , state]) => local?.endsWith(hex) && state === '0A')
		.map(fields => fields[9]);
}

/** @param {string} pid @param {string[]} inodes */
async function holds(pid, inodes) {
	const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
	const links = await Promise.all(fds.map(fd => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
	return links.some(link => inodes.some(inode => link === `socket:[${inode}]`));
}

/** @param {number} port @returns {Promise<Listening>} */
export async function listening(port) {
	const inodes = await sockets(port);
	const pids = inodes.length ? (await readdir('/proc')).filter(name => /^\d+$/.test(name)) : [];
	const held = await Promise.all(pids.map(pid => holds(pid, inodes)));
	const holders = pids.filter((_, i) => held[i]);
	const stats = (await Promise.all(holders.map(pid => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''))))
		.map(text => text.slice(text.lastIndexOf(')') + 2).split(' '));
	return {
		pids: holders.map(Number).sort((a, b) => a - b),
		starts: stats.map(fields => fields[19]),
		inodes: inodes.sort(),
		images: stats.map(fields => `${fields[23]}-${fields[25]}`),
	};
}
