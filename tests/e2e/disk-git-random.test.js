// SPDX-License-Identifier: MIT
/**
 * Random git commands in a work tree that is watched on disk, some with hooks, filters and conflicts.
 * The oracle is the hashes of its files before and after: no changed file is missing in the events,
 * no unchanged one is in them, and a command is one event. The seed is printed; SAVECAST_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gitSite } from '../lib/git-site.js';
import { LONG } from '../lib/world.js';

const COUNT = LONG ? 400 : 10;
const FILES = ['a.css', 'b.html', 'c.css', 'sub/d.css', 'm.css', 'up.txt'];
const BRANCHES = ['main', 'topic', 'base', 'base~1', 'topic~2'];

/** One command each. @type {((branch: string, file: string) => string)[]} */
const ONE = [
	branch => `git checkout -q ${branch}`, branch => `git switch -q --detach ${branch}`,
	branch => `git merge -q --no-edit ${branch}`, branch => `git rebase -q ${branch}`,
	branch => `git rebase -q -x 'sleep 0.1' ${branch}`, branch => `git rebase -q --autostash ${branch}`,
	branch => `git cherry-pick ${branch}`, () => 'git cherry-pick topic~2 topic~1 topic',
	() => 'git revert --no-edit HEAD', () => 'git stash -q -u', () => 'git stash pop -q', () => 'git stash -q --keep-index',
	() => 'git am -q ../patches/*', branch => `git reset -q --hard ${branch}`, () => 'git reset -q',
	branch => `git restore -s ${branch} .`, () => 'git restore .', (_, file) => `git checkout -q -- ${file}`,
	(branch, file) => `git checkout -q ${branch} -- ${file}`, (_, file) => `git checkout -q --ours ${file}`,
	(_, file) => `git checkout -q --theirs ${file}`,
	() => 'git add -A', () => 'git commit -qam work', () => 'git status', () => 'git gc -q',
	(_, file) => `touch ${file}; git status`, (_, file) => `git rm -q -f ${file}`, (_, file) => `git mv ${file} moved.css`,
	() => 'git rebase --abort', () => 'git merge --abort', () => 'git am --abort', () => 'git cherry-pick --abort', () => 'git rebase --skip',
	() => 'git submodule --quiet update --force --init',
];
/** They leave no trace in git's folder, or are several commands (checkout -p runs one for each file): a few events. */
const MORE = [
	() => 'git apply ../a.patch', () => 'git apply -R ../a.patch', () => 'git clean -fdq', (/** @type {string} */ _, /** @type {string} */ file) => `rm -f ${file}; git checkout-index -q -f -a`,
	(/** @type {string} */ branch) => `yes | git checkout -q -p ${branch}`,
	() => 'git bisect start HEAD base~1; git bisect run true; git bisect reset',
];

/** @param {string} script one of MORE; a busy machine makes six events of a checkout -p of six files */
const moreEvents = script => (script.includes('checkout -q -p') ? 6 : 4);

test(`${COUNT} random git commands in a watched work tree`, async t => {
	const seed = Number(process.env.SAVECAST_SEED ?? Date.now() % 2 ** 31);
	t.diagnostic(`seed ${seed}`);
	let state = seed >>> 0;
	const below = (/** @type {number} */ n) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor(state / 2 ** 32 * n);
	};
	const pick = /** @template T @param {T[]} list */ list => list[below(list.length)];
	const { changes, did, sh, hook } = await gitSite(t);
	await did(() => sh(`git diff base topic -- a.css > ../a.patch; git format-patch -q base..topic -o ../patches
		git config filter.up.clean 'tr A-Z a-z'; git config filter.up.smudge 'tr a-z A-Z'; echo '*.txt filter=up' > .gitattributes; echo ABC > up.txt
		git init -q ../theme; cd ../theme; echo 1 > t.css; git add -A; git commit -qm t; cd -
		git -c protocol.file.allow=always submodule --quiet add ../theme theme; git add -A; git commit -qm up; git branch -f topic~ 2>/dev/null || true`), { expect: false });
	await hook('post-checkout', 'sleep 0.1');
	for (let i = 0; i < COUNT; i++) {
		const file = pick(FILES);
		if (below(2)) {
			await did(() => sh(`mkdir -p sub; echo ${i} > ${pick(FILES)}; echo ${i} > loose${below(3)}.css`), { expect: false });
		}
		const more = below(5) === 0;
		const script = `(${pick(more ? MORE : ONE)(pick(BRANCHES), file)}) >/dev/null 2>&1 || true`;
		await changes(script, { most: more ? moreEvents(script) : 1, back: more })
			.catch(error => assert.fail(`seed ${seed}, ${i}: ${error.message}`));
	}
});
