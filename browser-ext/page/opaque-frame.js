// SPDX-License-Identifier: MIT
//
// Runs in the frames that the page's scripts cannot access (sandboxed, or of another origin):
// captures and restores the user's state there.
'use strict';

{
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	/** @returns {string} the frame's place in the tab: the index of each frame on the path from the top */
	const place = () => {
		const way = [];
		for (let at = /** @type {Window} */ (window); at !== at.parent; at = at.parent) {
			const { parent } = at;
			way.unshift(Array.from({ length: parent.length }, (_, i) => parent[i]).indexOf(at));
		}
		return way.join();
	};

	/** A frame of the same origin belongs to its parent's state. */
	const isOpaque = () => {
		try {
			return window !== parent && !window.frameElement;
		} catch {
			return true;
		}
	};

	// A frame that is updated on its own has all page scripts.
	if (!shared.frame && isOpaque()) {
		shared.ready ||= 'frame';
		shared.frame = {
			capture: () => ({ place: place(), state: shared.state.capture() }),
			/** @param {{place: string, state: object}[]} frames */
			restore: (frames) => {
				const own = frames.find((one) => one.place === place());
				if (own) {
					shared.restore(own.state);
				}
			},
		};
	}
}
