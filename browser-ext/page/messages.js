// SPDX-License-Identifier: MIT
//
// The connection of a document to the background: answers its messages, and reports what the
// background must know in advance.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const runtime = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome).runtime;

	/** The messages that need the scripts which are inserted when the page is complete. */
	const FOR_SAVES = ['apply', 'begin', 'look', 'reload-frames', 'restore-frames', 'sign', 'roots', 'refresh', 'next-pages', 'kept'];

	const TOUCHES = ['keydown', 'pointerdown', 'touchstart'];

	/** Chromium may show a page this long after fetching it in advance, and does not say when it fetched it. */
	const MAX_PREFETCHED_MSEC = 5 * 60 * 1000;

	const isTouched = () => navigator.userActivation?.hasBeenActive === true;

	/** @param {object} message */
	const send = (message) => {
		try {
			runtime.sendMessage(message)?.catch?.(() => {});
		} catch {
			// The extension was updated: the new version inserts its own page scripts.
		}
	};

	/**
	 * Requests in advance what the next messages of the event will ask for.
	 *
	 * @param {{event: number, changes?: object[], begin?: {look: boolean, refresh: boolean}}} message
	 * @returns {boolean} whether the page is visible and complete: otherwise it does nothing yet
	 */
	const begin = ({ event, changes, begin: what }) => {
		if (document.visibilityState !== 'visible' || document.readyState !== 'complete') {
			return false;
		}
		if (what?.look) {
			shared.look.begin(event);
		}
		if (what?.refresh) {
			shared.refresh.begin({ event, changes });
		}
		return true;
	};

	/** @param {{event: number, changes?: object[]}} message @returns {Promise<{fresh: boolean, opaque: boolean, inSharedWorker: boolean}>} as for `refresh` */
	const refreshed = async (message) => {
		const [fresh, inSharedWorker] = await Promise.all([shared.refresh.finish(message), shared.uses.inSharedWorker(message.changes)]);
		return { fresh, opaque: isTouched() && shared.uses.hasOpaqueDocuments(), inSharedWorker };
	};

	/**
	 * The answer says what the next messages of the event would ask for, if the page was asked to begin
	 * with that: each message takes a millisecond.
	 *
	 * @param {any} message
	 * @returns {Promise<object>}
	 */
	const applied = async (message) => {
		const turn = shared.look.turn(), found = await shared.apply(message.changes, message.event);
		// If another look has begun meanwhile, it may be that of a newer save: then the background does not ask for this one.
		if (found.outcome !== 'reload' || shared.look.turn() !== turn || !begin(message)) {
			return found;
		}
		const { event, changes, unseen, begin: { look, refresh } } = message;
		return { ...found, ...look ? { looked: await looked({ event, changes, unseen, why: found.detail, refresh }) }
			: refresh ? { refreshed: await refreshed(message) } : {} };
	};

	/** @param {any} message @returns {Promise<object>} what was found; with `refreshed` if the page must be reloaded, and the message asks for it */
	const looked = async (message) => {
		const found = await shared.look.look(message);
		return found.outcome === 'reload' && message.refresh && !found.frames ? { ...found, refreshed: await refreshed(message) } : found;
	};

	/**
	 * While the answer is still coming, Firefox gives all sizes as 0. Of a page from its cache, it says that the request began when
	 * the navigation did; of a request to a server, that only if both were in the same millisecond.
	 *
	 * @param {any} entry of the navigation
	 * @returns {boolean} whether the page is known to come from the server
	 */
	const isOfServer = (entry) => entry?.transferSize > 0 ||
		(entry?.encodedBodySize === 0 && entry.workerStart === 0 && entry.requestStart > entry.fetchStart);

	/** @param {any} entry of the navigation, when the page is complete @returns {boolean} whether the user has opened a page that the browser did not request */
	const isOpenedFromCache = (entry) => entry?.type === 'navigate' && entry.transferSize === 0 && entry.decodedBodySize > 0 && entry.workerStart === 0;

	const connect = () => {
		/** Whether the next document is the answer to a form. */
		let posting = false;
		const [entry] = /** @type {any[]} */ (performance.getEntriesByType('navigation'));
		/**
		 * Since when the document may be older than the server's, in milliseconds since 1970: when it entered the
		 * back/forward cache, or when the browser requested it before the tab showed it. 0: it is new.
		 */
		let leftAt = entry?.activationStart > 0 ? performance.timeOrigin
			: entry?.deliveryType === 'navigational-prefetch' ? performance.timeOrigin - MAX_PREFETCHED_MSEC : 0;
		const isFromServer = isOfServer(entry);
		/** When the user goes back, browsers take the page from their cache without asking the server. */
		const isCached = entry?.type === 'back_forward' && !isFromServer;
		/** When the browser began to request it from the server, in milliseconds since 1970; 0: it is not known to be from the server. */
		const requestedAt = isFromServer && !leftAt ? performance.timeOrigin : 0;
		/** It stays older than a save: its reload is pending. */
		let isOld = false;
		/** Identifies this document, also for problems.js. */
		const id = /** @type {any} */ (globalThis).savecastDocument ??= Math.random().toString(36);

		runtime.onMessage.addListener((/** @type {any} */ message, _, answer) => {
			shared.uses.setApart(message?.apart ?? []);
			if (FOR_SAVES.includes(message?.to) && !shared.forSaves) {
				answer({ lacksScripts: true });
				return false;
			}
			switch (message?.to) {
			case 'apply':
				applied(message).then(answer, (/** @type {unknown} */ error) => answer({ outcome: 'reload', detail: String(error) }));
				return true;
			case 'begin':
				begin(message);
				break;
			case 'look':
				looked(message).then(answer,
					(/** @type {unknown} */ error) => answer({ outcome: 'reload', detail: String(error) }));
				return true;
			case 'reload-frames':
				shared.ownFrames.reload().then(answer, (/** @type {unknown} */ error) => answer({ detail: String(error), failed: true }));
				return true;
			case 'restore-frames':
				shared.ownFrames.restore();
				break;
			case 'clients':
				shared.clients.observe();
				answer(shared.clients.find(message.inside));
				break;
			case 'leave':
				answer(shared.clients.leave(message));
				break;
			case 'sign':
				shared.clients.sign(message).then(answer);
				return true;
			case 'uses':
				shared.clients.uses(message).then(answer);
				return true;
			case 'roots':
				shared.look.setRoots(message);
				break;
			case 'refresh':
				refreshed(message).then(answer);
				return true;
			case 'next-pages':
				shared.refresh.others(message).catch(() => {}).then(() => answer(shared.dom.loadedInFrames()));
				return true;
			case 'kept':
				shared.media.swapInRules(message.changes.filter((/** @type {any} */ { kind }) => kind === 'image'));
				shared.styles.swapInStyles(message.changes.filter((/** @type {any} */ { kind }) => kind === 'css')).catch(() => {}).then(answer);
				return true;
			case 'restore':
				if (message.id !== id) {
					shared.answers.receive(message.answer);
					shared.restore(message.state);
				}
				answer(message.id !== id);
				break;
			case 'may-unload':
				answer(shared.guard.mayUnload());
				break;
			case 'stays-old':
				isOld = true;
				break;
			case 'answers-form':
				shared.guard.setAnswersForm();
				break;
			case 'identify':
				answer({ id, why: shared.guard.why(), touched: isTouched(), complete: document.readyState === 'complete' });
				break;
			}
			return false;
		});

		if (!('navigation' in globalThis)) {
			// Needed for Firefox before 147. form.submit() causes no event, but Firefox asks before
			// it sends a form again.
			shared.listen(window, ['submit'], (/** @type {SubmitEvent} */ { target, submitter, defaultPrevented }) => {
				const form = /** @type {HTMLFormElement} */ (target);
				const method = /** @type {HTMLButtonElement | null} */ (submitter)?.formMethod || form.method;
				posting = !defaultPrevented && method === 'post' && /^(_self)?$/.test(form.target);
			});
		}
		/** @type {any} */ (globalThis).navigation?.addEventListener('navigate', (/** @type {any} */ event) => {
			posting = Boolean(event.formData) && !event.hashChange;
		});
		// The page's own script has handled the form: no other document follows.
		/** @type {any} */ (globalThis).navigation?.addEventListener('navigatesuccess', () => {
			posting = false;
		});
		const state = () => {
			try {
				return shared.state.capture();
			} catch (error) {
				console.debug(`savecast: state: ${error}`);
				return null;
			}
		};
		// At pagehide, since the next document has begun then: text that the user typed while a
		// slow server answered is kept, too. Sent each time, since only the background knows
		// whether this is a reload for a save, and its message could arrive too late.
		shared.listen(window, ['pagehide'], (/** @type {PageTransitionEvent} */ event) => {
			send({ from: 'leaving', id, posting, state: state(), answer: shared.answers.hand(), loaded: shared.dom.loadedLately() });
			shared.uses.endFrames(event);
		});

		const ready = () => send({
			from: 'ready',
			id,
			why: shared.guard.why(),
			touched: isTouched(),
			leftAt,
			requestedAt: leftAt ? 0 : requestedAt,
			status: entry?.responseStatus ?? 0,
			redirected: (entry?.redirectCount ?? 0) > 0,
		});
		shared.listen(window, ['pagehide'], () => {
			leftAt = isOld ? leftAt : Date.now();
		});
		shared.listen(window, ['pageshow'], (/** @type {PageTransitionEvent} */ { persisted }) => {
			if (persisted) {
				posting = false;
				ready();
			}
		});
		ready();
		const complete = async () => {
			send({ from: 'complete', id });
			if (shared.nextPage.KEEPS_IN_MEMORY && await shared.mentions.makesShared()) {
				// Firefox does not keep such a page for going back: its shared worker would go on, and stay old.
				shared.listen(window, ['unload'], () => {});
			}
			if (isCached) {
				// The browser has restored form fields now, so a reload keeps them.
				send({ from: 'cached', id, answeredAt: await shared.answers.answeredAt() });
			} else if (isOpenedFromCache(entry) && !leftAt) {
				send({ from: 'cached', id, answeredAt: await shared.answers.answeredAt(), opened: true });
			}
		};
		shared.whenComplete(complete);
		shared.uses.onServiceWorker(() => send({ from: 'worker' }));
		/** @type {(() => void)[]} */
		const untouched = [];
		const touched = () => {
			if (untouched.length) {
				untouched.splice(0).forEach((end) => end());
				send({ from: 'touched' });
			}
		};
		untouched.push(shared.listen(window, TOUCHES, touched, { capture: true }));
		// Browsers also ask because of a frame that the user has typed in.
		shared.observed.onEach((/** @type {Document} */ root) => untouched.length && root !== document &&
			untouched.push(shared.listen(root, TOUCHES, touched, { capture: true })));
		shared.guard.watch((/** @type {string | null} */ why) => send({ from: 'guard', why }));
	};

	shared.ready = true;
	connect();
}
