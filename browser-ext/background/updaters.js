// SPDX-License-Identifier: MIT
//
// The dev servers that update the page of a tab by themselves, through a client: a script or frame
// that they add to the page. page/clients.js finds the clients, the daemon receives the names of the
// servers, and savecast leaves to them the files that they update.

import { api } from '../common/api.js';
import { sendToPage } from './page-scripts.js';
import { targetOf } from './places.js';

/**
 * @typedef {import('../link/protocol.js').Updater} Updater
 * @typedef {import('./reload.js').Order} Order
 *
 * @typedef {object} Dependencies
 * @property {import('./tabs.js').Tabs} tabs
 * @property {(message: import('../link/protocol.js').Updates) => void} post
 */

/** At most this many kinds of files that a client did not update are remembered for a tab. */
const MAX_SILENT = 32;

/**
 * Runs among the page's own scripts, and changes nothing there.
 *
 * @returns {string[]} the clients that can be recognized only by a global variable
 */
function findInside() {
	const names = Object.keys(globalThis);
	const has = (/** @type {RegExp} */ pattern) => names.some((name) => pattern.test(name));
	const isParcel = names.some((name) => /^parcelRequire/.test(name) && /** @type {any} */ (globalThis)[name]?.HMR_BUNDLE_ID);
	return [
		...(has(/^webpackHotUpdate/) ? ['webpack-dev-server'] : []),
		...(has(/^rspackHotUpdate/) ? ['Rspack'] : []),
		...(isParcel ? ['Parcel'] : []),
		...(has(/^___browserSync___$/) ? ['Browsersync'] : []),
		...(has(/^LiveReload$/) ? ['livereload'] : []),
	];
}

export class Updaters {
	#dependencies;
	/** The tabs whose daemon has received the list of their updaters. @type {Set<number>} */
	#told = new Set();
	/** The updaters of the previous page while the tab loads another one. @type {Map<number, Updater[]>} */
	#last = new Map();

	/** @param {Dependencies} dependencies */
	constructor(dependencies) {
		this.#dependencies = dependencies;
	}

	/**
	 * The page of the tab is complete: finds its clients.
	 *
	 * @param {number} id
	 */
	async complete(id) {
		const [{ result } = {}] = await api.scripting.executeScript({ target: targetOf(id), world: 'MAIN', func: findInside }).catch(() => []);
		const updates = await sendToPage(id, { to: 'clients', inside: result ?? [] });
		if (Array.isArray(updates)) {
			this.#dependencies.tabs.set(id, { updates });
			this.#last.set(id, updates);
			this.forget(id);
			this.deliver(id);
		}
	}

	/** The extension has no permission for the page of the tab. @param {number} id */
	unknown(id) {
		this.#last.delete(id);
		if (this.#told.delete(id)) {
			this.#dependencies.post({ type: 'updates', tab: id });
		}
	}

	/** From now on, the tab's daemon counts as not having received the list. @param {number} id */
	forget(id) {
		this.#told.delete(id);
	}

	/** @param {number} id of a tab that was switched off */
	remove(id) {
		this.#told.delete(id);
		this.#last.delete(id);
	}

	/**
	 * Sends the list if the daemon does not have it yet, but only once it knows the tab.
	 *
	 * @param {number} id
	 */
	deliver(id) {
		const { tabs, post } = this.#dependencies;
		const { updates, answer } = tabs.get(id) ?? {};
		if (updates && answer && !this.#told.has(id)) {
			this.#told.add(id);
			post({ type: 'updates', tab: id, list: updates });
		}
	}

	/**
	 * Leaves files to the page's clients, and waits until they have done something.
	 *
	 * @param {number} id
	 * @param {Order} order
	 * @returns {Promise<{who: string} | {order: Order}>} who has updated the page; or what remains to be done
	 */
	async leave(id, order) {
		const { tabs } = this.#dependencies;
		const { event, changes, aside, leave, restarted } = order;
		const { updates = this.#last.get(id) ?? [], silent = [], hasScripts } = tabs.get(id) ?? {};
		if (!changes || restarted || leave === false || !(updates.length || aside)) {
			return { order };
		}
		const answer = hasScripts ? await sendToPage(id, { to: 'leave', event, changes, updates, silent, aside }) : undefined;
		if (!answer) {
			// The page is being left: its client loads it again.
			const by = aside ?? updates[0].who;
			const goes = hasScripts || (await tabs.view(id)).status === 'loading';
			return goes && changes.some(({ kind }) => !silent.includes(`${by} ${kind}`)) ? { who: by } : { order };
		}
		const { who, rest } = answer;
		if (!who) {
			return { order };
		}
		// Without an answer the page has gone: its client loads it again.
		const seen = await sendToPage(id, { to: 'sign', event }) ?? true;
		if (seen) {
			return rest.length ? { order: { ...order, changes: rest } } : { who };
		}
		const kinds = new Set(changes.filter((change) => !rest.includes(change)).map(({ kind }) => `${who} ${kind}`));
		tabs.set(id, { silent: [...new Set([...silent, ...kinds])].slice(-MAX_SILENT) });
		return { order };
	}
}
