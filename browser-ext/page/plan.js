// SPDX-License-Identifier: MIT
//
// Plans how to change the live page so that it shows the next answer, provided that scripts have
// not changed those parts since the page was made from the base. Nothing is changed here: a plan
// is carried out as a whole or not at all.
'use strict';

/**
 * @typedef {{kind: 'text', node: CharacterData, was: string, text: string}} TextStep
 * @typedef {{kind: 'attribute', element: Element, name: string, was: string | null, attribute: Attr | null,
 *	value: string | null}} AttributeStep attribute: copied, because of its namespace
 * @typedef {{next: Node, live?: Node, moves?: boolean}} ListItem a child of the new list
 * @typedef {{kind: 'list', parent: Node, was: Node[], gone: Node[], items: ListItem[]}} ListStep
 * @typedef {TextStep | AttributeStep | ListStep} PatchStep
 */

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { align, tree, verdict } = shared;

	/** With more changes, it is a different page. */
	const MAX_CHANGES = 2000;

	/** The page must reload; the message says why. */
	class Reload extends Error {}

	/** @param {string | undefined} why */
	const refuse = (why) => {
		if (why) {
			throw new Reload(why);
		}
	};

	/** @param {Node} live @returns {string} for display */
	const place = (live) => verdict.tag(tree.isElement(live) ? live : live.parentElement ?? document.documentElement);

	class Plan {
		/** @type {PatchStep[]} */
		steps = [];
		#scripted;
		#size = 0;
		/** @type {Set<string> | undefined} */
		#likes;

		/** @param {Document} base @param {Document} next @param {Document} live */
		constructor(base, next, live) {
			this.roots = { base, live };
			this.#scripted = verdict.runs(base) || verdict.runs(live);
			this.#visit(base, next, live);
		}

		/** @param {PatchStep} step */
		#add(step) {
			this.steps.push(step);
			this.#size += step.kind === 'list' ? step.gone.length + step.items.filter(({ live, moves }) => !live || moves).length : 1;
			refuse(this.#size > MAX_CHANGES ? `more than ${MAX_CHANGES} changes` : undefined);
		}

		/** @param {Node} base @param {Node} next @param {Node} live */
		#visit(base, next, live) {
			if (tree.same(base, next)) {
				return;
			}
			if (tree.isText(base)) {
				this.#text(/** @type {any} */ (base), /** @type {any} */ (next), /** @type {any} */ (live));
				return;
			}
			if (tree.isElement(base)) {
				this.#attributes(/** @type {any} */ (base), /** @type {any} */ (next), /** @type {any} */ (live));
				if (this.#special(/** @type {any} */ (base), /** @type {any} */ (next), /** @type {any} */ (live))) {
					return;
				}
			}
			this.#children(base, next, live);
		}

		/** @param {CharacterData} base @param {CharacterData} next @param {CharacterData} live */
		#text(base, next, live) {
			if (live.data === next.data) {
				return;
			}
			refuse(live.data === base.data ? undefined : `the page's script changed the text of ${place(live)}`);
			const { parentElement } = live;
			if (parentElement) {
				refuse(verdict.ofPlace(parentElement));
			}
			this.#add({ kind: 'text', node: live, was: base.data, text: next.data });
		}

		/** @param {Element} base @param {Element} next @param {Element} live */
		#attributes(base, next, live) {
			for (const name of tree.names(base, next)) {
				const from = base.getAttribute(name), to = next.getAttribute(name);
				if (from === to || live.getAttribute(name) === to) {
					continue;
				}
				refuse(verdict.ofAttribute(base, name) ?? verdict.ofAttribute(next, name) ?? verdict.ofPlace(live) ??
					(this.#scripted ? verdict.ofScripted(base, name) : undefined));
				const value = tree.sameValue(base, live, name) ? to
					: name === 'class' ? mergedTokens(from ?? '', to ?? '', live.getAttribute(name) ?? '') : undefined;
				refuse(value === undefined ? `the page's script changed ${name} of ${place(live)}` : undefined);
				this.#add({
					kind: 'attribute', element: live, name, was: live.getAttribute(name),
					attribute: next.getAttributeNode(name), value: value ?? null,
				});
			}
		}

		/**
		 * @param {Element} base
		 * @param {Element} next
		 * @param {Element} live
		 * @returns {boolean} whether its children need no further comparison
		 */
		#special(base, next, live) {
			switch (base.localName) {
			case 'script': {
				const changed = base.textContent !== next.textContent;
				refuse(changed && verdict.isScript(base) ? `${verdict.nameOf(base)} changed` : undefined);
				return false;
			}
			case 'style':
				refuse(verdict.imports(base.textContent) || verdict.imports(next.textContent)
					? 'a style sheet with imports changed' : undefined);
				refuse(isAsWritten(/** @type {HTMLStyleElement} */ (base), /** @type {HTMLStyleElement} */ (live))
					? undefined : 'the page\'s script changed a style sheet');
				return false;
			case 'noscript':
				// Not shown: a browser that runs scripts has text here, not elements.
				return true;
			}
			return false;
		}

		/** @param {Node} base @param {Node} next @param {Node} live */
		#children(base, next, live) {
			const ours = tree.kids(base), theirs = tree.kids(next);
			const { from, stays, equal } = align.pair(ours, theirs), paired = new Set(from);
			const there = tree.inner(live).childNodes;
			const isMade = tree.same(base, live), at = isMade ? undefined : align.locate(ours, [...there]);
			const changes = stays.size < theirs.length || stays.size < ours.length;
			const found = (/** @type {number} */ i) => (isMade ? there[i] : at?.[i] === undefined ? undefined : there[at[i]]);
			if (changes) {
				refuse(ours.every(tree.isSpace) && ![...there].every(tree.isSpace) ? `the page's script filled ${place(live)}` : undefined);
				refuse((isMade || at) && ours.every((/** @type {Node} */ _, /** @type {number} */ i) => found(i)) ? undefined
					: `the page's script changed what is in ${place(live)}`);
				this.#list(live, theirs.map((/** @type {Node} */ node, /** @type {number} */ i) => (from[i] < 0 ? { next: node }
					: { next: node, live: found(from[i]), ...(!stays.has(i) && { moves: true }) })),
				ours.flatMap((/** @type {Node} */ node, /** @type {number} */ i) =>
					(paired.has(i) ? [] : [{ base: node, live: found(i) }])));
			}
			theirs.forEach((/** @type {Node} */ node, /** @type {number} */ i) => {
				if (from[i] >= 0 && !equal.has(i) && !tree.same(ours[from[i]], node)) {
					const made = found(from[i]);
					if (!made) {
						throw new Reload(`the page's script changed what is in ${place(live)}`);
					}
					this.#visit(ours[from[i]], node, made);
				}
			});
		}

		/** @param {Node} live @param {ListItem[]} items @param {{base: Node, live: Node}[]} gone */
		#list(live, items, gone) {
			const fresh = items.filter((item) => !item.live).map(({ next }) => next);
			refuse([...fresh, ...gone.map(({ base }) => base)].some(({ nodeType }) => nodeType === Node.DOCUMENT_TYPE_NODE)
				? 'the document type changed' : undefined);
			if (tree.isElement(live)) {
				refuse(verdict.ofPlace(live));
			}
			for (const { base, live: node } of gone.filter((one) => tree.isElement(one.base))) {
				refuse(verdict.ofTree(base) ?? verdict.ofPlace(node) ?? (tree.isMade(base, node) ? undefined
					: `the page's script changed what is in ${place(node)}`));
			}
			for (const node of items.filter(({ moves }) => moves).map((item) => item.live)) {
				refuse(verdict.ofTree(node) ?? verdict.ofPlace(node));
			}
			for (const node of fresh.filter(tree.isElement)) {
				refuse(verdict.ofTree(node) ?? (this.#scripted ? verdict.ofNew(node, () => this.#touched()) : undefined));
			}
			this.#add({
				kind: 'list', parent: tree.inner(live), was: tree.kids(live), gone: gone.map((one) => one.live), items,
			});
		}

		#touched() {
			const { base, live } = this.roots;
			return this.#likes ??= verdict.touched(base.documentElement, live.documentElement);
		}
	}

	/** @param {string} text */
	const tokens = (text) => text.split(/\s+/).filter(Boolean);

	/**
	 * @param {string} from
	 * @param {string} to
	 * @param {string} live what a script made of `from`
	 */
	const mergedTokens = (from, to, live) => {
		const before = tokens(from), after = tokens(to);
		const stay = tokens(live).filter((token) => after.includes(token) || !before.includes(token));
		return [...new Set([...stay, ...after.filter((token) => !before.includes(token))])].join(' ');
	};

	/** @param {CSSStyleSheet} sheet @returns {string} without URLs: pictures in it may have been refreshed */
	const rulesOf = (sheet) => [...sheet.cssRules].map(({ cssText }) => cssText).join('\n').replace(/url\(\s*(["']?).*?\1\s*\)/g, '');

	/** @param {HTMLStyleElement} base @param {HTMLStyleElement} live @returns {boolean} whether no script changed its rules */
	const isAsWritten = (base, live) => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(base.textContent ?? '');
		// In quirks mode, a page has values that are none here.
		return !live.sheet || live.sheet.cssRules.length === sheet.cssRules.length &&
			(live.ownerDocument.compatMode === 'BackCompat' || rulesOf(live.sheet) === rulesOf(sheet));
	};

	/**
	 * @param {Document} base the parsed answer that the page was made from
	 * @param {Document} next
	 * @param {Document} live
	 * @returns {{steps: PatchStep[]} | {reload: string}} reload: why
	 */
	const plan = (base, next, live) => {
		try {
			return { steps: new Plan(base, next, live).steps };
		} catch (error) {
			if (error instanceof Reload) {
				return { reload: error.message };
			}
			throw error;
		}
	};

	shared.plan = plan;
}
