// SPDX-License-Identifier: MIT
/**
 * From a save until the page's server receives the request for the document, in real browsers;
 * compared with a tabs.reload() of the same tab by the same extension, with the same options. Also
 * for a style sheet, until the request for it.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { whileAlive } from '../../tests/lib/children.js';
import { answers, freePort } from '../../tests/lib/ports.js';
import { EventLog, until } from '../../tests/lib/events.js';
import { SAVECAST, TOP } from '../../tests/lib/world.js';
import { BROWSERS, missing, switchOn } from '../../tests/lib/live.js';
import { atDesk } from '../lib/desk.js';
import { TIMES, times } from '../lib/report.js';
import { figure, summary } from '../lib/stats.js';

const SERVER = path.join(TOP, 'tests/lib/site-server.js');
const PAGE = (/** @type {number} */ n) => `<!doctype html><title>${n}</title><link rel="stylesheet" href="/style.css">
<h1>${n}</h1><script>addEventListener('load', () => setTimeout(() => fetch('/loaded?${n}'), 0));</script>\n`;
const STYLE = (/** @type {number} */ n) => `h1 { margin: ${n}px }\n`;
/** Longer than all the work of a reload: the extension still looks at the answer. */
const GAP_MSEC = 150;

/**
 * Milliseconds since 1970, the same for all processes here and the browsers, which round by 1 ms
 * at most.
 */
const NOW = 'performance.timeOrigin + performance.now()';
const now = () => performance.timeOrigin + performance.now();

const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

/**
 * A small server for the folder, which reports the time of each request.
 *
 * @param {import('../../tests/lib/world.js').World} world
 * @param {string} root
 */
async function serve(world, root) {
	/** @type {EventLog<{path: string, at: number}>} */
	const log = new EventLog();
	const port = await freePort();
	const server = world.children.start('site', [process.execPath, SERVER, String(port)],
		{ cwd: root, env: world.env, stdout: 'pipe' });
	createInterface({ input: /** @type {import('node:stream').Readable} */ (server.process.stdout) }).on('line', line => {
		const { url, at } = JSON.parse(line);
		log.push({ path: new URL(url, 'http://localhost').pathname, at });
	});
	await whileAlive(server, until('the server', () => answers('127.0.0.1', port)));
	return { log, url: `http://localhost:${port}/` };
}

/**
 * @param {import('../../tests/lib/live.js').Which} which
 * @param {number} rounds
 */
const runs = (which, rounds) => atDesk(async world => {
	const root = await world.folder('site', { 'index.html': PAGE(0), 'style.css': STYLE(0) }, { git: true });
	const { log, url } = await serve(world, root);
	await world.startDaemon();
	const browser = await world.browser(which, { grant: [`${new URL(url).protocol}//localhost/*`] });
	const page = await browser.newPage(url);
	await switchOn(world, page);
	const job = world.children.start('save-stdin', [SAVECAST, 'save', '--stdin'], { env: world.env, stdin: 'pipe' });
	const save = (/** @type {string} */ name, /** @type {string} */ text) => {
		const file = path.join(root, name);
		writeFileSync(file, text);
		job.process.stdin?.write(`${file}\n`);
	};
	const lastCast = async () => {
		const { time, steps } = (await world.bus.events()).at(-1);
		return (time + steps.find((/** @type {any} */ one) => one.step === 'cast').at) / 1000;
	};
	/** @type {Record<'document' | 'ordered' | 'style' | 'swapped' | 'bare', number[]>} */
	const taken = { document: [], ordered: [], style: [], swapped: [], bare: [] };
	for (let i = 1; i <= rounds; i++) {
		let { mark } = log;
		let begun = now();
		save('index.html', PAGE(i));
		const { at } = await log.next('the document', event => event.path === '/', { mark });
		await log.next('the load', event => event.path === '/loaded', { mark });
		await pause(GAP_MSEC);
		taken.document.push(at - begun);
		taken.ordered.push(at - await lastCast());

		({ mark } = log);
		begun = await browser.evaluateInWorker(`(async () => {
			const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
			const begun = ${NOW};
			chrome.tabs.reload(tab.id, { bypassCache: true });
			return begun;
		})()`);
		taken.bare.push((await log.next('the document', event => event.path === '/', { mark })).at - begun);
		await log.next('the load', event => event.path === '/loaded', { mark });
		await pause(GAP_MSEC);

		({ mark } = log);
		begun = now();
		save('style.css', STYLE(i));
		const style = await log.next('the style sheet', event => event.path === '/style.css', { mark });
		await pause(GAP_MSEC);
		taken.style.push(style.at - begun);
		taken.swapped.push(style.at - await lastCast());
	}
	Object.values(taken).forEach(values => values.shift());
	return taken;
});

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const rows = [], goals = [], notes = [];
	for (const which of BROWSERS) {
		const why = missing(which);
		if (why) {
			notes.push(`${why}.`);
			continue;
		}
		const { document, ordered, style, swapped, bare } = await runs(which, quick ? 6 : 101);
		rows.push(times(`${which}: a page, until the document`, document),
			times(`${which}: a page, from the message on`, ordered),
			times(`${which}: tabs.reload() alone`, bare),
			times(`${which}: a style sheet, until it is requested`, style),
			times(`${which}: a style sheet, from the message on`, swapped));
		const p50 = (/** @type {number[]} */ values) => summary(values)?.p50 ?? NaN;
		const added = p50(document) - p50(bare), hop = p50(ordered) - p50(bare);
		goals.push({ what: `within 5 ms of tabs.reload() alone in ${which}`, met: added <= 5, measured: `${figure(added)} ms`,
			why: 'This includes the time until the message arrives, see "A save to the message". The rest is the browser\'s: '
				+ 'the message wakes the extension\'s background page, which asks the browser about the tab before it reloads it' },
		{ what: `from the message on, within 1 ms of tabs.reload() alone in ${which}`, met: hop <= 1, measured: `${figure(hop)} ms`,
			why: 'The message is one more hop, and asking the browser about the tab is another' },
		{ what: `a style sheet within 10 ms of the message in ${which}`, met: p50(swapped) <= 10, measured: `${figure(p50(swapped))} ms`,
			why: 'The extension asks the page which of its style sheets was saved, and the page loads the new one beside the old one' });
	}
	return {
		title: 'A save to the document',
		about: 'From the moment before the file is written until the server receives the request for the page, and the part of '
			+ 'it from the message to the extension on. For comparison, in turns: tabs.reload(), called by the same extension '
			+ 'for the same tab, bypassing the cache as savecast does. Firefox measures its own calls in whole milliseconds.',
		tables: [{ head: TIMES, rows }],
		goals, notes,
	};
}
