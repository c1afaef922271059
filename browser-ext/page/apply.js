// SPDX-License-Identifier: MIT
//
// Decides for each changed file: the page replaces it, does not use it, or must be reloaded.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, match, media, mentions, nextPage, putBack, stored, styles, uses } = shared;

	/**
	 * @typedef {{path: string, kind: string, all?: true}} Change all: the file may be behind any URL of its kind
	 * @typedef {{outcome: 'swapped' | 'unused' | 'reload', detail: string}} Applied
	 * @typedef {Applied & {inlined?: boolean}} AllApplied inlined: the server may have put a file into the page itself
	 */

	/** @param {Change} change @param {Set<string>} urls @param {number} n @returns {Promise<Applied>} */
	const applyStyle = async ({ path, all }, urls, n) => {
		const named = match.find(path, urls);
		// Otherwise the source of some style sheet; only the compiler knows of which one.
		const found = named.size || !(all || match.isCompiled(path)) ? new Set(named) : styles.reachable();
		// The server may also have combined several files into one style sheet.
		[...styles.reachable()].filter((url) => match.isCombined(url, /^css$/)).forEach((url) => found.add(url));
		const why = uses.beyond('css', found, named);
		if (why || !found.size) {
			return why || !dom.isComplete() ? { outcome: 'reload', detail: `${path}: ${why ?? 'it is not known whether this tab uses it'}` }
				: { outcome: 'unused', detail: `${path}: this tab has not loaded it` };
		}
		const altered = styles.areAltered(found);
		const { count, failed, replaced } = await styles.swap(found, n);
		if (count && await altered) {
			return { outcome: 'reload', detail: `${path}: a script has changed its rules` };
		}
		if (count) {
			const { leavable, fresh } = nextPage.prepare(styles.withImporters(found), 'css');
			await leavable;
			if (replaced.length && await fresh) {
				await putBack(replaced);
			}
		}
		return failed ? { outcome: 'reload', detail: `${path}: it could not be replaced in place` }
			: count ? { outcome: 'swapped', detail: path }
			: { outcome: 'reload', detail: `${path}: the page's own script uses it` };
	};

	/**
	 * By kind of file: what requests such files, and whether the server may have made the one at a URL of others.
	 *
	 * @type {Record<string, {by: string[], isMade: (url: string) => boolean}>}
	 */
	const MADE = {
		script: { by: ['script'], isMade: (url) => match.isCombined(url, /^[cm]?js$/) },
		image: { by: ['img', 'image', 'css', 'input', 'object', 'embed', 'video'], isMade: (url) => !match.hasSuffix(url) },
	};

	/** @param {string} kind @param {Set<string>} urls @returns {boolean} whether the page may show the file under another name */
	const mayBeMade = (kind, urls) => Boolean(MADE[kind]) && [...urls].some((url) => url.startsWith(location.origin) &&
		MADE[kind].isMade(url) && MADE[kind].by.some((type) => dom.initiators(url).has(type)));

	/** @param {Change} change @param {Set<string>} urls @returns {Applied} */
	const unusedElse = ({ path, kind }, urls) => {
		const found = match.find(path, urls);
		const why = uses.beyond(kind, found);
		return found.size ? { outcome: 'reload', detail: why && kind !== 'script' ? `${path}: ${why}` : `${path} changed` }
			: why ? { outcome: 'reload', detail: `${path}: ${why}` }
			: (kind === 'media' && uses.playsBesides()) || match.isCompiled(path) || !match.isServed(path) || !dom.isComplete() || mayBeMade(kind, urls)
				? { outcome: 'reload', detail: `${path}: it is not known whether this tab uses it` }
			: { outcome: 'unused', detail: `${path}: this tab has not loaded it` };
	};

	/** @param {Change} change @returns {string} what the log says besides its path */
	const mayStayOld = ({ kind }) => (kind === 'media' && nextPage.KEEPS_IN_MEMORY && uses.playsBesides() ? '; what a script of the page plays may be old' : '');

	/** @param {string} url @returns {boolean} false: it is not a picture, font, sound or film */
	const mayBeMedia = (url) => {
		const { pathname } = new URL(url);
		return !/\.(html?|map)$/i.test(pathname) && !['css', 'script', 'data'].includes(match.kindOf(pathname));
	};

	/** @param {Change} change @param {Set<string>} requested @param {number} n @returns {Promise<Applied>} */
	const applyMedia = async (change, requested, n) => {
		const urls = new Set([...requested, ...media.named()]);
		const own = match.find(change.path, urls);
		const found = own.size || !change.all ? own : new Set([...urls].filter(mayBeMedia));
		const why = found.size && uses.beyond(change.kind, own);
		if (why) {
			return { outcome: 'reload', detail: `${change.path}: ${why}` };
		}
		const { count, missed } = found.size ? media.swap(found, n) : { count: 0, missed: false };
		if (count && missed) {
			return { outcome: 'reload', detail: `${change.path}: the page also shows it in a style that is not found` };
		}
		if (count) {
			await nextPage.prepare(change.all ? [] : found, change.kind).leavable;
			return { outcome: 'swapped', detail: change.path + mayStayOld(change) };
		}
		const told = unusedElse(change, urls);
		return { ...told, detail: told.detail + mayStayOld(change) };
	};

	/** @param {Change} change @param {Set<string>} urls @param {number} n @returns {Applied | Promise<Applied>} */
	const applyOne = (change, urls, n) => {
		if (match.isSourceMap(change.path)) {
			return { outcome: 'unused', detail: `${change.path}: a source map` };
		}
		if (document.contentType !== 'text/html' && match.find(change.path, [dom.plain(document.URL)]).size) {
			return { outcome: 'reload', detail: `${change.path}: the tab shows this file` };
		}
		switch (change.kind) {
		case 'css':
			return applyStyle(change, urls, n);
		case 'image':
		case 'font':
		case 'media':
			return applyMedia(change, urls, n);
		case 'script':
			return unusedElse(change, urls);
		default:
			return { outcome: 'reload', detail: change.path };
		}
	};

	/**
	 * @param {Change[]} changes
	 * @param {number} n the event's number, so that the same file saved twice has two URLs
	 * @returns {Promise<AllApplied>}
	 */
	const apply = async (changes, n) => {
		// The browser answers while the URLs are collected.
		const hasWorker = uses.findServiceWorker(), kept = stored.note();
		const urls = dom.urls();
		await hasWorker;
		(await kept).forEach((/** @type {string} */ url) => urls.add(url));
		// A script that the page itself has loaded is loaded again with the page, whatever workers do. Reading the page's
		// scripts takes time, and makes the next reload slower: Chromium drops them from its cache in memory.
		if (changes.some(({ kind, path }) => kind === 'image' || kind === 'media' || (kind === 'script' && !match.find(path, urls).size))) {
			await mentions.find();
		}
		/** @type {Applied[]} */
		const all = await Promise.all(changes.map((change) => applyOne(change, urls, n)));
		const worst = ['reload', 'swapped', 'unused']
			.map((outcome) => all.filter((one) => one.outcome === outcome))
			.find(({ length }) => length) ?? [];
		return {
			outcome: worst[0]?.outcome ?? 'reload',
			detail: worst.map(({ detail }) => detail).join(', ').slice(0, 256),
			inlined: uses.mayBeInlined(changes.filter(({ path }) => !match.isSourceMap(path))),
		};
	};

	shared.apply = apply;
}
