// SPDX-License-Identifier: MIT
//
// Reasons why this page must not be reloaded now. Two reasons are not detected, since an extension
// cannot see them without far-reaching permissions: that a debugger has paused the page (it looks
// busy), and in Chromium that the page records camera, microphone or screen without playing what it
// records.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	const UNSAVED = 'the page asks before it is left: it has changes that are not saved';

	/** @type {boolean} this page answers a form: a reload would send the form again */
	let answersForm = false;
	/** @type {(why: string | null) => void} */
	let notify = () => {};
	/** @type {string | null} */
	let reported = null;

	/** Whether the page wanted the browser to ask the user at the last test, see mayUnload(). */
	let asked = false;

	/**
	 * Whether the page would have the browser ask the user before it is left, because of unsaved
	 * text. This dispatches the same event with which the browser finds out. The browser does not
	 * ask if the user has neither clicked nor typed in the page.
	 */
	const asksBeforeUnload = () => navigator.userActivation?.hasBeenActive !== false &&
		[...shared.dom.roots()].some((root) => {
			const view = /** @type {Document} */ (root).defaultView;
			if (!view) {
				return false;
			}
			const event = /** @type {BeforeUnloadEvent} */ (document.createEvent('BeforeUnloadEvent'));
			event.initEvent('beforeunload', false, true);
			view.dispatchEvent(event);
			return event.defaultPrevented || Boolean(event.returnValue);
		});

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
		: asked && (asked = asksBeforeUnload()) ? UNSAVED
		: null
	);

	/** @returns {string | null} why the page must not be reloaded now, found by a test that includes unsaved text */
	const mayUnload = () => {
		asked = true;
		check();
		return reported;
	};

	const check = () => {
		const now = why();
		if (now !== reported) {
			reported = now;
			notify(now);
		}
	};

	/** @param {(why: string | null) => void} listener called at each change, and at once if there is a reason */
	const watch = (listener) => {
		notify = listener;
		// The check comes after the page's own handlers, and after a reset is complete.
		const checkSoon = () => setTimeout(check);
		shared.observed.onEach((/** @type {Document} */ root) => {
			shared.listen(root, ['change', 'reset', 'submit', 'fullscreenchange', 'play', 'playing', 'pause', 'ended', 'emptied'], checkSoon, { capture: true });
			// A change does not leave a shadow root, input does.
			shared.listen(root, ['input'], (/** @type {Event} */ event) => /** @type {any} */ (event.composedPath()[0]).type === 'file' && checkSoon(), { capture: true });
		});
		check();
	};

	const setAnswersForm = () => {
		answersForm = true;
		check();
	};

	shared.guard = { answersForm: () => answersForm, watch, setAnswersForm, mayUnload, why };
}
