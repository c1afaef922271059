// SPDX-License-Identifier: MIT
//
// Records what the user does in the page if the elements themselves do not show it later:
// which fields were edited, half-typed numbers, in which order dialogs were opened, and
// where the user went in a frame. Events are recorded in the page and in its same-origin frames.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom } = shared;

	/**
	 * Fields that the user has edited. A framework may copy the value to the attribute, so that
	 * the field looks unchanged.
	 */
	const edited = new WeakSet();
	/** Custom elements that the user has clicked or typed in: only they know their value. */
	const used = new WeakSet();
	/** The text of a number field that is not a number yet, such as "-": its `value` is empty. @type {WeakMap<Element, string>} */
	const typed = new WeakMap();
	/** @type {WeakMap<Element, string>} */
	const typing = new WeakMap();
	/** @type {WeakMap<Element, number>} an element with a higher number was opened later */
	const opened = new WeakMap();
	let openings = 0;
	/** Hidden fields that a script changed after a click or a key: their value before. @type {WeakMap<Element, string>} */
	const hidden = new WeakMap();
	/** Whether `<details>` and dialogs that were opened or closed were open before. @type {WeakMap<Element, boolean>} */
	const wasOpen = new WeakMap();
	/** Whether all that the user has opened and closed in the page is known. */
	const isFromStart = document.readyState === 'loading' || navigator.userActivation?.hasBeenActive === false;
	/** Hidden text that the user has found with the browser's search. */
	const found = new WeakSet();
	/** The first URL of each frame. @type {WeakMap<Element, string>} */
	const first = new WeakMap();
	/** Frames that show the answer to a form. */
	const posted = new WeakSet();

	/** @param {any} event @returns {any} the element in its shadow root */
	const targetOf = (event) => event.composedPath()[0];

	const isActive = () => navigator.userActivation?.isActive !== false;

	/** @param {Event} event */
	const noteEdited = (event) => {
		if (event.isTrusted) {
			edited.add(targetOf(event));
			for (const at of event.composedPath()) {
				if (/** @type {any} */ (at).localName?.includes('-')) {
					used.add(/** @type {Element} */ (at));
				}
			}
		}
	};

	/** @param {Event} event before the field has the new text */
	const noteTyping = (event) => {
		const field = targetOf(event);
		if (field.type === 'number' && event.isTrusted) {
			const { inputType, data } = /** @type {InputEvent} */ (event);
			const before = field.validity.badInput ? typed.get(field) : field.value;
			// Assumes that keys are typed at the end: elsewhere, they usually make a complete number.
			const after = before === undefined ? undefined
				: inputType === 'insertText' ? `${before}${data ?? ''}`
				: inputType === 'deleteContentBackward' ? before.slice(0, -1)
				: undefined;
			typing[after === undefined ? 'delete' : 'set'](field, /** @type {string} */ (after));
		}
	};

	/** @param {Event} event */
	const noteTyped = (event) => {
		const field = targetOf(event);
		const text = typing.get(field);
		typed[text === undefined ? 'delete' : 'set'](field, /** @type {string} */ (text));
	};

	/** @param {Event} event before a dialog or popover opens or closes */
	const noteOpened = (event) => {
		if (/** @type {any} */ (event).newState === 'open') {
			opened.set(targetOf(event), ++openings);
		}
	};

	/** @param {any} frame */
	const noteFrame = (frame) => {
		const inner = dom.inside(frame);
		if (inner?.URL && (inner.URL !== 'about:blank' || !frame.src)) {
			if (!first.has(frame)) {
				first.set(frame, inner.URL);
			}
			observe(inner);
		}
	};

	/** @param {Event} event */
	const noteSent = (event) => {
		const form = /** @type {HTMLFormElement} */ (event.target);
		const frames = form.ownerDocument.querySelectorAll('iframe, frame');
		const named = [...frames].find((frame) => form.target && frame.getAttribute('name') === form.target);
		const frame = named ?? form.ownerDocument.defaultView?.frameElement;
		if (frame && form.method === 'post') {
			posted.add(frame);
		}
	};

	const values = new MutationObserver((records) => {
		for (const { target, oldValue, attributeName } of records) {
			const field = /** @type {HTMLInputElement} */ (target);
			if (attributeName === 'open' && !wasOpen.has(field)) {
				wasOpen.set(field, oldValue !== null);
			}
			if (attributeName === 'value' && field.type === 'hidden' && isActive() && !hidden.has(field)) {
				hidden.set(field, oldValue ?? '');
			}
		}
	});

	/** @type {WeakSet<Document>} */
	const observed = new WeakSet();
	/** What onEach() was given. @type {((root: Document) => void)[]} */
	const callers = [];

	/** @param {Document} root */
	const observe = (root) => {
		if (observed.has(root)) {
			return;
		}
		observed.add(root);
		/** @param {string[]} types @param {(event: Event) => void} note */
		const on = (types, note) => shared.listen(root, types, note, { capture: true });
		on(['input', 'change', 'click', 'keydown'], noteEdited);
		on(['beforeinput'], noteTyping);
		on(['input'], noteTyped);
		on(['beforetoggle'], noteOpened);
		on(['submit'], noteSent);
		on(['beforematch'], (event) => found.add(targetOf(event)));
		// Of a form that a script sends, no event tells; needs Firefox 147.
		/** @type {any} */ (root.defaultView)?.navigation?.addEventListener('navigate', (/** @type {any} */ { formData }) => {
			const frame = formData && root.defaultView?.frameElement;
			if (frame) {
				posted.add(frame);
			}
		});
		on(['load'], ({ target }) => noteFrame(target));
		values.observe(root, { subtree: true, attributeFilter: ['value', 'open'], attributeOldValue: true });
		callers.forEach((call) => call(root));
		root.querySelectorAll('iframe, frame').forEach(noteFrame);
	};

	/** @param {(root: Document) => void} call with the page, and with the document of each frame, also of those that come later */
	const onEach = (call) => {
		callers.push(call);
		[...dom.roots()].filter((root) => observed.has(root)).forEach((root) => call(root));
	};

	observe(document);

	shared.observed = {
		onEach,
		/** @param {Element} field */
		isEdited: (field) => edited.has(field),
		/** @param {Element} field with a value that the user gave it before */
		setEdited: (field) => edited.add(field),
		/** @param {Element} element */
		isUsed: (element) => used.has(element),
		/** @param {any} field of type number @returns {string | undefined} what was typed, if it is not a number */
		halfTyped: (field) => (field.validity.badInput ? typed.get(field) : undefined),
		/** @param {Element} element that is open @returns {number} */
		rank: (element) => opened.get(element) ?? 0,
		/**
		 * @param {any} element `<details>` or a dialog
		 * @returns {boolean} whether it is as the page has made it: the next page may make it otherwise. In a shadow root, that is not known
		 */
		isOpenedByPage: (element) => (wasOpen.has(element) ? wasOpen.get(element) === element.open
			: element.getRootNode().nodeType === Node.DOCUMENT_NODE && (isFromStart || !element.open)),
		/** @param {Element} element @returns {boolean} whether the user has found it */
		isFound: (element) => found.has(element),
		/** @param {Element} element that was found in the page before */
		setFound: (element) => found.add(element),
		/** @param {Element} field @returns {string | undefined} its value before a script changed it */
		hiddenBefore: (field) => hidden.get(field),
		/** @param {Element} frame @returns {boolean} whether it shows the answer to a form, or has shown one */
		isPosted: (frame) => posted.has(frame),
		/** @param {any} frame @returns {{from: string, to: string} | undefined} where the user went in it */
		wayOf: (frame) => {
			const from = first.get(frame), to = dom.inside(frame)?.URL;
			return from && to?.startsWith('http') && to !== from && !posted.has(frame) ? { from, to } : undefined;
		},
	};
}
