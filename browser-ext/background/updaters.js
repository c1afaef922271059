// SPDX-License-Identifier: MIT
//
// The dev servers that update the page of a tab by themselves, through a client: a script or frame
// that they add to the page. page/clients.js finds the clients, the daemon receives the names of the
// servers, and savecast leaves to them the files that they update.

import { api } from '../common/api.js';
import { sendForSave, sendToPage } from './page-scripts.js';
import { targetOf } from './places.js';

/**
 * @typedef {import('../link/protocol.js').Updater} Updater
 * @typedef {import('./reload.js').Order} Order
 * @typedef {import('../link/protocol.js').Change} Change
 *
 * @typedef {object} Dependencies
 * @property {import('./tabs.js').Tabs} tabs
 * @property {(message: import('../link/protocol.js').Updates) => void} post
 */

/** At most this many kinds of files that a client did not update are remembered for a tab. */
const MAX_SILENT = 32;

/** A dev server has noticed a save after this time: it then answers with the new files, or holds requests until it has built them. */
const NOTICE_MSEC = 300;

const NO_REASON = 'had no reason to update the page';

/** What is known of the clients of another page or server says nothing. */
const FORGOTTEN = { silent: undefined, works: undefined };

/** @param {Change[]} changes @param {Change[]} others */
const without = (changes, others) => changes.filter(({ path }) => !others.some((one) => one.path === path));

/** @param {Updater} updater */
const nameOf = ({ who, port }) => `${who} ${port}`;

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
	/** The tabs whose page was loaded by a reload of savecast. @type {Set<number>} */
	#ours = new Set();
	/** The updaters of the previous page while the tab loads another one. @type {Map<number, Updater[]>} */
	#last = new Map();

	/** @param {Dependencies} dependencies */
	constructor(dependencies) {
		this.#dependencies = dependencies;
	}

	/**
	 * The tab shows a new page.
	 *
	 * @param {number} id
	 * @param {boolean} ours whether savecast loads it
	 */
	begins(id, ours) {
		this.#ours.delete(id);
		if (ours) {
			this.#ours.add(id);
		}
	}

	/** The page of the tab is complete: finds its clients. @param {number} id */
	async complete(id) {
		const [{ result } = {}] = await api.scripting.executeScript({ target: targetOf(id), world: 'MAIN', func: findInside }).catch(() => []);
		const updates = await sendToPage(id, { to: 'clients', inside: result ?? [] });
		if (Array.isArray(updates)) {
			const { tabs } = this.#dependencies;
			const { updates: before = this.#last.get(id) } = tabs.get(id) ?? {};
			tabs.set(id, { updates, ...(before && String(before.map(nameOf)) !== String(updates.map(nameOf)) && FORGOTTEN) });
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
		this.#ours.delete(id);
	}

	/**
	 * Sends the list if the daemon does not have it yet, but only once it knows the tab.
	 *
	 * @param {number} id
	 */
	deliver(id) {
		const { tabs, post } = this.#dependencies;
		const { updates, answer, silent, works } = tabs.get(id) ?? {};
		if ((silent || works) && ['down', 'none'].includes(answer?.state ?? '')) {
			// The next server may have other settings.
			tabs.set(id, FORGOTTEN);
		}
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
	 * @returns {Promise<{who: string, why: string} | {order: Order}>} who has updated the page, or had no reason to; or what
	 *	remains to be done
	 */
	async leave(id, order) {
		const { tabs } = this.#dependencies;
		const { event, changes, aside, leave, restarted } = order;
		const { updates = this.#last.get(id) ?? [], silent = [], works = [], hasScripts } = tabs.get(id) ?? {};
		if (!changes || restarted || leave === false || !(updates.length || aside)) {
			return { order };
		}
		const answer = hasScripts ? await sendToPage(id, { to: 'leave', event, changes, updates, silent, aside }) : undefined;
		if (!answer) {
			// The page is being left: its client loads it again.
			const by = aside ?? updates[0].who;
			const goes = (hasScripts || (await tabs.view(id)).status === 'loading') && changes.some(({ kind }) => !silent.includes(`${by} ${kind}`));
			return goes ? this.#works(id, by, aside) : { order };
		}
		const { who, port: by, rest: others, unnamed } = answer;
		const unused = unnamed.length && !await this.#uses(id, unnamed, updates, works) ? unnamed : [];
		const rest = without(others, unused);
		if (!who && !rest.length) {
			return { who: updates[0].who, why: NO_REASON };
		}
		if (!who) {
			// Such a server notices the save at about the same time as the daemon, and then builds.
			const builds = changes.some(({ kind }) => silent.some((one) => one.endsWith(` ${kind}`)));
			const oldUntil = builds && Math.max(order.oldUntil ?? 0, Date.now() + NOTICE_MSEC);
			return { order: { ...order, changes: rest, ...(oldUntil && { oldUntil }) } };
		}
		// Without an answer the page has gone: its client loads it again.
		const seen = await sendForSave(id, { to: 'sign', event, ours: this.#ours.has(id) }) ?? true;
		if (seen) {
			const told = this.#works(id, who, aside);
			return rest.length ? { order: { ...order, changes: rest } } : told;
		}
		const taken = without(changes, others);
		if (!rest.length && await sendToPage(id, { to: 'uses', changes: taken, updates, works: works.includes(who) }) === false) {
			return { who, why: NO_REASON };
		}
		const names = [who, ...updates.filter(({ port }) => port === by).map((one) => one.who)];
		const kinds = taken.flatMap(({ kind }) => names.map((name) => `${name} ${kind}`));
		tabs.set(id, { silent: [...new Set([...silent, ...kinds])].slice(-MAX_SILENT) });
		return { order: { ...order, changes: without(changes, unused) } };
	}

	/**
	 * The client has updated the page, or loads it again.
	 *
	 * @param {number} id
	 * @param {string} who
	 * @param {string} [aside] the program that serves the page
	 */
	#works(id, who, aside) {
		const { tabs } = this.#dependencies;
		tabs.set(id, { works: [...new Set([...tabs.get(id)?.works ?? [], who])] });
		return { who, why: who === aside ? 'reloads its pages itself' : 'updates the page itself' };
	}

	/**
	 * Whether files that the page has not loaded show in it: the server may have made its HTML with them.
	 *
	 * @param {number} id
	 * @param {Change[]} changes
	 * @param {Updater[]} updates
	 * @param {string[]} works
	 */
	async #uses(id, changes, updates, works) {
		await new Promise((resolve) => setTimeout(resolve, NOTICE_MSEC));
		return await sendToPage(id, { to: 'uses', changes, updates, works: updates.some(({ who }) => works.includes(who)) }) !== false;
	}
}
