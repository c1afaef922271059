// SPDX-License-Identifier: MIT
//
// The user's settings, and the identifier of this browser profile: in storage.local.

import { api } from './api.js';

export const DEFAULT_PORT = 7283;

/** The daemon of this computer, which is always in the list. */
export const LOCAL = 'local';
/** Daemons elsewhere: at most this many, with names of at most this many characters. */
export const MAX_DAEMONS = 16;
export const MAX_NAME = 40;

/** The names under which the settings are stored. */
const NAMES = ['port', 'daemons', 'choices', 'hidden', 'sites', 'unpatched', 'ask', 'asked'];

/** At most this many sites whose tabs are switched on when they open. */
export const MAX_SITES = 256;

/**
 * @typedef {{id: string, name: string, port: number}} Daemon `id`: stays the same when it is renamed
 *
 * @typedef {object} Settings
 * @property {number} port where the daemon of this computer listens
 * @property {Daemon[]} daemons all of them, the one of this computer first
 * @property {Record<string, string>} choices the daemon's id by site, if the user has chosen one
 * @property {'wait' | 'now'} hidden whether a tab that is not shown waits until it is
 * @property {string[]} sites whose tabs are switched on when they open, see site.js
 * @property {string[]} unpatched sites whose pages are reloaded and never patched
 * @property {boolean} ask whether a click that switches a tab on may ask for permission for its site
 * @property {string[]} asked the match patterns of sites that such a click has asked about, see site.js
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
 * @param {any} value
 * @returns {value is Daemon} whether it is one of another computer
 */
function isDaemon(value) {
	return typeof value?.id === 'string' && /^[a-z0-9-]{1,40}$/.test(value.id) && value.id !== LOCAL &&
		typeof value.name === 'string' && value.name.trim().length > 0 && value.name.length <= MAX_NAME &&
		toPort(value.port) === value.port;
}

/**
 * @param {Record<string, unknown>} stored
 * @returns {Settings}
 */
export function toSettings(stored) {
	const { sites, unpatched, asked, daemons, choices } = stored;
	const port = toPort(stored.port);
	const others = (Array.isArray(daemons) ? daemons : []).filter(isDaemon)
		.filter(({ id }, i, all) => all.findIndex((one) => one.id === id) === i)
		.slice(0, MAX_DAEMONS).map(({ id, name, port: at }) => ({ id, name, port: at }));
	const known = new Set([LOCAL, ...others.map(({ id }) => id)]);
	return {
		port,
		daemons: [{ id: LOCAL, name: 'this computer', port }, ...others],
		choices: Object.fromEntries(Object.entries(choices ?? {})
			.filter(([site, id]) => URL.canParse(site) && known.has(id)).slice(-MAX_SITES)),
		hidden: stored.hidden === 'now' ? 'now' : 'wait',
		sites: toSites(sites),
		unpatched: toSites(unpatched),
		ask: stored.ask !== false,
		asked: Array.isArray(asked) ? asked.filter((pattern) => typeof pattern === 'string').slice(0, MAX_SITES) : [],
	};
}

/** @param {unknown} value @returns {string[]} */
function toSites(value) {
	return Array.isArray(value) ? value.filter((site) => typeof site === 'string' && URL.canParse(site)).slice(0, MAX_SITES) : [];
}

/** @returns {Promise<Settings & {profile: string}>} `profile` is generated at the first call */
export async function loadSettings() {
	const stored = await api.storage.local.get([...NAMES, 'profile']);
	let { profile } = stored;
	if (typeof profile !== 'string') {
		profile = crypto.randomUUID();
		await api.storage.local.set({ profile });
	}
	return { ...toSettings(stored), profile: String(profile) };
}

/** @param {Partial<Omit<Settings, 'daemons'>>} change */
export function saveSettings(change) {
	return api.storage.local.set(change);
}

/**
 * @param {Daemon[]} daemons
 * @returns {Promise<void>} stored without the one of this computer, of which only `port` is set
 */
export function saveDaemons(daemons) {
	return api.storage.local.set({ daemons: daemons.filter(({ id }) => id !== LOCAL) });
}

/**
 * @param {string} site
 * @param {string | undefined} daemon its tabs belong to; undefined: that is found out
 */
export async function rememberChoice(site, daemon) {
	const { choices: { [site]: _, ...others } } = await loadSettings();
	await saveSettings({ choices: daemon === undefined ? others : { ...others, [site]: daemon } });
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
 * @param {string} one
 * @param {boolean} on whether its pages may be patched
 */
export async function rememberPatches(one, on) {
	const { unpatched } = await loadSettings();
	const others = unpatched.filter((site) => site !== one);
	await saveSettings({ unpatched: on ? others : [one, ...others] });
}

/**
 * @param {string} pattern of a site, see site.js
 * @param {boolean} on whether the user has been asked for permission
 */
export async function rememberAsked(pattern, on) {
	const { asked } = await loadSettings();
	const others = asked.filter((one) => one !== pattern);
	await saveSettings({ asked: on ? [pattern, ...others].slice(0, MAX_SITES) : others });
}

/**
 * Must be called while the background script first runs, like every registration.
 *
 * @param {(settings: Settings) => void} changed
 */
export function onSettingsChanged(changed) {
	api.storage.local.onChanged.addListener(async (changes) => {
		if (NAMES.some((name) => changes[name])) {
			changed(await loadSettings());
		}
	});
}
