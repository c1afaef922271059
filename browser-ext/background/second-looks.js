// SPDX-License-Identifier: MIT
//
// Some servers (PHP's opcache, Tomcat's pages) may answer with old content for a while after a save. The
// first answer that differs may be that of an earlier save, or differ because of another file. So each
// tab is looked at again when this time is over: once for all saves of that time. Pure except for its timers.

import { merge } from './reload-rules.js';

/** @typedef {import('./reload.js').Order} Order */

export class SecondLooks {
	/** By tab; without a timer, it waits for the page. @type {Map<number, {order: Order, timer?: ReturnType<typeof setTimeout>}>} */
	#tabs = new Map();
	#look;

	/** @param {(id: number, order: Order) => void} look called when the time of the order is over */
	constructor(look) {
		this.#look = look;
	}

	/**
	 * @param {number} id
	 * @param {Order} order ignored unless the server may answer with old content after it
	 */
	begin(id, order) {
		if (!order.oldUntil) {
			return;
		}
		const earlier = this.#tabs.get(id);
		const all = earlier ? merge(earlier.order, order) : order;
		clearTimeout(earlier?.timer);
		this.#tabs.set(id, { order: all, timer: setTimeout(() => this.#due(id), Number(all.oldUntil) - Date.now()) });
	}

	/**
	 * The tab was looked at, or reloaded, after the time was over, or it is gone.
	 *
	 * @param {number} id
	 * @param {number} [event] only if no later save is waiting for its look
	 */
	forget(id, event) {
		const entry = this.#tabs.get(id);
		if (entry && (event === undefined || entry.order.event === event)) {
			clearTimeout(entry.timer);
			this.#tabs.delete(id);
		}
	}

	/**
	 * The tab cannot be looked at now, since its page is being loaded.
	 *
	 * @param {number} id
	 * @param {Order} order
	 */
	postpone(id, order) {
		if (!this.#tabs.has(id)) {
			this.#tabs.set(id, { order });
		}
	}

	/**
	 * The tab's page is complete.
	 *
	 * @param {number} id
	 * @param {Order} [order] the page may be older than the save, whatever time has passed
	 */
	complete(id, order) {
		if (order) {
			this.postpone(id, order);
		}
		const entry = this.#tabs.get(id);
		if (entry && !entry.timer) {
			this.#due(id);
		}
	}

	/** @param {number} id */
	#due(id) {
		const entry = this.#tabs.get(id);
		this.#tabs.delete(id);
		if (entry) {
			this.#look(id, entry.order);
		}
	}
}
