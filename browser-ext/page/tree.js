// SPDX-License-Identifier: MIT
//
// Compares two trees of nodes: two parsed documents, or a parsed document and the live page that a
// browser made of it.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	/** Browsers hide nonces in the live page, and each answer has a different one. */
	const IGNORED = new Set(['nonce']);
	/** A document has one of each, so they match even if their ids differ. */
	const SINGLE = new Set(['html', 'head', 'body']);
	/** Attributes that scripts and users change while the element stays the same. */
	const LOOSE = /^(class|style|hidden|open|disabled|value|checked|selected|aria-.*|data-.*)$/;

	/** @param {Node} node @returns {node is Element} */
	const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;

	/** @param {Node} node @returns {node is CharacterData} text or a comment */
	const isText = (node) => node.nodeType === Node.TEXT_NODE || node.nodeType === Node.COMMENT_NODE;

	/** @param {Node} node @returns {boolean} whether it is text that consists of white space */
	const isSpace = (node) => node.nodeType === Node.TEXT_NODE && !/\S/.test(/** @type {Text} */ (node).data);

	/** @param {Node} node @returns {Node} what holds its children */
	const inner = (node) => (node instanceof HTMLTemplateElement || /** @type {any} */ (node).content?.nodeType ===
		Node.DOCUMENT_FRAGMENT_NODE ? /** @type {HTMLTemplateElement} */ (node).content : node);

	/** @param {Node} node */
	const kids = (node) => [...inner(node).childNodes];

	/** @type {WeakMap<Document, boolean>} */
	const withTemplates = new WeakMap();

	/** @param {Node} node @returns {boolean} whether there may be templates in it; remembered for a parsed document, which does not change */
	const mayHaveTemplates = (node) => {
		const document = /** @type {Document} */ (node.ownerDocument ?? node);
		if (document.defaultView || !document.documentElement) {
			return true;
		}
		const known = withTemplates.get(document) ?? document.querySelector('template') !== null;
		withTemplates.set(document, known);
		return known;
	};

	/** @param {Node} node @returns {HTMLTemplateElement[]} those in it, and the node itself if it is one */
	const templates = (node) => {
		if (!mayHaveTemplates(node)) {
			return [];
		}
		const found = [.../** @type {Element} */ (node).querySelectorAll?.('template') ?? []];
		if (isElement(node) && node.localName === 'template') {
			found.unshift(/** @type {HTMLTemplateElement} */ (node));
		}
		return /** @type {HTMLTemplateElement[]} */ (found);
	};

	/**
	 * The browser's own comparison ignores the content of templates.
	 *
	 * @param {Node} a
	 * @param {Node} b
	 * @returns {boolean}
	 */
	const same = (a, b) => {
		if (!a.isEqualNode(b)) {
			return false;
		}
		const ours = templates(a);
		const theirs = ours.length ? templates(b) : [];
		return ours.every((template, i) => theirs[i] !== undefined && same(inner(template), inner(theirs[i])));
	};

	/**
	 * @param {Element} element
	 * @param {string} name
	 * @returns {string | null} its value; for a URL that replaces another one after a save, the original URL
	 */
	const valueOf = (element, name) => {
		const value = element.getAttribute(name);
		return value?.includes('savecast=') ? value.replace(/[?&]savecast=\d+/, '').replace(/^([^?#]*)&/, '$1?') : value;
	};

	/** @param {Element} base @param {Element} live @param {string} name */
	const sameValue = (base, live, name) => {
		const ours = base.getAttribute(name), theirs = valueOf(live, name);
		if (ours === theirs || IGNORED.has(name)) {
			return true;
		}
		// Replacing a file makes its URL absolute.
		return ours !== null && theirs !== null && live.getAttribute(name) !== theirs &&
			new URL(ours, live.baseURI).href === new URL(theirs, live.baseURI).href;
	};

	/** @param {Element} a @param {Element} b @returns {string[]} attributes in either, those that are ignored left out */
	const names = (a, b) => [...new Set([...a.getAttributeNames(), ...b.getAttributeNames()])]
		.filter((name) => !IGNORED.has(name));

	/** @param {Node} a @param {Node} b */
	const sameKind = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName &&
		/** @type {Element} */ (a).namespaceURI === /** @type {Element} */ (b).namespaceURI;

	/**
	 * @param {Node} base
	 * @param {Node} live
	 * @returns {boolean} whether the live node is what the browser makes of the parsed one
	 */
	const isMade = (base, live) => {
		if (base.isEqualNode(live) && !templates(base).length) {
			return true;
		}
		if (!sameKind(base, live)) {
			return false;
		}
		if (!isElement(base)) {
			return isText(base) && base.data === /** @type {CharacterData} */ (live).data;
		}
		const element = /** @type {Element} */ (live);
		if (base.localName === 'noscript') {
			// A browser that runs scripts has text here; a parser, which runs none, has elements.
			return true;
		}
		const ours = kids(base), theirs = kids(live);
		return names(base, element).every((name) => sameValue(base, element, name)) &&
			ours.length === theirs.length && ours.every((kid, i) => isMade(kid, theirs[i]));
	};

	/** @param {Node} base @param {Node} live @returns {boolean} whether a script may have made `live` from `base` */
	const isLike = (base, live) => {
		if (!sameKind(base, live)) {
			return false;
		}
		if (!isElement(base)) {
			return isText(base) && base.data === /** @type {CharacterData} */ (live).data;
		}
		const element = /** @type {Element} */ (live);
		return SINGLE.has(base.localName) || base.getAttribute('id') === element.getAttribute('id') &&
			base.getAttributeNames().every((name) => LOOSE.test(name) || sameValue(base, element, name));
	};

	/** @param {Node} node @returns {string} the name by which an author distinguishes it from its siblings; '' if there is none */
	const keyOf = (node) => (!isElement(node) || SINGLE.has(node.localName) ? ''
		: node.getAttribute('id') ?? node.getAttribute('data-key') ?? node.getAttribute('key') ??
			node.getAttribute('name') ?? '');

	shared.tree = { isElement, isText, isSpace, inner, kids, same, sameKind, sameValue, valueOf, names, isMade, isLike, keyOf };
}
