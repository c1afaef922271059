// SPDX-License-Identifier: MIT
//
// Requests that must not be answered from the browser's cache. In Chromium, a reload past the cache
// does not reach what workers and worklets request, nor what the page requests later or on the next
// page. Session rules of declarativeNetRequest reach all of these: they add the header
// `Cache-Control: no-cache`, which the cache obeys. They work on sites for which the extension has
// permission. In both browsers, they are about the files that were saved; in Chromium, also about the tabs that are being reloaded.

import { api } from '../common/api.js';
import { isLookRule } from './look-rules.js';
import { tabOf } from './places.js';
import { isCached } from './reload-rules.js';
import { hidesUrlAfterReload } from './url-visibility.js';

/** There are rules for at most this many files, those that were saved last. */
const MAX_FILES = 64;
/** Characters of a file's name that a rule contains: the browser limits the size of rules. */
const MAX_STEM = 40;

/** After the reloaded page is complete, its late requests still bypass the cache for this time. */
const LATE_MSEC = 10000;
/** A reload that has not ended after this time is no longer waited for. */
const MAX_RELOAD_MSEC = 60000;

/** The rules have this number, and those after it. */
const FIRST_ID = 100;

/** Tab ids of rules: requests of shared workers belong to no tab. */
const NO_TAB = -1;

/** @typedef {chrome.declarativeNetRequest.Rule} Rule */

const NO_CACHE = /** @type {Rule['action']} */ ({
	type: 'modifyHeaders', requestHeaders: [{ header: 'Cache-Control', operation: 'set', value: 'no-cache' }],
});

/**
 * What Chromium keeps in the memory of a tab for <use>, clip-path and the like is not replaced by a request of a script, nor
 * always by a reload past the cache.
 *
 * @param {{path: string}} change
 */
const isKeptInMemory = ({ path }) => !hidesUrlAfterReload && /\.svg$/i.test(path);

const ALLOW = /** @type {Rule['action']} */ ({ type: 'allow' });

/**
 * @param {string} path of a file
 * @returns {string | undefined} an expression for its URLs, also with a hash in the name or in a parameter;
 *	undefined: for such a name there is none
 */
export function urlsOf(path) {
	const [, stem, suffix] = /([^/]+)\.(\w+)$/.exec(path) ?? [];
	if (!stem) {
		return undefined;
	}
	// URLs may have other characters percent-encoded, or not.
	return `[/?&=,+]${stem.slice(0, MAX_STEM).replace(/[^\w-]+/g, '[^/?&]+')}[^/?&]*[.]${suffix}`;
}

export class PastCache {
	/** By host and expression, the latest last. @type {Map<string, Rule['condition']>} */
	#files = new Map();
	/** By tab that is being reloaded. @type {Map<number, {url: string, timer: ReturnType<typeof setTimeout>}>} */
	#reloads = new Map();
	/** The rules as they are now, as JSON; '': not known. */
	#written = '';
	/** @type {Promise<void>} each change of the rules begins after the one before */
	#changes = Promise.resolve();

	/** Removes what an earlier run of the background has left. */
	start() {
		return this.#write();
	}

	/**
	 * From now on, these files are not taken from the cache.
	 *
	 * @param {string | undefined} url of a tab that may show them
	 * @param {import('../link/protocol.js').Change[]} [changes] undefined: anything may have changed
	 * @param {string[]} [framed] URLs of pages that the tab has shown in frames: no script can refresh the cache for these
	 */
	async saved(url = 'about:blank', changes = undefined, framed = []) {
		const { protocol, hostname } = new URL(url);
		const isFramed = (/** @type {string | undefined} */ urls) => urls !== undefined && framed.some((one) => new RegExp(urls).test(one));
		const found = (changes ?? []).filter((change) => isCached(change) || (change.kind === 'page' && isFramed(urlsOf(change.path))))
			.map(({ path }) => urlsOf(path)).filter((regexFilter) => regexFilter !== undefined);
		const drop = changes?.some(isKeptInMemory) ?? !hidesUrlAfterReload;
		if (!protocol.startsWith('http') || !(found.length || drop)) {
			return;
		}
		const before = this.#files.size, keys = found.map((regexFilter) => `${hostname} ${regexFilter}`);
		const isNew = keys.some((key) => !this.#files.has(key));
		keys.forEach((key, i) => {
			this.#files.delete(key);
			this.#files.set(key, { regexFilter: found[i], requestDomains: [hostname] });
		});
		[...this.#files.keys()].slice(0, -MAX_FILES).forEach((key) => this.#files.delete(key));
		if (isNew || drop || this.#files.size !== before) {
			await this.#write(drop);
		}
	}

	/**
	 * To be awaited before the tab is reloaded past the cache.
	 *
	 * @param {number} tab
	 * @param {string} url of its page
	 */
	async reloading(tab, url) {
		if (url.startsWith('http')) {
			this.#until(tab, url, MAX_RELOAD_MSEC);
			await this.#write();
		}
	}

	/**
	 * To be awaited before the page scripts read from the cache what the tab received: the tab may have
	 * left the page that was reloaded.
	 *
	 * @param {number} tab
	 * @param {string} url of its page now
	 */
	async shows(tab, url) {
		const reload = this.#reloads.get(tab);
		if (reload && reload.url !== url && url.startsWith('http')) {
			reload.url = url;
			this.#write();
		}
		// The rules of an earlier call may not apply yet.
		await this.#changes;
	}

	/** @param {number} tab whose reload is complete */
	complete(tab) {
		const reload = this.#reloads.get(tab);
		if (reload) {
			this.#until(tab, reload.url, LATE_MSEC);
		}
	}

	/** @param {number} tab */
	forget(tab) {
		const reload = this.#reloads.get(tab);
		if (reload) {
			clearTimeout(reload.timer);
			this.#reloads.delete(tab);
			this.#write();
		}
	}

	/**
	 * @param {number} tab
	 * @param {string} url
	 * @param {number} msec
	 */
	#until(tab, url, msec) {
		clearTimeout(this.#reloads.get(tab)?.timer);
		this.#reloads.set(tab, { url, timer: setTimeout(() => this.forget(tab), msec) });
	}

	/**
	 * At each change of the rules, Chromium drops what it keeps in memory: the pages of all tabs for going back, and the files
	 * of the next reload.
	 *
	 * @param {boolean} [drop] whether that is wanted
	 * @returns {Promise<void>} when the rules apply
	 */
	#write(drop = false) {
		this.#changes = this.#changes.then(() => this.#replaceRules(drop)).catch((error) => console.debug(`past the cache: ${error}`));
		return this.#changes;
	}

	/** @param {boolean} drop */
	async #replaceRules(drop) {
		const { declarativeNetRequest: rules } = api;
		const resourceTypes = Object.values(rules.ResourceType);
		/** @type {Omit<Rule, 'id'>[]} */
		const all = [...this.#files.values()].map((condition) => ({ condition: { ...condition, resourceTypes }, action: NO_CACHE }));
		for (const [tab, { url }] of hidesUrlAfterReload ? [] : this.#reloads) {
			const tabIds = [tabOf(tab), NO_TAB];
			all.push({ condition: { tabIds, requestDomains: [new URL(url).hostname], resourceTypes }, action: NO_CACHE });
			// The page scripts read from the cache what the tab received.
			all.push({ priority: 2, condition: { tabIds, urlFilter: `|${url.replace(/#.*$/, '')}`, resourceTypes: [rules.ResourceType.XMLHTTPREQUEST] },
				action: ALLOW });
		}
		const removeRuleIds = (await rules.getSessionRules()).map(({ id }) => id).filter((id) => !isLookRule(id)), text = JSON.stringify(all);
		if ((drop || text !== this.#written) && removeRuleIds.length + all.length) {
			this.#written = '';
			await rules.updateSessionRules({ removeRuleIds, addRules: all.map((rule, i) => ({ ...rule, id: FIRST_ID + i })) });
			this.#written = text;
		}
	}
}
