// SPDX-License-Identifier: MIT
//
// One in each document of a tab that is switched on: answers the extension, and tells it what it
// must know before it asks.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.keeps) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const runtime = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome).runtime;

	/** @param {object} message */
	const tell = (message) => {
		try {
			runtime.sendMessage(message)?.catch?.(() => {});
		} catch {
			// The extension was updated: its new life puts a new keeper here.
		}
	};

	const begin = () => {
		let posting = false;
		/** Which document this is, for the state that goes from one to the next. */
		const id = Math.random().toString(36);

		runtime.onMessage.addListener((/** @type {any} */ message, _, answer) => {
			switch (message?.to) {
			case 'apply':
				shared.apply(message.changes, message.event).then(answer,
					(/** @type {unknown} */ error) => answer({ outcome: 'reload', detail: String(error) }));
				return true;
			case 'restore':
				if (message.id !== id) {
					shared.restore(message.state);
				}
				answer(message.id !== id);
				break;
			case 'posted':
				shared.guard.posted();
				break;
			case 'who':
				answer({ id, why: shared.guard.why() });
				break;
			}
			return false;
		});

		if (!('navigation' in globalThis)) {
			// Firefox before 147. What a script sends with form.submit() it asks the person about.
			addEventListener('submit', ({ target, submitter, defaultPrevented }) => {
				const form = /** @type {HTMLFormElement} */ (target);
				const method = /** @type {HTMLButtonElement | null} */ (submitter)?.formMethod || form.method;
				posting = !defaultPrevented && method === 'post' && /^(_self)?$/.test(form.target);
			});
		}
		/** @type {any} */ (globalThis).navigation?.addEventListener('navigate', (/** @type {any} */ event) => {
			posting = Boolean(event.formData) && !event.hashChange;
		});
		// The page's own script took the form: no other document comes.
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
		// The last moment of this document, when the next one is there: what was typed while a
		// slow server made it is kept, too. Whether for a save, the extension knows: a word of
		// it to here, beside the reload, may come too late.
		addEventListener('pagehide', () => tell({ from: 'hide', id, posting, state: state() }));

		const [entry] = /** @type {any[]} */ (performance.getEntriesByType('navigation'));
		const here = () => tell({
			from: 'here',
			id,
			why: shared.guard.why(),
			status: entry?.responseStatus ?? 0,
			redirected: (entry?.redirectCount ?? 0) > 0,
		});
		addEventListener('pageshow', ({ persisted }) => {
			if (persisted) {
				posting = false;
				here();
			}
		});
		here();
		shared.guard.watch((/** @type {string | null} */ why) => tell({ from: 'guard', why }));
	};

	shared.keeps = true;
	begin();
}
