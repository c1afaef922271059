// SPDX-License-Identifier: MIT
/**
 * A git work tree under test: what is in its files, and what the daemon says of them.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

import { until } from '../../../scripts/lib/events.js';

/** How late this process may run before it waits again, and how often it does. */
const LATE_MSEC = 40;
const MAX_QUIETS = 8;

/** @typedef {{serial: number, source: string, project: string, closed: boolean, files: string[],
 *   'file-count': number, steps: {step: string, text: string}[]}} Event */

/**
 * The independent oracle: every file below a folder, by its contents.
 *
 * @param {string} root
 * @param {Map<string, string>} [found]
 * @returns {Promise<Map<string, string>>}
 */
export async function contents(root, found = new Map()) {
	for (const name of await readdir(root)) {
		const file = path.join(root, name);
		const stat = await lstat(file);
		if (name === '.git') {
			continue;
		}
		if (stat.isDirectory()) {
			await contents(file, found);
		} else {
			const bytes = stat.isSymbolicLink() ? `-> ${await readlink(file)}` : await readFile(file);
			found.set(file, createHash('sha256').update(bytes).digest('hex'));
		}
	}
	return found;
}

/**
 * @param {Map<string, string>} before
 * @param {Map<string, string>} after
 */
export function difference(before, after) {
	const names = new Set([...before.keys(), ...after.keys()]);
	return [...names].filter(name => before.get(name) !== after.get(name)).sort();
}

/**
 * The daemon's events after `serial`, once git has settled: no lock is held, and nothing came
 * for longer than the daemon waits.
 *
 * @param {import('./world.js').World} world
 * @param {number} serial
 * @param {{expect: boolean, quiet?: number}} options expect: there is one to wait for
 * @returns {Promise<Event[]>}
 */
export async function settled(world, serial, { expect, quiet = 250 }) {
	const read = async () => (await world.bus.events()).filter((/** @type {Event} */ e) => e.serial > serial);
	if (expect) {
		await until(`an event after ${serial}`, async () => (await read()).some((/** @type {Event} */ e) => e.closed),
			{ msec: 5000 });
	}
	// Where the machine is so busy that we are late ourselves, the daemon is as well.
	let events = await read();
	for (let i = 0; i < MAX_QUIETS; i++) {
		const before = events.length;
		const asked = performance.now();
		await new Promise(resolve => { setTimeout(resolve, quiet); });
		events = await read();
		if (events.length === before && performance.now() - asked < quiet + LATE_MSEC) {
			break;
		}
	}
	return events;
}
