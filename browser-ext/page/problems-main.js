// SPDX-License-Identifier: MIT
//
// Chromium only. It runs among the page's own scripts, since Chromium reports uncaught errors only
// there. It listens, and passes the errors on to problems.js; it changes nothing in the page. After
// MAX problems it stops listening, so that a page that throws all the time is not slowed down.
'use strict';

{
	const MAX = 64;
	/** More than a message of the protocol can contain. */
	const MAX_TEXT = 2000;
	let heard = 0;

	/** @param {unknown} text */
	const cut = (text) => (typeof text === 'string' ? text.slice(0, MAX_TEXT) : '');

	/** @param {object} problem */
	const pass = (problem) => {
		document.dispatchEvent(new CustomEvent('savecast-problem', { detail: JSON.stringify(problem) }));
		if (++heard === MAX) {
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

	/** @param {PromiseRejectionEvent} event */
	const onRejection = ({ reason }) => {
		const isError = reason instanceof Error;
		pass({
			kind: 'rejection',
			message: isError ? cut(`${reason.name}: ${reason.message}`) : typeof reason === 'object' ? 'a promise was rejected' : cut(String(reason)),
			stack: isError ? cut(reason.stack) : '',
		});
	};

	addEventListener('error', onError, true);
	addEventListener('unhandledrejection', onRejection);
}
