// SPDX-License-Identifier: MIT
//
// Decides for each changed file: the page replaces it, does not use it, or must be reloaded.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, match, media, styles } = shared;

	/**
	 * @typedef {{path: string, kind: string, all?: true}} Change all: the file may be behind any URL of its kind
	 * @typedef {{outcome: 'swapped' | 'unused' | 'reload', detail: string}} Applied
	 */

	/** @param {Change} change @param {Set<string>} urls @param {number} n @returns {Promise<Applied>} */
	const applyStyle = async ({ path, all }, urls, n) => {
		let found = match.find(path, urls);
		if (!found.size && (all || match.isCompiled(path))) {
			// The source of some style sheet; only the compiler knows of which one.
			found = styles.reachable();
		}
		if (!found.size) {
			// It may be part of a style sheet that the server combines from several files.
			found = new Set([...styles.reachable()].filter(match.isCombined));
		}
		if (dom.hasOpaqueDocuments() && !match.find(path, urls).size) {
			return { outcome: 'reload', detail: `${path}: a frame that cannot be looked into may use it` };
		}
		if (!found.size) {
			return dom.isComplete() ? { outcome: 'unused', detail: `${path}: this tab has not loaded it` }
				: { outcome: 'reload', detail: `${path}: it is not known whether this tab uses it` };
		}
		const { count, failed } = await styles.swap(found, n);
		return failed ? { outcome: 'reload', detail: `${path}: it could not be loaded` }
			: count ? { outcome: 'swapped', detail: path }
			: { outcome: 'reload', detail: `${path}: the page's own script uses it` };
	};

	/** @param {Change} change @param {Set<string>} urls @returns {Applied} */
	const unusedElse = ({ path }, urls) => {
		const used = match.find(path, urls).size || match.isCompiled(path);
		return !used && match.isServed(path) && dom.isComplete() && !dom.hasOpaqueDocuments()
			? { outcome: 'unused', detail: `${path}: this tab has not loaded it` }
			: { outcome: 'reload', detail: path };
	};

	/** @param {Change} change @param {Set<string>} urls @param {number} n @returns {Applied} */
	const applyMedia = (change, urls, n) => {
		let found = match.find(change.path, urls);
		if (!found.size && change.all) {
			found = urls;
		}
		return found.size && media.swap(found, n)
			? { outcome: 'swapped', detail: change.path }
			: unusedElse(change, urls);
	};

	/** @param {Change} change @param {Set<string>} urls @param {number} n @returns {Applied | Promise<Applied>} */
	const applyOne = (change, urls, n) => {
		if (match.isSourceMap(change.path)) {
			return { outcome: 'unused', detail: `${change.path}: a source map` };
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
	 * @returns {Promise<Applied>}
	 */
	const apply = async (changes, n) => {
		const urls = dom.urls();
		/** @type {Applied[]} */
		const all = await Promise.all(changes.map((change) => applyOne(change, urls, n)));
		const worst = ['reload', 'swapped', 'unused']
			.map((outcome) => all.filter((one) => one.outcome === outcome))
			.find(({ length }) => length) ?? [];
		return {
			outcome: worst[0]?.outcome ?? 'reload',
			detail: worst.map(({ detail }) => detail).join(', ').slice(0, 256),
		};
	};

	shared.apply = apply;
}
