// SPDX-License-Identifier: MIT
/**
 * A save until the message that makes the page reload: savecast and its peers, all running at the
 * same time, each with a folder of its own, turn and turn about.
 */
import { writeFileSync } from 'node:fs';

import { whileAlive } from '../../tests/lib/children.js';
import { atDesk, browserWith, projects } from '../lib/desk.js';
import { peers } from '../peers/all.js';
import { page } from '../peers/peer.js';
import { ways } from '../peers/savecast.js';
import { TIMES, times } from '../lib/report.js';
import { figure, summary } from '../lib/stats.js';

/** Between two turns: longer than any burst's quiet time, and than what a peer does after its message. */
const GAP_MSEC = 60;
/** What a watcher needs after its start, which it does not tell. */
const SETTLE_MSEC = 3000;
/** The slow ones take a turn in each of so many rounds. */
const SLOW_EVERY = 5;
const PATIENCE_MSEC = 5000;

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {boolean} own it is savecast
 * @property {boolean} slow
 * @property {(n: number) => void} save
 * @property {import('../lib/listen.js').Messages} log
 * @property {number[]} taken ms
 * @property {number} lost saves without a message
 */

const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

/**
 * @param {import('../../tests/lib/world.js').World} world
 * @returns {Promise<Contestant[]>}
 */
async function openWays(world) {
	const sites = await projects(world, ways.length);
	await world.startDaemon();
	const contestants = [];
	for (const [i, way] of ways.entries()) {
		const { page: file, url } = sites[i];
		const { log } = await browserWith(world, [url], `bench-browser-${i}`);
		const tell = await way.open(world, file);
		const save = (/** @type {number} */ n) => {
			if (!way.writes) {
				writeFileSync(file, page(n));
			}
			tell(n);
		};
		contestants.push({ name: way.name, own: true, slow: false, save, log, taken: [], lost: 0 });
	}
	return contestants;
}

/**
 * @param {import('../../tests/lib/world.js').World} world
 * @param {string[]} notes
 * @returns {Promise<Contestant[]>}
 */
async function openPeers(world, notes) {
	const contestants = [];
	for (const peer of peers) {
		try {
			const version = await peer.version();
			if (!version) {
				throw new Error('not installed');
			}
			const { child, file, text = page, log } = await peer.start(world);
			const save = (/** @type {number} */ n) => writeFileSync(file, text(n));
			await whileAlive(child, Promise.resolve());
			contestants.push({ name: `${peer.name} ${version}`, own: false, slow: Boolean(peer.slow), save, log, taken: [], lost: 0 });
		} catch (error) {
			notes.push(`${peer.name} is left out: ${String(error).split('\n')[0]}`);
		}
	}
	return contestants;
}

/**
 * @param {Contestant} one
 * @param {number} n
 */
async function turn(one, n) {
	const { mark } = one.log;
	const begun = performance.now();
	one.save(n);
	try {
		await one.log.next('a message', text => typeof text === 'string' || /** @type {any} */ (text).type === 'reload',
			{ mark, msec: PATIENCE_MSEC });
		const { event: _, at } = one.log.all[mark];
		one.taken.push(at - begun);
	} catch {
		one.lost++;
	}
}

/** @param {{quick: boolean, alone?: boolean}} how alone: without peers @returns {Promise<import('../lib/report.js').Section>} */
export function measure({ quick, alone = false }) {
	return atDesk(async world => {
		/** @type {string[]} */
		const notes = [];
		const all = await openWays(world);
		if (!alone) {
			all.push(...await openPeers(world, notes));
			await pause(SETTLE_MSEC);
		}
		const rounds = quick ? 11 : 121;
		for (let round = 0; round < rounds; round++) {
			for (const one of all) {
				if (!one.slow || round % SLOW_EVERY === 0) {
					await turn(one, round + 1);
					await pause(GAP_MSEC);
				}
			}
		}
		all.forEach(one => one.taken.shift()); // The first makes a project known, or fills a cache.
		return section(all, notes);
	});
}

const WHY_NOT_AHEAD = 'A watcher that is warm has one hop, from the kernel to its process, and sends; a save that an editor '
	+ 'reports has four, into the job, the bus, the daemon and the client, each with a process to be woken. "Saved call to '
	+ 'message" shows how near the daemon is to the least that this way can take: no daemon on the bus can meet this. '
	+ 'A socket of the daemon\'s own for editors would save two of the four hops, and not be enough either';

/**
 * @param {Contestant[]} all
 * @param {string[]} notes
 * @returns {import('../lib/report.js').Section}
 */
function section(all, notes) {
	const sums = all.flatMap(one => {
		const sum = summary(one.taken);
		return sum ? [{ ...one, ...sum }] : [];
	}).sort((a, b) => a.p50 - b.p50);
	const own = sums.find(({ name }) => name === ways[0].name);
	const others = sums.filter(one => !one.own);
	/** @type {import('../lib/report.js').Goal[]} */
	const goals = [];
	for (const [key, factor] of /** @type {['p50' | 'p95', number][]} */ ([['p50', 5], ['p95', 10]])) {
		if (own && others.length) {
			const best = others.reduce((a, b) => (a[key] < b[key] ? a : b));
			const times = best[key] / own[key];
			goals.push({
				what: `${factor} times ahead of the best peer at ${key}`, met: times >= factor,
				measured: `${figure(times)} times (${best.name}: ${figure(best[key])} ms, savecast: ${figure(own[key])} ms)`,
				why: goals.some(({ met }) => !met) ? 'For the same reason' : WHY_NOT_AHEAD,
			});
		}
	}
	for (const { name, lost, taken } of all) {
		if (lost) {
			notes.push(`${name}: no message within ${PATIENCE_MSEC / 1000} s for ${lost} of ${lost + taken.length + 1} saves.`);
		}
	}
	return {
		title: 'A save to the message',
		about: 'From the moment before the file is written until the message that makes the page reload is at a client, '
			+ 'which is the same Node program for all; it adds about 0.1 ms to each. All run at the same time, each in '
			+ 'its own folder, with their defaults, and take turns. "An editor\'s job" is `savecast save --stdin`, as the '
			+ 'Vim plugin uses it; "save FILE" is a whole process; ":w" includes Vim\'s own writing and its fsync.',
		tables: [{ head: TIMES, rows: sums.map(({ name, taken }) => times(name, taken)) }],
		goals,
		notes,
		bars: sums.map(({ name, p50, p95 }) => ({ name, p50, p95 })),
	};
}
