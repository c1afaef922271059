// SPDX-License-Identifier: MIT
/**
 * Never stale, never early: a reload leaves when the new code serves.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../../scripts/lib/events.js';
import { servers } from './lib/dev-servers.js';
import { openEditor } from './lib/editors.js';
import { median, saveAndSee, stage } from './lib/restarts.js';
import { LONG } from './lib/world.js';

/**
 * The first save teaches, and reloads once too often. It cannot where the restart is too late to
 * be put down to it (savecast.restart-wait): the next one does.
 */
const TRIAL_MSEC = 10000;

for (const [key, count, rounds] of /** @type {[string, number, number][]} */ ([
	['uvicorn', 200, 3], ['watchgod', 50, 0], ['slow', 200, 2], ['sse', 200, 2], ['flask', 50, 2],
	['django', 50, 2], ['gunicorn', 50, 2], ['node', 50, 2], ['nodemon', 50, 0], ['tsc', 50, 0],
])) {
	test(`${servers[key].name}: every save settles on the new code, and none is early`, async t => {
		if (!LONG && !rounds) {
			t.skip('with --long');
			return;
		}
		const on = await stage(t, servers[key]);
		if (!on) {
			return;
		}
		const vim = await openEditor(on.world, 'vim', on.file);
		const late = [];
		let superfluous = 0, gaveUp = 0, excused = 1;
		for (let round = 1; round <= (LONG ? count : rounds); round++) {
			on.loads.length = 0;
			const seen = await saveAndSee(on, vim, round);
			superfluous += on.loads.length - 1;
			gaveUp += Number(seen.gaveUp);
			excused += Number(round === 1 && seen.took > TRIAL_MSEC);
			late.push(seen.late);
			assert.deepEqual(seen.failed, []);
			assert.ok(superfluous <= excused, `reloads by round ${round}: ${JSON.stringify(seen.events.slice(-3))}`);
		}
		t.diagnostic(`${servers[key].name}: ${superfluous} superfluous reloads, ${gaveUp} waits given up`);
		t.diagnostic(`${servers[key].name}: the reload left ${median(late).toFixed(1)} ms (median), ${
			Math.min(...late).toFixed(1)} to ${Math.max(...late).toFixed(1)} ms after the new code could first be asked, ${
			late.length} restarts`);
		if (LONG) {
			assert.ok(median(late) < 20, `${median(late)} ms`);
		}
		await vim.quit();
	});
}

test('one file restarts the server, and another of its kind does not: each is known for itself', async t => {
	const on = await stage(t, servers.node);
	if (!on) {
		return;
	}
	const { world, root } = on;
	const program = await openEditor(world, 'vim', on.file);
	const served = path.join(root, 'page.js');
	const saveServed = async (/** @type {string} */ text) => {
		await writeFile(served, text);
		const serial = await world.bus.saved(served);
		const told = await until('its story', async () =>
			(await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial && e.closed));
		return told.steps.map((/** @type {any} */ s) => s.step);
	};
	await saveAndSee(on, program, 1);
	assert.ok((await saveServed('1')).includes('waiting'), 'as its kind does, once');
	assert.deepEqual(await saveServed('2'), ['heard', 'cast', 'reloading', 'loaded']);
	for (const round of [2, 3]) {
		on.loads.length = 0;
		await saveAndSee(on, program, round);
		assert.equal(on.loads.length, 1, 'still waits for its restart');
		assert.deepEqual(await saveServed(`at once ${round}`), ['heard', 'cast', 'reloading', 'loaded']);
	}
	await program.quit();
});
