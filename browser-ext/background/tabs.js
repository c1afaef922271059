// SPDX-License-Identifier: MIT
//
// The tabs that are on, in memory, and in storage.session for when the browser starts this worker
// again.

import { sameSite, toAddress } from '../common/address.js';
import { api } from '../common/api.js';
import { LastSession } from './last-session.js';
import { addFrame, isFrame, removeFrame, tabOf } from './places.js';
import { hidesUrlAfterReload } from './url-visibility.js';

/**
 * @typedef {object} Pending a reload that waits
 * @property {number} event
 * @property {import('../link/protocol.js').Change[]} [changes]
 * @property {boolean} [unseen]
 * @property {boolean} [patch]
 * @property {number} [oldUntil]
 * @property {boolean} [restarted]
 * @property {boolean} [cached]
 * @property {'shown' | 'safe' | 'click'} until what it waits for; a click always releases it
 * @property {string} why
 *
 * @typedef {object} TabEntry
 * @property {string} url as sent to the daemon; the last one that the browser showed
 * @property {true} [incognito] in a private window: nothing of it may be stored
 * @property {number} [tab] of a frame: the tab that contains it
 * @property {number} [frame] of a frame: the browser's number for it
 * @property {number} [parent] of a frame: the tab or frame that contains it directly, as far as savecast follows it
 * @property {number[]} [way] of a frame: its place in the tab when its document began, as page/frame.js reports it
 * @property {boolean} [framesLeft] whether the tab has more frames than savecast follows
 * @property {boolean} [complete] of a frame: whether its document is complete
 * @property {string} [paused] why the tab is not watched now
 * @property {'hidden' | 'lost'} [urlVisibility] why `url` may be old. `hidden`: the browser has not
 *	shown it since our reload, so the page is the same; `lost`: not since the tab navigated
 * @property {Pending} [pending]
 * @property {string} [guard] why the page must not be reloaded, as its page scripts report
 * @property {{event: number, at: number}} [saved] the last save for the tab; `at`: when it came, in milliseconds since 1970
 * @property {string} [asks] set if the browser asks the user before it reloads this page: the reason
 * @property {boolean} [touched] whether the user has clicked or typed in the page: only then can the
 *	page make the browser ask the user before the page is left
 * @property {import('../link/protocol.js').Updater[]} [updates] the dev servers that update its page
 *	by themselves; undefined: not known yet
 * @property {string[]} [silent] "WHO KIND": kinds of files that were left to such a server, which did not update them
 * @property {string[]} [works] WHO: such servers that have updated the page after a save
 * @property {boolean} [serviceWorker] whether one of its pages had a service worker, which may answer for the server
 * @property {boolean} [hasScripts] whether the page scripts are in the page
 * @property {string} [documentId] of the page scripts that sent `ready` last
 * @property {boolean} [announcedEarly] whether they sent it before the browser reported the page
 * @property {string} [chosen] the id of the daemon that the user has chosen for it
 * @property {string} [daemon] the id of the daemon that it belongs to
 * @property {number} [forwarded] the port of its server at the other end of a tunnel
 * @property {Record<string, import('../link/protocol.js').TabAnswer>} [answers] the daemons' states
 *	of this tab, by their id
 * @property {import('../link/protocol.js').TabAnswer} [answer] the answer to show
 */

const KEY = 'tabs';

export class Tabs {
	/** @type {Map<number, TabEntry>} */
	#entries = new Map();
	#lastSession = new LastSession();

	/**
	 * Restores what the worker has stored, and updates it with what the tabs show now.
	 *
	 * @returns {Promise<boolean>} whether the browser has just started: its tabs may be those of
	 *	its last session
	 */
	async load() {
		const [starts, { [KEY]: stored }] = await Promise.all([
			this.#lastSession.load(), api.storage.session.get(KEY),
		]);
		for (const [tab, entry] of /** @type {[number, TabEntry][]} */ (stored ?? [])) {
			this.#entries.set(tab, entry);
			if (entry.tab !== undefined && entry.frame !== undefined) {
				addFrame({ tab: entry.tab, frame: entry.frame }, tab);
			}
		}
		await Promise.all([...this.#entries.keys()].filter((tab) => !isFrame(tab)).map(async (tab) => {
			try {
				// A navigation would have woken the worker, so a URL that is not shown has not
				// changed.
				this.moved(tab, (await api.tabs.get(tab)).url, 'none');
			} catch {
				this.remove(tab);
			}
		}));
		[...this.#entries.keys()].filter((id) => !this.#entries.has(tabOf(id))).forEach((id) => this.remove(id));
		return starts;
	}

	/**
	 * @param {string} address
	 * @returns {boolean} whether a tab with it was on when the browser ended, and is to be switched on
	 */
	wasOn(address) {
		return this.#lastSession.take(address);
	}

	/**
	 * @param {number} tab
	 * @returns {TabEntry | undefined}
	 */
	get(tab) {
		return this.#entries.get(tab);
	}

	/** @returns {IterableIterator<[number, TabEntry]>} */
	all() {
		return this.#entries.entries();
	}

	/** @returns {[number, TabEntry][]} those that the daemon watches */
	watched() {
		return [...this.#entries].filter(([, entry]) => entry.paused === undefined);
	}

	/**
	 * @param {number} tab
	 * @param {string} url
	 * @param {boolean} [incognito]
	 */
	add(tab, url, incognito) {
		this.#entries.set(tab, incognito ? { url, incognito } : { url });
		this.#save();
	}

	/**
	 * @param {number} tab
	 * @param {number} frame the browser's number
	 * @param {string} url
	 * @param {number} parent the tab or frame around it
	 * @param {number[]} way
	 * @param {boolean} [incognito]
	 * @returns {number} its number as a tab
	 */
	addFrame(tab, frame, url, parent, way, incognito) {
		const id = addFrame({ tab, frame });
		this.add(id, url, incognito);
		this.set(id, { tab, frame, parent, way });
		return id;
	}

	/**
	 * @param {number} id
	 * @returns {Promise<chrome.tabs.Tab>} what the browser knows about the tab, or about the tab of a frame
	 */
	async view(id) {
		const tab = await api.tabs.get(tabOf(id));
		const { url, complete } = this.#entries.get(id) ?? {};
		return isFrame(id) ? { ...tab, url, pendingUrl: undefined, status: complete ? 'complete' : 'loading' } : tab;
	}

	/**
	 * @param {number} tab
	 * @param {boolean} [withWindow] its window closes, maybe because the browser ends
	 * @returns {boolean} whether it was there
	 */
	remove(tab, withWindow = false) {
		const was = this.#entries.delete(tab);
		removeFrame(tab);
		if (was) {
			this.#save(withWindow);
		}
		return was;
	}

	/**
	 * @param {number} tab
	 * @param {Partial<TabEntry>} change `undefined` removes a field
	 */
	set(tab, change) {
		const entry = this.#entries.get(tab);
		if (entry) {
			Object.assign(entry, change);
			this.#save();
		}
	}

	/**
	 * To be called when a tab shows `url`. A paused tab stays paused until a click: the user has
	 * not switched its new page on.
	 *
	 * @param {number} tab
	 * @param {string | undefined} url undefined: the browser does not show it
	 * @param {'reload' | 'navigation' | 'none'} cause of the load, if the tab is loading
	 * @returns {'same' | 'moved' | 'paused'}
	 */
	moved(tab, url, cause) {
		const entry = this.#entries.get(tab);
		if (!entry || entry.paused !== undefined || isFrame(tab)) {
			return 'same';
		}
		if (!url) {
			return this.#urlNotShown(tab, entry, cause);
		}
		const address = toAddress(url);
		if ('why' in address || !sameSite(entry.url, address.url)) {
			return this.pause(tab, 'why' in address ? address.why : 'the tab went to another site');
		}
		if (address.url === entry.url && !entry.urlVisibility) {
			return 'same';
		}
		// The old answer is shown until the new one comes: most pages belong to the same project.
		this.set(tab, { url: address.url, urlVisibility: undefined });
		return 'moved';
	}

	/**
	 * @param {number} tab
	 * @param {string} why
	 * @returns {'paused'}
	 */
	pause(tab, why) {
		const { url = '', incognito } = this.#entries.get(tab) ?? {};
		this.#entries.set(tab, { url, paused: why, incognito });
		this.#save();
		return 'paused';
	}

	/**
	 * @param {number} tab
	 * @param {TabEntry} entry
	 * @param {'reload' | 'navigation' | 'none'} cause
	 */
	#urlNotShown(tab, entry, cause) {
		if (cause === 'none' || entry.urlVisibility === 'lost' || (cause === 'reload' && entry.urlVisibility)) {
			return 'same';
		}
		if (cause === 'navigation' && !hidesUrlAfterReload) {
			return this.pause(tab, 'the tab went to another site, or its server did not answer');
		}
		this.set(tab, { urlVisibility: cause === 'reload' ? 'hidden' : 'lost' });
		return 'same';
	}

	/** @param {boolean} [ending] the browser ends: keep what is stored for its next session */
	#save(ending = false) {
		const kept = [...this.#entries].map(([tab, { answer, answers, hasScripts: _, documentId: __, announcedEarly: ___, ...rest }]) => [tab, rest]);
		api.storage.session.set({ [KEY]: kept }).catch((error) => {
			console.warn(`storage.session: ${KEY}: ${error}`);
		});
		if (!ending) {
			this.#lastSession.note(this.watched().filter(([id, { incognito }]) => !incognito && !isFrame(id)).map(([, { url }]) => url));
		}
	}
}
