// SPDX-License-Identifier: MIT
/**
 * Version control other than git, in a project that is watched on disk: what it writes into the work
 * tree counts as saves, and its own folders never do. The oracle is the contents of the files before
 * and after each command.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { contents, difference } from '../lib/git-tree.js';
import { watched } from '../lib/watched.js';
import { LONG, TOP } from '../lib/world.js';

/**
 * The first file at once, the others of the burst, new folders, and deleted files, which might have been
 * replaced. On an idle machine there are at most three.
 */
const EVENTS_MAX = 4;
/** How many of the commands below are run. */
const COMMANDS = LONG ? Infinity : 3;

/** What the programs keep in a work tree. */
const OWN = /^(\.hg|\.svn|\.git)(\/|$)|^(\.fslckout|_FOSSIL_)/;

const FILES = { 'a.css': '1\n', 'b.html': '1\n', 'sub/d.css': '1\n', 'gone.css': '1\n' };
const SECOND = 'for f in a.css b.html sub/d.css; do echo 22 > $f; done; mkdir -p new/deep; echo n > new/deep/n.css; rm gone.css';

/**
 * How each program makes two commits, and what is tried then. In `setup` no event is checked. In
 * `commands`, only changed files may be announced, and all of them must be.
 *
 * @type {Record<string, {installed: string, setup: string, commands: string[]}>}
 */
const PROGRAMS = {
	mercurial: {
		installed: 'hg --version',
		setup: `hg init; hg commit -qAm one; ${SECOND}; hg addremove -q; hg commit -qm two`,
		commands: ['hg update -q 0', 'hg status', 'hg update -q 1', 'echo 333 > a.css; hg commit -qm three', 'echo 4444 > a.css', 'hg revert -q --no-backup a.css',
			'hg rename b.html c.html', 'hg revert -q --no-backup --all; rm -f c.html', 'hg update -q --clean 0', 'hg update -q 2',
			'echo 55555 > a.css', 'hg --config extensions.shelve= shelve -q', 'hg --config extensions.shelve= unshelve -q', 'hg update -qC 1', 'hg verify -q; hg status'],
	},
	fossil: {
		installed: 'fossil version',
		setup: `fossil init ../site.fossil; fossil open -f ../site.fossil; fossil settings mtime-changes 0; fossil addremove; fossil commit --no-warnings -m one; ${SECOND}; fossil addremove; fossil commit --no-warnings -m two`,
		commands: ['fossil checkout --force prev', 'fossil status', 'fossil checkout --force trunk', 'echo 333 > a.css; fossil commit --no-warnings -m three', 'echo 4444 > a.css', 'fossil revert a.css',
			'fossil mv --hard b.html c.html', 'fossil revert', 'fossil update prev', 'echo 55555 > sub/d.css', 'fossil stash save -m s', 'fossil stash pop'],
	},
	subversion: {
		installed: 'svn --version',
		setup: `svnadmin create ../store; svn checkout -q --force "file://$(cd ../store; pwd)" .; svn add -q --force .; svn commit -qm one; ${SECOND}; svn add -q --force .; svn rm -q gone.css; svn commit -qm two; svn update -q`,
		commands: ['svn update -q -r 1', 'svn status', 'svn update -q', 'echo 333 > a.css; svn commit -qm three', 'echo 4444 > a.css', 'svn revert -q a.css', 'svn mv -q b.html c.html', 'svn revert -q -R .; rm -f c.html',
			'svn update -q -r 1; svn cleanup', 'svn update -q', 'svn merge -q -c -3 .', 'svn rm -q sub/d.css', 'svn revert -q -R .', 'svn info'],
	},
};

for (const [name, { installed, setup, commands }] of Object.entries(PROGRAMS)) {
	const found = (await run(['sh', '-c', installed], process.env)).status === 0;
	test(`${name}: its commands are few events, with exactly the changed files`, { skip: !found && `${name} is not installed` }, async t => {
		const site = await watched(t, FILES, { git: false });
		await changes(site, [setup], { check: false });
		await changes(site, commands.slice(0, COMMANDS));
	});
}

test('isomorphic-git: its checkouts are few events, with exactly the changed files', async t => {
	const site = await watched(t, FILES);
	const tool = path.join(TOP, 'tests/lib/isomorphic-git.js');
	const git = (/** @type {string[]} */ ...args) => `'${process.execPath}' '${tool}' ${args.join(' ')}`;
	await changes(site, [`git symbolic-ref HEAD refs/heads/main; ${git('commit', 'one')}; ${git('branch', 'old')}; ${SECOND}; ${git('commit', 'two')}`], { check: false });
	await changes(site, [git('checkout', 'old'), git('status'), git('checkout', 'main'), 'echo 4444 > a.css', git('restore', 'a.css'), git('checkout', 'old')].slice(0, COMMANDS));
});

/**
 * @param {Awaited<ReturnType<typeof watched>>} site
 * @param {string[]} commands
 */
async function changes({ world, root, did, sh }, commands, { check = true } = {}) {
	world.env = { ...world.env, HGUSER: 'Tester <tester@example.test>', USER: 'tester' };
	for (const command of commands) {
		const before = await contents(root);
		const told = await did(() => sh(`{ ${command}; } > /dev/null`), { expect: false });
		const real = difference(before, await contents(root)).map(file => path.relative(root, file)).filter(file => !OWN.test(file));
		const all = [...new Set(told.flatMap(event => event.files))].sort();
		// A folder that was moved away represents the files that were in it.
		const files = all.filter(name => real.includes(name) || !real.some(file => file.startsWith(`${name}/`)));
		assert.ok(!files.some(file => OWN.test(file)), `${command}: ${files}`);
		if (check) {
			assert.deepEqual(files, real, `${command}: ${JSON.stringify(told)}`);
			assert.ok(told.length <= EVENTS_MAX && (told.length > 0) === (real.length > 0), `${command}: ${JSON.stringify(told)}`);
		}
	}
}
