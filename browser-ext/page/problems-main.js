// SPDX-License-Identifier: MIT
//
// In Chromium, it runs among the scripts of the page and of its frames, since Chromium reports
// uncaught errors only there. In Firefox, it runs apart from them, in frames only: problems.js
// receives those of the page. It listens, and passes the errors on to problems.js in the page; it
// changes nothing. After MAX problems it stops listening, so that a page that throws all the time is
// not slowed down. Frames of another origin than the page cannot pass their errors on.
'use strict';

if (!/** @type {any} */ (globalThis).savecastProblems) {
	const MAX = 64;
	/** More than a message of the protocol can contain. */
	const MAX_TEXT = 2000;
	let count = 0;

	/** @param {unknown} text */
	const cut = (text) => (typeof text === 'string' ? text.slice(0, MAX_TEXT) : '');

	/** The document of the page, undefined if it is of another origin. */
	const page = (() => {
		try {
			return /** @type {Window} */ (top).document;
		} catch {
			return undefined;
		}
	})();

	/** @param {object} problem */
	const pass = (problem) => {
		page?.dispatchEvent(new CustomEvent('savecast-problem', { detail: JSON.stringify(problem) }));
		if (++count === MAX) {
			again.disconnect();
			removeEventListener('error', onError, true);
			removeEventListener('unhandledrejection', onRejection);
		}
	};

	/** @param {Event} event */
	const onError = (event) => {
		// Other events are about resources: problems.js receives those itself.
		if (event instanceof ErrorEvent) {
			const { message, filename, lineno, colno, error } = event;
			pass({ kind: 'error', message: cut(message), file: cut(filename), line: lineno, column: colno, stack: cut(error?.stack) });
		}
	};

	/** Later than Chromium 121; also true for errors of another global object. @type {(value: unknown) => boolean} */
	const isErrorObject = /** @type {any} */ (Error).isError ?? ((/** @type {unknown} */ value) => value instanceof Error);

	/** @param {PromiseRejectionEvent} event */
	const onRejection = ({ reason }) => {
		const isError = isErrorObject(reason);
		pass({
			kind: 'rejection',
			message: isError ? cut(`${reason.name}: ${reason.message}`) : typeof reason === 'object' ? 'a promise was rejected' : cut(String(reason)),
			stack: isError ? cut(reason.stack) : '',
		});
	};

	const listen = () => {
		addEventListener('error', onError, true);
		addEventListener('unhandledrejection', onRejection);
	};
	// When a script writes the document again, the browser removes all listeners.
	const again = new MutationObserver(listen);

	if (page) {
		listen();
		again.observe(document, { childList: true });
	}
}
