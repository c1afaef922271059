// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { appendFile, open, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { contents, difference, settled } from '../lib/git-tree.js';
import { heading, missing, switchOn } from '../lib/live.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';
import { run } from '../lib/children.js';
import { until } from '../lib/events.js';

/** @param {import('node:test').TestContext} t */
async function tree(t) {
	const world = await World.open(t);
	const root = await world.folder('site',
		{ 'a.css': 'a\n', 'b.css': 'b\n', 'dir/c.css': 'c\n', 'd.html': 'd\n' }, { git: true });
	const git = (/** @type {string[]} */ ...args) => world.git(root, ...args);
	await git('checkout', '--quiet', '-b', 'main');
	await git('add', '.');
	await git('commit', '--quiet', '-m', 'first');
	await world.startDaemon();
	await world.savecast('track', root);
	const file = (/** @type {string} */ name) => path.join(root, name);
	const last = async () => (await world.bus.properties()).LastEvent;
	return {
		world, root, git, file, last,
		/**
		 * Runs the work; returns the files that it changed, and those that the daemon announced.
		 *
		 * @param {() => Promise<unknown>} work
		 */
		async did(work) {
			await settled(world, 0, { expect: false });
			const before = await contents(root);
			const serial = await last();
			await work();
			const changed = difference(before, await contents(root));
			const events = await settled(world, serial, { expect: changed.length > 0 });
			return { changed: changed.map(name => path.relative(root, name)), events,
				told: events.flatMap(e => e.files.map(name => path.relative(root, name))).sort(),
				text: events.map(e => e.steps[0].text).join() };
		},
		write: (/** @type {string} */ name, /** @type {string} */ text) => writeFile(file(name), text),
	};
}

/**
 * A new branch with this many commits.
 *
 * @param {World} world
 * @param {string} root
 * @param {string} branch
 * @param {string[]} files of each; # is the commit's number
 * @param {number} count
 * @param {(i: number) => string} [text]
 */
async function commits(world, root, branch, files, count, text = String) {
	const stream = Array.from({ length: count }, (_, i) =>
		`commit refs/heads/${branch}\ncommitter Tester <tester@example.test> 1700000000 +0000\ndata <<END\n${i}\nEND\n`
		+ (i ? '' : 'from main\n')
		+ files.map(name => `M 100644 inline ${name.replace('#', String(i))}\ndata <<END\n${text(i)}\nEND\n`).join('')).join('');
	await writeFile(path.join(world.temp, 'stream'), stream);
	await run(['sh', '-c', `git -C '${root}' fast-import --quiet < '${world.temp}/stream'`], world.env);
}

/**
 * One event with exactly these files.
 *
 * @param {{changed: string[], told: string[], events: any[], text: string}} done
 * @param {string[]} files
 * @param {RegExp} [text]
 */
function one(done, files, text = /^/) {
	assert.deepEqual([done.told, done.events.length], [files, files.length ? 1 : 0]);
	if (files.length) {
		assert.equal(done.events[0].source, 'git');
		assert.match(done.text, text);
	}
}

test('each git command is one event with the files that it changed', async t => {
	const { world, git, did, write, file } = await tree(t);
	// Before the first git command, the file's times are set as if git had just written it.
	await utimes(file('a.css'), new Date(), new Date());
	one(await did(() => git('status')), []);
	await git('checkout', '--quiet', '-b', 'topic');
	await write('a.css', 'topic\n');
	await write('new.css', 'new\n');
	one(await did(() => git('add', '.')), ['a.css', 'new.css'], /^index, on topic$/);
	one(await did(() => git('commit', '--quiet', '-m', 'topic')), []);
	one(await did(() => git('checkout', '--quiet', 'main')), ['a.css', 'new.css'], /^checkout: moving from topic to main, on main$/);
	one(await did(() => git('merge', '--quiet', 'topic')), ['a.css', 'new.css'], /^merge topic: Fast-forward, on main$/);
	one(await did(() => git('reset', '--quiet', '--hard', 'HEAD^')), ['a.css', 'new.css'], /^reset: moving to HEAD\^, on main/);
	one(await did(() => git('cherry-pick', 'topic')), ['a.css', 'new.css'], /^cherry-pick/);

	// A user without a plugin: this edit was not reported.
	await write('b.css', 'edited\n');
	one(await did(() => git('stash', 'push', '--quiet')), ['b.css'], /^stash push, on main$/);
	one(await did(() => git('stash', 'pop', '--quiet')), ['b.css'], /^stash pop, on main$/);
	one(await did(() => git('checkout', '--quiet', '--', 'b.css')), ['b.css']);
	await write('b.css', 'edited again\n');
	one(await did(() => git('restore', 'b.css')), ['b.css']);
	await write('loose.css', 'untracked\n');
	await write('b.css', 'with it\n');
	one(await did(() => git('stash', 'push', '--quiet', '--include-untracked')), ['b.css', 'loose.css'], /^stash push, on main$/);
	one(await did(() => git('stash', 'pop', '--quiet')), ['b.css', 'loose.css'], /^stash pop, on main$/);
	one(await did(() => git('checkout', '--quiet', '--', 'b.css')), ['b.css']);
	one(await did(() => git('stash', 'push', '--quiet', '--include-untracked')), ['loose.css']);
	one(await did(() => git('stash', 'drop', '--quiet')), []);
	await write('b.css', 'once more\n');
	one(await did(() => git('commit', '--quiet', '-a', '-m', 'b')), ['b.css'], /^commit: b, on main$/);
	await write('b.css', 'staged\n');
	await git('add', 'b.css');
	await settled(world, 0, { expect: false });
	one(await did(() => git('restore', '--staged', '--worktree', 'b.css')), ['b.css']);
	one(await did(() => git('rm', '--quiet', 'd.html')), ['d.html']);
	one(await did(() => git('mv', 'dir/c.css', 'dir/e.css')), ['dir/c.css', 'dir/e.css']);
	one(await did(() => git('reset', '--quiet', '--hard')), ['d.html', 'dir/c.css', 'dir/e.css']);

	// Files that were saved already, and commands that change no file.
	await write('a.css', 'saved\n');
	await world.bus.saved(file('a.css'));
	one(await did(() => git('add', 'a.css')), []);
	one(await did(() => git('commit', '--quiet', '-m', 'saved')), []);
	await utimes(file('a.css'), new Date(), new Date());
	one(await did(() => git('status')), []);
	one(await did(() => git('gc', '--quiet')), []);
	one(await did(() => git('branch', 'other')), []);
	one(await did(() => git('fetch', '--quiet', '.', 'main:third')), []);
	one(await did(() => git('rm', '--quiet', '--cached', 'd.html')), []);
	one(await did(() => git('reset', '--quiet')), []);
	// To another branch and back: no event if it is quick, otherwise all files that were seen
	// changed.
	const back = await did(async () => {
		await git('checkout', '--quiet', 'topic');
		await git('checkout', '--quiet', 'main');
	});
	assert.ok(back.events.length === 0 || back.events.length === 2, JSON.stringify(back));
});

test('a rebase is one event, and so is a series of patches', async t => {
	const { git, did, write, world, root } = await tree(t);
	await commits(world, root, 'topic', ['a.css', 'n#.css'], 50);
	await git('checkout', '--quiet', 'main');
	await write('b.css', 'main\n');
	await git('commit', '--quiet', '-a', '-m', 'main');
	await git('checkout', '--quiet', 'topic');
	await settled(world, 0, { expect: false });
	one(await did(() => git('rebase', '--quiet', 'main')), ['b.css'], /^rebase .*, on topic$/);
	const { events } = await did(() => git('reset', '--quiet', '--hard', 'main'));
	assert.deepEqual(events.map(e => [e['file-count'], e.files.length]), [[51, 16]]);
	await git('format-patch', '--quiet', '-o', '../patches', 'main..ORIG_HEAD');
	const { events: am } = await did(() => run(['sh', '-c', `git -C ${root} am --quiet ${world.home}/patches/*`], world.env));
	assert.deepEqual(am.map(e => e['file-count']), [51]);
	assert.match(am[0].steps[0].text, /^am: 49, on topic$/);
});

test('switch, pull, revert, bisect, and an operation that stops at a conflict', async t => {
	const { git, did, write, world, root, last } = await tree(t);
	const other = path.join(world.home, 'other');
	await git('clone', '--quiet', root, other);
	await writeFile(path.join(other, 'a.css'), 'pulled\n');
	await world.git(other, 'commit', '--quiet', '-a', '-m', 'theirs');
	await git('remote', 'add', 'origin', other);
	one(await did(() => git('fetch', '--quiet', 'origin')), []);
	one(await did(() => git('pull', '--quiet', 'origin', 'main')), ['a.css'], /^pull --quiet origin main: Fast-forward, on main$/);
	await writeFile(path.join(other, 'a.css'), 'again\n');
	await world.git(other, 'commit', '--quiet', '-a', '-m', 'theirs again');
	await write('b.css', 'ours\n');
	await world.bus.saved(path.join(root, 'b.css'));
	one(await did(() => git('commit', '--quiet', '-a', '-m', 'ours')), []);
	one(await did(() => git('pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main')), ['a.css'], /^pull .*, on main$/);
	one(await did(() => git('revert', '--no-edit', '-m', '1', 'HEAD')), ['a.css'], /^revert: .*, on main$/);
	one(await did(() => git('switch', '--quiet', '--create', 'side')), []);
	one(await did(() => git('switch', '--quiet', '--detach', 'HEAD~3')), ['b.css'], /^checkout: moving from side to HEAD~3, on no branch, at /);
	one(await did(() => git('switch', '--quiet', 'side')), ['b.css'], /, on side$/);

	for (let i = 0; i < 8; i++) {
		await write('d.html', `${i}\n`);
		await git('commit', '--quiet', '-a', '-m', `${i}`);
	}
	await settled(world, await last(), { expect: false });
	one(await did(() => git('bisect', 'start', 'HEAD', 'HEAD~8')), ['d.html'], /^checkout: moving from side to .*, on no branch/);
	one(await did(() => git('bisect', 'good')), ['d.html']);
	one(await did(() => git('bisect', 'reset')), ['d.html'], /, on side$/);

	await git('checkout', '--quiet', '-b', 'clash', 'HEAD~1');
	await write('d.html', 'clash\n');
	await git('commit', '--quiet', '-a', '-m', 'clash');
	await settled(world, await last(), { expect: false });
	one(await did(() => git('cherry-pick', 'side').catch(() => {})), ['d.html']);
	one(await did(() => git('cherry-pick', '--abort')), ['d.html'], /, on clash$/);
	one(await did(() => git('merge', '--quiet', 'side').catch(() => {})), ['d.html']);
	one(await did(() => git('merge', '--abort')), ['d.html'], /, on clash$/);
});

test('a rebase that stops at a conflict shows it', async t => {
	const { git, did, write, world, root } = await tree(t);
	await git('checkout', '--quiet', '-b', 'topic');
	await write('a.css', 'topic\n');
	await git('commit', '--quiet', '-a', '-m', 'topic');
	await git('checkout', '--quiet', 'main');
	await write('a.css', 'main\n');
	await git('commit', '--quiet', '-a', '-m', 'main');
	await git('checkout', '--quiet', 'topic');
	await settled(world, 0, { expect: false });
	one(await did(() => git('rebase', '--quiet', 'main').catch(() => {})), ['a.css']);
	await write('a.css', 'both\n');
	one(await did(() => git('add', 'a.css')), ['a.css']);
	const { env } = world;
	world.env = { ...env, GIT_EDITOR: 'true' };
	one(await did(() => git('rebase', '--continue')), []);
	world.env = env;
	assert.equal(await git('status', '--porcelain'), '', root);
});

test('worktrees and submodules have git dirs of their own', async t => {
	const { world, root, git, write } = await tree(t);
	const other = path.join(world.home, 'other');
	await git('worktree', 'add', '--quiet', '-b', 'other', other);
	await git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', root, 'sub');
	await git('commit', '--quiet', '-a', '-m', 'with a submodule');
	const sub = path.join(root, 'sub');
	await world.savecast('track', other);
	await world.savecast('track', sub);
	await settled(world, 0, { expect: false });
	for (const folder of [other, sub]) {
		await writeFile(path.join(folder, 'a.css'), 'there\n');
		const serial = (await world.bus.properties()).LastEvent;
		await world.git(folder, 'commit', '--quiet', '-a', '-m', 'there');
		const [event, ...rest] = await settled(world, serial, { expect: true });
		assert.deepEqual([event.project, event.files, rest], [folder, [path.join(folder, 'a.css')], []]);
	}
	await write('b.css', 'outer\n');
	const serial = (await world.bus.properties()).LastEvent;
	await git('add', '.');
	const events = await settled(world, serial, { expect: true });
	assert.deepEqual(events.map(e => e.files), [[path.join(root, 'b.css')]], 'the submodule is not one of them');
});

test('an index that cannot be read is reported once, and its changes are events', async t => {
	const { world, git, file, write, root } = await tree(t);
	const problem = async () => (await world.savecast('status', '--json').then(r => JSON.parse(r.stdout)))
		.projects[0].problem;
	assert.equal(await problem(), '');
	let serial = (await world.bus.properties()).LastEvent;
	await git('update-index', '--split-index');
	await write('a.css', 'split\n');
	await git('add', '.');
	const events = await settled(world, serial, { expect: true });
	assert.equal(events.at(-1)?.source, 'git');
	assert.match(await problem(), /^git: the index: is split, /);
	assert.match((await world.savecast('status')).stdout, /git: the index: is split/);
	await git('update-index', '--no-split-index');
	await settled(world, 0, { expect: false });
	assert.equal(await problem(), '');
	serial = (await world.bus.properties()).LastEvent;
	await write('b.css', 'whole\n');
	await git('add', '.');
	assert.deepEqual((await settled(world, serial, { expect: true })).map(e => e.files), [[file('b.css')]]);

	for (const bytes of ['', 'DIRC', 'not an index at all']) {
		await writeFile(path.join(root, '.git/new'), bytes);
		await world.git(root, 'status').catch(() => {});
		const { rename } = await import('node:fs/promises');
		await rename(path.join(root, '.git/new'), path.join(root, '.git/index'));
		await settled(world, 0, { expect: false });
		assert.match(await problem(), /^git: the index: is not an index/);
	}
	assert.equal((await world.log('savecastd')).match(/is not an index/g)?.length, 1, 'once');
	await rm(path.join(root, '.git'), { recursive: true });
	await settled(world, 0, { expect: false });
	assert.match(await problem(), /was removed/);

	await git('init', '--quiet');
	world.daemon?.process.kill('SIGHUP');
	await until('another repository to be found', async () => await problem() === '');
	serial = (await world.bus.properties()).LastEvent;
	await git('add', 'a.css');
	assert.deepEqual((await settled(world, serial, { expect: true })).map(e => e.files), [[file('a.css')]]);
});

test('files that the rules exclude are left out, and a deeper project has its own event', async t => {
	const { world, git, did, write, file } = await tree(t);
	await write('.savecast', '[savecast]\n\tignore = *.log\n\tignore = b.css\n');
	await write('dir/.savecast', '');
	await git('add', '.');
	await git('commit', '--quiet', '-m', 'rules');
	await git('checkout', '--quiet', '-b', 'topic');
	for (const name of ['a.css', 'b.css', 'x.log', 'dir/c.css']) {
		await write(name, 'topic\n');
	}
	await git('add', '--force', '.');
	await git('commit', '--quiet', '-m', 'topic');
	await world.savecast('track', file('dir'));
	const { events } = await did(() => git('checkout', '--quiet', 'main'));
	assert.deepEqual(events.map(e => e.files.map(name => path.relative(file('.'), name))).sort(), [['a.css'], ['dir/c.css']]);
});

test('while git is at work, saves wait', async t => {
	const { world, git, did, write, file, root } = await tree(t);
	const held = async () => (await world.bus.projects())[0].HeldBy;
	const lock = file('.git/index.lock');
	const working = await open(lock, 'w'); // as git does while it works below it
	await until('the lock to be seen', async () => await held() === 'git: a command is in progress');
	await write('a.css', 'saved\n');
	const serial = await world.bus.saved(file('a.css'));
	assert.deepEqual((await world.bus.events()).at(-1).steps.map((/** @type {any} */ s) => s.step), ['heard', 'held']);
	await working.close();
	await rm(lock);
	const [event] = await settled(world, serial - 1, { expect: true });
	assert.deepEqual([event.files, event.steps.at(-1)?.step], [[file('a.css')], 'no-tab']);
	await git('checkout', '--quiet', '.');
	await settled(world, serial, { expect: true });

	await commits(world, root, 'topic', ['a.css'], 2);
	await write('b.css', 'main\n');
	await git('commit', '--quiet', '-a', '-m', 'main');
	await git('checkout', '--quiet', 'topic');
	const script = `until savecast status --json | grep -q '"held-by": *"git: rebase is in progress"'; do :; done; date +%N > new.css && savecast save new.css`;
	const { told, events } = await did(() => git('rebase', '--quiet', '--exec', script, 'main'));
	assert.deepEqual([told, events.length], [['b.css', 'new.css'], 1], 'two saves in the middle, and what git did');
});

test('a line that git logs late does not belong to its next command', async t => {
	const { world, git, did, last, write, file } = await tree(t);
	const hook = file('.git/hooks/reference-transaction'), fifo = path.join(world.temp, 'fifo');
	await run(['mkfifo', fifo], world.env);
	const block = () => writeFile(hook, `#!/bin/sh\n[ "$1" != prepared ] || ! grep -q refs/heads/main || { : > '${fifo}.read' && cat '${fifo}'; }\n`, { mode: 0o755 });
	await git('checkout', '--quiet', '-b', 'topic');
	await write('b.css', 'committed\n');
	await git('commit', '--quiet', '-a', '-m', 'b');
	await git('checkout', '--quiet', 'main');
	await settled(world, 0, { expect: false });
	await block();
	const serial = await last();
	const merge = git('merge', '--quiet', 'topic');
	// The files exist and were announced; the reflog of HEAD waits for us.
	const [event] = await settled(world, serial, { expect: true });
	assert.deepEqual(event.files, [file('b.css')]);
	await until('git to be at its log', () => stat(`${fifo}.read`));
	await rm(hook);
	await writeFile(fifo, '');
	await merge;
	// A merge would have kept an edit; this overwrites it.
	await write('b.css', 'edited\n');
	one(await did(() => git('restore', '--staged', '--worktree', 'b.css')), ['b.css'], /^index, on main$/);
});

test('the untracked files of a stash are announced with the others, even if git restores them late', async t => {
	const { world, root, git, last, write, file } = await tree(t);
	await write('b.css', 'edited\n');
	await write('loose.css', 'untracked\n');
	await git('stash', 'push', '--quiet', '--include-untracked');
	await settled(world, 0, { expect: true });
	// After it has written the index, git calls itself for these files: here that call waits for
	// us.
	const fifo = path.join(world.temp, 'fifo'), own = path.join(world.temp, 'own');
	const { stdout: real } = await run(['sh', '-c', 'command -v git'], world.env);
	await run(['sh', '-c', 'mkfifo "$1" && mkdir "$2"', 'sh', fifo, own], world.env);
	await writeFile(path.join(own, 'git'), `#!/bin/sh\n[ "$1" != read-tree ] || cat '${fifo}'\nexec '${real.trim()}' "$@"\n`, { mode: 0o755 });
	const serial = await last();
	const pop = run([real.trim(), '-C', root, 'stash', 'pop', '--quiet'], { ...world.env, GIT_EXEC_PATH: own });
	await writeFile(fifo, '');
	assert.equal((await pop).status, 0);
	const events = await settled(world, serial, { expect: true });
	assert.deepEqual(events.map(({ files }) => [...files].sort()), [[file('b.css'), file('loose.css')]]);
});

test('256 work trees are watched: one without a tab is dropped for a new one, and more are reported', async t => {
	const MAX = 256;
	const world = await World.open(t);
	const first = await world.folder('tree-0', { 'a.html': 'a\n' }, { git: true });
	await world.git(first, 'add', '.');
	await world.git(first, 'commit', '--quiet', '-m', 'first');
	const parent = path.dirname(first);
	const roots = Array.from({ length: MAX + 2 }, (_, i) => path.join(parent, `tree-${i}`));
	const { status } = await run(['sh', '-ec', `cd '${parent}'; for i in $(seq ${MAX + 1}); do cp -r tree-0 tree-$i; done`], world.env);
	assert.equal(status, 0);
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	const watch = (/** @type {number} */ i) => client.watch(i, pathToFileURL(path.join(roots[i], 'a.html')).href);
	const problem = async (/** @type {number} */ i) => JSON.parse((await world.savecast('status', '--json')).stdout)
		.projects.find((/** @type {any} */ one) => one.root === roots[i]).problem;
	const commits = async (/** @type {number} */ i) => {
		const { mark } = client.log;
		await writeFile(path.join(roots[i], 'a.html'), `${i}\n`);
		await world.git(roots[i], 'commit', '--quiet', '--all', '-m', 'next');
		assert.deepEqual((await client.next('reload', { mark })).tabs, [i]);
	};
	for (let i = 0; i < MAX; i++) {
		assert.equal((await watch(i)).state, 'live');
	}
	client.send({ type: 'unwatch', tab: 0 });
	assert.equal((await watch(MAX)).state, 'live');
	assert.equal(await problem(MAX), '');
	await commits(1);
	await commits(MAX);
	await watch(MAX + 1);
	assert.match(await problem(MAX + 1), /^git: 256 work trees are watched already/);
});

test('a rebase of 50 commits is one reload', { skip: missing('chromium') }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const page = (/** @type {number} */ i) => `<h1>${i}</h1><script>sessionStorage.loads = 1 + Number(sessionStorage.loads ?? 0)</script>`;
	const { root, url } = await world.site('site', { 'index.html': page(0), 'b.css': 'b' });
	await world.git(root, 'checkout', '--quiet', '-b', 'main');
	await world.git(root, 'add', '.');
	await world.git(root, 'commit', '--quiet', '-m', 'first');
	await commits(world, root, 'topic', ['index.html'], 50, page);
	await writeFile(path.join(root, 'b.css'), 'main');
	await world.git(root, 'commit', '--quiet', '-a', '-m', 'main');
	const browser = await world.browser();
	const tab = await browser.newPage(url);
	await switchOn(world, tab);
	const loads = async () => Number(await tab.evaluate('sessionStorage.loads'));
	const before = await loads();
	await world.git(root, 'rebase', '--quiet', 'main', 'topic');
	await until('the last commit', async () => await heading(tab) === '49');
	await settled(world, 0, { expect: false });
	await until('all stories to end', async () => (await world.bus.events()).every((/** @type {any} */ e) => e.closed));
	assert.deepEqual([await loads() - before, (await world.bus.events()).length], [1, 1]);
});

test('index formats: 4, sparse, sha256, intent to add', async t => {
	const { git, did, write, world } = await tree(t);
	await git('update-index', '--index-version', '4');
	await write('a.css', 'four\n');
	await write('dir/c.css', 'four\n');
	one(await did(() => git('add', '.')), ['a.css', 'dir/c.css']);
	await write('later.css', 'x\n');
	one(await did(() => git('add', '-N', 'later.css')), ['later.css']);
	await git('add', '.');
	await git('commit', '--quiet', '-m', 'more');
	await settled(world, 0, { expect: false });
	one(await did(() => git('sparse-checkout', 'set', '--cone', '--sparse-index')), ['dir/c.css']);
	await write('a.css', 'sparse\n');
	one(await did(() => git('add', '.')), ['a.css']);
	one(await did(() => git('sparse-checkout', 'disable')), ['dir/c.css']);

	const root = await world.folder('sha256', { 'a.css': 'a' });
	await world.git(root, 'init', '--quiet', '--object-format=sha256');
	await world.git(root, 'add', '.');
	await world.savecast('track', root);
	await appendFile(path.join(root, 'a.css'), 'more');
	const serial = (await world.bus.properties()).LastEvent;
	await world.git(root, 'add', '.');
	assert.deepEqual((await settled(world, serial, { expect: true })).map(e => e.files), [[path.join(root, 'a.css')]]);
});
