// SPDX-License-Identifier: MIT
//
// What the page's own scripts mention: a word in a script is the only trace of what the browser does not
// report, such as the requests of workers, or rules that a script has added to a style sheet.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, nextPage } = shared;

	/** @param {string} url @returns {boolean} whether it may belong to the same project: another server of this machine, or one without https */
	const isNear = (url) => {
		try {
			const { protocol, hostname } = new URL(url, document.baseURI);
			return !protocol.startsWith('http') || hostname === location.hostname || protocol === 'http:' ||
				/(^|\.)localhost$|^127\.|^\[::1\]$/.test(hostname);
		} catch {
			return true;
		}
	};

	/** What makes workers and worklets, what draws pictures in them, what plays sounds without an element of the page, what changes the rules of a style sheet, and what reads or changes one. */
	const MAKES_WORKERS = /\b(Shared)?Worker\b|\baddModule\b/;
	const DRAWS = /\b(createImageBitmap|OffscreenCanvas|ImageDecoder)\b/;
	const PLAYS = /\bnew\s+([\w.]+\.)?Audio\b|\bcreateElement\(\s*["'`](audio|video)\b/;
	const CHANGES_RULES = /\b(insertRule|deleteRule|addRule|removeRule)\b/;
	const READS_RULES = /\b(cssRules|styleSheet|attributeStyleMap)\b/;
	const SHARED = /\bSharedWorker\b/;
	const MAX_SCRIPTS = 64;
	const MAX_READ_MSEC = 1000;

	/** @param {string | undefined} text of a script; undefined: it cannot be read, and may make workers, but rarely does the rest */
	const mentioned = (text = 'SharedWorker') => {
		const workers = MAKES_WORKERS.test(text);
		return { workers, shared: SHARED.test(text), drawing: workers && DRAWS.test(text), plays: PLAYS.test(text), rules: CHANGES_RULES.test(text), reads: READS_RULES.test(text) };
	};

	/** By the URL of a script. @type {Map<string, Promise<ReturnType<typeof mentioned>>>} */
	const read = new Map();
	/** @param {string} url */
	const mentionedAt = (url) => {
		const found = read.get(url) ?? dom.request(url, { cache: 'force-cache', signal: AbortSignal.timeout(MAX_READ_MSEC) })
			.then((/** @type {Response} */ answer) => answer.text()).catch(() => {}).then(mentioned);
		read.set(url, found);
		return found;
	};

	/** Whether a script of the page, or of its frames, has mentioned such a thing when find() was last called. */
	const known = { workers: false, shared: false, drawing: false, plays: false, rules: false, reads: false };

	/** @returns {any[]} the script elements of the page and of its frames */
	const inPage = () => [...dom.roots()].flatMap((root) => [...root.querySelectorAll('script:not([type$=json])')]);

	/** @param {any[]} scripts @returns {Set<string>} their URLs, and those of modules */
	const urlsOf = (scripts) => new Set([...scripts.map(({ src }) => src), ...dom.requestedBy('script')].filter((url) => /^(http|blob)/.test(url) && isNear(url)));

	/** @returns {Promise<typeof known>} */
	const find = async () => {
		const scripts = inPage(), urls = urlsOf(scripts);
		const all = urls.size > MAX_SCRIPTS ? [mentioned(undefined)] : await Promise.all([...urls].map(mentionedAt));
		for (const { workers, shared: isShared, drawing, plays, rules, reads } of [...all, ...scripts.map(({ textContent }) => mentioned(textContent))]) {
			known.workers ||= workers;
			known.shared ||= isShared;
			known.drawing ||= drawing;
			known.plays ||= plays;
			known.rules ||= rules;
			known.reads ||= reads;
		}
		return known;
	};

	/** @returns {boolean} whether a script in the HTML mentions shared workers, or another one that was read */
	const mentionsShared = () => known.shared || inPage().some(({ textContent }) => SHARED.test(textContent));

	/** @type {Promise<void> | undefined} */
	let looked;

	/** Reads the scripts that the browser's cache has. */
	const lookForShared = async () => {
		const files = mentionsShared() ? [] : [...urlsOf(inPage())].filter((url) => url.startsWith(`${location.origin}/`)).slice(0, MAX_SCRIPTS).map((url) =>
			dom.request(url + nextPage.CACHED, { cache: 'only-if-cached', mode: 'same-origin' }).then((/** @type {Response} */ answer) => answer.text(), () => ''));
		known.shared ||= (await Promise.all(files)).some((text) => SHARED.test(text));
	};

	/** @returns {Promise<boolean>} whether any script mentions shared workers, as far as it can be read without a request to a server */
	const makesShared = async () => {
		// Read once: most often when the page is complete, so that no reload waits for it.
		await (looked ??= lookForShared());
		return mentionsShared();
	};

	shared.mentions = { isNear, find, mentionsShared, makesShared, known };
}
