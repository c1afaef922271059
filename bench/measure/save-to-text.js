// SPDX-License-Identifier: MIT
/**
 * From a save of a page until its new text is in the tab and in a rendered frame: patched, and
 * reloaded; compared with the browser's own reloads of the same tab, with its cache and without, and
 * with the lower bound, an extension that does nothing else.
 * Then, what a request for the page adds to a reload, and how long the patch itself takes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { WebSocketServer } from 'ws';

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
/** The time between two frames: saves come at any moment of it. */
const FRAME_MSEC = 17;
/** How often to ask whether the page is complete, which says itself when it became so. */
const POLL_MSEC = 10;

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
 * To be called before the save.
 *
 * @param {import('../../tests/lib/live.js').Page} page
 * @param {string} h1
 * @returns {Promise<{frame: Promise<number>}>} when a frame with the new text was complete
 */
const watch = async (page, h1) => {
	const frame = page.evaluate(`new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		// Comes after the frame for which the callback was called.
		port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
		new MutationObserver((_, watcher) => {
			if (document.querySelector('h1')?.textContent === '${h1}') {
				watcher.disconnect();
				requestAnimationFrame(() => port2.postMessage(0));
			}
		}).observe(document, { subtree: true, childList: true, characterData: true });
	})`);
	frame.catch(() => {}); // The caller awaits it later.
	await page.evaluate('window.old = true');
	return { frame };
};

/**
 * @param {import('../../tests/lib/live.js').Page} page
 * @param {string} [state] an expression that is true in the page that is awaited
 * @returns {Promise<number>} when a new page was complete
 */
const completeOf = async (page, state = 'true') => {
	for (;;) {
		await pause(POLL_MSEC);
		const at = await page.evaluate(`(() => {
			const [{ loadEventEnd }] = performance.getEntriesByType('navigation');
			return !window.old && loadEventEnd && (${state}) ? performance.timeOrigin + loadEventEnd : 0;
		})()`).catch(() => 0); // Between two pages.
		if (at) {
			return at;
		}
	}
};

/** @param {string} h1 */
const headed = (h1) => `document.querySelector('h1')?.textContent === '${h1}'`;

const anyMoment = () => pause(GAP_MSEC + Math.random() * FRAME_MSEC);

/** @typedef {{url: string, root: string, file: string, page: (h1: string) => string}} Site */

/**
 * @param {import('../../tests/lib/live.js').Which} which
 * @param {(world: World) => Promise<Site>} site
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
	let n = 0;
	/** The page has changed, as after a save: Chromium takes longer for it than for the same page. */
	const byBrowser = async (/** @type {boolean} */ bypassCache) => {
		const h1 = `text ${++n}`;
		await anyMoment();
		await page.evaluate('window.old = true');
		writeFileSync(file, text(h1));
		const begun = await browser.evaluateInWorker(`(async () => {
			const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
			const now = performance.timeOrigin + performance.now();
			chrome.tabs.reload(tab.id, { bypassCache: ${bypassCache} });
			return now;
		})()`);
		return await completeOf(page, headed(h1)) - begun;
	};
	const bySave = async (/** @type {'patch' | 'reload'} */ way) => {
		const h1 = `text ${++n}`;
		await anyMoment();
		const { frame } = await watch(page, h1);
		const begun = now();
		writeFileSync(file, text(h1));
		await world.bus.saved(file);
		return await (way === 'patch' ? frame : completeOf(page, headed(h1))) - begun;
	};
	for (const way of /** @type {const} */ (['patch', 'reload'])) {
		writeFileSync(path.join(root, '.savecast'), `[savecast]\n\treload = ${way}\n`);
		await world.bus.saved(path.join(root, '.savecast'));
		await until('no open event', async () => (await world.bus.events()).every((/** @type {any} */ one) => one.closed));
		for (let i = 0; i <= rounds; i++) {
			taken[way].push(await bySave(way));
			if (way === 'reload') {
				taken.plain.push(await byBrowser(false));
			}
		}
	}
	// These come last: the saves and the plain reloads, which are compared with each other, take turns.
	for (let i = 0; i <= rounds; i++) {
		taken.past.push(await byBrowser(true));
	}
	Object.values(taken).forEach(values => values.shift());
	return taken;
});

/**
 * The same without savecast: the file is written, and a message sent, and Chromium's extension of bench/bare-ext
 * requests the page and shows its heading, or reloads the tab.
 *
 * @param {(world: World) => Promise<Site>} site
 * @param {number} rounds
 */
const lowerBound = (site, rounds) => atDesk(async world => {
	const { url, file, page: text } = await site(world);
	const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
	world.atEnd.push(async () => server.close());
	const connected = new Promise(resolve => server.on('connection', resolve));
	const browser = await world.browser('chromium', { extension: path.join(TOP, 'bench/bare-ext'), port: undefined });
	const page = await browser.newPage(url);
	await browser.evaluateInWorker(`connect(${/** @type {import('node:net').AddressInfo} */ (server.address()).port}, '${url}')`);
	const socket = /** @type {import('ws').WebSocket} */ (await connected);
	/** @type {Record<'patch' | 'reload', number[]>} */
	const taken = { patch: [], reload: [] };
	for (let i = 0; i <= 2 * rounds; i++) {
		const way = i <= rounds ? 'patch' : 'reload', h1 = `text ${i}`;
		await anyMoment();
		const { frame } = await watch(page, h1);
		const begun = now();
		writeFileSync(file, text(h1));
		socket.send(way);
		taken[way].push(await (way === 'patch' ? frame : completeOf(page, headed(h1))) - begun);
	}
	taken.patch.shift();
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
		await anyMoment();
		await page.evaluate('window.old = true');
		const begun = now(), file = path.join(root, 'static/0.js');
		writeFileSync(file, `window.round = ${i};\n`);
		await world.bus.saved(file);
		taken[way].push(await completeOf(page, `window.round === ${i}`) - begun);
		await closed();
	}
	taken.reload.shift();
	return taken;
});

const PATCH = ['put-back', 'tree', 'align', 'verdict', 'plan', 'controls', 'patch'];

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

/**
 * Name, site, and how much faster a patch must be than the reload past the cache with which savecast once answered every
 * save: in times, and in milliseconds on the machine where that reload took 77 and 500 ms.
 *
 * @type {[string, (world: World) => Promise<Site>, number, number][]}
 */
const SITES = [
	['the demo', demo, 4, 19],
	['60 scripts, no-cache', (world) => heavy(world, 'no-cache'), 20, 25],
	['60 scripts, max-age', (world) => heavy(world, 'max-age=3600'), 20, 25],
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
		for (const [name, site, factor, limit] of SITES.slice(0, quick ? 1 : SITES.length)) {
			const { patch, reload, plain, past } = await runs(which, site, quick ? 3 : 21);
			rows.push(times(`${which}, ${name}: a save, patched`, patch), times(`${which}, ${name}: a save, reloaded`, reload),
				times(`${which}, ${name}: a plain reload`, plain), times(`${which}, ${name}: a reload past the cache`, past));
			const bound = which === 'chromium' ? await lowerBound(site, quick ? 3 : 21) : undefined;
			if (bound) {
				rows.push(times(`${which}, ${name}: lower bound, patched`, bound.patch), times(`${which}, ${name}: lower bound, reloaded`, bound.reload));
			}
			const faster = p50(past) / p50(patch), slower = p50(reload) / p50(plain);
			const least = (/** @type {(bound: Record<'patch' | 'reload', number[]>) => number} */ ratio) => (bound ? `The lower bound is ${figure(ratio(bound))} times` : 'See Chromium');
			goals.push({ what: `${name} in ${which}: a patch ${factor} times as fast as a reload past the cache`,
				met: faster >= factor, measured: `${figure(faster)} times`, why: least((one) => p50(past) / p50(one.patch)) },
			{ what: `${name} in ${which}: a patch within ${limit} ms`, met: p50(patch) <= limit, measured: `${figure(p50(patch))} ms`,
				why: least((one) => p50(patch) / p50(one.patch)) },
			{ what: `${name} in ${which}: a reload within 1.1 times of the browser's own plain one`,
				met: slower <= 1.1, measured: `${figure(slower)} times`, why: least((one) => p50(one.reload) / p50(plain)) });
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
		about: 'From the moment before the file is written until the first frame with the new text is made; for a reload, '
			+ 'until the load event of the page that shows it has ended. The browser\'s own reloads are called by the extension for the '
			+ 'same tab, without and with `bypassCache` ("past the cache"), and begin with this call. The lower bound is another '
			+ 'extension, which receives a message over a WebSocket as soon as the file is written, and then only requests the page and '
			+ 'shows its heading, or reloads the tab.',
		tables: [{ head: TIMES, rows }],
		goals, notes,
	};
}
