// SPDX-License-Identifier: MIT
//
// Captures the user's state of a page for a reload: scroll positions, typed fields, what is open,
// focus and selection. Passwords and card numbers are never read. The state passes through the
// extension's memory to the next document, and nowhere else.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom } = shared;
	const { of: pathOf } = shared.elementPath;

	/** Limits for what a page can make large: items, characters of one field, and of all fields. */
	const MAX_ITEMS = 2000;
	const MAX_TEXT = 100000;
	const MAX_TEXTS = 1000000;
	/**
	 * Matches `autocomplete`, which may have other words before: "section-pay billing cc-number".
	 */
	const SECRET = /password|one-time-code|\bcc-/i;
	/** For names: when a page shows the password, the field's type is text. */
	const PASSWORD = /passw|passphrase|pwd/i;

	/** @param {any} field */
	const isSecret = (field) => field.type === 'password' || SECRET.test(field.autocomplete ?? '') ||
		PASSWORD.test(`${field.getAttribute('name')} ${field.id}`);

	/**
	 * Fields that the user has edited. A framework may copy the value to the attribute, so that the
	 * field looks unchanged.
	 */
	const edited = new WeakSet();
	for (const type of ['input', 'change']) {
		addEventListener(type, (event) => event.isTrusted && edited.add(event.composedPath()[0]), true);
	}

	/** @param {any} field @returns {object | undefined} what was changed in it */
	const fieldState = (field) => {
		if (isSecret(field) || ['hidden', 'file', 'submit', 'button', 'reset', 'image'].includes(field.type)) {
			return undefined;
		}
		if (field.localName === 'select') {
			const chosen = [...field.options].map(({ selected }) => selected);
			const before = [...field.options].map(({ defaultSelected }) => defaultSelected);
			return String(chosen) === String(before) && !edited.has(field) ? undefined : { chosen: chosen.slice(0, MAX_ITEMS) };
		}
		if (field.type === 'checkbox' || field.type === 'radio') {
			return {
				...(field.checked !== field.defaultChecked || edited.has(field) ? { checked: field.checked } : undefined),
				...(field.indeterminate ? { indeterminate: true } : undefined),
			};
		}
		return field.value === field.defaultValue && !edited.has(field) ? undefined : { value: field.value.slice(0, MAX_TEXT) };
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
		return isContentEditable && innerHTML.length < MAX_TEXT
			? { text: element.textContent, html: innerHTML } : undefined;
	};

	/** @param {Document | ShadowRoot} root @returns {Element | null} in a frame or a shadow root, too */
	const focused = (root) => {
		const at = root.activeElement;
		const inner = at && dom.inside(at);
		const deeper = inner && focused(inner);
		return deeper && deeper !== /** @type {Document} */ (inner).body ? deeper : at;
	};

	const focusState = () => {
		const at = /** @type {any} */ (focused(document));
		if (!at || at === document.body || at === document.documentElement) {
			return undefined;
		}
		let range = null;
		try {
			range = isSecret(at) ? null : [at.selectionStart, at.selectionEnd, at.selectionDirection];
		} catch {
			// A checkbox has no selection.
		}
		return { ...pathOf(at), range };
	};

	/** @param {Node | null} node */
	const pointOf = (node) => {
		const element = node instanceof Element ? node : node?.parentElement;
		return element ? {
			...pathOf(element),
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

	/** @param {Element} element @returns {any} */
	const elementState = (element) => ({
		...(element instanceof HTMLMediaElement && element.currentTime > 0 && Number.isFinite(element.duration)
			? { position: { time: element.currentTime, playing: !element.paused } } : undefined),
		...(element.matches('input, textarea, select') ? fieldState(element) : undefined),
		...openState(element),
		...(element.hasAttribute('contenteditable') ? textState(element) : undefined),
		...(element !== document.scrollingElement && (element.scrollTop || element.scrollLeft)
			? { scroll: [element.scrollLeft, element.scrollTop] } : undefined),
	});

	/** @returns {object[]} the user's state of each element of the tab */
	const itemStates = () => {
		/** @type {object[]} */
		const items = [];
		let room = MAX_TEXTS;
		for (const root of dom.roots()) {
			for (const element of root.querySelectorAll('*')) {
				const state = elementState(element);
				const texts = (state.value ?? '').length + (state.html ?? '').length;
				if (Object.keys(state).length && items.length < MAX_ITEMS && texts <= room) {
					room -= texts;
					items.push({ ...pathOf(element), state });
				}
			}
		}
		return items;
	};

	const capture = () => {
		const items = itemStates();
		return {
			scroll: [scrollX, scrollY],
			items, focus: focusState(), selection: selectionState(),
		};
	};

	shared.state = {
		capture, isSecret,
		/** @param {Element} field with a value that the user gave it before */
		setEdited: (field) => edited.add(field),
	};
}
