// SPDX-License-Identifier: MIT
/**
 * Real servers, used as a developer uses them: no reload is early, and no save waits for a restart
 * that does not happen. scripts/servers does this with all servers of tests/servers/rows.js.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LONG } from '../lib/world.js';
import { driven } from '../servers/driven.js';
import { summary } from '../servers/report.js';
import { ROWS, SHORT } from '../servers/rows.js';

/** A limit for a busy machine: on an idle one, a reload comes a tenth of this late. */
const LATE_MSEC = 1000;

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../servers/rows.js').Row} row
 */
async function works(t, row) {
	const drive = await driven(t, row);
	if (!drive) {
		return;
	}
	const steps = LONG ? await drive.run() : await drive.runShort();
	const told = summary({ row, steps });
	t.diagnostic(told);
	for (const step of steps.filter(({ after, what }) => after && what !== 'broken')) {
		assert.ok(step.first, `${step.what}: its content was never served\n${told}`);
		assert.ok(step.late !== undefined, `${step.what}: the tab was not reloaded\n${told}`);
		assert.ok(step.late < LATE_MSEC, `${step.what}: ${step.late} ms late: ${JSON.stringify(step.stories)}\n${told}`);
		for (const { got } of step.orders) {
			assert.deepEqual([got.kind, got.marks], ['page', step.marks], `${step.what}\n${told}`);
		}
	}
}

// All run at the same time: each is idle most of the time.
test('each save is shown as soon as possible, and never old content', { concurrency: 5 }, async t => {
	await Promise.all(ROWS.filter(({ name }) => SHORT.includes(name)).map(row => t.test(row.name, inner => works(inner, row))));
});
