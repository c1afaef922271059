// SPDX-License-Identifier: MIT
/**
 * From a save to its message, while another project is on a mount that does not answer. The mount
 * answers and hangs in turn, so that other work on the machine affects both alike.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { HangFs, noFuse } from '../../tests/lib/hang-fs.js';
import { reaches } from '../../tests/lib/live.js';
import { atDesk, browserWith, projects } from '../lib/desk.js';
import { TIMES, times } from '../lib/report.js';
import { figure, summary } from '../lib/stats.js';

/** Saved in turn: a second save of one project within a moment would wait, to be combined with the first. */
const SITES = 20;
const SAVES = 50;
const PAUSE_MSEC = 25;
const TIMES_MAX = 1.2;

/** @param {number} rounds of SAVES saves each while the mount answers, and while it does not */
const runs = (rounds) => atDesk(async world => {
	const fs = await HangFs.mount(world, 'remote');
	await mkdir(path.join(fs.behind, 'site'));
	await writeFile(path.join(fs.behind, 'site/a.css'), '');
	const far = path.join(fs.folder, 'site/a.css');
	await world.git(path.join(fs.behind, 'site'), 'init', '--quiet');
	const sites = await projects(world, SITES, SITES, false);
	await world.startDaemon();
	const { log } = await browserWith(world, sites.map(({ url }) => url));
	/** @type {Record<'answers' | 'hangs', number[]>} */
	const taken = { answers: [], hangs: [] };
	let n = 0;
	const save = async () => {
		const { page } = sites[n % SITES];
		await writeFile(page, `<h1>${++n}</h1>`);
		await new Promise(resolve => { setTimeout(resolve, PAUSE_MSEC); });
		const { mark } = log, begun = performance.now();
		const saved = world.bus.saved(page);
		await log.next('the message', ({ type }) => type === 'reload', { mark });
		const msec = performance.now() - begun;
		await saved;
		return msec;
	};
	await world.bus.saved(far);
	for (let i = 0; i < 2 * SITES; i++) {
		await save(); // the first saves of a project read its settings
	}
	for (let round = 0; round < rounds; round++) {
		for (let i = 0; i < SAVES; i++) {
			taken.answers.push(await save());
		}
		await fs.hang();
		const waits = await world.bus.saved(far);
		await reaches(world, waits, 'held');
		for (let i = 0; i < SAVES; i++) {
			taken.hangs.push(await save());
		}
		await fs.answer();
		await reaches(world, waits, 'left');
	}
	return taken;
});

/**
 * @param {{quick?: boolean}} [options]
 * @returns {Promise<import('../lib/report.js').Section>}
 */
export async function measure({ quick = false } = {}) {
	const title = 'While a mount does not answer';
	const about = `From a save to its message in a browser with ${SITES} tabs. Another project is on a FUSE file system, ` +
		`which answers for ${SAVES} saves, and then hangs for ${SAVES} saves while a save of that project waits.`;
	const missing = noFuse();
	if (missing) {
		return { title, about, tables: [], notes: [`Not measured: ${missing}.`] };
	}
	const { answers, hangs } = await runs(quick ? 1 : 20);
	const [before, during] = [answers, hangs].map(all => summary(all)?.p99 ?? NaN);
	return {
		title, about,
		tables: [{ head: TIMES, rows: [times('the mount answers', answers), times('the mount hangs', hangs)] }],
		goals: [{
			what: `the 99th percentile is at most ${TIMES_MAX} times as long while the mount hangs`,
			met: during <= TIMES_MAX * before, measured: `${figure(during / before)} times`,
		}],
	};
}
