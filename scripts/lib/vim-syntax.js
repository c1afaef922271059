// SPDX-License-Identifier: MIT
/**
 * Finds lines that the parser of vim-language-server, which knows all of Vim script, rejects.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../node_modules/vim-language-server/bin/index.js', import.meta.url));
/** It parses all of this source tree in less than a second. */
const SECONDS = 60;

/** @typedef {{file: string, line: number, text: string}} Finding */

/** @param {any} message */
function framed(message) {
	const text = JSON.stringify({ jsonrpc: '2.0', ...message });
	return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** @param {NodeJS.ReadableStream} stream */
async function* messages(stream) {
	let bytes = Buffer.alloc(0);
	for await (const chunk of stream) {
		bytes = Buffer.concat([bytes, /** @type {Buffer} */ (chunk)]);
		for (;;) {
			const body = bytes.indexOf('\r\n\r\n') + 4;
			const length = Number(/Content-Length: (\d+)/.exec(bytes.toString('latin1', 0, Math.max(body, 0)))?.[1]);
			if (body < 4 || !(bytes.length >= body + length)) {
				break;
			}
			yield JSON.parse(bytes.toString('utf8', body, body + length));
			bytes = bytes.subarray(body + length);
		}
	}
}

/**
 * @param {Map<string, string>} texts by file
 * @returns {Promise<Finding[]>}
 */
export async function syntaxErrors(texts) {
	const child = spawn(process.execPath, [SERVER, '--stdio'],
		{ stdio: ['pipe', 'pipe', 'inherit'], timeout: SECONDS * 1000 });
	const ended = once(child, 'exit');
	const send = (/** @type {any} */ message) => child.stdin.write(framed(message));
	send({ id: 1, method: 'initialize', params: {
		processId: process.pid, rootUri: null, capabilities: {},
		initializationOptions: { diagnostic: { enable: true }, indexes: { runtimepath: false } },
	} });
	const awaited = new Set(texts.keys());
	/** @type {Finding[]} */
	const findings = [];
	for await (const { id, method, params } of messages(child.stdout)) {
		if (id === 1 && !method) {
			for (const [file, text] of texts) {
				send({ method: 'textDocument/didOpen', params: {
					textDocument: { uri: `lint:/${encodeURI(file)}`, languageId: 'vim', version: 1, text },
				} });
			}
		} else if (id !== undefined) {
			send({ id, result: null });
		} else if (method === 'textDocument/publishDiagnostics') {
			const file = decodeURI(params.uri).replace('lint:/', '');
			awaited.delete(file);
			findings.push(...params.diagnostics.map((/** @type {any} */ { range, message }) =>
				({ file, line: range.start.line + 1, text: message })));
		}
		if (awaited.size === 0) {
			child.kill();
			break;
		}
	}
	await ended;
	findings.push(...[...awaited].map(file => ({ file, line: 1, text: 'the parser did not report on this file' })));
	return findings;
}
