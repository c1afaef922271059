// SPDX-License-Identifier: MIT
//
// Only on sites where the setting savecast.problems has "console": runs among the page's own scripts,
// because calls of console.error() can be observed only there. The page's console shows the calls as
// before, but with this file as the place where they were made.
'use strict';

{
	const MAX = 64;
	const MAX_TEXT = 2000;
	const { console, document } = window;
	const original = console.error;
	let count = 0;

	/** Calls no function of the page. @param {unknown} value */
	const textOf = (value) => (value instanceof Error ? `${value.name}: ${value.message}`
		: typeof value === 'object' && value !== null ? Array.isArray(value) ? '[array]' : '[object]'
		: String(value)).slice(0, MAX_TEXT);

	/** @param {unknown[]} values */
	function error(...values) {
		if (++count <= MAX) {
			try {
				const thrown = /** @type {Error | undefined} */ (values.find((value) => value instanceof Error));
				const stack = String(thrown?.stack ?? new Error().stack).split('\n')
					.filter((line) => !/-extension:\/\//.test(line)).join('\n').slice(0, MAX_TEXT);
				document.dispatchEvent(new CustomEvent('savecast-problem', {
					detail: JSON.stringify({ kind: 'console', message: `console.error: ${values.map(textOf).join(' ').slice(0, MAX_TEXT)}`, stack }),
				}));
			} catch {
				// The page's own call must work, whatever its arguments are.
			}
		} else if (console.error === error) {
			console.error = original;
		}
		return original.apply(console, values);
	}

	console.error = error;
}
