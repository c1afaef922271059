// SPDX-License-Identifier: MIT
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { SAVECASTD } from '../world.js';

/**
 * A folder of D-Bus services that contains the daemon's, so that a call starts it.
 *
 * @param {import('node:test').TestContext} t removes the folder
 */
export async function daemonService(t) {
	const folder = await mkdtemp(path.join(tmpdir(), 'savecast-services-'));
	t.after(() => rm(folder, { recursive: true }));
	await writeFile(path.join(folder, 'io.github.savecast.Daemon1.service'),
		`[D-BUS Service]\nName=io.github.savecast.Daemon1\nExec=${SAVECASTD}\n`);
	return folder;
}
