// SPDX-License-Identifier: MIT
/**
 * Random git commands in a repository with branches, a worktree and a submodule; what the daemon
 * announces is compared with an oracle that hashes the work trees before and after. The seed is
 * printed; SAVECAST_SEED repeats a run, SAVECAST_LONG makes it long.
 */
import assert from 'node:assert/strict';
import { rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { contents, difference, settled } from '../lib/git-tree.js';
import { LONG, World } from '../lib/world.js';

const COUNT = LONG ? 320 : 30;
const FILES = ['a.css', 'b.css', 'c.html', 'dir/d.css', 'dir/deep/e.js'];
const BRANCHES = ['main', 'one', 'two', 'three'];

/** Marsaglia's xorshift: small, and the same everywhere. @param {number} seed */
function randomness(seed) {
	let x = seed | 0 || 1;
	const next = () => {
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		return (x >>> 0) / 2 ** 32;
	};
	return {
		/** @param {number} n */
		below: n => Math.floor(next() * n),
		/** @template T @param {T[]} list @returns {T} */
		pick: list => list[Math.floor(next() * list.length)],
	};
}

test(`${COUNT} random git commands: each one is exactly one event`, async t => {
	const seed = Number(process.env.SAVECAST_SEED ?? Date.now() % 2 ** 31);
	t.diagnostic(`seed ${seed}`);
	const random = randomness(seed);
	const world = await World.open(t);
	const root = await world.folder('site', Object.fromEntries(FILES.map(name => [name, `${name}\n`])), { git: true });
	world.env = { ...world.env, GIT_EDITOR: 'true', GIT_MERGE_AUTOEDIT: 'no' };
	const git = (/** @type {string} */ at, /** @type {string[]} */ ...args) => world.git(at, ...args);
	await git(root, 'checkout', '--quiet', '-b', 'main');
	await git(root, 'add', '.');
	await git(root, 'commit', '--quiet', '-m', 'first');
	for (const branch of BRANCHES.slice(1)) {
		await git(root, 'branch', branch);
	}
	const origin = path.join(world.home, 'origin');
	await git(world.home, 'clone', '--quiet', root, origin);
	await git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'sub');
	await git(root, 'commit', '--quiet', '-m', 'a submodule');
	const tree = path.join(world.home, 'tree');
	await git(root, 'worktree', 'add', '--quiet', '-b', 'tree', tree);
	const sub = path.join(root, 'sub');
	const trees = [root, root, tree, sub];
	await world.startDaemon();
	for (const at of [root, tree, sub]) {
		await world.savecast('track', at);
	}

	let n = 0;
	/**
	 * Changed files that were not announced: git add and commit -a count as a save of them.
	 *
	 * @type {Map<string, string>}
	 */
	let announced = await everything();

	async function everything() {
		return contents(tree, await contents(root));
	}
	/** @param {string} at */
	const edit = async at => {
		const file = path.join(at, random.pick(FILES));
		await writeFile(file, `${++n}\n${'x'.repeat(random.below(50))}\n`).catch(() => {});
		return file;
	};
	/** @param {string} at */
	const branches = async at => (await git(at, 'branch', '--format=%(refname:short)')).trim().split('\n');
	/**
	 * The operations in a work tree. An operation may fail, where git allows that.
	 *
	 * @type {[string, (at: string) => Promise<unknown>, ((at: string) => Promise<unknown>)?][]}
	 *   name; operation; changes before it, which no editor reports
	 */
	const operations = [
		['save', async at => { await world.bus.saved(await edit(at)); }],
		['save and commit', async at => {
			await world.bus.saved(await edit(at));
			await git(at, 'commit', '--quiet', '-a', '-m', 'saved');
		}],
		['add', at => git(at, 'add', ...FILES), edit],
		['commit -a', at => git(at, 'commit', '--quiet', '-a', '-m', 'commit'), edit],
		['checkout', async at => git(at, 'checkout', '--quiet', random.pick(await branches(at)))],
		['switch', async at => git(at, 'switch', '--quiet', random.pick(await branches(at)))],
		['checkout -b', at => git(at, 'checkout', '--quiet', '-b', `new${++n}`)],
		['checkout --', at => git(at, 'checkout', '--quiet', '--', '.'), edit],
		['restore', at => git(at, 'restore', '.'), edit],
		['restore --staged', at => git(at, 'restore', '--staged', '.')],
		['restore --staged --worktree', at => git(at, 'restore', '--staged', '--worktree', '.'), edit],
		['reset --hard', at => git(at, 'reset', '--quiet', '--hard'), edit],
		['reset --hard HEAD^', at => git(at, 'reset', '--quiet', '--hard', 'HEAD^')],
		['reset', at => git(at, 'reset', '--quiet')],
		['stash push', at => git(at, 'stash', 'push', '--quiet'), edit],
		['stash pop', at => git(at, 'stash', 'pop', '--quiet')],
		['merge', async at => git(at, 'merge', '--quiet', random.pick(await branches(at)))],
		['cherry-pick', async at => git(at, 'cherry-pick', random.pick(await branches(at)))],
		['revert', at => git(at, 'revert', '--no-edit', 'HEAD')],
		['rebase', async at => git(at, 'rebase', '--quiet', random.pick(await branches(at)))],
		['rm', at => git(at, 'rm', '--quiet', '-f', random.pick(FILES))],
		['mv', at => git(at, 'mv', random.pick(FILES), `moved${++n}.css`)],
		['status', at => git(at, 'status'), async at => {
			await utimes(path.join(at, random.pick(FILES)), new Date(), new Date()).catch(() => {});
		}],
		['gc', at => git(at, 'gc', '--quiet')],
		['branch', at => git(at, 'branch', `b${++n}`)],
		['there and back', async at => {
			await git(at, 'checkout', '--quiet', random.pick(await branches(at)));
			await git(at, 'checkout', '--quiet', '-');
		}],
		['delete and commit', at => git(at, 'commit', '--quiet', '-a', '-m', 'deleted'),
			at => rm(path.join(at, random.pick(FILES)), { force: true })],
		['bisect', async at => {
			await git(at, 'bisect', 'start', 'HEAD', 'HEAD~2');
		}],
		['bisect reset', at => git(at, 'bisect', 'reset')],
		['abort', async at => {
			for (const what of ['rebase', 'merge', 'cherry-pick', 'revert']) {
				await git(at, what, '--abort').catch(() => {});
			}
		}],
	];
	/**
	 * These may cause several events: the first two are two operations each; a bisect that starts
	 * again goes back first.
	 */
	const several = new Set(['there and back', 'save and commit', 'bisect']);

	/**
	 * If a check holds the project, separate events become one.
	 *
	 * @param {import('../lib/git-tree.js').Event} event
	 */
	const parts = event => 1 + event.steps.filter(({ step }) => step === 'joined').length;
	let checked = 0, changed = 0;
	/** The operations so far, to trace a failure. @type {string[]} */
	const done = [];
	for (let i = 0; i < COUNT; i++) {
		const at = random.pick(trees);
		const [name, work, prepare] = random.pick(operations);
		if (prepare && random.below(4)) {
			await prepare(at);
		}
		const before = await everything();
		// git writes these files again even if their content is right: see git-source.h.
		const unmerged = new Set((await git(at, 'diff', '--name-only', '--diff-filter=U')).split('\n')
			.map(file => path.join(at, file)));
		const serial = (await world.bus.properties()).LastEvent;
		let failed = '';
		await work(at).catch(error => { failed = ` (failed: ${String(error).slice(0, 200)})`; });
		const after = await everything();
		// Files that changed on disk now, and earlier changes that were added to git now, by add
		// and commit -a.
		const must = difference(before, after);
		const pending = difference(announced, before);
		const where = `seed ${seed}, ${i}: ${name} in ${path.relative(world.home, at)}${failed}`;
		done.push(where);
		const events = (await settled(world, serial, { expect: must.length > 0 })
			.catch(error => assert.fail(`${where}: ${JSON.stringify({ must, done: done.slice(-8) })}: ${error.message}`)))
			.filter(e => !e.steps.some(({ step }) => step === 'unchanged'));
		const told = new Set(events.flatMap(e => e.files));
		const what = `${where}: ` +
			JSON.stringify({ must, pending, told: [...told], texts: events.map(e => e.steps.map(({ step, text }) => `${step} ${text}`)), done: done.slice(-8) });
		done[done.length - 1] += `: ${JSON.stringify({ must, told: events.map(e => e.files) })}`.replaceAll(world.home, '');
		const missed = must.filter(file => !told.has(file));
		// git undoes a merge that fails, with reset --hard and stash apply.
		const undone = name === 'merge' && failed;
		// If git is slow between the two, each of them is an event.
		const back = undone || (/there and back|bisect/.test(name) && events.reduce((sum, e) => sum + parts(e), 0) > 1);
		const invented = back ? []
			: [...told].filter(file => !must.includes(file) && !pending.includes(file) && !unmerged.has(file));
		assert.deepEqual({ missed, invented }, { missed: [], invented: [] }, what);
		const perProject = new Map();
		for (const event of events) {
			perProject.set(event.project, (perProject.get(event.project) ?? 0) + parts(event));
		}
		if (!several.has(name) && !undone) {
			assert.ok([...perProject.values()].every(count => count === 1), `one event an operation: ${what}`);
		}
		for (const file of [...told]) {
			const now = after.get(file);
			if (now === undefined) {
				announced.delete(file);
			} else {
				announced.set(file, now);
			}
		}
		checked++;
		changed += must.length;
	}
	t.diagnostic(`${checked} operations, ${changed} files changed by them`);
});
