// SPDX-License-Identifier: MIT
//
// Only wires. The browser wakes this worker for an event only if the listener was registered
// while the script ran first; hence everything at top level, and no await before it.

import { api } from '../common/api.js';
import { onSettingsChanged } from '../common/settings.js';
import { onKeyForgotten } from '../link/proof.js';
import * as panel from './panel.js';
import { settingsChanged } from './parts.js';
import * as person from './person.js';
import * as savecast from './savecast.js';

const ready = savecast.start();

/**
 * @template {unknown[]} A
 * @param {(...args: A) => void} handle
 * @returns {(...args: A) => Promise<void>}
 */
function whenReady(handle) {
	return async (...args) => {
		await ready;
		handle(...args);
	};
}

const clicked = whenReady(person.clicked);
const kept = whenReady(savecast.kept);

api.action.onClicked.addListener(clicked);
// Firefox: the icon in the address bar of local pages, see sight.js.
/** @type {any} */ (api).pageAction?.onClicked.addListener(clicked);
api.commands.onCommand.addListener(whenReady((command, tab) => {
	if (command === 'reload' && tab?.id !== undefined) {
		person.reloadNow(tab.id, tab.url);
	}
}));
api.tabs.onUpdated.addListener(whenReady(savecast.updated));
api.tabs.onRemoved.addListener(whenReady(savecast.removed));
api.tabs.onReplaced.addListener(whenReady(savecast.replaced));
api.tabs.onActivated.addListener(whenReady(({ tabId }) => savecast.activated(tabId)));
api.permissions.onAdded.addListener(whenReady(person.granted));
api.alarms.onAlarm.addListener(whenReady(savecast.woken));
api.runtime.onMessage.addListener((message, sender) => {
	kept(message, sender);
	return false;
});
api.runtime.onConnect.addListener(whenReady(panel.connected));
// Nothing else wakes the worker for the tabs of a restored session.
api.runtime.onStartup.addListener(whenReady(() => {}));
api.runtime.onInstalled.addListener((details) => {
	// Firefox installs for a developer's one session are `temporary`.
	if (details.reason === 'install' && !(/** @type {any} */ (details).temporary)) {
		api.tabs.create({ url: api.runtime.getURL('ui/welcome.html') });
	}
});
onSettingsChanged(whenReady(settingsChanged));
onKeyForgotten(whenReady(savecast.unpaired));
