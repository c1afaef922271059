// SPDX-License-Identifier: MIT
//
// Files that were replaced in this page under another URL are updated under their own URL as well:
// on the next page, and on this one when the user comes back to it.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.ready) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { dom } = shared;
	const FRAME_MSEC = 5000;
	const FRESH_MSEC = 5000;
	const MAX_GUESSES = 4;
	/** A rule of background/look-rules.js lets requests with this fragment have what is in the cache. */
	const CACHED = '#savecast-cached';

	/**
	 * Firefox keeps style sheets and images in memory, in addition to its cache; it finds a style sheet
	 * there by its URL, and by the encoding and mode of the document. Only a reload past the cache
	 * replaces them there.
	 */
	const KEEPS_IN_MEMORY = 'openOrClosedShadowRoot' in Element.prototype;

	/** @param {string} text */
	const escaped = (text) => text.replace(/[&"<]/g, (one) => `&#${one.charCodeAt(0)};`);

	/** @param {string} url @param {string} kind of file */
	const markup = (url, kind) => {
		// The frame has the page's security policy, which may require the nonce.
		const nonce = /** @type {any} */ (document.querySelector('link[nonce], style[nonce], script[nonce]'))?.nonce;
		return kind === 'css' ? `<link rel="stylesheet" href="${escaped(url)}"${nonce ? ` nonce="${escaped(nonce)}"` : ''}>`
			: `<img src="${escaped(url)}">`;
	};

	/** @returns {boolean} whether the document of a `srcdoc` has the encoding and mode of the page */
	const isOfSrcdoc = () => document.characterSet === 'UTF-8' && document.compatMode === 'CSS1Compat';

	/** @typedef {(frame: HTMLIFrameElement, html: string) => () => void} Fill has the frame show it; what it returns is to be called afterwards */

	/** Its document has standards mode and UTF-8. @type {Fill} */
	const fillStandard = (frame, html) => {
		frame.srcdoc = html;
		return () => {};
	};

	/** Its document has the mode and encoding of the page. The page's policy may forbid such a frame. @type {Fill} */
	const fillLikePage = (frame, html) => {
		// Those of the page, since the frame must have its origin.
		const { URL: urls, Blob: Bytes } = /** @type {any} */ (window);
		const type = `text/html;charset=${document.characterSet}`;
		frame.src = urls.createObjectURL(new Bytes([document.compatMode === 'CSS1Compat' ? '<!doctype html>' : '', html], { type }));
		return () => urls.revokeObjectURL(frame.src);
	};

	/**
	 * Reloads them in a hidden frame with the origin and policy of the page.
	 *
	 * @param {string[]} urls
	 * @param {string} kind of file
	 * @param {Fill} fill
	 */
	const reloadInFrame = async (urls, kind, fill) => {
		const host = document.createElement('div');
		host.hidden = true;
		dom.foreign.add(host);
		const frame = document.createElement('iframe');
		const empty = fill(frame, urls.map((url) => markup(url, kind)).join(''));
		host.attachShadow({ mode: 'closed' }).append(frame);
		const loaded = () => new Promise((resolve) => {
			frame.addEventListener('load', resolve, { once: true });
			setTimeout(resolve, FRAME_MSEC);
		});
		document.documentElement.append(host);
		await loaded();
		const again = loaded();
		/** @type {any} */ (frame.contentWindow?.location)?.reload(true);
		await again;
		empty();
		host.remove();
	};

	/**
	 * Firefox's cache keeps what was requested with cookies apart from what was requested without; which of them the page
	 * uses of another server is not known.
	 *
	 * @param {string} url
	 * @returns {RequestCredentials[]}
	 */
	const credentialsFor = (url) => (KEEPS_IN_MEMORY && new URL(url).origin !== location.origin ? ['include', 'same-origin'] : ['same-origin']);

	/**
	 * @param {Iterable<string>} urls
	 * @param {string} kind of file
	 * @param {RequestInit} [options]
	 * @returns {Promise<void>} when the browser has what is new under these URLs
	 */
	const refresh = async (urls, kind, options) => {
		if (KEEPS_IN_MEMORY && (kind === 'css' || kind === 'image')) {
			// Frames of a page in another mode have style sheets for both.
			const fills = isOfSrcdoc() || kind !== 'css' ? [fillStandard] : [fillStandard, fillLikePage];
			await Promise.all(fills.map((fill) => reloadInFrame([...urls], kind, fill)));
		} else {
			const requests = [...urls].flatMap((url) => credentialsFor(url).map((credentials) => ({ url, credentials })));
			await Promise.all(requests.map(async ({ url, credentials }) => {
				const answer = await dom.request(url, { cache: 'reload', mode: 'no-cors', credentials, ...options });
				if (answer.status >= 500) {
					throw new Error(`${url}: answered ${answer.status}`);
				}
				await answer.blob();
			}));
		}
	};

	/**
	 * Refreshes the files that were replaced in this page.
	 *
	 * @param {Iterable<string>} urls
	 * @param {string} kind of file
	 * @returns {{leavable: Promise<unknown>, fresh: Promise<boolean>}} leavable: when the user may leave the page; fresh: when the
	 *	browser's cache has what is new; false: it does not have it, or not soon
	 */
	const prepare = (urls, kind) => {
		const done = refresh(urls, kind, { keepalive: true }).then(() => true, () => false);
		const fresh = Promise.race([done, new Promise((resolve) => setTimeout(resolve, FRESH_MSEC, false))]);
		return { leavable: KEEPS_IN_MEMORY ? done : Promise.resolve(), fresh };
	};

	/**
	 * The URLs of a file that the browser's cache has, although the page may not have requested them: a worker
	 * has, or another page.
	 *
	 * @param {string} path relative to the project, a part of which may be the server's root folder
	 * @returns {Promise<string[]>} on the page's server
	 */
	const cached = async (path) => {
		const parts = path.split('/').map(encodeURIComponent);
		const paths = parts.map((_, i) => parts.slice(i).join('/')).slice(-MAX_GUESSES);
		const guesses = paths.flatMap((one) => [...new Set([one, one.replace(/(^|\/)index\.html?$/, '$1'), one.replace(/\.html?$/, '')])])
			.map((one) => `${location.origin}/${one}`);
		const answers = await Promise.all(guesses.map((url) => dom.request(url + CACHED, { cache: 'only-if-cached', mode: 'same-origin' }).then(
			(/** @type {Response} */ { ok }) => ok, () => false)));
		return guesses.filter((_, i) => answers[i]);
	};

	/** @returns {boolean} whether refresh() reaches everything that the browser keeps of a style sheet */
	const isReachable = () => !KEEPS_IN_MEMORY || isOfSrcdoc();

	shared.nextPage = { CACHED, cached, refresh, prepare, isReachable, KEEPS_IN_MEMORY };
}
