// SPDX-License-Identifier: MIT
//
// The one of each thing that the background is made of, wired together; and what is done to
// several of them at once. Who does it is in savecast.js (the browser and the daemon) and
// person.js (the person).

import { loadSettings } from '../common/settings.js';
import { hello } from '../link/identity.js';
import { Socket } from '../link/socket.js';
import { Carrier } from './carrier.js';
import { decideFace, refusalFace, showFace } from './face.js';
import { Ledger } from './ledger.js';
import { Orders } from './orders.js';
import { Stories } from './stories.js';
import { Tabs } from './tabs.js';
import { Visits } from './visits.js';

export const tabs = new Tabs();
export const stories = new Stories();
const carrier = new Carrier();
export const ledger = new Ledger({
	post: (report) => socket.send(report), isUp: () => socket.link === 'up', noted: (id) => shown(id),
});
export const send = ledger.send.bind(ledger);
export const visits = new Visits({
	tabs, stories, carrier, send, watch, unwatch, show, safe: (id) => came(id, 'safe'),
});
export const orders = new Orders({
	tabs, stories, carrier, send, show,
	look: (id, tab) => visits.moved(id, tab.url, 'still'),
	pause: (id, why) => visits.pause(id, why),
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
 * @returns {Promise<boolean>} whether the browser has just begun
 */
export async function build(daemon) {
	const [loaded, begins] = await Promise.all([loadSettings(), tabs.load()]);
	settings = loaded;
	socket = new Socket(settings.port, {
		hello: () => hello(loaded.profile),
		greeting: () => tabs.watched().map(([id]) => watchMessage(id)),
		...daemon,
	});
	follow();
	return begins;
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
	follow();
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

/**
 * @param {number} id of a tab that is not switched on any more
 * @param {boolean} [withWindow] that closes
 */
export function forget(id, withWindow) {
	carrier.forget(id);
	ledger.forget(id);
	if (tabs.remove(id, withWindow)) {
		unwatch(id);
	}
}

/**
 * @param {number} id
 * @param {'shown' | 'safe'} what its pending reload may have waited for
 */
export function came(id, what) {
	// The tab may be gone meanwhile: no reload is due then.
	orders.came(id, what).catch(() => {});
}

/** @param {number} id */
export function show(id) {
	showFace(id, decideFace(tabs.get(id), socket.link, socket.port));
	shown(id);
}

/**
 * @param {number} id
 * @param {string} why it cannot be switched on
 */
export function showRefusal(id, why) {
	showFace(id, refusalFace(why));
	shown(id);
}

/** @param {(id?: number) => void} listener told of each tab that looks different now, or of all */
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
