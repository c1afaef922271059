// SPDX-License-Identifier: MIT
//
// Finds out whether a daemon listens. After failures, browsers delay WebSocket attempts by
// increasing intervals, but not plain requests. The daemon answers those with 403 and allows this
// extension to read that. Another program can answer as well; proof.js detects that later. The
// probe follows no redirect: a program of another user could use one to make the browser send
// requests to other ports as this user.

/**
 * A content security policy cannot name an IPv6 address. Browsers resolve "localhost" to both
 * loopback addresses themselves, and the daemon accepts that name.
 */
const HOSTS = ['127.0.0.1', 'localhost'];

/**
 * @param {string} host
 * @param {number} port
 * @param {number} msec how long the answer may take
 * @returns {Promise<boolean>}
 */
async function answers(host, port, msec) {
	try {
		await fetch(`http://${host}:${port}/`, {
			redirect: 'error',
			credentials: 'omit',
			cache: 'no-store',
			signal: AbortSignal.timeout(msec),
		});
		return true;
	} catch {
		return false;
	}
}

/**
 * @param {number} port
 * @param {number} msec how long an answer may take
 * @returns {AsyncGenerator<string>} the hosts that answer on this port. The first may be another
 *	user's program, with our daemon behind the second
 */
export async function* findHosts(port, msec) {
	for (const host of HOSTS) {
		if (await answers(host, port, msec)) {
			yield host;
		}
	}
}
