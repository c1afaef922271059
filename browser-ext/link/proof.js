// SPDX-License-Identifier: MIT
//
// Whose daemon answers: another user's process may have taken the port. The daemon gave its key
// away once, when they first met; since then it must prove that it has it before it is told, or
// believed, anything. protocol/websocket.md says what that protects from and what not.

import { api } from '../common/api.js';

const KEY = /^[0-9a-f]{64}$/;
const NONCE_BYTES = 16;

/** Where the key is, in storage.local. */
const STORED = 'daemonKey';

/**
 * @typedef {import('./protocol.js').DaemonHello} DaemonHello
 * @typedef {import('./protocol.js').BrowserHello} BrowserHello
 */

/** @returns {Promise<string | undefined>} undefined: not paired yet */
export async function loadKey() {
	const { [STORED]: key } = await api.storage.local.get(STORED);
	return typeof key === 'string' && KEY.test(key) ? key : undefined;
}

/** The next daemon that answers is taken for the right one. */
export function forgetKey() {
	return api.storage.local.remove(STORED);
}

/**
 * Must be called while the background script runs first, like every registration.
 *
 * @param {() => void} forgotten
 */
export function onKeyForgotten(forgotten) {
	api.storage.local.onChanged.addListener(({ [STORED]: change }) => {
		if (change && change.newValue === undefined) {
			forgotten();
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
 * What a person compares with `savecast status`.
 *
 * @param {string} key
 */
export async function codeOf(key) {
	const digits = await hash(key, 'savecast.v1 code');
	return `${digits.slice(0, 4)}-${digits.slice(4, 8)}`;
}

/**
 * @param {string | undefined} key
 * @returns {{nonce: string, pair?: true}} what `hello` asks for
 */
export function challenge(key) {
	const nonce = toHex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
	return key ? { nonce } : { nonce, pair: true };
}

/**
 * Whether the answer comes from the daemon with this key. Without a key it does if it proves to
 * have the one it gives, which is the one from then on, or if it has none to give.
 *
 * @param {string | undefined} key
 * @param {BrowserHello} asked
 * @param {DaemonHello} answer
 * @returns {Promise<{right: boolean, pair?: string}>} `pair`: a key to keep
 */
export async function judge(key, { nonce = '', profile }, { instance, proof, key: given }) {
	if (!key && given === undefined) {
		return { right: true };
	}
	const tried = key ?? String(given);
	const right = KEY.test(tried) && proof === await proofOf(tried, { nonce, profile, instance });
	return right && !key ? { right, pair: tried } : { right };
}

/**
 * The same, with the key that is kept.
 *
 * @param {string | undefined} key
 * @param {BrowserHello} asked
 * @param {DaemonHello} answer
 */
export async function prove(key, asked, answer) {
	const { right, pair } = await judge(key, asked, answer);
	if (pair) {
		await api.storage.local.set({ [STORED]: pair });
	}
	return right;
}
