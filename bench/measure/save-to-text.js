// SPDX-License-Identifier: MIT
/**
 * From a save of a page until its new text is in the tab and in a rendered frame: patched, and
 * reloaded; compared with the browser's own reloads of the same tab, with its cache and without.
 * Then, what a request for the page adds to a reload, and how long the patch itself takes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { until } from '../../tests/lib/events.js';
import { BROWSERS, missing, pageScriptsReady, switchOn } from '../../tests/lib/live.js';
import { TOP } from '../../tests/lib/world.js';
import { atDesk } from '../lib/desk.js';
import { TIMES, times } from '../lib/report.js';
import { figure, summary } from '../lib/stats.js';

const SCRIPTS = 60;
const SCRIPT_BYTES = 50000;
/** A save within this time after the last one would wait, to be combined with it. */
const GAP_MSEC = 400;

const now = () => performance.timeOrigin + performance.now();
const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

/** @typedef {import('../../tests/lib/world.js').World} World */

/** The example that scripts/start shows. @param {World} world */
const demo = async (world) => {
	const { url, root, template } = await world.fastapi('demo');
	const text = readFileSync(template, 'utf8');
	return { url, root, file: template, page: (/** @type {string} */ h1) => text.replace(/<h1>.*<\/h1>/, `<h1>${h1}</h1>`) };
};

/** @param {World} world @param {string} caching */
const heavy = async (world, caching) => {
	const filler = `// ${'x'.repeat(SCRIPT_BYTES)}\n`;
	const names = Array.from({ length: SCRIPTS }, (_, i) => `static/${i}.js`);
	const page = (/** @type {string} */ h1) =>
		`<!doctype html><title>t</title><h1>${h1}</h1>${names.map((name) => `<script src="/${name}"></script>`).join('')}`;
	const { url, root } = await world.site('heavy', {
		'index.html': page('0'), '.headers': JSON.stringify({ '/static': { 'Cache-Control': caching } }),
		...Object.fromEntries(names.map((name) => [name, filler])),
	});
	return { url, root, file: path.join(root, 'index.html'), page };
};

/**
 * @param {import('../../tests/lib/live.js').Page} page
 * @param {string} state an expression that is true when the page shows the new text
 * @returns {Promise<number>} when a frame showed it
 */
const frameOf = async (page, state) => {
	for (;;) {
		const at = await page.evaluate(`new Promise((resolve) => (${state}
			? requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now())) : resolve(0)))`).catch(() => 0);
		if (at) {
			return at;
		}
	}
};

/**
 * @param {import('../../tests/lib/live.js').Which} which
 * @param {(world: World) => Promise<{url: string, root: string, file: string, page: (h1: string) => string}>} site
 * @param {number} rounds
 */
const runs = (which, site, rounds) => atDesk(async world => {
	await world.startDaemon();
	const { url, root, file, page: text } = await site(world);
	const browser = await world.browser(which, { grant: ['http://localhost/*'] });
	const page = await browser.newPage(url);
	await switchOn(world, page);
	await pageScriptsReady(browser);
	/** @type {Record<'patch' | 'reload' | 'plain' | 'past', number[]>} */
	const taken = { patch: [], reload: [], plain: [], past: [] };
	const complete = 'document.readyState === "complete" && !window.old';
	const byBrowser = async (/** @type {boolean} */ bypassCache) => {
		await page.evaluate('window.old = true');
		const begun = now();
		await browser.evaluateInWorker(`(async () => {
			const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
			chrome.tabs.reload(tab.id, { bypassCache: ${bypassCache} });
			return 1;
		})()`);
		return await frameOf(page, complete) - begun;
	};
	let n = 0;
	const bySave = async (/** @type {boolean} */ patches) => {
		const h1 = `text ${++n}`;
		await page.evaluate('window.old = true');
		const begun = now();
		writeFileSync(file, text(h1));
		await world.bus.saved(file);
		const shows = `document.querySelector('h1')?.textContent === '${h1}'`;
		return await frameOf(page, patches ? shows : `${shows} && ${complete}`) - begun;
	};
	for (const way of /** @type {const} */ (['patch', 'reload'])) {
		writeFileSync(path.join(root, '.savecast'), `[savecast]\n\treload = ${way}\n`);
		await world.bus.saved(path.join(root, '.savecast'));
		await until('no open event', async () => (await world.bus.events()).every((/** @type {any} */ one) => one.closed));
		for (let i = 0; i <= rounds; i++) {
			await pause(GAP_MSEC);
			taken[way].push(await bySave(way === 'patch'));
			if (way === 'reload') {
				await pause(GAP_MSEC);
				taken.plain.push(await byBrowser(false));
				await pause(GAP_MSEC);
				taken.past.push(await byBrowser(true));
			}
		}
	}
	Object.values(taken).forEach(values => values.shift());
	return taken;
});

/**
 * From a save of one of 60 scripts until their page is complete: with a request for the page before the
 * reload, and without.
 *
 * @param {import('../../tests/lib/live.js').Which} which
 * @param {number} rounds
 */
const looks = (which, rounds) => atDesk(async world => {
	await world.startDaemon();
	const { url, root } = await heavy(world, 'max-age=3600');
	const browser = await world.browser(which, { grant: ['http://localhost/*'] });
	const page = await browser.newPage(url);
	await switchOn(world, page);
	await pageScriptsReady(browser);
	/** @type {Record<'patch' | 'reload', number[]>} */
	const taken = { patch: [], reload: [] };
	const closed = () => until('no open event', async () => (await world.bus.events()).every((/** @type {any} */ one) => one.closed));
	for (let i = 0; i <= 2 * rounds; i++) {
		const way = i % 2 ? 'patch' : 'reload';
		writeFileSync(path.join(root, '.savecast'), `[savecast]\n\treload = ${way}\n`);
		await world.bus.saved(path.join(root, '.savecast'));
		await closed();
		await pause(GAP_MSEC);
		await page.evaluate('window.old = true');
		const begun = now(), file = path.join(root, 'static/0.js');
		writeFileSync(file, `window.round = ${i};\n`);
		await world.bus.saved(file);
		taken[way].push(await frameOf(page, `window.round === ${i} && document.readyState === "complete"`) - begun);
		await closed();
	}
	taken.reload.shift();
	return taken;
});

const PATCH = ['tree', 'align', 'verdict', 'plan', 'controls', 'patch'];

/** @param {import('../../tests/lib/live.js').Which} which @returns {Promise<number>} milliseconds of the patch of 5,000 elements with 10 changes */
const pace = (which) => atDesk(async world => {
	const text = (/** @type {string} */ name) => readFileSync(path.join(TOP, name), 'utf8');
	const { url } = await world.site('site', {
		'index.html': `<!doctype html>${PATCH.map((name) => `<script src="${name}.js"></script>`).join('')}`,
		...Object.fromEntries(['random-html.js', 'patch-cases.js', 'patch-trial.js'].map((name) => [name, text(`tests/lib/${name}`)])),
		...Object.fromEntries(PATCH.map((name) => [`${name}.js`, text(`browser-ext/page/${name}.js`)])),
	});
	const browser = await world.browser(which);
	const page = await browser.newPage(url);
	return page.evaluate("import('/patch-cases.js').then(({ pace }) => pace())");
});

/** @type {[string, (world: World) => Promise<any>, number][]} name, site, how many times faster a patch must be */
const SITES = [
	['the demo', demo, 4],
	['60 scripts, no-cache', (world) => heavy(world, 'no-cache'), 20],
	['60 scripts, max-age', (world) => heavy(world, 'max-age=3600'), 20],
];

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const rows = [], goals = [], notes = [];
	const p50 = (/** @type {number[]} */ values) => summary(values)?.p50 ?? NaN;
	for (const which of BROWSERS) {
		const why = missing(which);
		if (why) {
			notes.push(`${why}.`);
			continue;
		}
		for (const [name, site, factor] of SITES.slice(0, quick ? 1 : SITES.length)) {
			const { patch, reload, plain, past } = await runs(which, site, quick ? 3 : 21);
			rows.push(times(`${which}, ${name}: a save, patched`, patch), times(`${which}, ${name}: a save, reloaded`, reload),
				times(`${which}, ${name}: a plain reload`, plain), times(`${which}, ${name}: a reload past the cache`, past));
			const faster = p50(past) / p50(patch), slower = p50(reload) / p50(plain);
			goals.push({ what: `${name} in ${which}: a patch ${factor} times as fast as a reload past the cache`,
				met: faster >= factor, measured: `${figure(faster)} times`, why: 'Both include the way from the save to the tab' },
			{ what: `${name} in ${which}: a reload within 1.1 times of the browser's own plain one`,
				met: slower <= 1.1, measured: `${figure(slower)} times`, why: 'It requests and compares the new answer first' });
		}
	}
	for (const which of BROWSERS.filter((one) => !missing(one))) {
		const { patch, reload } = await looks(which, quick ? 3 : 21), taken = await pace(which);
		rows.push(times(`${which}, 60 scripts, max-age: a save of a script, page requested first`, patch),
			times(`${which}, 60 scripts, max-age: a save of a script, reloaded at once`, reload));
		goals.push({ what: `${which}: the request before a reload adds at most 3 ms`, met: p50(patch) - p50(reload) <= 3,
			measured: `${figure(p50(patch) - p50(reload))} ms`, why: 'The server answers with the page once more' },
		{ what: `${which}: 10 changes in 5,000 elements are patched within 16 ms`, met: taken <= 16, measured: `${figure(taken)} ms`,
			why: 'All elements are compared' });
	}
	return {
		title: 'A save to the text',
		about: 'From the moment before the file is written until the new text is in the tab and a frame follows; for a '
			+ 'reload, until the page is complete as well. The browser\'s own reloads are called by the extension for the '
			+ 'same tab, without and with `bypassCache` ("past the cache").',
		tables: [{ head: TIMES, rows }],
		goals, notes,
	};
}
