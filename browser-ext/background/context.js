// SPDX-License-Identifier: MIT
//
// The objects that the background consists of, one of each, connected to each other, and the
// functions that concern several of them. handlers.js (browser and daemon) and user-actions.js
// (the user) call them.

import { loadSettings } from '../common/settings.js';
import { hello } from '../link/identity.js';
import { Socket } from '../link/socket.js';
import { decideIcon, refusalIcon, showIcon } from './icon.js';
import { Navigation } from './navigation.js';
import { Progress } from './progress.js';
import { Reloads } from './reload.js';
import { ReportLog } from './report-log.js';
import { StateTransfer } from './state-transfer.js';
import { Tabs } from './tabs.js';

export const tabs = new Tabs();
export const progress = new Progress();
const transfer = new StateTransfer();
export const reportLog = new ReportLog({
	post: (report) => socket.send(report), isUp: () => socket.link === 'up', noted: (id) => shown(id),
});
export const send = reportLog.send.bind(reportLog);
export const navigation = new Navigation({
	tabs, progress, transfer, send, watch, unwatch, show, safe: (id) => releaseIfDue(id, 'safe'),
});
export const reloads = new Reloads({
	tabs, progress, transfer, send, show,
	observed: (id, tab) => navigation.moved(id, tab.url, 'none'),
	pause: (id, why) => navigation.pause(id, why),
	hidden: () => settings.hidden,
});
/** @type {Socket} */
export let socket;
/** @type {import('../common/settings.js').Settings} */
export let settings;
/** @type {(id?: number) => void} */
let shown = () => {};

/**
 * To be awaited before anything else here is used.
 *
 * @param {Pick<import('../link/socket.js').Handlers, 'message' | 'link'>} daemon
 * @returns {Promise<boolean>} whether the browser has just started
 */
export async function build(daemon) {
	const [loaded, starts] = await Promise.all([loadSettings(), tabs.load()]);
	settings = loaded;
	socket = new Socket(settings.port, {
		hello: () => hello(loaded.profile),
		greeting: () => tabs.watched().map(([id]) => watchMessage(id)),
		...daemon,
	});
	connectIfNeeded();
	return starts;
}

/** @param {import('../common/settings.js').Settings} changed */
export function settingsChanged(changed) {
	settings = changed;
	socket.port = changed.port;
	shown();
}

/** @param {number} id @returns {import('../link/protocol.js').Watch} */
function watchMessage(id) {
	const { url } = /** @type {import('./tabs.js').TabEntry} */ (tabs.get(id));
	return { type: 'watch', tab: id, url };
}

/** @param {number} id */
export function watch(id) {
	socket.send(watchMessage(id));
	connectIfNeeded();
}

/** @param {number} id */
function unwatch(id) {
	socket.send({ type: 'unwatch', tab: id });
	connectIfNeeded();
}

/** There is a connection while there is a tab to watch. */
function connectIfNeeded() {
	socket.want(tabs.watched().length > 0);
}

/**
 * @param {number} id of a tab that is off now
 * @param {boolean} [withWindow] its window closes as well
 */
export function forget(id, withWindow) {
	transfer.forget(id);
	reportLog.forget(id);
	if (tabs.remove(id, withWindow)) {
		unwatch(id);
	}
}

/**
 * @param {number} id
 * @param {'shown' | 'safe'} condition that holds now, for which its pending reload may have waited
 */
export function releaseIfDue(id, condition) {
	// A tab that has been closed meanwhile needs no reload.
	reloads.releaseIfDue(id, condition).catch(() => {});
}

/** @param {number} id */
export function show(id) {
	showIcon(id, decideIcon(tabs.get(id), socket.link, socket.port));
	shown(id);
}

/**
 * @param {number} id
 * @param {string} why it cannot be switched on
 */
export function showRefusal(id, why) {
	showIcon(id, refusalIcon(why));
	shown(id);
}

/** @param {(id?: number) => void} listener called with the tab that has changed; without one, all may have */
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
		icon: decideIcon(entry, socket.link, socket.port),
		link: socket.link,
		port: socket.port,
		sites: settings.sites,
		events: reportLog.of(id),
	};
}
