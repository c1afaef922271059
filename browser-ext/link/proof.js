// SPDX-License-Identifier: MIT
//
// Whose daemon answers: another user's process may have taken the port. The daemon sends its key
// once, when browser and daemon pair. From then on it must prove that it has the key; before that,
// the extension sends it nothing and ignores its messages. protocol/websocket.md describes what
// this protects against.

import { api } from '../common/api.js';

const KEY = /^[0-9a-f]{64}$/;
const NONCE_BYTES = 16;

/** The key's name in storage.local: of this computer's daemon, and with `:ID` of another. */
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
 * The extension pairs with the next daemon that answers on its port.
 *
 * @param {string} daemon
 */
export function forgetKey(daemon) {
	return api.storage.local.remove(storedAs(daemon));
}

/**
 * Must be called in the first run of the background script, like every registration.
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
 * @param {string | undefined} key
 * @returns {{nonce: string, pair?: true}} the fields of `hello` that ask for a proof
 */
export function challenge(key) {
	const nonce = toHex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
	return key ? { nonce } : { nonce, pair: true };
}

/**
 * Whether the answer comes from the daemon with this key. Without a key, the daemon is accepted if
 * it proves that it has the key it sends, which is stored. One that sends none is not accepted: a
 * program that is not the daemon could say so, and the user would never learn of it.
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
 * The same; stores the key.
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
