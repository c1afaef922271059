// SPDX-License-Identifier: MIT
import { readFile, readdir } from 'node:fs/promises';

import { until } from './events.js';

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

/**
 * Waits until nothing wakes the process for a while. No event reports that.
 *
 * @param {number} pid
 * @param {number} msec
 */
export function asleep(pid, msec) {
	let last = -1;
	return until('the process to sleep', async () => last === (last = await wakeUps(pid)), { every: msec });
}
