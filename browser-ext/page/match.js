// SPDX-License-Identifier: MIT
//
// Which of a page's URLs a changed file is behind. Pure. All of page/ runs in the page's tab as
// classic scripts, apart from the page's own scripts; globalThis.savecast is what they share.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	/** The suffix of what a build makes of each source, as in protocol/kinds.json. */
	const OUTPUTS = new Map(Object.entries({
		scss: 'css', sass: 'css', less: 'css', styl: 'css', pcss: 'css',
		ts: 'js', mts: 'mjs', cts: 'cjs', jsx: 'js', tsx: 'js', coffee: 'js', elm: 'js', svelte: 'js', vue: 'js',
	}));

	/** A longer name is none that a file system has. */
	const MAX_NAME = 255;

	const HASH = /[.-](?:(?=[\w-]*\d)[\w-]{6,64}|(?=[\w-]*[a-z])(?=[\w-]+[A-Z][\w-]*[A-Z])[\w-]{8,64})(?=\.[A-Za-z0-9]+$)/;

	/** What servers convert images to, on the way. */
	const CONVERTED = /\.(avif|webp|jpe?g|png)$/i;

	/** Names of files that are put together from others. */
	const COMBINED = /(^|[._-])(all|bundle|combined|concat|dist|vendor)([._-]|$)/i;

	/** Folders of files that a server hands out as they are, in most of the world. */
	const SERVED = /(^|\/)(static|public|www|htdocs|wwwroot|media|images|img|icons|fonts)\//;

	/**
	 * "app.css", "app.min.css", "app.3f9a2c1b.css" and "app-BXkqLmNp.css" are all "app.css". Only something
	 * long with a digit in it, or of letters in a case like that of no word, is taken for a hash.
	 *
	 * @param {string} name
	 */
	const unhashed = (name) => (name.length > MAX_NAME ? name : name.replace(HASH, '').replace(/[.-]min(?=\.[a-z0-9]+$)/i, ''));

	/** @param {string} name @returns {string} in lower case; '' if it has none */
	const suffixOf = (name) => (name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '');

	/**
	 * @param {string} text
	 * @returns {string[]} the components of a path, decoded
	 */
	const components = (text) => text.split('/').filter(Boolean).map((part) => {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	});

	/** @param {string} name @param {string} url @returns {boolean} whether a parameter names the file: a resizer, a loader */
	const isParameter = (name, url) => name.includes('.') &&
		// Not by searchParams, whose iterators Firefox does not give to scripts of an extension.
		components(new URL(url).search.replace(/[?&=,;+]|%2f/gi, '/')).includes(name);

	/** @param {string} name @param {string} served @returns {boolean} whether it is the image in another format */
	const isConverted = (name, served) => CONVERTED.test(name) && CONVERTED.test(served) &&
		name.replace(CONVERTED, '') === served.replace(CONVERTED, '');

	/** @param {string} url @returns {boolean} whether it may be made of files that its name does not tell */
	const isCombined = (url) => {
		const name = components(new URL(url).pathname).pop() ?? '';
		return COMBINED.test(name) || HASH.test(name) || suffixOf(name) !== 'css';
	};

	/**
	 * @param {string} path relative to the project
	 * @param {string} url
	 * @returns {number} how many components at the end agree; 0: it is another file
	 */
	const agreement = (path, url) => {
		let theirs;
		try {
			theirs = components(new URL(url).pathname);
		} catch {
			return 0;
		}
		// Paths are not percent-encoded: "%41" in one is three characters.
		const ours = path.split('/').filter(Boolean);
		const name = ours.pop() ?? '';
		const served = theirs.pop() ?? '';
		if (name && isParameter(name, url)) {
			return 1;
		}
		const suffix = suffixOf(name);
		const output = OUTPUTS.get(suffix);
		const compiled = output && name.slice(0, -suffix.length) + output;
		if (served !== name && unhashed(served) !== name &&
			served !== compiled && unhashed(served) !== compiled && !isConverted(name, served)) {
			return 0;
		}
		let count = 1;
		while (ours.length && theirs.length && ours.pop() === theirs.pop()) {
			count++;
		}
		return count;
	};

	/**
	 * The URLs that agree best: a project with two "style.css" has them in different folders.
	 *
	 * @param {string} path
	 * @param {Iterable<string>} urls
	 * @returns {Set<string>}
	 */
	const find = (path, urls) => {
		let best = 1;
		/** @type {Set<string>} */
		let found = new Set();
		for (const url of urls) {
			const count = agreement(path, url);
			if (count > best) {
				best = count;
				found = new Set();
			}
			if (count === best) {
				found.add(url);
			}
		}
		return found;
	};

	/** @param {string} path */
	const isCompiled = (path) => OUTPUTS.has(suffixOf(path));

	/** @param {string} path */
	const isServed = (path) => SERVED.test(path);

	/** @param {string} path for a debugger, no page shows it */
	const isSourceMap = (path) => /\.(css|[cm]?js)\.map$/i.test(path);

	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	shared.match = { OUTPUTS, find, isCombined, isCompiled, isServed, isSourceMap };
}
