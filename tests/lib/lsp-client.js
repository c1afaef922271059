// SPDX-License-Identifier: MIT
/** `savecast lsp` as an editor uses it: frames on its standard streams. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { EventLog } from './events.js';
import { SAVECAST } from './world.js';

export class LspClient {
	/** The messages of the server. @type {EventLog<any>} */
	replies = new EventLog();
	stderr = '';
	#child;
	#rest = Buffer.alloc(0);
	#lastId = 0;

	/** @param {import('./world.js').World} world */
	constructor(world) {
		this.#child = spawn(SAVECAST, ['lsp'], { env: world.env });
		world.atEnd.push(async () => { this.#child.kill('SIGKILL'); });
		this.#child.stderr.on('data', text => { this.stderr += text; });
		this.#child.stdin.on('error', () => {}); // The end of the server is noticed elsewhere.
		this.#child.stdout.on('data', bytes => {
			this.#rest = Buffer.concat([this.#rest, bytes]);
			this.#read();
		});
		/** @type {Promise<[number | null, string | null]>} */
		this.ended = /** @type {any} */ (once(this.#child, 'close'));
	}

	get pid() {
		return this.#child.pid;
	}

	#read() {
		for (;;) {
			const end = this.#rest.indexOf('\r\n\r\n');
			const length = Number(/^Content-Length: (\d+)/.exec(this.#rest.toString('latin1', 0, end))?.[1]);
			if (end < 0 || this.#rest.length < end + 4 + length) {
				return;
			}
			this.replies.push(JSON.parse(this.#rest.toString('utf8', end + 4, end + 4 + length)));
			this.#rest = this.#rest.subarray(end + 4 + length);
		}
	}

	/** @param {string | Buffer} bytes are sent unchanged; resolves when they have been written */
	raw(bytes) {
		return new Promise(resolve => { this.#child.stdin.write(bytes, resolve); });
	}

	/** @param {string} text a message, which is sent in a frame */
	frame(text) {
		return this.raw(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
	}

	/**
	 * @param {string} method
	 * @param {object} [params]
	 */
	notify(method, params = {}) {
		return this.frame(JSON.stringify({ jsonrpc: '2.0', method, params }));
	}

	/**
	 * @param {string} method
	 * @param {object} [params]
	 * @returns {Promise<any>} the reply
	 */
	async request(method, params = {}) {
		const id = ++this.#lastId;
		const reply = this.replies.next(`the reply to ${method}`, message => message.id === id);
		await this.frame(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
		return reply;
	}

	/** @param {object} [params] in addition to the usual ones */
	async initialize(params) {
		const reply = await this.request('initialize', { processId: null, rootUri: null, capabilities: {}, ...params });
		await this.notify('initialized');
		return reply;
	}

	/** @param {string} uri */
	saved(uri) {
		return this.notify('textDocument/didSave', { textDocument: { uri } });
	}

	end() {
		this.#child.stdin.end();
		return this.ended;
	}
}
