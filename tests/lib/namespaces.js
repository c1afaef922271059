// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';

/** @returns {string | false} why a test cannot have a mount namespace here */
export function noMounts() {
	const { status, stderr } = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' });
	return status !== 0 && `no mount namespace can be made here: ${(stderr ?? '').trim()}`;
}

/** @returns {string | false} why a test cannot have a network of its own here */
export function noNetwork() {
	const { status, stderr } = spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' });
	return status !== 0 && `no network namespace can be made here: ${(stderr ?? '').trim()}`;
}

/**
 * Runs the test file in a network of its own, with SAVECAST_OWN_NETWORK.
 *
 * @param {string} file
 * @param {string} [first] a shell command that runs there before it
 */
export function inOwnNetwork(file, first = 'true') {
	const { NODE_TEST_CONTEXT, ...env } = process.env; // with it, Node would not run tests
	const { status, stdout, stderr } = spawnSync('unshare', ['--net', 'sh', '-c',
		`ip link set lo up && ${first} && exec "$0" --test "$1"`, process.execPath, file],
	{ encoding: 'utf8', env: { ...env, SAVECAST_OWN_NETWORK: '1' } });
	return { status, text: stdout + stderr };
}

/**
 * The same for one in which the kernel forgets a connection as soon as it ends, and not after a minute.
 *
 * @param {string} file
 */
export function inForgetfulNetwork(file) {
	return inOwnNetwork(file, 'echo 0 >/proc/sys/net/ipv4/tcp_max_tw_buckets');
}
