// SPDX-License-Identifier: MIT
//
// Matches the nodes of one list with those of another. Pure, except for the comparison of nodes.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { isElement, isMade, isLike, isSpace, isText, keyOf, kids, same, sameKind } = shared.tree;

	/** At most this many pairs of nodes are compared in the search for moved nodes. */
	const MAX_COMPARED = 20000;

	/**
	 * @template A, B
	 * @param {A[]} a
	 * @param {B[]} b
	 * @param {(a: A, b: B) => boolean} equal
	 * @returns {{begin: number, end: number}} how many are equal at the beginning, and at the end
	 */
	const ends = (a, b, equal) => {
		const most = Math.min(a.length, b.length);
		let begin = 0;
		while (begin < most && equal(a[begin], b[begin])) {
			begin++;
		}
		let end = 0;
		while (end < most - begin && equal(a[a.length - 1 - end], b[b.length - 1 - end])) {
			end++;
		}
		return { begin, end };
	};

	/**
	 * @param {number[]} list -1: none
	 * @returns {Set<number>} the indices of a longest increasing subsequence
	 */
	const growing = (list) => {
		/** @type {number[]} */
		const tails = [];
		/** @type {number[]} */
		const before = [];
		list.forEach((value, i) => {
			if (value < 0) {
				return;
			}
			let low = 0, high = tails.length;
			while (low < high) {
				const middle = (low + high) >> 1;
				if (list[tails[middle]] < value) {
					low = middle + 1;
				} else {
					high = middle;
				}
			}
			before[i] = low ? tails[low - 1] : -1;
			tails[low] = i;
		});
		/** @type {Set<number>} */
		const found = new Set();
		for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i]) {
			found.add(i);
		}
		return found;
	};

	/** @param {Node} node @returns {string} the same for equal nodes; '' for white space */
	const printOf = (node) => (isElement(node) ? /** @type {Element} */ (node).outerHTML
		: isSpace(node) ? '' : `${node.nodeType}${/** @type {CharacterData} */ (node).data}`);

	/**
	 * @param {Node[]} before
	 * @param {Node[]} after
	 * @param {number[]} pairs filled in: for each of `after`, its index in `before`
	 * @param {number[]} open the indices of the nodes of `after` to find
	 * @param {(node: Node) => string} mark a text by which nodes are paired; '' for a node that has none
	 */
	const pairBy = (before, after, pairs, open, mark) => {
		const taken = new Set(pairs);
		/** @type {Map<string, number[]>} */
		const places = new Map();
		before.forEach((node, i) => {
			const text = taken.has(i) ? '' : mark(node);
			if (text) {
				places.set(text, [...places.get(text) ?? [], i]);
			}
		});
		for (const i of open) {
			const at = pairs[i] < 0 ? places.get(mark(after[i])) : undefined;
			if (at?.length && sameKind(before[at[0]], after[i])) {
				pairs[i] = /** @type {number} */ (at.shift());
			}
		}
	};

	/** @param {Node} a @param {Node} b @returns {boolean} whether one may become the other */
	const mayBecome = (a, b) => sameKind(a, b) && keyOf(a) === keyOf(b);

	/**
	 * Pairs the nodes between two matched neighbours, in their order.
	 *
	 * @param {Node[]} before
	 * @param {Node[]} after
	 * @param {number[]} pairs
	 */
	const pairGaps = (before, after, pairs) => {
		const fixed = growing(pairs);
		const taken = new Set(pairs);
		let low = 0;
		after.forEach((node, i) => {
			if (fixed.has(i)) {
				low = pairs[i] + 1;
			} else if (pairs[i] < 0) {
				let high = before.length;
				for (let j = i + 1; j < after.length; j++) {
					if (fixed.has(j)) {
						high = pairs[j];
						break;
					}
				}
				for (let at = low; at < high; at++) {
					if (!taken.has(at) && mayBecome(before[at], node)) {
						taken.add(at);
						pairs[i] = at;
						low = at + 1;
						break;
					}
				}
			}
		});
	};

	/**
	 * @param {Node[]} before
	 * @param {Node[]} after
	 * @returns {{from: number[], stays: Set<number>, equal: Set<number>}} `from`: for each of `after`, the index of
	 *	its node in `before`, or -1; `stays`: the indices of those that keep their order; `equal`: of those that are known to
	 *	be equal to that node
	 */
	const pair = (before, after) => {
		const { begin, end } = ends(before, after, same);
		const shift = before.length - after.length;
		const from = after.map((_, i) => (i < begin ? i : i >= after.length - end ? i + shift : -1));
		if (!shift) {
			// Most changes are inside of a few elements, and the others are where they were.
			for (let i = begin; i < after.length - end; i++) {
				from[i] = isElement(after[i]) && same(before[i], after[i]) ? i : -1;
			}
		}
		const equal = new Set(from.flatMap((at, i) => (at < 0 ? [] : [i])));
		const open = from.flatMap((at, i) => (at < 0 ? [i] : []));
		const alone = open.length === 1 && before.length - begin - end === 1;
		if (open.length && before.length > begin + end && !(alone && mayBecome(before[begin], after[begin]))) {
			pairBy(before, after, from, open, (node) => keyOf(node) && `${node.nodeName} ${keyOf(node)}`);
			pairBy(before, after, from, open, printOf);
		}
		// Text is not moved: a new text node costs nothing.
		const stays = growing(from);
		from.forEach((at, i) => {
			if (at >= 0 && !stays.has(i) && isText(after[i])) {
				from[i] = -1;
			}
		});
		pairGaps(before, after, from);
		return { from, stays: growing(from), equal };
	};

	/**
	 * @param {Node[]} part
	 * @param {Node[]} whole
	 * @param {number} step 1: as early as possible; -1: as late as possible
	 * @returns {number[] | undefined} where each of `part` is in `whole`, in this order
	 */
	const embed = (part, whole, step) => {
		/** @type {number[]} */
		const found = [];
		let at = step > 0 ? 0 : whole.length - 1;
		for (let n = 0; n < part.length; n++) {
			const i = step > 0 ? n : part.length - 1 - n;
			while (at >= 0 && at < whole.length && !isLike(part[i], whole[at])) {
				at += step;
			}
			if (at < 0 || at >= whole.length) {
				return undefined;
			}
			found[i] = at;
			at += step;
		}
		return found;
	};

	/**
	 * @param {Node[]} base
	 * @param {Node[]} live
	 * @returns {(number | undefined)[] | undefined} for each node of `base`, its index in `live`, or
	 *	undefined if that is ambiguous; undefined as a whole if scripts have moved nodes
	 */
	const locate = (base, live) => {
		const { begin, end } = ends(base, live, isMade);
		const shift = live.length - base.length;
		const part = base.slice(begin, base.length - end), whole = live.slice(begin, live.length - end);
		/** @type {(number | undefined)[]} */
		const at = base.map((_, i) => (i < begin ? i : i >= base.length - end ? i + shift : undefined));
		const first = embed(part, whole, 1), last = embed(part, whole, -1);
		if (first && last) {
			first.forEach((place, i) => {
				at[begin + i] = place === last[i] ? begin + place : undefined;
			});
		} else if (part.length === whole.length && part.every((node, i) => (isText(node) || part.length === 1) && mayBecome(node, whole[i]))) {
			// A script has changed them in place.
			part.forEach((_, i) => {
				at[begin + i] = begin + i;
			});
		}
		return slides(at, live) || isShuffled(part, live, at.slice(begin)) ? undefined : at;
	};

	/**
	 * @param {Node[]} part of the base
	 * @param {Node[]} live
	 * @param {(number | undefined)[]} at where each of `part` is
	 * @returns {boolean} whether a node that seems changed exists, unchanged, in another place
	 */
	const isShuffled = (part, live, at) => {
		const touched = part.filter((node, i) => !isText(node) && !isMade(node, live[at[i] ?? -1] ?? document));
		return touched.length * live.length > MAX_COMPARED ||
			touched.some((node) => live.some((other) => isMade(node, other)));
	};

	/** @param {Node} a @param {Node} b @returns {boolean} whether one may be a script's copy of the other, both changed by it since */
	const mayBeCopies = (a, b) => {
		const ours = kids(a), theirs = kids(b);
		return isLike(a, b) && isLike(b, a) && ours.length === theirs.length &&
			ours.every((/** @type {Node} */ kid, /** @type {number} */ i) => mayBeCopies(kid, theirs[i]));
	};

	/**
	 * @param {(number | undefined)[]} at
	 * @param {Node[]} live
	 * @returns {boolean} whether it is ambiguous which nodes a script added
	 */
	const slides = (at, live) => {
		const known = new Set(at);
		let begin = -1;
		for (let i = 0; i <= live.length; i++) {
			const added = i < live.length && !known.has(i);
			if (added && begin < 0) {
				begin = i;
			} else if (!added && begin >= 0) {
				// The run of added nodes could as well begin one earlier or one later.
				if ((i < live.length && mayBeCopies(live[begin], live[i])) || (begin > 0 && mayBeCopies(live[i - 1], live[begin - 1]))) {
					return true;
				}
				begin = -1;
			}
		}
		return false;
	};

	shared.align = { pair, locate };
}
