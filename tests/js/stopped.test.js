// SPDX-License-Identifier: MIT
// A test file that is stopped, because it takes too long or by the user, leaves no process behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { TOP } from '../lib/world.js';

/** A command within a command, as the steps of a git rebase are. */
const HANGS = (/** @type {string} */ folder) => `import { test } from 'node:test';
import { run } from '${TOP}tests/lib/children.js';
import { World } from '${TOP}tests/lib/world.js';
test('hangs', async t => {
	const world = await World.open(t);
	await run(['sh', '-c', 'sleep 1000 & touch "$0/hangs"; until [ -e "$0/never" ]; do :; done', '${folder}'], world.env);
});
`;

/** @param {string} folder */
async function processesWith(folder) {
	const found = [];
	for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
		const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		if (command.includes(folder) && Number(pid) !== process.pid) {
			found.push(command.replaceAll('\0', ' '));
		}
	}
	return found;
}

test('everything that a test file has started ends with it', async t => {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'savecast-stopped-'));
	t.after(() => rm(folder, { recursive: true }));
	const file = path.join(folder, 'hangs.test.mjs');
	await writeFile(file, HANGS(folder));
	/** @type {NodeJS.ProcessEnv} */
	const { NODE_TEST_CONTEXT: _, ...env } = process.env;
	const child = spawn(process.execPath, [file], { env, stdio: 'ignore' });
	await until('its command', () => stat(path.join(folder, 'hangs')));
	child.kill('SIGTERM');
	await once(child, 'exit');
	await until('the end of all', async () => (await processesWith(folder)).length === 0);
});
