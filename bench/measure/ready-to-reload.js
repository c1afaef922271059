// SPDX-License-Identifier: MIT
/**
 * Under uvicorn --reload: from the moment at which the new worker can answer until the reload is
 * sent, and the same for a page that polls the server itself.
 */
import http from 'node:http';
import { writeFileSync } from 'node:fs';

import { until } from '../../tests/lib/events.js';
import { atDesk, browserWith } from '../lib/desk.js';
import { app, holdOn } from '../peers/origin.js';
import { TIMES, times } from '../lib/report.js';
import { EventLog } from '../../tests/lib/events.js';
import { summary } from '../lib/stats.js';

const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

/**
 * What the app answers now; '' if it does not answer.
 *
 * @param {string} url
 * @returns {Promise<string>}
 */
const answer = url => new Promise(resolve => {
	const request = http.get(url, { agent: false, timeout: 5000 }, response => {
		let text = '';
		response.setEncoding('utf8').on('data', part => { text += part; }).on('end', () => resolve(text));
		response.on('error', () => resolve(''));
	});
	request.on('error', () => resolve(''));
	request.on('timeout', () => { request.destroy(); resolve(''); });
});

/**
 * The time at which the app answers with `wanted`: sends one request after another. The new worker
 * answers a waiting request as soon as it can.
 *
 * @param {string} url
 * @param {string} wanted
 */
async function newAnswer(url, wanted) {
	const end = performance.now() + 20000;
	while (performance.now() < end) {
		if (await answer(url) === wanted) {
			return performance.now();
		}
		await pause(1);
	}
	throw new Error(`${url}: does not answer ${wanted}`);
}

/**
 * @param {number} rounds
 * @param {boolean} polls the page polls by itself, instead of savecast
 */
const runs = (rounds, polls) => atDesk(async world => {
	const root = await world.folder('site', { 'main.py': app(0) }, { git: true });
	const { url, port } = await world.serve('uvicorn', root,
		at => ['/usr/bin/uvicorn', 'main:app', '--reload', '--port', String(at)]);
	await newAnswer(url, '0');
	/** @type {EventLog<any>} */
	let log = new EventLog();
	const state = { ended: false, gaveUp: 0 };
	if (polls) {
		world.atEnd.push(async () => { state.ended = true; });
		holdOn(`ws://127.0.0.1:${port}/ws`, log, state);
		await until('the page\'s socket', () => log.all.length > 0);
	} else {
		await world.startDaemon();
		({ log } = await browserWith(world, [url]));
	}
	/** @type {number[]} */
	const late = [];
	let early = 0;
	await pause(2000); // uvicorn's watcher must scan twice before it knows a file
	for (let i = 1; i <= rounds; i++) {
		const { mark } = log;
		writeFileSync(`${root}/main.py`, app(i));
		if (!polls) {
			world.bus.saved(`${root}/main.py`).catch(() => {});
		}
		const reload = log.next('the reload', event => event === 'reload' || event.type === 'reload', { mark, msec: 20000 });
		const served = await newAnswer(url, String(i));
		await reload;
		const at = log.all.slice(mark).find(({ event }) => event === 'reload' || event.type === 'reload')?.at ?? NaN;
		if (i > 1) { // the first save also fills caches
			late.push(at - served);
			early += at < served - 50 ? 1 : 0;
		}
		await pause(1500);
	}
	return { late, early, gaveUp: state.gaveUp };
});

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const rounds = quick ? 4 : 21;
	const own = await runs(rounds, false);
	const polled = await runs(rounds, true);
	const late = summary(own.late)?.p50 ?? NaN;
	return {
		title: 'Ready to reload',
		about: 'A save of main.py under `uvicorn --reload`: from the first answer of the new code, which another client requests '
			+ 'all the time, until the reload is sent. A negative time: the reload is sent before that client has '
			+ 'its answer. A reload more than 50 ms before the answer is too early.',
		tables: [{ head: TIMES, rows: [
			times('savecast', own.late), times('the page polls its socket every 100 ms', polled.late),
		] }],
		goals: [
			{ what: 'no reload too early', met: own.early === 0, measured: `${own.early} of ${own.late.length}` },
			{ what: 'within 50 ms of the new answer', met: late <= 50, measured: `${late.toFixed(1)} ms` },
		],
		notes: [`The page that polls reloaded too early ${polled.early} times of ${polled.late.length}, `
			+ `and gave up after five attempts ${polled.gaveUp} times.`],
	};
}
