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

	/** As many as one message holds; further ones are counted. */
	const MAX = 8;
	/** After this many it ignores further ones. */
	const MAX_HEARD = 64;
	/** In milliseconds, between two messages; doubled each time. */
	const FIRST_GAP = 250, LONGEST_GAP = 8000;
	/** How much of an error page is read. */
	const MAX_PAGE_TEXT = 200_000;

	/** Identifies this document, also for messages.js. */
	const id = /** @type {any} */ (globalThis).savecastDocument ??= Math.random().toString(36);
	/** @type {Map<string, object>} */
	const found = new Map();
	/** URLs that the page's policy blocks: their own error events follow. */
	const blocked = new Set();
	let heard = 0, more = 0, gap = FIRST_GAP, complete = false, scheduled = false;

	/** Without user, query and fragment, which may be private. @param {unknown} text */
	const cutUrl = (text) => {
		try {
			const url = new URL(String(text), location.href);
			return /^(https?|file):$/.test(url.protocol) ? `${url.protocol}//${url.host}${url.pathname}` : '';
		} catch {
			return '';
		}
	};

	const send = () => {
		scheduled = false;
		try {
			extension.runtime.sendMessage({ from: 'problems', id, list: [...found.values()], more })?.catch?.(() => {});
		} catch {
			// The extension was updated.
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
	 * Whether it is of this machine: what others serve, the user cannot fix.
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

	/** @param {{kind: string, message: string, file: string, line?: number, column?: number, stack?: string}} problem */
	const note = ({ kind, message, file, line, column, stack }) => {
		const url = cutUrl(file);
		if (++heard > MAX_HEARD || (file && !isOwn(url))) {
			return;
		}
		/** @type {Record<string, unknown>} */
		const problem = { kind, message: message.replace(/^Uncaught (?=\w)/, '') };
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
		if (found.has(key)) {
			return;
		}
		if (found.size < MAX) {
			found.set(key, problem);
		} else {
			more++;
		}
		schedule();
	};

	/** The place in the innermost line of a stack. @param {string} stack */
	const placeIn = (stack) => {
		const [, file = '', line = '0', column = '0'] = /((?:https?|file):\/\/[^\s()]+?):(\d+):(\d+)/.exec(stack) ?? [];
		return { file, line: Number(line), column: Number(column) };
	};

	/** @param {any} heardOf what an error or a rejection says */
	const noteError = ({ kind, message, file, line, column, stack }) => {
		const text = String(message ?? '').slice(0, 2000), trace = String(stack ?? '').slice(0, 2000);
		const place = file ? { file, line, column } : placeIn(trace);
		// Browsers report no more than this about scripts of another origin.
		if (text !== 'Script error.') {
			note({ kind, message: text || 'an error without a message', ...place, stack: trace });
		}
	};

	document.addEventListener('savecast-problem', (event) => {
		try {
			const told = JSON.parse(String(/** @type {CustomEvent} */ (event).detail).slice(0, 20_000));
			if (told?.kind === 'error' || told?.kind === 'rejection') {
				noteError(told);
			}
		} catch {
			// The page itself can dispatch this event, with any content.
		}
	});

	addEventListener('error', (event) => {
		const { target } = event;
		if (event instanceof ErrorEvent) {
			const { message, filename, lineno, colno, error } = event;
			noteError({ kind: 'error', message, file: filename, line: lineno, column: colno, stack: error?.stack });
		} else if (target instanceof HTMLLinkElement) {
			noteResource(target.href);
		} else if (target instanceof Element) {
			noteResource(/** @type {any} */ (target).currentSrc || /** @type {any} */ (target).src || '');
		}
	}, true);

	addEventListener('unhandledrejection', ({ reason }) => {
		const isObject = typeof reason === 'object' && reason !== null;
		noteError({
			kind: 'rejection',
			message: isObject && 'message' in reason ? `${reason.name ?? 'Error'}: ${reason.message}` : String(reason),
			stack: isObject ? reason.stack : '',
		});
	});

	document.addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective, sourceFile, lineNumber, columnNumber, disposition }) => {
		// A request of this extension for the page is not a problem of the page.
		const isOurs = sourceFile ? !/^(https?|file):/.test(sourceFile)
			: effectiveDirective === 'connect-src' && cutUrl(blockedURI) === cutUrl(location.href);
		if (disposition === 'enforce' && !isOurs) {
			blocked.add(cutUrl(blockedURI));
			note({
				kind: 'blocked', message: `${cutUrl(blockedURI) || blockedURI}: blocked by the page's policy ${effectiveDirective}`,
				file: sourceFile || location.href, line: lineNumber, column: columnNumber,
			});
		}
	});

	/** @param {string} url @param {number} [status] */
	const noteResource = (url, status) => {
		if (!url || /\/favicon\.ico$/.test(cutUrl(url)) || blocked.has(cutUrl(url))) {
			return;
		}
		const entries = /** @type {any[]} */ (performance.getEntriesByName(url));
		const answered = status || entries.at(-1)?.responseStatus || 0;
		note({ kind: 'resource', message: `${cutUrl(url)}: ${answered >= 400 ? `answered ${answered}` : 'could not be loaded'}`, file: url });
	};

	try {
		new PerformanceObserver((list) => {
			for (const entry of /** @type {any[]} */ (list.getEntries())) {
				if (entry.responseStatus >= 400) {
					noteResource(entry.name, entry.responseStatus);
				}
			}
		}).observe({ type: 'resource', buffered: true });
	} catch {
		// Then only the error events report resources.
	}

	/** The exception and the lines of its stack, in the formats of many error pages. */
	const traceOf = (/** @type {string} */ text) => {
		const places = [...text.matchAll(/File "(\/[^"\n]+)", line (\d+)|(?:in|at|from)?\s*\(?((?:\/[\w.@+ -]+)+\.\w+)(?::|\(| on line )(\d+)/g)]
			.map(([, file, line, other, otherLine]) => `${file ?? other}:${line ?? otherLine}`).slice(-24);
		const [exception] = /^[ \t]*(?:PHP )?(?:Fatal error: +Uncaught )?[\w.:\\]*(?:Error|Exception|DoesNotExist|NotFound|Warning)\b[^\n]{0,300}/m.exec(text) ?? [];
		return { exception: exception?.trim(), places };
	};

	const noteDocument = () => {
		const [entry] = /** @type {any[]} */ (performance.getEntriesByType('navigation'));
		const status = entry?.responseStatus ?? 0;
		const text = String(document.body?.innerText ?? '').slice(0, MAX_PAGE_TEXT);
		// PHP prints its fatal errors into a page that it answers with 200.
		const fatal = /^(?:PHP )?(?:Fatal|Parse) error: /m.test(text);
		if (status >= 400 || fatal) {
			const { exception, places } = traceOf(text);
			note({
				kind: 'document', message: `answered ${status}${exception ? `: ${exception}` : ''}`,
				file: location.href, stack: places.reverse().join('\n'),
			});
		}
	};

	/** The tab was switched on after the page had loaded, or the background has started again. */
	/** @type {any} */ (globalThis).savecastProblems = { again: () => complete && send() };

	const finish = () => {
		noteDocument();
		complete = true;
		send();
	};
	if (document.readyState === 'complete') {
		finish();
	} else {
		// The timer lets the page's own handlers of this event run first.
		addEventListener('load', () => setTimeout(finish));
	}
}
