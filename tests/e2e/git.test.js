// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { open, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { commits, one, settled, trackedTree } from '../lib/git-tree.js';
import { heading, missing, switchOn } from '../lib/live.js';
import { REAL_TIME } from '../lib/watched.js';
import { World } from '../lib/world.js';

test('each git command is one event with the files that it changed', async t => {
	const { world, git, did, write, file } = await trackedTree(t);
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
	const { git, did, write, world, root } = await trackedTree(t);
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
	const { git, did, write, world, root, last } = await trackedTree(t);
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
	const { git, did, write, world, root } = await trackedTree(t);
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

test('while git is at work, saves wait', async t => {
	const { world, git, did, write, file, root } = await trackedTree(t);
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
	// Signs that never stop for 60 ms are work in progress as well. No sign for 300 ms would be a pause.
	const script = `${REAL_TIME.join(' ')} perl -e 'while (open F, ">.git/sign") { unlink ".git/sign"; select undef, undef, undef, 0.01 }' & signs=$!; ` +
		`timeout 60 sh -c 'until savecast status --json | grep -q "\\"held-by\\": *\\"git: rebase is in progress\\""; do :; done' && ` +
		'date +%N > new.css && savecast save new.css; saved=$?; kill $signs; exit $saved';
	const { told, events } = await did(() => git('rebase', '--quiet', '--exec', script, 'main'));
	assert.deepEqual([told, events.length], [['b.css', 'new.css'], 1], 'two saves in the middle, and what git did');
});

test('a line that git logs late does not belong to its next command', async t => {
	const { world, git, did, last, write, file } = await trackedTree(t);
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
	const { world, root, git, last, write, file } = await trackedTree(t);
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
