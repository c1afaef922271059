// SPDX-License-Identifier: MIT
//
// Only the daemon's end of the WebSocket, for states that a real daemon has too briefly or too
// rarely for a test.
import crypto from 'node:crypto';
import http from 'node:http';
import { WebSocketServer } from 'ws';
import { EventLog } from './events.js';

const KEY = '0123456789abcdef'.repeat(4);
const INSTANCE = '0123456789abcdef';

/** @param {{nonce: string, profile: string, pair?: boolean}} hello */
function welcome({ nonce, profile, pair }) {
	const proof = crypto.createHmac('sha256', Buffer.from(KEY, 'hex'))
		.update(`savecast.v1 daemon\n${nonce}\n${profile}\n${INSTANCE}`).digest('hex');
	return { type: 'hello', version: '0', instance: INSTANCE, proof, ...pair && { key: KEY } };
}

export class FakeDaemon {
	/** @type {EventLog<any>} what browsers said */
	heard = new EventLog();
	/** @type {Set<import('ws').WebSocket>} */
	#sockets = new Set();
	#server = http.createServer((_, response) => {
		response.writeHead(403, { 'Access-Control-Allow-Origin': '*' });
		response.end();
	});
	/** @type {(message: any) => object | undefined} the answer to a `watch` */
	answer = ({ tab, url }) => ({ type: 'tab', tab, state: 'live', project: 'potato', reason: `${url} is served from potato` });

	/** How long it takes to answer `hello`. */
	slowMsec = 0;

	/** @param {number} port */
	async listen(port) {
		const upgrades = new WebSocketServer({ server: this.#server, handleProtocols: () => 'savecast.v1' });
		upgrades.on('connection', (socket) => {
			this.#sockets.add(socket);
			socket.on('close', () => this.#sockets.delete(socket));
			socket.on('message', (data) => {
				const message = JSON.parse(String(data));
				if (message.type === 'hello') {
					setTimeout(() => socket.send(JSON.stringify(welcome(message))), this.slowMsec);
				}
				const answer = message.type === 'watch' && this.answer(message);
				if (answer) {
					socket.send(JSON.stringify(answer));
				}
				this.heard.push(message);
			});
		});
		await new Promise((resolve) => this.#server.listen(port, '127.0.0.1', () => resolve(0)));
	}

	/** @param {object} message */
	send(message) {
		for (const socket of this.#sockets) {
			socket.send(JSON.stringify(message));
		}
	}

	/** How many browsers are connected. */
	get count() {
		return this.#sockets.size;
	}

	/** Waits until the browsers have received all that was sent, or have disconnected. */
	async drained() {
		do {
			await new Promise((resolve) => setTimeout(resolve, 1));
		} while ([...this.#sockets].some(({ bufferedAmount, readyState }) => bufferedAmount > 0 && readyState === 1));
	}

	close() {
		for (const socket of this.#sockets) {
			socket.terminate();
		}
		this.#server.closeAllConnections();
		return new Promise((resolve) => this.#server.close(resolve));
	}
}
