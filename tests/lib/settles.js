// SPDX-License-Identifier: MIT
/**
 * One save after another, each of which restarts the server: after each, the page shows the new code.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { servers } from './dev-servers.js';
import { openEditor } from './editors.js';
import { median, saveAndSee, stage } from './restarts.js';
import { LONG } from './world.js';

/**
 * No save reloads the page twice, not even the first one, since the table of programs says what
 * restarts the server. The exception is a restart that takes longer than this, on a busy machine.
 */
const LATE_MSEC = 2000;

/**
 * @param {string} key of a server in dev-servers.js
 * @param {number} count saves with --long
 * @param {number} rounds saves without --long; 0: skipped
 */
export function everySaveSettles(key, count, rounds) {
	test(`${servers[key].name}: after each save the page shows the new code, and no reload is early`, async t => {
		if (!LONG && !rounds) {
			t.skip('runs only with --long');
			return;
		}
		const on = await stage(t, servers[key]);
		if (!on) {
			return;
		}
		const vim = await openEditor(on.world, 'vim', on.file);
		const late = [];
		let superfluous = 0, gaveUp = 0, excused = 0;
		for (let round = 1; round <= (LONG ? count : rounds); round++) {
			on.loads.length = 0;
			const seen = await saveAndSee(on, vim, round);
			superfluous += on.loads.length - 1;
			gaveUp += Number(seen.gaveUp);
			excused += Number(seen.took > LATE_MSEC);
			late.push(seen.late);
			assert.deepEqual(seen.failed, []);
			assert.ok(superfluous <= excused, `reloads by round ${round}: ${JSON.stringify(seen.events.slice(-3))}`);
		}
		t.diagnostic(`${servers[key].name}: ${superfluous} superfluous reloads, ${gaveUp} waits given up`);
		t.diagnostic(`${servers[key].name}: the reload was sent ${median(late).toFixed(1)} ms (median), ${
			Math.min(...late).toFixed(1)} to ${Math.max(...late).toFixed(1)} ms after the new code could first be requested, ${
			late.length} restarts`);
		if (LONG) {
			assert.ok(median(late) < 20, `${median(late)} ms`);
		}
		await vim.quit();
	});
}
