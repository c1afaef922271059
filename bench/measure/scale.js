// SPDX-License-Identifier: MIT
/** What a save costs when the daemon has many clients, tabs, projects and files. */
import { BROADCAST, broadcast } from '../scale/broadcast.js';
import { bursts } from '../scale/bursts.js';
import { checkouts } from '../scale/checkouts.js';
import { growth } from '../scale/growth.js';
import { figure } from '../lib/stats.js';

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const crowd = await broadcast(quick ? 500 : BROADCAST);
	const burst = await bursts(quick ? 2000 : 100000);
	/** @type {string[]} */
	const notes = [];
	const tables = [
		{ head: ['clients', 'until all have it', 'the daemon\'s part', 'memory MiB'], rows: crowd.rows },
		{ head: ['', 'save to message p50', 'p95'], rows: await growth(quick) },
		{ head: ['saves in one burst', 'seconds', 'us a save', 'messages', 'memory MiB before', 'after'], rows: burst },
		{ head: ['files', 'git checkout itself', 'savecast: checkout to message', '(without its 60 ms of settling)',
			'git status', 'watchman'], rows: await checkouts(quick ? [2000] : [100000, 500000], notes) },
	];
	return {
		title: 'Scale',
		about: 'Clients and their tabs: one event that all of them receive, from a build of savecastd that accepts more than 256 '
			+ 'connections. Then one save while the daemon knows many other projects or tabs. Then saves as fast as a client can report them, all of '
			+ 'changed files. Then a checkout that changes ten files of many, until the message; compared with how long '
			+ '`git status` takes to find them, and watchman to report them.',
		tables,
		goals: [{ what: `a broadcast to ${crowd.count} clients below 50 ms`, met: crowd.msec < 50, measured: `${figure(crowd.msec)} ms`,
			why: 'The daemon encodes one message for all and writes it with a system call to each socket: the table shows its '
				+ 'part. The rest is the clients, which share the two cores. io_uring would meet the goal, but libwebsockets does not use it' }],
		notes,
	};
}
