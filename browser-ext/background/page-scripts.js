// SPDX-License-Identifier: MIT
//
// The background's access to a tab's page: inserts the scripts of page/, sends them messages, and
// closes the page's connections if the daemon asks for it. It works while the extension has access
// to the page: after a click on the icon (in Chromium until the tab leaves the site), or with the
// user's permission for the site. The rest of the extension works without access, too.

import { api } from '../common/api.js';
import { frameworkRoots } from './framework-roots.js';
import { markLooks } from './look-rules.js';
import { apartIn, frameOf, isFrame, tabOf, targetOf } from './places.js';
import { hidesUrlAfterReload } from './url-visibility.js';

/** Firefox gives its error page an icon within this time. */
const ICON_MSEC = 500;

/** The script for frameworks is inserted in every frame that can run it within this time. */
const FRAMEWORKS_MSEC = 250;

/** In this order: each uses what the ones before it have defined. */
const FILES = ['listen', 'match', 'dom', 'next-page', 'mentions', 'uses', 'stored', 'element-path', 'observed', 'state', 'restore-element', 'restore', 'guard',
	'answers', 'clients', 'messages', 'error-page', 'source-map', 'problems']
	.map((name) => `page/${name}.js`);

/** Only a save needs them: inserted when the page is complete, so that they do not delay it. */
const FOR_SAVES = ['styles', 'put-back', 'media', 'apply', 'tree', 'align', 'verdict', 'plan', 'controls', 'patch', 'volatile', 'ahead', 'compare', 'own-frames', 'look', 'refresh']
	.map((name) => `page/${name}.js`);

/** What goes wrong in a frame of another project is not reported. */
const OF_FRAME = FILES.filter((file) => !/error-page|source-map|problems/.test(file));

/** For frames that the scripts of the page cannot access. */
const FRAME_FILES = ['listen', 'match', 'dom', 'element-path', 'observed', 'state', 'restore-element', 'restore', 'opaque-frame']
	.map((name) => `page/${name}.js`);

/**
 * @typedef {{place: string, state: unknown}} FrameState
 * @typedef {{path: string, kind: string, all?: true}} Change
 * @typedef {{outcome: 'swapped' | 'unused' | 'reload', detail: string, inlined?: boolean, looked?: Looked, refreshed?: Refreshed}} Applied inlined: the server may
 *	have put a file into the page itself; looked, refreshed: what lookFirst() and refreshCache() would return
 * @typedef {{outcome: 'patched' | 'swapped' | 'unused' | 'stays' | 'skipped' | 'reload', detail: string, final?: boolean, frames?: boolean, refreshed?: Refreshed}} Looked frames: only frames must be loaded again; final: the server
 *	no longer answered with old content; refreshed: what refreshCache() would return
 * @typedef {{fresh: boolean, opaque: boolean, inSharedWorker?: boolean}} Refreshed fresh: the browser's cache has what is new; opaque: the user may
 *	have done something in frames that the page cannot access; inSharedWorker: the page may have made a shared worker of what has changed
 * @typedef {{detail: string, frames?: boolean, refreshed?: Refreshed}} Told why the page must be reloaded, for the log
 */

/** Runs in a frame, which may have the scripts of FRAME_FILES: all scripts replace them. */
function forgetFrameScripts() {
	const { savecast } = /** @type {any} */ (globalThis);
	if (savecast?.ready === 'frame') {
		savecast.ready = false;
	}
}

/** How many insertions are under way, by tab. @type {Map<number, number>} */
const insertions = new Map();

/**
 * Insertions take effect in their order: the document may have the scripts of the one that is under way by then. It takes the
 * browser some 10 ms to insert them again, while a page is loading.
 *
 * @param {number} tabId
 */
async function hasPageScripts(tabId) {
	const [{ result }] = await api.scripting.executeScript({
		target: targetOf(tabId), injectImmediately: true, func: () => /** @type {any} */ (globalThis).savecast?.ready === true,
	});
	return result === true;
}

/**
 * Inserts the page scripts. A second call for the same document has no effect.
 *
 * @param {number} tabId
 * @returns {Promise<boolean>} whether the page scripts are there
 */
export async function insertPageScripts(tabId) {
	const others = insertions.get(tabId) ?? 0;
	insertions.set(tabId, others + 1);
	const inserted = await insert(tabId, others > 0);
	const left = /** @type {number} */ (insertions.get(tabId)) - 1;
	if (left) {
		insertions.set(tabId, left);
	} else {
		insertions.delete(tabId);
	}
	return inserted;
}

/**
 * @param {number} tabId
 * @param {boolean} again whether another insertion is under way, perhaps into an earlier document of the tab
 */
async function insert(tabId, again) {
	try {
		const files = isFrame(tabId) ? OF_FRAME : FILES;
		await markLooks();
		if (again && await hasPageScripts(tabId)) {
			return true;
		}
		if (isFrame(tabId)) {
			await api.scripting.executeScript({ target: targetOf(tabId), func: forgetFrameScripts, injectImmediately: true });
		}
		await api.scripting.executeScript({ target: targetOf(tabId), files, injectImmediately: true });
		return true;
	} catch {
		return false;
	}
}

/**
 * Inserts the script that tells the page's frameworks about restored values.
 *
 * @param {number} tabId
 */
export async function insertFrameworkScript(tabId) {
	const inserted = api.scripting.executeScript({
		target: isFrame(tabId) ? targetOf(tabId) : { tabId, allFrames: true }, files: ['page/frameworks.js'], world: 'MAIN', injectImmediately: true,
	}).catch((error) => console.debug(`tab ${tabId}: frameworks: ${error}`));
	// For a sandboxed frame without scripts, Chromium does not answer.
	await Promise.race([inserted, new Promise((resolve) => setTimeout(resolve, FRAMEWORKS_MSEC))]);
}

/**
 * @param {number} id
 * @returns {Promise<FrameState[]>} what the user did in frames of the tab that its page cannot access
 */
export async function captureFrames(id) {
	try {
		const target = { tabId: tabOf(id), allFrames: true };
		await api.scripting.executeScript({ target, files: FRAME_FILES });
		const all = await api.scripting.executeScript({ target, func: () => /** @type {any} */ (globalThis).savecast?.frame?.capture() });
		return all.map(({ result }) => result).filter(Boolean);
	} catch (error) {
		console.debug(`tab ${id}: frames: ${error}`);
		return [];
	}
}

/**
 * @param {number} id whose page and frames are complete
 * @param {FrameState[]} frames
 */
export async function restoreFrames(id, frames) {
	try {
		const target = { tabId: tabOf(id), allFrames: true };
		await api.scripting.executeScript({ target, files: FRAME_FILES });
		await api.scripting.executeScript({
			target, args: [frames], func: (states) => /** @type {any} */ (globalThis).savecast?.frame?.restore(states),
		});
	} catch (error) {
		console.debug(`tab ${id}: frames: ${error}`);
	}
}

/**
 * Whether the tab shows the browser's own error page, as far as the extension can see the tab.
 * Firefox refuses scripts with the same error in its viewers of JSON and PDF, in local files and in
 * its error page, but only the error page gets an icon of the browser, soon after `complete`.
 *
 * @param {number} tabId
 * @returns {Promise<boolean>}
 */
export async function showsErrorPage(tabId) {
	try {
		await api.scripting.executeScript({ target: { tabId }, func: () => {} });
		return false;
	} catch (error) {
		if (!hidesUrlAfterReload) {
			return /error page/.test(String(error));
		}
		for (const deadline = performance.now() + ICON_MSEC; ; ) {
			const { favIconUrl, url } = await api.tabs.get(tabId);
			if (favIconUrl?.startsWith('chrome:') || !url || performance.now() > deadline) {
				return Boolean(favIconUrl?.startsWith('chrome:'));
			}
			await new Promise((resolve) => setTimeout(resolve, ICON_MSEC / 10));
		}
	}
}

/**
 * @param {number} tabId
 * @param {object} message
 * @returns {Promise<any>} its answer, or undefined without page scripts
 */
export async function sendToPage(tabId, message) {
	try {
		return await api.tabs.sendMessage(tabOf(tabId), { ...message, apart: apartIn(tabId) }, { frameId: frameOf(tabId) });
	} catch {
		return undefined;
	}
}

/**
 * Inserts what only a save needs, into a page that has the page scripts. A second call for the same document has no effect.
 *
 * @param {number} tabId
 * @returns {Promise<boolean>} whether it is there
 */
export async function insertForSaves(tabId) {
	try {
		await api.scripting.executeScript({ target: targetOf(tabId), files: FOR_SAVES, injectImmediately: true });
		return true;
	} catch {
		return false;
	}
}

/**
 * Like sendToPage(), for a message that only a page with all scripts can answer.
 *
 * @param {number} tabId
 * @param {object} message
 * @returns {Promise<any>}
 */
export async function sendForSave(tabId, message) {
	const answer = await sendToPage(tabId, message);
	return !answer?.lacksScripts ? answer : await insertForSaves(tabId) ? sendToPage(tabId, message) : undefined;
}

/**
 * What the page requests in advance: `look` itself, for lookFirst(); `refresh` the changed files, for
 * refreshCache(). It does so only if it is visible and complete.
 *
 * @typedef {{look: boolean, refresh: boolean}} Begin
 */

/**
 * @param {number} tabId
 * @param {{event: number, changes: Change[], unseen?: boolean}} given
 * @param {Begin} begin if the page must be reloaded
 * @returns {Promise<Applied>}
 */
export async function applyChanges(tabId, given, begin) {
	const ask = () => sendForSave(tabId, { to: 'apply', ...given, begin });
	const applied = await ask() ?? (await insertPageScripts(tabId) ? await ask() : undefined);
	return applied ?? { outcome: 'reload', detail: '' };
}

/**
 * Has the page begin before it is certain that it may: the browser is still asked about the tab.
 *
 * @param {number} tabId
 * @param {number} event
 * @param {Change[] | undefined} changes
 * @param {Begin} begin
 */
export function beginInPage(tabId, event, changes, begin) {
	sendForSave(tabId, { to: 'begin', event, changes, begin });
}

/**
 * Asks the server for the page before it is reloaded.
 *
 * @param {number} tabId
 * @param {{event: number, changes?: Change[], unseen?: boolean, restarted?: boolean, old?: number, why?: string, applied?: true, settles?: true, refresh?: boolean}} given why: the
 *	reason to reload the page in any case, unless the server does not answer; applied: only the HTML is compared, once; settles: an earlier look may have seen an old answer;
 *	refresh: also loads the changed files into the browser's cache if the page must be reloaded
 * @param {Promise<number[][]>} [begun] frameworkRoots() of the tab
 * @returns {Promise<Looked>}
 */
export async function lookFirst(tabId, given, begun) {
	const looked = sendForSave(tabId, { to: 'look', ...given });
	if (given.changes && !given.why) {
		// Runs while the server answers.
		(begun ?? frameworkRoots(tabId)).then((roots) => sendForSave(tabId, { to: 'roots', event: given.event, roots }));
	}
	return await looked ?? { outcome: 'reload', detail: '' };
}

/**
 * Loads the page of the tab again, or that of the frame alone. For a frame only Firefox can bypass
 * the cache; in Chromium, past-cache.js does.
 *
 * @param {number} id
 * @param {boolean} bypassCache
 */
export async function reloadDocument(id, bypassCache) {
	if (!isFrame(id)) {
		await api.tabs.reload(id, { bypassCache });
		return;
	}
	const reload = (/** @type {boolean} */ bypass) => /** @type {any} */ (location).reload(bypass);
	await api.scripting.executeScript({ target: targetOf(id), args: [bypassCache], func: reload });
}

/**
 * Loads the frames of the tab again that the last look has found, and keeps the user's state in them.
 *
 * @param {number} tabId
 * @returns {Promise<{detail: string, failed: boolean}>}
 */
export async function reloadFrames(tabId) {
	const { restores, detail = 'the page is gone', failed = true } = await sendForSave(tabId, { to: 'reload-frames' }) ?? {};
	if (restores) {
		await insertFrameworkScript(tabOf(tabId));
		await sendForSave(tabId, { to: 'restore-frames' });
	}
	return { detail, failed };
}

/**
 * @param {number} tabId
 * @param {number} event
 * @param {Change[] | undefined} changes
 * @returns {Promise<Refreshed>}
 */
export async function refreshCache(tabId, event, changes) {
	const answer = await sendForSave(tabId, { to: 'refresh', event, changes });
	return { fresh: answer?.fresh === true, opaque: answer?.opaque === true, inSharedWorker: answer?.inSharedWorker === true };
}

/**
 * @param {number} id
 * @param {boolean} allFrames
 * @param {() => unknown} func to run in the page
 */
async function runInPage(id, allFrames, func) {
	try {
		const target = isFrame(id) || !allFrames ? targetOf(id) : { tabId: id, allFrames };
		await api.scripting.executeScript({ target, func });
	} catch (error) {
		console.info(`tab ${id}: connections stay open: ${error}: the old worker keeps waiting`);
	}
}

/**
 * Ends the page's requests and event streams: the server's old worker process may wait for their end
 * before the new one can start. A reload alone does not help, since it closes the old page only when
 * the new one answers. The page stays as it is until its reload.
 *
 * @param {number} id
 */
export function closeConnections(id) {
	return runInPage(id, true, () => window.stop());
}

/**
 * Sends a request that browsers send anyway. The browser opens a connection in advance, and the
 * server's old worker process waits for a request on it: this one uses that connection.
 *
 * @param {number} id
 */
export function useSpareConnection(id) {
	return runInPage(id, false, () => {
		fetch('/favicon.ico', { method: 'HEAD', cache: 'no-store' }).catch(() => {});
	});
}
