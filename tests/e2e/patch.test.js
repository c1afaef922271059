// SPDX-License-Identifier: MIT
//
// Random pairs of documents, with and without changes by scripts and users to the page: after the
// patch, the page is what a reload would have shown, plus exactly those changes; or it is left
// alone, to be reloaded. SAVECAST_LONG tries 2,000 pairs in each browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { launchChromium } from '../lib/browser/chromium.js';
import { launchFirefox } from '../lib/browser/firefox.js';
import { BROWSERS, missing } from '../lib/live.js';
import { LONG, TOP, World } from '../lib/world.js';

const COUNT = LONG ? 2000 : 20;
const BATCH = 20;
const SCRIPTS = ['dom', 'tree', 'align', 'verdict', 'plan', 'controls', 'put-back', 'patch'];

for (const which of BROWSERS) {
	test(`${which}: the patch, case by case and on ${COUNT} random pairs of documents`, { skip: missing(which) }, async t => {
		const world = await World.open(t);
		const lib = (/** @type {string} */ name) => readFile(path.join(TOP, name), 'utf8');
		const { url } = await world.site('site', {
			'index.html': `<!doctype html>${SCRIPTS.map((name) => `<script src="${name}.js"></script>`).join('')}`,
			'random-html.js': await lib('tests/lib/random-html.js'),
			'patch-cases.js': await lib('tests/lib/patch-cases.js'),
			'patch-trial.js': await lib('tests/lib/patch-trial.js'),
			...Object.fromEntries(await Promise.all(SCRIPTS.map(async (name) => [`${name}.js`, await lib(`browser-ext/page/${name}.js`)]))),
		});
		const browser = await (which === 'firefox' ? launchFirefox : launchChromium)({ env: world.env });
		world.atEnd.push(() => browser.close());
		const page = await browser.newPage(url);
		assert.deepEqual(await page.evaluate("import('/patch-cases.js').then(({ cases }) => cases())"), []);
		/** @type {Record<string, number>} */
		const outcomes = {};
		const first = Number(process.env.SAVECAST_SEED ?? 1);
		for (let from = first; from < first + COUNT; from += BATCH) {
			const told = await page.evaluate(`import('/patch-trial.js').then(({ trials }) => trials(${from}, ${BATCH}))`);
			assert.deepEqual(told.wrong, []);
			for (const [outcome, count] of Object.entries(told.outcomes)) {
				outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
			}
		}
		t.diagnostic(JSON.stringify(outcomes));
		const part = (/** @type {string} */ kind) => outcomes[`${kind} patched`] / ((outcomes[`${kind} patched`] ?? 0) + (outcomes[`${kind} reload`] ?? 0));
		assert.ok(part('still') > 0.4, `a page that no script changed is rarely patched: ${JSON.stringify(outcomes)}`);
		assert.ok(part('scripted') > 0.2, `a page that a script changed is rarely patched: ${JSON.stringify(outcomes)}`);
	});
}
