// SPDX-License-Identifier: MIT
//
// Style sheets, images and fonts are swapped in place; a tab ignores files that it did not load;
// all other files reload the page.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missing, missingOrLong, story, switchOn, words } from '../lib/live.js';
import { World } from '../lib/world.js';

/** @typedef {import('../lib/live.js').Page} Page */

const svg = (/** @type {number} */ size) =>
	`<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><g id="g"><rect width="${size}" height="9"/></g></svg>`;

const INDEX = `<!doctype html><title>site</title>
<link rel="stylesheet" href="/static/app.css?v=12ab">
<link rel="stylesheet" href="/static/gone.css" integrity="sha256-wrong" media="print">
<link rel="icon" href="/static/icon.svg">
<style>@import url("/static/imported.css");</style>
<h1>one</h1><h2>two</h2><h3>three</h3><h4>four</h4><div id=bg>five</div>
<img id="image" src="/static/logo.svg">
<picture><source srcset="/static/set.svg 1x"><img id="set" src="/static/logo.svg"></picture>
<svg width="40" height="40"><use id="use" href="/static/icons.svg#g"></use></svg>
<x-box></x-box><iframe src="/frame.html"></iframe>
<script src="/static/app.js"></script>`;

const FILES = {
	'index.html': INDEX,
	'frame.html': '<!doctype html><link rel="stylesheet" href="/static/frame.css"><p>frame</p>',
	'static/app.css': '@import url("child.css"); h1 { color: rgb(1, 0, 0) } #bg { background-image: url("bg.svg") }',
	'static/child.css': '@import "grand.css"; h2 { color: rgb(1, 0, 0) }',
	'static/grand.css': 'h3 { color: rgb(1, 0, 0) }',
	'static/imported.css': 'h4 { color: rgb(1, 0, 0) }',
	'static/frame.css': 'p { color: rgb(1, 0, 0) }',
	'static/shadow.css': 'b { color: rgb(1, 0, 0) }',
	'static/built.css': 'i { color: rgb(1, 0, 0) }',
	'static/print.css': '',
	'static/unused.svg': svg(1), 'static/unused.js': '',
	'static/logo.svg': svg(10), 'static/set.svg': svg(10), 'static/icons.svg': svg(10), 'static/bg.svg': svg(10),
	'static/icon.svg': svg(16),
	'data.json': '{}', 'theme/colors.toml': '', 'sales.csv': '',
	'app.scss': '',
	'static/app.js': `
		customElements.define('x-box', class extends HTMLElement {
			constructor() {
				super();
				window.box = this.attachShadow({ mode: 'closed' });
				window.box.innerHTML = '<link rel="stylesheet" href="/static/shadow.css"><b>box</b>';
			}
		});
		fetch('/static/built.css').then(r => r.text()).then(text => {
			const sheet = new CSSStyleSheet();
			sheet.replaceSync(text);
			document.adoptedStyleSheets = [sheet];
		});`,
};

/**
 * @param {Page} page
 * @param {string} element an expression
 */
const color = (page, element) => page.evaluate(`getComputedStyle(${element}).color`);

/** @type {[string, string, string][]} */
const SHEETS = [
	['a linked sheet, with its query', 'static/app.css', 'document.querySelector("h1")'],
	['an imported sheet', 'static/child.css', 'document.querySelector("h2")'],
	['a sheet imported by an imported one', 'static/grand.css', 'document.querySelector("h3")'],
	['a sheet that <style> imports', 'static/imported.css', 'document.querySelector("h4")'],
	['a sheet in a closed shadow root', 'static/shadow.css', 'box.querySelector("b")'],
	['a sheet in a frame', 'static/frame.css', 'document.querySelector("iframe").contentDocument.querySelector("p")'],
];

/** Policies and cache headers that a page's server may set. @type {[string, object][]} */
const HEADERS = [
	['no headers', {}],
	['max-age and a strict policy', {
		'/static': { 'Cache-Control': 'max-age=3600' },
		'/index': { 'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'" },
	}],
];

for (const which of BROWSERS) {
	const skip = missing(which);

	/**
	 * A live tab that shows the site.
	 *
	 * @param {import('node:test').TestContext} t
	 * @param {object} headers
	 */
	const open = async (t, headers = {}) => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', { ...FILES, '.headers': JSON.stringify(headers) });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await until('the page to be complete', () => page.evaluate('document.adoptedStyleSheets.length'));
		await page.evaluate('window.untouched = true');
		let last = 0;
		/** @param {string} name @param {string} text @returns {Promise<any>} the event of this save */
		const save = async (name, text) => {
			await writeFile(path.join(site.root, name), text);
			await world.savecast('save', path.join(site.root, name));
			const told = await story(world, last);
			last = told.serial;
			return told;
		};
		/** @param {any} told @param {string} end */
		const ended = async (told, end) => {
			// The page has a style sheet that does not load, which is a problem of its own.
			assert.equal(words(told).filter((step) => step !== 'problem').at(-1), end, JSON.stringify(told.steps));
			assert.equal(await page.evaluate('window.untouched === true'), end !== 'loaded');
		};
		return { world, site, browser, page, save, ended };
	};

	for (const [name, headers] of HEADERS) {
		test(`${which}: style sheets are swapped in place, with ${name}`, { skip }, async t => {
			const { page, save, ended } = await open(t, headers);
			for (const [what, file, element] of SHEETS) {
				await t.test(what, async () => {
					const text = /** @type {Record<string, string>} */ (FILES)[file];
					assert.equal(await color(page, element), 'rgb(1, 0, 0)');
					for (const n of [2, 3]) {
						await ended(await save(file, text.replace('rgb(1,', `rgb(${n},`)), 'swapped');
						assert.equal(await color(page, element), `rgb(${n}, 0, 0)`);
					}
				});
			}
			await t.test('a parent sheet keeps the latest version of its imports', async () => {
				await ended(await save('static/app.css', FILES['static/app.css'].replace('rgb(1,', 'rgb(4,')), 'swapped');
				for (const [, , element] of SHEETS.slice(1, 3)) {
					assert.equal(await color(page, element), 'rgb(3, 0, 0)');
				}
				assert.equal(await page.evaluate('document.querySelectorAll("link[rel=stylesheet]").length'), 2);
			});
			await t.test('a style sheet that a script has built reloads the page', async () => {
				await ended(await save('static/built.css', 'i { color: rgb(2, 0, 0) }'), 'loaded');
			});
		});
	}

	test(`${which}: while a style sheet is replaced, the page is never without styles, even if the server is slow`, { skip: missingOrLong(which) }, async t => {
		const { site, page, save, ended } = await open(t);
		await writeFile(path.join(site.root, '.headers'), '{"/static": {"delay": 200, "Cache-Control": "no-store"}}');
		await page.evaluate(`(() => {
			window.seen = new Set();
			const look = () => {
				seen.add(getComputedStyle(document.querySelector('h1')).color + getComputedStyle(document.querySelector('h3')).color);
				requestAnimationFrame(look);
			};
			look();
			new MutationObserver(() => seen.add(getComputedStyle(document.querySelector('h1')).color +
				getComputedStyle(document.querySelector('h3')).color)).observe(document, { childList: true, subtree: true });
			return 1;
		})()`);
		await ended(await save('static/app.css', FILES['static/app.css'].replace('rgb(1,', 'rgb(2,')), 'swapped');
		await ended(await save('static/grand.css', 'h3 { color: rgb(2, 0, 0) }'), 'swapped');
		const black = await page.evaluate('[...seen].filter(color => color.includes("rgb(0, 0, 0)"))');
		assert.deepEqual(black, []);
	});

	test(`${which}: files that the tab has not loaded do nothing, the rest reload it`, { skip }, async t => {
		const { page, save, ended } = await open(t, { '/static': { 'Cache-Control': 'max-age=3600' } });
		for (const name of ['static/print.css', 'static/unused.svg', 'static/unused.js']) {
			const told = await save(name, `/* ${name} */`);
			await ended(told, 'unused');
			assert.match(told.steps.at(-1).text, new RegExp(name));
		}
		// A source of some style sheet: all style sheets are requested again.
		await ended(await save('_colors.scss', 'x'), 'swapped');
		for (const name of ['data.json', 'static/app.js', 'server.js', 'index.html']) {
			await ended(await save(name, name === 'index.html' ? INDEX : `window.script = 'new'; // ${name}`), 'loaded');
			await until('the page is there', () => page.evaluate('document.readyState === "complete"'));
			await page.evaluate('window.untouched = true');
		}
		assert.equal(await page.evaluate('window.script'), 'new', 'not what the cache has');
	});

	test(`${which}: an action rule decides what a save does`, { skip: missingOrLong(which) }, async t => {
		const { world, page, save, ended } = await open(t);
		const site = path.join(world.home, 'site');
		await writeFile(path.join(site, '.savecast'),
			'[savecast]\n\taction = page /static/app.css\n\taction = css /theme/*.toml\n\taction = image *.csv\n\taction = none *.md\n');
		await until('the rules', async () =>
			JSON.parse((await world.savecast('why', '--json', path.join(site, 'x.md'))).stdout).projects[0].ignored);
		// No URL of the page shows that it is made from this file: all style sheets are requested
		// again.
		await writeFile(path.join(site, 'static/app.css'), FILES['static/app.css'].replace('rgb(1,', 'rgb(2,'));
		await ended(await save('theme/colors.toml', 'x'), 'swapped');
		assert.equal(await color(page, 'document.querySelector("h1")'), 'rgb(2, 0, 0)');
		await writeFile(path.join(site, 'static/logo.svg'), svg(20));
		await ended(await save('sales.csv', '1;2'), 'swapped');
		await until('the image', async () => await page.evaluate('document.querySelector("#image").naturalWidth') === 20);
		await ended(await save('readme.md', 'none'), 'ignored');
		await ended(await save('static/app.css', FILES['static/app.css'].replace('rgb(1,', 'rgb(3,')), 'loaded');
		await until('the new style', async () => await color(page, 'document.querySelector("h1")') === 'rgb(3, 0, 0)');
	});
}
