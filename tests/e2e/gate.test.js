// SPDX-License-Identifier: MIT
/** Reloads are neither stale nor early: they are sent when the server is serving the new code. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { servers } from '../lib/dev-servers.js';
import { openEditor } from '../lib/editors.js';
import { saveAndSee, stage } from '../lib/restarts.js';
import { everySaveSettles } from '../lib/settles.js';

everySaveSettles('uvicorn', 200, 3);
everySaveSettles('watchgod', 50, 0);
everySaveSettles('flask', 50, 2);
everySaveSettles('django', 50, 2);
everySaveSettles('gunicorn', 50, 2);
everySaveSettles('node', 50, 2);
everySaveSettles('nodemon', 50, 0);
everySaveSettles('tsc', 50, 0);

test('one file restarts the server, and another with the same suffix does not: savecast records this for each file', async t => {
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
		const told = await until('the end of the save', async () =>
			(await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial && e.closed));
		return told.steps.map((/** @type {any} */ s) => s.step);
	};
	await saveAndSee(on, program, 1);
	assert.ok((await saveServed('1')).includes('waiting'), 'the first time, as for other .js files');
	assert.deepEqual(await saveServed('2'), ['heard', 'cast', 'reloading', 'loaded']);
	for (const round of [2, 3]) {
		on.loads.length = 0;
		await saveAndSee(on, program, round);
		assert.equal(on.loads.length, 1, 'still waits for its restart');
		assert.deepEqual(await saveServed(`at once ${round}`), ['heard', 'cast', 'reloading', 'loaded']);
	}
	await program.quit();
});
