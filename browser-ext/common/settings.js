// SPDX-License-Identifier: MIT
//
// The user's settings, and the identifier of this browser profile: in storage.local.

import { api } from './api.js';

export const DEFAULT_PORT = 7283;

/** Sites whose tabs are switched on as they are opened: at most this many. */
export const MAX_SITES = 256;

/**
 * @typedef {object} Settings
 * @property {number} port where the daemon listens
 * @property {'wait' | 'now'} hidden whether a tab that is not shown waits until it is
 * @property {string[]} sites whose tabs are switched on as they are opened, see site.js
 */

/**
 * @param {unknown} value
 * @returns {number} the value if it is a port, otherwise the default
 */
export function toPort(value) {
	return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535
		? value
		: DEFAULT_PORT;
}

/**
 * @param {Record<string, unknown>} stored
 * @returns {Settings}
 */
export function toSettings(stored) {
	const { sites } = stored;
	return {
		port: toPort(stored.port),
		hidden: stored.hidden === 'now' ? 'now' : 'wait',
		sites: Array.isArray(sites)
			? sites.filter((site) => typeof site === 'string' && URL.canParse(site)).slice(0, MAX_SITES)
			: [],
	};
}

/** @returns {Promise<Settings & {profile: string}>} `profile` is generated at the first call */
export async function loadSettings() {
	const stored = await api.storage.local.get(['port', 'profile', 'hidden', 'sites']);
	let { profile } = stored;
	if (typeof profile !== 'string') {
		profile = crypto.randomUUID();
		await api.storage.local.set({ profile });
	}
	return { ...toSettings(stored), profile: String(profile) };
}

/** @param {Partial<Settings>} change */
export function saveSettings(change) {
	return api.storage.local.set(change);
}

/**
 * @param {string} one
 * @param {boolean} on whether its tabs are to be switched on as they are opened
 */
export async function rememberSite(one, on) {
	const { sites } = await loadSettings();
	const others = sites.filter((site) => site !== one);
	await saveSettings({ sites: on ? [one, ...others] : others });
}

/**
 * Must be called in the first run of the background script, like every registration.
 *
 * @param {(settings: Settings) => void} changed
 */
export function onSettingsChanged(changed) {
	api.storage.local.onChanged.addListener(async (changes) => {
		if (changes.port || changes.hidden || changes.sites) {
			changed(await loadSettings());
		}
	});
}
