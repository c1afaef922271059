// SPDX-License-Identifier: MIT
//
// A profile of Firefox as its first start leaves it. A browser with a copy of it has nothing
// to compile and no databases to make: it starts in half of the time, with half of the CPU time.

import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../../.cache', import.meta.url));

/** What belongs to one run of the browser. */
const OF_A_RUN = ['lock', '.parentlock', 'sessionstore.jsonlz4', 'sessionstore-backups', 'WebDriverBiDiServer.json'];

/** An empty folder for a profile. */
export const emptyProfile = () => mkdtemp(join(tmpdir(), 'savecast-firefox-'));

/**
 * @param {string} binary
 * @param {(profile: string) => Promise<void>} startOnce starts the browser with that empty profile
 *   and ends it as its user does
 * @returns {Promise<string>} a new profile
 */
export async function startedProfile(binary, startOnce) {
	const { mtimeMs } = await stat(binary);
	const made = join(CACHE, `firefox-${Math.trunc(mtimeMs)}`);
	if (!existsSync(made)) {
		const first = await emptyProfile();
		await startOnce(first);
		await Promise.all(OF_A_RUN.map(name => rm(join(first, name), { recursive: true, force: true })));
		await mkdir(CACHE, { recursive: true });
		// Under this name it is always complete, even if other processes make it at the same time.
		const copy = await mkdtemp(`${made}.`);
		await cp(first, copy, { recursive: true });
		await rm(first, { recursive: true, force: true });
		await rename(copy, made).catch(() => rm(copy, { recursive: true, force: true }));
	}
	const profile = await emptyProfile();
	await cp(made, profile, { recursive: true });
	return profile;
}
