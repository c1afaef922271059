// SPDX-License-Identifier: MIT
/**
 * Git commands that run on while the index does not change: hooks, and commands of many steps.
 * What they change is one event at their end. What the user saves meanwhile is announced at once.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { gitSite } from '../lib/git-site.js';
import { TOP } from '../lib/world.js';

const preCommit = (await run(['pre-commit', '--version'], process.env)).status === 0;

test('a hook is part of the command that runs it', async t => {
	const { changes, hook, did, sh } = await gitSite(t);
	await hook('post-checkout', 'sleep 0.4; echo built > built.css; sleep 0.4; echo built > late.css');
	assert.deepEqual(await changes('git checkout -q topic'), ['git'], 'a build');
	await did(() => sh('rm .git/hooks/*; git checkout -q main; git clean -fdq'), { expect: false });
	await hook('pre-commit', 'sed -i s/x/formatted/ a.css; git add a.css; sleep 0.4; echo late > late.css');
	assert.deepEqual(await changes('echo x > a.css; git add a.css; git commit -qm x', { most: 2 }).then(told => told.at(-1)), 'git', 'a formatter');
	await hook('pre-commit', 'git stash -q --keep-index; sleep 0.4; git stash pop -q');
	await did(() => sh('echo x > a.css; git add a.css; echo y > b.html'), { expect: false });
	assert.deepEqual(await changes('git commit -qm y'), [], 'what is hidden and restored');
});

test('pre-commit hides unstaged changes and restores them', { skip: !preCommit && 'pre-commit is not installed' }, async t => {
	const { changes, did, sh, file } = await gitSite(t);
	const hooks = (/** @type {string} */ entry) => writeFile(file('.pre-commit-config.yaml'),
		`repos: [{repo: local, hooks: [{id: h, name: h, language: system, entry: ${entry}, files: css}]}]\n`);
	await hooks('sh -c "sleep 0.4"');
	await did(() => sh('pre-commit install; git add -A; git commit -qm hooks; echo x > a.css; git add a.css; echo y >> a.css; echo y > b.html'), { expect: false });
	assert.deepEqual(await changes('git commit -qm x'), []);
	await hooks('sed -i s/z/formatted/');
	await did(() => sh('git commit -qm hooks .pre-commit-config.yaml; git checkout -q .; echo z > a.css; git add a.css; echo z > b.html'), { expect: false });
	await changes('git commit -qm z || true');
});

test('lint-staged hides unstaged changes and restores them', async t => {
	const { changes, hook, did, sh, file } = await gitSite(t);
	await writeFile(file('package.json'), JSON.stringify({ 'lint-staged': { '*.css': 'sed -i s/x/linted/' } }));
	await did(() => sh('git add -A; git commit -qm package; echo x > a.css; git add a.css; echo y > b.html; echo y > m.css'), { expect: false });
	await hook('pre-commit', `exec ${path.join(TOP, 'node_modules/.bin/lint-staged')} --quiet`);
	assert.deepEqual(await changes('git commit -qm x'), ['git']);
	assert.deepEqual(await readFile(file('a.css'), 'utf8'), 'linted\n');
});

test('a command of many steps is one event at its end', async t => {
	const { changes, did, sh } = await gitSite(t);
	const reset = (/** @type {string} */ to) => did(() => sh(`git reset -q --hard; git checkout -q -B work ${to}; git clean -fdq`), { expect: false });
	await reset('topic');
	assert.deepEqual(await changes('git rebase -q -x "sleep 0.4" base'), ['git']);
	await reset('base');
	await did(() => sh('for i in 1 2 3 4 5 6 7 8; do echo x$i > a.css; git commit -qam $i; done; git bisect start HEAD base'), { expect: false });
	assert.deepEqual(await changes('git bisect run sh -c "sleep 0.4; ! grep -q [5-8] a.css"', { back: true }), ['git']);
	await changes('git bisect reset');
	await reset('base');
	await changes('git format-patch -q base..topic -o ../patches; git am -q ../patches/*');
	await reset('base');
	await changes('git cherry-pick topic~2 topic~1 topic');
	await reset('base');
	await changes('echo up > ../up; git clone -q . ../up-stream; cd ../up-stream; git checkout -q topic; cd -; echo loc > loc.css; git add -A; git commit -qm loc; git pull -q --rebase ../up-stream topic', { most: 2 });
	await reset('topic');
	await changes('FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch --tree-filter "echo f > f.css" HEAD~1..HEAD');
	await changes('echo dirty > s1.css; git rebase -q --autostash base', { most: 2 });
});

test('a conflict is shown while the command is unfinished', async t => {
	const { sh, last, world, did } = await gitSite(t);
	for (const script of ['git cherry-pick topic~3 topic~2 topic~1', 'git rebase -q topic', 'git merge -q topic']) {
		await did(() => sh('git reset -q --hard base; echo z > a.css; git commit -qam z'), { expect: false });
		const before = await last();
		await sh(`${script} || true`);
		// The command is unfinished until the user goes on: a daemon that waits for its end waits for minutes.
		await until('the conflict', async () => (await world.bus.events()).some((/** @type {any} */ e) => e.serial > before && e.closed));
		await did(() => sh('git rebase --abort || git cherry-pick --abort || git merge --abort'), { expect: false });
	}
});

test('what the user saves during a git command is announced before it ends', { timeout: 60000 }, async t => {
	const { world, root, saved, script, did, sh, file } = await gitSite(t);
	const waits = await script('waits', `touch ${world.temp}/waiting; while [ ! -e ${world.temp}/goes-on ]; do sleep 0.05; done; rm ${world.temp}/goes-on`);
	const pick = await script('pick', 'sed -i "2s/pick/reword/" "$1"');
	for (const [what, ...args] of [
		['a test of a rebase', 'rebase', '-x', waits, 'base~1'],
		['the editor of a rebase', '-c', `sequence.editor=${pick}`, '-c', `core.editor=${waits}`, 'rebase', '-i', 'HEAD~3'],
	]) {
		await did(() => sh(`git reset -q --hard; git checkout -q -B work topic; rm -f ${world.temp}/waiting`), { expect: false });
		const { GIT_EDITOR, ...env } = world.env;
		const working = run(['git', '-C', root, ...args], env);
		await until('git to wait', () => readFile(path.join(world.temp, 'waiting')).then(() => true, () => false));
		await saved('own.html'); // git is still waiting
		await writeFile(file('own.css'), what);
		const serial = await world.bus.saved(file('own.css'));
		await until(`${what}: from an editor`, async () => (await world.bus.events()).some((/** @type {any} */ e) => e.serial === serial && e.closed));
		while (await Promise.race([working.then(() => false), new Promise(resolve => { setTimeout(resolve, 50, true); })])) {
			await writeFile(path.join(world.temp, 'goes-on'), '');
		}
	}
});
