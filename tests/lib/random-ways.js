// SPDX-License-Identifier: MIT
//
// The ways in which pages use files. Each file contains a number, and each use of it shows the number in
// a way that the user could see: a color, a width, a text.

import { png, svg } from './media-files.js';

/**
 * @typedef {'css' | 'png' | 'svg' | 'js' | 'json' | 'html'} Kind
 * @typedef {object} Way
 * @property {string} name
 * @property {(file: string, id: string, other: string) => string} html for the page; `other`: the URL of a server on another port
 *	that serves the same files
 * @property {(id: string) => string} shown an expression: the number that is shown, maybe a promise
 * @property {(file: string) => Record<string, string | string[]>} [extra] by name: another file, or the files that it is combined from
 * @property {(file: string, id: string) => Record<string, string>} [imports] of the page's import map
 */

/** @param {string} file @returns {string} without its suffix */
export const stem = (file) => file.replace(/\..*/, '');

/** @type {Record<Kind, (file: string, n: number) => string | Buffer>} */
const CONTENT = {
	css: (file, n) => `.${stem(file)} { color: rgb(${n}, 0, 0) }`,
	png: (_, n) => png(n, n),
	svg: (_, n) => svg(n),
	js: (file, n) => `var ${stem(file)} = globalThis.${stem(file)} = ${n};`,
	json: (_, n) => `{"n": ${n}}`,
	html: (_, n) => `<b>${n}</b>`,
};

/** @param {Kind} kind @param {string} file @param {number} n */
export const content = (kind, file, n) => CONTENT[kind](file, n);

/** @typedef {(file: string, id: string, other: string) => string} Html */

const colored = (/** @type {string} */ file, /** @type {string} */ id) => `<p id="${id}" class="${stem(file)}">x</p>`;
/** @param {string} element an expression */
const color = (element) => `Number(/\\d+/.exec(getComputedStyle(${element}).color)[0])`;
const width = (/** @type {string} */ id) => `${id}.getBoundingClientRect().width`;
const box = (/** @type {string} */ id) => `${id}.getBBox().width`;
const kept = (/** @type {string} */ id) => `window.${id}`;
const text = (/** @type {string} */ id) => `Number(${id}.textContent)`;
const inner = (/** @type {string} */ id) => `${id}.contentDocument.querySelector('p')`;
const svgWidth = (/** @type {string} */ id) => `Number(${id}.contentDocument.documentElement.getAttribute('width'))`;
const script = (/** @type {string} */ code) => `<script>{ ${code} }</script>`;
const module = (/** @type {string} */ code) => `<script type=module>${code}</script>`;
/** @param {string} file @param {string} id */
const result = (file, id) => `window.${id} = ${stem(file)}`;

/** Asks a frame that no script can access for its number. @param {string} id */
const asked = (id) => `new Promise((resolve) => {
	addEventListener('message', (event) => event.source === ${id}.contentWindow && resolve(event.data));
	${id}.contentWindow.postMessage(1, '*');
	setTimeout(() => resolve(NaN), 1000);
})`;
/** A page that answers. @param {string} body @param {string} shown */
const answering = (body, shown) => `<!doctype html>${body}<script>onmessage = (event) => event.source.postMessage(${shown}, '*');</script>`;
const styled = (/** @type {string} */ file) => `<link rel=stylesheet href=/${file}><p class=${stem(file)}>x</p>`;
const answeringColor = (/** @type {string} */ file) => answering(styled(file), color('document.querySelector("p")'));

/** For `<embed>`, whose page has no window here. @param {string} id */
const askedByChannel = (id) => `new Promise((resolve) => {
	const channel = new BroadcastChannel(${id}.dataset.channel);
	channel.onmessage = ({ data }) => typeof data === 'number' && (channel.close(), resolve(data));
	channel.postMessage('?');
	setTimeout(() => resolve(NaN), 1000);
})`;

/**
 * The page keeps a reference, and a worker one to its own worker: without any, Firefox may collect the worker before its answer.
 *
 * @param {string} worker an expression
 * @param {string} id
 */
const receives = (worker, id) => script(`const w = window.${id}worker = ${worker}; (w.port ?? w).onmessage = ({ data }) => { window.${id} = data; };`);
const posts = (/** @type {string} */ file) => `importScripts('/${file}'); postMessage(${stem(file)});`;

/** @type {Way[]} */
const CSS = [
	{ name: 'link', html: (file, id) => `<link rel=stylesheet href=/${file}>${colored(file, id)}`, shown: color },
	{ name: 'link with a query', html: (file, id) => `<link rel=stylesheet href="/${file}?v=1">${colored(file, id)}`, shown: color },
	{ name: 'link with a media query', html: (file, id) => `<link rel=stylesheet media="screen and (min-width: 1px)" href=/${file}>${colored(file, id)}`, shown: color },
	{ name: 'link that was disabled for a while', html: (file, id) => `<link id=l${id} rel=stylesheet href=/${file}>${colored(file, id)}
		${script(`l${id}.disabled = true; setTimeout(() => { l${id}.disabled = false; });`)}`, shown: color },
	{ name: 'link made by a script', html: (file, id) => colored(file, id) +
		script(`document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/${file}' }));`), shown: color },
	{ name: 'preload that becomes a sheet', html: (file, id) => `<link rel=preload as=style href=/${file} onload="this.onload = null; this.rel = 'stylesheet'">${colored(file, id)}`, shown: color },
	{ name: 'import of a style element', html: (file, id) => `<style>@import "/${file}";</style>${colored(file, id)}`, shown: color },
	{ name: 'import with conditions', html: (file, id) => `<style>@import url("/${file}") layer(b) supports(color: red) screen;</style>${colored(file, id)}`, shown: color },
	{ name: 'import of a sheet', html: (file, id) => `<link rel=stylesheet href=/up-${file}>${colored(file, id)}`, shown: color,
		extra: (file) => ({ [`up-${file}`]: `@import "${file}";` }) },
	{ name: 'import two levels down, in a layer', html: (file, id) => `<link rel=stylesheet href=/upup-${file}>${colored(file, id)}`, shown: color,
		extra: (file) => ({ [`upup-${file}`]: `@import "mid-${file}" layer(a);`, [`mid-${file}`]: `@import url(${file});` }) },
	{ name: 'sheet of another port', html: (file, id, other) => `<link rel=stylesheet href="${other}${file}">${colored(file, id)}`, shown: color },
	{ name: 'import of a sheet of another port', html: (file, id, other) => `<link rel=stylesheet href="${other}up-${file}">${colored(file, id)}`, shown: color,
		extra: (file) => ({ [`up-${file}`]: `@import "${file}";` }) },
	{ name: 'shadow root', html: (file, id) => `<div id="${id}"><template shadowrootmode=open><link rel=stylesheet href=/${file}>${colored(file, 'p')}</template></div>`,
		shown: (id) => color(`${id}.shadowRoot.querySelector('p')`) },
	{ name: 'import in a shadow root', html: (file, id) => `<div id="${id}"><template shadowrootmode=open><style>@import "/${file}";</style>${colored(file, 'p')}</template></div>`,
		shown: (id) => color(`${id}.shadowRoot.querySelector('p')`) },
	{ name: 'frame', html: (file, id) => `<iframe id="${id}" srcdoc='<!doctype html><link rel=stylesheet href=/${file}>${colored(file, 'p')}'></iframe>`,
		shown: (id) => color(inner(id)) },
	{ name: 'frame in a frame', html: (file, id) => `<iframe id="${id}" src="/outer-${file}.html"></iframe>`,
		shown: (id) => color(`${id}.contentDocument.querySelector('iframe').contentDocument.querySelector('p')`),
		extra: (file) => ({ [`outer-${file}.html`]: `<!doctype html><iframe src="/frame-${file}.html"></iframe>`, [`frame-${file}.html`]: answeringColor(file) }) },
	{ name: 'sandboxed frame', html: (file, id) => `<iframe id="${id}" sandbox=allow-scripts src="/frame-${file}.html"></iframe>`, shown: asked,
		extra: (file) => ({ [`frame-${file}.html`]: answeringColor(file) }) },
	{ name: 'frame of another port', html: (file, id, other) => `<iframe id="${id}" src="${other}frame-${file}.html"></iframe>`, shown: asked,
		extra: (file) => ({ [`frame-${file}.html`]: answeringColor(file) }) },
	{ name: 'object', html: (file, id) => `<object id="${id}" data="/frame-${file}.html" type="text/html"></object>`, shown: (id) => color(inner(id)),
		extra: (file) => ({ [`frame-${file}.html`]: answeringColor(file) }) },
	{ name: 'embed', html: (file, id) => `<embed id="${id}" data-channel="${stem(file)}" src="/embed-${file}.html" type="text/html">`, shown: askedByChannel,
		extra: (file) => ({ [`embed-${file}.html`]: `<!doctype html>${styled(file)}<script>const c = new BroadcastChannel('${stem(file)}');
			c.onmessage = () => c.postMessage(${color('document.querySelector("p")')});</script>` }) },
	{ name: 'sheet of an SVG file', html: (file, id) => `<object id="${id}" data="/sheet-${file}.svg" type="image/svg+xml"></object>`,
		shown: (id) => color(`${id}.contentDocument.querySelector('rect')`),
		extra: (file) => ({ [`sheet-${file}.svg`]: `<?xml-stylesheet href="/${file}" type="text/css"?><svg xmlns="http://www.w3.org/2000/svg"><rect class="${stem(file)}"/></svg>` }) },
	{ name: 'module', html: (file, id) => colored(file, id) + module(`import s from '/${file}' with { type: 'css' }; document.adoptedStyleSheets.push(s);`), shown: color },
	{ name: 'fetched and adopted', html: (file, id) => colored(file, id) + script(`fetch('/${file}').then((r) => r.text()).then((text) => {
		const s = new CSSStyleSheet(); s.replaceSync(text); document.adoptedStyleSheets.push(s); });`), shown: color },
	{ name: 'requested, for a style element', html: (file, id) => colored(file, id) + script(`const x = new XMLHttpRequest(); x.open('GET', '/${file}'); x.send();
		x.onload = () => { document.head.append(Object.assign(document.createElement('style'), { textContent: x.responseText })); };`), shown: color },
	{ name: 'put into the page by the server', html: (file, id) => `<style>{{text ${file}}}</style>${colored(file, id)}`, shown: color },
	{ name: 'hash in the name', html: (file, id) => `<link rel=stylesheet href="/${stem(file)}-BXkqLmNp.css">${colored(file, id)}`, shown: color,
		extra: (file) => ({ [`${stem(file)}-BXkqLmNp.css`]: [file] }) },
	{ name: 'combined', html: (file, id) => `<link rel=stylesheet href="/bundle.css">${colored(file, id)}`, shown: color, extra: (file) => ({ 'bundle.css': [file] }) },
	{ name: 'another name', html: (file, id) => `<link rel=stylesheet href="/look/${stem(file).slice(-1)}">${colored(file, id)}`, shown: color,
		extra: (file) => ({ [`look/${stem(file).slice(-1)}`]: [file] }) },
	{ name: 'a parameter', html: (file, id) => `<link rel=stylesheet href="/asset/${stem(file)}?f=${file}">${colored(file, id)}`, shown: color,
		extra: (file) => ({ [`asset/${stem(file)}`]: [file] }) },
];

/** @type {Way[]} */
const PNG = [
	{ name: 'img', html: (file, id) => `<img id="${id}" src="/${file}">`, shown: width },
	{ name: 'srcset', html: (file, id) => `<img id="${id}" srcset="/${file} 1x">`, shown: width },
	{ name: 'picture', html: (file, id) => `<picture><source srcset="/${file}"><img id="${id}"></picture>`, shown: width },
	{ name: 'content of a rule', html: (file, id) => `<style>#${id} { content: url(/${file}); display: inline-block }</style><span id="${id}"></span>`, shown: width },
	{ name: 'content of an inline style', html: (file, id) => `<span id="${id}" style="display: inline-block; content: url(/${file})"></span>`, shown: width },
	{ name: 'custom property', html: (file, id) => `<style>:root { --${id}: url("/${file}") } #${id} { content: var(--${id}); display: inline-block }</style><span id="${id}"></span>`, shown: width },
	{ name: 'content of a sheet', html: (file, id) => `<link rel=stylesheet href="/pic-${file}.css"><span id="${id}" class="pic-${stem(file)}"></span>`, shown: width,
		extra: (file) => ({ [`pic-${file}.css`]: `.pic-${stem(file)} { content: url("${file}"); display: inline-block }` }) },
	{ name: 'content of a sheet of another port', html: (file, id, other) => `<link rel=stylesheet href="${other}far-${file}.css"><span id="${id}" class="far-${stem(file)}"></span>`, shown: width,
		extra: (file) => ({ [`far-${file}.css`]: `.far-${stem(file)} { content: url("${file}"); display: inline-block }` }) },
	{ name: 'input', html: (file, id) => `<input type=image id="${id}" src="/${file}" alt="">`, shown: width },
	{ name: 'object', html: (file, id) => `<object id="${id}" data="/${file}" type="image/png"></object>`, shown: width },
	{ name: 'embed', html: (file, id) => `<embed id="${id}" src="/${file}" type="image/png">`, shown: width },
	{ name: 'poster', html: (file, id) => `<video id="${id}" poster="/${file}"></video>`, shown: width },
	{ name: 'image of an SVG', html: (file, id) => `<svg><image id="${id}" href="/${file}"/></svg>`, shown: box },
	{ name: 'frame', html: (file, id) => `<iframe id="${id}" src="/${file}"></iframe>`, shown: (id) => `${id}.contentDocument.images[0].naturalWidth` },
	{ name: 'sandboxed frame', html: (file, id) => `<iframe id="${id}" sandbox=allow-scripts src="/frame-${file}.html"></iframe>`, shown: asked,
		extra: (file) => ({ [`frame-${file}.html`]: answering(`<img src=/${file}>`, 'document.images[0].naturalWidth') }) },
	{ name: 'made by a script', html: (file, id) => `<p>${script(`const i = new Image(); i.id = '${id}'; i.src = '/${file}'; document.currentScript.after(i);`)}</p>`, shown: width },
	{ name: 'canvas', html: (file, id) => `<canvas id="${id}"></canvas>${script(`const i = new Image(); i.onload = () => {
		${id}.width = i.naturalWidth; ${id}.getContext('2d').drawImage(i, 0, 0); }; i.src = '/${file}';`)}`,
	shown: (id) => `[...${id}.getContext('2d').getImageData(0, 0, ${id}.width, 1).data].filter((v, i) => i % 4 === 3 && v).length` },
	{ name: 'bitmap', html: (file, id) => script(`fetch('/${file}').then((r) => r.blob()).then(createImageBitmap).then((b) => { window.${id} = b.width; });`), shown: kept },
	{ name: 'blob', html: (file, id) => `<img id="${id}">${script(`fetch('/${file}').then((r) => r.blob()).then((b) => { ${id}.src = URL.createObjectURL(b); });`)}`, shown: width },
	{ name: 'put into the page by the server', html: (file, id) => `<img id="${id}" src="{{data ${file}}}">`, shown: width },
	{ name: 'resized on the way', html: (file, id) => `<img id="${id}" src="/thumb/${stem(file)}?src=/${file}&w=9">`, shown: width,
		extra: (file) => ({ [`thumb/${stem(file)}`]: [file] }) },
	{ name: 'shadow root', html: (file, id) => `<div id="${id}"><template shadowrootmode=open><img src="/${file}"></template></div>`,
		shown: (id) => `${id}.shadowRoot.querySelector('img').getBoundingClientRect().width` },
];

/** @type {Way[]} */
const SVG = [
	{ name: 'img', html: (file, id) => `<img id="${id}" src="/${file}">`, shown: width },
	{ name: 'use', html: (file, id) => `<svg><use id="${id}" href="/${file}#g"/></svg>`, shown: box },
	{ name: 'object', html: (file, id) => `<object id="${id}" data="/${file}" type="image/svg+xml"></object>`, shown: svgWidth },
	{ name: 'embed', html: (file, id) => `<embed id="${id}" src="/${file}" type="image/svg+xml">`,
		shown: (id) => `Number(${id}.getSVGDocument().documentElement.getAttribute('width'))` },
	{ name: 'frame', html: (file, id) => `<iframe id="${id}" src="/${file}"></iframe>`, shown: svgWidth },
	{ name: 'put into the page by the server', html: (file, id) => `<p id="${id}">{{text ${file}}}</p>`, shown: (id) => `Number(${id}.querySelector('svg').getAttribute('width'))` },
	{ name: 'fetched, for the page', html: (file, id) => `<p id="${id}"></p>${script(`fetch('/${file}').then((r) => r.text()).then((text) => { ${id}.innerHTML = text; });`)}`,
		shown: (id) => `Number(${id}.querySelector('svg').getAttribute('width'))` },
];

/** @type {Way[]} */
const JS = [
	{ name: 'script', html: (file, id) => `<script src="/${file}"></script>${script(result(file, id))}`, shown: kept },
	{ name: 'module', html: (file, id) => module(`import '/${file}'; ${result(file, id)};`), shown: kept },
	{ name: 'module of a module', html: (file, id) => module(`import '/mod-${file}'; ${result(file, id)};`), shown: kept,
		extra: (file) => ({ [`mod-${file}`]: `import './${file}';` }) },
	{ name: 'import map', html: (file, id) => module(`import '${id}'; ${result(file, id)};`), shown: kept, imports: (file, id) => ({ [id]: `/${file}` }) },
	{ name: 'imported later', html: (file, id) => script(`import('/${file}').then(() => { ${result(file, id)}; });`), shown: kept },
	{ name: 'made by a script', html: (file, id) => script(`const s = document.createElement('script'); s.src = '/${file}'; s.onload = () => { ${result(file, id)}; }; document.head.append(s);`), shown: kept },
	{ name: 'worker', html: (file, id) => receives(`new Worker('/work-${file}')`, id), shown: kept, extra: (file) => ({ [`work-${file}`]: posts(file) }) },
	{ name: 'module worker', html: (file, id) => receives(`new Worker('/modwork-${file}', { type: 'module' })`, id), shown: kept,
		extra: (file) => ({ [`modwork-${file}`]: `import './${file}'; postMessage(${stem(file)});` }) },
	{ name: 'worker of a worker', html: (file, id) => receives(`new Worker('/upwork-${file}')`, id), shown: kept,
		extra: (file) => ({ [`upwork-${file}`]: `(self.inner = new Worker('/work-${file}')).onmessage = ({ data }) => postMessage(data);`, [`work-${file}`]: posts(file) }) },
	{ name: 'worker made of a blob', html: (file, id) => receives(`new Worker(URL.createObjectURL(new Blob(["importScripts('" + origin + "/${file}'); postMessage(${stem(file)});"])))`, id), shown: kept },
	{ name: 'worker that fetches', html: (file, id) => receives(`new Worker('/fetch-${file}')`, id), shown: kept,
		extra: (file) => ({ [`fetch-${file}`]: `fetch('/${file}').then((r) => r.text()).then((text) => postMessage(Number(/= (\\d+)/.exec(text)[1])));` }) },
	{ name: 'shared worker', html: (file, id) => receives(`new SharedWorker('/share-${file}')`, id), shown: kept,
		extra: (file) => ({ [`share-${file}`]: `importScripts('/${file}'); onconnect = ({ ports: [port] }) => port.postMessage(${stem(file)});` }) },
	{ name: 'audio worklet', html: (file, id) => script(`const a = new OfflineAudioContext(1, 128, 44100); a.audioWorklet.addModule('/audio-${file}').then(() => {
		const n = new AudioWorkletNode(a, '${stem(file)}'); n.port.onmessage = ({ data }) => { window.${id} = data; }; n.connect(a.destination); a.startRendering(); });`), shown: kept,
	extra: (file) => ({ [`audio-${file}`]: `import './${file}'; registerProcessor('${stem(file)}', class extends AudioWorkletProcessor {
		constructor() { super(); this.port.postMessage(${stem(file)}); } process() { return false; } });` }) },
	{ name: 'frame', html: (file, id) => `<iframe id="${id}" srcdoc='<script src="/${file}"></script>'></iframe>`, shown: (id) => `Object.entries(${id}.contentWindow).find(([name]) => /^s\\d+[abc]$/.test(name))[1]` },
	{ name: 'sandboxed frame', html: (file, id) => `<iframe id="${id}" sandbox=allow-scripts src="/frame-${file}.html"></iframe>`, shown: asked,
		extra: (file) => ({ [`frame-${file}.html`]: answering(`<script src=/${file}></script>`, stem(file)) }) },
	{ name: 'of another port', html: (file, id, other) => `<script src="${other}${file}"></script>${script(result(file, id))}`, shown: kept },
	{ name: 'hash in the name', html: (file, id) => `<script src="/${stem(file)}-BXkqLmNp.js"></script>${script(result(file, id))}`, shown: kept,
		extra: (file) => ({ [`${stem(file)}-BXkqLmNp.js`]: [file] }) },
	{ name: 'combined', html: (file, id) => `<script src="/bundle.js"></script>${script(result(file, id))}`, shown: kept, extra: (file) => ({ 'bundle.js': [file] }) },
	{ name: 'put into the page by the server', html: (file, id) => `<script>{{text ${file}}}; ${result(file, id)};</script>`, shown: kept },
	{ name: 'fetched and run', html: (file, id) => script(`fetch('/${file}').then((r) => r.text()).then((text) => { (0, eval)(text); ${result(file, id)}; });`), shown: kept },
];

/** @type {Way[]} */
const JSON_FILES = [
	{ name: 'fetched', html: (file, id) => script(`fetch('/${file}').then((r) => r.json()).then(({ n }) => { window.${id} = n; });`), shown: kept },
	{ name: 'fetched late', html: (file, id) => script(`setTimeout(() => fetch('/${file}').then((r) => r.json()).then(({ n }) => { window.${id} = n; }), 800);`), shown: kept },
	{ name: 'module', html: (file, id) => module(`import d from '/${file}' with { type: 'json' }; window.${id} = d.n;`), shown: kept },
	{ name: 'worker', html: (file, id) => receives(`new Worker('/read-${file}.js')`, id), shown: kept,
		extra: (file) => ({ [`read-${file}.js`]: `fetch('/${file}').then((r) => r.json()).then(({ n }) => postMessage(n));` }) },
	{ name: 'put into the page by the server', html: (file, id) => `<script type="application/json" id="${id}">{{text ${file}}}</script>`, shown: (id) => `JSON.parse(${id}.textContent).n` },
];

/** @type {Way[]} */
const HTML = [
	{ name: 'put into the page by the server', html: (file, id) => `<p id="${id}">{{text ${file}}}</p>`, shown: text },
	{ name: 'fetched, for the page', html: (file, id) => `<p id="${id}"></p>${script(`fetch('/${file}').then((r) => r.text()).then((text) => { ${id}.innerHTML = text; });`)}`, shown: text },
	{ name: 'frame', html: (file, id) => `<iframe id="${id}" src="/${file}"></iframe>`, shown: (id) => `Number(${id}.contentDocument.body.textContent)` },
	{ name: 'object', html: (file, id) => `<object id="${id}" data="/${file}" type="text/html"></object>`, shown: (id) => `Number(${id}.contentDocument.body.textContent)` },
];

/** @type {Record<Kind, Way[]>} */
export const WAYS = { css: CSS, png: PNG, svg: SVG, js: JS, json: JSON_FILES, html: HTML };
