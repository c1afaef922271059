// SPDX-License-Identifier: MIT
//
// The frames that show pages of the page's own server: each of them is looked at like the page itself,
// one request at a time, and patched or loaded again alone. That is done only if it is certain that its
// document is the answer to a plain request for the frame's own URL, and that its state can be kept; the
// page around any other frame is loaded again as a whole.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { ahead, answers, compare, dom, elementPath, match, observed, tree, uses, volatile } = shared;

	/** If a page has more, it is loaded again as a whole: each of them is requested after each save of a page. */
	const MAX_FRAMES = 8;
	/** How long to wait until all frames that are loaded again are complete. */
	const LOAD_MSEC = 10000;

	/**
	 * @typedef {{status: number, text: string, policies: string, bytes: number}} Answer
	 * @typedef {{element: any, document: Document, url: string}} Own
	 * @typedef {{outcome: 'patched' | 'unused' | 'stays' | 'reload', detail: string, provisional?: boolean, same?: boolean}} Found as in look.js
	 * @typedef {{page: object, shown?: Answer, first?: Answer, last?: Answer}} Known shown: what the document was made of, if that is certain; first:
	 *	otherwise, the first answer to a look; last: the last one that differed
	 */

	/** @type {WeakMap<Document, Known>} */
	const known = new WeakMap();

	/** What loadAgain() has loaded: browsers say of such a document that it has itself as the referrer. @type {WeakSet<Document>} */
	const ours = new WeakSet();

	/** @param {string} url */
	const withoutHash = (url) => url.replace(/#.*$/, '');

	/**
	 * A frame whose document names itself as the referrer may show the answer to a form.
	 *
	 * @param {any} element a frame
	 * @param {Document} inner its document
	 */
	const isOwn = (element, inner) => {
		const url = answers.addressOf(inner);
		return url.startsWith(`${location.origin}/`) && url === withoutHash(element.src) && inner.contentType === 'text/html' &&
			inner.readyState === 'complete' && (withoutHash(inner.referrer) !== url || ours.has(inner)) && !observed.isPosted(element) &&
			!inner.documentElement?.closest('[data-savecast-reload]') && !uses.hasOpaqueDocuments(inner);
	};

	/** @param {Document} [root] @returns {Generator<Own>} not those in shadow roots, where the marks of frameworks are not seen */
	function* all(root = document) {
		for (const element of root.querySelectorAll('iframe, frame')) {
			const inner = /** @type {Document | null} */ (dom.inside(element));
			if (inner?.defaultView) {
				if (isOwn(element, inner)) {
					yield { element, document: inner, url: answers.addressOf(inner) };
				}
				yield* all(inner);
			}
		}
	}

	/** @returns {Own[]} none if there are too many */
	const find = () => {
		const found = [];
		for (const own of all()) {
			found.push(own);
			if (found.length > MAX_FRAMES) {
				return [];
			}
		}
		return found;
	};

	/** @returns {Set<string>} the URLs that only such frames show */
	const urls = () => {
		const found = find();
		if (!found.length) {
			// The roots of a large page take milliseconds to find.
			return new Set();
		}
		const documents = new Set(found.map((own) => /** @type {any} */ (own.document)));
		const others = new Set([...dom.roots()].filter((root) => root !== document && !documents.has(root)).map((root) => dom.plain(root.URL ?? '')));
		return new Set(found.map(({ url }) => dom.plain(url)).filter((url) => !others.has(url)));
	};

	/** @param {Own} own @param {(frame: Document) => Promise<any>} ask @returns {Known} */
	const knownOf = ({ document: inner }, ask) => {
		const one = known.get(inner) ?? { page: { document: inner, ask: () => ask(inner), steady: false } };
		known.set(inner, one);
		return one;
	};

	/** @param {Own} own @returns {any} */
	const navigationOf = ({ document: inner }) => inner.defaultView?.performance.getEntriesByType('navigation')[0];

	/**
	 * What the document was made of is not known: the browser's cache does not tell, or a script has changed the document.
	 *
	 * @param {Own} own
	 * @param {Known} one
	 * @param {Answer} next
	 * @param {{path: string, kind: string}[]} changes
	 * @returns {Found}
	 */
	const compareUnknown = ({ document: inner, url }, one, next, changes) => {
		if (tree.isMade(ahead.parse(next.text).documentElement, inner.documentElement)) {
			one.shown = next;
			return { outcome: 'unused', detail: 'same answer' };
		}
		const used = changes.find(({ kind, path }) => (kind === 'page' || kind === 'other') && match.find(path, [url]).size);
		const differs = one.first && volatile.mask(one.first.text) !== volatile.mask(next.text);
		if (used || differs || !dom.isFile(new URL(url).pathname)) {
			return { outcome: 'reload', detail: used ? `${used.path} changed` : 'it is not known what is shown', same: true };
		}
		one.first ??= next;
		return { outcome: 'unused', detail: 'same answer' };
	};

	/**
	 * @param {Own} own
	 * @param {{changes: {path: string, kind: string}[], unseen?: boolean}} message
	 * @param {(frame: Document) => Promise<any>} ask
	 * @param {Set<string>} framed urls()
	 * @returns {Promise<Found>}
	 */
	const lookAt = async (own, { changes, unseen }, ask, framed) => {
		const one = knownOf(own, ask);
		const next = await ask(own.document);
		const view = own.document.defaultView;
		if (!view) {
			return { outcome: 'unused', detail: 'it shows another page' };
		}
		if (next.reload) {
			return { outcome: 'reload', detail: next.reload };
		}
		if (next.fails || (next.answer.status >= 400 && !(navigationOf(own)?.responseStatus >= 400))) {
			return { outcome: 'stays', detail: next.fails ?? `answered ${next.answer.status}`, same: true };
		}
		const { answer } = next, isEmpty = !answer.text.trim() && Boolean(own.document.body?.childNodes.length);
		const [fetched] = isEmpty ? [] : dom.fetched(view, framed);
		const found = isEmpty ? { outcome: /** @type {const} */ ('reload'), detail: 'the page is empty now', provisional: true }
			: fetched ? { outcome: /** @type {const} */ ('reload'), detail: `it has loaded ${fetched} from its server`, same: one.shown?.text === answer.text }
			: one.shown ? await compare(one.page, one.shown, answer, unseen)
			: compareUnknown(own, one, answer, changes);
		if (found.outcome === 'patched') {
			one.shown = answer;
		} else if (found.outcome === 'reload') {
			one.last = answer;
		}
		return found;
	};

	/** Those that the last look said must be loaded again. @type {Own[]} */
	let due = [];

	/** @param {Own} own @returns {string} for the log */
	const nameOf = ({ url }) => `frame ${new URL(url).pathname}`;

	/**
	 * Looks at the frames after the page.
	 *
	 * @param {any} told what the look at the page itself has found; no look at the frames unless it stays as it is, or is patched
	 * @param {any} message of the look
	 * @param {(frame: Document) => Promise<any>} ask
	 * @param {() => boolean} isCurrent whether no newer look has begun
	 * @returns {Promise<any>} what was found for all of them; frames: only frames must be loaded again; again: what was requested
	 *	before the first answer that differs may have been old
	 */
	const follow = async (told, message, ask, isCurrent) => {
		due = [];
		if (!['unused', 'patched'].includes(told.outcome) || message.applied || !message.changes) {
			return told;
		}
		const framed = urls();
		/** @type {{own?: Own, found: any}[]} */
		const looked = [{ found: told }];
		for (const own of find()) {
			if (isCurrent() && own.document.defaultView) {
				looked.push({ own, found: await lookAt(own, message, ask, framed) });
			}
			if (/^no answer/.test(looked[looked.length - 1].found.detail)) {
				// The server would not answer for the others, either.
				break;
			}
		}
		return combine(looked, message.changes);
	};

	/**
	 * @param {{own?: Own, found: any}[]} looked the page, and its frames
	 * @param {{kind: string}[]} changes
	 */
	const combine = (looked, changes) => {
		const [{ found: told }] = looked;
		const changed = looked.filter(({ found }) => found.outcome !== 'unused'), frames = changed.filter(({ own }) => own);
		if (!frames.length) {
			return told;
		}
		const of = (/** @type {string} */ outcome) => changed.filter(({ found }) => found.outcome === outcome);
		const outcome = ['reload', 'patched', 'stays'].find((one) => of(one).length);
		const deciding = of(String(outcome));
		const detail = changed.map(({ own, found }) => (own ? `${nameOf(own)}: ${found.detail}` : found.detail)).join(', ').slice(0, 256);
		due = of('reload').map(({ own }) => /** @type {Own} */ (own));
		// Other files are not loaded into the cache for the frame first.
		const alone = outcome === 'reload' && changes.every(({ kind }) => kind === 'page' || kind === 'other');
		return {
			outcome, detail, again: looked.indexOf(changed[0]) > 0 && outcome !== 'stays',
			...(alone && { frames: true }),
			...(deciding.every(({ found }) => found.provisional) && { provisional: true }),
			...(deciding.every(({ found }) => found.same) && { same: true }),
		};
	};

	/** @param {Element} frame @returns {{items: object[], focus?: object}} the user's state in it */
	const stateIn = (frame) => {
		/** @param {any} path @returns {boolean} */
		const isIn = (path) => Boolean(path?.holder) && (elementPath.find(path.holder) === frame || isIn(path.holder));
		const { items, focus } = shared.state.capture();
		return { items: items.filter(isIn), focus: isIn(focus) ? focus : undefined };
	};

	/** What to restore in the frames that were loaded again. @type {{items: object[], focus?: object}} */
	let kept = { items: [] };

	/** @param {Own} own @param {number} deadline @returns {Promise<{detail: string, failed?: boolean}>} */
	const loadAgain = async ({ element, document: inner, url }, deadline) => {
		let state = stateIn(element);
		// What the user types while the server answers is kept, too.
		inner.defaultView?.addEventListener('pagehide', () => {
			state = dom.inside(element) === inner ? stateIn(element) : state;
		});
		const { last } = known.get(inner) ?? {};
		const loaded = new Promise((resolve) => {
			element.addEventListener('load', () => resolve(true), { once: true });
			setTimeout(resolve, deadline - performance.now());
		});
		inner.defaultView?.location.reload();
		const name = nameOf({ element, document: inner, url }), isLoaded = await loaded;
		const fresh = /** @type {Document | null} */ (dom.inside(element));
		if (!fresh?.defaultView) {
			return { detail: `${name}: the server did not answer`, failed: true };
		}
		ours.add(fresh);
		kept = { items: [...kept.items, ...state.items], focus: state.focus ?? kept.focus };
		if (isLoaded && last && answers.isShown(fresh.defaultView, last)) {
			known.set(fresh, { page: { document: fresh, ask: () => ahead.ask(fresh), steady: false }, shown: last });
		}
		const status = navigationOf({ element, document: fresh, url })?.responseStatus;
		return { detail: [`${name}`, status && `answered ${status}`, !isLoaded && 'still loading'].filter(Boolean).join(', '), failed: status >= 502 && status <= 504 };
	};

	/** Ends when no frame is being loaded again. @type {Promise<unknown>} */
	let loading = Promise.resolve();

	/**
	 * Loads the frames again that the last look has found, one after another.
	 *
	 * @returns {Promise<{detail: string, failed: boolean, restores: boolean}>} restores: restore() has something to do
	 */
	const reload = () => {
		const reloaded = reloadDue();
		loading = reloaded.catch(() => {});
		return reloaded;
	};

	const reloadDue = async () => {
		const frames = due.filter(({ element, document: inner }) => dom.inside(element) === inner);
		const deadline = performance.now() + LOAD_MSEC;
		due = [];
		// A newer save may come before the message that has the state restored.
		restore();
		endRestore();
		/** @type {Awaited<ReturnType<typeof loadAgain>>[]} */
		const all = [];
		for (const own of frames) {
			// One that was in another one is gone.
			if (own.document.defaultView) {
				all.push(await loadAgain(own, deadline));
			}
		}
		return { detail: all.map(({ detail }) => detail).join(', ').slice(0, 256), failed: all.some(({ failed }) => failed), restores: kept.items.length > 0 || Boolean(kept.focus) };
	};

	let endRestore = () => {};
	const restore = () => {
		if (kept.items.length || kept.focus) {
			endRestore();
			endRestore = shared.restore(kept);
			kept = { items: [] };
		}
	};

	/** To be awaited before a look. */
	const idle = () => loading;

	shared.ownFrames = { follow, idle, reload, restore, urls };
}
