// SPDX-License-Identifier: MIT
//
// Finds the place in the source for a place in a script that a build wrote, by the script's source map
// (ECMA-426): the script names the map or contains it, or the map is the file next to the script with
// .map after its name. Script and map come from the page's own server, mostly from the browser's cache.
// Both can contain anything: what is too large or not valid counts as no map.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.sourceMap) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	/** Of a script and of a map. */
	const MAX_BYTES = 16 * 1024 * 1024;
	/** For each of the two, in milliseconds. */
	const MAX_WAIT = 2000;
	const MAX_SECTIONS = 10_000;
	/** How long it works on a map before the page gets its turn, in milliseconds. */
	const MAX_TURN = 4;
	/** How many segments are read between two checks of the time. */
	const SEGMENTS = 4096;

	const DIGITS = new Int8Array(128).fill(-1);
	[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((digit, value) => {
		DIGITS[digit.charCodeAt(0)] = value;
	});
	const COMMA = 44, SEMICOLON = 59;

	/** @typedef {{source: number, line: number, column: number}} Origin all from 0 */

	/** Reads `mappings`: numbers in base 64, each relative to the one before it. */
	class Segments {
		#text;
		#at = 0;
		line = 0;
		column = 0;
		/** Of the segment that was read last; undefined: it names no source. @type {Origin | undefined} */
		origin;
		#source = 0;
		#line = 0;
		#column = 0;

		/** @param {string} text */
		constructor(text) {
			this.#text = text;
		}

		/** @returns {number} */
		#number() {
			let value = 0;
			for (let shift = 0; ; shift += 5) {
				const digit = DIGITS[this.#text.charCodeAt(this.#at++)] ?? -1; // Past the end, too.
				if (digit < 0 || shift > 30) {
					throw new Error('mappings: not valid');
				}
				value += (digit & 31) * 2 ** shift;
				if (!(digit & 32)) {
					return value % 2 ? -(value - 1) / 2 : value / 2;
				}
			}
		}

		#isEnd() {
			const code = this.#text.charCodeAt(this.#at);
			return !(code !== COMMA && code !== SEMICOLON && this.#at < this.#text.length);
		}

		/** @returns {boolean} false at the end */
		next() {
			for (; this.#isEnd(); this.#at++) {
				if (this.#at >= this.#text.length) {
					return false;
				}
				if (this.#text.charCodeAt(this.#at) === SEMICOLON) {
					this.line++;
					this.column = 0;
				}
			}
			this.column += this.#number();
			this.origin = undefined;
			if (!this.#isEnd()) {
				this.#source += this.#number();
				this.#line += this.#number();
				this.#column += this.#number();
				this.origin = { source: this.#source, line: this.#line, column: this.#column };
			}
			if (!this.#isEnd()) {
				this.#number(); // The name.
			}
			if (!this.#isEnd()) {
				throw new Error('mappings: not valid');
			}
			return true;
		}
	}

	/**
	 * The segment that the place is in.
	 *
	 * @param {string} mappings
	 * @param {number} line from 0
	 * @param {number} column from 0
	 * @returns {Promise<Origin | undefined>}
	 */
	const find = async (mappings, line, column) => {
		const segments = new Segments(mappings);
		let found, turn = performance.now();
		for (let count = 1; segments.next() && segments.line <= line; count++) {
			if (segments.line === line && segments.column <= column) {
				found = segments.origin;
			}
			if (count % SEGMENTS === 0 && performance.now() - turn > MAX_TURN) {
				await new Promise((resolve) => setTimeout(resolve));
				turn = performance.now();
			}
		}
		return found;
	};

	/**
	 * The URL of a source. Bundlers name theirs webpack://site/./src/cart.ts.
	 *
	 * @param {string} source
	 * @param {string} base
	 */
	const urlOf = (source, base) => {
		const url = new URL(source, base);
		return /^(https?|file):$/.test(url.protocol) ? url.href : new URL(`/${url.pathname}`.replace(/^\/+/, '/'), location.href).href;
	};

	/**
	 * @param {any} map
	 * @param {string} base that its sources are relative to
	 * @param {number} line from 1
	 * @param {number} column from 1
	 * @returns {Promise<{file: string, line: number, column: number} | undefined>} from 1
	 */
	const lookUp = async (map, base, line, column) => {
		if (Array.isArray(map?.sections)) {
			const section = map.sections.slice(0, MAX_SECTIONS).filter((/** @type {any} */ { offset }) =>
				offset.line < line - 1 || (offset.line === line - 1 && offset.column <= column - 1)).at(-1);
			const { offset, map: inner } = section ?? {};
			return inner && !inner.sections
				? lookUp(inner, base, line - offset.line, offset.line === line - 1 ? column - offset.column : column) : undefined;
		}
		const origin = typeof map?.mappings === 'string' && Array.isArray(map.sources)
			? await find(map.mappings, line - 1, column - 1) : undefined;
		const source = origin && map.sources[origin.source];
		if (!origin || typeof source !== 'string' || !(origin.line >= 0 && origin.column >= 0)) {
			return undefined;
		}
		const root = typeof map.sourceRoot === 'string' && map.sourceRoot ? map.sourceRoot.replace(/\/?$/, '/') : '';
		return { file: urlOf(root + source, base), line: origin.line + 1, column: origin.column + 1 };
	};

	/** URLs that this file has requested: if one is missing, that is not a problem of the page. @type {Set<string>} */
	const requested = new Set();

	/** What a data: URL contains. The page's policy could forbid a request for it. @param {string} url */
	const inline = (url) => {
		const comma = url.indexOf(',');
		const text = url.slice(comma + 1);
		if (text.length > MAX_BYTES * 4 / 3) {
			throw new Error('too large');
		}
		if (!/;base64$/i.test(url.slice(0, comma))) {
			return decodeURIComponent(text);
		}
		// Twenty times as fast as Uint8Array.from().
		const chars = atob(text), bytes = new Uint8Array(chars.length);
		for (let i = 0; i < bytes.length; i++) {
			bytes[i] = chars.charCodeAt(i);
		}
		return new TextDecoder().decode(bytes);
	};

	/**
	 * @param {string} url
	 * @param {RequestCache} cache
	 * @returns {Promise<{text: string, map: string | null}>}
	 */
	const load = async (url, cache) => {
		requested.add(url);
		const answer = await fetch(url, { cache, credentials: 'same-origin', signal: AbortSignal.timeout(MAX_WAIT) });
		if (!answer.ok || !answer.body) {
			throw new Error(`answered ${answer.status}`);
		}
		const reader = answer.body.getReader(), decoder = new TextDecoder();
		let text = '', bytes = 0;
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			bytes += part.value.length;
			if (bytes > MAX_BYTES) {
				reader.cancel();
				throw new Error('too large');
			}
			text += decoder.decode(part.value, { stream: true });
		}
		return { text, map: answer.headers.get('SourceMap') ?? answer.headers.get('X-SourceMap') };
	};

	/** @type {Map<string, Promise<{map: any, base: string}>>} */
	const maps = new Map();
	const MAX_MAPS = 8;

	/** @param {string} script its URL */
	const mapOf = async (script) => {
		const { text, map } = await load(script, 'force-cache'); // The version that the page has.
		const at = text.lastIndexOf('sourceMappingURL=');
		const named = at < 0 || !/[#@]\s*$/.test(text.slice(Math.max(0, at - 8), at)) ? map : /=([^\s'"]*)/.exec(text.slice(at))?.[1];
		if (named?.startsWith('data:')) {
			return { map: JSON.parse(inline(named)), base: script };
		}
		const url = new URL(named || `${new URL(script).pathname}.map`, script);
		if (url.origin !== new URL(script).origin) {
			throw new Error('of another server');
		}
		// Some maps begin with )]}' so that no page can run them as a script.
		const json = (await load(url.href, 'no-cache')).text.replace(/^\)\]\}'[^\n]*\n/, '');
		return { map: JSON.parse(json), base: url.href };
	};

	/**
	 * @param {string} script its URL
	 * @param {number} line from 1
	 * @param {number} column from 1
	 * @returns {Promise<{file: string, line: number, column: number} | undefined>} undefined: not known
	 */
	const sourceOf = async (script, line, column) => {
		try {
			if (!maps.has(script) && maps.size < MAX_MAPS) {
				maps.set(script, mapOf(script));
			}
			const found = await maps.get(script);
			return found && await lookUp(found.map, found.base, line, column);
		} catch {
			return undefined; // There is none, or it is not valid.
		}
	};

	shared.sourceMap = { lookUp, sourceOf, requested };
}
