// SPDX-License-Identifier: MIT
//
// Restores the user's state of the page after a reload.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { find } = shared.elementPath;
	const { isSecret } = shared.state;

	/** A page whose elements are built by script gets this long to create them. */
	const MAX_WAIT_MSEC = 3000;

	/** @param {any} field whose framework, if it has one, must know the value: see frameworks.js */
	const announce = (field) => {
		shared.state.setEdited(field);
		field.dispatchEvent(new CustomEvent('savecast-restored', { composed: true }));
	};

	/**
	 * With its markup, so that an editor built on the element recognizes its lines.
	 *
	 * @param {Element} element
	 * @param {string} html
	 */
	const restoreText = (element, html) => {
		const { body } = new DOMParser().parseFromString(html, 'text/html');
		element.replaceChildren(...body.childNodes);
	};

	/** @param {HTMLMediaElement} media @param {{time: number, playing: boolean}} position */
	const restorePosition = (media, { time, playing }) => {
		const seek = () => {
			media.currentTime = time;
			if (playing) {
				media.play().catch(() => {});
			}
		};
		if (media.readyState > 0) {
			seek();
		} else {
			media.addEventListener('loadedmetadata', seek, { once: true });
		}
	};

	/** @param {any} element @param {any} state */
	const restoreElement = (element, state) => {
		if (state.value !== undefined && element.value !== state.value && !isSecret(element)) {
			element.value = state.value;
			announce(element);
		}
		if (state.checked !== undefined && element.checked !== state.checked) {
			element.checked = state.checked;
			announce(element);
		}
		if (state.chosen && element.options) {
			state.chosen.forEach((/** @type {boolean} */ on, /** @type {number} */ i) => {
				if (element.options[i]) {
					element.options[i].selected = on;
				}
			});
			announce(element);
		}
		if (state.indeterminate !== undefined) {
			element.indeterminate = state.indeterminate;
		}
		if (state.position) {
			restorePosition(element, state.position);
		}
		if (state.text !== undefined && element.textContent !== state.text) {
			restoreText(element, state.html);
		}
		if (state.open !== undefined) {
			element.open = state.open;
		}
		if (state.dialog && !element.open) {
			element[state.dialog === 'modal' ? 'showModal' : 'show']();
		}
		if (state.popover && !element.matches(':popover-open')) {
			element.showPopover();
		}
	};

	/** @param {any} state @returns {boolean} whether the element that had the focus is there */
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
		}
		const anchor = selection && nodeOf(selection.anchor);
		const end = selection && nodeOf(selection.focus);
		if (anchor && end) {
			try {
				getSelection()?.setBaseAndExtent(anchor, selection.anchorOffset, end, selection.focusOffset);
			} catch {
				// The text is shorter now.
			}
		}
		return !focus || Boolean(at);
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
		scrollIfElsewhere(document.scrollingElement, state.scroll);
	};

	/** @param {Element | null} element @param {[number, number]} position */
	const scrollIfElsewhere = (element, [left, top]) => {
		if (element && (Math.abs(element.scrollTop - top) > 1 || Math.abs(element.scrollLeft - left) > 1)) {
			element.scrollTo({ left, top, behavior: 'instant' });
		}
	};

	/** @param {any} state of the document before, in the same tab */
	const restore = (state) => {
		let left = state.items;
		let touched = false;
		let focused = false;
		const attempt = () => {
			left = left.filter((/** @type {any} */ item) => {
				const element = find(item);
				if (element) {
					try {
						restoreElement(element, item.state);
					} catch (error) {
						console.debug(`savecast: ${item.tag}: ${error}`);
					}
				}
				return !element;
			});
			restoreScroll(state);
		};
		const end = () => {
			touched = true;
			observer.disconnect();
			sizes.disconnect();
			clearTimeout(timer);
			events.forEach((type) => removeEventListener(type, end, true));
		};
		const events = ['wheel', 'keydown', 'pointerdown', 'touchstart'];
		const observer = new MutationObserver(attempt);
		// Content that comes late moves what is in view, or makes the page high enough to scroll.
		const sizes = new ResizeObserver(() => restoreScroll(state));
		const timer = setTimeout(end, MAX_WAIT_MSEC);
		const begin = () => {
			attempt();
			focused = restoreFocus(state);
			observer.observe(document, { childList: true, subtree: true });
			[document.documentElement, document.body].filter(Boolean).forEach((root) => sizes.observe(root));
		};
		// If the user acts meanwhile, nothing more is restored.
		events.forEach((type) => addEventListener(type, end, { capture: true, passive: true }));
		if (document.readyState === 'loading') {
			document.addEventListener('DOMContentLoaded', begin, { once: true });
		} else {
			begin();
		}
		if (document.readyState !== 'complete') {
			// Frames have their content only now.
			addEventListener('load', () => {
				if (!touched) {
					attempt();
					focused ||= restoreFocus(state);
				}
			}, { once: true });
		}
	};

	shared.restore = restore;
}
