// SPDX-License-Identifier: MIT
//
// Between the browser's events, the daemon's messages and the toolbar: what happens when. The
// handlers run to their end without waiting, so none sees another's half; what takes longer is
// in orders.js and carrier.js.

import { api } from './api.js';
import { toAddress } from './address.js';
import { Carrier } from './carrier.js';
import { decideFace, refusalFace, showFace } from './face.js';
import { History } from './history.js';
import { hello } from './identity.js';
import { placeKeeper } from './keeper.js';
import { letGo } from './let-go.js';
import { Orders } from './orders.js';
import { loadSettings } from './settings.js';
import { whereabouts } from './sight.js';
import { hasSite } from './site.js';
import { Socket } from './socket.js';
import { Stories } from './stories.js';
import { Tabs } from './tabs.js';

/** @typedef {import('./protocol.js').Report} Report */

/** Reports that wait for the daemon to be back; older ones are let go. */
const MAX_UNSENT = 64;

/** A keeper that was put into a page says so within this time. */
const HERE_MSEC = 1000;

/** As guard.js says it. */
const POSTED = 'the page answers a form that was sent';

const tabs = new Tabs();
const stories = new Stories();
const history = new History();
const carrier = new Carrier();
const orders = new Orders({
	tabs, stories, send, look, pause, show, hidden: () => settings.hidden,
});
/** @type {Socket} */
let socket;
/** @type {import('./settings.js').Settings} */
let settings;
/** @type {string | undefined} which life of the daemon the event numbers are from */
let instance;
/** @type {Report[]} */
let unsent = [];
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
	socket.send(watchMessage(id));
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
		moved(id, url, 'still');
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
	const by = stories.isOrdered(id) ? 'ours' : status === 'loading' ? 'theirs' : 'still';
	moved(id, tab.url, by);
	if (status === 'loading') {
		stories.loading(id);
		tabs.set(id, { kept: false, guard: carrier.isPosting(id) ? POSTED : undefined });
	}
	show(id);
	if (tabs.get(id)?.paused === undefined) {
		arrived(id, status).catch((error) => console.warn(`tab ${id}: ${error}`));
	}
}

/**
 * Puts a keeper into the tab's new page. One that no keeper can be put into, though the person
 * gave leave for the site, is the browser's own error page.
 *
 * @param {number} id
 * @param {string | undefined} status
 */
async function arrived(id, status) {
	const entry = tabs.get(id);
	// A keeper that has said `here` since the page began is this page's.
	const placed = entry?.kept || await placeKeeper(id);
	if (status !== 'complete' || !entry || tabs.get(id) !== entry) {
		return;
	}
	const said = placed && await hasSaid(entry);
	if (entry.sight === 'lost' && await whereabouts(id, entry.url) === 'away') {
		pause(id, 'the tab went to another site');
	}
	const failure = !said && await hasSite(entry.url) ? 'the server did not answer' : undefined;
	send(stories.complete(id, failure));
}

/**
 * The page that is going takes a keeper as well, and Firefox may say `complete` before it is
 * gone: only a new one says `here`.
 *
 * @param {import('./tabs.js').TabEntry} entry
 */
async function hasSaid(entry) {
	const deadline = performance.now() + HERE_MSEC;
	while (!entry.kept && performance.now() < deadline) {
		await new Promise((resolve) => setTimeout(resolve, HERE_MSEC / 50));
	}
	return entry.kept === true;
}

/**
 * A message of the keeper in a tab's page.
 *
 * @param {any} message
 * @param {chrome.runtime.MessageSender} sender
 */
export function kept(message, { id: extension, tab, frameId }) {
	const id = tab?.id;
	if (extension !== api.runtime.id || id === undefined || frameId !== 0 || !tabs.get(id)) {
		return;
	}
	switch (message?.from) {
	case 'here':
		tabs.set(id, { kept: true, guard: carrier.isPosting(id) && !message.redirected ? POSTED : undefined });
		stories.answered(id, Number(message.status) || 0);
		carrier.arrived(id, Boolean(message.redirected));
		shown(id);
		break;
	case 'hide':
		if (message.posting) {
			// At once: an order may come before the new page's keeper can say so.
			tabs.set(id, { guard: POSTED });
		}
		carrier.left(id, message);
		break;
	case 'guard':
		tabs.set(id, { guard: typeof message.why === 'string' ? message.why.slice(0, 200) : undefined });
		orders.came(id, 'safe').catch(() => {});
		break;
	}
}

/** @param {number} id of a tab that is shown now */
export function activated(id) {
	orders.came(id, 'shown').catch(() => {});
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

/**
 * What the tab shows now, and whether the daemon is to know.
 *
 * @param {number} id
 * @param {string | undefined} url
 * @param {'ours' | 'theirs' | 'still'} by
 */
function moved(id, url, by) {
	switch (tabs.moved(id, url, by)) {
	case 'moved':
	case 'unseen':
		socket.send(watchMessage(id));
		break;
	case 'paused':
		paused(id);
		break;
	}
}

/**
 * @param {number} id
 * @param {chrome.tabs.Tab} tab
 */
function look(id, tab) {
	moved(id, tab.url, 'still');
}

/**
 * @param {number} id
 * @param {string} why
 */
function pause(id, why) {
	tabs.pause(id, why);
	paused(id);
}

/** @param {number} id */
function paused(id) {
	send(stories.end(id, 'failed', tabs.get(id)?.paused));
	carrier.forget(id);
	socket.send({ type: 'unwatch', tab: id });
	follow();
	show(id);
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
		socket.send(watchMessage(added));
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
			history.begin(id, message.event, message.changes?.map(({ path }) => path) ?? [], Date.now());
			orders.begin(id, message.event, message.changes);
		}
		break;
	case 'let-go':
		message.tabs.filter((id) => tabs.get(id)).forEach(letGo);
		break;
	case 'tab':
		if (tabs.answered(message)) {
			show(message.tab);
		}
		break;
	case 'hello':
		if (message.instance !== instance) {
			instance = message.instance;
			stories.clear();
			history.clear();
			unsent = [];
		}
		send(unsent.splice(0));
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

/** @param {Report[]} reports */
function send(reports) {
	for (const one of reports) {
		history.note(one, Date.now());
		shown(one.tab);
	}
	if (socket.link === 'up') {
		reports.forEach((one) => socket.send(one));
	} else {
		unsent = [...unsent, ...reports].slice(-MAX_UNSENT);
	}
}

/** @param {number} id */
function forget(id) {
	carrier.forget(id);
	history.forget(id);
	if (tabs.remove(id)) {
		socket.send({ type: 'unwatch', tab: id });
		follow();
	}
}

/** The connection follows the tabs: wanted while there is one to watch. */
function follow() {
	socket.want(tabs.watched().length > 0);
}

/** @param {number} id @returns {import('./protocol.js').Watch} */
function watchMessage(id) {
	const { url, sight } = /** @type {import('./tabs.js').TabEntry} */ (tabs.get(id));
	return { type: 'watch', tab: id, url, ...(sight === 'lost' ? { seen: false } : {}) };
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
		events: history.of(id),
	};
}
