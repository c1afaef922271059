// SPDX-License-Identifier: MIT
//
// After a save, the page has the elements that it had: a theme switcher that holds its `<link>` or `<style>`, or compares
// its URL, goes on working.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, story, switchOn, words } from '../lib/live.js';
import { World } from '../lib/world.js';

const css = (/** @type {number} */ n) => `.a { color: rgb(${n}, 0, 0) }`;
const P = '<p class=a id=a>x</p><span id=count>0</span>';
/** Counts what the page itself sees. */
const COUNTS = 'held.addEventListener("load", () => { count.textContent = Number(count.textContent) + 1; });';
const switches = (/** @type {string} */ how) => `<script>{ const held = document.querySelector('#held'); ${COUNTS} window.toggle = () => { ${how} }; }</script>`;
const BY_URL = switches("held.href = held.getAttribute('href') === '/light.css' ? '/dark.css' : '/light.css';");

/**
 * The page, the file that is saved, and how the event ends. toggle() switches between what is saved, and what shows 99.
 *
 * @type {[string, (n: number) => string, string, string][]}
 */
const PAGES = [
	['a link whose URL is switched', () => `<link id=held rel=stylesheet href=/light.css>${P}${BY_URL}`, 'light.css', 'swapped'],
	['a link with an alternative', () => `<link id=held rel=stylesheet href=/light.css><link id=other rel=stylesheet href=/dark.css disabled>${P}
		${switches('held.disabled = !held.disabled; other.disabled = !held.disabled;')}`, 'light.css', 'swapped'],
	['a link whose sheet imports', () => `<link id=held rel=stylesheet href=/imports.css>${P}
		${switches("held.href = held.getAttribute('href') === '/imports.css' ? '/dark.css' : '/imports.css';")}`, 'light.css', 'swapped'],
	['a style element that imports', () => `<style id=held>@import "/light.css";</style>${P}
		${switches("held.textContent = held.textContent === '@import \"/light.css\";' ? '@import \"/dark.css\";' : '@import \"/light.css\";';")}`, 'light.css', 'swapped'],
	['a link in a shadow root', () => `<div id=host><template shadowrootmode=open><link id=held rel=stylesheet href=/light.css>${P}</template></div>
		${BY_URL.replaceAll('document.', 'host.shadowRoot.').replaceAll('count.', 'host.shadowRoot.querySelector("#count").')}`, 'light.css', 'swapped'],
	['a link whose URL the page changes', (n) => `<link id=held rel=stylesheet href=/light.css?v=${n}>${P}
		${switches("if (held.href.includes('light')) { window.was = held.getAttribute('href'); held.href = '/dark.css'; } else { held.href = was; }")}`, 'light.css', 'patched'],
];

for (const which of BROWSERS) {
	for (const headers of [{}, { 'Cache-Control': 'max-age=3600' }]) {
		test(`${which}: a theme switcher works after a save, with headers ${JSON.stringify(headers)}`, { skip: missingOrLong(which) }, async t => {
			const world = await World.open(t);
			await world.startDaemon();
			const html = (/** @type {string} */ body) => `<!doctype html>${body}`;
			const site = await world.site('site', {
				...Object.fromEntries(PAGES.map(([, page], i) => [`${i}.html`, html(page(1))])), 'index.html': '',
				'light.css': css(1), 'dark.css': css(99), 'imports.css': '@import "light.css";', '.headers': JSON.stringify({ '/light': headers, '/imports': headers, '/dark': headers }),
			});
			const browser = await world.browser(which, { grant: ['http://localhost/*'] });
			const page = await browser.newPage(site.url);
			await switchOn(world, page);
			let last = 0, shown = 1;
			for (const [i, [name, body, file, end]] of PAGES.entries()) {
				// Firefox keeps what a style element of the same text imported before.
				const skip = which === 'firefox' && name.startsWith('a style element') && 'Firefox imports it from its memory';
				await t.test(name, { skip }, async () => {
					await page.goto(`${site.url}${i}.html`);
					await pageScriptsReady(browser);
					const root = name.includes('shadow') ? 'host.shadowRoot' : 'document';
					const shows = (/** @type {number} */ n) => until(`${n}`, async () => {
						assert.equal(await page.evaluate(`getComputedStyle(${root}.querySelector('.a')).color`), `rgb(${n}, 0, 0)`);
						return true;
					});
					const owners = () => page.evaluate(`[...${root}.querySelectorAll('link, style')].map((one) => one.outerHTML).join()`);
					await shows(shown);
					const before = await owners(), loads = await page.evaluate(`${root}.querySelector('#count').textContent`);
					for (const round of [2, 3]) {
						await writeFile(path.join(site.root, file), css(++shown));
						await writeFile(path.join(site.root, `${i}.html`), html(body(round)));
						await world.bus.saved(...[file, ...body(1) === body(2) ? [] : [`${i}.html`]].map((one) => path.join(site.root, one)));
						const told = await story(world, last);
						last = told.serial;
						assert.equal(words(told).at(-1), end, JSON.stringify(told.steps));
						await shows(shown);
						assert.equal(await owners(), before.replace('?v=1', `?v=${round}`));
						assert.equal(await page.evaluate(`${root}.querySelector('#count').textContent`), loads, 'no handler of the page is called');
						await page.evaluate('(toggle(), 1)');
						await shows(99);
						await page.evaluate('(toggle(), 1)');
						await shows(shown);
						if (end === 'patched') {
							await page.goto(`${site.url}${i}.html`);
							await pageScriptsReady(browser);
						}
						await page.evaluate(`(${root}.querySelector('#count').textContent = '${loads}', 1)`);
					}
				});
			}
		});
	}
}
