// SPDX-License-Identifier: MIT
//
// A TCP connection to the daemon, and WebSocket frames made by hand: bytes that no real client
// sends.
import crypto from 'node:crypto';
import net from 'node:net';

import { within } from './events.js';
import { ORIGIN } from './wire-client.js';

export const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/**
 * @param {number} opcode
 * @param {Buffer | string} payload
 * @param {object} [how]
 * @param {boolean} [how.last] FIN
 * @param {boolean} [how.masked]
 * @param {number} [how.reserved] the three reserved bits
 * @param {bigint} [how.announced] a wrong length of the payload, in 8 bytes
 */
export function frame(opcode, payload = '', { last = true, masked = true, reserved = 0, announced } = {}) {
	const data = Buffer.from(payload);
	const mask = crypto.randomBytes(4);
	const first = (last ? 0x80 : 0) | reserved << 4 | opcode;
	const bit = masked ? 0x80 : 0;
	/** @type {Buffer} */
	let head;
	if (announced !== undefined || data.length > 65535) {
		head = Buffer.alloc(10);
		head[1] = bit | 127;
		head.writeBigUInt64BE(announced ?? BigInt(data.length), 2);
	} else if (data.length > 125) {
		head = Buffer.from([0, bit | 126, data.length >> 8, data.length & 255]);
	} else {
		head = Buffer.from([0, bit | data.length]);
	}
	head[0] = first;
	if (!masked) {
		return Buffer.concat([head, data]);
	}
	return Buffer.concat([head, mask, data.map((byte, i) => byte ^ mask[i % 4])]);
}

/**
 * The handshake of the extension; headers can be replaced, repeated (an array) or left out (null).
 *
 * @param {import('./world.js').World} world
 * @param {Record<string, string | string[] | null>} [headers]
 * @param {string} [line]
 */
export function request(world, headers = {}, line = 'GET / HTTP/1.1') {
	const all = {
		Host: `127.0.0.1:${world.port}`, Connection: 'Upgrade', Upgrade: 'websocket', Origin: ORIGIN,
		'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Protocol': 'savecast.v1',
		'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers,
	};
	const lines = Object.entries(all).flatMap(([name, value]) =>
		value === null ? [] : [value].flat().map((one) => `${name}: ${one}`));
	return [line, ...lines, '', ''].join('\r\n');
}

export class RawSocket {
	/** All bytes that were received. */
	data = Buffer.alloc(0);
	/** @type {(() => void)[]} */
	#waiting = [];

	/**
	 * @param {import('./world.js').World} world
	 * @param {string} [host]
	 */
	constructor(world, host = '127.0.0.1') {
		this.socket = net.connect({ port: world.port, host, noDelay: true });
		this.connected = new Promise((resolve) => this.socket.once('connect', resolve));
		/** @type {Promise<Buffer>} all bytes that were received, once the connection is closed */
		this.gone = new Promise((resolve) => {
			this.socket.once('close', () => resolve(this.data));
		});
		this.socket.on('error', () => {});
		this.socket.on('data', (more) => {
			this.data = Buffer.concat([this.data, more]);
			this.#waiting.splice(0).forEach((go) => go());
		});
		this.gone.then(() => this.#waiting.splice(0).forEach((go) => go()));
		world.atEnd.push(async () => this.socket.destroy());
	}

	/** @param {Buffer | string} bytes */
	write(bytes) {
		this.socket.write(bytes);
		return this;
	}

	/** @param {string} text waits until it has been received */
	async got(text) {
		while (!this.data.includes(text)) {
			if (this.socket.destroyed) {
				throw new Error(`the connection was closed before ${text} was received: ${this.data.toString('latin1').slice(0, 500)}`);
			}
			await within(new Promise((resolve) => this.#waiting.push(() => resolve(0))), text);
		}
		return this;
	}

	/**
	 * @param {import('./world.js').World} world
	 * @param {string} [profile] sends `hello`, too
	 */
	async open(world, profile) {
		this.write(request(world));
		await this.got('\r\n\r\n');
		this.data = this.data.subarray(this.data.indexOf('\r\n\r\n') + 4);
		if (profile) {
			this.write(frame(OPCODE.text, JSON.stringify({ type: 'hello', browser: 'Raw 1', extension: '0', profile })));
			await this.got('"hello"');
		}
		return this;
	}

	/** @returns {number | undefined} the code of the close frame that was received */
	#closed() {
		for (let at = 0; at + 2 <= this.data.length;) {
			const [first, short] = this.data.subarray(at, at + 2);
			const length = short < 126 ? short : short === 126 ? this.data.readUInt16BE(at + 2)
				: Number(this.data.readBigUInt64BE(at + 2));
			const body = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
			if ((first & 15) === OPCODE.close) {
				return length < 2 ? 0 : this.data.readUInt16BE(body);
			}
			at = body + length;
		}
		return undefined;
	}

	/** The code that the daemon closes with; 0 if it disconnects without one. */
	async code() {
		while (this.#closed() === undefined && !this.socket.destroyed) {
			await within(new Promise((resolve) => this.#waiting.push(() => resolve(0))), 'the end of the connection');
		}
		this.socket.destroy();
		return this.#closed() ?? 0;
	}
}
