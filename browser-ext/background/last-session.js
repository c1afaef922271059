// SPDX-License-Identifier: MIT
//
// The pages that were on when the browser ended. Their tabs come back with other numbers, so they
// are recognized by their URL, which the extension sees only with permission for the site; each is
// switched on once. Nothing of a private window is stored.

import { api } from '../common/api.js';

/** In storage.local: the URLs that are on now. */
const OPEN = 'open';
/** In storage.session: the URLs of the last session whose tabs have not come back yet. */
const AWAITED = 'awaited';
const MAX_ADDRESSES = 256;

export class LastSession {
	/** @type {string[]} */
	#awaited = [];
	#written = '';

	/** @returns {Promise<boolean>} whether the browser, or the extension, has just started */
	async load() {
		const [{ [AWAITED]: awaited }, { [OPEN]: open }] = await Promise.all([
			api.storage.session.get(AWAITED), api.storage.local.get(OPEN),
		]);
		const addresses = Array.isArray(open) ? open : [];
		this.#written = JSON.stringify(addresses);
		this.#awaited = Array.isArray(awaited) ? awaited : addresses;
		if (!awaited) {
			this.#save();
		}
		return !awaited;
	}

	/**
	 * @param {string} address
	 * @returns {boolean} whether a tab with this address was still awaited; from now on it is not
	 */
	take(address) {
		const at = this.#awaited.indexOf(address);
		if (at < 0) {
			return false;
		}
		this.#awaited.splice(at, 1);
		this.#save();
		return true;
	}

	/** @param {string[]} addresses that are on now, for the next session */
	note(addresses) {
		const kept = addresses.slice(-MAX_ADDRESSES);
		const text = JSON.stringify(kept);
		if (text !== this.#written) {
			this.#written = text;
			api.storage.local.set({ [OPEN]: kept }).catch(warn);
		}
	}

	#save() {
		api.storage.session.set({ [AWAITED]: this.#awaited }).catch(warn);
	}
}

/** @param {unknown} error */
function warn(error) {
	console.warn(`storage: the last session: ${error}`);
}
