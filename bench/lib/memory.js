// SPDX-License-Identifier: MIT
/** The memory and the wake-ups of a process, including all processes that it started. */
import { readFile, readdir } from 'node:fs/promises';

/** @param {string} file */
const text = file => readFile(file, 'utf8').catch(() => '');

/**
 * @param {number} pid
 * @returns {Promise<number[]>} the process and its descendants
 */
export async function tree(pid) {
	const found = [pid];
	for (let i = 0; i < found.length; i++) {
		const tasks = await readdir(`/proc/${found[i]}/task`).catch(() => []);
		for (const task of tasks) {
			const children = await text(`/proc/${found[i]}/task/${task}/children`);
			found.push(...children.split(' ').filter(Boolean).map(Number));
		}
	}
	return found;
}

/**
 * @param {number} pid
 * @returns {Promise<{pss: number, rss: number, anonymous: number}>} MiB
 */
export async function memory(pid) {
	const sum = { pss: 0, rss: 0, anonymous: 0 };
	for (const one of await tree(pid)) {
		const rollup = await text(`/proc/${one}/smaps_rollup`);
		const mib = (/** @type {string} */ key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
		sum.pss += mib('Pss');
		sum.rss += mib('Rss');
		sum.anonymous += mib('Pss_Anon');
	}
	return sum;
}

/**
 * @param {number} pid
 * @returns {Promise<{switches: number, msec: number}>} so far: context switches of all threads, CPU time
 */
export async function activity(pid) {
	const sum = { switches: 0, msec: 0 };
	for (const one of await tree(pid)) {
		for (const task of await readdir(`/proc/${one}/task`).catch(() => [])) {
			const status = await text(`/proc/${one}/task/${task}/status`);
			for (const [, count] of status.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)$/gm)) {
				sum.switches += Number(count);
			}
			// In ns: more exact than the ticks of /proc/PID/stat.
			const [ran] = (await text(`/proc/${one}/task/${task}/schedstat`)).split(' ');
			sum.msec += Number(ran || 0) / 1e6;
		}
	}
	return sum;
}
