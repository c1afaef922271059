// SPDX-License-Identifier: MIT
//
// Simulates a network between two programs of this machine: a port that passes bytes on after a
// delay.
import net from 'node:net';

/** Node's timers may be this many milliseconds late. */
const EARLY_MSEC = 2;

/**
 * Calls the function at that time; for the last milliseconds, each turn of the event loop checks
 * whether it has come.
 *
 * @param {number} due as of performance.now()
 * @param {() => void} act
 */
function at(due, act) {
	const left = due - performance.now();
	if (left > EARLY_MSEC) {
		setTimeout(at, left - EARLY_MSEC, due, act);
	} else if (left > 0) {
		setImmediate(at, due, act);
	} else {
		act();
	}
}

/**
 * @param {import('./world.js').World} world ends it
 * @param {number} port to which it passes bytes on
 * @param {number} msec for which it holds each byte, in each direction: half a round trip
 * @returns {Promise<number>} its own port
 */
export async function slowNetwork(world, port, msec) {
	/** @type {Set<net.Socket>} */
	const sockets = new Set();
	const server = net.createServer((from) => {
		const to = net.connect({ host: '127.0.0.1', port });
		for (const [source, sink] of [[from, to], [to, from]]) {
			sockets.add(source.setNoDelay());
			source.on('data', (bytes) => at(performance.now() + msec, () => sink.write(bytes)));
			source.on('close', () => at(performance.now() + msec, () => sink.destroy()));
			source.on('error', () => {});
		}
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	world.atEnd.push(async () => {
		sockets.forEach((socket) => socket.destroy());
		server.close();
	});
	return /** @type {net.AddressInfo} */ (server.address()).port;
}
