// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import net from 'node:net';

/**
 * @param {number} port 0 for any
 * @param {string} host
 * @returns {Promise<number>} the port, or 0 if it is in use
 */
async function listen(port, host) {
	const server = net.createServer();
	server.listen({ port, host, exclusive: true });
	try {
		await once(server, 'listening');
	} catch (error) {
		// No IPv6 on this machine: no process can use the port there.
		const { code } = /** @type {NodeJS.ErrnoException} */ (error);
		return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' ? port : 0;
	}
	const address = /** @type {net.AddressInfo} */ (server.address());
	server.close();
	await once(server, 'close');
	return address.port;
}

/**
 * A port that no process listens on, neither on 127.0.0.1 nor on ::1.
 *
 * @param {number} [preferred]
 */
export async function freePort(preferred) {
	for (let port = preferred ?? await listen(0, '127.0.0.1'), tries = 0; tries < 20; tries += 1) {
		if (await listen(port, '127.0.0.1') && await listen(port, '::1')) {
			return port;
		}
		port = await listen(0, '127.0.0.1');
	}
	throw new Error('no free port found');
}

/**
 * Connects, and closes the connection again. A name can have several addresses, like localhost:
 * Node 18 would try only the first.
 *
 * @param {string} host
 * @param {number} port
 * @returns {Promise<true>} fails with the system's error
 */
export function connect(host, port) {
	return new Promise((resolve, reject) => {
		const socket = net.connect({ host, port, autoSelectFamily: true });
		socket.once('connect', () => { socket.destroy(); resolve(true); });
		socket.once('error', reject);
	});
}

/**
 * Whether a process listens.
 *
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function answers(host, port) {
	return connect(host, port).catch(() => false);
}
