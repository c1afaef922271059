// SPDX-License-Identifier: MIT
/**
 * The cost of a save while the daemon knows many other projects and tabs: it should be the same as without them.
 */
import { writeFileSync } from 'node:fs';

import { atDesk, browserWith, projects, urlOf } from '../lib/desk.js';
import { summary } from '../lib/stats.js';

/**
 * @param {import('../../tests/lib/world.js').World} world
 * @param {string} page
 * @param {import('../../tests/lib/wire-client.js').Client} client
 * @param {number} rounds
 */
async function save(world, page, { log }, rounds) {
	const taken = [];
	for (let i = 0; i <= rounds; i++) {
		const { mark } = log;
		writeFileSync(page, `${i}\n`);
		const begun = performance.now();
		world.bus.saved(page);
		await log.next('the message', message => message.type === 'reload', { mark });
		const at = log.all.slice(mark).find(({ event }) => event.type === 'reload')?.at ?? NaN;
		taken.push(at - begun);
		await new Promise(resolve => { setTimeout(resolve, 40); });
	}
	return summary(taken.slice(1));
}

/** @param {boolean} quick @returns {Promise<(string | number)[][]>} */
export async function growth(quick) {
	const rounds = quick ? 10 : 100;
	/** @type {(string | number)[][]} */
	const rows = [];
	const row = (/** @type {string} */ name, /** @type {ReturnType<typeof summary>} */ sum) =>
		rows.push([name, sum?.p50 ?? NaN, sum?.p95 ?? NaN]);
	for (const count of quick ? [1, 50] : [1, 100, 1000]) {
		await atDesk(async world => {
			const all = await projects(world, count, 1);
			await world.startDaemon();
			for (const { page } of all) {
				await world.bus.saved(page);
			}
			const client = await browserWith(world, [all[count - 1].url]);
			row(`${count} project${count === 1 ? '' : 's'}`, await save(world, all[count - 1].page, client, rounds));
		});
	}
	// Ten browsers, because one can watch 1024 tabs; the project has one tab, in the last browser.
	for (const tabs of quick ? [100] : [1000, 10000]) {
		await atDesk(async world => {
			const [site, other] = await projects(world, 2);
			await world.startDaemon();
			const each = Math.min(1000, tabs);
			for (let i = 0; i < tabs / each; i++) {
				await browserWith(world, Array.from({ length: each }, (_, k) => `${other.url}${k}`), `bench-many-${i}`);
			}
			const client = await browserWith(world, [urlOf('site0')]);
			row(`${tabs} tabs of another project`, await save(world, site.page, client, rounds));
		});
	}
	return rows;
}
