// SPDX-License-Identifier: MIT
/**
 * What a save costs the daemon, in figures that do not depend on the machine: system calls,
 * counted by strace; allocations and instructions, counted by callgrind.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeFileSync } from 'node:fs';

import { until } from '../../tests/lib/events.js';
import { SAVECASTD } from '../../tests/lib/world.js';
import { whileAlive } from '../../tests/lib/children.js';
import { browserWith, projects } from './desk.js';

/** The first saves make the project known and fill caches; they are not counted. */
const WARM = 8;

/** @typedef {import('../../tests/lib/world.js').World} World */

/**
 * Runs a daemon under the tool until it has announced this many saves, each separately.
 *
 * @param {World} world
 * @param {string[]} tool
 * @param {number} saves
 */
async function live(world, tool, saves) {
	const [site] = await projects(world, 1);
	const daemon = world.children.start('tool', [...tool, SAVECASTD], { env: world.env });
	await whileAlive(daemon, until('savecastd on the bus', () => world.bus.daemonRuns(), { every: 20 }));
	const { log, socket } = await browserWith(world, [site.url]);
	for (let i = 0; i < saves; i++) {
		const { mark } = log;
		writeFileSync(site.page, `<h1>${i}</h1>\n`);
		await world.bus.saved(site.page);
		await log.next('the reload', message => message.type === 'reload', { mark });
		// Otherwise the next save is part of a burst. No event reports the end of the quiet time.
		await new Promise(resolve => { setTimeout(resolve, 40); });
	}
	socket.terminate();
	const pid = await world.bus.daemonPid();
	process.kill(pid, 'SIGTERM');
	await daemon.ended;
}

/**
 * @param {World} world
 * @param {number} [saves]
 * @returns {Promise<Map<string, number>>} how many times a save makes each system call
 */
export async function systemCalls(world, saves = 50) {
	const trace = path.join(world.temp, 'strace');
	await live(world, ['strace', '-f', '-s', '64', '-o', trace], WARM + saves);
	const lines = (await readFile(trace, 'utf8')).split('\n');
	const frames = lines.flatMap((line, i) => (line.includes('\\"type\\":\\"reload\\"') ? [i] : []));
	/** @type {Map<string, number>} */
	const counts = new Map();
	for (const line of lines.slice(frames[WARM - 1] + 1, frames[WARM - 1 + saves] + 1)) {
		const name = /^\d+ +(\w+)\(/.exec(line)?.[1];
		if (name) {
			counts.set(name, (counts.get(name) ?? 0) + 1 / saves);
		}
	}
	return counts;
}

/**
 * How often functions of these names were called, from callgrind's file.
 *
 * @param {string} text
 * @param {string[]} names
 */
export function callsOf(text, names) {
	const ids = new Set();
	let sum = 0, wanted = false;
	for (const line of text.split('\n')) {
		const called = /^cfn=(\(\d+\))(?: (.*))?$/.exec(line) ?? /^fn=(\(\d+\)) (.*)$/.exec(line);
		if (called) {
			if (called[2] && names.includes(called[2])) {
				ids.add(called[1]);
			}
			wanted = line.startsWith('c') && ids.has(called[1]);
		} else if (wanted && line.startsWith('calls=')) {
			sum += Number(/^calls=(\d+)/.exec(line)?.[1]);
			wanted = false;
		}
	}
	return sum;
}

/** @param {World} world @param {number} saves */
async function callgrind(world, saves) {
	const out = path.join(world.temp, 'callgrind');
	await rm(out, { force: true });
	await live(world, ['valgrind', '--quiet', '--tool=callgrind', `--callgrind-out-file=${out}`], saves);
	const text = await readFile(out, 'utf8');
	return {
		instructions: Number(/^totals: (\d+)/m.exec(text)?.[1]),
		allocations: callsOf(text, ['malloc', 'calloc', 'realloc', 'posix_memalign']),
	};
}

/**
 * @param {World} world
 * @param {number} [saves]
 * @returns {Promise<{instructions: number, allocations: number}>} per save
 */
export async function work(world, saves = 24) {
	const few = await callgrind(world, WARM);
	const many = await callgrind(world, WARM + saves);
	return {
		instructions: (many.instructions - few.instructions) / saves,
		allocations: (many.allocations - few.allocations) / saves,
	};
}
