// SPDX-License-Identifier: MIT
//
// Notices a daemon that sends too much.

import { MAX_DAEMON_MESSAGE } from './fields.js';

/**
 * A daemon that sends more within this time is disconnected, so that the tabs of other daemons do
 * not have to wait. Several answers for each of 1024 tabs are below the limit.
 */
const FLOOD = { messages: 10000, characters: 1 << 22, msec: 10000 };

/** @returns {(data: unknown) => boolean} called with each message; true: it, or all of them together, exceed a limit */
export function floodGauge() {
	let messages = 0, characters = 0, since = performance.now();
	return (data) => {
		const { length } = String(data), now = performance.now();
		if (now - since > FLOOD.msec) {
			messages = characters = 0;
			since = now;
		}
		messages++;
		characters += length;
		return length > MAX_DAEMON_MESSAGE || messages > FLOOD.messages || characters > FLOOD.characters;
	};
}
