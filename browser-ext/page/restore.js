// SPDX-License-Identifier: MIT
//
// Restores the user's state of the page after a reload.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { observed } = shared;
	const { find } = shared.elementPath;
	const { isMoving, isReady, reopen, restoreElement, typeAgain } = shared.restoreElement;

	/** A page whose elements are built by script gets this long to create them. */
	const MAX_WAIT_MSEC = 6000;
	/** A visible page is laid out within this time, also on a busy machine. */
	const LAYOUT_MSEC = 4000;

	/** @param {any} state @returns {boolean} whether the element that had the focus is there, and the text that was selected */
	const restoreFocus = ({ focus, selection }) => {
		const at = /** @type {any} */ (focus && find(focus));
		if (at) {
			at.focus({ preventScroll: true });
			if (focus.range?.[0] !== null && focus.range && at.setSelectionRange) {
				try {
					at.setSelectionRange(...focus.range);
				} catch {
					// The field had another type before.
				}
			}
			if (focus.half && at.type === 'number' && !at.value) {
				typeAgain(at, focus.half);
			}
		}
		const anchor = selection && nodeOf(selection.anchor);
		const end = selection && nodeOf(selection.focus);
		if (anchor && end) {
			try {
				anchor.ownerDocument?.defaultView?.getSelection()?.setBaseAndExtent(anchor, selection.anchorOffset, end, selection.focusOffset);
			} catch {
				// The text is shorter now.
			}
		}
		return (!focus || Boolean(at)) && (!selection || Boolean(anchor && end));
	};

	/** @param {any} point @returns {Node | null} */
	const nodeOf = (point) => {
		const element = point && find(point);
		return !element || point.child < 0 ? element : element.childNodes[point.child] ?? null;
	};

	/** @param {any} state */
	const restoreScroll = (state) => {
		for (const { state: { scroll }, ...path } of state.items) {
			if (scroll) {
				scrollIfElsewhere(find(path), scroll);
			}
		}
		if (state.scroll) {
			scrollIfElsewhere(document.scrollingElement, state.scroll);
		}
	};

	/** Where each element was left after it was scrolled. @type {WeakMap<Element, {at: string, size: string}>} */
	const scrolled = new WeakMap();
	/** What the user or the page has scrolled since. @type {WeakSet<Element>} */
	const released = new WeakSet();
	const sizeOf = (/** @type {Element} */ { scrollWidth, scrollHeight, clientWidth, clientHeight }) => `${[scrollWidth, scrollHeight, clientWidth, clientHeight]}`;
	const positionOf = (/** @type {Element} */ { scrollLeft, scrollTop }) => `${[scrollLeft, scrollTop]}`;

	/**
	 * While the page loads, its scripts and its layout move it. Later, an element that is elsewhere although its
	 * size is the same was scrolled, and stays there. Not every scrolling comes with an input event: that of a
	 * scroll bar does not.
	 *
	 * @param {Element | null} element
	 * @param {[number, number]} position
	 */
	const scrollIfElsewhere = (element, [left, top]) => {
		if (!element || released.has(element)) {
			return;
		}
		const before = scrolled.get(element);
		if (before && before.at !== positionOf(element) && before.size === sizeOf(element)) {
			released.add(element);
			return;
		}
		if (Math.abs(element.scrollTop - top) > 1 || Math.abs(element.scrollLeft - left) > 1) {
			element.scrollTo({ left, top, behavior: 'instant' });
		}
		if (document.readyState === 'complete') {
			scrolled.set(element, { at: positionOf(element), size: sizeOf(element) });
		}
	};

	/** @param {() => void} work on one element; the others do not depend on it */
	const attemptOne = (work) => {
		try {
			work();
		} catch (error) {
			console.debug(`savecast: ${error}`);
		}
	};

	/**
	 * Chromium does not load the picture of a new `<object>` or `<embed>` if a script of an extension is what makes it lay
	 * out the page first.
	 *
	 * @param {() => void} then called once the page is laid out; at once if it has no such element
	 */
	const onceLaidOut = (then) => {
		if (document.hidden || !document.querySelector('object, embed')) {
			then();
			return;
		}
		const end = () => {
			layout.disconnect();
			clearTimeout(timer);
			// Not here: the browser would report changes of size, which this makes, as an error of the page.
			setTimeout(then);
		};
		const layout = new ResizeObserver(end);
		layout.observe(document.documentElement);
		// A covered window is not laid out.
		const timer = setTimeout(end, LAYOUT_MSEC);
	};

	/**
	 * @param {any} state of the document before, in the same tab; without `scroll`: only of its frames
	 * @returns {() => void} ends it: nothing more is restored
	 */
	const restore = (state) => {
		let left = state.items;
		let touched = false;
		let focused = false;
		/** Whether a script has written the document again, and what had the focus is not in it yet. */
		let refocuses = false;
		/** Firefox scrolls a field to its caret, but not before the next frame. */
		const focusInPlace = () => {
			const at = /** @type {Element | null} */ (state.focus && find(state.focus));
			const { scrollLeft: x = 0, scrollTop: y = 0 } = at ?? {};
			const found = restoreFocus(state);
			requestAnimationFrame(() => requestAnimationFrame(() => {
				if (at && !touched && (at.scrollLeft !== x || at.scrollTop !== y)) {
					at.scrollTo({ left: x, top: y, behavior: 'instant' });
				}
			}));
			return found;
		};
		const attempt = () => {
			/** @type {{element: Element, state: any}[]} */
			const there = [];
			left = left.filter((/** @type {any} */ item) => {
				const element = isMoving(item) ? null : find(item);
				if (!element?.matches(':defined') || !isReady(element, item.state)) {
					return true;
				}
				// What the user has typed in this page while it was loading is newer.
				if (!observed.isEdited(element)) {
					attemptOne(() => restoreElement(element, item.state));
					there.push({ element, state: item.state });
				}
				return false;
			});
			// The dialog that was opened last is on top.
			there.sort((a, b) => (a.state.rank ?? 0) - (b.state.rank ?? 0))
				.forEach((one) => attemptOne(() => reopen(one.element, one.state)));
			if (!touched) {
				restoreScroll(state);
				refocuses &&= !focusInPlace();
			}
		};
		let waits = false;
		const attemptSoon = () => {
			if (waits) {
				return;
			}
			waits = true;
			onceLaidOut(() => {
				waits = false;
				if (!touched) {
					attempt();
				}
			});
		};
		/** @param {Event} event a frame has another document, in which nothing is restored yet */
		const arrived = ({ target }) => {
			left.push(...state.items.filter((/** @type {any} */ item) =>
				item.holder && !left.includes(item) && find(item.holder) === target));
			attemptSoon();
		};
		const end = () => {
			touched = true;
			[observer, rewritten, sizes].forEach((one) => one.disconnect());
			clearTimeout(timer);
			listens.forEach((stop) => stop());
		};
		const observer = new MutationObserver(attemptSoon);
		/** What was restored is gone with the elements. */
		const rewritten = new MutationObserver(() => {
			left = state.items;
			refocuses = true;
			observeSizes();
			attemptSoon();
		});
		// Content that comes late moves what is in view, or makes the page high enough to scroll.
		const sizes = new ResizeObserver(() => restoreScroll(state));
		const observeSizes = () => [document.documentElement, document.body].filter(Boolean).forEach((root) => sizes.observe(root));
		const timer = setTimeout(end, MAX_WAIT_MSEC);
		const begin = () => {
			attempt();
			if (touched) {
				return;
			}
			focused = focusInPlace();
			observer.observe(document, { childList: true, subtree: true });
			rewritten.observe(document, { childList: true });
			observeSizes();
		};
		const listens = [
			shared.listen(document, ['load'], arrived, { capture: true }),
			// If the user acts meanwhile, nothing more is restored.
			shared.listen(window, ['wheel', 'keydown', 'pointerdown', 'touchstart'], end, { capture: true, passive: true }),
		];
		if (document.readyState === 'loading') {
			document.addEventListener('DOMContentLoaded', () => onceLaidOut(begin), { once: true });
		} else {
			onceLaidOut(begin);
		}
		if (document.readyState !== 'complete') {
			// Frames have their content only now.
			addEventListener('load', () => onceLaidOut(() => {
				if (!touched) {
					attempt();
					focused ||= focusInPlace();
				}
			}), { once: true });
		}
		return end;
	};

	shared.restore = restore;
}
