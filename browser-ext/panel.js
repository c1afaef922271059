// SPDX-License-Identifier: MIT
//
// The background's end of the popup: tells it what there is to show, each time that changes, and
// does what is clicked there.

import * as savecast from './savecast.js';

/** @type {Map<chrome.runtime.Port, number>} the tab that each open popup is about */
const open = new Map();

savecast.onShown((id) => {
	for (const [port, tab] of open) {
		if (tab === id) {
			port.postMessage(savecast.describe(id));
		}
	}
});

/** @param {chrome.runtime.Port} port of popup.js; its name is the tab's number */
export function connected(port) {
	const id = Number(port.name);
	if (port.sender?.tab && !port.sender.url?.includes('/popup.html')) {
		port.disconnect();
		return;
	}
	open.set(port, id);
	port.onDisconnect.addListener(() => open.delete(port));
	port.onMessage.addListener((/** @type {{to: string, url?: string}} */ { to, url }) => {
		switch (to) {
		case 'on':
			savecast.switchOn(id, url);
			break;
		case 'off':
			savecast.switchOff(id);
			break;
		case 'reload':
			savecast.reloadNow(id, url);
			break;
		}
	});
	port.postMessage(savecast.describe(id));
}
