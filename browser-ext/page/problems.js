// SPDX-License-Identifier: MIT
//
// The problems of this document: uncaught errors, rejections that nothing handles, resources that
// were not loaded or that the page's policy blocks, and the document itself if it was answered with
// an error. Sent to the background once the page is complete, and again when there is more.
'use strict';

if (/** @type {any} */ (globalThis).savecastProblems) {
	/** @type {any} */ (globalThis).savecastProblems.again();
} else if (window === top) {
	const extension = /** @type {any} */ (globalThis).browser ?? chrome;
	const shared = /** @type {any} */ (globalThis).savecast;
	const { errorPage, isThirdParty, nextError, sourceMap } = shared;

	/** At most this many problems of each source, as many as one message holds; further ones are only counted. */
	const MAX = 8;
	/** After this many it stops listening. */
	const MAX_NOTED = 64;
	const MAX_TEXT = 2000;
	/** In milliseconds, between two messages; doubled each time. */
	const FIRST_GAP = 250, LONGEST_GAP = 8000;
	/** How long a message waits for source maps, in milliseconds; if they come later, another message follows. */
	const MAX_WAIT = 800;
	/** How much of an error page is read. */
	const MAX_PAGE_TEXT = 200_000;

	/** Identifies this document, also for messages.js. */
	const id = /** @type {any} */ (globalThis).savecastDocument ??= Math.random().toString(36);
	/** @type {Map<string, Record<string, any>>} */
	const found = new Map();
	/** The keys of all problems, at most MAX_NOTED. */
	const seen = new Set();
	/** By source: how many there are. @type {Record<string, number>} */
	const counts = {};
	/** URLs that the page's policy blocks: their own error events follow. */
	const blocked = new Set();
	let noted = 0, gap = FIRST_GAP, complete = false, scheduled = false;

	/** Without user, query and fragment, which may be private. @param {unknown} text */
	const cutUrl = (text) => {
		try {
			const { protocol, host, pathname } = new URL(String(text), location.href);
			return /^(https?|file|(chrome|moz)-extension):$/.test(protocol) ? `${protocol}//${host}${pathname}` : '';
		} catch {
			return '';
		}
	};

	const post = () => {
		try {
			extension.runtime.sendMessage({ from: 'problems', id, list: [...found.values()], counts })?.catch?.(() => {});
		} catch {
			// The extension was updated.
		}
	};

	/** The places in a stack, innermost first. @param {string} stack */
	const placesIn = (stack) => [...stack.matchAll(/((?:https?|file):\/\/[^\s()]+?):(\d+):(\d+)/g)].slice(0, MAX)
		.map(([, file, line, column]) => ({ file, line: Number(line), column: Number(column) }));

	/**
	 * Replaces a place in the output of a build by the place in the source. If that is in a library,
	 * the innermost place that is not in a library is used, if there is one.
	 *
	 * @param {Record<string, any>} problem
	 */
	const findSource = async (problem) => {
		const { file, line, column, stack = '' } = problem;
		problem.isFound = true;
		let innermost;
		for (const place of [{ file, line, column }, ...placesIn(stack)]) {
			const source = isOwn(cutUrl(place.file)) ? await sourceMap.sourceOf(place.file, place.line, place.column) : undefined;
			innermost ??= source;
			if (source && !isThirdParty(new URL(source.file).pathname)) {
				innermost = source;
				break;
			}
			if (!source && innermost === undefined) {
				return; // No build wrote it.
			}
		}
		Object.assign(problem, { ...innermost, file: cutUrl(innermost?.file) });
	};

	const send = async () => {
		scheduled = false;
		const waiting = Promise.all([...found.values()]
			.filter(({ kind, file, line, isFound }) => shared.ready && !isFound && line && file && kind !== 'document' && file !== cutUrl(location.href))
			.map(findSource));
		const isLate = await Promise.race([waiting.then(() => false), new Promise((resolve) => setTimeout(resolve, MAX_WAIT, true))]);
		post();
		if (isLate) {
			waiting.then(post);
		}
	};

	const schedule = () => {
		if (complete && !scheduled) {
			scheduled = true;
			setTimeout(send, gap);
			gap = Math.min(gap * 2, LONGEST_GAP);
		}
	};

	/**
	 * Whether it is served by this machine: the user cannot fix what other machines serve.
	 *
	 * @param {string} url
	 */
	const isOwn = (url) => {
		try {
			const { hostname, protocol } = new URL(url);
			return protocol === 'file:' || hostname === location.hostname || /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
		} catch {
			return false;
		}
	};

	/**
	 * Which setting decides whether it is reported.
	 *
	 * @param {string} kind
	 * @param {string} url
	 */
	const sourceOf = (kind, url) => (/^(chrome|moz)-extension:/.test(url) ? 'extension'
		: url && !isOwn(url) ? 'third-party'
		: kind === 'resource' && /\/favicon\.ico$/.test(url) ? 'favicon'
		: kind);

	/**
	 * @param {{kind: string, message: string, file?: string, line?: number, column?: number, stack?: string}} problem
	 * @returns {Record<string, any> | undefined} undefined: it is known, or there are too many
	 */
	const note = ({ kind, message, file, line, column, stack }) => {
		// Otherwise, each further event would still call these listeners, and slow the page down.
		if (++noted === MAX_NOTED) {
			stop();
		} else if (noted > MAX_NOTED) {
			return undefined;
		}
		const url = file ? cutUrl(file) : '';
		/** @type {Record<string, any>} */
		const problem = { kind, source: sourceOf(kind, url), message: message.replace(/^Uncaught (?=\w)/, '') };
		if (url) {
			problem.file = url;
		}
		if (Number.isSafeInteger(line) && Number(line) > 0) {
			problem.line = line;
			problem.column = Number.isSafeInteger(column) && Number(column) > 0 ? column : 1;
		}
		if (stack) {
			problem.stack = stack;
		}
		const key = JSON.stringify([kind, problem.message, url, line]);
		if (seen.has(key)) {
			return undefined;
		}
		seen.add(key);
		counts[problem.source] = (counts[problem.source] ?? 0) + 1;
		if (counts[problem.source] <= MAX) {
			found.set(key, problem);
		}
		schedule();
		return problem;
	};

	/** @param {any} problem what an error, a rejection or the console says */
	const noteError = ({ kind, message, file, line, column, stack }) => {
		const text = String(message ?? '').slice(0, MAX_TEXT), trace = String(stack ?? '').slice(0, MAX_TEXT);
		const place = file ? { file, line, column } : placesIn(trace)[0];
		// Browsers report no more than this about scripts of another origin.
		const where = !place && text === 'Script error.' ? { file: 'https://another-origin.invalid/' } : place;
		note({ kind, message: text || 'an error without a message', ...where, stack: trace });
	};

	const onTold = (/** @type {Event} */ event) => {
		try {
			const told = JSON.parse(String(/** @type {CustomEvent} */ (event).detail).slice(0, 20_000));
			if (['error', 'rejection', 'console'].includes(told?.kind)) {
				noteError(told);
			}
		} catch {
			// The page itself can dispatch this event, with any content.
		}
	};

	const onError = (/** @type {Event} */ event) => {
		const { target } = event;
		if (event instanceof ErrorEvent) {
			const { message, filename, lineno, colno, error } = event;
			noteError({ kind: 'error', message, file: filename, line: lineno, column: colno, stack: error?.stack });
		} else if (target instanceof HTMLLinkElement) {
			noteResource(target.href);
		} else if (target instanceof Element) {
			noteResource(/** @type {any} */ (target).currentSrc || /** @type {any} */ (target).src || '');
		}
	};

	const onRejection = (/** @type {PromiseRejectionEvent} */ { reason }) => {
		const isObject = typeof reason === 'object' && reason !== null;
		noteError({
			kind: 'rejection',
			message: isObject && 'message' in reason ? `${reason.name ?? 'Error'}: ${reason.message}` : isObject ? 'a promise was rejected' : String(reason),
			stack: isObject ? reason.stack : '',
		});
	};

	const onBlocked = (/** @type {SecurityPolicyViolationEvent} */ { blockedURI, effectiveDirective, sourceFile, lineNumber, columnNumber, disposition }) => {
		// A request of this extension is not a problem of the page.
		const isOurs = sourceFile ? !/^(https?|file):/.test(sourceFile)
			: effectiveDirective === 'connect-src' && (cutUrl(blockedURI) === cutUrl(location.href) || sourceMap.requested.has(blockedURI));
		if (disposition === 'enforce' && !isOurs) {
			blocked.add(cutUrl(blockedURI));
			note({
				kind: 'blocked', message: `${cutUrl(blockedURI) || blockedURI}: blocked by the page's policy ${effectiveDirective}`,
				file: sourceFile || location.href, line: lineNumber, column: columnNumber,
			});
		}
	};

	/** @param {string} url @param {number} [status] */
	const noteResource = (url, status) => {
		if (!url || blocked.has(cutUrl(url)) || sourceMap.requested.has(url)) {
			return;
		}
		const entries = /** @type {any[]} */ (performance.getEntriesByName(url));
		const answered = status || entries.at(-1)?.responseStatus || 0;
		if (location.protocol === 'https:' && url.startsWith('http:')) {
			note({ kind: 'blocked', message: `${cutUrl(url)}: mixed content: a page by https cannot load it by http`, file: location.href });
		} else {
			note({ kind: 'resource', message: `${cutUrl(url)}: ${answered >= 400 ? `answered ${answered}` : 'could not be loaded'}`, file: url });
		}
	};

	const resources = new PerformanceObserver((list) => {
		for (const entry of /** @type {any[]} */ (list.getEntries())) {
			// A file that was deleted may be requested for the next page.
			if (entry.responseStatus >= 400 && !shared.dom.isOwn(entry)) {
				noteResource(entry.name, entry.responseStatus);
			}
		}
	});

	/** What the error page says. @type {Record<string, any> | undefined} */
	let ofDocument;

	/** Vite and Next.js show errors over the page. Next.js does so some time later, in a page that does not say much. */
	const noteOverlay = () => {
		const vite = document.querySelector('vite-error-overlay')?.shadowRoot, next = document.querySelector('nextjs-portal')?.shadowRoot;
		const says = (/** @type {ShadowRoot | null | undefined} */ overlay, /** @type {string} */ part) => overlay?.querySelector(part)?.textContent?.trim().slice(0, MAX_TEXT) ?? '';
		const [, file, line] = /^(.+?):(\d+)(?::\d+)?/.exec(says(vite, '.file')) ?? [];
		if (says(vite, '.message')) {
			note({ kind: 'document', message: says(vite, '.message'), file: location.href, stack: file ? `${file}:${line}` : '' });
		}
		if (next && ofDocument && !ofDocument.stack) {
			overlays.observe(next, { childList: true, subtree: true });
			const [, own, at] = /^(\S.*?) \((\d+):\d+\)/.exec(says(next, '[data-nextjs-codeframe] .code-frame-link')) ?? [];
			if (own) {
				const exception = `${says(next, '#nextjs__container_errors_label').replace(/^Runtime /, '')}: ${says(next, '#nextjs__container_errors_desc')}`;
				ofDocument.message = ofDocument.message.replace(/^(answered \d+).*$/s, (/** @type {string} */ _, /** @type {string} */ answered) => `${answered}: ${exception}`.slice(0, MAX_TEXT));
				ofDocument.stack = `${own}:${at}`;
				schedule();
			}
		}
	};
	const overlays = new MutationObserver(noteOverlay);

	const stop = () => {
		stops.forEach((end) => end());
		resources.disconnect();
	};
	const stops = [
		shared.listen(document, ['savecast-problem'], onTold),
		shared.listen(window, ['error'], onError, { capture: true }),
		shared.listen(window, ['unhandledrejection'], onRejection),
		shared.listen(document, ['securitypolicyviolation'], onBlocked),
	];
	resources.observe({ type: 'resource', buffered: true });

	/** PHP writes its fatal errors into a page that it answers with 200. */
	const hasFatalError = () => document.evaluate('boolean(//text()[contains(., "Fatal error") or contains(., "Parse error")])',
		document, null, XPathResult.BOOLEAN_TYPE).booleanValue;

	const noteDocument = () => {
		const [entry] = /** @type {any[]} */ (performance.getEntriesByType('navigation'));
		const status = entry?.responseStatus ?? 0;
		if (status < 400 && !hasFatalError()) {
			return;
		}
		const text = (nextError(document.getElementById('__NEXT_DATA__')?.textContent) || String(document.body?.innerText ?? '')).slice(0, MAX_PAGE_TEXT);
		if (status >= 400 || /^(?:PHP )?(?:Fatal|Parse) error: /m.test(text)) {
			const { exception, places } = errorPage(text);
			const said = exception || text.trim().split('\n')[0].slice(0, 100);
			ofDocument = note({ kind: 'document', message: `answered ${status}${said ? `: ${said}` : ''}`, file: location.href, stack: places });
		}
	};

	/** Called if the tab is switched on after the page has loaded, or if the background has started again. */
	/** @type {any} */ (globalThis).savecastProblems = { again: () => complete && send() };

	const finish = () => {
		noteDocument();
		noteOverlay();
		if (document.body) {
			overlays.observe(document.body, { childList: true });
		}
		complete = true;
		send();
	};
	if (document.readyState === 'complete') {
		finish();
	} else {
		// The timer lets the page's own handlers of this event run first.
		shared.whenComplete(() => setTimeout(finish));
	}
}
