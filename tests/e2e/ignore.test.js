// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { reaches } from '../lib/live.js';
import { World } from '../lib/world.js';

/**
 * The result of a save: "word: text" of the last step, or the project.
 *
 * @param {World} world
 * @param {string} file
 */
async function fate(world, file) {
	const serial = await world.bus.saved(file);
	const event = (await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial);
	const last = event.steps.at(-1);
	assert.ok(event.files.includes(file)); // saves of one burst are one event
	if (last.step !== 'ignored') {
		return last.step;
	}
	assert.ok(event.closed);
	return `ignored: ${last.text}`;
}

/**
 * @param {World} world
 * @param {string} root
 * @param {Record<string, string>} expected how the result of each file begins
 */
async function fates(world, root, expected) {
	for (const [name, text] of Object.entries(expected)) {
		const seen = await fate(world, path.join(root, name));
		assert.ok(text === 'saved' ? !seen.startsWith('ignored') : seen.startsWith(text), `${name}: ${seen}`);
	}
}

test('temporary files of editors, and files that git ignores, are ignored', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', {
		'.gitignore': '*.pyc\n/dist/\n!keep.pyc\n', 'sub/.gitignore': 'local\n',
		'dist/forced.css': '', 'dist/also': '', 'a.css': '',
	}, { git: true });
	await world.git(root, 'add', '-f', 'dist/forced.css', 'a.css');
	await writeFile(path.join(root, '.git/info/exclude'), 'secret*\n');
	const gitignored = 'ignored: by .gitignore; with savecast.gitignored';
	const droppings = {
		'4913': 'ignored: Vim', 'a.css~': 'ignored: an editor', '.a.css.swp': 'ignored: Vim',
		'.#a.css': 'ignored: Emacs', 'sub/#a.css#': 'ignored: Emacs',
		'.git/COMMIT_EDITMSG': "ignored: git's own",
	};
	await fates(world, root, {
		...droppings,
		'a.css': 'saved', 'x.pyc': gitignored, 'sub/x.pyc': gitignored, 'keep.pyc': 'saved',
		'dist/a.js': gitignored, 'sub/dist/a.js': 'saved', 'sub/local': gitignored, 'local': 'saved',
		'secret.txt': gitignored, 'dist/also': gitignored, 'dist/forced.css': 'saved',
	});
	await writeFile(path.join(root, '.gitignore'), '/tmp\n');
	await fates(world, root, { 'x.pyc': 'saved', 'tmp/x': gitignored });
	await world.folder('site/nested', { '.savecast': '' });
	await writeFile(path.join(root, '.gitignore'), '*.pyc\n');
	await fates(world, root, { 'nested/x.pyc': gitignored, 'nested/x.css': 'saved' });
	await writeFile(path.join(root, '.savecast'), '[savecast]\n\tgitignored\n');
	await world.bus.saved(path.join(root, '.savecast'));
	await fates(world, root, { ...droppings, 'x.pyc': 'saved', 'nested/x.pyc': gitignored });
	const plain = await world.folder('plain', { '.savecast': '', '.gitignore': '*' });
	await fates(world, plain, { 'a.css': 'saved', '4913': 'ignored' });
});

test('the settings ignore, action none and output, in the project\'s file and the user\'s', async t => {
	const world = await World.open(t);
	const root = await world.folder('site', {
		'.savecast': '[savecast]\n\tignore = *.log\n\taction = none /docs/\n\taction = css *.scss\n\toutput = /dist/*.css\n',
		'.gitignore': '/dist/\n',
	}, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n\tignore = *.bak\n[savecast "${root}"]\n\tignore = /mine\n`);
	await world.startDaemon();
	await fates(world, root, {
		'a.log': 'ignored: savecast.ignore: *.log', 'a.bak': 'ignored: savecast.ignore: *.bak',
		'mine/x': 'ignored: savecast.ignore: /mine', 'docs/x.md': 'ignored: savecast.action: none /docs/',
		'docs/x.scss': 'saved', 'dist/a.css': 'saved', 'dist/a.js': 'ignored: by .gitignore',
	});
	await world.configure(`[savecast]\n\tport = ${world.port}\n[savecast "${root}"]\n\tignore = \n`);
	await world.bus.saved(path.join(world.temp, 'config/savecast/config'));
	await fates(world, root, { 'a.log': 'saved', 'a.bak': 'saved', 'mine/x': 'saved' });
});

test('a call with saved and ignored files creates one event for each kind', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', {}, { git: true });
	const at = (/** @type {string} */ name) => path.join(root, name);
	assert.equal(await world.bus.saved(at('a.css~'), at('a.css'), at('4913'), at('b.css')), 1, 'the event of the saved files');
	const events = await world.bus.events();
	assert.deepEqual(events.map((/** @type {any} */ e) => [e.files, e['file-count'], e.closed]), [
		[[at('a.css'), at('b.css')], 2, true],
		[[at('a.css~'), at('4913')], 2, true],
	]);
	await world.bus.saved(...Array.from({ length: 100 }, (_, i) => at(`${i}~`)));
	// If a worker takes a second to read so many, there is another event before, which waits for it.
	await until('the end of the saves', async () => (await world.bus.events()).every((/** @type {any} */ e) => e.closed));
	for (const last of (await world.bus.events()).slice(2)) {
		assert.deepEqual([last.files.length, last['file-count']], [16, 100]);
	}
	assert.equal((await world.bus.events()).at(-1).steps.at(-1).step, 'ignored');
});

test('a file that several projects include creates an event in each', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const mono = await world.folder('mono', {
		'shared/x.css': '', 'lonely/x.css': '',
		'shop/.savecast': '[savecast]\n\tinclude = ../shared/**\n',
		'admin/.savecast': '[savecast]\n\tinclude = ../shared/*.css\n\tignore = *.md\n',
	}, { git: true });
	const outside = await world.folder('outside', {});
	await world.folder('third', { '.savecast': `[savecast]\n\tinclude = ${outside}/*.css\n` });
	for (const name of ['mono/shop/a', 'mono/admin/a', 'third/a']) {
		await world.bus.saved(path.join(world.home, name)); // makes the projects known
		await world.trust(path.dirname(path.join(world.home, name)));
	}
	const claimed = async (/** @type {string} */ file) => {
		await world.bus.saved(file);
		return (await world.bus.events()).filter((/** @type {any} */ e) => e.files.includes(file))
			.map((/** @type {any} */ e) => e.project && path.relative(world.home, e.project));
	};
	assert.deepEqual((await claimed(path.join(mono, 'shared/x.css'))).sort(), ['mono', 'mono/admin', 'mono/shop']);
	assert.deepEqual((await claimed(path.join(mono, 'shared/x.js'))).sort(), ['mono', 'mono/shop']);
	assert.deepEqual(await claimed(path.join(mono, 'lonely/x.css')), ['mono']);
	assert.deepEqual(await claimed(path.join(outside, 'x.css')), ['third'], 'in no project of its own');
	assert.deepEqual(await claimed(path.join(outside, 'x.js')), [undefined]);
});

test('a new ignore rule of git applies from the next save on, in whichever file it is', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '', '.gitignore': '*.one\n' }, { git: true });
	const ignored = 'ignored: by .gitignore';
	const says = async (/** @type {string} */ name, /** @type {string} */ text) => {
		const file = path.join(world.temp, name);
		await mkdir(path.dirname(file), { recursive: true });
		await writeFile(file, text);
		return file;
	};
	let n = 0;
	/** Uses a new file each time, because the first save of a file is never unchanged. */
	const extensions = (/** @type {Record<string, string>} */ expected) => fates(world, root,
		Object.fromEntries(Object.entries(expected).map(([extension, text]) => [`x${n++}.${extension}`, text])));
	// Longer than the resolution of file times. After such a pause the daemon keeps the repository open.
	const settled = () => new Promise(resolve => { setTimeout(resolve, 50); });
	for (let i = 0; i < 2; i++) {
		await settled();
		await extensions({ one: ignored, two: 'saved', six: 'saved' });
	}
	await writeFile(path.join(root, '.gitignore'), '*.two\n');
	await extensions({ one: 'saved', two: ignored });
	const list = await says('list', '*.three\n');
	await world.git(root, 'config', 'core.excludesFile', list);
	await extensions({ three: ignored });
	await settled();
	await extensions({ three: ignored });
	await world.git(root, 'config', '--unset', 'core.excludesFile');
	await extensions({ three: 'saved', four: 'saved' });
	await says('config/git/ignore', '*.four\n');
	await extensions({ four: ignored, five: 'saved' });
	const five = await says('five', '*.five\n');
	const included = await says('included', `[core]\n\texcludesFile = ${list}\n`);
	await says('home/.gitconfig', `[include]\n\tpath = ${included}\n`);
	await extensions({ three: ignored, four: 'saved', five: 'saved' });
	await settled();
	await says('included', `[core]\n\texcludesFile = ${five}\n`);
	await extensions({ three: 'saved', five: ignored });
	await rename(path.join(root, '.git'), path.join(world.temp, 'was.git'));
	await extensions({ two: 'saved', five: 'saved' });
});

test('of many files that wait for a file system, the log names some and counts all', { skip: noFuse() }, async t => {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'remote');
	await world.startDaemon();
	await fs.hang();
	const names = Array.from({ length: 100 }, (_, i) => path.join(fs.folder, `${i}.css`));
	const { files, 'file-count': count } = await reaches(world, await world.bus.saved(...names), 'held');
	assert.deepEqual([files, count], [names.slice(0, 16), 100]);
	await fs.answer();
});
