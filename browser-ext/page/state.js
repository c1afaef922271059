// SPDX-License-Identifier: MIT
//
// What a person did to a page, over a reload: scroll, typed fields, what is open, focus and
// selection. Passwords and card numbers are never read. It goes from one document to the next
// through the extension's memory and nowhere else.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.keeps) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	/** What a page can make grow, at most. */
	const MAX_ITEMS = 2000;
	const MAX_TEXT = 100000;
	/** A page that its script builds gets this long to bring the elements back. */
	const PATIENCE_MSEC = 3000;
	const SECRET = /password|one-time-code|^cc-/;

	/** @param {Element} element @returns {number[]} the way to it, child by child */
	const wayTo = (element) => {
		const way = [];
		for (let at = element; at !== document.documentElement && at.parentElement; at = at.parentElement) {
			way.unshift([...at.parentElement.children].indexOf(at));
		}
		return way;
	};

	/** @param {Element} element */
	const addressOf = (element) => ({
		id: element.id,
		name: element.getAttribute('name') ?? '',
		tag: element.localName,
		way: wayTo(element),
	});

	/** @param {any} address @returns {Element | null} */
	const find = ({ id, name, tag, way }) => {
		const byId = id ? document.getElementById(id) : null;
		if (byId?.localName === tag) {
			return byId;
		}
		/** @type {Element | undefined} */
		let at = document.documentElement;
		for (const index of way) {
			at = at?.children[index];
		}
		const fits = at && at.localName === tag && (at.getAttribute('name') ?? '') === name;
		return fits ? /** @type {Element} */ (at) : null;
	};

	/** @param {any} field */
	const isSecret = (field) => field.type === 'password' || SECRET.test(field.autocomplete ?? '');

	/** @param {any} field @returns {object | undefined} what was changed in it */
	const fieldState = (field) => {
		if (isSecret(field) || ['hidden', 'file', 'submit', 'button', 'reset', 'image'].includes(field.type)) {
			return undefined;
		}
		if (field.localName === 'select') {
			const chosen = [...field.options].map(({ selected }) => selected);
			const before = [...field.options].map(({ defaultSelected }) => defaultSelected);
			return String(chosen) === String(before) ? undefined : { chosen: chosen.slice(0, MAX_ITEMS) };
		}
		if (field.type === 'checkbox' || field.type === 'radio') {
			return field.checked === field.defaultChecked ? undefined : { checked: field.checked };
		}
		return field.value === field.defaultValue ? undefined : { value: field.value.slice(0, MAX_TEXT) };
	};

	/** @param {Element} element @returns {object | undefined} */
	const openState = (element) => {
		if (element.localName === 'details') {
			return { open: /** @type {any} */ (element).open };
		}
		if (element.localName === 'dialog') {
			return /** @type {any} */ (element).open
				? { dialog: element.matches(':modal') ? 'modal' : 'plain' }
				: undefined;
		}
		return element.hasAttribute('popover') && element.matches(':popover-open') ? { popover: true } : undefined;
	};

	/** @param {Element} element @returns {object | undefined} */
	const textState = (element) => {
		const { isContentEditable, innerHTML } = /** @type {HTMLElement} */ (element);
		return isContentEditable && element.hasAttribute('contenteditable') && innerHTML.length < MAX_TEXT
			? { text: /** @type {HTMLElement} */ (element).textContent } : undefined;
	};

	const focusState = () => {
		const at = /** @type {any} */ (document.activeElement);
		if (!at || at === document.body || at === document.documentElement) {
			return undefined;
		}
		let range = null;
		try {
			range = isSecret(at) ? null : [at.selectionStart, at.selectionEnd, at.selectionDirection];
		} catch {
			// A checkbox has no selection.
		}
		return { ...addressOf(at), range };
	};

	/** @param {Node | null} node */
	const pointOf = (node) => {
		const element = node instanceof Element ? node : node?.parentElement;
		return element ? {
			...addressOf(element),
			child: node === element ? -1 : [...element.childNodes].indexOf(/** @type {ChildNode} */ (node)),
		} : undefined;
	};

	const selectionState = () => {
		const selection = getSelection();
		if (!selection || selection.isCollapsed) {
			return undefined;
		}
		return {
			anchor: pointOf(selection.anchorNode), anchorOffset: selection.anchorOffset,
			focus: pointOf(selection.focusNode), focusOffset: selection.focusOffset,
		};
	};

	const capture = () => {
		/** @type {any[]} */
		const items = [];
		for (const element of document.querySelectorAll('*')) {
			const state = {
				...(element.matches('input, textarea, select') ? fieldState(element) : undefined),
				...openState(element),
				...(element.hasAttribute('contenteditable') ? textState(element) : undefined),
				...(element !== document.scrollingElement && (element.scrollTop || element.scrollLeft)
					? { scroll: [element.scrollLeft, element.scrollTop] } : undefined),
			};
			if (Object.keys(state).length && items.length < MAX_ITEMS) {
				items.push({ ...addressOf(element), state });
			}
		}
		return {
			scroll: [scrollX, scrollY],
			items, focus: focusState(), selection: selectionState(),
		};
	};

	/** @param {any} field as the page's own script would see a person type */
	const announce = (field) => {
		field.dispatchEvent(new Event('input', { bubbles: true }));
		field.dispatchEvent(new Event('change', { bubbles: true }));
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
		if (state.text !== undefined && element.textContent !== state.text) {
			element.textContent = state.text;
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

	/** @param {any} state */
	const restoreFocus = ({ focus, selection }) => {
		const at = /** @type {any} */ (focus && find(focus));
		if (at) {
			at.focus({ preventScroll: true });
			if (focus.range?.[0] !== null && focus.range && at.setSelectionRange) {
				try {
					at.setSelectionRange(...focus.range);
				} catch {
					// It was of another type before.
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
	};

	/** @param {any} point @returns {Node | null} */
	const nodeOf = (point) => {
		const element = point && find(point);
		return !element || point.child < 0 ? element : element.childNodes[point.child] ?? null;
	};

	/** @param {any} state */
	const restoreScroll = (state) => {
		for (const { state: { scroll }, ...address } of state.items) {
			if (scroll) {
				find(address)?.scrollTo({ left: scroll[0], top: scroll[1], behavior: 'instant' });
			}
		}
		scrollTo({ left: state.scroll[0], top: state.scroll[1], behavior: 'instant' });
	};

	/** @param {any} state of the document before, in the same tab */
	const restore = (state) => {
		let left = state.items;
		let touched = false;
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
			clearTimeout(timer);
			events.forEach((type) => removeEventListener(type, end, true));
		};
		const events = ['wheel', 'keydown', 'pointerdown', 'touchstart'];
		const observer = new MutationObserver(() => left.length && attempt());
		const timer = setTimeout(end, PATIENCE_MSEC);
		const begin = () => {
			attempt();
			restoreFocus(state);
			observer.observe(document, { childList: true, subtree: true });
		};
		// A person who does something meanwhile is right.
		events.forEach((type) => addEventListener(type, end, { capture: true, passive: true }));
		if (document.readyState === 'loading') {
			document.addEventListener('DOMContentLoaded', begin, { once: true });
		} else {
			begin();
		}
		if (document.readyState !== 'complete') {
			addEventListener('load', () => touched || restoreScroll(state), { once: true });
		}
	};

	shared.state = { capture, restore };
}
