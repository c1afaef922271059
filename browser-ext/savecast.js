// SPDX-License-Identifier: MIT
//
// Between the browser's events, the daemon's messages and the toolbar: what happens when. The
// handlers run to their end without waiting, so none sees another's half; what takes longer is
// in visits.js (what a tab shows), orders.js (what becomes of a save in it) and carrier.js.

import { api } from './api.js';
import { toAddress } from './address.js';
import { Carrier } from './carrier.js';
import { decideFace, refusalFace, showFace } from './face.js';
import { hello } from './identity.js';
import { placeKeeper } from './keeper.js';
import { Ledger } from './ledger.js';
import { letGo, useSpare } from './let-go.js';
import { Orders } from './orders.js';
import { loadSettings } from './settings.js';
import { Socket } from './socket.js';
import { Stories } from './stories.js';
import { Tabs } from './tabs.js';
import { Visits } from './visits.js';

const tabs = new Tabs();
const stories = new Stories();
const carrier = new Carrier();
const ledger = new Ledger({
	post: (report) => socket.send(report), isUp: () => socket.link === 'up', noted: (id) => shown(id),
});
const send = ledger.send.bind(ledger);
const visits = new Visits({
	tabs, stories, carrier, send, watch, unwatch, show, safe: (id) => came(id, 'safe'),
});
const orders = new Orders({
	tabs, stories, send, show,
	look: (id, tab) => visits.moved(id, tab.url, 'still'),
	pause: (id, why) => visits.pause(id, why),
	hidden: () => settings.hidden,
});
/** @type {Socket} */
let socket;
/** @type {import('./settings.js').Settings} */
let settings;
/** @type {(id: number) => void} told of each tab that looks different now */
let shown = () => {};

/** The rest may be called once this is done. */
export async function start() {
	const [loaded] = await Promise.all([loadSettings(), tabs.load()]);
	settings = loaded;
	socket = new Socket(settings.port, {
		hello: () => hello(loaded.profile),
		greeting: () => tabs.watched().map(([id]) => watchMessage(id)),
		message: received,
		link: linkChanged,
	});
	follow();
	for (const [id, { paused }] of tabs.all()) {
		show(id);
		if (paused === undefined) {
			placeKeeper(id);
		}
	}
}

/**
 * The icon was clicked on a tab without a popup: it is off, or waits for this click.
 *
 * @param {chrome.tabs.Tab} tab
 */
export function clicked({ id, url }) {
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
		switchOn(id, url);
	}
}

/**
 * @param {number} id
 * @param {string | undefined} url
 */
export function switchOn(id, url) {
	const address = toAddress(url);
	if ('why' in address) {
		forget(id);
		showFace(id, refusalFace(address.why));
		shown(id);
		return;
	}
	tabs.add(id, address.url);
	watch(id);
	follow();
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
 * @param {number} id
 * @param {{status?: string, url?: string}} change
 * @param {chrome.tabs.Tab} tab
 */
export function updated(id, { status, url }, tab) {
	if (status === undefined && url === undefined) {
		return;
	}
	if (!tabs.get(id)) {
		recall(id, tab.url);
		return;
	}
	visits.updated(id, status, tab.url);
}

/**
 * A message of the keeper in a tab's page.
 *
 * @param {any} message
 * @param {chrome.runtime.MessageSender} sender
 */
export function kept(message, { id: extension, tab, frameId }) {
	if (extension === api.runtime.id && tab?.id !== undefined && frameId === 0 && tabs.get(tab.id)) {
		visits.kept(tab.id, message);
	}
}

/** @param {number} id of a tab that is shown now */
export function activated(id) {
	came(id, 'shown');
}

/**
 * @param {number} id
 * @param {'shown' | 'safe'} what its pending reload may have waited for
 */
function came(id, what) {
	// The tab may be gone meanwhile: no reload is due then.
	orders.came(id, what).catch(() => {});
}

/**
 * A tab of a site that the person wants switched on always.
 *
 * @param {number} id
 * @param {string | undefined} url
 */
function recall(id, url) {
	const address = toAddress(url);
	if ('url' in address && settings.sites.includes(new URL(address.url).origin)) {
		switchOn(id, url);
	}
}

/** @param {number} id */
export function removed(id) {
	send(stories.end(id, 'skipped', 'tab is gone'));
	forget(id);
}

/**
 * @param {number} added
 * @param {number} gone
 */
export function replaced(added, gone) {
	const entry = tabs.get(gone);
	if (!entry) {
		return;
	}
	removed(gone);
	if (entry.paused === undefined) {
		tabs.add(added, entry.url);
		watch(added);
		follow();
		api.tabs.get(added).then((tab) => updated(added, { url: tab.url, status: tab.status }, tab));
	}
}

/** The alarm: should the loop have ended, it begins again. */
export function woken() {
	socket.kick();
}

/** The daemon's key is forgotten: pairs anew. */
export function unpaired() {
	socket.again();
}

/** @param {import('./settings.js').Settings} changed */
export function settingsChanged(changed) {
	settings = changed;
	socket.port = changed.port;
}

/** @param {import('./protocol.js').FromDaemon} message */
function received(message) {
	switch (message.type) {
	case 'reload':
		for (const id of message.tabs) {
			ledger.begin(id, message);
			orders.begin(id, message.event, message.changes);
		}
		break;
	case 'let-go':
		message.tabs.filter((id) => tabs.get(id)).forEach(message.spare ? useSpare : letGo);
		break;
	case 'tab':
		if (tabs.answered(message)) {
			show(message.tab);
		}
		break;
	case 'hello':
		if (ledger.hello(message.instance)) {
			stories.clear();
		}
		break;
	case 'error':
		console.warn(`daemon: ${message.code}: ${message.message}`);
		break;
	}
}

/** @param {import('./socket.js').Link} link */
function linkChanged(link) {
	if (link !== 'up') {
		tabs.forgetAnswers();
	}
	for (const [id] of tabs.all()) {
		show(id);
	}
}

/** @param {number} id */
function forget(id) {
	carrier.forget(id);
	ledger.forget(id);
	if (tabs.remove(id)) {
		unwatch(id);
	}
}

/** @param {number} id */
function watch(id) {
	socket.send(watchMessage(id));
}

/** @param {number} id */
function unwatch(id) {
	socket.send({ type: 'unwatch', tab: id });
	follow();
}

/** The connection follows the tabs: wanted while there is one to watch. */
function follow() {
	socket.want(tabs.watched().length > 0);
}

/** @param {number} id @returns {import('./protocol.js').Watch} */
function watchMessage(id) {
	const { url } = /** @type {import('./tabs.js').TabEntry} */ (tabs.get(id));
	return { type: 'watch', tab: id, url };
}

/** @param {number} id */
function show(id) {
	showFace(id, decideFace(tabs.get(id), socket.link, socket.port));
	shown(id);
}

/** @param {(id: number) => void} listener */
export function onShown(listener) {
	shown = listener;
}

/**
 * What the popup shows of a tab.
 *
 * @param {number} id
 */
export function describe(id) {
	const entry = tabs.get(id);
	return {
		entry,
		face: decideFace(entry, socket.link, socket.port),
		link: socket.link,
		port: socket.port,
		sites: settings.sites,
		events: ledger.of(id),
	};
}
