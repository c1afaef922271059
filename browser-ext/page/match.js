// SPDX-License-Identifier: MIT
//
// Finds the URLs of a page that a changed file is served at. Pure. The files of page/ run in the
// page's tab as classic scripts, isolated from the page's own scripts; they share
// globalThis.savecast.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	/**
	 * For each suffix of a source, the suffix of the file that a build makes of it; as in
	 * protocol/kinds.json.
	 */
	const OUTPUTS = new Map(Object.entries({
		scss: 'css', sass: 'css', less: 'css', styl: 'css', pcss: 'css',
		ts: 'js', mts: 'mjs', cts: 'cjs', jsx: 'js', tsx: 'js', coffee: 'js', elm: 'js', svelte: 'js', vue: 'js',
	}));

	/** The kind of each suffix that a page can load, as in protocol/kinds.json. */
	const KINDS = new Map(Object.entries({
		css: 'css scss sass less styl pcss',
		image: 'png jpg jpeg gif svg webp avif ico bmp apng',
		font: 'woff woff2 ttf otf',
		media: 'mp4 webm ogv mov mp3 ogg wav flac vtt',
		script: 'js mjs cjs ts mts cts jsx tsx coffee elm svelte vue wasm',
		data: 'json xml csv txt yaml yml toml',
	}).flatMap(([kind, suffixes]) => suffixes.split(' ').map((suffix) => /** @type {[string, string]} */ ([suffix, kind]))));

	/** No file system has a longer name. */
	const MAX_NAME = 255;

	const HASH = /[.-](?:(?=[\w-]*\d)[\w-]{6,64}|(?=[\w-]*[a-z])(?=[\w-]+[A-Z][\w-]*[A-Z])[\w-]{8,64})(?=\.[A-Za-z0-9]+$)/;

	/** Formats to which servers convert images when they send them. */
	const CONVERTED = /\.(avif|webp|jpe?g|png)$/i;

	/** Names of files that are combined from others. */
	const COMBINED = /(^|[._-])(all|bundle|combined|concat|dist|vendor)([._-]|$)/i;

	/** Folders whose files most servers send unchanged. */
	const SERVED = /(^|\/)(static|public|www|htdocs|wwwroot|media|images|img|icons|fonts)\//;

	/**
	 * "app.css", "app.min.css", "app.3f9a2c1b.css" and "app-BXkqLmNp.css" are all "app.css". A part
	 * of a name is a hash if it has a digit and at least 6 characters, or capitals and at least 8.
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

	/** A page's URLs are compared at each save: parsed once. At most MAX_PARSED, then all are forgotten. */
	const MAX_PARSED = 8192;
	/** @type {Map<string, string[] | undefined>} */
	const parsed = new Map();

	/** @param {string} url @returns {string[] | undefined} the components of its path, decoded; undefined: it is not a URL */
	const pathOf = (url) => {
		if (!parsed.has(url)) {
			if (parsed.size >= MAX_PARSED) {
				parsed.clear();
			}
			parsed.set(url, URL.canParse(url) ? components(new URL(url).pathname) : undefined);
		}
		return parsed.get(url);
	};

	/** @param {string} name @param {string} url @returns {boolean} whether a parameter of the URL names the file, as those of image resizers do */
	const isParameter = (name, url) => name.includes('.') && url.includes('?') &&
		// Not with searchParams, whose iterators do not work in an extension's script in Firefox.
		components(new URL(url).search.replace(/[?&=,;+]|%2f/gi, '/')).includes(name);

	/** @param {string} name @param {string} served @returns {boolean} whether it is the image in another format */
	const isConverted = (name, served) => CONVERTED.test(name) && CONVERTED.test(served) &&
		name.replace(CONVERTED, '') === served.replace(CONVERTED, '');

	/** @param {string} url @param {RegExp} usual suffixes @returns {boolean} whether it may be made of files with other names */
	const isCombined = (url, usual) => {
		const name = components(new URL(url).pathname).pop() ?? '';
		return COMBINED.test(name) || HASH.test(name) || !usual.test(suffixOf(name));
	};

	/** @param {string} url */
	const hasSuffix = (url) => suffixOf(components(new URL(url).pathname).pop() ?? '') !== '';

	/**
	 * @param {string} path relative to the project
	 * @param {string} url
	 * @returns {number} how many components at the end agree; 0: it is another file
	 */
	const agreement = (path, url) => {
		const found = pathOf(url);
		if (!found) {
			return 0;
		}
		const theirs = [...found];
		// Paths are not percent-encoded: "%41" in a path is three characters.
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
	 * The URLs that agree with the path in the most components: a project may have a "style.css" in
	 * two folders.
	 *
	 * @param {string} path
	 * @param {Iterable<string>} urls
	 * @returns {Set<string>}
	 */
	const find = (path, urls) => {
		let best = 1;
		/** @type {Set<string>} */
		let found = new Set();
		const name = path.slice(path.lastIndexOf('/') + 1);
		const byParameter = [];
		for (const url of urls) {
			if (pathOf(url) && isParameter(name, url)) {
				byParameter.push(url);
				continue;
			}
			const count = agreement(path, url);
			if (count > best) {
				best = count;
				found = new Set();
			}
			if (count === best) {
				found.add(url);
			}
		}
		byParameter.forEach((url) => found.add(url));
		return found;
	};

	/** @param {string} path @returns {string | undefined} its kind; undefined: a page, or not known */
	const kindOf = (path) => KINDS.get(suffixOf(path));

	/** @param {string} path */
	const isCompiled = (path) => OUTPUTS.has(suffixOf(path));

	/** @param {string} path */
	const isServed = (path) => SERVED.test(path);

	/** @param {string} path for a debugger, no page shows it */
	const isSourceMap = (path) => /\.(css|[cm]?js)\.map$/i.test(path);

	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	shared.match = { KINDS, OUTPUTS, kindOf, find, hasSuffix, isCombined, isCompiled, isServed, isSourceMap };
}
