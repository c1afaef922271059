// SPDX-License-Identifier: MIT
//
// Handles the browser's events and the daemon's messages. No handler waits for anything, so none
// sees another one half done. Work that takes time is in navigation.js (what a tab shows) and
// reload.js (what a save does in it).

import { api } from '../common/api.js';
import {
	build, daemons, forget, frames, navigation, problems, progress, releaseIfDue, reloads, reportLog, screenshots, send, show, tabs, updaters, watch,
} from './context.js';
import { forgetPermissions } from './inspect.js';
import { closeConnections, insertForSaves, insertPageScripts, useSpareConnection } from './page-scripts.js';
import { registerScripts } from './problems.js';
import { isFrame } from './places.js';
import { report } from './progress.js';
import { switchOnIfWanted } from './user-actions.js';

/** To be called when the sites with permission have changed, and when the browser has started. */
export function permissionsChanged() {
	forgetPermissions();
	registerScripts().catch((error) => console.warn(`problems: ${error}`));
}

/** To be awaited before the other functions are called. */
export async function start() {
	permissionsChanged();
	const starts = await build(received);
	for (const [id, { paused }] of tabs.all()) {
		show(id);
		if (paused === undefined && !isFrame(id)) {
			insertPageScripts(id);
			frames.find(id);
		}
	}
	frames.restore();
	if (starts) {
		(await api.tabs.query({})).filter(({ id = -1 }) => !tabs.get(id)).forEach(switchOnIfWanted);
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
		switchOnIfWanted(tab);
		return;
	}
	navigation.updated(id, status, tab.url);
	if (status === 'complete' && tab.active) {
		// A discarded tab is loaded when it is shown, maybe from the cache.
		releaseIfDue(id, 'shown');
	}
}

/**
 * A message of the page scripts.
 *
 * @param {any} message
 * @param {chrome.runtime.MessageSender} sender
 */
export function pageMessage(message, { id: extension, tab, frameId, url = '' }) {
	if (extension === api.runtime.id && tab?.id !== undefined && frameId && tabs.get(tab.id)) {
		frames.pageMessage(tab.id, frameId, url, message);
	} else if (extension === api.runtime.id && tab?.id !== undefined && frameId === 0 && tabs.get(tab.id)) {
		if (message?.from === 'problems') {
			const { id } = tab;
			problems.reported(id, message).then(() => show(id), () => {}); // Its tab is gone.
		} else {
			if (message?.from === 'ready') {
				problems.begins(tab.id, String(message.id));
				updaters.begins(tab.id, progress.isReloading(tab.id));
			}
			navigation.pageMessage(tab.id, message);
			if (message?.from === 'complete') {
				insertForSaves(tab.id);
				updaters.complete(tab.id).catch(() => {}); // Its tab is gone.
			}
		}
	}
}

/** @param {number} id of a tab that is shown now */
export function activated(id) {
	screenshots.activated();
	releaseIfDue(id, 'shown');
}

/**
 * @param {number} id
 * @param {{isWindowClosing?: boolean}} [how]
 */
export function removed(id, how) {
	send(progress.end(id, 'skipped', 'tab is gone'));
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
		frames.find(added);
		api.tabs.get(added).then((tab) => updated(added, { url: tab.url, status: tab.status }, tab),
			() => {}); // Closed already: onRemoved follows.
	}
}

/** Starts the loop that looks for the daemon again, in case the browser has ended it. */
export function alarmed() {
	daemons.kick();
}

/** The user wants to pair with the daemon again. @param {string} daemon */
export function keyForgotten(daemon) {
	daemons.reconnect(daemon);
}

/**
 * Handles a daemon's message. What it says about tabs of another daemon is ignored.
 *
 * @param {string} daemon
 * @param {import('../link/protocol.js').FromDaemon} message
 */
function received(daemon, message) {
	switch (message.type) {
	case 'reload': {
		const { type: _, tabs: ids, ...order } = message;
		for (const id of ids) {
			if (belongs(id, daemon)) {
				reportLog.begin(id, message);
				reloads.begin(id, order);
			} else {
				daemons.send(daemon, report(message.event, id, 'skipped', 'tab is not switched on'));
			}
		}
		break;
	}
	case 'let-go':
		message.tabs.filter((id) => belongs(id, daemon)).forEach(message.spare ? useSpareConnection : closeConnections);
		break;
	case 'hello': {
		const own = [...tabs.all()].map(([id]) => id).filter((id) => belongs(id, daemon));
		const restarted = reportLog.connected(daemon, message.instance, own);
		if (restarted) {
			own.forEach((id) => progress.forget(id));
		}
		own.forEach((id) => problems.connected(id, restarted));
		own.forEach((id) => updaters.forget(id));
		break;
	}
	case 'screenshot':
		screenshots.take(daemon, message);
		break;
	case 'error':
		console.warn(`daemon: ${message.code}: ${message.message}`);
		break;
	}
}

/**
 * @param {number} id
 * @param {string} daemon
 */
function belongs(id, daemon) {
	return tabs.get(id)?.daemon === daemon;
}
