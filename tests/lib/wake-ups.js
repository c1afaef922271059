// SPDX-License-Identifier: MIT
import { readFile, readdir } from 'node:fs/promises';

/** @param {number} pid @returns {Promise<number>} how often all threads of the process were woken so far */
export async function wakeUps(pid) {
	let sum = 0;
	for (const thread of await readdir(`/proc/${pid}/task`)) {
		const status = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8');
		for (const [, count] of status.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)$/gm)) {
			sum += Number(count);
		}
	}
	return sum;
}
