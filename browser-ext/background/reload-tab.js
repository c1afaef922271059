// SPDX-License-Identifier: MIT
//
// Reloads a tab for an event, once it is decided that it must be reloaded now.

import { api } from '../common/api.js';
import { hasPermission } from '../common/site.js';
import { refreshCache, reloadDocument, reloadFrames } from './page-scripts.js';
import { isFrame } from './places.js';
import { report } from './progress.js';
import { bypassesCache } from './reload-rules.js';
import { hidesUrlAfterReload } from './url-visibility.js';

export const ASKS = 'the browser asks the user before it reloads this page';

/** If a reload has not begun after this time, the browser is asking the user about it. */
const START_MSEC = 3000;

/** How long a reload waits for a navigation that is under way, and how often it checks that. */
const MAX_NAVIGATION_MSEC = 5000;
const NAVIGATION_MSEC = 50;

/** For the log, if the page may use a shared worker. */
const HELD = 'a shared worker that another page uses may be old';
const CACHED = 'without permission for the site: shared workers may be old';

/** @param {number} msec */
const pause = (msec) => new Promise((resolve) => setTimeout(resolve, msec));

/**
 * If the user has just followed a link, waits for the page of the link; a reload would undo the
 * click. Only Chromium says that a navigation is under way.
 *
 * @param {() => boolean} current
 * @param {chrome.tabs.Tab | undefined} seen
 * @param {() => Promise<chrome.tabs.Tab>} look
 * @returns {Promise<boolean>} whether it has waited
 */
async function waitForNavigation(current, seen, look) {
	const deadline = performance.now() + MAX_NAVIGATION_MSEC;
	let waited = false;
	for (let tab = seen ?? await look(); current(); tab = await look()) {
		const leaving = tab.pendingUrl && tab.url && tab.pendingUrl !== tab.url;
		if (!leaving || performance.now() > deadline) {
			break;
		}
		waited = true;
		await pause(NAVIGATION_MSEC);
	}
	return waited;
}

/**
 * The browser asks the user before it sends a form again, or if the page requests the question.
 * No event reports the question: the only sign of it is that no new document begins.
 *
 * @param {Pick<import('./reload.js').Dependencies, 'progress'>} dependencies
 * @param {number} id
 * @param {number} event
 * @returns {Promise<boolean>} whether the browser asks
 */
async function asksUser({ progress }, id, event) {
	await pause(START_MSEC);
	const waits = () => progress.event(id) === event && progress.isReloading(id) &&
		progress.committed(id) === undefined;
	return waits() && (await api.tabs.get(id)).status === 'complete' && waits();
}

/**
 * A reload is pending: if the user goes on to another page instead, that page would take the saved
 * files from the browser's cache. A hidden tab is reloaded as soon as it is shown.
 *
 * @param {import('./tabs.js').Tabs} tabs
 * @param {number} id
 * @param {import('./tabs.js').Pending} pending
 */
export function refreshForNextPage(tabs, id, { event, changes, until }) {
	if (changes && until !== 'shown' && tabs.get(id)?.hasScripts) {
		refreshCache(id, event, changes);
	}
}

/**
 * Reloads the tab, or only those of its frames that the last look has found.
 *
 * @param {Pick<import('./reload.js').Dependencies, 'tabs' | 'progress' | 'transfer' | 'send' | 'pastCache'>} dependencies
 * @param {number} id
 * @param {{event: number, changes?: import('../link/protocol.js').Change[], seen?: chrome.tabs.Tab,
 *	told?: import('./page-scripts.js').Told, look: () => Promise<chrome.tabs.Tab>}} given `seen`: the tab as the browser shows
 *	it now, which look() asks for again
 * @returns {Promise<'asks' | 'done'>} `asks`: the browser asks the user, instead of reloading the page
 */
export async function reloadTab(dependencies, id, { event, changes, seen, told, look }) {
	const { tabs, progress, transfer, send, pastCache } = dependencies;
	if (told?.frames) {
		send([report(event, id, 'reloading', told.detail)]);
		const { detail, failed } = await reloadFrames(id);
		send(progress.end(id, failed ? 'failed' : 'loaded', detail, event));
		return 'done';
	}
	const current = () => progress.event(id) === event;
	/** @returns {Promise<import('./page-scripts.js').Refreshed>} */
	const refreshed = async () => (tabs.get(id)?.hasScripts ? refreshCache(id, event, changes)
		: { fresh: !bypassesCache(changes), opaque: false });
	// Most often no navigation is under way: the browser answers meanwhile.
	const begun = told?.refreshed ?? refreshed();
	const waited = await waitForNavigation(current, seen, look);
	if (!current()) {
		return 'done';
	}
	const { fresh, opaque, inSharedWorker } = await (waited ? refreshed() : begun);
	const { hasScripts = false, documentId, serviceWorker, url = '', way } = tabs.get(id) ?? {};
	if (opaque) {
		await transfer.captureFrames(id, way);
	}
	const bypassCache = !fresh || serviceWorker === true;
	if (bypassCache) {
		await pastCache.reloading(id, url);
	}
	if (!current()) {
		return 'done';
	}
	if (inSharedWorker) {
		progress.mayStayOld(id, hidesUrlAfterReload || await hasPermission(url) ? HELD : CACHED);
	}
	const reports = progress.reloading(id, told?.detail);
	if (hasScripts && documentId) {
		transfer.reloading(id, documentId);
	}
	const reloaded = reloadDocument(id, bypassCache);
	send(reports);
	await reloaded;
	// The guard finds out in advance whether a frame asks.
	return !isFrame(id) && await asksUser(dependencies, id, event) ? 'asks' : 'done';
}
