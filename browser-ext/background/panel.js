// SPDX-License-Identifier: MIT
//
// The background's end of the popup: tells it what there is to show, each time that changes, and
// does what is clicked there.

import { api } from '../common/api.js';
import { describe, onShown } from './parts.js';
import * as person from './person.js';

/** @type {Map<chrome.runtime.Port, number>} the tab that each open popup is about */
const open = new Map();

onShown((id) => {
	for (const [port, tab] of open) {
		if (id === undefined || tab === id) {
			port.postMessage(describe(tab));
		}
	}
});

/** @param {chrome.runtime.Port} port of popup.js; its name is the tab's number */
export function connected(port) {
	const id = Number(port.name);
	if (!port.sender?.url?.startsWith(api.runtime.getURL('/ui/popup.html'))) {
		port.disconnect();
		return;
	}
	open.set(port, id);
	port.onDisconnect.addListener(() => open.delete(port));
	port.onMessage.addListener((/** @type {{to: string, url?: string, incognito?: boolean}} */ { to, url, incognito }) => {
		switch (to) {
		case 'on':
			person.switchOn(id, url, incognito);
			break;
		case 'off':
			person.switchOff(id);
			break;
		case 'reload':
			person.reloadNow(id, url);
			break;
		}
	});
	port.postMessage(describe(id));
}
