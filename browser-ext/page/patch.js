// SPDX-License-Identifier: MIT
//
// Carries out a plan: first loads new style sheets beside the old ones, which takes time; then
// changes everything at once.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom, tree } = shared;

	/** A style sheet that takes longer to load is applied when it is loaded, as in any page. */
	const LOAD_MSEC = 5000;
	const WAITING = 'not all';

	/** @param {Node} node */
	const isSheet = (node) => tree.isElement(node) && /** @type {Element} */ (node).matches('link[rel~=stylesheet i][href]:not([disabled])');

	/** @param {Document} document @param {Node} node of another document @returns {Node} */
	const made = (document, node) => {
		const copy = document.importNode(node, true);
		for (const noscript of tree.isElement(copy) ? /** @type {Element} */ (copy).querySelectorAll('noscript') : []) {
			noscript.textContent = noscript.innerHTML;
		}
		return copy;
	};

	/**
	 * Inserts new children: before the next child that stays, or otherwise after the last that
	 * stays.
	 *
	 * @param {ListStep} step
	 * @param {(item: ListItem, ref: Node | null) => Node | null} put inserts the item before `ref`, and returns its node
	 */
	const arrange = ({ parent, items }, put) => {
		const last = items.filter(({ live, moves }) => live && !moves).at(-1);
		/** @type {Node | null} */
		let next = null;
		for (const item of [...items].reverse()) {
			/** @type {Node | null} */
			const ref = next ?? (last?.live ? /** @type {Node} */ (put(last, null)).nextSibling : parent.firstChild);
			next = put(item, ref) ?? next;
		}
	};

	/** @param {Node} parent @param {Node} node @param {Node | null} ref */
	const insert = (parent, node, ref) => {
		const { moveBefore } = /** @type {any} */ (parent);
		if (node === ref) {
			return;
		}
		if (moveBefore && node.isConnected && parent.isConnected && tree.isElement(node)) {
			// Keeps playing, the scroll position and the focus.
			moveBefore.call(parent, node, ref);
		} else {
			parent.insertBefore(node, ref);
		}
	};

	/**
	 * A link whose style sheet changes gets a new link beside it, until the new sheet is loaded.
	 *
	 * @param {PatchStep[]} steps
	 * @returns {{old: HTMLLinkElement, fresh: HTMLLinkElement}[]}
	 */
	const relinked = (steps) => {
		/** @type {Map<Element, Element>} */
		const links = new Map();
		for (const step of steps) {
			if (step.kind === 'attribute' && isSheet(step.element)) {
				const fresh = links.get(step.element) ?? /** @type {Element} */ (step.element.cloneNode());
				setAttribute(fresh, step);
				links.set(step.element, fresh);
			}
		}
		return /** @type {any} */ ([...links].map(([old, fresh]) => ({ old, fresh })));
	};

	/** @param {Element} element @param {AttributeStep} step */
	const setAttribute = (element, { name, attribute, value }) => {
		if (value === null || !attribute) {
			element.removeAttribute(name);
		} else {
			const copy = /** @type {Attr} */ (attribute.cloneNode());
			copy.value = value;
			// Parsers accept names that setAttribute() refuses.
			element.setAttributeNode(copy);
		}
	};

	/** @param {Element} link @returns {Promise<void>} */
	const settled = (link) => new Promise((resolve) => {
		for (const type of ['load', 'error']) {
			link.addEventListener(type, () => resolve(), { once: true });
		}
		setTimeout(resolve, LOAD_MSEC);
	});

	/** Loads the sheet of a link without applying it yet. */
	class Waiting {
		#media;
		#shown;

		/**
		 * @param {HTMLLinkElement} link
		 * @param {() => void} place
		 * @param {(link: HTMLLinkElement) => void} [shown] called when it applies
		 */
		constructor(link, place, shown = () => {}) {
			this.link = link;
			this.#shown = shown;
			this.#media = link.getAttribute('media');
			link.setAttribute('media', WAITING);
			place();
			this.loaded = settled(link);
		}

		show() {
			if (this.#media === null) {
				this.link.removeAttribute('media');
			} else {
				this.link.setAttribute('media', this.#media);
			}
			this.#shown(this.link);
		}
	}

	/** @param {PatchStep} step @param {Set<Node>} ours nodes that this patch has inserted */
	const holds = (step, ours) => {
		switch (step.kind) {
		case 'text':
			return step.node.data === step.was;
		case 'attribute':
			return step.element.getAttribute(step.name) === step.was;
		case 'list': {
			const now = [...step.parent.childNodes].filter((node) => !ours.has(node));
			return now.length === step.was.length && now.every((node, i) => node === step.was[i]);
		}
		}
	};

	/**
	 * Keeps selections and carets in the part of a text that stays.
	 *
	 * @param {CharacterData} node
	 * @param {string} text
	 */
	const setText = (node, text) => {
		const { data } = node;
		const most = Math.min(data.length, text.length);
		let begin = 0, end = 0;
		while (begin < most && data[begin] === text[begin]) {
			begin++;
		}
		while (end < most - begin && data[data.length - 1 - end] === text[text.length - 1 - end]) {
			end++;
		}
		node.replaceData(begin, data.length - begin - end, text.slice(begin, text.length - end));
	};

	/**
	 * The text of a `<style>` is parsed again when it changes.
	 *
	 * @param {TextStep} step
	 */
	const setTextOf = ({ node, text }) => {
		const style = /** @type {any} */ (node.parentNode);
		const switchAsBefore = style?.localName === 'style' && style.sheet ? dom.switcher(style.sheet) : undefined;
		setText(node, text);
		switchAsBefore?.(style);
	};

	/** @param {Node | null} parent of what changed: a player reads changed sources only when it is told to */
	const reloadMedia = (parent) => {
		if (/^(video|audio)$/i.test(parent?.nodeName ?? '') && !/** @type {Element} */ (parent).hasAttribute('src')) {
			/** @type {HTMLMediaElement} */ (parent).load();
		}
	};

	/** @param {PatchStep} step @param {Document} document @param {Map<Node, Node>} placed */
	const carryOut = (step, document, placed) => {
		switch (step.kind) {
		case 'text':
			setTextOf(step);
			break;
		case 'attribute':
			// A link that has a new one beside it has no effect any more.
			setAttribute(step.element, step);
			reloadMedia(step.element.localName === 'source' ? step.element.parentNode : null);
			break;
		case 'list':
			step.gone.forEach((node) => node.parentNode?.removeChild(node));
			arrange(step, ({ next, live, moves }, ref) => {
				const there = placed.get(next) ?? (live && (placed.get(live) ?? live));
				const node = there ?? made(document, next);
				if (!there || moves) {
					insert(step.parent, node, ref);
				}
				return node;
			});
			reloadMedia(step.parent);
			break;
		}
	};

	/**
	 * @param {PatchStep[]} steps
	 * @param {Document} document
	 * @returns {{waiting: Waiting[], placed: Map<Node, Node>, replaced: any[]}} waiting: the style sheets that are still loading; replaced: for putBack()
	 */
	const prepare = (steps, document) => {
		/** @type {Map<Node, Node>} by the node that it stands for */
		const placed = new Map();
		/** @type {Waiting[]} */
		const waiting = [];
		const links = relinked(steps);
		/** @type {any[]} */
		const replaced = [];
		for (const { old, fresh } of links) {
			const isSwitched = steps.some((step) => step.kind === 'attribute' && step.element === old && step.name === 'media');
			const finish = isSwitched ? undefined : dom.switcher(old.sheet);
			waiting.push(new Waiting(fresh, () => old.after(fresh), finish));
			placed.set(old, fresh);
			replaced.push({ old, copy: fresh, finish });
		}
		for (const step of steps) {
			if (step.kind === 'list' && step.parent.isConnected && step.items.some(({ live, next }) => !live && isSheet(next))) {
				arrange(step, ({ next, live, moves }, ref) => {
					if (!live && isSheet(next)) {
						const link = /** @type {HTMLLinkElement} */ (document.importNode(next, true));
						waiting.push(new Waiting(link, () => step.parent.insertBefore(link, ref)));
						placed.set(next, link);
					}
					return placed.get(next) ?? (live && !moves ? live : null);
				});
			}
		}
		return { waiting, placed, replaced };
	};

	/** @param {PatchStep[]} steps @returns {number} nodes as a user would count them */
	const count = (steps) => {
		const nodes = new Set();
		for (const step of steps) {
			if (step.kind === 'list') {
				step.gone.filter((node) => !tree.isSpace(node)).forEach((node) => nodes.add(node));
				step.items.filter(({ live, moves, next }) => (!live || moves) && !tree.isSpace(next)).forEach(({ next }) => nodes.add(next));
			} else {
				nodes.add(step.kind === 'text' ? step.node : step.element);
			}
		}
		return Math.max(nodes.size, 1);
	};

	/**
	 * Carries out all steps or none.
	 *
	 * @param {PatchStep[]} steps
	 * @param {Document} document
	 * @returns {Promise<string | undefined>} why it was not done
	 */
	const perform = async (steps, document) => {
		const { waiting, placed, replaced } = prepare(steps, document);
		await Promise.all(waiting.map(({ loaded }) => loaded));
		const ours = new Set(waiting.map(({ link }) => /** @type {Node} */ (link)));
		if (!steps.every((step) => holds(step, ours))) {
			waiting.forEach(({ link }) => link.remove());
			return 'the page\'s script changed it meanwhile';
		}
		waiting.forEach((one) => one.show());
		replaced.forEach(({ old }) => old.remove());
		steps.forEach((step) => carryOut(step, document, placed));
		await shared.putBack(replaced.map((one) => ({ ...one, href: one.old.getAttribute('href') })));
		return undefined;
	};

	/**
	 * @param {Document} base what the page was made of, parsed
	 * @param {Document} next
	 * @param {Document} live
	 * @returns {Promise<{nodes: number} | {reload: string}>} how many nodes changed, or why the page must be reloaded
	 */
	const patch = async (base, next, live) => {
		const planned = shared.plan(base, next, live);
		if (!planned.steps?.length) {
			return planned.steps ? { nodes: 0 } : planned;
		}
		const chosen = shared.controls.follow(base, next, live);
		const why = await perform(planned.steps, live);
		if (why) {
			return { reload: why };
		}
		chosen();
		return { nodes: count(planned.steps) };
	};

	shared.patch = patch;
}
