// SPDX-License-Identifier: MIT
//
// Notifies the framework that controls a field of the value that was restored in it. Runs in the
// page's own world, where frameworks store their data of an element. Events would also reach the
// page's own handlers, which may send a form or a request. So a framework is notified directly if
// that is possible; for others, an event is dispatched. Meanwhile, the page can neither submit a
// form nor navigate nor send a request.
'use strict';

{
	const INSTALLED = Symbol.for('savecast.frameworks');
	const view = /** @type {any} */ (globalThis);

	/** @param {any} element @param {RegExp} name @returns {any} its property with such a name */
	const propertyOf = (element, name) => {
		const key = [...Object.getOwnPropertyNames(element), ...Object.getOwnPropertySymbols(element)]
			.find((one) => name.test(typeof one === 'symbol' ? one.description ?? '' : one));
		return key === undefined ? undefined : element[key];
	};

	/** @param {any} element @param {string} type */
	const eventFor = (element, type) => ({
		type, target: element, currentTarget: element, bubbles: true, isTrusted: false,
		nativeEvent: new Event(type), preventDefault() {}, stopPropagation() {}, persist() {},
		isDefaultPrevented: () => false, isPropagationStopped: () => false,
	});

	/** @param {any} field @returns {boolean} whether it is React's */
	const notifyReact = (field) => {
		const props = propertyOf(field, /^__reactProps\$/);
		if (!props) {
			return false;
		}
		props.onInput?.(eventFor(field, 'input'));
		props.onChange?.(eventFor(field, 'change'));
		// React ignores a change event if the value equals this one.
		field._valueTracker?.setValue(field.type === 'checkbox' || field.type === 'radio' ? String(field.checked) : field.value);
		return true;
	};

	/** @param {any} option @returns {unknown} */
	const vueValue = (option) => ('_value' in option ? option._value : option.value);

	/** @param {any} field @returns {boolean} whether it has a v-model of Vue 3 */
	const notifyVue = (field) => {
		const assign = propertyOf(field, /^_assign$/);
		if (typeof assign !== 'function') {
			return false;
		}
		const { type, checked, _modelValue: model } = field;
		if (field.localName === 'select') {
			const values = [...field.selectedOptions].map(vueValue);
			assign(field.multiple ? (model instanceof Set ? new Set(values) : values) : values[0]);
		} else if (type === 'checkbox' && (Array.isArray(model) || model instanceof Set)) {
			const others = [...model].filter((one) => one !== vueValue(field));
			const values = checked ? [...others, vueValue(field)] : others;
			assign(Array.isArray(model) ? values : new Set(values));
		} else if (type === 'checkbox') {
			assign(checked ? ('_trueValue' in field ? field._trueValue : true) : ('_falseValue' in field ? field._falseValue : false));
		} else if (type === 'radio') {
			assign(vueValue(field));
		} else {
			assign(type === 'number' && field.value !== '' ? Number(field.value) : field.value);
		}
		return true;
	};

	/** @param {any} field @returns {boolean} whether it is Preact's, version 10 or 11 */
	const notifyPreact = (field) => {
		const listeners = Object.entries(field.__e ?? field.l ?? {})
			.filter(([name, one]) => /^(on)?(input|change)/i.test(name) && typeof one === 'function');
		listeners.forEach(([name, one]) => one.call(field, eventFor(field, /input/i.test(name) ? 'input' : 'change')));
		return listeners.length > 0;
	};

	/** @param {any} field @returns {boolean} whether another framework made it, whose handlers are not reachable */
	const isOwned = (field) => {
		// Svelte 5; Solid; zone.js.
		if (propertyOf(field, /^(events|.*reset.*|__on_r|\$\$(input|change)|__zone_symbol__(input|change)false)$/)) {
			return true;
		}
		for (let at = field; at; at = at.parentNode ?? at.host) {
			if (at._$litPart$ || at.__vue__ || at.__svelte_meta || at._$owner || at.getAttribute?.('ng-version')) {
				return true;
			}
		}
		return false;
	};

	/** @param {any} field */
	const dispatchEvents = (field) => {
		field.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
		if (field.localName === 'select' || field.type === 'checkbox' || field.type === 'radio') {
			field.dispatchEvent(new Event('change', { bubbles: true }));
		}
	};

	/** @param {Event} event */
	const stop = (event) => {
		event.preventDefault();
		event.stopImmediatePropagation();
	};

	/** @param {() => void} work during which the page can submit, navigate and request nothing */
	const withoutRequests = (work) => {
		const refuse = () => Promise.reject(new DOMException('not while savecast restores a value', 'AbortError'));
		/** @type {[any, string, any][]} */
		const replaced = [
			[HTMLFormElement.prototype, 'submit', () => {}],
			[HTMLFormElement.prototype, 'requestSubmit', () => {}],
			[XMLHttpRequest.prototype, 'send', () => {}],
			[Navigator.prototype, 'sendBeacon', () => false],
			[view, 'fetch', refuse],
			[view, 'open', () => null],
			// Handlers may wait until the user types no more before they send what was typed.
			[view, 'setTimeout', (/** @type {any} */ call, /** @type {any[]} */ ...rest) => (typeof call === 'function'
				? later((/** @type {any[]} */ ...args) => withoutRequests(() => call(...args)), ...rest) : later(call, ...rest))],
		];
		const later = view.setTimeout;
		const before = replaced.map(([owner, name]) => owner[name]);
		const types = /** @type {const} */ (['submit', 'click']);
		types.forEach((type) => addEventListener(type, stop, true));
		view.navigation?.addEventListener('navigate', stop);
		replaced.forEach(([owner, name, instead]) => {
			owner[name] = instead;
		});
		try {
			work();
		} catch (error) {
			console.debug(error);
		} finally {
			replaced.forEach(([owner, name], i) => {
				owner[name] = before[i];
			});
			types.forEach((type) => removeEventListener(type, stop, true));
			view.navigation?.removeEventListener('navigate', stop);
		}
	};

	/** @param {any} element @param {unknown} value @returns {boolean} whether it is a field with a class of its own */
	const notifyCustom = (element, value) => {
		if (typeof value !== 'string') {
			return false;
		}
		// As the browser itself does after the back button.
		element.formStateRestoreCallback?.(value, 'restore');
		return true;
	};

	if (!view[INSTALLED]) {
		Object.defineProperty(view, INSTALLED, { value: true });
		/** @param {Event} event */
		const onRestored = (event) => {
			const [field] = event.composedPath();
			if (field instanceof Element) {
				withoutRequests(() => {
					if (!notifyCustom(field, /** @type {CustomEvent} */ (event).detail) && !notifyReact(field) && !notifyPreact(field) && !notifyVue(field) && isOwned(field)) {
						dispatchEvents(field);
					}
				});
			}
		};
		const listen = () => addEventListener('savecast-restored', onRestored, true);
		listen();
		// When a script writes the document again, the browser removes all listeners.
		new MutationObserver(listen).observe(document, { childList: true });
	}
}
