// SPDX-License-Identifier: MIT
//
// What the page scripts listen to, also after a script has written the page again.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.listen) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	/** What to do when a script has written a document again. @type {WeakMap<Document, Set<() => void>>} */
	const written = new WeakMap();

	/** @param {Document} root @param {() => void} again @returns {() => void} no longer calls it */
	const whenWritten = (root, again) => {
		const all = written.get(root) ?? new Set();
		if (!written.has(root)) {
			written.set(root, all);
			new MutationObserver(() => all.forEach((one) => one())).observe(root, { childList: true });
		}
		all.add(again);
		return () => all.delete(again);
	};

	/**
	 * Adds a listener that stays there: when a script writes a document again, the browser removes all listeners
	 * from it and from its window, also those of extensions.
	 *
	 * @param {Window | Document} target
	 * @param {string[]} types
	 * @param {(event: any) => void} listener
	 * @param {AddEventListenerOptions} [options]
	 * @returns {() => void} removes it
	 */
	const listen = (target, types, listener, options) => {
		const add = () => types.forEach((type) => target.addEventListener(type, listener, options));
		const end = whenWritten(target === window ? document : /** @type {Document} */ (target), add);
		add();
		return () => {
			end();
			types.forEach((type) => target.removeEventListener(type, listener, options));
		};
	};

	/**
	 * Calls `done` once, when the document is complete. If a script writes it again before that, Chromium sends the `load`
	 * event before any listener is there again.
	 *
	 * @param {() => void} done
	 */
	const whenComplete = (done) => {
		const check = () => {
			if (document.readyState === 'complete') {
				end();
				done();
			}
		};
		const ends = [listen(window, ['load'], check), whenWritten(document, check)];
		const end = () => ends.forEach((one) => one());
		check();
	};

	shared.listen = listen;
	shared.whenComplete = whenComplete;
}
