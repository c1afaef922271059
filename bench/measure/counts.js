// SPDX-License-Identifier: MIT
/** What a save costs the daemon on any machine; tests/e2e/cost.test.js checks these figures. */
import { atDesk } from '../lib/desk.js';
import { systemCalls, work } from '../lib/counts.js';

/** @returns {Promise<import('../lib/report.js').Section>} */
export async function measure() {
	const calls = await atDesk(world => systemCalls(world));
	const { allocations, instructions } = await atDesk(world => work(world));
	const sum = [...calls.values()].reduce((a, b) => a + b, 0);
	const names = [...calls].filter(([, count]) => count >= 0.1).sort((a, b) => b[1] - a[1]);
	return {
		title: 'What a save costs the daemon',
		about: 'Counted with strace and callgrind, for a page three folders below the temporary folder, in a project with '
			+ 'one live tab; the same on every machine. A test checks these figures.',
		tables: [{
			head: ['', 'for each save'],
			rows: [
				['system calls', sum.toFixed(1)],
				['allocations', allocations.toFixed(0)],
				['instructions (not the kernel\'s)', instructions.toFixed(0)],
			],
		}],
		notes: [`The system calls: ${names.map(([name, count]) => `${count.toFixed(0)} ${name}`).join(', ')}.`],
	};
}
