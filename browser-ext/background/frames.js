// SPDX-License-Identifier: MIT
//
// Follows the frames of the tabs that are on: those whose documents the page around them cannot
// access, on sites with permission. Each is a tab of its own for everything else, so that a save of
// another project than the tab's updates the frame alone. page/frame.js reports them.

import { toAddress } from '../common/address.js';
import { api } from '../common/api.js';
import { hasPermission } from '../common/site.js';
import { MAX_FRAMES } from '../common/tab-states.js';
import { knows } from './assignment.js';
import { insertForSaves, insertPageScripts, sendToPage } from './page-scripts.js';
import { findFrame, framesOf, isFrame, setUpdated } from './places.js';

/** Frames of all tabs together. */
const MAX_ALL = 128;

/** At most this many documents of a tab's frames are followed within ARRIVALS_MSEC; then the others are looked for. */
const MAX_ARRIVALS = 64;
const ARRIVALS_MSEC = 10000;

/** After a document of a frame ends, the next one begins within this time, or there is none. */
const GONE_MSEC = 1000;

/**
 * @typedef {object} Dependencies
 * @property {import('./tabs.js').Tabs} tabs
 * @property {import('./progress.js').Progress} progress
 * @property {import('./navigation.js').Navigation} navigation
 * @property {import('./state-transfer.js').StateTransfer} transfer
 * @property {import('./updaters.js').Updaters} updaters
 * @property {import('./past-cache.js').PastCache} pastCache
 * @property {(reports: import('../link/protocol.js').Report[]) => void} send
 * @property {(id: number) => void} watch
 * @property {(id: number) => void} forget
 */

export class Frames {
	#dependencies;
	/** By tab: how many documents of frames have begun, and the timer that ends the count.
	 * @type {Map<number, {count: number, timer: ReturnType<typeof setTimeout>}>} */
	#arrivals = new Map();
	/** By frame whose document has ended. @type {Map<number, ReturnType<typeof setTimeout>>} */
	#ending = new Map();

	/** @param {Dependencies} dependencies */
	constructor(dependencies) {
		this.#dependencies = dependencies;
	}

	/**
	 * Looks for the frames that are in the tab already.
	 *
	 * @param {number} tab
	 */
	async find(tab) {
		const target = { tabId: tab, allFrames: true };
		// Without access to the page itself, frames are found when they load.
		await api.scripting.executeScript({ target, files: ['page/frame.js'], injectImmediately: true }).catch(() => {});
	}

	/** After a start of the background: follows the frames that it knew, if they are still there. */
	async restore() {
		await Promise.all([...this.#dependencies.tabs.all()].map(([id]) => isFrame(id) && this.#check(id)));
	}

	/** The user has withdrawn permissions. */
	async permissionsRemoved() {
		for (const [id, { url }] of [...this.#dependencies.tabs.all()]) {
			if (isFrame(id) && !await hasPermission(url)) {
				this.remove(id);
			}
		}
	}

	/**
	 * A message of a script in a frame.
	 *
	 * @param {number} tab that is on
	 * @param {number} frame the browser's number
	 * @param {string} url of the frame
	 * @param {any} message
	 */
	pageMessage(tab, frame, url, message) {
		const { tabs, navigation } = this.#dependencies;
		const id = findFrame(tab, frame);
		if (message?.from === 'frame' && Array.isArray(message.way)) {
			this.#begins(tab, frame, url, message).catch((error) => console.debug(`tab ${tab}: frame: ${error}`));
		} else if (id === undefined) {
			return;
		} else if (message?.from === 'frame-gone') {
			this.#ends(id, message.id);
		} else if (message?.from === 'complete') {
			insertForSaves(id);
			this.#complete(id).catch(() => {}); // It is gone.
		} else if (message?.from !== 'problems') {
			navigation.pageMessage(id, message);
			if (message?.from === 'ready') {
				tabs.set(id, { announcedEarly: false });
			}
		}
	}

	/**
	 * A daemon's answer about the frame may have changed: only one that is updated on its own gets
	 * the page scripts.
	 *
	 * @param {number} id
	 */
	answered(id) {
		const { url, way, answer, hasScripts } = this.#dependencies.tabs.get(id) ?? {};
		if (url && way && isFrame(id)) {
			const isUpdated = knows(answer) && answer?.state !== 'none';
			setUpdated(id, isUpdated ? { origin: new URL(url).origin, way } : undefined);
			if (isUpdated && !hasScripts) {
				insertPageScripts(id);
			}
		}
	}

	/** @param {number} id of a frame that is gone, or not to be followed any more */
	remove(id) {
		const { progress, send, forget } = this.#dependencies;
		clearTimeout(this.#ending.get(id));
		this.#ending.delete(id);
		send(progress.end(id, 'skipped', 'the frame is gone'));
		forget(id);
	}

	/** @param {number} tab that is off now */
	removeAll(tab) {
		framesOf(tab).forEach((id) => this.remove(id));
		clearTimeout(this.#arrivals.get(tab)?.timer);
		this.#arrivals.delete(tab);
	}

	/**
	 * A document has begun in the frame.
	 *
	 * @param {number} tab
	 * @param {number} frame
	 * @param {string} url
	 * @param {{id: string, way: number[]}} message
	 */
	async #begins(tab, frame, url, { id: document, way }) {
		const { tabs, progress } = this.#dependencies;
		const known = findFrame(tab, frame);
		if (known !== undefined && tabs.get(known)?.documentId === document && tabs.get(known)?.hasScripts) {
			return; // It was reported before.
		}
		if (!(known !== undefined && progress.isReloading(known)) && !this.#mayArrive(tab)) {
			return;
		}
		const address = toAddress(url);
		const isOwn = 'url' in address && url.startsWith('http') && await hasPermission(url) &&
			!(way.length === 1 && new URL(url).origin === originOf(tabs.get(tab)?.url));
		const id = findFrame(tab, frame);
		if (!isOwn || !('url' in address)) {
			if (id !== undefined) {
				this.remove(id);
			}
		} else if (id !== undefined) {
			tabs.set(id, { way });
			this.#moved(id, address.url);
			this.#checkSoon(id);
		} else {
			this.#add(tab, frame, address.url, way);
		}
	}

	/**
	 * @param {number} tab
	 * @returns {boolean} whether another document of its frames may be followed now
	 */
	#mayArrive(tab) {
		const arrivals = this.#arrivals.get(tab) ?? { count: 0, timer: setTimeout(() => {
			const { count = 0 } = this.#arrivals.get(tab) ?? {};
			this.#arrivals.delete(tab);
			if (count > MAX_ARRIVALS) {
				this.find(tab);
			}
		}, ARRIVALS_MSEC) };
		this.#arrivals.set(tab, arrivals);
		return ++arrivals.count <= MAX_ARRIVALS;
	}

	/**
	 * @param {number} tab
	 * @param {number} frame
	 * @param {string} url
	 * @param {number[]} way
	 */
	#add(tab, frame, url, way) {
		const { tabs, watch } = this.#dependencies;
		const top = tabs.get(tab);
		if (!top || top.paused !== undefined) {
			return;
		}
		if (framesOf(tab).length >= MAX_FRAMES || [...tabs.all()].filter(([id]) => isFrame(id)).length >= MAX_ALL) {
			const [ended] = framesOf(tab).filter((id) => this.#ending.has(id));
			if (ended === undefined) {
				tabs.set(tab, { framesLeft: true });
				return;
			}
			this.remove(ended);
		}
		const id = tabs.addFrame(tab, frame, url, this.#parentOf(tab, way), way, top.incognito);
		watch(id);
		this.#checkSoon(id);
	}

	/**
	 * @param {number} tab
	 * @param {number[]} way of a frame
	 * @returns {number} the innermost frame around it that is followed, or the tab
	 */
	#parentOf(tab, way) {
		const around = framesOf(tab).map((id) => ({ id, of: this.#dependencies.tabs.get(id)?.way ?? [] }))
			.filter(({ of }) => of.length > 0 && of.length < way.length && of.every((index, i) => index === way[i]))
			.sort((a, b) => b.of.length - a.of.length);
		return around[0]?.id ?? tab;
	}

	/**
	 * A frame that is followed has another document.
	 *
	 * @param {number} id
	 * @param {string} url
	 */
	#moved(id, url) {
		const { tabs, progress, transfer, watch } = this.#dependencies;
		const { url: before, answer } = tabs.get(id) ?? {};
		clearTimeout(this.#ending.get(id));
		this.#ending.delete(id);
		progress.loading(id);
		tabs.set(id, {
			url, hasScripts: false, complete: false, asks: undefined, touched: false, updates: undefined,
			guard: transfer.isPosting(id) ? 'the page answers a form that was sent' : undefined,
		});
		if (before !== url || (!progress.isReloading(id) && ['down', 'none'].includes(answer?.state ?? ''))) {
			watch(id);
		}
		this.answered(id);
	}

	/**
	 * The document of the frame has ended. If no other one begins, the frame is gone, or shows
	 * something that the extension cannot see.
	 *
	 * @param {number} id
	 * @param {string} document
	 */
	#ends(id, document) {
		const entry = this.#dependencies.tabs.get(id);
		if (entry?.hasScripts && entry.documentId !== document) {
			return; // The next document was faster.
		}
		this.#dependencies.tabs.set(id, { hasScripts: false, complete: false });
		clearTimeout(this.#ending.get(id));
		this.#ending.set(id, setTimeout(() => this.#check(id), GONE_MSEC));
	}

	/** The document may have ended while the browser was asked about the permission. @param {number} id */
	#checkSoon(id) {
		setTimeout(() => !this.#ending.has(id) && this.#check(id), GONE_MSEC);
	}

	/** Removes the frame unless there is a document that answers. @param {number} id */
	async #check(id) {
		const { tabs, progress, send } = this.#dependencies;
		this.#ending.delete(id);
		const [here, answer] = await Promise.all(['here', 'identify'].map((to) => sendToPage(id, { to })));
		if (answer) {
			tabs.set(id, { hasScripts: true, documentId: answer.id, touched: Boolean(answer.touched) });
		} else if (!here && !this.#ending.has(id) && tabs.get(id) && !tabs.get(id)?.hasScripts) {
			if (progress.isReloading(id)) {
				send(progress.end(id, 'failed', 'the server did not answer the frame'));
			}
			this.remove(id);
		}
	}

	/** @param {number} id of a frame whose document is complete */
	async #complete(id) {
		const { tabs, progress, transfer, updaters, pastCache, send } = this.#dependencies;
		const event = progress.committed(id);
		tabs.set(id, { complete: true });
		pastCache.complete(id);
		await transfer.showKept(id);
		if (event !== undefined) {
			await transfer.complete(id);
		}
		send(progress.complete(id, event));
		updaters.begins(id, event !== undefined);
		await updaters.complete(id);
	}
}

/** @param {string | undefined} url */
function originOf(url) {
	return url && new URL(url).origin;
}
