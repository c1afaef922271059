// SPDX-License-Identifier: MIT
//
// Is a daemon there? A browser makes WebSocket attempts wait longer and longer after failures;
// a plain request it does not. The daemon answers one with 403, and `no-cors` asks for no more
// than that something answered.

const TIMEOUT_MSEC = 2000;

/**
 * A policy's host source cannot be an IPv6 address, but "localhost" is one of both addresses to a
 * browser, without asking the resolver; the daemon takes that name as well.
 */
const HOSTS = ['127.0.0.1', 'localhost'];

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function answers(host, port) {
	try {
		await fetch(`http://${host}:${port}/`, {
			mode: 'no-cors',
			credentials: 'omit',
			cache: 'no-store',
			signal: AbortSignal.timeout(TIMEOUT_MSEC),
		});
		return true;
	} catch {
		return false;
	}
}

/**
 * @param {number} port
 * @returns {Promise<string | undefined>} the first host that answers on this port
 */
export async function findHost(port) {
	for (const host of HOSTS) {
		if (await answers(host, port)) {
			return host;
		}
	}
	return undefined;
}
