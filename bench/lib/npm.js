// SPDX-License-Identifier: MIT
/** The tools in bench/package.json that savecast is compared with. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

/** @param {string} name of a package and its command */
export const program = name => path.join(MODULES, '.bin', name);

/** @param {string} name */
export const file = name => path.join(MODULES, name);

/** @param {string} name of a package */
export async function version(name) {
	return JSON.parse(await readFile(path.join(MODULES, name, 'package.json'), 'utf8')).version;
}
