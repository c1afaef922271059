// SPDX-License-Identifier: MIT
//
// Random pages: style sheets, pictures and scripts in random ways of use, with random cache headers
// and something that the user typed. Each file contains a number, and each use of it shows the number
// in a way that the user could see: a color, a width, a text.
import { png } from './media-files.js';
import { random } from './random-html.js';

/**
 * @typedef {'css' | 'png' | 'js'} Kind
 * @typedef {object} Way in which a page uses a file
 * @property {string} name
 * @property {(file: string, id: string) => string} html for the page
 * @property {(id: string) => string} shown an expression: the number that is shown, maybe a promise
 * @property {Record<string, (file: string) => string | string[]>} [extra] by name: another file, or the files that it is combined from
 */

/** @param {string} selector @param {number} n */
const rule = (selector, n) => `.${selector} { color: rgb(${n}, 0, 0) }`;
const stem = (/** @type {string} */ file) => file.replace(/\..*/, '');
const colored = (/** @type {string} */ file, /** @type {string} */ id) => `<p id="${id}" class="${stem(file)}">x</p>`;
/** @param {string} element an expression */
const color = (element) => `Number(/\\d+/.exec(getComputedStyle(${element}).color)[0])`;
const width = (/** @type {string} */ id) => `${id}.getBoundingClientRect().width`;
const inner = (/** @type {string} */ id) => `${id}.contentDocument.querySelector('p')`;

/** Asks a frame that no script can access for its color. @param {string} id */
const asked = (id) => `new Promise((resolve) => {
	addEventListener('message', (event) => event.source === ${id}.contentWindow && resolve(event.data));
	${id}.contentWindow.postMessage(1, '*');
	setTimeout(() => resolve(NaN), 1000);
})`;
/** @param {string} file */
const answering = (file) => `<!doctype html><link rel=stylesheet href=/${file}><p class=${stem(file)}>x</p><script>onmessage = (event) =>
	event.source.postMessage(${color('document.querySelector("p")')}, '*');</script>`;

/** @type {Record<Kind, Way[]>} */
const WAYS = {
	css: [
		{ name: 'link', html: (file, id) => `<link rel=stylesheet href=/${file}>${colored(file, id)}`, shown: color },
		{ name: 'link with a query', html: (file, id) => `<link rel=stylesheet href="/${file}?v=1">${colored(file, id)}`, shown: color },
		{ name: 'import of a style element', html: (file, id) => `<style>@import "/${file}";</style>${colored(file, id)}`, shown: color },
		{ name: 'import of a sheet', html: (file, id) => `<link rel=stylesheet href=/up-${file}>${colored(file, id)}`, shown: color,
			extra: { 'up-': (file) => `@import "${file}";` } },
		{ name: 'import two levels down, in a layer', html: (file, id) => `<link rel=stylesheet href=/upup-${file}>${colored(file, id)}`, shown: color,
			extra: { 'upup-': (file) => `@import "mid-${file}" layer(a);`, 'mid-': (file) => `@import url(${file});` } },
		{ name: 'shadow root', html: (file, id) => `<div id="${id}"><template shadowrootmode=open><link rel=stylesheet href=/${file}>${colored(file, 'p')}</template></div>`,
			shown: (id) => color(`${id}.shadowRoot.querySelector('p')`) },
		{ name: 'frame', html: (file, id) => `<iframe id="${id}" srcdoc='<!doctype html><link rel=stylesheet href=/${file}>${colored(file, 'p')}'></iframe>`,
			shown: (id) => color(inner(id)) },
		{ name: 'sandboxed frame', html: (file, id) => `<iframe id="${id}" sandbox=allow-scripts src="/frame-${file}.html"></iframe>`, shown: asked,
			extra: { 'frame-.html': answering } },
		{ name: 'module', html: (file, id) => `${colored(file, id)}<script type=module>import s from '/${file}' with { type: 'css' };
			document.adoptedStyleSheets.push(s);</script>`, shown: color },
		{ name: 'fetched and adopted', html: (file, id) => `${colored(file, id)}<script>fetch('/${file}').then((r) => r.text()).then((text) => {
			const s = new CSSStyleSheet(); s.replaceSync(text); document.adoptedStyleSheets.push(s); });</script>`, shown: color },
		{ name: 'put into the page by the server', html: (file, id) => `<style>{{text ${file}}}</style>${colored(file, id)}`, shown: color },
		{ name: 'hash in the name', html: (file, id) => `<link rel=stylesheet href="/${stem(file)}-BXkqLmNp.css">${colored(file, id)}`, shown: color,
			extra: { '-BXkqLmNp': (file) => [file] } },
		{ name: 'combined', html: (file, id) => `<link rel=stylesheet href="/bundle.css">${colored(file, id)}`, shown: color,
			extra: { 'bundle.css': (file) => [file] } },
		{ name: 'a parameter', html: (file, id) => `<link rel=stylesheet href="/asset?f=${file}">${colored(file, id)}`, shown: color,
			extra: { asset: (file) => [file] } },
	],
	png: [
		{ name: 'img', html: (file, id) => `<img id="${id}" src="/${file}">`, shown: width },
		{ name: 'srcset', html: (file, id) => `<img id="${id}" srcset="/${file} 1x">`, shown: width },
		{ name: 'picture', html: (file, id) => `<picture><source srcset="/${file}"><img id="${id}"></picture>`, shown: width },
		{ name: 'content of a rule', html: (file, id) => `<style>#${id} { content: url(/${file}); display: inline-block }</style><span id="${id}"></span>`, shown: width },
		{ name: 'content of a sheet', html: (file, id) => `<link rel=stylesheet href="/pic-${file}.css"><span id="${id}" class="pic-${stem(file)}"></span>`, shown: width,
			extra: { 'pic-.css': (file) => `.pic-${stem(file)} { content: url("${file}"); display: inline-block }` } },
		{ name: 'input', html: (file, id) => `<input type=image id="${id}" src="/${file}" alt="">`, shown: width },
		{ name: 'object', html: (file, id) => `<object id="${id}" data="/${file}" type="image/png"></object>`, shown: width },
		{ name: 'canvas', html: (file, id) => `<canvas id="${id}"></canvas><script>{ const i = new Image(); i.onload = () => {
			${id}.width = i.naturalWidth; ${id}.getContext('2d').drawImage(i, 0, 0); }; i.src = '/${file}'; }</script>`,
		shown: (id) => `[...${id}.getContext('2d').getImageData(0, 0, ${id}.width, 1).data].filter((v, i) => i % 4 === 3 && v).length` },
		{ name: 'blob', html: (file, id) => `<img id="${id}"><script>fetch('/${file}').then((r) => r.blob()).then((b) => { ${id}.src = URL.createObjectURL(b); });</script>`, shown: width },
		{ name: 'put into the page by the server', html: (file, id) => `<img id="${id}" src="{{data ${file}}}">`, shown: width },
		{ name: 'resized on the way', html: (file, id) => `<img id="${id}" src="/thumb?src=/${file}&w=9">`, shown: width, extra: { thumb: (file) => [file] } },
		{ name: 'shadow root', html: (file, id) => `<div id="${id}"><template shadowrootmode=open><img src="/${file}"></template></div>`,
			shown: (id) => `${id}.shadowRoot.querySelector('img').getBoundingClientRect().width` },
	],
	js: [
		{ name: 'script', html: (file, id) => `<script src="/${file}"></script><script>window.${id} = ${stem(file)};</script>`, shown: (id) => `window.${id}` },
		{ name: 'module', html: (file, id) => `<script type=module>import '/${file}'; window.${id} = ${stem(file)};</script>`, shown: (id) => `window.${id}` },
		{ name: 'imported later', html: (file, id) => `<script>import('/${file}').then(() => { window.${id} = ${stem(file)}; });</script>`, shown: (id) => `window.${id}` },
		{ name: 'worker', html: (file, id) => `<script>{ const w = new Worker('/work-${file}'); w.onmessage = ({ data }) => { window.${id} = data; }; }</script>`,
			shown: (id) => `window.${id}`, extra: { 'work-': (file) => `importScripts('/${file}'); postMessage(${stem(file)});` } },
		{ name: 'put into the page by the server', html: (file, id) => `<script>{{text ${file}}}; window.${id} = ${stem(file)};</script>`, shown: (id) => `window.${id}` },
		{ name: 'fetched and run', html: (file, id) => `<script>fetch('/${file}').then((r) => r.text()).then((text) => { (0, eval)(text); window.${id} = ${stem(file)}; });</script>`,
			shown: (id) => `window.${id}` },
	],
};

/** Cache headers that a server may set. */
const HEADERS = [{}, { 'Cache-Control': 'no-cache' }, { 'Cache-Control': 'max-age=3600' }, { 'Cache-Control': 'max-age=31536000, immutable' },
	{ 'Cache-Control': 'no-store' }, { 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }];

/** @param {Kind} kind @param {string} file @param {number} n */
export const content = (kind, file, n) => (kind === 'css' ? rule(stem(file), n) : kind === 'png' ? png(n, n) : `var ${stem(file)} = self.${stem(file)} = ${n};`);

/**
 * @typedef {object} Use
 * @property {string} file
 * @property {string} way
 * @property {string} shown an expression
 */

/**
 * @param {number} seed
 * @param {string} prefix of the files, another for each pair of pages
 * @returns {{kinds: Record<string, Kind>, pages: {html: string, uses: Use[]}[], files: Record<string, string>,
 *	routes: Record<string, string[]>, headers: Record<string, object>}} two pages that use the same files
 */
export function randomPages(seed, prefix) {
	const { next, pick } = tools(seed);
	/** @type {Record<string, Kind>} */
	const kinds = {};
	/** @type {Record<string, string>} */
	const files = {};
	/** @type {Record<string, string[]>} */
	const routes = {};
	/** @type {Record<string, object>} */
	const headers = { [`/${prefix}one.html`]: pick(HEADERS.slice(0, 2)), [`/${prefix}two.html`]: pick(HEADERS.slice(0, 2)) };
	const count = 1 + Math.floor(next() * 3);
	for (let i = 0; i < count; i++) {
		const kind = pick(/** @type {Kind[]} */ (['css', 'css', 'png', 'js']));
		const file = `${prefix}${'abc'[i]}.${kind}`;
		kinds[file] = kind;
		headers[`/${file}`] = pick(HEADERS);
	}
	// The same URLs on both pages: a page does not know what the cache keeps under URLs that it does not use.
	const ways = new Map(Object.entries(kinds).map(([file, kind]) =>
		[file, new Set(Array.from({ length: 1 + Math.floor(next() * 2) }, () => pick(WAYS[kind])))]));
	const pages = ['one', 'two'].map((name) => {
		/** @type {Use[]} */
		const uses = [];
		const html = [...ways].flatMap(([file, some]) => {
			return [...some].map((way) => {
				const id = `u${uses.length}`;
				uses.push({ file, way: way.name, shown: way.shown(id) });
				for (const [mark, make] of Object.entries(way.extra ?? {})) {
					const made = make(file);
					const path = mark.startsWith('-') ? `${stem(file)}${mark}.css` : mark.endsWith('-') ? mark + file
						: mark.includes('-.') ? mark.replace('-.', `-${file}.`) : mark;
					if (typeof made === 'string') {
						files[path] = made;
					} else {
						const others = way.name === 'combined' ? routes[`/${path}`] ?? [] : [];
						routes[`/${path}`] = [...new Set([...others, ...made])];
					}
				}
				return way.html(file, id);
			});
		}).join('\n');
		return { name, uses, html: `<!doctype html><meta charset=utf-8><title>${name}</title><body style="height: 3000px"><input id=typed>${html}` };
	});
	return { kinds, pages, files, routes, headers };
}

/** @param {number} seed */
export const tools = (seed) => {
	const next = random(seed);
	return { next, pick: /** @template T @param {T[]} from @returns {T} */ (from) => from[Math.floor(next() * from.length)] };
};
