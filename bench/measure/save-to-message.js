// SPDX-License-Identifier: MIT
/**
 * From a save until the message that makes the page reload: savecast and its peers, all running at
 * the same time, each with a folder of its own, in turns.
 */
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

// @ts-expect-error The types do not have the parser that the client of all others uses.
import { Receiver } from 'ws';

import { whileAlive } from '../../tests/lib/children.js';
import { EventLog, until } from '../../tests/lib/events.js';
import { freePort } from '../../tests/lib/ports.js';
import { atDesk, browserWith, BUILD, projects } from '../lib/desk.js';
import { peers } from '../peers/all.js';
import { page } from '../peers/peer.js';
import { vimWithoutPlugin, ways } from '../peers/savecast.js';
import { TIMES, times } from '../lib/report.js';
import { figure, summary } from '../lib/stats.js';

/**
 * Between two turns: longer than any burst's quiet time, and than a peer's work after its message.
 */
const GAP_MSEC = 60;
/** How long a watcher needs after its start; no watcher reports that it is ready. */
const SETTLE_MSEC = 3000;
/** Slow peers have a turn in one of this many rounds. */
const SLOW_EVERY = 5;
const PATIENCE_MSEC = 5000;

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {boolean} own whether it is savecast
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
 * The shortest possible time: see disk-floor.c.
 *
 * @param {import('../../tests/lib/world.js').World} world
 * @param {string} name
 * @param {(file: string) => Promise<(n: number) => void>} writer returns the function that writes the file
 * @returns {Promise<Contestant>}
 */
async function openFloor(world, name, writer) {
	const folder = name.replace(/\W+/g, '-');
	const root = await world.folder(folder, { 'index.html': page(0) });
	const port = await freePort();
	const child = world.children.start(folder, [path.join(BUILD, 'bench/bench-disk-floor'), root, String(port)],
		{ env: world.env, stdin: 'pipe' });
	/** @type {import('../lib/listen.js').Messages} */
	const log = new EventLog();
	const socket = await whileAlive(child, until('the floor', () => new Promise((resolve, reject) => {
		const attempt = net.connect(port, '127.0.0.1', () => resolve(attempt));
		attempt.once('error', reject);
	})));
	const frames = new Receiver({ isServer: false });
	frames.on('message', (/** @type {Buffer} */ data) => log.push(JSON.parse(String(data))));
	socket.on('data', (/** @type {Buffer} */ data) => frames.write(data));
	world.atEnd.push(async () => socket.destroy());
	const save = await writer(path.join(root, 'index.html'));
	return { name, own: true, slow: false, save, log, taken: [], lost: 0 };
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
		const all = [...await openWays(world),
			await openFloor(world, FLOOR, async file => n => writeFileSync(file, page(n))),
			await openFloor(world, FLOOR_VIM, file => vimWithoutPlugin(world, file))];
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
		all.forEach(one => one.taken.shift()); // The first save makes a project known, or fills a cache.
		return section(all, notes);
	});
}

/** @param {string} probe how far the bare probe itself is ahead */
const whyNotAhead = probe => 'Most of the time passes before either is notified of the write, and in the client, which is the same '
	+ 'for all. The bare probe, which knows nothing of tabs and browsers, is itself only '
	+ `${probe} times as fast: no program that waits for inotify can meet the goal`;
const FLOOR = 'a bare probe: inotify, one read, one TCP write';
const FLOOR_VIM = 'a bare probe, :w in Vim without a plugin';
/** How many times as long as the bare probe a plain write may take. */
const FLOOR_FACTOR = 1.3;

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
	const floor = sums.find(({ name }) => name === FLOOR);
	/** @type {import('../lib/report.js').Goal[]} */
	const goals = [];
	for (const [key, factor] of /** @type {['p50' | 'p95', number][]} */ ([['p50', 3], ['p95', 3]])) {
		if (own && others.length) {
			const best = others.reduce((a, b) => (a[key] < b[key] ? a : b));
			const times = best[key] / own[key];
			goals.push({
				what: `${factor} times as fast as the best peer at ${key}`, met: times >= factor,
				measured: `${figure(times)} times (${best.name}: ${figure(best[key])} ms, savecast: ${figure(own[key])} ms)`,
				why: goals.some(({ met }) => !met) ? 'For the same reason' : whyNotAhead(floor ? figure(best[key] / floor[key]) : 'a few'),
			});
		}
	}
	const vim = sums.find(({ name }) => name === ways[1].name), vimFloor = sums.find(({ name }) => name === FLOOR_VIM);
	if (vim && vimFloor && others.length) {
		const best = others.reduce((a, b) => (a.p50 < b.p50 ? a : b));
		goals.push({
			what: '`:w` in Vim without a plugin ahead of every peer\'s plain write at p50', met: vim.p50 < best.p50,
			measured: `${figure(vim.p50)} ms (${best.name}, a plain write: ${figure(best.p50)} ms)`,
			why: `Vim itself takes the time: it wakes up, makes a backup, writes and calls fsync before it closes the file. The bare probe reports the same \`:w\` after ${figure(vimFloor.p50)} ms`,
		});
	}
	if (own && floor) {
		const times = own.p50 / floor.p50;
		goals.push({
			what: `a plain write within ${FLOOR_FACTOR} times of the bare probe at p50`, met: times <= FLOOR_FACTOR,
			measured: `${figure(times)} times (${figure(floor.p50)} ms, savecast: ${figure(own.p50)} ms)`,
			why: 'The daemon finds the tabs that show the file, and sends a message to each browser',
		});
	}
	for (const { name, lost, taken } of all) {
		if (lost) {
			notes.push(`${name}: no message within ${PATIENCE_MSEC / 1000} s for ${lost} of ${lost + taken.length + 1} saves.`);
		}
	}
	return {
		title: 'A save to the message',
		about: 'From the moment before the file is written until a client receives the message that makes the page reload; the client '
			+ 'is the same Node program for all, and adds about 0.1 ms to each. All run at the same time, each in '
			+ 'its own folder, with their defaults, and take turns. "A plain write" and ":w without a plugin" are noticed on disk. "An editor\'s job" is `savecast save --stdin`, as the '
			+ 'Vim plugin uses it; "save FILE" starts a process for each save; ":w" includes Vim\'s own writing and its fsync: the bare '
			+ 'probe for ":w" shows how long these take.',
		tables: [{ head: TIMES, rows: sums.map(({ name, taken }) => times(name, taken)) }],
		goals,
		notes,
		bars: sums.map(({ name, p50, p95 }) => ({ name, p50, p95 })),
	};
}
