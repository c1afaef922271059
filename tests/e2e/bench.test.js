// SPDX-License-Identifier: MIT
/**
 * The code of scripts/bench, with few rounds and without the other tools: it measures and writes a
 * report. The figures themselves are not checked.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { BUILD } from '../../bench/lib/desk.js';
import { plot } from '../../bench/lib/plot.js';
import { report } from '../../bench/lib/report.js';
import { callToFrame } from '../../bench/measure/call-to-frame.js';
import { measure } from '../../bench/measure/save-to-message.js';

const probe = existsSync(path.join(BUILD, 'bench/bench-probe')) ? false : 'bench-probe is not built: meson -Dbench=true';

test('the time from a call to its frame is measured for savecast and for the smallest possible daemon', { skip: probe }, async () => {
	const { savecast, floor } = await callToFrame(5);
	assert.equal(savecast.length, 4);
	assert.equal(floor.length, 4);
	assert.ok([...savecast, ...floor].every(msec => msec > 0 && msec < 10000), `${savecast} ${floor}`);
});

test('each kind of save leads to a message, and the report is written', async () => {
	const section = await measure({ quick: true, alone: true });
	assert.deepEqual(section.notes, []);
	const { rows } = section.tables[0];
	assert.equal(rows.length, 7);
	assert.ok(rows.every(row => row.at(-1) === '10'), JSON.stringify(rows));
	const text = report(['a machine'], [section], { plot: 'picture.svg' });
	assert.match(text, /\| savecast, :w in Vim \|/);
	assert.match(plot('times', section.bars ?? []), /savecast save FILE/);
});
