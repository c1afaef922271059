// SPDX-License-Identifier: MIT
//
// An environment without a session bus, as in most containers.

import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { run } from './children.js';
import { World } from './world.js';

/**
 * A world whose programs find no bus.
 *
 * @param {import('node:test').TestContext} t
 */
export async function withoutBus(t) {
	const world = await World.open(t);
	const runtime = path.join(world.temp, 'run');
	await mkdir(runtime, { mode: 0o700 });
	delete world.env.DBUS_SESSION_BUS_ADDRESS;
	const folder = path.join(runtime, 'savecast');
	/** savecastd and its bus: the processes with this runtime folder. */
	const processes = async () => {
		const { stdout } = await run(['pgrep', '--full', '^(\\S*/)?savecastd --private-bus'], world.env);
		const own = await Promise.all(stdout.split('\n').filter(Boolean).map(async (pid) =>
			(await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(`XDG_RUNTIME_DIR=${runtime}\0`) && Number(pid)));
		return own.filter((pid) => pid !== false);
	};
	world.atEnd.push(async () => (await processes()).forEach((pid) => process.kill(pid)));
	return { world, folder, processes };
}
