// SPDX-License-Identifier: MIT
/**
 * Saves of code, of a template and of both, mistakes, and restarts by the user, in any order and at
 * any interval: in the end the tab shows what the server serves, and it never showed an error that
 * the server did not intend. SAVECAST_SEED repeats a run; with SAVECAST_LONG it has 1000 steps of
 * six servers, or SAVECAST_STEPS of them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { LONG, World } from '../lib/world.js';
import { Drive } from '../servers/drive.js';
import { ROWS } from '../servers/rows.js';

const NAMES = LONG
	? ['uvicorn --reload', 'node --watch', 'deno run --watch', 'bun --watch', 'php -S', 'python3 -m http.server']
	: ['node --watch', 'python3 -m http.server'];
const STEPS = Number(process.env.SAVECAST_STEPS ?? (LONG ? 1000 : 6));
/** After this many steps, the tab must show what the server serves. */
const CHECK = 20;
const LONGEST_MSEC = LONG ? 12000 : 1500;
const SEED = Number(process.env.SAVECAST_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** @param {number} seed @returns {() => number} from 0 to 1, mulberry32's */
function random(seed) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/**
 * The tab shows what the server serves. A reloader can miss a save just after its restart; it must
 * not miss this one.
 *
 * @param {Drive} drive
 * @param {string} told
 */
async function check(drive, told) {
	const { row } = drive;
	await new Promise(resolve => { setTimeout(resolve, (row.settle ?? 1500) + 1500); });
	const last = await drive.save('last', row.code ? 'code' : 'page');
	const { stories } = last;
	assert.ok(last.first, `the last content was never served: ${told}: ${JSON.stringify(stories)}`);
	const shown = drive.orders?.at(-1)?.got;
	assert.deepEqual([shown?.kind, shown?.marks], ['page', last.marks], `${told}: ${JSON.stringify(stories)}`);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../servers/rows.js').Row} row
 * @param {number} seed
 */
async function schedule(t, row, seed) {
	if ((await run(['sh', '-c', 'test -e "$1" || command -v "$1"', 'sh', row.needs], process.env)).status !== 0) {
		t.skip(`${row.needs} is not installed`);
		return;
	}
	const world = await World.open(t);
	await world.startDaemon();
	const drive = new Drive(world, row);
	world.atEnd.push(() => drive.close());
	drive.brief = true;
	await drive.open();
	const next = random(seed);
	/** @type {string[]} */
	const log = [];
	for (let i = 0; i < STEPS; i++) {
		const gap = Math.round(10 * (LONGEST_MSEC / 10) ** next());
		const choice = row.code ? next() : 1;
		log.push(choice < 0.4 ? 'code' : choice < 0.5 ? 'both' : choice < 0.6 && row.broken !== '' ? 'broken' : next() < 0.85 ? 'page' : 'hand', `${gap} ms`);
		switch (log.at(-2)) {
		case 'code':
			await drive.save('code', 'code', { waits: false });
			break;
		case 'both':
			await drive.save('page', 'page', { waits: false });
			await drive.save('code', 'code', { waits: false });
			break;
		case 'broken':
			await drive.save('broken', 'broken', { waits: false });
			await new Promise(resolve => { setTimeout(resolve, gap); });
			await drive.save('fix', 'code', { waits: false });
			break;
		case 'hand':
			await drive.restart(false);
			break;
		default:
			await drive.save('page', 'page', { waits: false });
		}
		await new Promise(resolve => { setTimeout(resolve, gap); });
		if (i % CHECK === CHECK - 1) {
			await check(drive, `seed ${seed}, step ${i + 1}: ${log.slice(-2 * CHECK).join(' ')}`);
		}
	}
	await check(drive, `seed ${seed}: ${log.slice(-2 * CHECK).join(' ')}`);
	const failed = drive.orders?.filter(({ got }) => got.kind === 'refused' || got.kind === 'reset') ?? [];
	t.diagnostic(`${row.name}, seed ${seed}: ${drive.orders?.length} reloads, ${failed.length} of them met no server`);
	// Only a restart by the user may end a server while a reload is in progress.
	assert.ok(failed.length <= log.filter(word => word === 'hand').length, `seed ${seed}: ${failed.length} failed: ${log.join(' ')}`);
}

test(`any order of saves, mistakes and restarts (seed ${SEED})`, { concurrency: 6 }, async t => {
	await Promise.all(ROWS.filter(({ name }) => NAMES.includes(name)).map(row => t.test(row.name, inner => schedule(inner, row, SEED))));
});
