// SPDX-License-Identifier: MIT
/**
 * From the load event of a page with an error until the diagnostics are in the editor, and until
 * they are gone with the load of the fix; and how much a page that throws very many errors is slowed.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { LspClient } from '../../tests/lib/lsp-client.js';
import { BROWSERS, missing, switchOn } from '../../tests/lib/live.js';
import { atDesk } from '../lib/desk.js';
import { TIMES, times } from '../lib/report.js';
import { figure, summary } from '../lib/stats.js';

const ERRORS = 100_000;
/** Before this many errors, the scripts of the extension have stopped listening. */
const HEARD = 100;
const PAGE = '<!doctype html><title>t</title><script src="/app.js"></script>';
/** Prevents the browser's own console message for each error, which would take most of the time. */
const THROW = `(() => {
	addEventListener('error', (event) => event.preventDefault());
	const begun = performance.now();
	let first = 0;
	for (let i = 0; i < ${ERRORS}; i++) {
		reportError(new RangeError('number ' + i));
		if (i === ${HEARD}) {
			first = performance.now() - begun;
		}
	}
	return [performance.now() - begun, first];
})()`;
/** A save within this time after the last one would wait, to be combined with it. */
const GAP_MSEC = 400;

const now = () => performance.timeOrigin + performance.now();
const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

/**
 * @param {import('../../tests/lib/live.js').Which} which
 * @param {number} rounds
 */
const runs = (which, rounds) => atDesk(async world => {
	await world.startDaemon();
	const { url, root } = await world.site('site', { 'index.html': PAGE, 'app.js': '' });
	const browser = await world.browser(which, { grant: ['http://localhost/*'] });
	const page = await browser.newPage(url);
	await switchOn(world, page);
	const file = path.join(root, 'app.js'), uri = String(pathToFileURL(file));
	const lsp = new LspClient(world);
	await lsp.initialize({ rootUri: String(pathToFileURL(root)) });
	/** @type {Record<'error' | 'fix' | 'heard' | 'free' | 'heardFirst' | 'freeFirst', number[]>} */
	const taken = { error: [], fix: [], heard: [], free: [], heardFirst: [], freeFirst: [] };
	/** Milliseconds from the load event to the diagnostics. @param {string} text @param {(list: any[]) => boolean} isDone */
	const bySave = async (text, isDone) => {
		const { mark } = lsp.replies;
		await pause(GAP_MSEC);
		writeFileSync(file, text);
		await world.bus.saved(file);
		await lsp.replies.next('the diagnostics', ({ method, params }) =>
			method === 'textDocument/publishDiagnostics' && params.uri === uri && isDone(params.diagnostics), { mark });
		const at = now();
		return at - await page.evaluate('performance.timeOrigin + performance.getEntriesByType("navigation")[0].loadEventStart');
	};
	for (let i = 0; i < rounds; i++) {
		taken.error.push(await bySave(`missing${i}();\n`, ([one]) => one?.message.includes(`missing${i} is not defined`)));
		taken.fix.push(await bySave(`window.fixed = ${i};\n`, (list) => !list.length));
	}
	// The same page, with permission and without.
	const free = await browser.newPage(url.replace('localhost', '127.0.0.1'));
	for (let i = 0; i <= rounds; i++) {
		for (const [way, tab] of /** @type {const} */ ([['heard', page], ['free', free]])) {
			await tab.activate();
			await tab.goto(way === 'heard' ? url : url.replace('localhost', '127.0.0.1'));
			await pause(GAP_MSEC); // The page is complete, and its scripts have been inserted.
			const [all, first] = await tab.evaluate(THROW);
			taken[way].push(all);
			taken[`${way}First`].push(first);
		}
	}
	Object.values(taken).slice(2).forEach(values => values.shift());
	return taken;
});

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
		const { error, fix, heard, free, heardFirst, freeFirst } = await runs(which, quick ? 3 : 21);
		rows.push(times(`${which}: an error, until its diagnostics`, error), times(`${which}: its fix, until there are none`, fix),
			times(`${which}: ${ERRORS} errors in a page with permission`, heard), times(`${which}: the same without permission`, free),
			times(`${which}: the first ${HEARD} with permission`, heardFirst), times(`${which}: the first ${HEARD} without`, freeFirst));
		// The time for all errors varies by more than 1 % from run to run, and the extension listens only to the first ones.
		const slower = (p50(heardFirst) - p50(freeFirst)) / p50(free) * 100;
		goals.push({ what: `${which}: diagnostics within 300 ms after the load event`, met: p50(error) <= 300,
			measured: `${figure(p50(error))} ms`, why: 'The problems are sent after the load event, with their places in the sources' },
		{ what: `${which}: a page that throws ${ERRORS} errors is slowed by at most 1 %`, met: slower <= 1,
			measured: `${slower.toFixed(2)} %`, why: 'After 64 errors, no script of the extension listens' });
	}
	return {
		title: 'What went wrong in a page',
		about: 'From the load event of a page whose script throws until `savecast lsp` has published the diagnostics, and '
			+ `the same for the load with the fix. Then, how long a page takes to report ${ERRORS} errors.`,
		tables: [{ head: TIMES, rows }],
		goals, notes,
	};
}
