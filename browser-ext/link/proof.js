// SPDX-License-Identifier: MIT
//
// Checks whose daemon answers: another user's process may use the port. The daemon sends its key
// once, when browser and daemon pair. On each later connection it must prove that it has the key;
// until then, the extension sends it only `hello`, and ignores its messages.
// protocol/websocket.md describes what this protects against.

import { api } from '../common/api.js';

const KEY = /^[0-9a-f]{64}$/;
const NONCE_BYTES = 16;

/** The name of the key in storage.local; for a daemon elsewhere, `:ID` is added. */
const STORED = 'daemonKey';
const LOCAL = 'local';

/** @param {string} daemon its id */
const storedAs = (daemon) => (daemon === LOCAL ? STORED : `${STORED}:${daemon}`);

/**
 * @typedef {import('./protocol.js').DaemonHello} DaemonHello
 * @typedef {import('./protocol.js').BrowserHello} BrowserHello
 */

/**
 * @param {string} daemon its id, as in all of these functions
 * @returns {Promise<string | undefined>} undefined: not paired yet
 */
export async function loadKey(daemon) {
	const { [storedAs(daemon)]: key } = await api.storage.local.get(storedAs(daemon));
	return typeof key === 'string' && KEY.test(key) ? key : undefined;
}

/**
 * After this, the extension pairs with the next daemon that answers on the port.
 *
 * @param {string} daemon
 */
export function forgetKey(daemon) {
	return api.storage.local.remove(storedAs(daemon));
}

/**
 * Must be called while the background script first runs, like every registration.
 *
 * @param {(daemon: string) => void} forgotten
 */
export function onKeyForgotten(forgotten) {
	api.storage.local.onChanged.addListener((changes) => {
		for (const [name, { newValue }] of Object.entries(changes)) {
			const [stored, daemon = LOCAL] = name.split(':');
			if (stored === STORED && newValue === undefined) {
				forgotten(daemon);
			}
		}
	});
}

/** @param {Uint8Array} bytes */
function toHex(bytes) {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {string} key
 * @param {string} text
 */
async function hash(key, text) {
	const bytes = Uint8Array.from(key.match(/../g) ?? [], (digits) => parseInt(digits, 16));
	const algorithm = { name: 'HMAC', hash: 'SHA-256' };
	const imported = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
	return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text))));
}

/**
 * @param {string} key
 * @param {{nonce: string, profile: string, instance: string}} asked
 */
export function proofOf(key, { nonce, profile, instance }) {
	return hash(key, `savecast.v1 daemon\n${nonce}\n${profile}\n${instance}`);
}

/**
 * The pairing code, which the user compares with the one in `savecast status`.
 *
 * @param {string} key
 */
export async function codeOf(key) {
	const digits = await hash(key, 'savecast.v1 code');
	return `${digits.slice(0, 4)}-${digits.slice(4, 8)}`;
}

/**
 * The code of this extension, with which the user confirms it: `savecast pair CODE`.
 *
 * @param {string} origin
 */
export async function codeOfExtension(origin) {
	const bytes = new TextEncoder().encode(`savecast.v1 extension\n${origin}`);
	const digits = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
	return `${digits.slice(0, 4)}-${digits.slice(4, 8)}`;
}

/**
 * @param {string | undefined} key
 * @returns {{nonce: string, pair?: true}} the fields of `hello` that ask for a proof
 */
export function challenge(key) {
	const nonce = toHex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
	return key ? { nonce } : { nonce, pair: true };
}

/**
 * Whether the answer comes from the daemon with this key. Without a key, the daemon is accepted if
 * it sends a key and proves that it has it; the key is stored. A daemon that sends none is not
 * accepted: a program that is not the daemon could do that, and the user would not notice.
 *
 * @param {string | undefined} key
 * @param {BrowserHello} asked
 * @param {DaemonHello} answer
 * @returns {Promise<{right: boolean, pair?: string}>} `pair`: a key to store
 */
export async function judge(key, { nonce = '', profile }, { instance, proof, key: given }) {
	const tried = key ?? String(given);
	const right = KEY.test(tried) && proof === await proofOf(tried, { nonce, profile, instance });
	return right && !key ? { right, pair: tried } : { right };
}

/**
 * As judge(); stores the key.
 *
 * @param {string} daemon
 * @param {string | undefined} key
 * @param {BrowserHello} asked
 * @param {DaemonHello} answer
 */
export async function prove(daemon, key, asked, answer) {
	const { right, pair } = await judge(key, asked, answer);
	if (pair) {
		await api.storage.local.set({ [storedAs(daemon)]: pair });
	}
	return right;
}
