// SPDX-License-Identifier: MIT
/**
 * Saves of code, of a template and of both, mistakes, and restarts by the user, in any order and at
 * any interval: in the end the tab shows what the server serves, and it never showed an error that
 * the server did not intend. SAVECAST_SEED repeats a run; with SAVECAST_LONG it has 1000 steps of
 * six servers, or SAVECAST_STEPS of those that SAVECAST_NAMES names.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LONG } from '../lib/world.js';
import { driven } from '../servers/driven.js';
import { ROWS } from '../servers/rows.js';

const NAMES = process.env.SAVECAST_NAMES ? process.env.SAVECAST_NAMES.split(',') : LONG
	? ['uvicorn --reload', 'node --watch', 'deno run --watch', 'bun --watch', 'php -S', 'python3 -m http.server']
	: ['node --watch', 'python3 -m http.server'];
const STEPS = Number(process.env.SAVECAST_STEPS ?? (LONG ? 1000 : 6));
/** After this many steps, the tab must show what the server serves. */
const CHECK = 20;
/** Within this time after the last save, the slowest of these servers serves the new content. */
const QUIET_MSEC = LONG ? 3500 : 1500;
/** A limit for a busy machine, as in servers-drive.test.js. */
const LATE_MSEC = 1000;
const LONGEST_MSEC = LONG ? 12000 : 1500;
/** Which saves are named beside a reload that failed. */
const NEAR_MSEC = 3000;
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
 * What is wrong with what the tab shows once nothing has been saved for a while: first without, then
 * after another save. A reloader can miss a save just after its restart; it must not miss this one.
 *
 * @param {import('../servers/drive.js').Drive} drive
 * @returns {Promise<{wrong: string[], late?: number}>}
 */
async function check(drive) {
	const { row } = drive, oracle = /** @type {NonNullable<import('../servers/drive.js').Drive['oracle']>} */ (drive.oracle), wrong = [];
	await new Promise(resolve => { setTimeout(resolve, (row.settle ?? 1500) + QUIET_MSEC); });
	const served = await drive.get();
	if (served.kind === 'page' && served.marks !== drive.shown) {
		wrong.push(`the server serves ${served.marks}, the tab shows ${drive.shown}: ${JSON.stringify((await drive.world.bus.events()).slice(-4))}`);
	}
	oracle.asks = true;
	const last = await drive.save('last', row.code ? 'code' : 'page');
	oracle.asks = false;
	oracle.all = [];
	const { first, late, marks, stories } = last;
	if (!first) {
		wrong.push(`${marks} was never served: ${JSON.stringify(stories)}`);
	} else if (drive.shown !== marks || late === undefined || late > LATE_MSEC) {
		wrong.push(`after ${marks}, the tab shows ${drive.shown}, ${late} ms late: ${JSON.stringify(stories)}`);
	}
	return { wrong, late };
}

/**
 * One step, and the pause after it.
 *
 * @param {import('../servers/drive.js').Drive} drive
 * @param {() => number} next
 */
async function step(drive, next) {
	const { row } = drive;
	const gap = Math.round(10 * (LONGEST_MSEC / 10) ** next());
	const pause = () => new Promise(resolve => { setTimeout(resolve, gap); });
	const choice = row.code ? next() : 1;
	const what = choice < 0.4 ? 'code' : choice < 0.5 ? 'both' : choice < 0.6 && row.broken !== '' ? 'broken' : next() < 0.85 ? 'page' : 'hand';
	const save = (/** @type {'code' | 'page' | 'broken'} */ which) => drive.save(which, which, { waits: false });
	switch (what) {
	case 'both':
		await save('page');
		await save('code');
		break;
	case 'broken':
		await save('broken');
		await pause();
		await save('code');
		break;
	case 'hand':
		await drive.restart(false);
		break;
	default:
		await save(what);
	}
	await pause();
	return `${what} ${gap} ms`;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../servers/rows.js').Row} row
 * @param {number} seed
 */
async function schedule(t, row, seed) {
	const drive = await driven(t, row, { brief: true });
	if (!drive) {
		return;
	}
	const next = random(seed);
	/** @type {NonNullable<import('../servers/drive.js').Drive['oracle']>} */ (drive.oracle).asks = false;
	/** @type {string[]} */
	const log = [], wrong = [];
	/** @type {number[]} */
	const lates = [];
	for (let i = 1; i <= STEPS; i++) {
		log.push(await step(drive, next));
		if (i % CHECK === 0 || i === STEPS) {
			const found = await check(drive);
			lates.push(Math.round(found.late ?? NaN));
			wrong.push(...found.wrong.map(text => `step ${i}: ${log.slice(-CHECK).join(', ')}: ${text}`));
			found.wrong.forEach(text => t.diagnostic(`step ${i}: ${text}`));
		}
	}
	// Only a restart by the user, or one by a later save, may end a server while a reload is in progress.
	const restarted = (/** @type {import('../servers/oracle.js').Answer} */ { at, end, kind }) =>
		drive.restarts.some(({ from, to }) => at < to && end > from) || (kind === 'reset'
			&& drive.steps.some(step => step.what !== 'page' && step.at < end && step.at > end - LATE_MSEC));
	const failed = drive.orders?.filter(({ got }) => got.kind !== 'page' && got.kind !== 'error' && !restarted(got)) ?? [];
	t.diagnostic(`${row.name}, seed ${seed}: ${drive.orders?.length} reloads, ${failed.length} of them met no server; ms late: ${lates.sort((a, b) => a - b).join(' ')}`);
	const near = (/** @type {number} */ at) => drive.steps.filter(step => Math.abs(step.at - at) < NEAR_MSEC)
		.map(step => `${step.what} ${Math.round(step.at - at)} ms`).join(', ');
	wrong.push(...failed.map(({ at, got }) => `a reload was ${got.kind} ${Math.round(got.end - at)} ms after it began; before and after it: ${near(at)}`));
	assert.deepEqual(wrong, [], `seed ${seed}`);
}

test(`any order of saves, mistakes and restarts (seed ${SEED})`, { concurrency: 6 }, async t => {
	await Promise.all(ROWS.filter(({ name }) => NAMES.includes(name)).map(row => t.test(row.name, inner => schedule(inner, row, SEED))));
});
