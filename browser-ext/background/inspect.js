// SPDX-License-Identifier: MIT
//
// What the browser knows about a tab before it is reloaded, what the page does until the browser has
// answered, and whether the reload must wait.

import { hasPermission, sitePattern } from '../common/site.js';
import { frameworkRoots } from './framework-roots.js';
import { beginInPage, sendToPage } from './page-scripts.js';
import { isFrame } from './places.js';
import { asksPage, looksFirst, mustWait, requestsOf } from './reload-rules.js';
import { hidesUrlAfterReload, localStatus } from './url-visibility.js';

/**
 * @typedef {{tab: chrome.tabs.Tab, where: import('./url-visibility.js').LocalStatus, permitted: boolean, at: number}} Seen at: as performance.now()
 * @typedef {import('./reload.js').Dependencies} Dependencies
 */

/** By pattern: whether the user has given the permission, as far as it is known. @type {Map<string, boolean>} */
const permissions = new Map();

/** To be called when permissions have changed. */
export function forgetPermissions() {
	permissions.clear();
}

/** @param {string} url @returns {boolean} whether the extension is known to have permission for it */
export function isPermitted(url) {
	return permissions.get(sitePattern(url)) === true;
}

/** @param {string} url */
async function askPermission(url) {
	const permitted = await hasPermission(url);
	permissions.set(sitePattern(url), permitted);
	return permitted;
}

/** @param {unknown} why of a page @returns {string | undefined} */
export const toGuard = (why) => (typeof why === 'string' ? why.slice(0, 200) : undefined);

/**
 * Asks the page whether it is there, with its scripts: the tab may be loading only a frame or a file to download, or the
 * browser has ended the background meanwhile, which does not know it any more.
 *
 * @param {import('./tabs.js').Tabs} tabs
 * @param {number} id
 * @returns {Promise<boolean>} whether it is there, and complete
 */
export async function findPage(tabs, id) {
	const entry = tabs.get(id), answer = await sendToPage(id, { to: 'identify' });
	if (!entry || tabs.get(id) !== entry || !answer || (entry.documentId ?? answer.id) !== answer.id) {
		return false;
	}
	if (!entry.hasScripts) {
		tabs.set(id, { hasScripts: true, documentId: answer.id, guard: toGuard(answer.why), touched: Boolean(answer.touched) });
	}
	return answer.complete === true;
}

/**
 * In Chromium, a tab is also `loading` while only a frame of its page loads.
 *
 * @param {import('./tabs.js').Tabs} tabs
 * @param {number} id
 * @param {chrome.tabs.Tab} tab
 * @returns {Promise<chrome.tabs.Tab>} as it is with regard to its page alone
 */
async function withoutFrames(tabs, id, tab) {
	const { hasScripts, documentId } = tabs.get(id) ?? {};
	const asks = tab.status === 'complete' ? !hasScripts && (documentId !== undefined || hasScripts === undefined) : !hidesUrlAfterReload;
	return asks && !tab.pendingUrl && !isFrame(id) && await findPage(tabs, id) ? { ...tab, status: 'complete' } : tab;
}

/**
 * What the browser knows about the tab. The calls run in parallel: each takes 0.3 ms or more.
 *
 * @param {Pick<Dependencies, 'tabs' | 'observed'>} dependencies
 * @param {number} id
 * @returns {Promise<Seen>}
 */
export async function inspect({ tabs, observed }, id) {
	const entry = tabs.get(id);
	const [tab, where, permitted] = await Promise.all([
		tabs.view(id).then((seen) => withoutFrames(tabs, id, seen)),
		entry?.urlVisibility ? localStatus(id, entry.url) : /** @type {const} */ ('unknown'),
		entry ? askPermission(entry.url) : false,
	]);
	observed(id, tab);
	return { tab, where, permitted, at: performance.now() };
}

/** What was seen a shorter time ago is not asked for again; before a reload, which would undo a click on a link. */
export const OLD_MSEC = 100;
export const RELOAD_OLD_MSEC = 30;

/**
 * @param {Pick<Dependencies, 'tabs' | 'observed'>} dependencies
 * @param {number} id
 * @param {Seen | undefined} seen
 * @param {number} msec if it is older, the browser is asked again
 * @returns {Promise<Seen>}
 */
export async function inspectIfOld(dependencies, id, seen, msec) {
	return seen && performance.now() - seen.at < msec ? seen : inspect(dependencies, id);
}

/**
 * What the page may do for a save before the browser has answered: request itself, and load the changed files into
 * the browser's cache. Neither does harm if the tab must wait.
 *
 * @param {Pick<Dependencies, 'tabs' | 'hidden'>} dependencies
 * @param {number} id
 * @param {import('./reload.js').Order} order
 * @returns {Promise<number[][]> | undefined} frameworkRoots(), if the page requests itself
 */
export function beginEarly({ tabs, hidden }, id, order) {
	const { event, changes, restarted, patch, aside } = order;
	const entry = tabs.get(id);
	if (!entry || aside || entry.updates?.length || !looksFirst({ status: 'complete', active: true }, entry, hidden())) {
		return undefined;
	}
	if (!restarted && asksPage(changes, { status: 'complete' }, entry)) {
		// The page may replace the files.
		return undefined;
	}
	const { look, refresh } = requestsOf(order, isPermitted(entry.url), entry);
	// If the page may be patched, no file is loaded in vain: pages are only looked up in the cache. Firefox applies the page's policy to
	// that, and would report a violation.
	const isLookup = !hidesUrlAfterReload && changes?.every(({ kind }) => kind === 'page') === true;
	const begin = { look, refresh: refresh && (patch === false || isLookup) };
	if (begin.look || begin.refresh) {
		beginInPage(id, event, changes, begin);
	}
	return begin.look && changes ? frameworkRoots(id) : undefined;
}

/**
 * @param {Pick<Dependencies, 'tabs' | 'hidden' | 'pause'>} dependencies
 * @param {number} id
 * @param {Seen} seen
 * @returns {Promise<Omit<import('./tabs.js').Pending, 'event'> | undefined>} why the tab must not be reloaded now, and
 *	until when
 */
export async function whyWait({ tabs, hidden, pause }, id, { tab, where }) {
	const entry = tabs.get(id);
	if (!entry) {
		return undefined;
	}
	if (where === 'left' && entry.urlVisibility) {
		pause(id, 'the tab went to another site');
	}
	const wait = mustWait(tab, entry, { hidden: hidden(), where });
	if (wait || !entry.touched || !entry.hasScripts) {
		return wait;
	}
	const why = await sendToPage(id, { to: 'may-unload' });
	return why ? { until: 'safe', why: String(why).slice(0, 200) } : undefined;
}
