// SPDX-License-Identifier: MIT
/**
 * Many saves in a row: the last one shows as soon as the server serves it. How long the tab showed old
 * content meanwhile depends on the load of the machine and on the server's reloader, and is printed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LONG } from '../lib/world.js';
import { driven } from '../servers/driven.js';
import { ROWS, SHORT } from '../servers/rows.js';

const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

/** A limit for a busy machine; see GATE_PATIENCE_USEC, after which a restarted server's reload is no longer delayed by saves. */
const LATE_MSEC = 2000;
const NAMES = LONG ? SHORT : ['node --watch', 'python3 -m http.server'];
const ROWS_OF_SAVES = [{ count: 20, every: 50 }, ...(LONG ? [{ count: 20, every: 500 }, { count: 4, every: 5000 }] : [])];

/**
 * The longest time for which the server had content that is newer than what the tab showed.
 *
 * @param {import('../servers/drive.js').Drive} drive
 * @param {number} since
 */
function longestStale(drive, since) {
	const answers = drive.oracle?.all.filter(({ at, kind }) => at >= since && kind === 'page') ?? [];
	const orders = drive.orders?.filter(({ got }) => got.kind === 'page') ?? [];
	let longest = 0, stale = 0;
	for (const { at, end, marks } of answers) {
		const shown = orders.filter(({ got }) => got.at <= at).at(-1)?.got.marks ?? 'c0 t0';
		stale = shown === marks ? 0 : stale || end;
		longest = Math.max(longest, stale && end - stale);
	}
	return Math.round(longest);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../servers/rows.js').Row} row
 */
async function bursts(t, row) {
	const drive = await driven(t, row, { brief: true });
	if (!drive) {
		return;
	}
	const which = row.code ? 'code' : 'page';
	for (const { count, every } of ROWS_OF_SAVES) {
		await pause(row.settle ?? 1500);
		const begun = performance.now();
		for (let i = 1; i < count; i++) {
			await drive.save(`save ${i}`, which, { waits: false });
			await pause(Math.max(0, begun + i * every - performance.now()));
		}
		// A reloader may miss the save that comes just after its restart: the next one must show.
		let last = await drive.save('last', which);
		last = last.first ? last : await drive.save('last', which);
		const stale = longestStale(drive, begun);
		const told = `${count} saves, one every ${every} ms: last ${Math.round(last.late ?? NaN)} ms late, the tab showed old content for at most ${stale} ms`;
		t.diagnostic(`${row.name}: ${told}`);
		assert.ok(last.first, `the last content was never served: ${JSON.stringify(last.stories)}`);
		assert.ok(drive.shown === last.marks && Number(last.late) < LATE_MSEC, `${told}: ${JSON.stringify(last.stories)}`);
	}
}

// All run at the same time: each is idle most of the time.
test('the last of many saves in a row shows at once', { concurrency: 5 }, async t => {
	await Promise.all(ROWS.filter(({ name }) => NAMES.includes(name)).map(row => t.test(row.name, inner => bursts(inner, row))));
});
