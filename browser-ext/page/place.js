// SPDX-License-Identifier: MIT
//
// Where an element is in a document, said so that its like is found in the next one.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.keeps) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom } = shared;

	/** @param {Element} element @returns {number[]} the way to it from its root, child by child */
	const wayTo = (element) => {
		const way = [];
		/** @type {any} */
		let at = element;
		for (; at.parentNode?.children; at = at.parentNode) {
			way.unshift([...at.parentNode.children].indexOf(at));
		}
		return way;
	};

	/** @param {Element} element @returns {Element | null} the one whose frame or shadow it is in */
	const holderOf = (element) => {
		const root = /** @type {any} */ (element.getRootNode());
		return root === document ? null : root.host ?? root.defaultView?.frameElement ?? null;
	};

	/**
	 * @param {Element} element
	 * @returns {{id: string, name: string, tag: string, way: number[], holder?: object}}
	 */
	const addressOf = (element) => {
		const holder = holderOf(element);
		return {
			// A form's own `id` may be a field of that name.
			id: element.getAttribute('id') ?? '',
			name: element.getAttribute('name') ?? '',
			tag: element.localName,
			way: wayTo(element),
			...(holder && { holder: addressOf(holder) }),
		};
	};

	/** @param {any} address @returns {Element | null} */
	const find = ({ id, name, tag, way, holder }) => {
		const holding = holder && find(holder);
		const root = holder ? holding && dom.inside(holding) : document;
		const byId = id ? root?.getElementById(id) : null;
		if (byId?.localName === tag) {
			return byId;
		}
		let at = root;
		for (const index of way) {
			at = at?.children[index];
		}
		const fits = at && at.localName === tag && (at.getAttribute('name') ?? '') === name;
		return fits ? /** @type {Element} */ (at) : null;
	};

	shared.place = { of: addressOf, find };
}
