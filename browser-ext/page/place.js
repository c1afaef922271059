// SPDX-License-Identifier: MIT
//
// Where an element is in a document, said so that its like is found in the next one.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.keeps) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

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

	shared.place = { of: addressOf, find };
}
