// SPDX-License-Identifier: MIT
//
// Registers the listeners. The browser wakes this worker only for events whose listener was
// registered while the script first runs: so all of them are registered here, before any await.

import { api } from '../common/api.js';
import { onSettingsChanged } from '../common/settings.js';
import { onKeyForgotten } from '../link/proof.js';
import { frames, settingsChanged } from './context.js';
import * as handlers from './handlers.js';
import * as user from './user-actions.js';

const ready = handlers.start();

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

const switchOnOrReload = whenReady(user.clicked);
/** @param {chrome.tabs.Tab} tab */
const clicked = (tab) => switchOnOrReload(tab, user.askInClick(tab));
const pageMessage = whenReady(handlers.pageMessage);

api.action.onClicked.addListener(clicked);
// Firefox: the icon in the address bar of local pages, see url-visibility.js.
/** @type {any} */ (api).pageAction?.onClicked.addListener(clicked);
api.commands.onCommand.addListener(whenReady((command, tab) => {
	if (command === 'reload' && tab?.id !== undefined) {
		user.reloadNow(tab.id, tab.url);
	}
}));
api.tabs.onUpdated.addListener(whenReady(handlers.updated));
api.tabs.onRemoved.addListener(whenReady(handlers.removed));
api.tabs.onReplaced.addListener(whenReady(handlers.replaced));
api.tabs.onActivated.addListener(whenReady(({ tabId }) => handlers.activated(tabId)));
api.permissions.onAdded.addListener(whenReady(() => {
	handlers.permissionsChanged();
	user.permissionGranted();
}));
api.permissions.onRemoved.addListener(whenReady(() => {
	handlers.permissionsChanged();
	frames.permissionsRemoved().catch((error) => console.warn(`frames: ${error}`));
}));
api.alarms.onAlarm.addListener(whenReady(handlers.alarmed));
api.runtime.onMessage.addListener((message, sender) => {
	pageMessage(message, sender);
	return false;
});
api.runtime.onConnect.addListener(whenReady(user.popupConnected));
// Without this listener, nothing wakes the worker for the tabs of a restored session.
api.runtime.onStartup.addListener(whenReady(() => {}));
// Unpacked folders and temporary add-ons count as an installation, too.
api.runtime.onInstalled.addListener(({ reason }) => {
	if (reason === 'install') {
		api.tabs.create({ url: api.runtime.getURL('ui/welcome.html') });
	}
});
onSettingsChanged(whenReady(settingsChanged));
onKeyForgotten(whenReady(handlers.keyForgotten));
