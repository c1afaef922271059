// SPDX-License-Identifier: MIT
//
// SVG files of which a page uses a part (`<use>`, clip-path, fill): Chromium keeps these in the memory of
// the tab, where no request replaces them. Each save shows, and so it does after the user's own reload.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, reaches, switchOn } from '../lib/live.js';
import { svg } from '../lib/media-files.js';
import { LONG, World } from '../lib/world.js';

const SAVES = LONG ? 4 : 2;
const FILE = 'static/icons.svg';
/** @param {number} n */
const icons = (n) => svg(n).replace('</svg>', `<clipPath id="c"><rect width="${n}" height="9"/></clipPath></svg>`);

const USE = `<svg><use id=a href=/${FILE}#g /></svg>`, FRAME = `<iframe id=b src=/${FILE}></iframe>`;
const used = 'a.getBBox().width';
const framed = 'Number(b.contentDocument.documentElement.getAttribute("width"))';
/** The width of what clip-path shows: a click outside of it does not reach the element. */
const clipped = `(() => { const { x, y } = a.getBoundingClientRect(); let n = 0;
	while (document.elementFromPoint(x + n + 0.5, y + 4) === a) n++; return n; })()`;

/** The page, how each event ends, and the numbers that are shown. @type {[string, 'swapped' | 'loaded', string[]][]} */
const PAGES = [
	[USE, 'swapped', [used]],
	[`<svg><rect id=a clip-path="url(/${FILE}#c)" width=99 height=9 /></svg>`, 'swapped', [clipped]],
	[USE + FRAME, 'loaded', [used, framed]],
	[`<img id=c src=/${FILE}>${USE}${FRAME}`, 'loaded', [used, framed, 'c.getBoundingClientRect().width']],
	[`${USE}<script>fetch('/${FILE}').then((r) => r.text()).then((text) => { window.n = Number(/width="(\\d+)"/.exec(text)[1]); });</script>`, 'loaded', [used, 'window.n']],
];

for (const which of BROWSERS) {
	test(`${which}: each save of an SVG file shows in all that uses parts of it`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		let n = 10;
		const site = await world.site('site', { 'index.html': '<h1>site</h1>', [FILE]: icons(n),
			'.headers': `{"/${FILE}": {"Cache-Control": "max-age=31536000, immutable"}}`,
			...Object.fromEntries(PAGES.map(([body], i) => [`${i}.html`, `<!doctype html><title>${i}</title>${body}`])) });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		for (const [i, [body, end, shown]] of PAGES.entries()) {
			await t.test(body, async (t) => {
				// After a reload past the cache, a tab does not use it for a while.
				const page = await browser.newPage(`${site.url}${i}.html`);
				t.after(() => page.close());
				await switchOn(world, page);
				const shows = (/** @type {string} */ when) => until(`${when}: ${n}`, async () => {
					for (const expression of shown) {
						assert.equal(await page.evaluate(expression), n, expression);
					}
					return true;
				});
				for (let k = 1; k <= SAVES; k++) {
					await pageScriptsReady(browser);
					await writeFile(path.join(site.root, FILE), icons(++n));
					await reaches(world, await world.bus.saved(path.join(site.root, FILE)), end);
					await shows(`after save ${k}`);
					const loaded = page.loaded();
					await page.evaluate('(setTimeout(() => location.reload(), 1), 1)');
					await loaded;
					await shows(`after save ${k} and the user's reload`);
				}
			});
		}
	});
}
