// SPDX-License-Identifier: MIT
//
// What a person sets, and what stays the same for this browser profile: in storage.local.

import { api } from './api.js';

export const DEFAULT_PORT = 7283;

/**
 * @param {unknown} value
 * @returns {number} a port: the value if it is one, else the default
 */
export function toPort(value) {
	return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535
		? value
		: DEFAULT_PORT;
}

/**
 * @returns {Promise<{port: number, profile: string}>} `profile` is made up at the first call
 */
export async function loadSettings() {
	const stored = await api.storage.local.get(['port', 'profile']);
	const port = toPort(stored.port);
	if (typeof stored.profile === 'string') {
		return { port, profile: stored.profile };
	}
	const profile = crypto.randomUUID();
	await api.storage.local.set({ profile });
	return { port, profile };
}

/**
 * Must be called while the background script runs first, like every registration.
 *
 * @param {(port: number) => void} changed
 */
export function onPortChanged(changed) {
	api.storage.local.onChanged.addListener((changes) => {
		if (changes.port) {
			changed(toPort(changes.port.newValue));
		}
	});
}
