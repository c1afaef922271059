// SPDX-License-Identifier: MIT
//
// Images, fonts, audio and video are refreshed in place, and the page is not reloaded.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, story, switchOn, words } from '../lib/live.js';
import { png, svg, wav } from '../lib/media-files.js';
import { World } from '../lib/world.js';

/** Debian's browsers depend on the packages of these programs. */
const FONTS = '/usr/share/fonts/truetype/dejavu';

const INDEX = `<!doctype html><title>site</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/app.css">
<img id="image" src="/static/logo.svg">
<picture><source srcset="/static/set.svg 1x"><img id="set" src="/static/other.svg"></picture>
<img id="srcset" src="/static/other.svg" srcset="/static/one.svg 1x, /static/two.svg 2x">
<svg width="40" height="40"><use id="use" href="/static/icons.svg#g"></use></svg>
<div id="sheet">sheet</div><div id="attribute" style="background-image: url(/static/attribute.svg)">attribute</div>
<iframe src="/frame.html"></iframe><x-box></x-box>
<span id="text" style="font: 40px savecast">WWWWiiii</span>
<audio id="tone" src="/static/tone.wav" preload="auto"></audio>
<video id="film" poster="/static/poster.svg" preload="auto"><source src="/static/film.wav"></video>
<script src="/static/app.js"></script>`;

const images = ['icon', 'logo', 'set', 'other', 'one', 'two', 'icons', 'sheet', 'attribute', 'frame', 'shadow', 'poster'];

const FILES = {
	'index.html': INDEX,
	'frame.html': '<img src="/static/frame.svg">',
	'static/app.css': '#sheet { background-image: url("sheet.svg") } @font-face { font-family: savecast; src: url("text.ttf") }',
	'static/app.js': `
		customElements.define('x-box', class extends HTMLElement {
			constructor() {
				super();
				window.box = this.attachShadow({ mode: 'closed' });
				window.box.innerHTML = '<img src="/static/shadow.svg">';
			}
		});`,
	'static/tone.wav': wav(2), 'static/film.wav': wav(2),
	...Object.fromEntries(images.map((name) => [`static/${name}.svg`, svg(10)])),
};

const by = (/** @type {string} */ id) => `document.getElementById('${id}')`;

/** How each image is used: an expression, and its value with the new file. @type {[string, string, (value: any) => boolean][]} */
const PLACES = [
	['logo', `${by('image')}.naturalWidth`, (n) => n === 20],
	['set', `${by('set')}.naturalWidth`, (n) => n === 20],
	['one', `${by('srcset')}.naturalWidth`, (n) => n === 20],
	['icons', `${by('use')}.getBBox().width`, (n) => n === 20],
	['frame', 'document.querySelector("iframe").contentDocument.images[0].naturalWidth', (n) => n === 20],
	['shadow', 'box.querySelector("img").naturalWidth', (n) => n === 20],
	['sheet', `getComputedStyle(${by('sheet')}).backgroundImage`, (text) => /sheet\.svg\?savecast=/.test(text)],
	['attribute', `getComputedStyle(${by('attribute')}).backgroundImage`, (text) => /attribute\.svg\?savecast=/.test(text)],
	['poster', `${by('film')}.poster`, (text) => /poster\.svg\?savecast=/.test(text)],
	['icon', 'document.querySelector("link[rel=icon]").href', (text) => /icon\.svg\?savecast=/.test(text)],
];

for (const which of BROWSERS) {
	test(`${which}: images, fonts and media are refreshed in place`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { ...FILES, '.headers': '{"/static": {"Cache-Control": "max-age=3600"}}' });
		const file = (/** @type {string} */ name) => path.join(site.root, name);
		const fonts = existsSync(FONTS);
		if (fonts) {
			await copyFile(`${FONTS}/DejaVuSans.ttf`, file('static/text.ttf'));
		}
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await page.evaluate('window.untouched = true');
		let last = 0;
		/** @param {string} name @param {string | Buffer} content */
		const swap = async (name, content) => {
			await writeFile(file(name), content);
			await world.savecast('save', file(name));
			const told = await story(world, last);
			last = told.serial;
			assert.equal(words(told).at(-1), 'swapped', JSON.stringify(told.steps));
			assert.equal(await page.evaluate('window.untouched'), true);
		};
		const asked = async (/** @type {string} */ name) => (await world.log('site')).includes(`${name}?savecast=`);

		for (const [name, where, isNew] of PLACES) {
			await t.test(name, async () => {
				await swap(`static/${name}.svg`, svg(20));
				await until('the new one', async () => isNew(await page.evaluate(where)));
				// A headless browser shows no icon, and may not load it.
				if (name !== 'icon') {
					await until('its request', () => asked(`/static/${name}.svg`));
				}
			});
		}
		await t.test('a font', { skip: !fonts && `${FONTS}: not there` }, async () => {
			const width = () => page.evaluate(`document.fonts.ready.then(() => ${by('text')}.offsetWidth)`);
			const before = await width();
			await swap('static/text.ttf', await readFile(`${FONTS}/DejaVuSans-Bold.ttf`));
			await until('the new font', async () => await width() > before);
		});
		for (const [id, name] of [['tone', 'static/tone.wav'], ['film', 'static/film.wav']]) {
			await t.test(name, async () => {
				const media = by(id);
				await until('sound', () => page.evaluate(`${media}.duration === 2`));
				await page.evaluate(`new Promise((resolve) => { ${media}.onseeked = () => resolve(1); ${media}.currentTime = 1; })`);
				await swap(name, wav(4));
				await until('the new one, where the old one was', async () => {
					assert.deepEqual(await page.evaluate(`[${media}.duration, ${media}.currentTime]`), [4, 1]);
					return true;
				});
			});
		}
	});

	test(`${which}: the icon of a page without an icon link is refreshed`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': '<h1>one</h1>', 'favicon.ico': svg(16) });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		for (const n of [1, 2]) {
			await writeFile(path.join(site.root, 'favicon.ico'), svg(16 + n));
			await world.savecast('save', path.join(site.root, 'favicon.ico'));
			assert.equal(words(await story(world, n - 1)).at(-1), 'swapped');
			assert.match(await page.evaluate('[...document.querySelectorAll("link[rel=icon]")].map(({ href }) => href).join()'),
				new RegExp(`^\\S+/favicon\\.ico\\?savecast=${n}$`));
		}
	});

	for (const granted of [true, false]) {
		test(`${which}: after a reload, pictures of a style element are new, or the log says that they may be old, with${granted ? '' : 'out'} permission`, { skip: missingOrLong(which) }, async t => {
			const world = await World.open(t);
			await world.startDaemon();
			const site = await world.site('site', {
				'index.html': '<!doctype html><style>#a { display: inline-block; content: url(/static/a.png) }</style><span id="a"></span><script src="/static/app.js"></script>',
				'static/a.png': png(1, 10), 'static/app.js': '',
			});
			const browser = await world.browser(which, granted ? { grant: ['http://localhost/*'] } : {});
			const page = await browser.newPage(site.url);
			const width = () => page.evaluate('document.getElementById("a").getBoundingClientRect().width').catch(() => 0);
			await switchOn(world, page);
			await pageScriptsReady(browser);
			let last = 0;
			/** @param {() => Promise<unknown>} save @returns {Promise<{step: string, text?: string}>} the last step */
			const ends = async (save) => {
				await save();
				const told = await story(world, last);
				last = told.serial;
				return told.steps.filter((/** @type {any} */ { step }) => step !== 'problem').at(-1);
			};
			const write = (/** @type {string} */ name, /** @type {string | Buffer} */ content) => writeFile(path.join(site.root, 'static', name), content);
			const save = (/** @type {string} */ name, /** @type {string | Buffer} */ content) => ends(async () => {
				await write(name, content);
				await world.bus.saved(path.join(site.root, 'static', name));
			});
			assert.equal((await save('a.png', png(1, 20))).step, 'swapped');
			await until('the picture', async () => await width() === 20);
			/** @param {{step: string, text?: string}} told @param {number} size */
			const shows = async ({ step, text = '' }, size) => {
				assert.equal(step, 'loaded');
				if (which === 'firefox' && !granted) {
					assert.match(text, /^without permission for the site: .* pictures of <style> elements, .*may be old/);
				} else {
					assert.doesNotMatch(text, /may be old/);
					await until(`the picture of ${size}`, async () => await width() === size);
				}
			};
			await shows(await save('app.js', '1'), 20);
			await write('a.png', png(1, 30));
			// It is not known what has changed.
			await shows(await ends(() => world.savecast('reload', site.root)), 30);
		});
	}
}
