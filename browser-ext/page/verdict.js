// SPDX-License-Identifier: MIT
//
// Decides which changes need a reload: those of scripts, and of elements that scripts may use.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { isElement, isMade, kids, names } = shared.tree;

	/** Script types that browsers do not run and pages' scripts do not read. */
	const DATA = /^application\/ld\+json$/i;
	/** Marks of frameworks that keep a copy of the element's content. */
	const OWNED = '[data-reactroot], #__next, #__nuxt, [data-v-app], [data-server-rendered], astro-island, ' +
		'[ng-version], [ngh], [q\\:container], [data-hk], [data-sveltekit-hydrate], [data-turbo-permanent]';
	/**
	 * Elements to which a script may have added listeners when the page was loaded: a new one has
	 * none.
	 */
	const ALIVE = 'button, input, select, textarea, form, dialog, summary, canvas, iframe, video, audio, object, embed, ' +
		'[id], [role], [tabindex], [contenteditable]';
	/** Attributes whose changes no script needs to notice. */
	const PLAIN = /^(class|style|href|src|srcset|sizes|alt|title|width|height|lang|dir|value|placeholder|label|content|aria-.*|colspan|rowspan|scope|start|reversed|datetime|cite|rel|target|type|media|loading|hidden|open|checked|selected|disabled|for|name|d|fill|stroke|stroke-width|viewBox|points|cx|cy|r|rx|ry|x|y|x1|x2|y1|y2|transform|xlink:href|color)$/;

	/** @param {Element} element @returns {boolean} whether it is a script that runs or is read by one */
	const isScript = (element) => element.localName === 'script' && !DATA.test(element.getAttribute('type') ?? '');

	/** @param {Element} element @returns {Element[]} it, and all in it */
	const all = (element) => [element, ...element.querySelectorAll('*'),
		...[...element.querySelectorAll('template')].flatMap((template) =>
			[...(/** @type {HTMLTemplateElement} */ (template)).content.children].flatMap(all))];

	/** @param {Element} element */
	const hasHandler = (element) => element.getAttributeNames().some((name) => /^on/i.test(name));

	/** @param {Element} script @returns {string} for display */
	const nameOf = (script) => script.getAttribute('src')?.split(/[?#]/)[0].split('/').pop() || 'an inline script';

	/** @param {Element} element @returns {string} for display */
	const tag = (element) => `<${element.localName}>`;

	/** As browsers write an attribute. Text may look like this, too. */
	const HANDLER = /\son[^\s"=]*="/i;

	/** @param {Document} document @returns {boolean} whether anything may run in it */
	const runs = (document) => [...document.querySelectorAll('script')].some(isScript) ||
		// To write the page as text takes less time than to look at each element.
		(HANDLER.test(document.documentElement?.outerHTML ?? '') && [...document.querySelectorAll('*')].some(hasHandler));

	/** @param {string | null} style @returns {boolean} whether it imports style sheets, which load later */
	const imports = (style) => /@import/i.test(style ?? '');

	/**
	 * @param {Element} element that appears, disappears or moves, with everything in it
	 * @returns {string | undefined} why that needs a reload
	 */
	const ofTree = (element) => {
		for (const one of all(element)) {
			if (isScript(one)) {
				return `${nameOf(one)} changed`;
			}
			if (one.localName === 'base' || one.hasAttribute('http-equiv')) {
				return `${tag(one)} changed`;
			}
			if (one.hasAttribute('data-savecast-reload')) {
				return `${tag(one)} has data-savecast-reload`;
			}
			if (hasHandler(one)) {
				return `a script in ${tag(one)} changed`;
			}
			if (one.localName.includes('-') || one.hasAttribute('is')) {
				return `${tag(one)} is made by a script`;
			}
			if (one.matches('template[shadowrootmode], template[shadowroot]')) {
				return `the shadow of ${tag(element)} changed`;
			}
			if (one !== element && one.matches('link[rel~=stylesheet i]')) {
				return 'a style sheet inside new markup';
			}
			if (one.localName === 'style' && imports(one.textContent)) {
				return 'a style sheet with imports changed';
			}
		}
		return undefined;
	};

	/** @param {Element} element @param {string} name of an attribute @returns {string | undefined} */
	const ofAttribute = (element, name) => (
		isScript(element) ? `${nameOf(element)} changed`
		: /^on/i.test(name) ? `a script in ${tag(element)} changed`
		: element.localName === 'base' || element.hasAttribute('http-equiv') ? `${tag(element)} changed`
		: name === 'is' || name === 'shadowrootmode' || name === 'data-savecast-reload' ? `${name} of ${tag(element)} changed`
		: undefined
	);

	/** @param {Element} live whose attributes or children change @returns {string | undefined} */
	const ofPlace = (live) => {
		if (live.closest('[data-savecast-reload]')) {
			return `${tag(live)} has data-savecast-reload`;
		}
		for (let at = /** @type {Element | null} */ (live); at; at = at.parentElement) {
			if (at.localName.includes('-') && at.matches(':defined')) {
				return `${tag(at)} is made by a script`;
			}
			if (at.matches(OWNED) || shared.owners?.has(at)) {
				return `${tag(at)} belongs to a framework`;
			}
		}
		return undefined;
	};

	/** @param {Element} element @returns {string} */
	const likeness = (element) => `${element.localName}.${element.getAttribute('class') ?? ''}`;

	/**
	 * @param {Node} base
	 * @param {Node} live
	 * @param {Set<string>} found the likeness (tag and class) of each of the elements that scripts have changed
	 */
	const touched = (base, live, found = new Set()) => {
		if (isElement(base) && !isMade(base, live)) {
			const ours = kids(base).filter(isElement), theirs = kids(live).filter(isElement);
			const changed = names(base, live).some((/** @type {string} */ name) =>
				/** @type {Element} */ (base).getAttribute(name) !== /** @type {Element} */ (live).getAttribute(name));
			if (changed || ours.length !== theirs.length) {
				found.add(likeness(/** @type {Element} */ (base)));
			}
			if (ours.length === theirs.length) {
				ours.forEach((/** @type {Node} */ kid, /** @type {number} */ i) => touched(kid, theirs[i], found));
			}
		}
		return found;
	};

	/**
	 * For a page with scripts.
	 *
	 * @param {Element} element that appears
	 * @param {() => Set<string>} likes the likeness of each of the elements that scripts have changed
	 * @returns {string | undefined}
	 */
	const ofNew = (element, likes) => {
		for (const one of all(element)) {
			if (one.matches(ALIVE) || one.getAttributeNames().some((name) => !PLAIN.test(name))) {
				return `a script may have to know about the new ${tag(one)}`;
			}
			if (likes().has(likeness(one))) {
				return `a script changed elements like the new ${tag(one)}`;
			}
		}
		return undefined;
	};

	/** @param {Element} element @param {string} name @returns {string | undefined} on a page with scripts */
	const ofScripted = (element, name) => (
		element.localName === 'html' ? `${name} of <html> changed`
		: PLAIN.test(name) ? undefined
		: `${name} of ${tag(element)} changed, which a script may read`
	);

	shared.verdict = { imports, nameOf, isScript, runs, ofTree, ofAttribute, ofPlace, ofNew, ofScripted, tag, touched };
}
