// SPDX-License-Identifier: MIT
//
// Random pages, and saves of the files that they use: what is shown is never older than what the log
// says. SAVECAST_LONG makes 1,000 saves in each browser.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, story, switchOn, words } from '../lib/live.js';
import { content, randomPages, tools } from '../lib/random-page.js';
import { LONG, World } from '../lib/world.js';

const SAVES = Number(process.env.SAVECAST_SAVES ?? (LONG ? 1000 : 8));
const SAVES_OF_A_PAGE = 6;

for (const which of BROWSERS) {
	test(`${which}: after ${SAVES} saves of random files, no page shows an old one`, { skip: missingOrLong(which), timeout: 3600000 }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': '<h1>site</h1>' });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		let last = 0, done = 0;
		/** @type {Record<string, number>} */
		const outcomes = {};
		const write = (/** @type {string} */ name, /** @type {string | Buffer} */ text) => writeFile(path.join(site.root, name), text);
		const begin = Number(process.env.SAVECAST_SEED ?? 1);
		for (let seed = begin; done < SAVES; seed++) {
			const prefix = `s${seed}`;
			const { kinds, pages, files, routes, headers } = randomPages(seed, prefix);
			const { next, pick } = tools(seed + 1000000);
			/** @type {Record<string, number>} */
			const numbers = {};
			for (const [file, kind] of Object.entries(kinds)) {
				numbers[file] = 10;
				await write(file, content(kind, file, 10));
			}
			for (const [name, text] of Object.entries(files)) {
				await write(name, text);
			}
			await write('.routes', JSON.stringify(routes));
			await write('.headers', JSON.stringify(headers));
			for (const [i, name] of ['one', 'two'].entries()) {
				await write(`${prefix}${name}.html`, pages[i].html);
			}
			let at = 0;
			/** @param {string} when */
			const check = async (when) => {
				for (const { file, way, shown } of pages[at].uses) {
					await until(`seed ${seed}, ${when}: ${file} by ${way}: ${numbers[file]}`, async () => {
						assert.equal(await page.evaluate(shown), numbers[file]);
						return true;
					}, { msec: 4000, every: 20 });
				}
			};
			const open = async (/** @type {number} */ i) => {
				at = i;
				await page.goto(`${site.url}${prefix}${i ? 'two' : 'one'}.html`);
				await pageScriptsReady(browser);
			};
			await open(0);
			await check('at first');
			for (let n = 0; n < SAVES_OF_A_PAGE && done < SAVES; n++, done++) {
				const file = pick(Object.keys(kinds));
				numbers[file]++;
				await page.evaluate(`(typed.value = '${n}', scrollTo(0, 900), 1)`);
				await write(file, content(kinds[file], file, numbers[file]));
				await world.bus.saved(path.join(site.root, file));
				const told = await story(world, last);
				last = told.serial;
				const end = String(words(told).filter((step) => step !== 'problem').at(-1));
				outcomes[end] = (outcomes[end] ?? 0) + 1;
				assert.match(end, /^(swapped|patched|loaded|unused)$/, `seed ${seed}: ${JSON.stringify(told.steps)}`);
				await check(`save ${n} of ${file}: ${told.steps.at(-1).step}: ${told.steps.at(-1).text}`);
				await until('what the user did', async () => await page.evaluate('`${typed.value} ${Math.round(scrollY)}`') === `${n} 900`);
				if (next() < 0.3) {
					await open(1 - at);
					await check('on the other page');
				}
			}
		}
		t.diagnostic(JSON.stringify(outcomes));
		assert.ok((outcomes.swapped ?? 0) > done / 20, `style sheets and pictures are rarely replaced: ${JSON.stringify(outcomes)}`);
	});
}
