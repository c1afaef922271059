// SPDX-License-Identifier: MIT
//
// Files that a page uses in several ways, or in a way that the browser does not report: after a save,
// every use shows the new file.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, reaches, story, switchOn, words } from '../lib/live.js';
import { png, svg, wav } from '../lib/media-files.js';
import { TOP, World } from '../lib/world.js';

// The page keeps a reference: without one, Firefox may collect the worker before its answer.
const receives = (/** @type {string} */ worker) => `<script>{ const w = window.worker = ${worker}; (w.port ?? w).onmessage = ({ data }) => { window.posted = data; }; }</script>`;
/** @param {string} kind of worker @param {string} code */
const ofBlob = (kind, code) => receives(`new ${kind}(URL.createObjectURL(new Blob(["const site = '" + origin + "/static/'; ${code}"])))`);
/** Keeps a file in Cache Storage, and takes it from there. @param {string} then how it is shown */
const keeps = (then) => `<script type=module>const kept = await caches.open('kept'), get = async (url) => await kept.match(url) ?? (await kept.add(url), kept.match(url)); ${then}</script>`;
const width = (/** @type {string} */ id) => `${id}.getBoundingClientRect().width`;
const color = (/** @type {string} */ element) => `Number(/\\d+/.exec(getComputedStyle(${element}).color)[0])`;
/** The size of the picture that a style names. @param {string} style */
const sizeIn = (style) => `(() => { const image = new Image(); image.src = /url\\("?(.*?)"?\\)/.exec(${style})[1]; return image.decode().then(() => image.naturalWidth); })()`;

/**
 * The use, the page, the file that is saved, how the event ends, and the numbers that are shown.
 *
 * @type {[string, string, string, 'loaded' | 'swapped', string[]][]}
 */
const USES = [
	['a picture in the page and in a frame', '<img id=a src=/static/a.svg><iframe id=b src=/static/a.svg></iframe>', 'a.svg', 'loaded',
		[width('a'), 'Number(b.contentDocument.documentElement.getAttribute("width"))']],
	['a picture in the page and in the background of a table', '<img id=a src=/static/a.png><table><td id=b background=/static/a.png>x</table>', 'a.png', 'swapped',
		[width('a'), sizeIn('getComputedStyle(b).backgroundImage')]],
	['a picture in the page and in an animation by script',
		`<img id=a src=/static/a.png><p id=b>x</p><script>b.animate({ backgroundImage: Array(2).fill('url(/static/a.png)') }, 1e6);</script>`, 'a.png', 'loaded',
		[width('a'), sizeIn('getComputedStyle(b).backgroundImage')]],
	['a picture in the page and in a mask', '<img id=a src=/static/a.svg><svg><rect id=b mask="url(/static/a.svg#g)" width=9 height=9 /></svg>', 'a.svg', 'swapped',
		[width('a'), sizeIn('b.getAttribute("mask")')]],
	['pictures in the styles of a frame in another folder', '<iframe id=a src=/static/frame.html></iframe>', 'a.png', 'swapped',
		['inline', 'ruled'].map((id) => `a.contentDocument.getElementById("${id}").getBoundingClientRect().width`)],
	['a style sheet of the page and of an SVG file in it',
		'<link rel=stylesheet href=/static/a.css><p id=a>x</p><object id=b data=/static/styled.svg type=image/svg+xml></object>', 'a.css', 'loaded',
		[color('a'), color('b.contentDocument.documentElement')]],
	['a picture in the page, and one that a script keeps outside of it',
		'<img id=a src=/static/a.png><script>{ window.kept = new Image(); kept.src = "/static/a.png"; }</script>', 'a.png', 'swapped',
		[width('a'), `(document.body.append(kept), new Promise((resolve) => requestAnimationFrame(() => {
			const { width } = kept.getBoundingClientRect(); kept.remove(); resolve(width); })))`]],
	['a picture of a source set, which the browser has in memory', '<picture><source srcset=/static/a.png><img id=a></picture>', 'a.png', 'swapped', [width('a')]],
	['a picture of an object, and of an embed', '<object id=a data=/static/a.png type=image/png></object><embed id=b src=/static/a.png type=image/png>', 'a.png', 'swapped',
		[width('a'), width('b')]],
	['a script of a page with a picture of an object', '<script src=/static/a.js></script><object id=b data=/static/fixed.png type=image/png></object>', 'a.js', 'loaded',
		[`${width('b')} && window.a`]],
	['rules that a script has added to a style sheet',
		`<link id=l rel=stylesheet href=/static/a.css><p id=a>x</p><p id=b>x</p><script>onload = () => l.sheet.insertRule('#b { color: rgb(77, 0, 0) }', 0);</script>`, 'a.css', 'loaded',
		[color('a'), `${color('b')} === 77 && ${color('a')}`]],
	['a rule of a style sheet that a script has changed',
		`<link id=l rel=stylesheet href=/static/a.css><p id=a>x</p><p id=b>x</p><script>onload = () => { l.sheet.cssRules[0].selectorText = '#a, #b'; l.sheet.cssRules[0].style.fontSize = '77px'; };</script>`, 'a.css', 'loaded',
		[color('a'), `getComputedStyle(b).fontSize === '77px' && ${color('a')}`]],
	['a style sheet whose rules a script only reads',
		`<link id=l rel=stylesheet href=/static/a.css><p id=a>x</p><script>onload = () => { window.count = l.sheet.cssRules.length; };</script>`, 'a.css', 'swapped', [color('a')]],
	['rules that a script has added to a style element, which imports',
		`<style id=l>@import "/static/a.css";</style><p id=a>x</p><p id=b>x</p><script>onload = () => l.sheet.insertRule('#b { color: rgb(77, 0, 0) }', 1);</script>`, 'a.css', 'loaded',
		[color('a'), `${color('b')} === 77 && ${color('a')}`]],
	['a style sheet beside one that a script has filled',
		`<link rel=stylesheet href=/static/a.css><style id=l></style><p id=a>x</p><p id=b>x</p><script>l.sheet.insertRule('#b { color: rgb(77, 0, 0) }');</script>`, 'a.css', 'swapped',
		[color('a'), `${color('b')} === 77 && ${color('a')}`]],
	['a picture in the page and in a worker made of a blob',
		`<img id=a src=/static/a.png>${ofBlob('Worker', "fetch(site + 'a.png').then((r) => r.blob()).then(createImageBitmap).then((b) => postMessage(b.width));")}`, 'a.png', 'loaded',
		[width('a'), 'window.posted']],
	['a script in a worker made of a blob', ofBlob('Worker', "importScripts(site + 'a.js'); postMessage(a);"), 'a.js', 'loaded', ['window.posted']],
	['a script in a shared worker made of a blob', ofBlob('SharedWorker', "importScripts(site + 'a.js'); onconnect = (event) => event.ports[0].postMessage(a);"), 'a.js', 'loaded',
		['window.posted']],
	['a script in a worker that another script makes', '<script src=/static/makes.js></script>', 'a.js', 'loaded', ['window.posted']],
	['a script in a worker made of a data: URL', receives(`new Worker("data:text/javascript," + encodeURIComponent("importScripts('" + origin + "/static/kept.js'); postMessage(a);"))`),
		'kept.js', 'loaded', ['window.posted']],
	['what two style elements with the same text import', '<style>@import "/static/a.css";</style><style>@import "/static/a.css";</style><p id=a>x</p>', 'a.css', 'swapped', [color('a')]],
	['what two style elements with the same text import, in a shadow root', `<div id=h><template shadowrootmode=open><style>@import "/static/a.css";</style><p id=a>x</p></template></div>
		<style>@import "/static/a.css";</style><p id=a>x</p>`, 'a.css', 'swapped', [color('a'), color('h.shadowRoot.querySelector("p")')]],
	['a style sheet of the page that a frame shows as text', '<link rel=stylesheet href=/static/a.css><p id=a>x</p><iframe id=b src=/static/a.css></iframe>', 'a.css', 'loaded',
		[color('a'), 'Number(/\\d+/.exec(b.contentDocument.body.textContent)[0])']],
	['subtitles', '<video id=a><track id=b src=/static/a.vtt default></video>', 'a.vtt', 'swapped', ['(b = document.querySelector("track"), b.track.mode = "showing", Number(b.track.cues?.[0]?.text))']],
	['a picture in a custom property', '<style>:root { --u: url("/static/a.png") } #b { background: var(--u) }</style><p id=b>x</p>', 'a.png', 'swapped', [sizeIn('getComputedStyle(b).backgroundImage')]],
	['a picture of a style sheet that a script has made', `<p id=b>x</p><script>{ const s = new CSSStyleSheet(); s.replaceSync('#b { background: url("/static/a.png") }'); document.adoptedStyleSheets.push(s); }</script>`,
		'a.png', 'swapped', [sizeIn('getComputedStyle(b).backgroundImage')]],
	['a picture in keyframes', '<style>@keyframes k { from, to { background-image: url("/static/a.png") } } #b { animation: k 1000s }</style><p id=b>x</p>', 'a.png', 'swapped', [sizeIn('getComputedStyle(b).backgroundImage')]],
	['a picture before an element, within @scope', '<style>@scope (div) { @layer { p::before { content: url("/static/a.png") } } }</style><div><p id=b>x</p></div>', 'a.png', 'swapped',
		[sizeIn('getComputedStyle(b, "::before").content')]],
	['files relative to a base', '<base href=/static/><link rel=stylesheet href=a.css><p id=a>x</p>', 'a.css', 'swapped', [color('a')]],
	['a picture relative to a base', '<base href=/static/><img id=a src=a.png><p id=b style="background: url(a.png)">x</p>', 'a.png', 'swapped', [width('a'), sizeIn('getComputedStyle(b).backgroundImage')]],
	['a picture that is loaded when it is scrolled to', '<p style="height: 20000px">x<img id=a loading=lazy src=/static/a.png>', 'a.png', 'swapped', [`(a.scrollIntoView(), ${width('a')})`]],
	['a picture of a template that a script copies later', '<img src=/static/a.png><template id=t><img src=/static/a.png></template><p id=p>', 'a.png', 'swapped',
		['(p.replaceChildren(t.content.cloneNode(true)), p.firstChild.decode().then(() => p.firstChild.naturalWidth))']],
	['a style sheet of a template that a script copies later', '<link rel=stylesheet href=/static/a.css><template id=t><link rel=stylesheet href=/static/a.css><p id=a>x</p></template><div id=p></div>', 'a.css', 'swapped',
		[`new Promise((resolve) => { const host = document.createElement('div'); host.attachShadow({ mode: 'open' }).append(t.content.cloneNode(true)); p.replaceChildren(host);
			host.shadowRoot.firstChild.onload = () => resolve(${color('host.shadowRoot.querySelector("p")')}); })`]],
	['a script that the page loads later', '<script>window.load = (name) => new Promise((resolve) => { const s = document.createElement("script"); s.src = name; s.onload = resolve; document.head.append(s); });</script>',
		'kept.js', 'loaded', ['load("/static/kept.js").then(() => a)']],
	['a page that the page requests, and shows in a frame', `<p id=a>x</p><iframe id=b src=/static/kept.html></iframe><script>fetch('/static/kept.html').then((r) => r.text()).then((text) => { a.innerHTML = text; });</script>`,
		'kept.html', 'loaded', ['Number(a.textContent)', 'Number(b.contentDocument.body.textContent)']],
	['a page that the page requests, and shows in an object', `<p id=a>x</p><object id=b data=/static/kept.html type=text/html></object><script>fetch('/static/kept.html').then((r) => r.text()).then((text) => { a.innerHTML = text; });</script>`,
		'kept.html', 'loaded', ['Number(a.textContent)', 'Number(b.contentDocument.body.textContent)']],
	['data that the page requests later', '', 'kept.json', 'loaded', ['fetch("/static/kept.json").then((r) => r.json()).then(({ n }) => n)']],
	['a module that is preloaded', '<link rel=modulepreload href=/static/kept.js><script type=module>import "/static/kept.js"; window.shown = a;</script>', 'kept.js', 'loaded', ['window.shown']],
	['a picture of an SVG filter and of an SVG image', '<svg><filter id=f><feImage id=b href=/static/a.png /></filter><image id=a href=/static/a.png /></svg>', 'a.png', 'swapped', ['a.getBBox().width', sizeIn('`url(${b.href.baseVal})`')]],
	['a style sheet in quirks mode of a frame', '<iframe id=f srcdoc="<link rel=stylesheet href=/static/a.css><p id=a>x"></iframe>', 'a.css', 'swapped', [color('f.contentDocument.getElementById("a")')]],
	['a style sheet that is imported by a style element in an SVG', '<svg><style>@import "/static/a.css";</style><text id=a>x</text></svg>', 'a.css', 'swapped', [color('a')]],
	// From here on, the site has files in Cache Storage.
	['a script that the page keeps in Cache Storage', keeps("window.shown = Number(/\\d+/.exec(await (await get('/static/a.js')).text())[0]);"), 'a.js', 'loaded', ['window.shown']],
	['the same without any request for it', keeps("window.shown = Number(/\\d+/.exec(await (await kept.match('/static/a.js')).text())[0]);"), 'a.js', 'loaded', ['window.shown']],
	['a style sheet of the page that it also keeps there',
		`<link rel=stylesheet href=/static/a.css><p id=a>x</p>${keeps("window.shown = Number(/\\d+/.exec(await (await get('/static/a.css')).text())[0]);")}`, 'a.css', 'loaded', [color('a'), 'window.shown']],
	['a picture that it keeps there', `<img id=a>${keeps("a.src = URL.createObjectURL(await (await get('/static/a.png?v=1')).blob());")}`, 'a.png', 'loaded', [width('a')]],
	['a page that it keeps there', `<p id=a>x</p>${keeps("a.innerHTML = await (await get('/static/part.html')).text();")}`, 'part.html', 'loaded', ['Number(a.textContent)']],
	['an audio worklet', `<script>{ const audio = new OfflineAudioContext(1, 128, 44100); audio.audioWorklet.addModule('/static/audio.js').then(() => {
		const node = new AudioWorkletNode(audio, 'a'); node.port.onmessage = ({ data }) => { window.posted = data; }; node.connect(audio.destination); audio.startRendering(); }); }</script>`,
	'audio.js', 'loaded', ['window.posted']],
];

/** A page with a sound that its script plays: whether it has another one in an element, and the page. @type {[string, boolean, string][]} */
const SOUNDS = [
	['also in the page', true, '<audio id=a src=/static/also.wav preload=auto></audio><script>{ window.kept = new Audio("/static/also.wav"); kept.preload = "auto"; kept.load(); }</script>'],
	['only by the script', false, '<script>{ window.kept = new Audio("/static/only.wav"); kept.preload = "auto"; kept.load(); }</script>'],
	['by an element that the script makes', true, '<audio id=a src=/static/by.wav preload=auto></audio><script>{ window.kept = document.createElement("video"); kept.src = "/static/by.wav"; }</script>'],
];

/** @type {Record<string, (n: number) => string | Buffer>} */
const FILES = {
	'a.css': (n) => `#a, svg { color: rgb(${n}, 0, 0) } i { background: url("fixed.png") no-repeat }`, 'part.html': (n) => `<b>${n}</b>`, 'a.svg': svg, 'a.png': (n) => png(n, n), 'a.js': (n) => `var a = ${n};`,
	'kept.js': (n) => `var a = ${n}; globalThis.a = a;`, 'kept.json': (n) => `{"n": ${n}}`, 'kept.html': (n) => `<b>${n}</b>`, 'a.vtt': (n) => `WEBVTT\n\n00:00.000 --> 01:00.000\n${n}\n`,
	'audio.js': (n) => `registerProcessor('a', class extends AudioWorkletProcessor { constructor() { super(); this.port.postMessage(${n}); } process() { return false; } });`,
};
const OTHERS = {
	'index.html': '<h1>site</h1>', 'static/unused.js': '', 'static/fixed.png': png(1, 9),
	'.headers': '{"/inlined.html": {"Cache-Control": "no-store"}, "/static/kept": {"Cache-Control": "max-age=3600"}, "/static/also": {"Cache-Control": "max-age=3600"}, "/static/a.vtt": {"Content-Type": "text/vtt"}}', 'inlined.html': '<!doctype html><script>{{text static/a.js}}; window.shown = a;</script>',
	'frame.html': '<!doctype html><iframe id=a src=/static/part.html></iframe>',
	'static/frame.html': `<!doctype html><style>#ruled { content: url(a.png); display: inline-block }</style><span id=ruled></span>
		<span id=inline style="content: url(a.png); display: inline-block"></span>`,
	'static/styled.svg': '<?xml-stylesheet href="a.css" type="text/css"?><svg xmlns="http://www.w3.org/2000/svg"/>',
	'static/makes.js': `{ const w = window.worker = new Worker(URL.createObjectURL(new Blob(["importScripts('" + origin + "/static/a.js'); postMessage(a);"]))); w.onmessage = ({ data }) => { window.posted = data; }; }`,
};

for (const which of BROWSERS) {
	test(`${which}: after a save, each use of the file on a page shows the new one`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const first = 10;
		const site = await world.site('site', { ...OTHERS,
			...Object.fromEntries(SOUNDS.flatMap(([what, , body]) => [[`${what}.html`, `<!doctype html>${body}`], [`static/${what.split(' ', 1)}.wav`, wav(first)]])),
			...Object.fromEntries(USES.map(([, body], i) => [`${i}.html`, `<!doctype html><title>${i}</title>${body}`])),
			...Object.fromEntries(Object.entries(FILES).map(([name, content]) => [`static/${name}`, content(first)])) });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		let last = 0;
		/** @param {string} name @param {string | Buffer} content @returns {Promise<any>} the event */
		const save = async (name, content) => {
			await writeFile(path.join(site.root, 'static', name), content);
			await world.bus.saved(path.join(site.root, 'static', name));
			const ended = await story(world, last);
			last = ended.serial;
			return ended;
		};
		await pageScriptsReady(browser);
		const unused = await save('unused.js', '1');
		assert.equal(words(unused).at(-1), 'unused', JSON.stringify(unused.steps));
		/** @type {Record<string, number>} */
		const numbers = Object.fromEntries(Object.keys(FILES).map((name) => [name, first]));
		for (const [what, inPage] of SOUNDS) {
			await t.test(`a sound, ${what}`, async () => {
				await page.goto(`${site.url}${what}.html`);
				await pageScriptsReady(browser);
				// In Firefox, also a reloaded page would go on with the old one in the script.
				const shown = which === 'chromium' ? ['kept', ...inPage ? ['a'] : []] : inPage ? ['a'] : [];
				const plays = (/** @type {number} */ n) => until(`${shown}: ${n}`, async () =>
					(await page.evaluate(`[${shown}].map(({ duration }) => duration)`)).every((/** @type {number} */ one) => one === n));
				await plays(first);
				const told = await save(`${what.split(' ', 1)}.wav`, wav(first + 1)), text = JSON.stringify(told.steps);
				assert.equal(words(told).at(-1), which === 'firefox' && inPage ? 'swapped' : 'loaded', text);
				assert.equal(text.includes('what a script of the page plays may be old'), which === 'firefox', text);
				await plays(first + 1);
			});
		}
		for (const [i, [what, , name, end, shown]] of USES.entries()) {
			await t.test(what, async () => {
				await page.goto(`${site.url}${i}.html`);
				await pageScriptsReady(browser);
				const show = (/** @type {number} */ n) => until(`${what}: ${n}`, async () => {
					for (const expression of shown) {
						assert.equal(await page.evaluate(expression), n, expression);
					}
					return true;
				});
				await show(numbers[name]);
				const told = await save(name, FILES[name](++numbers[name]));
				assert.equal(words(told).at(-1), end, JSON.stringify(told.steps));
				await show(numbers[name]);
			});
		}
		await t.test('a script that the server has put into a page that is not in the cache', async () => {
			await page.goto(`${site.url}inlined.html`);
			await pageScriptsReady(browser);
			const told = await save('a.js', FILES['a.js'](++numbers['a.js']));
			assert.equal(words(told).at(-1), 'loaded', JSON.stringify(told.steps));
			await until('the new one', () => page.evaluate(`shown === ${numbers['a.js']}`).catch(() => false));
		});
		await t.test('the page of a frame, also after a reload', async () => {
			await page.goto(`${site.url}frame.html`);
			for (const n of [1, 2].map((more) => numbers['part.html'] + more)) {
				const loaded = page.loaded();
				await page.evaluate('(setTimeout(() => location.reload(), 1), 1)');
				await loaded;
				await pageScriptsReady(browser);
				const told = await save('part.html', FILES['part.html'](n));
				assert.equal(words(told).at(-1), 'loaded', JSON.stringify(told.steps));
				await until(`${n}`, () => page.evaluate(`a.contentDocument.body.textContent === '${n}'`).catch(() => false));
			}
		});
	});

	test(`${which}: scripts of another port, which the cache may keep, are new after a save`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const kept = { 'Cache-Control': 'max-age=3600' };
		const site = await world.site('site', { 'index.html': '', 'a.js': 'a = 1', 'b.js': 'b = 1',
			'.headers': JSON.stringify({ '/a.js': kept, '/b.js': { ...kept, 'Access-Control-Allow-Origin': '*' } }) });
		const other = await world.serve('other', site.root, (port) => [process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(port)]);
		await writeFile(path.join(site.root, 'index.html'), `<!doctype html><script src="${other.url}a.js"></script><script crossorigin src="${other.url}b.js"></script>`);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await pageScriptsReady(browser);
		for (const name of ['a', 'b']) {
			await until(`${name}: 1`, () => page.evaluate(`window.${name} === 1`));
			await writeFile(path.join(site.root, `${name}.js`), `${name} = 2`);
			await reaches(world, await world.bus.saved(path.join(site.root, `${name}.js`)), 'loaded');
			await until(`${name}: 2`, () => page.evaluate(`window.${name} === 2`).catch(() => false));
		}
	});
}
