// SPDX-License-Identifier: MIT
/**
 * A git work tree under test: the contents of its files, and what the daemon announces.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run } from './children.js';
import { until } from './events.js';
import { World } from './world.js';

/** @typedef {{serial: number, source: string, project: string, closed: boolean, files: string[],
 *   'file-count': number, steps: {step: string, text: string}[]}} Event */

/**
 * An independent oracle: the contents of every file below a folder.
 *
 * @param {string} root
 * @param {Map<string, string>} [found]
 * @returns {Promise<Map<string, string>>}
 */
export async function contents(root, found = new Map()) {
	for (const name of await readdir(root)) {
		const file = path.join(root, name);
		const stat = await lstat(file);
		if (name === '.git') {
			continue;
		}
		if (stat.isDirectory()) {
			await contents(file, found);
		} else {
			const bytes = stat.isSymbolicLink() ? `-> ${await readlink(file)}` : await readFile(file);
			found.set(file, createHash('sha256').update(bytes).digest('hex'));
		}
	}
	return found;
}

/**
 * @param {Map<string, string>} before
 * @param {Map<string, string>} after
 */
export function difference(before, after) {
	const names = new Set([...before.keys(), ...after.keys()]);
	return [...names].filter(name => before.get(name) !== after.get(name)).sort();
}

/**
 * The daemon's events after `serial`, once it has seen everything that was done before this call.
 *
 * @param {import('./world.js').World} world
 * @param {number} serial
 * @param {{expect: boolean}} options expect: there is at least one, and it comes by itself
 * @returns {Promise<Event[]>}
 */
export async function settled(world, serial, { expect }) {
	const read = async () => (await world.bus.events()).filter((/** @type {Event} */ e) => e.serial > serial);
	if (expect) {
		await until(`an event after ${serial}`, async () => (await read()).some((/** @type {Event} */ e) => e.closed),
			{ every: 5 });
	}
	while (await waits(world)) {
		// Repeats: the daemon may have seen only the first part of what was done.
	}
	return read();
}

/**
 * A hold of the project ends only when the daemon knows what git and a build did meanwhile. So,
 * after a hold, the test knows that no further event comes, without guessing how long to wait.
 *
 * @param {import('./world.js').World} world
 * @returns {Promise<boolean>} whether an event was still to come
 */
async function waits({ bus }) {
	const held = async () => (await bus.projects()).filter(({ HeldBy }) => HeldBy);
	for (const { Root } of await bus.projects()) {
		const [cookie] = await bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [Root, 'the test looks', {}] });
		await bus.call({ member: 'Release', signature: 'u', body: [cookie] });
	}
	const waited = (await held()).length > 0;
	await until('the holds of the projects to end', async () => !(await held()).length, { every: 5 });
	return waited;
}

/**
 * A tracked project with four files in the branch main.
 *
 * @param {import('node:test').TestContext} t
 */
export async function trackedTree(t) {
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
			const began = performance.now();
			await work();
			const msec = performance.now() - began;
			const changed = difference(before, await contents(root));
			const events = await settled(world, serial, { expect: changed.length > 0 });
			return { changed: changed.map(name => path.relative(root, name)), events, msec,
				told: events.flatMap(e => e.files.map(name => path.relative(root, name))).sort(),
				text: events.map(e => e.steps[0].text).join() };
		},
		write: (/** @type {string} */ name, /** @type {string} */ text) => writeFile(file(name), text),
	};
}

/**
 * A new branch with this many commits.
 *
 * @param {import('./world.js').World} world
 * @param {string} root
 * @param {string} branch
 * @param {string[]} files of each; # is the commit's number
 * @param {number} count
 * @param {(i: number) => string} [text]
 */
export async function commits(world, root, branch, files, count, text = String) {
	const stream = Array.from({ length: count }, (_, i) =>
		`commit refs/heads/${branch}\ncommitter Tester <tester@example.test> 1700000000 +0000\ndata <<END\n${i}\nEND\n`
		+ (i ? '' : 'from main\n')
		+ files.map(name => `M 100644 inline ${name.replace('#', String(i))}\ndata <<END\n${text(i)}\nEND\n`).join('')).join('');
	await writeFile(path.join(world.temp, 'stream'), stream);
	await run(['sh', '-c', `git -C '${root}' fast-import --quiet < '${world.temp}/stream'`], world.env);
}

/** Without a sign for so long, git has finished (GIT_SETTLE_USEC). */
const SETTLE_MSEC = 60;

/**
 * One event with exactly these files. If the machine was so busy that git may have paused for longer
 * before it wrote its log, the event may have been announced before, without the command's name.
 *
 * @param {{changed: string[], told: string[], events: any[], text: string, msec: number}} done
 * @param {string[]} files
 * @param {RegExp} [text]
 */
export function one(done, files, text = /^/) {
	assert.deepEqual([done.told, done.events.length], [files, files.length ? 1 : 0]);
	if (files.length) {
		assert.equal(done.events[0].source, 'git');
		assert.match(done.text, done.msec < SETTLE_MSEC ? text : new RegExp(`${text.source}|^index, on `));
	}
}
