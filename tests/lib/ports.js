// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

/**
 * The ports that freePort() returns. They are below those that the kernel assigns: between the
 * search for a port and the start of its server, no other program is given it.
 */
const [FIRST, COUNT] = [20000, 12000];

/**
 * Other tests do not get this port either, until this process ends: it keeps the UDP port of the same
 * number.
 *
 * @param {number} port
 * @returns {Promise<boolean>} false if another process has it
 */
function reserve(port) {
	const socket = dgram.createSocket('udp4').unref();
	return new Promise((resolve) => {
		socket.once('error', () => {
			socket.close();
			resolve(false);
		});
		socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
	});
}

/**
 * @param {number} port
 * @param {string} host
 */
async function isFree(port, host) {
	const server = net.createServer();
	server.listen({ port, host, exclusive: true });
	try {
		await once(server, 'listening');
	} catch (error) {
		// No IPv6 on this machine: no process can use the port there.
		const { code } = /** @type {NodeJS.ErrnoException} */ (error);
		return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
	}
	server.close();
	await once(server, 'close');
	return true;
}

/**
 * A port that no process listens on, neither on 127.0.0.1 nor on ::1.
 *
 * @param {number} [preferred]
 */
export async function freePort(preferred) {
	for (let port = preferred, tries = 0; tries < 100; tries += 1, port = undefined) {
		port ??= FIRST + Math.floor(Math.random() * COUNT);
		if (await reserve(port) && await isFree(port, '127.0.0.1') && await isFree(port, '::1')) {
			return port;
		}
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
