// SPDX-License-Identifier: MIT
//
// What happens when: the browser's events and the daemon's messages. The handlers run to their
// end without waiting, so none sees another's half; what takes longer is in visits.js (what a tab
// shows), orders.js (what becomes of a save in it) and carrier.js.

import { api } from '../common/api.js';
import { placeKeeper } from './keeper.js';
import { letGo, useSpare } from './let-go.js';
import { build, came, forget, ledger, orders, send, show, socket, stories, tabs, visits, watch } from './parts.js';
import { recall } from './person.js';

/** The rest may be called once this is done. */
export async function start() {
	const begins = await build({ message: received, link: linkChanged });
	for (const [id, { paused }] of tabs.all()) {
		show(id);
		if (paused === undefined) {
			placeKeeper(id);
		}
	}
	if (begins) {
		(await api.tabs.query({})).filter(({ id = -1 }) => !tabs.get(id)).forEach(recall);
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
		recall(tab);
		return;
	}
	visits.updated(id, status, tab.url);
	if (status === 'complete' && tab.active) {
		// One that slept as it was shown has woken, maybe with what the cache had.
		came(id, 'shown');
	}
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
 * @param {{isWindowClosing?: boolean}} [how]
 */
export function removed(id, how) {
	send(stories.end(id, 'skipped', 'tab is gone'));
	forget(id, how?.isWindowClosing);
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
		tabs.add(added, entry.url, entry.incognito);
		watch(added);
		api.tabs.get(added).then((tab) => updated(added, { url: tab.url, status: tab.status }, tab),
			() => {}); // Gone already: onRemoved tells.
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

/** @param {import('../link/protocol.js').FromDaemon} message */
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

/** @param {import('../link/socket.js').Link} link */
function linkChanged(link) {
	if (link !== 'up') {
		tabs.forgetAnswers();
	}
	for (const [id] of tabs.all()) {
		show(id);
	}
}
