// SPDX-License-Identifier: MIT
//
// Captures the user's state of a page for a reload: scroll positions, typed fields, what is open,
// focus and selection. Passwords and card numbers are never read. The state passes through the
// extension's memory to the next document, and nowhere else.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, observed } = shared;
	const { of: pathOf } = shared.elementPath;

	/** Limits for what a page can make large: items, characters of one field, and of all fields. */
	const MAX_ITEMS = 2000;
	const MAX_TEXT = 100000;
	const MAX_TEXTS = 1000000;
	/**
	 * Matches `autocomplete`, which may begin with other words: "section-pay billing cc-number".
	 */
	const SECRET = /password|one-time-code|\bcc-/i;
	/** For names: when a page shows the password, the field's type is text. */
	const PASSWORD = /passw|passphrase|pwd/i;

	/** @param {any} field */
	const isSecret = (field) => field.type === 'password' || SECRET.test(field.autocomplete ?? '') ||
		PASSWORD.test(`${field.getAttribute('name')} ${field.id}`);

	/**
	 * A hidden field with such a name is not state: the server or a service made its value for one
	 * use.
	 */
	const TOKEN = /token|csrf|xsrf|nonce|captcha|secret|auth/i;

	/** @param {HTMLInputElement} field @returns {object | undefined} what a script put into it for the user */
	const hiddenState = (field) => {
		const from = observed.hiddenBefore(field);
		const isToken = TOKEN.test(`${field.getAttribute('name')} ${field.id}`);
		return from === undefined || from === field.value || isToken ? undefined
			: { hidden: { from, to: field.value.slice(0, MAX_TEXT) } };
	};

	/** @param {HTMLSelectElement} select @returns {boolean} whether it has the options that the page has chosen, or else the browser */
	const isAsMade = ({ options, multiple, selectedIndex }) => {
		const all = [...options];
		return all.every(({ selected, defaultSelected }) => selected === defaultSelected) || (!multiple &&
			!all.some(({ defaultSelected }) => defaultSelected) && selectedIndex === all.findIndex((option) => !option.matches(':disabled')));
	};

	/** @param {HTMLSelectElement} select @returns {{of: number, options: {index: number, value: string}[]}} of: how many there are */
	const chosenIn = ({ options }) => ({
		of: options.length,
		options: [...options].flatMap(({ selected, value }, index) => (selected ? [{ index, value: value.slice(0, MAX_TEXT) }] : [])).slice(0, MAX_ITEMS),
	});

	/** @param {any} field @returns {object | undefined} what was changed in it */
	const fieldState = (field) => {
		if (field.type === 'hidden') {
			return hiddenState(field);
		}
		if (isSecret(field) || ['file', 'submit', 'button', 'reset', 'image'].includes(field.type)) {
			return undefined;
		}
		if (field.localName === 'select') {
			return isAsMade(field) && !observed.isEdited(field) ? undefined : { chosen: chosenIn(field) };
		}
		if (field.type === 'checkbox' || field.type === 'radio') {
			return {
				...(field.checked !== field.defaultChecked || observed.isEdited(field) ? { checked: field.checked } : undefined),
				...(field.indeterminate ? { indeterminate: true } : undefined),
			};
		}
		return field.value === field.defaultValue && !observed.isEdited(field) ? undefined : { value: field.value.slice(0, MAX_TEXT) };
	};

	/** @type {Map<HTMLFormElement, FormData>} of one capture */
	const forms = new Map();

	/** @param {HTMLFormElement} form @returns {FormData} found without the page's own handlers */
	const formData = (form) => {
		const stop = (/** @type {Event} */ event) => event.stopImmediatePropagation();
		addEventListener('formdata', stop, true);
		try {
			return new FormData(form);
		} finally {
			removeEventListener('formdata', stop, true);
		}
	};

	/**
	 * The value of a custom element that is a form field can be read only from its form.
	 *
	 * @param {Element} element
	 * @returns {object | undefined}
	 */
	const customState = (element) => {
		const name = element.getAttribute('name');
		const form = /** @type {HTMLFormElement | null} */ (element.hasAttribute('form')
			? document.getElementById(element.getAttribute('form') ?? '') : element.closest('form'));
		if (!name || form?.localName !== 'form' || !observed.isUsed(element) || isSecret(element)) {
			return undefined;
		}
		forms.set(form, forms.get(form) ?? formData(form));
		const [value] = forms.get(form)?.getAll(name) ?? [];
		return typeof value === 'string' && value.length < MAX_TEXT ? { custom: value } : undefined;
	};

	/** @param {Element} element @returns {object | undefined} */
	const openState = (element) => {
		const { localName, open, returnValue } = /** @type {any} */ (element);
		if (localName === 'details') {
			return observed.isOpenedByPage(element) ? undefined : { open };
		}
		if (localName === 'dialog') {
			return {
				...(returnValue && { returned: String(returnValue).slice(0, MAX_TEXT) }),
				...(observed.isOpenedByPage(element) ? undefined
					: open ? { dialog: element.matches(':modal') ? 'modal' : 'plain', rank: observed.rank(element) }
					: { dialog: 'closed' }),
			};
		}
		return element.hasAttribute('popover') && element.matches(':popover-open')
			? { popover: true, rank: observed.rank(element) } : undefined;
	};

	/** @param {Element} element @returns {object | undefined} */
	const textState = (element) => {
		const design = element.localName === 'body' && element.ownerDocument.designMode === 'on';
		if (!design && !element.hasAttribute('contenteditable')) {
			return undefined;
		}
		const { isContentEditable, innerHTML } = /** @type {HTMLElement} */ (element);
		return (design || isContentEditable) && innerHTML.length < MAX_TEXT
			? { text: element.textContent, html: innerHTML, ...(design && { design }) } : undefined;
	};

	/** @param {Element} element @returns {object | undefined} */
	const frameState = (element) => {
		const way = observed.wayOf(element);
		return way && { way };
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
		const half = at.type === 'number' ? observed.halfTyped(at) : undefined;
		return { ...pathOf(at), range, ...(half && { half }) };
	};

	/** @param {Node | null} node */
	const pointOf = (node) => {
		const element = node?.nodeType === Node.ELEMENT_NODE ? /** @type {Element} */ (node) : node?.parentElement;
		return element ? {
			...pathOf(element),
			child: node === element ? -1 : [...element.childNodes].indexOf(/** @type {ChildNode} */ (node)),
		} : undefined;
	};

	/** @param {Selection | null | undefined} selection @returns {boolean} whether it has text, or is the caret of an editor */
	const isUsers = (selection) => Boolean(selection?.anchorNode) && (!selection?.isCollapsed ||
		/** @type {any} */ (selection.anchorNode).isContentEditable || selection.anchorNode?.parentElement?.isContentEditable === true);

	/** @param {(Document | ShadowRoot)[]} roots */
	const selectionState = (roots) => {
		const selection = roots.map((root) => /** @type {Document} */ (root).defaultView?.getSelection()).find(isUsers);
		if (!selection) {
			return undefined;
		}
		return {
			anchor: pointOf(selection.anchorNode), anchorOffset: selection.anchorOffset,
			focus: pointOf(selection.focusNode), focusOffset: selection.focusOffset,
		};
	};

	/** @param {HTMLMediaElement} media */
	const mediaState = (media) => {
		const { currentTime: time, duration, paused, volume, muted, defaultMuted, playbackRate: rate, defaultPlaybackRate } = media;
		return {
			...(volume !== 1 || muted !== defaultMuted || rate !== defaultPlaybackRate ? { sound: { volume, muted, rate } } : undefined),
			...(time > 0 && Number.isFinite(duration) ? { position: { time, playing: !paused } } : undefined),
		};
	};

	/** @param {Element} element @returns {any} */
	const elementState = (element) => ({
		...(element.matches('audio, video') ? mediaState(/** @type {HTMLMediaElement} */ (element)) : undefined),
		...(observed.isFound(element) ? { found: true } : undefined),
		...(element.matches('input, textarea, select') ? fieldState(element) : undefined),
		...openState(element),
		...textState(element),
		...(element.localName.includes('-') ? customState(element) : undefined),
		...(element.matches('iframe, frame') ? frameState(element) : undefined),
		...(element !== document.scrollingElement && (element.scrollTop || element.scrollLeft)
			? { scroll: [element.scrollLeft, element.scrollTop] } : undefined),
	});

	/** @param {Element} element @returns {any} {}: the names of its fields hide the properties of this form */
	const stateOf = (element) => {
		try {
			return elementState(element);
		} catch (error) {
			console.debug(`savecast: ${error}`);
			return {};
		}
	};

	/** @param {(Document | ShadowRoot)[]} roots @returns {object[]} the user's state of each element of the tab */
	const itemStates = (roots) => {
		/** @type {object[]} */
		const items = [];
		let room = MAX_TEXTS;
		forms.clear();
		for (const root of roots) {
			for (const element of root.querySelectorAll('*')) {
				const state = stateOf(element);
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
		const roots = [...dom.roots()];
		return {
			scroll: [scrollX, scrollY],
			items: itemStates(roots), focus: focusState(), selection: selectionState(roots),
		};
	};

	shared.state = { capture, isSecret };
}
