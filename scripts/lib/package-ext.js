// SPDX-License-Identifier: MIT
//
// Builds the packages of browser-ext/ for both stores.

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { permissionsOf, reasonsIn } from './permissions.js';
import { zip } from './zip.js';

const USAGE = `Usage: scripts/package-ext [DIR]

Writes savecast-VERSION-chromium.zip and savecast-VERSION-firefox.zip to DIR, by
default build/. The build is reproducible: the same sources give the same bytes.
Each package has only those keys of manifest.json that its browser reads. Prints the
permissions with their reasons from browser-ext/PERMISSIONS.md; a permission without
a reason is an error.
`;

const FOLDER = fileURLToPath(new URL('../../browser-ext/', import.meta.url));

/** Keys that only the other browser reads, or that the store sets itself. */
const WITHOUT = /** @type {Record<string, string[]>} */ ({
	chromium: ['key', 'browser_specific_settings', 'page_action', 'background.scripts'],
	firefox: ['key', 'minimum_chrome_version', 'background.service_worker'],
});

/** @param {any} manifest @param {string} path */
function without(manifest, path) {
	const names = path.split('.');
	const last = /** @type {string} */ (names.pop());
	delete names.reduce((at, name) => at[name], manifest)[last];
}

/** @param {string} [below] @returns {Promise<string[]>} */
async function filesOf(below = '') {
	const entries = await readdir(join(FOLDER, below), { withFileTypes: true });
	const nested = await Promise.all(entries.map((entry) => {
		const name = `${below}${entry.name}`;
		return entry.isDirectory() ? filesOf(`${name}/`) : [name];
	}));
	return nested.flat().filter((name) => !name.endsWith('.md')).sort();
}

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
	process.stdout.write(USAGE);
	process.exit(0);
}
if (args.length > 1 || args[0]?.startsWith('-')) {
	process.stderr.write(`package-ext: ${args.find((arg) => arg.startsWith('-')) ?? args[1]}: not known\n${USAGE}`);
	process.exit(2);
}
const target = args[0] ?? 'build';
const manifest = JSON.parse(await readFile(join(FOLDER, 'manifest.json'), 'utf8'));
const reasons = reasonsIn(await readFile(join(FOLDER, 'PERMISSIONS.md'), 'utf8'));
for (const permission of permissionsOf(manifest)) {
	if (!reasons.has(permission)) {
		process.stderr.write(`PERMISSIONS.md: ${permission}: has no reason\n`);
		process.exit(1);
	}
	console.log(`${permission}: ${reasons.get(permission)}`);
}
await mkdir(target, { recursive: true });
for (const [browser, paths] of Object.entries(WITHOUT)) {
	const own = structuredClone(manifest);
	paths.forEach((path) => without(own, path));
	const files = await Promise.all((await filesOf()).map(async (name) => ({
		name,
		bytes: name === 'manifest.json'
			? Buffer.from(`${JSON.stringify(own, null, 2)}\n`)
			: await readFile(join(FOLDER, name)),
	})));
	const file = join(target, `savecast-${manifest.version}-${browser}.zip`);
	await writeFile(file, zip(files));
	console.log(file);
}
