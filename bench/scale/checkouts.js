// SPDX-License-Identifier: MIT
/**
 * A checkout of ten changed files in a large work tree, until the message; compared with git
 * status and watchman.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run } from '../../tests/lib/children.js';
import { until } from '../../tests/lib/events.js';
import { atDesk, browserWith, urlOf } from '../lib/desk.js';
import { summary } from '../lib/stats.js';

/** How long savecast waits for further changes of a git command; see daemon/sources/git. */
const SETTLE_MSEC = 60;
const FOLDER = 500, CHANGED = 10, ROUNDS = 7;

/** @typedef {import('../../tests/lib/world.js').World} World */

/** @param {World} world @param {string} name @param {number} count */
async function workTree(world, name, count) {
	const root = await world.folder(name, {}, { git: true });
	for (let i = 0; i < count; i += FOLDER) {
		const folder = path.join(root, `d${i}`);
		await mkdir(folder);
		await Promise.all(Array.from({ length: FOLDER }, (_, k) => writeFile(path.join(folder, `f${k}.css`), `${i}.${k}\n`)));
	}
	await world.git(root, 'add', '.');
	await world.git(root, 'commit', '--quiet', '-m', 'all');
	await world.git(root, 'checkout', '--quiet', '-b', 'other');
	for (let k = 0; k < CHANGED; k++) {
		await writeFile(path.join(root, 'd0', `f${k}.css`), 'changed\n');
	}
	await world.git(root, 'commit', '--quiet', '-a', '-m', 'change');
	return root;
}

/** @param {() => Promise<unknown>} work */
async function timed(work) {
	const begun = performance.now();
	await work();
	return performance.now() - begun;
}

/**
 * Watchman's answer to "what changed since", which it sends when it has seen everything before it.
 *
 * @param {World} world
 * @param {string} root
 * @param {(i: number) => Promise<unknown>} checkout
 */
async function watchman(world, root, checkout) {
	const socket = path.join(world.temp, 'watchman');
	const env = { ...world.env, USER: 'bench', TMPDIR: world.temp };
	const command = ['watchman', `--sockname=${socket}`];
	const ask = async (/** @type {string[]} */ ...args) => {
		const { status, stdout, stderr } = await run(['watchman', `--sockname=${socket}`, '--no-spawn', ...args], env);
		if (status !== 0) {
			throw new Error(stderr);
		}
		return JSON.parse(stdout);
	};
	world.children.start('watchman', [...command, '--foreground', `--logfile=${socket}.log`, `--statefile=${socket}.state`,
		`--pidfile=${socket}.pid`], { env });
	await until('watchman', () => ask('version'), { every: 100 });
	await ask('watch', root);
	let { clock } = await ask('clock', root);
	const taken = [];
	for (let i = 0; i < ROUNDS; i++) {
		await checkout(i);
		taken.push(await timed(async () => { ({ clock } = await ask('since', root, clock)); }));
	}
	return summary(taken)?.p50 ?? NaN;
}

/**
 * @param {number[]} counts of files
 * @param {string[]} notes
 * @returns {Promise<(string | number)[][]>}
 */
export async function checkouts(counts, notes) {
	/** @type {(string | number)[][]} */
	const rows = [];
	for (const count of counts) {
		await atDesk(async world => {
			const name = `tree${count}`;
			const root = await workTree(world, name, count);
			await world.configure(`[savecast]\n\tport = ${world.port}\n[savecast "${root}"]\n\turl = ${urlOf(name)}*\n`);
			await world.startDaemon();
			await world.savecast('track', root);
			const { log } = await browserWith(world, [urlOf(name)]);
			const checkout = (/** @type {number} */ i) => world.git(root, 'checkout', '--quiet', i % 2 ? 'other' : '-');
			const itself = [], told = [], status = [];
			for (let i = 0; i < ROUNDS; i++) {
				const { mark } = log;
				itself.push(await timed(() => checkout(i)));
				const ended = performance.now();
				await log.next('the message', message => message.type === 'reload', { mark });
				told.push((log.all.slice(mark).find(({ event }) => event.type === 'reload')?.at ?? NaN) - ended);
				status.push(await timed(() => world.git(root, 'status', '--porcelain')));
			}
			await world.endDaemon();
			const theirs = await watchman(world, root, checkout).catch(error => {
				notes.push(`watchman is left out: ${String(error).split('\n')[0]}`);
				return NaN;
			});
			const whole = summary(told)?.p50 ?? NaN;
			rows.push([String(count), summary(itself)?.p50 ?? NaN, whole, whole - SETTLE_MSEC,
				summary(status)?.p50 ?? NaN, theirs]);
		});
	}
	return rows;
}
