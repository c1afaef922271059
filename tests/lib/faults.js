// SPDX-License-Identifier: MIT
/** A daemon whose machine fails, and what it says and does then: for the tests of such failures. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { whileAlive } from './children.js';
import { until } from './events.js';
import { SAVECASTD } from './world.js';

/** @typedef {import('./world.js').World} World */

/**
 * Starts the daemon with a command that limits its resources.
 *
 * @param {World} world
 * @param {string[]} wrapper
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [program]
 */
export async function startUnder(world, wrapper, env = world.env, program = SAVECASTD) {
	const daemon = world.children.start('savecastd', [...wrapper, program], { env });
	await whileAlive(daemon, until('savecastd on the bus', () => world.bus.daemonRuns(), { every: 5 }));
	return { daemon, pid: /** @type {number} */ (daemon.process.pid) };
}

/** @param {World} world @param {string} root */
export const track = (world, root) => world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [root, {}] });

/** @param {World} world @param {RegExp} what @param {number} [times] */
export async function said(world, what, times = 1) {
	const log = await world.log('savecastd');
	assert.equal(log.split('\n').filter((line) => what.test(line)).length, times, `${what}: ${log}`);
}

/** @param {World} world @returns {Promise<string[]>} the tracked roots on disk */
export async function stored(world) {
	const text = await readFile(path.join(world.temp, 'state/savecast/projects.json'), 'utf8');
	return JSON.parse(text).projects.map((/** @type {any} */ one) => one.root);
}

/**
 * A save of new bytes, which gets a serial number and is closed.
 *
 * @param {World} world
 * @param {string} file
 */
export async function saveWorks(world, file) {
	await writeFile(file, `p { order: ${Math.random()} }`);
	const serial = await world.bus.saved(file);
	await until('its end', async () => (await world.bus.events()).find((/** @type {any} */ one) => one.serial === serial)?.closed);
}
