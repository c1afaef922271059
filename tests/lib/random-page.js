// SPDX-License-Identifier: MIT
//
// Random pages: files in random ways of use, with random cache headers, and what the user can type and
// open in a page. Some pages are shown by one of the browser's own viewers, some answer a form.
import { content, WAYS } from './random-ways.js';
import { random } from './random-html.js';

/**
 * @typedef {import('./random-ways.js').Kind} Kind
 *
 * @typedef {object} Use
 * @property {string} file
 * @property {string} way
 * @property {string} shown an expression: the number that is shown, maybe a promise
 *
 * @typedef {object} Page
 * @property {string} name of its file
 * @property {Use[]} uses
 * @property {boolean} answersForm whether it is opened by sending a form
 * @property {boolean} hasState whether it has the elements for STATES
 *
 * @typedef {object} Pages
 * @property {Page[]} pages
 * @property {Record<string, (n: number) => string | Buffer>} saved by name: the contents of a file that is saved
 * @property {Record<string, string>} files other files
 * @property {Record<string, string[]>} routes which files a path is combined from
 * @property {Record<string, object>} headers
 */

/** Cache headers that a server may set. */
const HEADERS = [{}, { 'Cache-Control': 'no-cache' }, { 'Cache-Control': 'max-age=3600' }, { 'Cache-Control': 'max-age=31536000, immutable' },
	{ 'Cache-Control': 'no-store' }, { 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }];
/** With these, the browser requests a page that the user opens, and does not take it from its cache. */
const PAGE_HEADERS = HEADERS.slice(0, 2);

/** @type {Kind[]} */
const KINDS = ['css', 'css', 'css', 'png', 'png', 'svg', 'js', 'js', 'json', 'html'];

/** What the user does in a page: sets it for a number, and reads it. @type {[string, (n: number) => string, (n: number) => string][]} */
export const STATES = [
	['text', (n) => `typed.value = '${n}'`, (n) => `typed.value === '${n}'`],
	['scrolling', () => 'scrollTo(0, 900)', () => 'Math.round(scrollY) === 900'],
	['checkbox', (n) => `ticked.checked = ${n % 2 === 0}`, (n) => `ticked.checked === ${n % 2 === 0}`],
	['select', (n) => `chosen.value = 'abc'[${n} % 3]`, (n) => `chosen.value === 'abc'[${n} % 3]`],
	['details', (n) => `opened.open = ${n % 2 === 1}`, (n) => `opened.open === ${n % 2 === 1}`],
	['text area', (n) => `many.value = 'a\\n${n}'`, (n) => `many.value === 'a\\n${n}'`],
	['dialog', (n) => `asking.open || asking.show(), inside.value = '${n}'`, (n) => `asking.open && inside.value === '${n}'`],
];
const STATEFUL = `<input id=typed><input id=ticked type=checkbox><select id=chosen><option>a<option>b<option>c</select>
<details id=opened><summary>s</summary>d</details><textarea id=many></textarea><dialog id=asking><input id=inside></dialog>`;

/** The start of pages, and their headers: standards mode, quirks mode, an older encoding. @type {[string, object][]} */
const STARTS = [['<!doctype html>', {}], ['<!doctype html>', {}], ['', {}], ['<!doctype html>', { 'Content-Type': 'text/html; charset=windows-1252' }]];

/** Files that the browser shows in a viewer of its own: the suffix, the contents and what is shown. @type {[string, (n: number) => string | Buffer, string][]} */
const VIEWED = [
	['txt', (n) => String(n), 'Number(document.body.textContent)'],
	['xml', (n) => `<n>${n}</n>`, 'Number(document.querySelector("n").textContent)'],
	['svg', (n) => content('svg', '', n), 'Number(document.documentElement.getAttribute("width"))'],
	['png', (n) => content('png', '', n), 'document.images[0].naturalWidth'],
];

/** The page's own file shows its number, too. @param {string} html @param {number} n */
const numbered = (html, n) => `${html}<p id="own">${n}</p>`;

/** @param {number} seed */
export const tools = (seed) => {
	const next = random(seed);
	return { next, pick: /** @template T @param {T[]} from @returns {T} */ (from) => from[Math.floor(next() * from.length)] };
};

/**
 * @param {number} seed
 * @param {string} prefix of the files, another for each seed
 * @param {string} other the URL of a server on another port that serves the same files
 * @returns {Pages} two pages that use files, some of them the same
 */
export function randomPages(seed, prefix, other) {
	const { next, pick } = tools(seed);
	/** @type {Pages} */
	const made = { pages: [], saved: {}, files: {}, routes: {}, headers: {} };
	const { pages, saved, files, routes, headers } = made;
	const count = 1 + Math.floor(next() * 3);
	/** @type {{file: string, ways: Set<import('./random-ways.js').Way>}[]} */
	const used = [];
	for (let i = 0; i < count; i++) {
		const kind = pick(KINDS);
		const file = `${prefix}${'abc'[i]}.${kind}`;
		saved[file] = (n) => content(kind, file, n);
		headers[`/${file}`] = pick(HEADERS);
		// The same URLs on both pages: a page does not know what the cache keeps under URLs that it does not use.
		const ways = new Set(Array.from({ length: 1 + Math.floor(next() * 2) }, () => pick(WAYS[kind])));
		used.push({ file, ways });
		for (const { extra } of ways) {
			for (const [name, how] of Object.entries(extra?.(file) ?? {})) {
				if (typeof how === 'string') {
					files[name] = how;
				} else {
					routes[`/${name}`] = [...new Set([...name.startsWith('bundle') ? routes[`/${name}`] ?? [] : [], ...how])];
				}
			}
		}
	}
	const [start, type] = pick(STARTS);
	for (const word of ['one', 'two']) {
		const own = used.filter(() => next() < 0.7);
		const name = `${prefix}${word}.html`;
		/** @type {Use[]} */
		const uses = [];
		/** Firefox has one import map per page, which must come before all modules. @type {Record<string, string>} */
		const imports = {};
		const html = own.flatMap(({ file, ways }) => [...ways].map((way) => {
			const id = `u${uses.length}`;
			uses.push({ file, way: way.name, shown: way.shown(id) });
			Object.assign(imports, way.imports?.(file, id));
			return way.html(file, id, other);
		})).join('\n');
		uses.push({ file: name, way: 'page', shown: 'Number(own.textContent)' });
		const map = Object.keys(imports).length ? `<script type=importmap>${JSON.stringify({ imports })}</script>` : '';
		saved[name] = (n) => numbered(`${start}<title>${word}</title>${map}<body style="height: 3000px">${STATEFUL}${html}`, n);
		headers[`/${name}`] = { ...pick(HEADERS), ...type };
		pages.push({ name, uses, answersForm: word === 'two' && next() < 0.2, hasState: true });
	}
	if (next() < 0.15) {
		const [suffix, of, shown] = pick(VIEWED);
		const name = `${prefix}viewed.${suffix}`;
		saved[name] = of;
		headers[`/${name}`] = pick(PAGE_HEADERS);
		pages[1] = { name, uses: [{ file: name, way: 'viewer', shown }], answersForm: false, hasState: false };
	}
	return made;
}
