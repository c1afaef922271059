// SPDX-License-Identifier: MIT
//
// Why this page must not reload now, if so. Two things no extension can know without permissions
// that read far more than this one should: a page that a debugger has stopped (it looks like one
// that is busy), and, in Chromium, a recording that the page does not play to the person as well.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.keeps) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	/** @type {boolean} this page is the answer to a form that was sent: to reload sends it again */
	let answersForm = false;
	/** @type {(why: string | null) => void} */
	let tell = () => {};
	/** @type {string | null} */
	let told = null;

	/** @returns {Generator<HTMLInputElement>} */
	function* fileInputs() {
		for (const root of shared.dom.roots()) {
			yield* root.querySelectorAll('input[type=file]');
		}
	}

	const captures = () => [...document.querySelectorAll('video, audio')].some((element) => {
		const { srcObject } = /** @type {HTMLMediaElement} */ (element);
		return srcObject instanceof MediaStream &&
			srcObject.getTracks().some(({ readyState }) => readyState === 'live');
	});

	const why = () => (
		answersForm ? 'the page answers a form that was sent'
		: [...fileInputs()].some(({ files }) => files?.length) ? 'a file is chosen in a form'
		: document.fullscreenElement ? 'the page is in full screen'
		: captures() ? 'the page uses camera, microphone or screen'
		: null
	);

	const check = () => {
		const now = why();
		if (now !== told) {
			told = now;
			tell(now);
		}
	};

	/** @param {(why: string | null) => void} listener told of each change, and at first if there is a why */
	const watch = (listener) => {
		tell = listener;
		for (const type of ['change', 'reset', 'fullscreenchange', 'play', 'playing', 'pause', 'ended', 'emptied']) {
			// After the page's own handlers, and after a reset has happened.
			document.addEventListener(type, () => setTimeout(check), true);
		}
		check();
	};

	const posted = () => {
		answersForm = true;
		check();
	};

	shared.guard = { watch, posted, why };
}
