// SPDX-License-Identifier: MIT
//
// The other programs that update this page: clients of dev servers with hot updates or live reload.
// Decides which files of a save are left to them, and notices whether they update them.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, match } = shared;

	/** By the path of a script or frame that such a server adds to the page. @type {[RegExp, string][]} */
	const PATHS = [
		[/\/@vite\/client$/, 'Vite'],
		[/\/_bun\/client\//, 'Bun'],
		[/\/browser-sync\/browser-sync-client/, 'Browsersync'],
		[/\/livereload(\.min)?\.js$/, 'livereload'],
		[/\/\.11ty\/(reload-client|client)/, 'Eleventy'],
		[/\/phoenix\/live_reload\/frame/, 'Phoenix'],
		[/\/hotwire[-_]spark/, 'Hotwire Spark'],
		[/\/__webpack_hmr$|\/webpack-dev-server\/client/, 'webpack-dev-server'],
		[/\/_next\/(static\/chunks\/.*hmr-client|webpack-hmr|static\/development\/)/, 'Next'],
		[/\/___vscode_livepreview_injected_script/, 'Live Preview'],
		[/\/fiveserver\.js$/, 'Five Server'],
		[/\/__web-dev-server__web-socket\.js$/, 'Web Dev Server'],
	];
	/** In a script of the page itself. @type {[RegExp, string][]} */
	const TEXTS = [
		[/function refreshCSS\(\)[^]*location\.pathname \+ '\/ws'/, 'live-server'],
		[/\/livereload(\.min)?\.js|\blivereload\(/, 'livereload'],
		[/\/@vite\/client/, 'Vite'],
		[/\bEventSource\(["'`]\/esbuild["'`]/, 'esbuild'],
		[/\bEventSource\(["'`]\/livereload["'`]/, 'servor'],
		[/\b__marpCliWatchWS\b/, 'Marp'],
	];
	const MAX_TEXT = 20_000;

	/**
	 * These serve each module under a URL of its own, so the URLs in the page show what they
	 * update.
	 */
	const BY_MODULE = ['Vite'];
	/** Files that only a client's server knows the use of: it may have put them into any script. */
	const SOURCES = ['script', 'data'];
	/** A page rarely has two of them. */
	const MAX_CLIENTS = 8;
	const LATEST_MSEC = 3000;
	/** The client of a server may act before the message about the save arrives: the daemon may wait for a restart. */
	const AHEAD_MSEC = 1000;

	/** @typedef {{who: string, port: number}} Client */
	/** @typedef {{path: string, kind: string, all?: true}} Change */

	/** @param {string} url @returns {number} 0: it is not the URL of a server */
	const portOf = (url) => {
		try {
			const { protocol, port } = new URL(url, location.href);
			return Number(port) || (protocol === 'https:' || protocol === 'wss:' ? 443 : protocol === 'http:' || protocol === 'ws:' ? 80 : 0);
		} catch {
			return 0;
		}
	};
	const own = portOf(location.href);

	/** @param {string} url */
	const byPath = (url) => {
		const path = url.replace(/^[^:]*:\/\/[^/]*|[?#].*$/g, '');
		return PATHS.find(([pattern]) => pattern.test(path))?.[1];
	};

	/**
	 * The port that the page's bundles come from. For a client inside a bundle, nothing else tells
	 * the port of its server.
	 */
	const portOfScripts = () => {
		const ports = [...document.scripts].filter(({ src }) => src).map(({ src }) => portOf(src));
		return ports.includes(own) ? own : ports[0] ?? own;
	};

	/**
	 * @param {string[]} [inside] clients that only the page's own scripts can see
	 * @returns {Client[]}
	 */
	const find = (inside = []) => {
		/** @type {Map<string, number>} */
		const found = new Map();
		const frames = [...document.querySelectorAll('iframe')].map(({ src }) => src);
		for (const url of [...dom.urls(), ...frames]) {
			const who = byPath(url);
			if (who && !found.has(who)) {
				found.set(who, portOf(url));
			}
		}
		for (const { src, textContent } of document.scripts) {
			const text = src ? '' : String(textContent).slice(0, MAX_TEXT);
			const who = TEXTS.find(([pattern]) => pattern.test(text))?.[1];
			if (who && !found.has(who)) {
				found.set(who, own);
			}
		}
		for (const who of inside) {
			if (!found.has(who) && !(who === 'webpack-dev-server' && found.has('Next'))) {
				found.set(who, portOfScripts());
			}
		}
		return [...found].slice(0, MAX_CLIENTS).map(([who, port]) => ({ who, port }));
	};

	/** Whether the document is made of this file. @param {string} path */
	const isDocument = (path) => match.find(path, [
		location.href, location.origin + location.pathname.replace(/\/?$/, '/index.html'), `${location.origin}${location.pathname}.html`,
	]).size > 0;

	/**
	 * Whether the client's server updates the page for this file, judged by the kind of the file.
	 *
	 * @param {Client} client
	 * @param {Change} change
	 * @param {string[]} loaded what the page has loaded
	 */
	const takes = ({ who, port }, { path, kind }, loaded) => {
		if (!BY_MODULE.includes(who)) {
			return port === own || ['script', 'css', 'image', 'font'].includes(kind);
		}
		const urls = loaded.filter((url) => portOf(url) === port);
		const modules = kind === 'image' || kind === 'font' || kind === 'media' ? urls.filter((url) => /[?&]import\b/.test(url)) : urls;
		return match.find(path, modules).size > 0 ||
			(kind === 'css' && urls.some((url) => match.kindOf(url.replace(/[?#].*$/, '')) === 'css')) ||
			(kind === 'page' && port === own && isDocument(path));
	};

	/** When a client last loaded something, by performance.now(). @type {Map<number, number>} */
	const signs = new Map();
	/** Called at each such sign. @type {Set<() => void>} */
	const waiting = new Set();

	const navigation = () => /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType('navigation')[0]);

	/**
	 * Requests of the page itself are no sign of an update, except those that announce one. Nor is what the
	 * page loads until it is complete, its icon, and the worker in which Vite's client waits for its server.
	 *
	 * @param {any} entry
	 */
	const isSign = ({ name, initiatorType, startTime }) => startTime > (navigation()?.loadEventEnd || Infinity) &&
		!(initiatorType === 'other' && /^blob:|\.(ico|png|svg)$/.test(name)) &&
		(!['fetch', 'xmlhttprequest', 'beacon', 'img'].includes(initiatorType) || /hot-update/.test(name));

	/** @type {PerformanceObserver | undefined} */
	let observer;
	const observe = () => {
		observer ??= new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) {
				if (isSign(entry)) {
					signs.set(entry.name.startsWith('blob:') ? own : portOf(entry.name), performance.now());
				}
			}
			waiting.forEach((wake) => wake());
		});
		observer.observe({ type: 'resource' });
	};

	/** For each event, the client that its files are left to. @type {Map<number, Client>} */
	const left = new Map();

	/**
	 * @param {{event: number, changes: Change[], updates: Client[], silent: string[], aside?: string}} message
	 *	silent: "WHO KIND" of what such a client has not updated; aside: the program that serves the whole
	 *	page, according to the daemon, and reloads it
	 * @returns {{who?: string, port?: number, rest: Change[], unnamed: Change[]}} rest: the changes that savecast shows;
	 *	unnamed: those of them that the page would have loaded as modules if it used them
	 */
	const leave = ({ event, changes, updates, silent, aside }) => {
		const whole = aside && !BY_MODULE.includes(aside) ? { who: aside, port: own } : undefined;
		// A page that is still loading is new: its client reloaded it before the message about the
		// save came.
		const isNew = performance.now() < AHEAD_MSEC && document.readyState !== 'complete';
		const loaded = [...dom.urls()];
		/** @param {Change} change */
		const taker = (change) => [...(whole ? [whole] : []), ...updates]
			.find((client) => !silent.includes(`${client.who} ${change.kind}`) && (client === whole || isNew || takes(client, change, loaded)));
		const takers = changes.map(taker);
		const who = takers.find(Boolean);
		if (who) {
			left.clear();
			left.set(event, who);
		}
		const rest = changes.filter((_, i) => !takers[i]);
		const named = updates.filter((client) => BY_MODULE.includes(client.who) && client.port === own);
		const unnamed = rest.filter(({ path, kind }) => SOURCES.includes(kind) && !match.find(path, loaded).size &&
			named.some((client) => !silent.includes(`${client.who} ${kind}`)));
		return { ...who, rest, unnamed };
	};

	/** A client's reload is one for the browser, too; a page that the user has just opened may be older than the save. */
	const isReloaded = () => navigation()?.type === 'reload';

	/**
	 * Waits until the client has loaded something, or the page itself is new.
	 *
	 * @param {{event: number, ours: boolean}} message event: whose files were left to the client; ours: savecast has loaded the page
	 * @returns {Promise<boolean>} whether it has
	 */
	const sign = ({ event, ours }) => new Promise((resolve) => {
		const since = performance.now() - AHEAD_MSEC;
		const port = left.get(event)?.port ?? own;
		const seen = () => (since <= 0 && !ours && isReloaded()) || (signs.get(port) ?? -Infinity) >= since;
		const end = () => {
			waiting.delete(look);
			clearTimeout(timer);
			resolve(seen());
		};
		const look = () => seen() && end();
		const timer = setTimeout(end, LATEST_MSEC);
		waiting.add(look);
		look();
	});

	/** @returns {Promise<boolean>} whether the server's answer differs from the one that is shown, or cannot be compared */
	const answersAnew = async () => {
		const [shown, { answer }] = [await shared.look.shown(), await shared.answers.ask()];
		/** Vite adds the time of an update to the names of modules. @param {string} text */
		const plain = (text) => text.replace(/(<(?:script|link)\b[^>]*\b(?:src|href)=)("[^"]*"|'[^']*')/gi, '$1');
		return !shown || !answer || plain(shown.text) !== plain(answer.text);
	};

	/**
	 * After a client has not updated the page for these files: does the page use them, so that its
	 * updates must be off, or is its server still building?
	 *
	 * @param {{changes: Change[], updates: Client[], works: boolean}} message works: the client has updated the page before
	 * @returns {Promise<boolean>} false: the page does not use them
	 */
	const uses = async ({ changes, updates, works }) => {
		const loaded = [...dom.urls()];
		const byModule = updates.some(({ who }) => BY_MODULE.includes(who));
		const hasSources = changes.some(({ kind }) => SOURCES.includes(kind));
		if ((byModule || !works) && changes.some(({ path }) => match.find(path, loaded).size > 0)) {
			return true;
		}
		if (byModule && works) {
			return false; // The answer that is shown says nothing any more about what the page shows.
		}
		if ((byModule || changes.some(({ kind }) => !SOURCES.includes(kind))) && await answersAnew()) {
			return true;
		}
		// What hot updates have replaced differs from the script that the page has loaded.
		return !byModule && !works && hasSources && await shared.answers.changed(loaded.filter((url) =>
			dom.initiators(url).has('script') && url.startsWith(`${location.origin}/`))) !== undefined;
	};

	shared.clients = { find, leave, observe, sign, uses };
}
