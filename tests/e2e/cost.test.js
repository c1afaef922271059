// SPDX-License-Identifier: MIT
/**
 * The cost of a save must not increase unnoticed. The limits are a little above what was counted
 * when they were last set; whoever makes a save cheaper lowers them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { systemCalls, work } from '../../bench/lib/counts.js';
import { SANITIZED, World } from '../lib/world.js';

/** Each further folder level of the system's temporary folder costs a system call. */
const SYSTEM_CALLS_MAX = 24;
const ALLOCATIONS_MAX = 48;
/** Depends on the compiler, too, and on how many pieces the events of the disk come in. */
const INSTRUCTIONS_MAX = 115000;

/** @param {string} tool */
const missing = async tool => SANITIZED ? 'a sanitizer costs more than a save' : (await run([tool, '--version'], process.env)).status !== 0 && `${tool} is not installed`;

test('system calls of a save', { skip: await missing('strace') }, async t => {
	const counts = await systemCalls(await World.open(t, { watch: true }));
	const sum = [...counts.values()].reduce((a, b) => a + b, 0);
	t.diagnostic(`${sum.toFixed(1)}: ${[...counts].map(([name, count]) => `${name} ${count.toFixed(1)}`).join(', ')}`);
	assert.ok(sum > 10, 'the count is not empty');
	assert.ok(sum <= SYSTEM_CALLS_MAX, `${sum} system calls`);
});

test('allocations and instructions of a save', { skip: await missing('valgrind') }, async t => {
	const { allocations, instructions } = await work(await World.open(t, { watch: true }));
	t.diagnostic(`${allocations.toFixed(1)} allocations, ${instructions.toFixed(0)} instructions`);
	assert.ok(allocations > 10 && instructions > 10000, 'the counts are not empty');
	assert.ok(allocations <= ALLOCATIONS_MAX, `${allocations} allocations`);
	assert.ok(instructions <= INSTRUCTIONS_MAX, `${instructions} instructions`);
});
