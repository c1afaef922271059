// SPDX-License-Identifier: MIT
import { run } from '../lib/children.js';
import { World } from '../lib/world.js';
import { Drive } from './drive.js';

/**
 * Starts the server of a row under a daemon of its own, both until the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('./rows.js').Row} row
 * @param {{brief?: boolean}} [options] see Drive
 * @returns {Promise<Drive | undefined>} undefined: it is not installed, and the test is skipped
 */
export async function driven(t, row, { brief = false } = {}) {
	if ((await run(['sh', '-c', 'test -e "$1" || command -v "$1"', 'sh', row.needs], process.env)).status !== 0) {
		t.skip(`${row.needs} is not installed`);
		return undefined;
	}
	const world = await World.open(t);
	await world.startDaemon();
	const drive = new Drive(world, row);
	world.atEnd.push(() => drive.close());
	drive.brief = brief;
	await drive.open();
	return drive;
}
