// SPDX-License-Identifier: MIT
/**
 * While a tab shows the project, git's folder shows when a command begins and ends, and the disk
 * shows what it changed.
 */
import assert from 'node:assert/strict';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { contents, difference } from '../lib/git-tree.js';
import { watched } from '../lib/watched.js';

/** @param {import('node:test').TestContext} t */
async function repository(t) {
	const site = await watched(t, { 'a.css': '1\n', 'b.html': '1\n', 'c.css': '1\n', 'sub/d.css': '1\n' });
	const { sh, root, world } = site;
	await site.did(() => sh(`git add -A && git commit -qm one
		git checkout -qb topic; for f in a.css b.html sub/d.css; do echo 2 > $f; done; echo n > new.css; git rm -q c.css; git add -A; git commit -qm two
		for i in 1 2 3; do echo "$i" > s$i.css; git add -A; git commit -qm s$i; done
		git checkout -q master 2>/dev/null || git checkout -q main; echo m > m.css; git add -A; git commit -qm m; git branch -q base`), { expect: false });
	return {
		...site,
		/**
		 * Runs the script; expects one event of all files that differ afterwards, or no event.
		 *
		 * @param {string} script
		 * @param {{most?: number}} [options] events
		 */
		async changes(script, { most = 1 } = {}) {
			const before = await contents(root);
			const told = await site.did(() => sh(script), { expect: false });
			const real = difference(before, await contents(root)).map(name => path.relative(root, name));
			assert.deepEqual([...new Set(told.flatMap(({ files }) => files))].sort(), real, script);
			assert.ok(told.length <= most && (told.length > 0) === (real.length > 0), `${script}: ${JSON.stringify(told)}`);
			return told.map(({ source }) => source);
		},
		/** How long a save takes until it is announced, in ms. @param {string} name */
		async saved(name) {
			const began = performance.now(), before = await site.last();
			await writeFile(site.file(name), String(Math.random()));
			await until(`the save of ${name}`, async () => (await world.bus.events()).some((/** @type {any} */ e) =>
				e.serial > before && e.closed && e.files.includes(site.file(name))), { every: 5 });
			return performance.now() - began;
		},
	};
}

test('one git command is one event, with the files that it changed', async t => {
	const { changes } = await repository(t);
	assert.deepEqual(await changes('git checkout -q topic'), ['git']);
	assert.deepEqual(await changes('git checkout -q -'), ['git']);
	assert.deepEqual(await changes('git status; git add -A; git commit -q --allow-empty -m empty; git status'), []);
	assert.deepEqual(await changes('touch a.css b.html; git status'), []);
	assert.deepEqual(await changes('git merge -q --no-edit topic'), ['git']);
	assert.deepEqual(await changes('git reset -q --hard base'), ['git']);
	assert.deepEqual(await changes('git rebase -q topic'), ['git']);
	assert.deepEqual(await changes('git reset -q --hard base; git cherry-pick topic~2 topic~1 topic >/dev/null'), ['git']);
	assert.deepEqual(await changes('git reset -q --hard base; git update-index --split-index; git status; git status'), ['git']);
	assert.deepEqual(await changes('touch a.css; git status'), [], 'a split index is none of ours');
	assert.deepEqual(await changes('git checkout -q topic'), ['git']);
});

test('git commands that do not write the index are noticed as well', async t => {
	const { changes, sh, did } = await repository(t);
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
	const { changes, saved, root, world, file } = await repository(t);
	await writeFile(file('.git/index.lock'), '');
	assert.ok(await saved('a.css') < 3000, 'a git that was killed');
	await rm(file('.git/index.lock'));
	const editor = path.join(world.temp, 'editor');
	await writeFile(editor, `#!/bin/sh\ntouch ${world.temp}/opened; while [ ! -e ${world.temp}/done ]; do sleep 0.05; done; echo message > "$1"\n`);
	await chmod(editor, 0o755);
	const committing = run(['git', '-C', root, 'commit', '-aq'], { ...world.env, GIT_EDITOR: editor });
	await until('the message editor', () => readFile(path.join(world.temp, 'opened')).then(() => true, () => false));
	assert.ok(await saved('b.html') < 3000, 'a message is being written');
	await writeFile(path.join(world.temp, 'done'), '');
	assert.equal((await committing).status, 0);
	await changes('git status');
});

test('files that git converts, and other version control', async t => {
	const { changes, sh, did } = await repository(t);
	await did(() => sh('printf "*.txt eol=crlf\\n" > .gitattributes; printf "1\\r\\n" > e.txt; git add -A; git commit -qm e'), { expect: false });
	assert.deepEqual(await changes('touch e.txt; git status'), []);
	await changes('printf "2\\r\\n" > e.txt');
	await changes('git checkout -q -- e.txt');
	await changes('mkdir -p .hg .svn .jj; echo 1 > .hg/dirstate; echo 1 > .svn/wc.db; echo 1 > .jj/x; rm -r .hg .svn .jj'.replace(/^/, 'true; ')).catch(error => {
		throw error;
	});
});

test('a save in a submodule reloads the project around it', async t => {
	const { world, did, sh, file } = await repository(t);
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
