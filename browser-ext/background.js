// SPDX-License-Identifier: MIT
//
// Only wires. The browser wakes this worker for an event only if the listener was registered
// while the script ran first; hence everything at top level, and no await before it.

import { api } from './api.js';
import { onPortChanged } from './settings.js';
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

api.action.onClicked.addListener(whenReady(savecast.clicked));
api.tabs.onUpdated.addListener(whenReady(savecast.updated));
api.tabs.onRemoved.addListener(whenReady(savecast.removed));
api.tabs.onReplaced.addListener(whenReady(savecast.replaced));
api.alarms.onAlarm.addListener(whenReady(savecast.woken));
onPortChanged(whenReady(savecast.portChanged));
