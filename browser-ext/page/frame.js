// SPDX-License-Identifier: MIT
//
// Runs in every frame of the sites with permission: reports a frame whose document the page around it
// cannot access. The frame is then updated on its own.
'use strict';

{
	const runtime = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome).runtime;

	/** Deeper frames are not reported. */
	const MAX_DEPTH = 16;

	const isApart = () => {
		try {
			return window !== parent && !window.frameElement;
		} catch {
			return true;
		}
	};

	/** @returns {number[]} the frame's place in the tab: the index of each frame on the path from the top */
	const place = () => {
		const way = [];
		for (let at = /** @type {Window} */ (window); at !== at.parent && way.length <= MAX_DEPTH; at = at.parent) {
			let index = 0;
			while (index < at.parent.length && at.parent[index] !== at) {
				index++;
			}
			way.unshift(index);
		}
		return way;
	};

	/** @param {object} message */
	const send = (message) => {
		try {
			runtime.sendMessage(message)?.catch?.(() => {});
		} catch {
			// The extension was updated: the new version inserts its own scripts.
		}
	};

	if (isApart()) {
		const id = /** @type {any} */ (globalThis).savecastDocument ??= Math.random().toString(36);
		const begins = () => {
			const way = place();
			if (way.length <= MAX_DEPTH) {
				send({ from: 'frame', id, way });
			}
		};
		if (!(/** @type {any} */ (globalThis).savecastFrame)) {
			/** @type {any} */ (globalThis).savecastFrame = true;
			const onHide = () => send({ from: 'frame-gone', id });
			const onShow = (/** @type {PageTransitionEvent} */ { persisted }) => persisted && begins();
			const listen = () => {
				addEventListener('pagehide', onHide);
				addEventListener('pageshow', onShow);
				document.addEventListener('prerenderingchange', begins);
			};
			listen();
			// When a script writes the document again, the browser removes all listeners.
			new MutationObserver(listen).observe(document, { childList: true });
			runtime.onMessage.addListener((/** @type {any} */ message, _, answer) => {
				if (message?.to === 'here') {
					answer({ id });
				}
				return false;
			});
		}
		if (!(/** @type {any} */ (document).prerendering)) {
			begins();
		}
	}
}
