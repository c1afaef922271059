// SPDX-License-Identifier: MIT
//
// Between the browser's events, the daemon's messages and the toolbar: what happens when. All
// handlers but start() and a reload's look at its tab run to their end without waiting, so none
// sees another's half.

import { api } from './api.js';
import { toAddress } from './address.js';
import { decideFace, refusalFace, showFace } from './face.js';
import { hello } from './identity.js';
import { loadSettings } from './settings.js';
import { Socket } from './socket.js';
import { Stories, report } from './stories.js';
import { Tabs } from './tabs.js';

/** @typedef {import('./protocol.js').Report} Report */

/** Reports that wait for the daemon to be back; older ones are let go. */
const MAX_UNSENT = 64;

/** A link that was followed gets this long to bring its page before a reload goes first. */
const MAX_NAVIGATION_MSEC = 5000;
const NAVIGATION_MSEC = 50;

const tabs = new Tabs();
const stories = new Stories();
/** @type {Socket} */
let socket;
/** @type {string | undefined} which life of the daemon the event numbers are from */
let instance;
/** @type {Report[]} */
let unsent = [];

/** The rest may be called once this is done. */
export async function start() {
	const [{ port, profile }] = await Promise.all([loadSettings(), tabs.load()]);
	socket = new Socket(port, {
		greeting: () => [
			hello(profile),
			...tabs.watched().map(([tab, { url }]) => /** @type {const} */ ({ type: 'watch', tab, url })),
		],
		message: received,
		link: linkChanged,
	});
	follow();
}

/** @param {chrome.tabs.Tab} tab */
export function clicked({ id, url }) {
	if (id === undefined || id === api.tabs.TAB_ID_NONE) {
		return;
	}
	const entry = tabs.get(id);
	const address = toAddress(url);
	if (entry && entry.paused === undefined) {
		send(stories.end(id, 'skipped', 'switched off'));
		forget(id);
		show(id);
	} else if ('why' in address) {
		forget(id);
		showFace(id, refusalFace(address.why));
	} else {
		tabs.add(id, address.url);
		socket.send({ type: 'watch', tab: id, url: address.url });
		follow();
		socket.kick();
		show(id);
	}
}

/**
 * @param {number} id
 * @param {{status?: string, url?: string}} change
 * @param {chrome.tabs.Tab} tab
 */
export function updated(id, { status, url }, tab) {
	if (!tabs.get(id) || (status === undefined && url === undefined)) {
		return;
	}
	look(id, tab);
	show(id);
	if (status === 'loading') {
		stories.loading(id);
	} else if (status === 'complete') {
		send(stories.complete(id));
	}
}

/**
 * What the tab shows now, and whether the daemon is to know.
 *
 * @param {number} id
 * @param {chrome.tabs.Tab} tab
 */
function look(id, tab) {
	switch (tabs.moved(id, tab.url)) {
	case 'moved':
		socket.send({ type: 'watch', tab: id, url: /** @type {any} */ (tabs.get(id)).url });
		break;
	case 'paused':
		send(stories.end(id, 'failed', tabs.get(id)?.paused));
		socket.send({ type: 'unwatch', tab: id });
		follow();
		show(id);
		break;
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
		socket.send({ type: 'watch', tab: added, url: entry.url });
		follow();
		api.tabs.get(added).then((tab) => updated(added, { url: tab.url, status: tab.status }, tab));
	}
}

/** The alarm: should the loop have ended, it begins again. */
export function woken() {
	socket.kick();
}

/** @param {number} port */
export function portChanged(port) {
	socket.port = port;
}

/** @param {import('./protocol.js').FromDaemon} message */
function received(message) {
	switch (message.type) {
	case 'reload':
		reload(message);
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
			unsent = [];
		}
		send(unsent.splice(0));
		break;
	case 'error':
		console.warn(`daemon: ${message.code}: ${message.message}`);
		break;
	}
}

/** @param {import('./protocol.js').Reload} order */
function reload({ event, tabs: ids }) {
	for (const id of ids) {
		const entry = tabs.get(id);
		if (entry && entry.paused === undefined) {
			send(stories.begin(event, id));
			reloadTab(event, id).catch(({ message }) => {
				const gone = /no tab|invalid tab/i.test(message);
				send(stories.end(id, gone ? 'skipped' : 'failed', gone ? 'tab is gone' : message, event));
			});
		} else {
			send([report(event, id, 'skipped', 'tab is not switched on')]);
		}
	}
}

/**
 * One look at the tab (0.3 ms) and no other hop before the reload. It sees a page that the tab
 * went to in the same instant, and a link that was just followed: that goes first, or the
 * reload would undo the click. Firefox does not tell of the latter.
 *
 * @param {number} event
 * @param {number} id
 */
async function reloadTab(event, id) {
	const deadline = performance.now() + MAX_NAVIGATION_MSEC;
	for (;;) {
		const tab = await api.tabs.get(id);
		look(id, tab);
		if (stories.event(id) !== event) {
			return;
		}
		const leaving = tab.pendingUrl && tab.pendingUrl !== tab.url;
		if (!leaving || performance.now() > deadline) {
			break;
		}
		await new Promise((resolve) => setTimeout(resolve, NAVIGATION_MSEC));
	}
	stories.ordered(id);
	// A style sheet with max-age, or only Last-Modified, stays stale without bypassCache.
	await api.tabs.reload(id, { bypassCache: true });
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
	if (socket.link === 'up') {
		reports.forEach((one) => socket.send(one));
	} else {
		unsent = [...unsent, ...reports].slice(-MAX_UNSENT);
	}
}

/** @param {number} id */
function forget(id) {
	if (tabs.remove(id)) {
		socket.send({ type: 'unwatch', tab: id });
		follow();
	}
}

/** The connection follows the tabs: wanted while there is one to watch. */
function follow() {
	socket.want(tabs.watched().length > 0);
}

/** @param {number} id */
function show(id) {
	showFace(id, decideFace(tabs.get(id), socket.link, socket.port));
}
