// SPDX-License-Identifier: MIT
//
// What a person asks for: by the icon, the shortcut, the popup, or once for all tabs of a site.

import { toAddress } from '../common/address.js';
import { api } from '../common/api.js';
import { rememberSite } from '../common/settings.js';
import { siteOf, takeWish } from '../common/site.js';
import { placeKeeper } from './keeper.js';
import { forget, orders, send, settings, show, showRefusal, socket, stories, tabs, visits, watch } from './parts.js';

/**
 * The icon was clicked on a tab without a popup: it is off, or waits for this click.
 *
 * @param {chrome.tabs.Tab} tab
 */
export function clicked({ id, url, incognito }) {
	if (id === undefined || id === api.tabs.TAB_ID_NONE) {
		return;
	}
	const entry = tabs.get(id);
	if (entry?.pending) {
		reloadNow(id, url);
	} else if (entry && entry.paused === undefined) {
		// The click came before the popup was set again after a navigation.
		/** @type {any} */ (api.action).openPopup?.()?.catch(() => {});
	} else {
		switchOn(id, url, incognito);
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
	watch(id);
	socket.kick();
	show(id);
	placeKeeper(id);
}

/** @param {number} id */
export function switchOff(id) {
	send(stories.end(id, 'skipped', 'switched off'));
	forget(id);
	show(id);
}

/**
 * By hand: the pending reload, or one that no save asked for.
 *
 * @param {number} id
 * @param {string | undefined} url which a click shows also where the browser hides it else
 */
export function reloadNow(id, url) {
	if (url) {
		visits.moved(id, url, 'still');
	}
	const entry = tabs.get(id);
	if (entry?.pending) {
		orders.release(id);
	} else if (entry?.paused === undefined) {
		api.tabs.reload(id, { bypassCache: true }).catch(() => {});
	}
}

/**
 * A tab that is off: of a site that the person wants switched on always, or one that was on when
 * the browser ended.
 *
 * @param {chrome.tabs.Tab} tab
 */
export function recall({ id = api.tabs.TAB_ID_NONE, url, incognito }) {
	const address = toAddress(url);
	if ('why' in address) {
		return;
	}
	const wasOn = !incognito && tabs.wasOn(address.url);
	if (wasOn || settings.sites.includes(siteOf(address.url))) {
		switchOn(id, url, incognito);
	}
}

/** The browser's question was answered with yes: the tabs that are on need no reload for that. */
export async function granted() {
	const wish = await takeWish();
	if (wish) {
		await rememberSite(wish, true);
	}
	// Where it is not for this tab's site, none comes there.
	tabs.watched().forEach(([id]) => placeKeeper(id));
}
