// SPDX-License-Identifier: MIT
//
// A page that Chromium has prerendered or fetched in advance by speculation rules, and that the tab shows once the
// user follows its link: saves before and after that.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { heading, missing, pageScriptsReady, switchOn, words } from '../lib/live.js';
import { LONG, World } from '../lib/world.js';

const RULES = (/** @type {'prerender' | 'prefetch'} */ kind) =>
	`<script type=speculationrules>{"${kind}": [{"source": "list", "urls": ["/other.html"], "eagerness": "immediate"}]}</script>`;
const INDEX = (/** @type {string} */ text, /** @type {'prerender' | 'prefetch'} */ kind) =>
	`<!doctype html><title>index</title>${RULES(kind)}<h1>${text}</h1><a id=link href="/other.html">other</a>`;
/** Stores how the tab received the page before it was loaded again. */
const WAY = '<script>sessionStorage.way ??= performance.getEntriesByType("navigation")[0].deliveryType</script>';
const OTHER = (/** @type {string} */ text) => `<!doctype html><title>other</title>${WAY}<h1>${text}</h1><input id=i>`;

for (const kind of /** @type {const} */ (['prerender', 'prefetch'])) {
	test(`chromium: saves before and after the user follows a link to a page of the ${kind} rules`, {
		skip: missing('chromium') || (kind === 'prefetch' && !LONG && 'with --long'),
	}, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': INDEX('index', kind), 'other.html': OTHER('one') });
		const browser = /** @type {import('../lib/browser/chromium.js').Chromium} */ (await world.browser('chromium', { grant: ['http://localhost/*'] }));
		const page = await browser.newPage();
		/** @type {any} */
		let prerendered;
		browser.cdp.on(({ method, params }) => {
			prerendered = method === 'Target.attachedToTarget' && params.targetInfo.subtype === 'prerender' ? params : prerendered;
		});
		const requests = async () => (await world.log('site')).split('\n').filter((line) => line.includes('"/other.html"')).length;
		/** Shows index.html, and waits until the other page is there in advance. */
		const begin = async () => {
			prerendered = undefined;
			await page.evaluate('sessionStorage?.clear()').catch(() => {});
			const before = await requests();
			await page.goto(site.url);
			await until('the page fetched in advance', async () => await requests() > before && (kind === 'prefetch' || prerendered));
		};
		const follow = async () => {
			await page.evaluate('(setTimeout(() => document.getElementById("link").click(), 100), 1)');
			if (kind === 'prerender') {
				// It is a target of its own, which the tab shows from now on.
				Object.assign(page, { session: prerendered.sessionId, target: prerendered.targetInfo.targetId });
				await page.send('Page.enable');
				await until('the activation', () => page.evaluate('!document.prerendering && performance.getEntriesByType("navigation")[0].activationStart > 0'));
			} else {
				await until('the other page', async () => await page.evaluate('location.pathname').catch(() => '') === '/other.html');
				assert.equal(await page.evaluate('sessionStorage.way'), 'navigational-prefetch');
			}
			await until('its URL', async () => (await world.bus.tabs()).some((/** @type {any} */ { url, state }) => url.endsWith('/other.html') && state === 'live'));
		};
		/** @param {string} name @param {string} text @returns {Promise<any>} the closed event */
		const save = async (name, text) => {
			await writeFile(path.join(site.root, name), text);
			const event = await world.bus.saved(path.join(site.root, name));
			return until('the end of the save', async () => {
				const told = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === event);
				return told?.closed && told;
			});
		};
		const shows = (/** @type {string} */ text) => until(text, async () => await heading(page).catch(() => '') === text);
		/** The page was fetched before the last save: it is loaded again. */
		const isMadeNew = (/** @type {string} */ text) => until(`${text}, loaded again`, () => page.evaluate(`document.readyState === 'complete' &&
			performance.getEntriesByType('navigation')[0].type === 'reload' && document.querySelector('h1').textContent === '${text}'`).catch(() => false));

		await begin();
		await switchOn(world, page);
		await pageScriptsReady(browser);
		// The page that is shown is patched, not the one that waits behind it.
		assert.ok(words(await save('index.html', INDEX('index two', kind))).includes('patched'));
		await shows('index two');
		await follow();
		await isMadeNew('one');
		await pageScriptsReady(browser);
		await page.evaluate('document.getElementById("i").value = "typed"');
		const told = await save('other.html', OTHER('two'));
		assert.ok(words(told).includes('patched'), JSON.stringify(told.steps));
		assert.equal(await page.evaluate('`${document.querySelector("h1").textContent} ${document.getElementById("i").value}`'), 'two typed');
		// A save after the page was fetched, and before the tab shows it.
		await begin();
		await pageScriptsReady(browser);
		await save('other.html', OTHER('three'));
		await follow();
		await isMadeNew('three');
		await pageScriptsReady(browser);
		assert.ok(words(await save('other.html', OTHER('four'))).some((step) => ['patched', 'loaded'].includes(step)));
		await shows('four');
	});
}
