// SPDX-License-Identifier: MIT
/**
 * While a tab shows the project, git's folder shows when a command begins and ends, and the disk
 * shows what it changed.
 */
import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { gitSite } from '../lib/git-site.js';
import { watched } from '../lib/watched.js';

test('one git command is one event, with the files that it changed', async t => {
	const { changes } = await gitSite(t);
	assert.deepEqual(await changes('git checkout -q topic'), ['git']);
	assert.deepEqual(await changes('git checkout -q -'), ['git']);
	assert.deepEqual(await changes('git status; git add -A; git commit -q --allow-empty -m empty; git status'), []);
	assert.deepEqual(await changes('touch a.css b.html; git status'), []);
	assert.deepEqual(await changes('git merge -q --no-edit topic'), ['git']);
	assert.deepEqual(await changes('git reset -q --hard base'), ['git']);
	assert.deepEqual(await changes('git rebase -q topic'), ['git']);
	assert.deepEqual(await changes('git reset -q --hard base; git cherry-pick topic~2 topic~1 topic >/dev/null'), ['git']);
	assert.deepEqual(await changes('git reset -q --hard base; git update-index --split-index; git status; git status'), ['git']);
	assert.deepEqual(await changes('touch a.css; git status'), [], 'git itself rewrites a split index');
	assert.deepEqual(await changes('git checkout -q topic'), ['git']);
});

test('git commands that do not write the index are noticed as well', async t => {
	const { changes, sh, did } = await gitSite(t);
	await did(() => sh('git diff base topic -- a.css > ../a.patch; git diff base topic > ../all.patch'), { expect: false });
	await changes('git apply ../a.patch');
	await changes('git apply -R ../a.patch');
	await changes('git apply ../all.patch', { most: 3 });
	await changes('git stash -q -u');
	await changes('git stash pop -q');
	await changes('git checkout -q -- . ; git clean -fdq', { most: 3 });
	await changes('git restore -s topic .');
	await changes('git restore .; git clean -fdq', { most: 3 });
	await changes('rm a.css b.html; git checkout-index -q -f -a', { most: 3 });
	await changes('git checkout topic -- a.css sub');
	await changes('git reset -q --hard');
	await changes('git merge -q --no-commit topic || true; git merge --abort', { most: 2 });
	await changes('echo x > a.css; git commit -qam x; git merge -q topic || true', { most: 2 });
	await changes('git checkout -q --theirs a.css');
	await changes('git checkout -q --ours a.css');
});

test('a lock that no process uses delays nothing', async t => {
	const { changes, saved, root, world, file, script } = await gitSite(t);
	await writeFile(file('.git/index.lock'), '');
	await saved('a.css'); // the lock of a git that was killed: the daemon would wait for two minutes
	await rm(file('.git/index.lock'));
	const editor = await script('editor', `touch ${world.temp}/opened; while [ ! -e ${world.temp}/done ]; do sleep 0.05; done; echo message > "$1"`);
	const committing = run(['git', '-C', root, 'commit', '-aq'], { ...world.env, GIT_EDITOR: editor });
	await until('the message editor', () => readFile(path.join(world.temp, 'opened')).then(() => true, () => false));
	await saved('b.html'); // while the message is being written
	await writeFile(path.join(world.temp, 'done'), '');
	assert.equal((await committing).status, 0);
	await changes('git status');
});

test('files that git converts, and other version control', async t => {
	const { changes, sh, did } = await gitSite(t);
	await did(() => sh(`git config filter.up.clean 'tr A-Z a-z'; git config filter.up.smudge 'sleep 0.2; tr a-z A-Z'; echo '*.up.css filter=up' > .gitattributes
		echo ABC > f.up.css; echo DEF > g.up.css; git add -A; git commit -qm f`), { expect: false });
	assert.deepEqual(await changes('touch f.up.css; git status'), [], 'a filter');
	await changes('echo CHANGED > f.up.css');
	await changes('git checkout -q -- f.up.css');
	await changes('rm f.up.css g.up.css; git checkout -q -- .');
	await did(() => sh('printf "*.txt eol=crlf\\n" > .gitattributes; printf "1\\r\\n" > e.txt; git add -A; git commit -qm e'), { expect: false });
	assert.deepEqual(await changes('touch e.txt; git status'), []);
	await changes('printf "2\\r\\n" > e.txt');
	await changes('git checkout -q -- e.txt');
	await did(() => sh('git config core.autocrlf true; printf "1\\r\\n" > f.css; git add -A; git commit -qm crlf'), { expect: false });
	assert.deepEqual(await changes('touch f.css; git status'), []);
	await changes('printf "2\\r\\n" > f.css');
	await changes('git checkout -q -- f.css');
	assert.deepEqual(await did(() => sh('mkdir -p .hg .svn .jj; echo 1 > .hg/dirstate; echo 1 > .svn/wc.db; echo 1 > .jj/x; rm -r .hg .svn .jj'), { expect: false }), []);
});

const lfs = (await run(['git', 'lfs', 'version'], process.env)).status === 0;
test('git-lfs', { skip: !lfs && 'git-lfs is not installed' }, async t => {
	const { changes, sh, did } = await gitSite(t);
	await did(() => sh(`git lfs install --local; git lfs track '*.jpg'; for i in 1 2; do head -c 100000 /dev/urandom > a.jpg; git add -A; git commit -qm $i; done`), { expect: false });
	assert.deepEqual(await changes('touch a.jpg; git status; git lfs checkout'), []);
	await changes('git checkout -q HEAD~1');
	await changes('head -c 200000 /dev/urandom > a.jpg');
	await changes('git checkout -q -- a.jpg');
	await did(() => sh('git lfs install --local --force --skip-smudge; rm a.jpg; git checkout -q HEAD~1; git checkout -q -'), { expect: false });
	await changes('git lfs checkout');
});

test('the stash of another work tree, and what git writes there, causes no event', async t => {
	const { changes, sh, did, world, last } = await gitSite(t);
	await did(() => sh('git worktree add -q ../tree topic'), { expect: false });
	const stash = 'cd ../tree; echo x > a.css; echo x > loose.css; git stash -q -u; cd -';
	assert.deepEqual(await changes(`${stash}; git status; git add -A`), []);
	assert.deepEqual(await changes('cd ../tree; git stash pop -q; cd -'), []);
	// Without a tab, savecast watches only git in a work tree. What was written just before is not git's.
	const born = async (/** @type {string} */ name) => (await stat(name)).birthtimeMs;
	const edited = path.join(world.home, 'tree/a.css'), clock = path.join(world.temp, 'clock');
	await rm(edited);
	await writeFile(edited, 'x\n');
	await until('the clock of file times to go on', async () => {
		await rm(clock, { force: true });
		await writeFile(clock, '');
		return await born(clock) > await born(edited);
	}, { every: 1 });
	await world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [`${world.home}/tree`, {}] });
	const before = await last();
	await did(() => sh('echo 1 > loose.css; git stash -q -u; cd ../tree; touch a.css; git status'), { expect: false });
	assert.deepEqual((await world.bus.events()).filter((/** @type {any} */ e) => e.serial > before && e.project === `${world.home}/tree`), []);
});

test('a save in a submodule reloads the project around it', async t => {
	const { world, did, sh, file } = await gitSite(t);
	await did(() => sh(`git init -q ../theme; cd ../theme; echo 1 > t.css; git add -A; git commit -qm t; cd ../site
		git -c protocol.file.allow=always submodule --quiet add ../theme theme; git commit -qm sub`), { expect: false });
	assert.deepEqual(await did(() => sh('echo 2 > theme/t.css')), [{ source: 'disk', files: ['theme/t.css'] }]);
	assert.deepEqual(await did(async () => {
		await writeFile(file('theme/t.css'), '3');
		await world.bus.saved(file('theme/t.css'));
	}).then(told => told.at(-1)?.files), ['theme/t.css'], 'an editor reports it');
	assert.deepEqual(await did(() => sh('git submodule --quiet update --force')).then(told => told.flatMap(({ files }) => files)), ['theme/t.css']);
});

test('a repository that libgit2 cannot open is a project, and has a problem', async t => {
	const { world, project } = await watched(t, { 'a.css': '1' });
	const root = await world.folder('newer', { 'a.css': '1' }, { git: true });
	await world.git(root, 'config', 'core.repositoryformatversion', '1');
	await world.git(root, 'config', 'extensions.fromthefuture', 'true').catch(() => {});
	await writeFile(path.join(root, '.git/config'), '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tfromthefuture = true\n');
	const lost = await world.folder('lost', { 'a.css': '1', '.git': 'gitdir: /nowhere\n' });
	for (const folder of [root, lost]) {
		const serial = await world.bus.saved(path.join(folder, 'a.css'));
		assert.equal((await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial).project, folder);
		await world.savecast('track', folder);
		const { Problem } = (await world.bus.projects()).find(({ Root }) => Root === folder);
		assert.match(Problem, /^git: .*savecast still notices saves, but not git commands/);
	}
	assert.equal((await project()).Problem, '');
});

test('a repository of another user, which git accepts by `safe.directory = *`, is a project, and its problem says what to set', {
	skip: process.getuid?.() !== 0 && 'only root can give a folder to another user',
}, async t => {
	const { world, root, project, sh, did, file } = await watched(t, { 'a.css': '1', 'b.css': '1' }, {
		start: async (world, root) => {
			await world.git(root, 'add', '-A');
			await world.git(root, 'commit', '-qm', 'one');
			await world.git(root, 'config', '--global', 'safe.directory', '*');
			await run(['chown', '-R', '65534', root], world.env);
			// Settings of another user are ignored.
			await run(['chown', '0', path.join(root, '.savecast')], world.env);
			await world.startDaemon();
		},
	});
	assert.match((await project()).Problem, new RegExp(`^git: .*another user.* owns it: .*git config --global --add safe.directory ${root}`));
	assert.deepEqual(await did(() => writeFile(file('a.css'), '2')), [{ source: 'disk', files: ['a.css'] }]);
	assert.deepEqual((await did(async () => {
		await writeFile(file('b.css'), '2');
		await world.bus.saved(file('b.css'));
	})).flatMap(({ files }) => files), ['b.css']);
	assert.deepEqual((await did(() => sh('git checkout -q -- a.css'))).flatMap(({ files }) => files), ['a.css']);
	await sh(`git config --global --add safe.directory ${root}`);
	await did(() => writeFile(file('a.css'), '3'));
	assert.equal((await project()).Problem, '', 'what it says was done before the last save');
});
