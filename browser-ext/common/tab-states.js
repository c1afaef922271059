// SPDX-License-Identifier: MIT
//
// The states of a tab as the user sees them: one row is the icon, its badge, and the popup's
// heading. The icons differ in shape and the badges in text, so that no state depends on color.
// A new state is a row here, the condition for it in background/icon.js and, if it needs an icon of
// its own, icons/NAME.svg (scripts/draw-icons makes the PNG files).

/** Colors of badges. White text on them has a contrast of at least 4.5. */
const GREY = '#5f6368', GREEN = '#137a3e', BROWN = '#8a5300', BLUE = '#1a5fb4', RED = '#b3261e';

/** At most this many frames of a tab are updated on their own: the first ones. */
export const MAX_FRAMES = 16;

/**
 * @typedef {object} Look
 * @property {string} icon icons/NAME.svg and NAME-SIZE.png
 * @property {string} badge
 * @property {string} color of the badge
 * @property {string} heading of the popup
 * @property {boolean} popup whether a click on the icon opens the popup; otherwise it switches the
 *	tab on, or releases the pending reload
 *
 * @typedef {keyof typeof TAB_STATES} TabState
 */

export const TAB_STATES = /** @satisfies {Record<string, Look>} */ ({
	off: { icon: 'off', badge: '', color: GREY, heading: 'Off', popup: false },
	refused: { icon: 'off', badge: '×', color: GREY, heading: 'Off', popup: false },
	paused: { icon: 'off', badge: 'II', color: GREY, heading: 'Paused', popup: false },
	live: { icon: 'live', badge: 'on', color: GREEN, heading: 'Live', popup: true },
	// The badge shows how many there are.
	problems: { icon: 'live', badge: '2!', color: RED, heading: 'Live', popup: true },
	looking: { icon: 'looking', badge: '…', color: GREY, heading: 'Looking for the project', popup: true },
	waiting: { icon: 'waiting', badge: '~', color: BROWN, heading: 'Waiting for the server', popup: true },
	pending: { icon: 'pending', badge: '1', color: BLUE, heading: 'A reload is pending', popup: false },
	down: { icon: 'down', badge: 'x', color: RED, heading: 'The server is down', popup: true },
	buildFailed: { icon: 'down', badge: 'err', color: RED, heading: 'The build failed', popup: true },
	none: { icon: 'none', badge: '?', color: GREY, heading: 'No project', popup: true },
	noServer: { icon: 'none', badge: '?', color: GREY, heading: 'No server', popup: true },
	disconnected: { icon: 'disconnected', badge: '!', color: RED, heading: 'No connection to savecast', popup: true },
});
