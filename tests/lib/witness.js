// SPDX-License-Identifier: MIT
//
// node witness.js URL COMMAND...: a browser that is connected by the command, with one tab at the
// URL. Prints a line for each reload, with the time.
import { spawn } from 'node:child_process';
import net from 'node:net';
import process from 'node:process';

import { timeNow } from './events.js';
import { Client } from './wire-client.js';

const [url, program, ...args] = process.argv.slice(2);
const server = net.createServer((socket) => {
	const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
	socket.setNoDelay().pipe(child.stdin);
	child.stdout.pipe(socket);
});
server.listen(0, '127.0.0.1', async () => {
	const { port } = /** @type {net.AddressInfo} */ (server.address());
	const client = new Client(/** @type {any} */ ({ port, atEnd: [] }));
	client.socket.on('message', (data) => {
		const msec = timeNow();
		const { type, event } = JSON.parse(String(data));
		if (type === 'reload') {
			console.log(JSON.stringify({ event, msec }));
			client.send({ type: 'report', event, tab: 1, step: 'loaded' });
		}
	});
	await client.hello('profile-of-a-witness');
	const { state } = await client.watch(1, url);
	console.log(JSON.stringify({ state }));
});
