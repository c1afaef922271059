// SPDX-License-Identifier: MIT
//
// Restores the user's state of one element.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { find } = shared.elementPath;
	const { isSecret } = shared.state;

	/**
	 * @param {any} field whose framework, if it has one, must know the value: see frameworks.js
	 * @param {string} [value] of a custom element, which only its own class can set
	 */
	const announce = (field, value) => {
		shared.observed.setEdited(field);
		field.dispatchEvent(new CustomEvent('savecast-restored', { composed: true, detail: value }));
	};

	/**
	 * For each frame that goes back to the page that the user saw: the URL of the page that it leaves.
	 *
	 * @type {WeakMap<Element, string>}
	 */
	const moving = new WeakMap();

	/** @param {any} frame @param {{from: string, to: string}} way */
	const moveFrame = (frame, { from, to }) => {
		if (new URL(frame.src, document.baseURI).href === from) {
			moving.set(frame, from);
			frame.contentWindow.location.replace(to);
		}
	};

	/** @param {any} item @returns {boolean} whether it is in a frame that still shows the page which it leaves */
	const isMoving = ({ holder }) => {
		const frame = holder && /** @type {any} */ (find(holder));
		return Boolean(frame) && (moving.get(frame) === frame.contentDocument?.URL && moving.has(frame) || isMoving(holder));
	};

	/**
	 * A half-typed number is not a value: it is typed again, without calling the page's handlers.
	 *
	 * @param {HTMLInputElement} field with the focus
	 * @param {string} text
	 */
	const typeAgain = (field, text) => {
		const stop = (/** @type {Event} */ event) => event.stopImmediatePropagation();
		const types = ['beforeinput', 'input'];
		types.forEach((type) => addEventListener(type, stop, true));
		field.select();
		field.ownerDocument.execCommand('insertText', false, text);
		types.forEach((type) => removeEventListener(type, stop, true));
	};

	/**
	 * Restores the markup, too, so that an editor built on the element recognizes its lines.
	 *
	 * @param {Element} element
	 * @param {string} html
	 */
	const restoreText = (element, html) => {
		const { body } = new DOMParser().parseFromString(html, 'text/html');
		element.replaceChildren(...body.childNodes);
	};

	/** @param {HTMLMediaElement} media @param {{volume: number, muted: boolean, rate: number}} sound */
	const restoreSound = (media, { volume, muted, rate }) => {
		media.volume = volume;
		media.muted = muted;
		media.playbackRate = rate;
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

	/** @typedef {{of: number, options: {index: number, value: string}[]}} Chosen as in state.js */

	/**
	 * The page may have more options than before, or others.
	 *
	 * @param {HTMLSelectElement} select
	 * @param {Chosen} chosen
	 * @returns {(HTMLOptionElement | undefined)[]}
	 */
	const optionsOf = ({ options }, { of, options: chosen }) => chosen.map(({ index, value }) => (options[index]?.value === value ? options[index]
		: [...options].find((option) => option.value === value) ?? (options.length === of ? options[index] : undefined)));

	/** @param {HTMLSelectElement} select @param {Chosen} chosen */
	const choose = (select, chosen) => {
		const found = optionsOf(select, chosen);
		[...select.options].forEach((option) => {
			option.selected = found.includes(option);
		});
		announce(select);
	};

	/** @param {any} element @param {any} state @returns {boolean} false: a script has yet to make its options */
	const isReady = (element, { chosen }) => !chosen?.options.length || !element.options || optionsOf(element, chosen).some(Boolean);

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
			choose(element, state.chosen);
		}
		if (state.indeterminate !== undefined) {
			element.indeterminate = state.indeterminate;
		}
		if (state.sound) {
			restoreSound(element, state.sound);
		}
		if (state.position) {
			restorePosition(element, state.position);
		}
		if (state.hidden && element.value === state.hidden.from) {
			element.value = state.hidden.to;
		}
		if (state.custom !== undefined) {
			announce(element, state.custom);
		}
		if (state.text !== undefined && element.textContent !== state.text) {
			restoreText(element, state.html);
		}
		if (state.design) {
			element.ownerDocument.designMode = 'on';
		}
		if (state.way) {
			moveFrame(element, state.way);
		}
		if (state.open !== undefined) {
			element.open = state.open;
		}
		if (state.dialog === 'closed' && !element.matches(':modal')) {
			// Without an event for the page.
			element.removeAttribute('open');
		}
		if (state.returned !== undefined) {
			element.returnValue = state.returned;
		}
		if (state.found) {
			shared.observed.setFound(element);
			element.removeAttribute('hidden');
		}
	};

	/** @param {any} element @param {any} state */
	const reopen = (element, state) => {
		if (state.dialog && state.dialog !== 'closed' && !element.open) {
			element[state.dialog === 'modal' ? 'showModal' : 'show']();
		}
		if (state.popover && !element.matches(':popover-open')) {
			element.showPopover();
		}
	};

	shared.restoreElement = { isMoving, isReady, reopen, restoreElement, typeAgain };
}
