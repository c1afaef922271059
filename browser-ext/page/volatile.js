// SPDX-License-Identifier: MIT
//
// Finds what differs between any two answers of a server: tokens, times, request numbers. Two
// answers of the same code show these differences; so if a new answer seems to differ only in them,
// the page is requested a second time.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { tree } = shared;

	/** @param {string} text @returns {string} without numbers and what looks random */
	const mask = (text) => text.replace(/[A-Za-z0-9+/_=-]{16,}/g, '#').replace(/\d+/g, '0');

	/**
	 * Wherever `next` differs from `second`, an answer of the same code, copies the content of
	 * `base` to `next`.
	 *
	 * @param {Node} base
	 * @param {Node} next changed in place
	 * @param {Node} second
	 */
	const settle = (base, next, second) => {
		if (!tree.sameKind(base, next) || !tree.sameKind(next, second) || tree.same(next, second)) {
			return;
		}
		if (tree.isText(next)) {
			/** @type {CharacterData} */ (next).data = /** @type {CharacterData} */ (base).data;
			return;
		}
		if (tree.isElement(next)) {
			settleAttributes(/** @type {any} */ (base), /** @type {any} */ (next), /** @type {any} */ (second));
		}
		const ours = tree.kids(base), theirs = tree.kids(next), others = tree.kids(second);
		if (theirs.length !== others.length) {
			// The list differs in every answer.
			const holder = /** @type {Element} */ (tree.inner(next));
			holder.replaceChildren(...ours.map((/** @type {Node} */ node) => (next.ownerDocument ?? document).importNode(node, true)));
			return;
		}
		const { from } = shared.align.pair(ours, theirs);
		theirs.forEach((/** @type {Node} */ node, /** @type {number} */ i) => {
			if (from[i] >= 0) {
				settle(ours[from[i]], node, others[i]);
			}
		});
	};

	/** @param {Element} base @param {Element} next @param {Element} second */
	const settleAttributes = (base, next, second) => {
		for (const name of tree.names(next, second)) {
			if (next.getAttribute(name) !== second.getAttribute(name)) {
				const old = base.getAttributeNode(name);
				if (old) {
					next.setAttributeNode(/** @type {Attr} */ (old.cloneNode()));
				} else {
					next.removeAttribute(name);
				}
			}
		}
	};

	shared.volatile = { mask, settle };
}
