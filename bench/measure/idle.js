// SPDX-License-Identifier: MIT
/**
 * What the daemon and other tools do while nothing happens, all at the same time; and their
 * memory.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { atDesk, browserWith, projects } from '../lib/desk.js';
import { activity, memory } from '../lib/memory.js';
import { figure } from '../lib/stats.js';
import { peers } from '../peers/all.js';

const BROWSERS = 3;

/** @typedef {import('../../tests/lib/world.js').World} World */
/** @typedef {{name: string, pid: number}} Process */

/**
 * A daemon in a world of its own, with this many browsers.
 *
 * @template T
 * @param {number} browsers
 * @param {boolean} tabs whether each watches a tab
 * @param {(process: Process) => Promise<T>} work
 * @returns {Promise<T>}
 */
const withDaemon = (browsers, tabs, work) => atDesk(async world => {
	const [site] = await projects(world, 1);
	const { process: { pid = 0 } } = await world.startDaemon();
	for (let i = 0; i < browsers; i++) {
		await browserWith(world, tabs ? [site.url] : [], `bench-browser-${i}`);
	}
	const name = browsers === 0 ? 'savecastd' : `savecastd, ${browsers} browsers${tabs ? ', each with a live tab' : ''}`;
	return work({ name, pid });
});

/**
 * @param {World} world
 * @returns {Promise<Process[]>}
 */
async function startPeers(world) {
	const all = [];
	for (const peer of peers) {
		try {
			const version = await peer.version();
			const { child } = await peer.start(world);
			all.push({ name: `${peer.name} ${version}`, pid: child.process.pid ?? 0 });
		} catch {
			// measure/save-to-message.js reports why.
		}
	}
	return all;
}

/**
 * @param {Process[]} all
 * @param {number} seconds
 * @returns {Promise<(string | number)[][]>}
 */
async function watch(all, seconds) {
	await pause(5000); // until the work after the start is done
	const before = await Promise.all(all.map(({ pid }) => activity(pid)));
	await pause(seconds * 1000);
	const after = await Promise.all(all.map(({ pid }) => activity(pid)));
	const held = await Promise.all(all.map(({ pid }) => memory(pid)));
	return all.map(({ name }, i) => [name, String(after[i].switches - before[i].switches),
		after[i].msec - before[i].msec, held[i].pss, held[i].anonymous]);
}

/** @param {World} world @returns {Promise<(string | number)[][]>} */
async function growth(world) {
	const all = await projects(world, 100);
	await world.configure(`[savecast]\n\tport = ${world.port}\n`); // without rules: they are not measured
	const { process: { pid = 0 } } = await world.startDaemon();
	const rows = [];
	let last = await memory(pid), known = 0;
	rows.push(['0', last.pss, last.anonymous, '']);
	for (const count of [1, 10, 100]) {
		const before = last, from = known;
		for (; known < count; known++) {
			await world.bus.saved(all[known].page);
		}
		last = await memory(pid);
		rows.push([String(count), last.pss, last.anonymous,
			from === 0 ? '' : `${figure((last.anonymous - before.anonymous) * 1024 / (count - from))} kB`]);
	}
	return rows;
}

/** A daemon that has no settings and knows no project: libgit2 is not needed. @param {World} world */
async function bare(world) {
	await rm(path.join(world.temp, 'config/savecast/config'));
	const { process: { pid = 0 } } = await world.startDaemon();
	return memory(pid);
}

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const seconds = quick ? 10 : 300;
	const rows = await atDesk(async world => withDaemon(0, false, none => withDaemon(BROWSERS, false, some =>
		withDaemon(BROWSERS, true, async live =>
			watch([none, some, live, ...await startPeers(world)], seconds)))));
	const { anonymous, pss, rss } = await atDesk(bare);
	const grown = await atDesk(growth);
	const perProject = Number(/[\d.]+/.exec(String(grown[3][3]))?.[0]);
	// One ping per 20 s for each browser, and as many wake-ups.
	const keepAlive = BROWSERS * Math.ceil(seconds / 20) * 2;
	return {
		title: 'Idle',
		about: `${seconds} s in which nothing happens, all at the same time: context switches of all threads, CPU time `
			+ 'in ms; then memory in MiB: the proportional set, which falls when other processes use the same libraries, '
			+ 'and its anonymous part.',
		tables: [
			{ head: ['', 'switches', 'CPU ms', 'PSS MiB', 'anonymous MiB'], rows },
			{ head: ['projects', 'PSS MiB', 'anonymous MiB', 'each further one'], rows: grown },
		],
		goals: [
			{ what: 'no context switch with 0 and with 3 browsers', met: rows[0][1] === '0' && rows[1][1] === '0',
				measured: `${rows[0][1]} and ${rows[1][1]} in ${seconds} s` },
			{ what: 'only the keep-alive with 3 live tabs', met: Number(rows[2][1]) <= keepAlive,
				measured: `${rows[2][1]} switches for ${BROWSERS * Math.floor(seconds / 20)} pings` },
			{ what: 'PSS at most 5 MiB as long as libgit2 is not needed', met: pss <= 5,
				measured: `${figure(pss)} MiB, ${figure(anonymous)} of them anonymous; RSS ${figure(rss)} MiB`,
				why: 'All but the anonymous part is the code of libraries (libcrypto, libwebsockets, libc, libdbus), which PSS '
					+ 'divides by the processes that use it: here no other process uses most of them. Of three daemons, in the '
					+ `table above, each has ${figure(Number(rows[0][3]))} MiB; in a desktop session, whose other programs use libdbus and libcrypto, it is between the two` },
			{ what: 'at most 50 kB for a further project', met: perProject <= 50, measured: `${figure(perProject)} kB` },
		],
	};
}
