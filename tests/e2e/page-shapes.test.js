// SPDX-License-Identifier: MIT
//
// Pages of unusual shapes: XML, frame sets, documents that a script has written, names of files with any
// characters. After a save each shows the new file, and what the user did stays.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, switchOn, words } from '../lib/live.js';
import { png, svg } from '../lib/media-files.js';
import { LONG, World } from '../lib/world.js';

/**
 * @typedef {object} Shape
 * @property {string} name
 * @property {(n: number, site: string) => string} page with a number, if its own file is saved
 * @property {string} [file] that is saved, too, and `content` of it
 * @property {(n: number) => string | Buffer} [content]
 * @property {string[]} shown expressions for the number
 * @property {string} [as] the suffix of the page
 * @property {object} [headers] of the page
 * @property {Record<string, string>} [more] other files
 * @property {boolean} [stateless] whether the page has no elements for the user's state
 * @property {boolean} [onlyGranted] whether it is tried only with permission: without it, Firefox may take pictures in rules from its memory
 * @property {string[]} [only] browsers
 */

const css = (/** @type {number} */ n) => `.a, rect { color: rgb(${n}, 0, 0) }`;
const js = (/** @type {number} */ n) => `window.a = ${n};`;
const picture = (/** @type {number} */ n) => png(n, n);
const color = (/** @type {string} */ element) => `Number(/\\d+/.exec(getComputedStyle(${element}).color)[0])`;
const width = (/** @type {string} */ id) => `document.getElementById('${id}').getBoundingClientRect().width`;
const own = 'Number(document.getElementById("own").textContent)';
/** The size of the picture that a style names. @param {string} style */
const sizeIn = (style) => `(() => { const image = new Image(); image.src = /url\\("?(.*?)"?\\)/.exec(${style})[1]; return image.decode().then(() => image.naturalWidth); })()`;
const P = '<p id=a class=a>x</p>';
const A = color('document.getElementById("a")');
const FRAMED = color('f.contentDocument.querySelector("p")');
const RECT = color('document.querySelector("rect")');
const SVG = 'xmlns="http://www.w3.org/2000/svg"';
const STATE = '<input id="field"/><details id="more"><summary>s</summary>d</details><div style="height: 3000px"></div>';
const sum = (/** @type {string} */ text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const xhtml = (/** @type {string} */ body) => `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>${body}${STATE}</body></html>`;
const XHTML = { as: 'xhtml', headers: { 'Content-Type': 'application/xhtml+xml' }, stateless: false };
/** The same fields are in the new document. @param {string} html */
const writes = (html) => `<p>old</p><script>onload = () => setTimeout(() => { document.open(); document.write(${JSON.stringify(STATE + html).replaceAll('</script', '</scr" + "ipt')}); document.close(); });</script>`;
const frames = '<frameset cols="50%,50%"><frame src=/static/frame.html><frame src=/static/frame.html></frameset>';
const inFrames = (/** @type {(frame: string) => string} */ of) => [of('frames[0]'), of('frames[1]')];

/** @type {Shape[]} */
const SHAPES = [
	...['a b', 'ä', 'a\u0308', 'a+b(1)', "it's", '[id]', '@2x', 'a%20b', '100%', 'a#b', 'a&b;c=d', 'x?', '日本'].flatMap((name) => [
		{ name: `${name}.css`, page: () => `<link rel=stylesheet href="/static/${encodeURIComponent(name)}.css">${P}`, file: `${name}.css`, content: css, shown: [A] },
		{ name: `${name}.png`, page: () => `<style>#b { content: url("/static/${encodeURIComponent(name)}.png"); display: inline-block }</style>
			<img id=a src="/static/${encodeURIComponent(name)}.png"><span id=b></span>`, file: `${name}.png`, content: picture, shown: [width('a'), width('b')], onlyGranted: true },
	]),
	...['raw a b', "raw ä's(1)"].map((name) => ({ name: `${name}.css`, page: () => `<link rel=stylesheet href="/static/${name}.css">${P}`, file: `${name}.css`, content: css, shown: [A] })),
	{ name: 'integrity of a sheet', page: (n) => `<link rel=stylesheet href=/static/i.css integrity=${sum(css(n))}>${P}`, file: 'i.css', content: css, shown: [A] },
	{ name: 'integrity of a script', page: (n) => `<script src=/static/i.js integrity=${sum(js(n))}></script>`, file: 'i.js', content: js, shown: ['window.a'] },
	{ name: 'a sheet that a header names', page: () => P, headers: { Link: '</static/l.css>; rel=stylesheet' }, file: 'l.css', content: css, shown: [A], only: ['firefox'] },
	{ name: 'a sheet of a blob, which imports', page: () => `${P}<script>{ const l = document.createElement('link'); l.rel = 'stylesheet';
		l.href = URL.createObjectURL(new Blob(['@import "' + origin + '/static/b.css";'], { type: 'text/css' })); document.head.append(l); }</script>`, file: 'b.css', content: css, shown: [A] },
	{ name: 'a sheet of a data: URL, which imports', page: (_, site) => `<link rel=stylesheet href='data:text/css,@import "${site}static/d.css";'>${P}`, file: 'd.css', content: css, shown: [A] },
	{ name: 'a blank frame that a script has written', page: () => `<iframe id=f></iframe><script>f.contentDocument.write('<link rel=stylesheet href=/static/w.css><p class=a>x</p>');
		f.contentDocument.close();</script>`, file: 'w.css', content: css, shown: [FRAMED] },
	{ name: 'a frame of a blob', page: () => `<iframe id=f></iframe><script>f.src = URL.createObjectURL(new Blob(['<link rel=stylesheet href="' + origin + '/static/fb.css"><p class=a>x</p>'],
		{ type: 'text/html' }));</script>`, file: 'fb.css', content: css, shown: [FRAMED] },
	{ name: 'a frame of a data: URL', page: () => `<iframe id=f></iframe><script>f.src = 'data:text/html,' + encodeURIComponent('<link rel=stylesheet href="' + origin + '/static/fd.css"><p class=a>x</p>' +
		'<script>onmessage = (e) => e.source.postMessage(getComputedStyle(document.querySelector("p")).color, "*")</' + 'script>');</script>`, file: 'fd.css', content: css,
	shown: ['new Promise((resolve) => { onmessage = ({ data }) => resolve(Number(/\\d+/.exec(data)[0])); f.contentWindow.postMessage(1, "*"); setTimeout(resolve, 900); })'] },
	{ name: 'XHTML: its sheet', page: () => xhtml('<link rel="stylesheet" href="/static/x.css"/><p id="a" class="a">x</p>'), ...XHTML, file: 'x.css', content: css, shown: [A] },
	{ name: 'XHTML: its picture', page: () => xhtml('<img id="a" src="/static/x.png"/>'), ...XHTML, file: 'x.png', content: picture, shown: [width('a')] },
	{ name: 'XHTML: itself', page: (n) => xhtml(`<p id="own">${n}</p>`), ...XHTML, shown: [own] },
	{ name: 'XML with a sheet', page: () => '<?xml-stylesheet href="/static/xm.css" type="text/css"?><r><rect>x</rect></r>', as: 'xml', file: 'xm.css', content: css, shown: [RECT], stateless: true },
	{ name: 'SVG with a sheet', page: () => `<?xml-stylesheet href="/static/sv.css" type="text/css"?><svg ${SVG}><rect/></svg>`, as: 'svg', file: 'sv.css', content: css, shown: [RECT], stateless: true },
	{ name: 'SVG that imports', page: () => `<svg ${SVG}><style>@import "/static/si.css";</style><rect/></svg>`, as: 'svg', file: 'si.css', content: css, shown: [RECT], stateless: true },
	{ name: 'SVG with a picture', page: () => `<svg ${SVG}><image href="/static/sp.png"/></svg>`, as: 'svg', file: 'sp.png', content: picture, shown: ['document.querySelector("image").getBBox().width'], stateless: true },
	{ name: 'SVG with a script', page: () => `<svg ${SVG}><script href="/static/ss.js"/></svg>`, as: 'svg', file: 'ss.js', content: js, shown: ['window.a'], stateless: true },
	{ name: 'a frame set: the sheet of its frames', page: () => frames, more: { 'frame.html': '<link rel=stylesheet href=/static/fr.css><p class=a>x</p>' }, file: 'fr.css', content: css,
		shown: inFrames((frame) => color(`${frame}.document.querySelector("p")`)), stateless: true },
	{ name: 'a frame set: the page of its frames', page: () => frames.replaceAll('frame.html', 'frp.html'), file: 'frp.html', content: (n) => `<p>${n}</p>`,
		shown: inFrames((frame) => `Number(${frame}.document.querySelector("p").textContent)`), stateless: true },
	{ name: 'a path that the server does not know: the sheet', page: () => `<link rel=stylesheet href=/static/ps.css>${P}<script>history.pushState(1, '', '/no/such/page');</script>`, file: 'ps.css',
		content: css, shown: [A], onlyGranted: true },
	{ name: 'a parameter that a script has added: the page', page: (n) => `<p id=own>${n}</p><script>history.pushState(1, '', '?x=1#h');</script>`, shown: [own] },
	{ name: 'a page that a script has written: its sheet', page: () => writes(`<link rel=stylesheet href=/static/dw.css>${P}`), file: 'dw.css', content: css, shown: [A] },
	{ name: 'a page that a script has written: its script', page: () => writes('<script src=/static/dw.js></script>'), file: 'dw.js', content: js, shown: ['window.a'] },
	{ name: 'a page that a script has written: itself', page: (n) => writes(`<p id=own>${n}</p>`), shown: [own] },
	{ name: 'a sheet that applies once it is loaded', page: () => `<link rel=stylesheet media=print onload="this.media = 'all'" href=/static/m.css>${P}`, file: 'm.css', content: css, shown: [A] },
	{ name: 'pictures of shapes, borders, lists, cursors, masks', page: () => `<style>#a { shape-outside: url(/static/so.png); border-image: url(/static/so.png) 1; list-style-image: url(/static/so.png);
		cursor: url(/static/so.png), auto; mask-image: url(/static/so.png) }</style>${P}`, file: 'so.png', content: picture,
	shown: ['shapeOutside', 'borderImageSource', 'listStyleImage', 'cursor', 'maskImage'].map((of) => sizeIn(`getComputedStyle(a).${of}`)) },
	{ name: 'pictures before and after an element', page: () => `<style>#a::before { content: url(/static/pe.png) } #a::after { content: ''; background: url(/static/pe.png) }</style>${P}`, file: 'pe.png',
		content: picture, shown: [sizeIn('getComputedStyle(a, "::before").content'), sizeIn('getComputedStyle(a, "::after").backgroundImage')] },
	{ name: 'a filter and a path in another file', page: () => `<style>#a { filter: url(/static/fi.svg#g); clip-path: url(/static/fi.svg#g) }</style>${P}`, file: 'fi.svg', content: svg,
		shown: ['filter', 'clipPath'].map((of) => sizeIn(`getComputedStyle(a).${of}`)) },
	{ name: 'subtitles', page: () => '<video id=v><track id=t default src=/static/t.vtt></video><script>t.track.mode = "showing";</script>', file: 't.vtt',
		content: (n) => `WEBVTT\n\n00:00.000 --> 00:01.000\n${n}\n`, shown: ['Number(t.track.cues[0].text)'] },
	{ name: 'a base in another folder', page: () => `<base href=/static/><link rel=stylesheet href=ba.css>${P}`, file: 'ba.css', content: css, shown: [A] },
	{ name: 'a script that the browser does not run, and a script reads', page: () => `<script type="text/template" id=t src=/static/nm.js></script>
		<script>fetch(t.src).then((r) => r.text()).then((text) => { window.a = Number(/\\d+/.exec(text)[0]); });</script>`, file: 'nm.js', content: js, shown: ['window.a'] },
	{ name: 'a text in an object', page: () => '<object id=o data=/static/tx.txt type=text/plain></object>', file: 'tx.txt', content: String, shown: ['Number(o.contentDocument.body.textContent)'] },
	{ name: 'a frame that is loaded when it is in view', page: () => '<iframe id=f loading=lazy src=/static/lz.html></iframe>', file: 'lz.html', content: (n) => `<p>${n}</p>`,
		shown: ['Number(f.contentDocument.querySelector("p").textContent)'], stateless: true },
	// Without permission, Chromium does not say which page this is.
	{ name: 'a page of an origin of its own: its sheet', page: () => `<link rel=stylesheet href=/static/sb.css>${P}`, headers: { 'Content-Security-Policy': 'sandbox allow-scripts' }, file: 'sb.css',
		content: css, shown: [A], onlyGranted: true },
	{ name: 'a page of an origin of its own: itself', page: (n) => `<p id=own>${n}</p>`, headers: { 'Content-Security-Policy': 'sandbox allow-scripts' }, shown: [own], onlyGranted: true },
];

for (const which of BROWSERS) {
	for (const granted of [true, false]) {
		test(`${which}: pages of unusual shapes show what is saved, with${granted ? '' : 'out'} permission`, { skip: missingOrLong(which), timeout: 600000 }, async t => {
			const world = await World.open(t);
			await world.startDaemon();
			const site = await world.site('site', { 'index.html': '<h1>site</h1>' });
			/** @param {string} name @param {string | Buffer} content */
			const write = async (name, content) => {
				await mkdir(path.dirname(path.join(site.root, name)), { recursive: true });
				await writeFile(path.join(site.root, name), content);
				return path.join(site.root, name);
			};
			const FIRST = 10, SAVED = 20;
			// Without --long, each third one.
			const shapes = SHAPES.filter((_, i) => LONG || i % 3 === 0).filter(({ only, onlyGranted }) => (granted || !onlyGranted) && (!only || only.includes(which))).map((shape, i) => {
				const { page, as = 'html', stateless = false } = shape, start = as === 'html' ? `<!doctype html>${stateless ? '' : STATE}` : '';
				return { ...shape, stateless, as, name: shape.name, address: `p${i}.${as}`, html: (/** @type {number} */ n) => start + page(n, site.url) };
			});
			for (const { address, html, file, content, more = {} } of shapes) {
				await write(address, html(FIRST));
				for (const [name, text] of Object.entries({ ...more, ...(file && content && { [file]: content(FIRST) }) })) {
					await write(`static/${name}`, text);
				}
			}
			await write('.headers', JSON.stringify(Object.fromEntries(shapes.map(({ address, headers = {} }) => [`/${address}`, headers]))));
			const browser = await world.browser(which, granted ? { grant: ['http://localhost/*'] } : {});
			const page = await browser.newPage(site.url);
			await switchOn(world, page);
			for (const { name, address, html, file, content, shown, stateless } of shapes) {
				await t.test(name, async () => {
					const show = (/** @type {number} */ n) => until(`${name}: ${n}`, async () => {
						for (const expression of shown) {
							assert.equal(await page.evaluate(expression), n, expression);
						}
						return true;
					});
					await page.goto(site.url + address);
					if (granted) {
						await pageScriptsReady(browser);
					}
					await show(FIRST);
					if (!stateless) {
						await page.evaluate(`(document.getElementById('field').value = 'typed', document.getElementById('more').open = true, 1)`);
					}
					const saved = file && content ? [await write(`static/${file}`, content(SAVED))] : [];
					if (html(SAVED) !== html(FIRST)) {
						saved.push(await write(address, html(SAVED)));
					}
					const event = await world.bus.saved(...saved);
					const told = await until('the end of the event', async () => {
						const [one] = (await world.bus.events(event - 1)).filter((/** @type {any} */ { serial, closed }) => serial === event && closed);
						return one;
					});
					assert.match(String(words(told).at(-1)), /^(swapped|patched|loaded)$/, JSON.stringify(told.steps));
					await show(SAVED);
					// Without permission, Firefox has access to a page only until it is reloaded.
					if (granted && !stateless) {
						await until('what the user did', () => page.evaluate(`document.getElementById('field').value === 'typed' && document.getElementById('more').open`));
					}
				});
			}
		});
	}
}
