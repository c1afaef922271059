// SPDX-License-Identifier: MIT
//
// The lower bound for an extension that updates a tab: passes each message of a WebSocket on to the page, or
// reloads the tab, and does nothing else.

/** Called by the measurement. */
/** @type {any} */ (globalThis).connect = async (/** @type {number} */ port, /** @type {string} */ url) => {
	const [{ id = -1 }] = await chrome.tabs.query({ url: `${url}*` });
	const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
	socket.onmessage = ({ data }) => {
		if (data === 'reload') {
			chrome.tabs.reload(id);
		} else {
			chrome.tabs.sendMessage(id, data);
		}
	};
	await new Promise((resolve) => {
		socket.onopen = resolve;
	});
	return 1;
};

// The tests of browsers wait for such a page of every extension.
chrome.runtime.onInstalled.addListener(() => chrome.tabs.create({ url: 'ui/welcome.html' }));
