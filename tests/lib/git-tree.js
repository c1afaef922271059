// SPDX-License-Identifier: MIT
/**
 * A git work tree under test: the contents of its files, and what the daemon announces.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

import { until } from './events.js';

/** @typedef {{serial: number, source: string, project: string, closed: boolean, files: string[],
 *   'file-count': number, steps: {step: string, text: string}[]}} Event */

/**
 * An independent oracle: the contents of every file below a folder.
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
 * The daemon's events after `serial`, once it has seen everything that was done before this call.
 *
 * @param {import('./world.js').World} world
 * @param {number} serial
 * @param {{expect: boolean}} options expect: there is at least one, and it comes by itself
 * @returns {Promise<Event[]>}
 */
export async function settled(world, serial, { expect }) {
	const read = async () => (await world.bus.events()).filter((/** @type {Event} */ e) => e.serial > serial);
	if (expect) {
		await until(`an event after ${serial}`, async () => (await read()).some((/** @type {Event} */ e) => e.closed),
			{ every: 5 });
	}
	while (await waits(world)) {
		// Repeats: the daemon may have seen only the first part of what was done.
	}
	return read();
}

/**
 * A hold of the project ends only when the daemon knows what git and a build did meanwhile. So,
 * after a hold, the test knows that no further event comes, without guessing how long to wait.
 *
 * @param {import('./world.js').World} world
 * @returns {Promise<boolean>} whether an event was still to come
 */
async function waits({ bus }) {
	const held = async () => (await bus.projects()).filter(({ HeldBy }) => HeldBy);
	for (const { Root } of await bus.projects()) {
		const [cookie] = await bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [Root, 'the test looks', {}] });
		await bus.call({ member: 'Release', signature: 'u', body: [cookie] });
	}
	const waited = (await held()).length > 0;
	await until('the projects to be let go', async () => !(await held()).length, { every: 5 });
	return waited;
}
