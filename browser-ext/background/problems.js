// SPDX-License-Identifier: MIT
//
// The problems in the pages of tabs that are on: page/problems.js finds them, the daemon gets them.
// Only on sites with permission, and never in private windows.

import { api } from '../common/api.js';
import { hasPermission } from '../common/site.js';
import { hidesUrlAfterReload as isFirefox } from './url-visibility.js';

/** @typedef {import('../link/protocol.js').Problems} Problems */

/**
 * Has the browser insert the scripts before those of the page, on all sites with permission.
 */
export async function registerProblemScripts() {
	const { origins = [] } = await api.permissions.getAll();
	const ids = ['problems', 'problems-main'];
	const [registered] = await api.scripting.getRegisteredContentScripts({ ids: ids.slice(0, 1) });
	if (String(registered?.matches ?? []) === String(origins)) {
		return; // The browser keeps them when it ends this worker.
	}
	await api.scripting.unregisterContentScripts({ ids }).catch(() => {}); // There were none.
	if (origins.length) {
		await api.scripting.registerContentScripts([
			{ id: ids[0], matches: origins, js: ['/page/problems.js'], runAt: 'document_start' },
			// In Firefox, problems.js is notified of errors, too.
			.../** @type {chrome.scripting.RegisteredContentScript[]} */ (isFirefox ? []
				: [{ id: ids[1], matches: origins, js: ['/page/problems-main.js'], runAt: 'document_start', world: 'MAIN' }]),
		]);
	}
}

/**
 * @typedef {object} Dependencies
 * @property {import('./tabs.js').Tabs} tabs
 * @property {import('./progress.js').Progress} progress
 * @property {(message: Problems) => void} post
 */

export class PageProblems {
	#dependencies;
	/** By tab: the document that reported last, the event that it was loaded for, and its report.
	 * @type {Map<number, {document: string, event: number, message?: Problems, delivered?: boolean}>} */
	#reports = new Map();

	/** @param {Dependencies} dependencies */
	constructor(dependencies) {
		this.#dependencies = dependencies;
	}

	/**
	 * To be called when the tab shows a new document.
	 *
	 * @param {number} tab
	 * @param {string} document
	 */
	begins(tab, document) {
		const { progress } = this.#dependencies;
		const last = this.#reports.get(tab);
		if (last?.document !== document) {
			const event = progress.isReloading(tab) ? progress.event(tab) ?? 0 : 0;
			this.#reports.set(tab, { document, event });
		}
	}

	/**
	 * A message of page/problems.js.
	 *
	 * @param {number} tab
	 * @param {any} message
	 */
	async reported(tab, { id, list, more }) {
		const entry = this.#dependencies.tabs.get(tab);
		if (!entry || entry.incognito || !Array.isArray(list)) {
			return;
		}
		const document = String(id);
		this.begins(tab, document);
		const { event = 0 } = this.#reports.get(tab) ?? {};
		// Without permission, only with a click, the script is inserted too late to see all
		// problems.
		const known = await hasPermission(entry.url);
		if (this.#reports.get(tab)?.document === document) {
			this.#post(tab, { document, event, message: { type: 'problems', tab, event, known, list, more: Number(more) || 0 } });
		}
	}

	/**
	 * To be called when the tab has loaded a page for the event. Without permission for the page,
	 * no problems are reported from it; the daemon is told so.
	 *
	 * @param {number} tab
	 * @param {number} event
	 */
	async loaded(tab, event) {
		const entry = this.#dependencies.tabs.get(tab);
		if (entry && (entry.incognito || !await hasPermission(entry.url)) && this.#reports.get(tab)?.event !== event) {
			this.#post(tab, { document: '', event, message: { type: 'problems', tab, event, known: false, list: [] } });
		}
	}

	/**
	 * To be called when the tab's daemon is connected: it does not know the page's problems yet.
	 *
	 * @param {number} tab
	 * @param {boolean} restarted it counts its events from 1 again
	 */
	connected(tab, restarted) {
		const report = this.#reports.get(tab);
		if (report) {
			report.delivered = false;
			report.event = restarted ? 0 : report.event;
		}
	}

	/**
	 * Sends the report that the daemon does not have yet, if it knows the tab's project.
	 *
	 * @param {number} tab
	 */
	deliver(tab) {
		const { tabs, post } = this.#dependencies;
		const report = this.#reports.get(tab);
		if (report?.message && !report.delivered && tabs.get(tab)?.answer?.project !== undefined) {
			report.delivered = true;
			post({ ...report.message, event: report.event });
		}
	}

	/** @param {number} tab */
	forget(tab) {
		this.#reports.delete(tab);
	}

	/**
	 * How many problems the current page of the tab has, for the icon and the popup.
	 *
	 * @param {number} tab
	 * @returns {{count: number, list: import('../link/protocol.js').Problem[]}}
	 */
	of(tab) {
		const { list = [], more = 0 } = this.#reports.get(tab)?.message ?? {};
		return { count: list.length + more, list };
	}

	/**
	 * @param {number} tab
	 * @param {{document: string, event: number, message: Problems}} report
	 */
	#post(tab, report) {
		this.#reports.set(tab, report);
		this.deliver(tab);
	}
}
