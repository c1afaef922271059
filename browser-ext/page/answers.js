// SPDX-License-Identifier: MIT
//
// What the server answered for this page when it was loaded, and what it answers now. One request
// at a time.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	/** How long until the answer begins, and how long from then until it ends. */
	const ANSWER_MSEC = 10000;
	const BODY_MSEC = 5000;
	/** A longer page is reloaded. */
	const MAX_BYTES = 16 * 1024 * 1024;
	/** As a browser sends it when it opens a page. */
	const ACCEPT = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
	/** Headers that take effect only in a new document. */
	const POLICIES = ['content-type', 'content-security-policy', 'content-security-policy-report-only', 'referrer-policy',
		'permissions-policy', 'cross-origin-opener-policy', 'cross-origin-embedder-policy', 'refresh', 'content-language'];

	/**
	 * @typedef {{status: number, text: string, policies: string, bytes: number, proxied: boolean}} Answer
	 * @typedef {{answer: Answer} | {fails: string} | {reload: string}} Asked fails: why the server does
	 *	not answer with the page; reload: why the page cannot be compared
	 */

	/** The address without its fragment, which browsers do not send. */
	const url = location.href.replace(/#.*$/, '');
	/** The background has the browser mark requests with these fragments as those of a reload; see look-rules.js. */
	const AS_FRAME = '#savecast-frame';
	const marked = `${url}${window === top ? '#savecast-document' : AS_FRAME}`;
	/** @param {Document} frame @returns {string} */
	const addressOf = (frame) => frame.URL.replace(/#.*$/, '');

	/** @param {Response} response @returns {Promise<Uint8Array | undefined>} undefined: too long, or endless */
	const bytesOf = async (response) => {
		const reader = response.body?.getReader();
		if (!reader) {
			return new Uint8Array();
		}
		const end = setTimeout(() => reader.cancel().catch(() => {}), BODY_MSEC);
		const begin = performance.now();
		/** @type {Uint8Array[]} */
		const parts = [];
		let size = 0;
		for (;;) {
			const { done, value } = await reader.read();
			if (performance.now() - begin >= BODY_MSEC || size > MAX_BYTES) {
				reader.cancel().catch(() => {});
				return undefined;
			}
			if (done) {
				clearTimeout(end);
				break;
			}
			parts.push(value);
			size += value.length;
		}
		const all = new Uint8Array(size);
		let at = 0;
		for (const part of parts) {
			all.set(part, at);
			at += part.length;
		}
		return all;
	};

	/** @param {Response} response @returns {string} */
	const policiesOf = ({ headers }) => POLICIES.map((name) => (headers.get(name) ?? '').replace(/'nonce-[^']*'/g, '')).join('\n');

	/**
	 * Servers that usually are a proxy. Their answers do not show the state of the server behind.
	 */
	const PROXY = /caddy|nginx|apache|traefik|envoy|haproxy|varnish/i;

	/** @param {Response} response @returns {boolean} */
	const isProxied = ({ headers }) => headers.has('via') || PROXY.test(headers.get('server') ?? '');

	/** @param {Response} response @param {Document} [frame] @returns {Promise<Answer | undefined>} */
	const read = async (response, frame = document) => {
		const bytes = await bytesOf(response);
		return bytes && {
			status: response.status, policies: policiesOf(response), bytes: bytes.length, proxied: isProxied(response),
			text: new TextDecoder(frame.characterSet).decode(bytes),
		};
	};

	/** For how long to wait for the load event. */
	const LOAD_MSEC = 10000;

	/**
	 * In Firefox, a document that was reloaded past the cache passes this on to its own requests until its load event: a
	 * request that is sent before it finds nothing in the cache, and removes the answer that is there. Which kind of reload it
	 * was cannot be seen.
	 *
	 * @returns {boolean}
	 */
	const mayRemove = () => 'openOrClosedShadowRoot' in Element.prototype && document.readyState !== 'complete' &&
		/** @type {any} */ (performance.getEntriesByType('navigation')[0])?.type === 'reload';

	/** @returns {Promise<unknown>} when this document is complete */
	const loaded = () => new Promise((resolve) => {
		addEventListener('load', resolve, { once: true });
		setTimeout(resolve, LOAD_MSEC);
	});

	/** Less than this is not seen in the times that servers send, in whole seconds. */
	const DATE_MSEC = 1000;

	/**
	 * While this document was loading, another tab may have loaded a newer answer into the cache.
	 *
	 * @param {Response} answer
	 * @param {number} end when this document had been received
	 * @returns {boolean} whether the server sent it later
	 */
	const isLater = ({ headers }, end) => performance.now() - end > DATE_MSEC &&
		Date.parse(headers.get('date') ?? '') > performance.timeOrigin + end;

	/**
	 * The answer that this document was made of, from the browser's cache, without a request. To be
	 * called soon after the document was loaded: another tab may load a newer answer into the
	 * cache.
	 *
	 * @returns {Promise<Answer | undefined>} undefined: the cache has none, or a different one
	 */
	const shown = async () => {
		try {
			const waits = mayRemove();
			if (waits) {
				await loaded();
			}
			const response = await fetch(marked, { cache: 'only-if-cached', mode: 'same-origin' });
			const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
			const answer = waits && isLater(response, entry.responseEnd) ? undefined : await read(response);
			const other = entry?.decodedBodySize && answer && answer.bytes !== entry.decodedBodySize;
			return other ? undefined : answer;
		} catch {
			return undefined;
		}
	};

	/** A reload begins within this time after the look that found out that it is necessary. */
	const RELOAD_MSEC = 5000;
	/** Characters; a longer answer is not handed on. */
	const MAX_HANDED = 1024 * 1024;
	/** @type {{answer: Answer, at: number} | undefined} */
	let last;
	/** @type {(Answer & {url: string}) | undefined} */
	let received;

	/** @param {Answer} answer to the latest request of a look */
	const note = (answer) => {
		last = { answer, at: performance.now() };
	};

	/**
	 * Browsers do not keep a page in the cache that says `no-store`, and Chromium shows no page of a frame to scripts. But
	 * just before this document is reloaded, it may have requested what the next one shows.
	 *
	 * @returns {object | undefined} for receive() in the next document
	 */
	const hand = () => (last && performance.now() - last.at < RELOAD_MSEC && last.answer.text.length < MAX_HANDED
		? { ...last.answer, url } : undefined);

	/** @param {any} answer what the document before this one returned from hand() */
	const receive = (answer) => {
		received = answer;
	};

	/**
	 * @param {Window} view
	 * @param {Answer} answer
	 * @returns {boolean} whether its document seems to be made of this answer
	 */
	const isShown = (view, answer) => {
		const [entry] = /** @type {any[]} */ (view.performance.getEntriesByType('navigation'));
		return entry?.decodedBodySize === answer.bytes && entry.responseStatus === answer.status;
	};

	/** @returns {Answer | undefined} what the document before has requested, if this one seems to show it */
	const handed = () => (received && received.url === url && isShown(window, received) ? received : undefined);

	/**
	 * @returns {Promise<number>} when the server sent the answer that the browser's cache has for this page, as Date.now(),
	 *	in whole seconds; 0: that is not known
	 */
	const answeredAt = async () => {
		try {
			const { headers } = await fetch(marked, { cache: 'only-if-cached', mode: 'same-origin' });
			return Date.parse(headers.get('date') ?? '') || 0;
		} catch {
			return 0;
		}
	};

	/** Firefox applies the page's policy to requests that an extension sends in the page. */
	let forbidden = false;
	document.addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
		forbidden ||= effectiveDirective === 'connect-src' && (blockedURI === url || blockedURI === asked);
	});
	/** The frame whose document was requested last. */
	let asked = '';
	/** The event comes within this time after the request has failed. */
	const VIOLATION_MSEC = 20;

	const isForbidden = async () => {
		await new Promise((resolve) => setTimeout(resolve, VIOLATION_MSEC));
		return forbidden;
	};

	/**
	 * @param {Document} [frame] in a frame of the page, on the same server; otherwise the page itself
	 * @returns {Promise<Asked>} what a reload would show
	 */
	const ask = async (frame) => {
		asked = frame ? addressOf(frame) : '';
		const abort = new AbortController();
		const timer = setTimeout(() => abort.abort(), ANSWER_MSEC);
		/** @type {Response} */
		let response;
		try {
			const address = frame ? `${asked}${AS_FRAME}` : marked;
			response = await shared.dom.asOwn(address, () => fetch(address, {
				cache: 'no-cache', credentials: 'same-origin', redirect: 'manual', signal: abort.signal, headers: { Accept: ACCEPT },
			}));
		} catch {
			if (await isForbidden()) {
				return { reload: 'the page\'s policy does not allow the extension to request the page' };
			}
			return { fails: abort.signal.aborted ? `no answer within ${ANSWER_MSEC / 1000} s` : 'no answer' };
		} finally {
			clearTimeout(timer);
		}
		if (response.type === 'opaqueredirect') {
			return { reload: 'the server sends the tab to another page' };
		}
		if (!/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
			response.body?.cancel().catch(() => {});
			return response.ok ? { reload: 'the answer is not HTML' } : { fails: `answered ${response.status}` };
		}
		const answer = await read(response, frame).catch(() => undefined);
		return answer ? { answer } : { reload: 'the answer is too long, or does not end' };
	};

	/** @param {string} one @param {RequestInit} options @returns {Promise<Uint8Array | undefined>} */
	const bytesAt = async (one, options) => {
		const response = await shared.dom.request(one, { ...options, signal: AbortSignal.timeout(ANSWER_MSEC) });
		return response.ok ? bytesOf(response) : undefined;
	};

	/**
	 * Requests files again that the page has loaded, one after another, and compares them with what is in
	 * the browser's cache.
	 *
	 * @param {string[]} files
	 * @returns {Promise<string | undefined>} the first one that differs, or cannot be compared
	 */
	const changed = async (files) => {
		for (const one of files) {
			try {
				const before = await bytesAt(one + shared.nextPage.CACHED, { cache: 'only-if-cached', mode: 'same-origin' });
				const now = before && await bytesAt(one, { cache: 'no-cache' });
				if (!now || before.length !== now.length || before.some((byte, i) => byte !== now[i])) {
					return one;
				}
			} catch {
				return one;
			}
		}
		return undefined;
	};

	shared.answers = { addressOf, answeredAt, ask, changed, hand, handed, isShown, note, receive, shown, url };
}
