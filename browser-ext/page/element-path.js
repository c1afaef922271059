// SPDX-License-Identifier: MIT
//
// Describes where an element is in a document, so that the same element can be found in the next.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom } = shared;

	/** @param {Element} element @returns {number} among the elements in its parent: a form's `children` may be a field of that name */
	const indexOf = (element) => {
		let index = 0;
		for (let at = element.previousElementSibling; at; at = at.previousElementSibling) {
			index++;
		}
		return index;
	};

	/** @param {any} parent @param {number} index @returns {Element | null} */
	const childAt = (parent, index) => {
		let at = parent?.firstElementChild ?? null;
		for (let left = index; at && left > 0; left--) {
			at = at.nextElementSibling;
		}
		return at;
	};

	/** @param {Element} element @returns {number[]} the index in its parent, for it and each ancestor, from the root */
	const indexPath = (element) => {
		const indexes = [];
		/** @type {any} */
		let at = element;
		for (; at.parentNode; at = at.parentNode) {
			indexes.unshift(indexOf(at));
		}
		return indexes;
	};

	/** @param {Element} element @returns {Element | null} the element whose frame or shadow root contains it */
	const hostOf = (element) => {
		const root = /** @type {any} */ (element.getRootNode());
		return root === document ? null : root.host ?? root.defaultView?.frameElement ?? null;
	};

	/**
	 * @param {Element} element
	 * @returns {{id: string, name: string, tag: string, way: number[], holder?: object}}
	 */
	const pathOf = (element) => {
		const holder = hostOf(element);
		return {
			// A form's own `id` may be a field of that name.
			id: element.getAttribute('id') ?? '',
			name: element.getAttribute('name') ?? '',
			tag: element.localName,
			way: indexPath(element),
			...(holder && { holder: pathOf(holder) }),
		};
	};

	/**
	 * @param {any} holder a frame or the host of a shadow root
	 * @returns {Document | ShadowRoot | null} null while a frame has the empty document before its own
	 */
	const inside = (holder) => {
		const inner = dom.inside(holder);
		const early = inner?.URL === 'about:blank' && (holder.hasAttribute('srcdoc') || !/^(about:blank)?$/.test(holder.src ?? ''));
		return early || inner?.readyState === 'loading' ? null : inner;
	};

	/** @param {any} path @returns {Element | null} */
	const find = ({ id, name, tag, way, holder }) => {
		const holding = holder && find(holder);
		const root = holder ? holding && inside(holding) : document;
		let at = root;
		for (const index of way) {
			at = childAt(at, index);
		}
		const fits = at && at.localName === tag && (at.getAttribute('name') ?? '') === name;
		// Several elements may have the same id.
		if (fits && (at.getAttribute('id') ?? '') === id) {
			return /** @type {Element} */ (at);
		}
		const byId = id ? root?.getElementById(id) : null;
		return byId?.localName === tag ? byId : fits ? /** @type {Element} */ (at) : null;
	};

	shared.elementPath = { of: pathOf, find };
}
