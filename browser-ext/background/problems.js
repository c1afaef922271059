// SPDX-License-Identifier: MIT
//
// The problems in the pages of tabs that are on: page/problems.js finds them, the daemon receives
// them. All are found only on sites with permission. Private windows are left out.

import { api } from '../common/api.js';
import { hasPermission, sitePattern } from '../common/site.js';
import { MAX_PROBLEMS, PROBLEM_SOURCES } from '../link/protocol.js';
import { isFrame } from './places.js';
import { hidesUrlAfterReload as isFirefox } from './url-visibility.js';

/** @typedef {import('../link/protocol.js').Problems} Problems */
/** @typedef {import('../link/protocol.js').Problem & {source: string}} Found */

const USUAL = Object.entries(PROBLEM_SOURCES).filter(([, isUsual]) => isUsual).map(([source]) => source);

/**
 * Has the browser insert a script before those of the page, at these sites and no others.
 *
 * @param {string} id
 * @param {string[]} matches
 * @param {Partial<chrome.scripting.RegisteredContentScript> & {js: string[]}} script
 */
async function registerScript(id, matches, script) {
	const [registered] = await api.scripting.getRegisteredContentScripts({ ids: [id] });
	if (String(registered?.matches ?? []) === String(matches)) {
		return; // The browser keeps it when it ends this worker.
	}
	if (registered) {
		await api.scripting.unregisterContentScripts({ ids: [id] });
	}
	if (matches.length) {
		await api.scripting.registerContentScripts([{ id, matches, runAt: 'document_start', ...script }]);
	}
}

/** On all sites with permission. */
export async function registerScripts() {
	const { origins = [] } = await api.permissions.getAll();
	await registerScript('problems', origins, { js: ['/page/listen.js', '/page/error-page.js', '/page/source-map.js', '/page/problems.js'] });
	await registerScript('frame', origins, { js: ['/page/frame.js'], allFrames: true });
	await registerScript('problems-main', origins, {
		js: ['/page/problems-main.js'], world: isFirefox ? 'ISOLATED' : 'MAIN', allFrames: true, matchOriginAsFallback: true,
	});
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
	 * @type {Map<number, {document: string, event: number, known?: boolean, list?: Found[], counts?: Record<string, number>, delivered?: string}>} `delivered`: the sources whose problems the daemon has received */
	#reports = new Map();
	/** The sites whose console is listened to; undefined: still those that an earlier worker registered. @type {string | undefined} */
	#consoles;
	/** Two changes at a time would register the same script twice, which the browser refuses. */
	#registering = Promise.resolve();

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
	async reported(tab, { id, list, counts }) {
		const entry = this.#dependencies.tabs.get(tab);
		if (!entry || entry.incognito || !Array.isArray(list)) {
			return;
		}
		const document = String(id);
		this.begins(tab, document);
		const { event = 0 } = this.#reports.get(tab) ?? {};
		// With only the access that a click gives, the script is inserted too late to see all
		// problems.
		const known = await hasPermission(entry.url);
		if (this.#reports.get(tab)?.document === document) {
			this.#keep(tab, { document, event, known, list, counts: counts ?? {} });
		}
	}

	/**
	 * To be called when the tab has loaded a page for the event. If nothing is reported about it (no
	 * permission, a private window, a frame), the daemon is notified that its problems are unknown.
	 *
	 * @param {number} tab
	 * @param {number} event
	 */
	async loaded(tab, event) {
		const entry = this.#dependencies.tabs.get(tab);
		if (entry && (entry.incognito || isFrame(tab) || !await hasPermission(entry.url)) && this.#reports.get(tab)?.event !== event) {
			this.#keep(tab, { document: '', event, known: false, list: [], counts: {} });
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
			report.delivered = undefined;
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
		const wanted = String(this.#wanted(tab));
		if (report?.list && report.delivered !== wanted && tabs.get(tab)?.answer?.project !== undefined) {
			report.delivered = wanted;
			const { count, list } = this.of(tab);
			post({
				type: 'problems', tab, event: report.event, known: report.known,
				list: list.slice(0, MAX_PROBLEMS), more: Math.max(0, count - MAX_PROBLEMS),
			});
		}
	}

	/** To be called when a daemon's answer has changed, or a tab is off: listens to the consoles that it asks for. */
	async listen() {
		const all = [...this.#dependencies.tabs.all()].map(([, entry]) => entry).filter(({ paused }) => paused === undefined);
		const consoles = [...new Set(all.filter(({ url, answer, incognito }) =>
			answer?.problems?.includes('console') && !incognito && /^https?:/.test(url)).map(({ url }) => sitePattern(url)))].sort();
		// In a new worker, no daemon has answered yet.
		const isEarly = this.#consoles === undefined && !consoles.length && all.some(({ answer }) => !answer);
		if (!isEarly && String(consoles) !== this.#consoles) {
			this.#consoles = String(consoles);
			this.#registering = this.#registering.catch(() => {})
				.then(() => registerScript('problems-console', consoles, { js: ['/page/problems-console.js'], world: 'MAIN', persistAcrossSessions: false }));
			await this.#registering;
		}
	}

	/** The sources of problems that the tab's project wants reported. @param {number} tab */
	#wanted(tab) {
		return this.#dependencies.tabs.get(tab)?.answer?.problems ?? USUAL;
	}

	/** @param {number} tab */
	forget(tab) {
		this.#reports.delete(tab);
	}

	/**
	 * How many problems the current page of the tab has, of the sources that its project wants, and
	 * the first ones of each: those of the page's own code before others.
	 *
	 * @param {number} tab
	 * @returns {{count: number, list: import('../link/protocol.js').Problem[]}}
	 */
	of(tab) {
		const { list = [], counts = {} } = this.#reports.get(tab) ?? {};
		const wanted = this.#wanted(tab);
		const rank = (/** @type {Found} */ { source }) => Number(!USUAL.includes(source));
		return {
			count: wanted.reduce((sum, source) => sum + (Number(counts[source]) || 0), 0),
			list: list.filter(({ source }) => wanted.includes(source)).sort((a, b) => rank(a) - rank(b)),
		};
	}

	/**
	 * @param {number} tab
	 * @param {{document: string, event: number, known: boolean, list: Found[], counts: Record<string, number>}} report
	 */
	#keep(tab, report) {
		this.#reports.set(tab, report);
		this.deliver(tab);
	}
}
