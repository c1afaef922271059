// SPDX-License-Identifier: MIT
//
// Pictures of a live tab, for this computer's daemon alone, which asks for one when a program asks
// it for one. Browsers allow them only for the visible tab of a window, after a click on the icon
// in it: Chromium until the tab leaves the site, Firefox until it loads a page again.

import { api } from '../common/api.js';
import { LOCAL } from '../common/settings.js';
import { MAX_PICTURE, MAX_PICTURE_PART } from '../link/protocol.js';

/** In pixels, of the longer side of a picture. */
const MAX_SIDE = 1600;
/** Of a JPEG file, from 0 to 1; the lower one if the picture is too large otherwise. */
const QUALITIES = [0.85, 0.5];
const MAX_TRIES = 6;
/**
 * In milliseconds. Chromium takes at most two pictures in a second, which begins with the first of
 * them: MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND. After this time another second has begun.
 */
const QUOTA_PAUSE = 1050;

const NEEDS_CLICK = 'the browser allows it only after a click on the icon of savecast in this tab, until the tab leaves the site ' +
	'(in Firefox: until it loads a page again)';

/**
 * @param {number} windowId
 * @param {boolean} [isAgain]
 * @returns {Promise<string>} a data: URL
 */
async function capture(windowId, isAgain) {
	try {
		return await api.tabs.captureVisibleTab(windowId, { format: 'png' });
	} catch (error) {
		const { message } = /** @type {Error} */ (error);
		if (/quota/i.test(message) && !isAgain) {
			await new Promise((resolve) => setTimeout(resolve, QUOTA_PAUSE));
			return capture(windowId, true);
		}
		throw new Error(/permission|all_urls|activeTab/i.test(message) ? NEEDS_CLICK : message);
	}
}

/** @param {Blob} blob */
async function toBase64(blob) {
	const bytes = new Uint8Array(await blob.arrayBuffer());
	let text = '';
	for (let i = 0; i < bytes.length; i += 8192) {
		text += String.fromCharCode(...bytes.subarray(i, i + 8192));
	}
	return btoa(text);
}

/**
 * @param {string} url a data: URL of a PNG file
 * @returns {Promise<string>} a JPEG file in base64, of at most MAX_PICTURE characters
 */
async function reduced(url) {
	const chars = atob(url.slice(url.indexOf(',') + 1));
	const image = await createImageBitmap(new Blob([Uint8Array.from(chars, (char) => char.charCodeAt(0))]));
	let scale = Math.min(1, MAX_SIDE / Math.max(image.width, image.height));
	for (let i = 0; i < MAX_TRIES; i++, scale /= 1.5) {
		const canvas = new OffscreenCanvas(Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
		canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
		for (const quality of QUALITIES) {
			const text = await toBase64(await canvas.convertToBlob({ type: 'image/jpeg', quality }));
			if (text.length <= MAX_PICTURE) {
				return text;
			}
		}
	}
	throw new Error('the picture is too large');
}

/**
 * @typedef {object} Dependencies
 * @property {import('./tabs.js').Tabs} tabs
 * @property {(daemon: string, message: import('../link/protocol.js').Picture) => void} post
 */

export class Screenshots {
	#dependencies;
	#isBusy = false;
	/** How often a tab was brought to the front of its window. */
	#turns = 0;

	/** @param {Dependencies} dependencies */
	constructor(dependencies) {
		this.#dependencies = dependencies;
	}

	/** To be called when another tab of a window is shown. */
	activated() {
		this.#turns++;
	}

	/**
	 * Answers the daemon's request, in any case.
	 *
	 * @param {string} daemon
	 * @param {import('../link/protocol.js').Screenshot} request
	 */
	async take(daemon, { tab, request }) {
		const { post } = this.#dependencies;
		try {
			const picture = await this.#takeOne(daemon, tab);
			for (let at = 0; at < picture.length; at += MAX_PICTURE_PART) {
				post(daemon, {
					type: 'picture', tab, request, part: picture.slice(at, at + MAX_PICTURE_PART), last: at + MAX_PICTURE_PART >= picture.length,
				});
			}
		} catch (error) {
			post(daemon, { type: 'picture', tab, request, error: /** @type {Error} */ (error).message });
		}
	}

	/** @param {string} daemon @param {number} id */
	async #takeOne(daemon, id) {
		const entry = this.#dependencies.tabs.get(id);
		if (daemon !== LOCAL) {
			throw new Error('only the daemon of the browser\'s own computer gets pictures');
		} else if (!entry || entry.paused !== undefined || entry.daemon !== daemon) {
			throw new Error('the tab is not switched on');
		} else if (entry.incognito) {
			throw new Error('the tab is in a private window, of which no pictures are taken');
		} else if (this.#isBusy) {
			throw new Error('another picture is being taken');
		}
		this.#isBusy = true;
		try {
			return await reduced(await this.#capture(id, entry.url));
		} finally {
			this.#isBusy = false;
		}
	}

	/**
	 * The browser takes a picture of the window's visible tab, whichever that is by then: it is
	 * dropped unless that was this tab all the time, with the page that savecast knows.
	 *
	 * @param {number} id
	 * @param {string} url
	 * @returns {Promise<string>} a data: URL
	 */
	async #capture(id, url) {
		const turns = this.#turns;
		const { active, windowId } = await api.tabs.get(id);
		if (!active || (await api.windows.get(windowId)).state === 'minimized') {
			throw new Error('the tab is not visible: browsers can take a picture only of the tab that a window shows');
		}
		const picture = await capture(windowId);
		const after = await api.tabs.get(id);
		if (turns !== this.#turns || !after.active || after.windowId !== windowId || !after.url || new URL(after.url).origin !== new URL(url).origin) {
			throw new Error('another tab or page was shown meanwhile: try again');
		}
		return picture;
	}
}
