// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { World } from '../lib/world.js';

/** @typedef {{serial: number, source: string, files: string[], steps: {step: string, text: string}[]}} Event */

/**
 * @param {World} world
 * @param {number} serial
 * @returns {Promise<Event>}
 */
async function story(world, serial) {
	return (await world.bus.events()).find((/** @type {Event} */ e) => e.serial === serial);
}

test('a save that changed no byte does nothing, and the log says so', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': 'a', 'b.css': 'b' }, { git: true });
	const [a, b] = [path.join(root, 'a.css'), path.join(root, 'b.css')];
	const steps = async (/** @type {string[]} */ ...files) =>
		(await story(world, await world.bus.saved(...files))).steps.map(({ step }) => step);
	const quiet = async () => { // So that the next event is not part of the burst before it.
		await new Promise(resolve => { setTimeout(resolve, 40); });
	};

	assert.deepEqual(await steps(a), ['heard', 'no-tab'], 'the first save is announced');
	await quiet();
	const again = await world.bus.saved(a);
	assert.deepEqual((await story(world, again)).steps.map(s => s.step), ['heard', 'unchanged']);
	assert.deepEqual((await story(world, again)).files, [a]);
	await utimes(a, new Date(), new Date());
	assert.equal(await world.bus.saved(a), again, 'autosaves do not fill the log');
	await writeFile(a, 'A');
	assert.deepEqual(await steps(a), ['heard', 'no-tab']);
	await quiet();
	await writeFile(a, 'a');
	assert.deepEqual(await steps(a), ['heard', 'no-tab'], 'what it was before the last is a change');
	await quiet();
	const both = await story(world, await world.bus.saved(a, b));
	assert.deepEqual(both.files, [b], 'only the one that changed');
	assert.match(both.steps[0].text, /1 more file: no byte changed/);
	await quiet();
	await rm(a);
	assert.deepEqual(await steps(a), ['heard', 'no-tab'], 'a deletion is a change');
	await quiet();
	assert.deepEqual(await steps(a), ['heard', 'unchanged']);
});

test('with unchanged = true, every save is announced', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site',
		{ 'a.css': 'a', '.savecast': '[savecast]\n\tunchanged = true\n' }, { git: true });
	for (let i = 0; i < 2; i++) {
		const { steps } = await story(world, await world.bus.saved(path.join(root, 'a.css')));
		assert.ok(!steps.some(({ step }) => step === 'unchanged'));
	}
});

test('the contents of a call are compared up to a limit', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site',
		{ 'small': 'x'.repeat(1024 * 1024), 'large': 'x'.repeat(1024 * 1024 + 1) }, { git: true });
	const last = async (/** @type {string} */ name) => {
		await world.bus.saved(path.join(root, name));
		return (await story(world, await world.bus.saved(path.join(root, name)))).steps.at(-1)?.step;
	};
	assert.equal(await last('small'), 'unchanged');
	assert.notEqual(await last('large'), 'unchanged');
});
