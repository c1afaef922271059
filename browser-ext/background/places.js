// SPDX-License-Identifier: MIT
//
// Where the browser finds what is on. A tab is known by the browser's number for it. A frame that is
// updated on its own is a tab of its own here, with a number above those of all tabs.

import { api } from '../common/api.js';

/** The numbers of frames begin here. */
const FIRST_FRAME = 2 ** 32;

/**
 * @typedef {{origin: string, way: number[]}} Apart how the page recognizes a frame that is updated on its own; way: its place in the tab
 * @typedef {{tab: number, frame: number, apart?: Apart}} Place apart: set while the frame is updated on its own
 */

/** By number of the frame. @type {Map<number, Place>} */
const frames = new Map();
let next = FIRST_FRAME;

/**
 * @param {number} id the number of a tab or frame
 * @returns {boolean} whether it is that of a frame, which may be gone
 */
export function isFrame(id) {
	return id >= FIRST_FRAME;
}

/**
 * @param {Place} place
 * @param {number} [id] the number that it had in an earlier run of the background
 * @returns {number}
 */
export function addFrame(place, id = next) {
	frames.set(id, place);
	next = Math.max(next, id + 1);
	return id;
}

/** @param {number} id */
export function removeFrame(id) {
	frames.delete(id);
}

/** @param {number} id @returns {number} the tab that contains the frame; for a tab, the tab itself */
export function tabOf(id) {
	return isFrame(id) ? frames.get(id)?.tab ?? api.tabs.TAB_ID_NONE : id;
}

/** @param {number} id @returns {number} */
export function frameOf(id) {
	return frames.get(id)?.frame ?? 0;
}

/** @param {number} id @returns {chrome.scripting.InjectionTarget} for `scripting` */
export function targetOf(id) {
	return isFrame(id) ? { tabId: tabOf(id), frameIds: [frameOf(id)] } : { tabId: id };
}

/** @param {number} tab @returns {number[]} the numbers of its frames */
export function framesOf(tab) {
	return [...frames].filter(([, place]) => place.tab === tab).map(([id]) => id);
}

/**
 * @param {number} tab
 * @param {number} frame the browser's number
 * @returns {number | undefined}
 */
export function findFrame(tab, frame) {
	return framesOf(tab).find((id) => frameOf(id) === frame);
}

/**
 * @param {number} id
 * @param {Apart | undefined} apart undefined: the frame is not updated on its own
 */
export function setUpdated(id, apart) {
	const place = frames.get(id);
	if (place) {
		place.apart = apart;
	}
}

/** @param {number} id @returns {Apart[]} the frames in this tab that are updated on their own */
export function apartIn(id) {
	return framesOf(tabOf(id)).map((one) => frames.get(one)?.apart).filter((apart) => apart !== undefined);
}
