// SPDX-License-Identifier: MIT
//
// Before a reload, requests the page again, and compares the answer with the one that is
// shown. The page stays, is patched here, or must be reloaded.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { ahead, answers, compare, dom, guard, match, ownFrames, uses } = shared;

	/** How long to wait for an answer that differs; longer if the daemon cannot see the server. */
	const WAIT_MSEC = 1500;
	const UNSEEN_MSEC = 10000;
	const PAUSE_MSEC = 60;
	const MAX_PAUSE_MSEC = 1000;
	/** A request that takes longer than this was held by the server while it loaded new code. */
	const HELD_MSEC = 100;
	/** The longest pause while the server may answer with old content. */
	const OLD_PAUSE_MSEC = 150;

	/**
	 * @typedef {{path: string, kind: string, all?: true}} Change
	 * @typedef {{event: number, changes?: Change[], unseen?: boolean, restarted?: boolean, old?: number, why?: string, applied?: boolean, settles?: boolean}} LookMessage
	 *	unseen: the daemon does not see whether the server has the new code; restarted: it has, and may make other files, too; old: for how long it may answer as before; why: the
	 *	page must be reloaded; applied: the files were replaced, or the tab has not loaded them, and only what the server
	 *	made of them in its HTML is compared; settles: an earlier look may have seen an old answer, so the page is requested once more
	 * @typedef {{outcome: 'patched' | 'swapped' | 'unused' | 'stays' | 'skipped' | 'reload', detail: string, final?: boolean, frames?: boolean}} Looked frames: only frames must be loaded again; final: the last answer was requested when the server no longer answered with old content
	 * @typedef {{status: number, text: string, policies: string}} Answer
	 */

	/** The answer that this document shows. @type {Promise<Answer | undefined>} */
	let base = answers.shown();
	/** @returns {Promise<Answer | undefined>} */
	const shownAnswer = async () => await base ?? answers.handed();
	/** The number of the latest look; earlier ones end. */
	let latest = 0;
	/** Until when the server may answer with what an earlier save replaced. */
	let unsettledUntil = 0;
	/** Until when the server may still load what it held a request for; see lookUntilNew(). */
	let loadsUntil = 0;
	/** The latest look that requests the page until it is new. @type {Promise<unknown>} */
	let running = Promise.resolve();
	/** Whether the server is a proxy: its answers do not show whether the server behind it has the new code. */
	let proxied = false;

	/** By event: called when the roots of frameworks are known. @type {Map<number, () => void>} */
	const waiting = new Map();
	const ROOTS_MSEC = 1000;

	/** @param {{event: number, roots: number[][]}} message of the background, which can see them */
	const setRoots = ({ event, roots }) => {
		// -1: the document in the frame.
		const elements = roots.map((way) => way.reduce((/** @type {any} */ at, index) =>
			(index < 0 ? at && dom.inside(at)?.documentElement : at?.children[index]), document.documentElement));
		shared.owners = new WeakSet(elements.filter(Boolean));
		waiting.get(event)?.();
	};

	/** @param {number} event @returns {Promise<void>} */
	const rootsOf = (event) => new Promise((resolve) => {
		waiting.clear();
		waiting.set(event, resolve);
		setTimeout(resolve, ROOTS_MSEC);
	});

	/** @param {Promise<any>} asked */
	const noted = async (asked) => {
		const { answer } = await asked;
		proxied ||= answer?.proxied === true;
		return asked;
	};
	const page = { document, ask: () => noted(ahead.ask()), steady: false };

	/** Whether it is known what this document shows: a request before that would replace it in the cache. */
	let isKnown = false;
	base.then(() => {
		isKnown = true;
	});

	/** Sends the request of an event's look before the look comes, at once if possible. @param {number} event */
	const begin = (event) => {
		const send = () => {
			if (!unfit()) {
				ahead.begin(event);
			}
		};
		if (isKnown) {
			send();
		} else {
			base.then(send);
		}
	};

	/** @param {string} detail @returns {Looked} */
	const reload = (detail) => ({ outcome: 'reload', detail });

	/** @param {boolean} [applied] @returns {string | undefined} why no look can say what a reload would show */
	const unfit = (applied) => (
		guard.answersForm() ? 'the page answers a form'
		: !location.protocol.startsWith('http') || document.contentType !== 'text/html' ? 'the page is not HTML from a server'
		: globalThis.origin === 'null' ? 'the page has an origin of its own, which may not request it'
		: !applied && location.href.replace(/#.*$/, '') !== answers.url ? 'the page\'s script changed its address'
		: uses.hasServiceWorker() ? 'a service worker answers for the server'
		: document.documentElement.closest('[data-savecast-reload]') ? '<html> has data-savecast-reload'
		: undefined
	);

	/**
	 * Compares as much as is possible if the answer that is shown is not known: what a server puts into a page instead of a file.
	 *
	 * @param {Answer} next
	 * @param {Change[]} changes
	 * @returns {Looked}
	 */
	const compareInlined = ({ text }, changes) => {
		const selector = uses.inline(changes) || 'style';
		const inlined = (/** @type {Document} */ page) => [...page.querySelectorAll(selector)].map((one) => one.getAttribute('src') ?? one.outerHTML);
		const there = new Set(inlined(document));
		return inlined(ahead.parse(text)).every((one) => there.has(one)) ? { outcome: 'unused', detail: 'same answer' }
			: reload('what the server put into the page changed');
	};

	/**
	 * Why the page may have changed although its HTML is the same: because of a script or data.
	 *
	 * @param {Change[]} changes
	 * @returns {string | undefined}
	 */
	const besides = (changes) => {
		const all = dom.urls(), own = ownFrames.urls();
		const isOwn = (/** @type {string} */ url) => own.has(url) && [...dom.initiators(url)].every((type) => type === 'link' || dom.isOfFrame(type));
		// Frames that show such a page are looked at in their own right.
		const urls = new Set([...all].filter((url) => !isOwn(url)));
		// A page in another frame, or a part of a page. What is only prefetched is not shown.
		const parts = [...dom.framed().filter((/** @type {string} */ url) => !isOwn(url)),
			...[...urls].filter((url) => url !== answers.url && [...dom.initiators(url)].some((type) => type !== 'link'))];
		const used = changes.find(({ kind, path }) => (kind === 'page' ? match.find(path, parts)
			: ['script', 'data', 'other'].includes(kind) && match.find(path, urls)).size);
		const unseen = changes.map(({ path, kind }) => ({ path, why: kind === 'page' ? uses.inFrame() : kind === 'data' && uses.unseen(kind) }))
			.find(({ why }) => why);
		const [fetched] = dom.fetched(window, own);
		return used ? `${used.path} changed` : unseen ? `${unseen.path}: ${unseen.why}` : fetched && `the page has loaded ${fetched} from its server`;
	};

	/** If the page has loaded more from its server, it is reloaded after a restart of the server. */
	const MAX_COMPARED = 16;
	/** Loaded in parts, and rarely made by a server's code. */
	const MEDIA = new Set(['video', 'audio', 'track']);

	/** @returns {Promise<string | undefined>} why the page may have changed although its HTML is the same: a file that the server makes */
	const changedFile = async () => {
		const others = [answers.url, dom.unnamedIcon(), ...ownFrames.urls()];
		const files = [...dom.urls()].filter((one) => {
			const types = [...dom.initiators(one)];
			return one.startsWith(`${location.origin}/`) && !others.includes(one) && types.some((type) => !MEDIA.has(type));
		});
		if (files.length > MAX_COMPARED || !dom.isComplete()) {
			return `the server has restarted, and the page has loaded more than ${MAX_COMPARED} files from it`;
		}
		const one = await answers.changed(files);
		return one && `${new URL(one).pathname} changed, or cannot be compared`;
	};

	/** Files that a build may have put into a script of the page: the HTML stays the same then. */
	const BUNDLED = /\.(vue|svelte|astro|elm|mdx|coffee|ls|res|imba|riot|marko|graphql|gql)$/i;

	/** @param {Change[]} [changes] */
	const mayBeBundled = (changes) => dom.hasScriptFiles() &&
		changes?.find(({ kind, path }) => kind === 'script' || kind === 'data' || BUNDLED.test(path));

	/**
	 * @param {LookMessage} message
	 * @param {Promise<void>} roots resolves when the roots of frameworks are known
	 * @returns {Promise<Looked & {provisional?: boolean, same?: boolean}>} same: as far as is known, the server
	 *	still answers as before
	 */
	const lookOnce = async ({ event, changes, unseen, restarted, why: must, applied, settles }, roots) => {
		// The request replaces the answer in the cache.
		await base;
		const asked = noted(ahead.askFor(event)), kept = shared.stored.note();
		if (!must && changes && !settles) {
			shownAnswer().then(ahead.prepare);
		}
		const next = await asked;
		const shown = await shownAnswer();
		await kept;
		if ('answer' in next) {
			answers.note(next.answer);
		}
		if (!must && changes) {
			await roots;
		}
		if (next.reload) {
			return reload(next.reload);
		}
		if (next.fails || (next.answer.status >= 400 && (shown?.status ?? 200) < 400)) {
			return { outcome: 'stays', detail: next.fails ?? `answered ${next.answer.status}`, same: true };
		}
		if (applied && !shown) {
			return compareInlined(next.answer, changes ?? []);
		}
		if (!next.answer.text.trim() && shown?.text.trim()) {
			// While a file is being written, the server may answer with an empty page.
			return { ...reload('the page is empty now'), provisional: true };
		}
		const why = must ? must : !changes ? 'anything may have changed' : !shown ? 'the cache does not have what is shown' : applied ? undefined : besides(changes);
		if (why) {
			return { ...reload(why), same: !shown || shown.text === next.answer.text };
		}
		const told = await compare(page, /** @type {Answer} */ (shown), next.answer, unseen);
		if (told.outcome === 'patched') {
			base = Promise.resolve(next.answer);
		}
		const made = restarted && (told.outcome === 'patched' || told.outcome === 'unused') && await changedFile();
		if (made) {
			return reload(made);
		}
		const bundled = told.outcome === 'unused' && !applied && mayBeBundled(changes);
		return bundled ? { ...reload(`${bundled.path}: a script of the page may be made of it`), same: true } : told;
	};

	/**
	 * Looks at the page, and at its frames.
	 *
	 * @param {LookMessage} message
	 * @param {Promise<void>} roots
	 * @param {() => boolean} isCurrent whether no newer look has begun
	 * @returns {ReturnType<typeof lookOnce>}
	 */
	const lookAll = async (message, roots, isCurrent) => {
		const once = async () => ownFrames.follow(await lookOnce(message, roots), message, (/** @type {Document} */ frame) => noted(ahead.ask(frame)), isCurrent);
		await ownFrames.idle();
		const first = await once();
		if (!first.again) {
			return first;
		}
		// The server has the new code now: the pages that were requested before may be new, too.
		const second = await once();
		return first.outcome !== 'patched' ? second
			: second.outcome === 'patched' || second.outcome === 'reload' ? { ...second, detail: `${first.detail}, ${second.detail}` }
			: first;
	};

	/**
	 * @param {LookMessage} message
	 * @param {Looked} told
	 * @returns {Looked} it says so if the page has loaded a part from its server after a click: only the page itself was compared
	 */
	const withParts = ({ changes = [] }, told) => {
		const [part] = told.outcome === 'unused' && changes.some(({ kind }) => kind === 'page' || kind === 'other') ? dom.fetchedLate() : [];
		return part ? { ...told, detail: `${told.detail}; ${part}, which the page has loaded later, may be old` } : told;
	};

	const sleep = (/** @type {number} */ msec) => new Promise((resolve) => setTimeout(resolve, msec));

	/**
	 * @param {LookMessage} message
	 * @returns {Promise<Looked>}
	 */
	const lookUntilNew = async (message) => {
		const turn = ++latest;
		const { old = 0 } = message;
		const oldUntil = performance.now() + old;
		// If true, the first answer that differs may be that of the earlier save.
		const again = performance.now() < unsettledUntil;
		unsettledUntil = Math.max(unsettledUntil, old && oldUntil);
		const why = unfit(message.applied);
		if (why) {
			if (message.applied) {
				// A viewer of the browser has no such files in it.
				return /html/.test(document.contentType) ? reload(why) : { outcome: 'unused', detail: why };
			}
			await sleep(old);
			return turn === latest ? { ...reload(why), final: true } : { outcome: 'skipped', detail: 'replaced by a newer save' };
		}
		const roots = rootsOf(message.event);
		const begin = performance.now();
		const deadline = () => Math.max(old && oldUntil + OLD_PAUSE_MSEC, begin + (message.unseen || proxied ? UNSEEN_MSEC : WAIT_MSEC));
		/** @type {Looked | undefined} */
		let patched;
		for (let pause = PAUSE_MSEC; ; pause = Math.min(pause * 1.6, MAX_PAUSE_MSEC)) {
			const asked = performance.now(), mayBeOld = asked < oldUntil;
			const told = await lookAll(message, roots, () => turn === latest);
			if (mayBeOld && performance.now() - asked > Math.max(old, HELD_MSEC)) {
				// It may have loaded what an earlier save changed, and begin to load this one as late as after any save.
				loadsUntil = performance.now() + old;
			}
			if (turn !== latest) {
				return { outcome: 'skipped', detail: 'replaced by a newer save' };
			}
			patched = told.outcome === 'patched' ? told : patched;
			if (message.applied || message.restarted) {
				return told;
			}
			const maySettle = told.outcome === 'unused' || told.provisional;
			if (mayBeOld && (told.same || maySettle || again)) {
				// The last request is sent after `oldUntil`.
				pause = Math.min(pause, OLD_PAUSE_MSEC);
				await sleep(Math.min(pause, Math.max(0, oldUntil - performance.now())));
				continue;
			}
			if (!maySettle || performance.now() + pause > deadline()) {
				const looked = told.outcome === 'unused' || told.outcome === 'patched' ? await inPlace(message, patched ?? told) : told;
				return { ...withParts(message, looked), final: !mayBeOld };
			}
			await sleep(pause);
		}
	};

	/**
	 * @param {LookMessage} message
	 * @returns {Promise<Looked>}
	 */
	const look = async (message) => {
		if (!message.settles) {
			const looked = lookUntilNew(message).finally(ahead.forget);
			running = looked.catch(() => {});
			return looked;
		}
		await running;
		const turn = latest;
		await sleep(Math.max(0, loadsUntil - performance.now()));
		const told = unfit() ? undefined : await lookAll(message, rootsOf(message.event), () => turn === latest);
		return told && turn === latest ? told : { outcome: 'skipped', detail: 'replaced by a newer save' };
	};

	/**
	 * Replaces the style sheets and other files of an event that also changed the page.
	 *
	 * @param {{event: number, changes?: Change[]}} message
	 * @param {Looked} told
	 * @returns {Promise<Looked>}
	 */
	const inPlace = async ({ event, changes = [] }, told) => {
		const rest = changes.filter(({ kind }) => !['page', 'data', 'other'].includes(kind));
		const { outcome, detail } = rest.length ? await shared.apply(rest, event) : { outcome: 'unused', detail: '' };
		return outcome === 'reload' ? reload(detail)
			: outcome === 'unused' ? told
			: told.outcome === 'unused' ? { outcome, detail }
			: { outcome: told.outcome, detail: `${told.detail}, ${detail}` };
	};

	shared.look = { look, begin, setRoots, shown: shownAnswer, turn: () => latest };
}
