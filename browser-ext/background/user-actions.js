// SPDX-License-Identifier: MIT
//
// What the user does: with the icon, the shortcut or the popup, or once for all tabs of a site.

import { toAddress } from '../common/address.js';
import { api } from '../common/api.js';
import { rememberAsked, rememberChoice, rememberSite } from '../common/settings.js';
import { hasPermission, mayAsk, siteOf, sitePattern, takeSiteToRemember } from '../common/site.js';
import {
	daemons, describe, forget, frames, navigation, onShown, progress, reloads, send, settings, show, showRefusal, tabs, watch,
} from './context.js';
import { insertPageScripts } from './page-scripts.js';
import { framesOf, isFrame } from './places.js';

/**
 * To be called in the handler of a click on the icon, before it awaits anything: later, both
 * browsers refuse to ask the user. Nothing is asked if the site is permitted already.
 *
 * @param {chrome.tabs.Tab} tab
 * @returns {boolean} false: the click has woken this script, which does not know its settings yet
 */
export function askInClick(tab) {
	if (!settings) {
		return false;
	}
	const entry = tabs.get(tab.id ?? api.tabs.TAB_ID_NONE);
	const switchesOn = !entry || (entry.paused !== undefined && !entry.pending);
	if (switchesOn && mayAsk(tab, settings)) {
		const pattern = sitePattern(String(tab.url));
		const answer = api.permissions.request({ origins: [pattern] });
		// At once: the browser may end this script while the user reads.
		rememberAsked(pattern, true);
		answer.catch((error) => {
			console.warn(`permission for ${pattern}: ${error}`);
			return rememberAsked(pattern, false);
		});
	}
	return true;
}

/**
 * After a click that came too early to ask, shows the popup instead, whose button asks.
 *
 * @param {chrome.tabs.Tab} tab
 */
async function askInPopup(tab) {
	if (mayAsk(tab, settings) && !await hasPermission(String(tab.url))) {
		await rememberAsked(sitePattern(String(tab.url)), true);
		await /** @type {any} */ (api.action).openPopup?.();
	}
}

/**
 * To be called when the icon was clicked on a tab without a popup: one that is off, or has a
 * pending reload.
 *
 * @param {chrome.tabs.Tab} tab
 * @param {boolean} mayHaveAsked what askInClick() returned
 */
export function clicked(tab, mayHaveAsked) {
	const { id, url, incognito } = tab;
	if (id === undefined || id === api.tabs.TAB_ID_NONE) {
		return;
	}
	const entry = tabs.get(id);
	if (pendingIn(id).length) {
		reloadNow(id, url);
	} else if (entry && entry.paused === undefined) {
		// The click came before the popup was set again after a navigation.
		/** @type {any} */ (api.action).openPopup?.()?.catch(() => {});
	} else {
		switchOn(id, url, incognito);
		if (!mayHaveAsked) {
			askInPopup(tab).catch((error) => console.info(`permission: ${error}`));
		}
	}
}

/**
 * @param {number} id
 * @param {string | undefined} url
 * @param {boolean} [incognito]
 */
export function switchOn(id, url, incognito) {
	const address = toAddress(url);
	if ('why' in address) {
		forget(id);
		showRefusal(id, address.why);
		return;
	}
	tabs.add(id, address.url, incognito);
	tabs.set(id, { chosen: settings.choices[siteOf(address.url)] });
	watch(id);
	daemons.kick();
	show(id);
	insertPageScripts(id);
	frames.find(id);
}

/** @param {number} id */
function switchOff(id) {
	send(progress.end(id, 'skipped', 'switched off'));
	forget(id);
	show(id);
}

/**
 * @param {number} id
 * @param {string | undefined} chosen the daemon that the tab, and later tabs of its site, belong to
 */
function chooseDaemon(id, chosen) {
	const entry = tabs.get(id);
	if (entry && entry.paused === undefined) {
		send(progress.end(id, 'skipped', 'the user has chosen another daemon'));
		tabs.set(id, { pending: undefined });
		daemons.choose(id, chosen);
		if (!entry.incognito) {
			rememberChoice(siteOf(entry.url), chosen);
		}
	}
}

/** @param {number} tab @returns {number[]} the tab and its frames, if their reloads are pending */
function pendingIn(tab) {
	return [tab, ...framesOf(tab)].filter((id) => tabs.get(id)?.pending);
}

/**
 * Releases the pending reload, or reloads although nothing was saved.
 *
 * @param {number} id
 * @param {string | undefined} url the browser shows it after a click, even if it hides it otherwise
 */
export function reloadNow(id, url) {
	if (url) {
		navigation.moved(id, url, 'none');
	}
	const entry = tabs.get(id);
	const pending = pendingIn(id);
	if (pending.length) {
		pending.forEach((one) => reloads.release(one));
	} else if (entry?.paused === undefined) {
		api.tabs.reload(id, { bypassCache: true }).catch(() => {});
	}
}

/**
 * Switches the tab on if the user wants its site always on, or if it was on when the browser ended.
 *
 * @param {chrome.tabs.Tab} tab that is off
 */
export function switchOnIfWanted({ id = api.tabs.TAB_ID_NONE, url, incognito }) {
	const address = toAddress(url);
	if ('why' in address) {
		return;
	}
	const wasOn = !incognito && tabs.wasOn(address.url);
	if (wasOn || settings.sites.includes(siteOf(address.url))) {
		switchOn(id, url, incognito);
	}
}

/**
 * To be called when the user gave permission for a site. Its tabs that are on use it without a
 * reload.
 */
export async function permissionGranted() {
	const site = await takeSiteToRemember();
	if (site) {
		await rememberSite(site, true);
	}
	// Has no effect in tabs of other sites.
	for (const [id] of tabs.watched().filter(([one]) => !isFrame(one))) {
		insertPageScripts(id);
		frames.find(id);
	}
}

/** @type {Map<chrome.runtime.Port, number>} the tab of each open popup */
const popups = new Map();
/** @type {Set<chrome.runtime.Port>} the open pages of settings */
const settingsPages = new Set();

onShown((id) => {
	settingsPages.forEach((port) => port.postMessage(daemons.list(undefined)));
	for (const [port, tab] of popups) {
		if (id === undefined || tab === id) {
			port.postMessage(describe(tab));
		}
	}
});

/**
 * To be called when a popup has opened: it receives the tab's state now and at each change, and
 * sends what the user clicks. The settings page receives the connections.
 *
 * @param {chrome.runtime.Port} port of popup.js, whose name is the tab's number, or of options.js
 */
export function popupConnected(port) {
	const id = Number(port.name);
	if (port.name === 'daemons' && port.sender?.url?.startsWith(api.runtime.getURL('/ui/options.html'))) {
		settingsPages.add(port);
		port.onDisconnect.addListener(() => settingsPages.delete(port));
		port.postMessage(daemons.list(undefined));
		return;
	}
	if (!port.sender?.url?.startsWith(api.runtime.getURL('/ui/popup.html'))) {
		port.disconnect();
		return;
	}
	popups.set(port, id);
	port.onDisconnect.addListener(() => popups.delete(port));
	port.onMessage.addListener((/** @type {{to: string, url?: string, incognito?: boolean, daemon?: string, revision?: number, port?: number}} */ { to, url, incognito, daemon, revision = 0, port: chosen = 0 }) => {
		switch (to) {
		case 'on':
			switchOn(id, url, incognito);
			break;
		case 'off':
			switchOff(id);
			break;
		case 'reload':
			reloadNow(id, url);
			break;
		case 'asked':
			if (url && !incognito) {
				rememberAsked(sitePattern(url), true);
			}
			break;
		case 'track':
			daemons.sendFor(id, { type: 'track', tab: id });
			break;
		case 'trust':
			daemons.sendFor(id, { type: 'trust', tab: id, revision });
			break;
		case 'choose':
			daemons.sendFor(id, { type: 'choose', tab: id, port: chosen });
			break;
		case 'daemon':
			chooseDaemon(id, daemon);
			break;
		}
	});
	port.postMessage(describe(id));
}
