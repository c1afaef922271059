// SPDX-License-Identifier: MIT
//
// Passes data from the old document to the new one at a reload: the user's state of the page, and
// whether the new document answers a form. In memory only, and for this reload only.

import { captureFrames, insertFrameworkScript, insertPageScripts, restoreFrames, sendForSave, sendToPage } from './page-scripts.js';
import { hidesUrlAfterReload } from './url-visibility.js';

/** If no new document comes within this time, the state is dropped. */
const MAX_AGE_MSEC = 60000;

/** Images and style sheets of one tab. */
const MAX_KEPT = 64;

/** @param {any} state of a page @returns {boolean} whether fields have values in it */
const hasValues = ({ items = [] }) => items.some((/** @type {any} */ { state }) =>
	state.value !== undefined || state.checked !== undefined || state.chosen || state.custom !== undefined);

/**
 * @typedef {{path: string, kind: string, event: number, all?: true}} Kept an image or style sheet that was saved; all: any image
 *	may have been
 */

export class StateTransfer {
	/** @type {Map<number, {id: string, state: unknown, answer?: unknown, at: number}>} `answer`: what the server last said for the page */
	#states = new Map();
	/** @type {Map<number, {frames: import('./page-scripts.js').FrameState[], at: number}>} */
	#frames = new Map();
	/** @type {Map<number, Kept[]>} images and style sheets that were saved, by tab */
	#kept = new Map();
	/** @type {Map<number, string>} the document in each tab that is being reloaded for a save */
	#reloading = new Map();
	/** By tab: ends when the state that is under way to its new document is restored. @type {Map<number, Promise<void>>} */
	#deliveries = new Map();
	/** @type {Set<number>} */
	#posting = new Set();
	/** @type {Set<number>} tabs whose document came after a redirect */
	#redirected = new Set();

	/**
	 * To be called before a document is reloaded for a save: only then is its state kept.
	 *
	 * @param {number} tab
	 * @param {string} id of the document
	 */
	reloading(tab, id) {
		this.#reloading.set(tab, id);
	}

	/**
	 * @param {number} tab
	 * @param {string} id of a document
	 */
	isReloading(tab, id) {
		return this.#reloading.get(tab) === id;
	}

	/**
	 * To be called when the old document is unloaded.
	 *
	 * @param {number} tab
	 * @param {{id: string, posting: boolean, state: unknown, answer?: unknown}} message
	 * @param {boolean} late whether the new document's message came first
	 */
	async leaving(tab, { id, posting, state: last, answer }, late) {
		const state = this.isReloading(tab, id) ? last : null;
		if (state) {
			this.#reloading.delete(tab);
		}
		if (posting && !late) {
			this.#posting.add(tab);
		} else if (posting && !this.#redirected.has(tab)) {
			await sendToPage(tab, { to: 'answers-form' });
		}
		if (state) {
			this.#states.set(tab, { id, state, answer, at: performance.now() });
		}
		if ((state || posting) && await insertPageScripts(tab)) {
			await this.#deliver(tab);
		}
	}

	/**
	 * @param {number} tab
	 * @returns {boolean} whether its next document answers a form, as far as is known yet
	 */
	isPosting(tab) {
		return this.#posting.has(tab);
	}

	/**
	 * To be called when the new document has begun.
	 *
	 * @param {number} tab
	 * @param {boolean} redirected whether the answer to a form led to another page
	 */
	async arrived(tab, redirected) {
		this.#redirected[redirected ? 'add' : 'delete'](tab);
		if (this.#posting.delete(tab) && !redirected) {
			await sendToPage(tab, { to: 'answers-form' });
		}
		await this.#deliver(tab);
	}

	/**
	 * The tab is about to be reloaded for a save.
	 *
	 * @param {number} tab
	 * @param {number[]} [way] for a frame: its place in the tab
	 */
	async captureFrames(tab, way) {
		const frames = await captureFrames(tab);
		this.#frames.set(tab, { frames: way ? frames.filter(({ place }) => place.startsWith(`${way},`)) : frames, at: performance.now() });
	}

	/**
	 * Firefox may show the images of a `<style>` element, and what it imports, as they were in an
	 * earlier page that used them, even after a reload that bypasses the cache.
	 *
	 * @param {number} tab
	 * @param {number} event
	 * @param {import('../link/protocol.js').Change[] | undefined} changes
	 */
	saved(tab, event, changes) {
		/** @type {Kept} */
		const any = { path: '', kind: 'image', event, all: true };
		const kept = changes?.filter(({ kind }) => kind === 'image' || kind === 'css').map((change) => ({ ...change, event })) ?? [any];
		if (hidesUrlAfterReload && kept.length) {
			const others = (this.#kept.get(tab) ?? []).filter(({ path }) => !kept.some((one) => one.path === path));
			const all = [...others, ...kept];
			this.#kept.set(tab, all.length > MAX_KEPT ? [...all.slice(1 - MAX_KEPT), any] : all);
		}
	}

	/** @param {number} tab whose page is complete */
	async showKept(tab) {
		if (hidesUrlAfterReload) {
			await sendForSave(tab, { to: 'kept', changes: this.#kept.get(tab) ?? [] });
		}
	}

	/** @param {number} tab whose reload is complete */
	async complete(tab) {
		const stored = this.#frames.get(tab);
		this.#frames.delete(tab);
		if (stored && performance.now() - stored.at < MAX_AGE_MSEC) {
			await restoreFrames(tab, stored.frames);
		}
	}

	/** @param {number} tab */
	forget(tab) {
		this.#frames.delete(tab);
		this.#kept.delete(tab);
		this.#reloading.delete(tab);
		this.#states.delete(tab);
		this.#posting.delete(tab);
		this.#redirected.delete(tab);
	}

	/** @param {number} tab @returns {Promise<void>} ends when the new document has the state of the old one, if that has arrived */
	async delivered(tab) {
		await this.#deliveries.get(tab);
	}

	/**
	 * The state may be sent twice: the old document answers that it is not for it.
	 *
	 * @param {number} tab
	 */
	#deliver(tab) {
		const before = this.#deliveries.get(tab) ?? Promise.resolve();
		const delivery = before.catch(() => {}).then(() => this.#send(tab)).finally(() => this.#deliveries.get(tab) === delivery && this.#deliveries.delete(tab));
		this.#deliveries.set(tab, delivery);
		return delivery;
	}

	/** @param {number} tab */
	async #send(tab) {
		const stored = this.#states.get(tab);
		if (!stored) {
			return;
		}
		if (hasValues(stored.state)) {
			await insertFrameworkScript(tab);
		}
		const expired = performance.now() - stored.at > MAX_AGE_MSEC;
		// If the old document is still there, it refuses its own state.
		if (expired || await sendToPage(tab, { to: 'restore', id: stored.id, state: stored.state, answer: stored.answer })) {
			if (this.#states.get(tab) === stored) {
				this.#states.delete(tab);
			}
		}
	}
}
