// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';

/** @returns {string | false} why a test cannot have a mount namespace here */
export function noMounts() {
	const { status, stderr } = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' });
	return status !== 0 && `no mount namespace can be made here: ${(stderr ?? '').trim()}`;
}
