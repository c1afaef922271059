// SPDX-License-Identifier: MIT
/**
 * What is mounted in a watched project, or unmounted, while it is watched. The daemon runs in a mount
 * namespace of its own, together with a shell that mounts.
 */
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { watched } from '../lib/watched.js';
import { SAVECASTD } from '../lib/world.js';

const UNSHARE = ['unshare', '--user', '--map-current-user', '--keep-caps', '--mount'];
const { status, stderr } = await run([...UNSHARE, 'sh', '-c', 'mount -t tmpfs none /mnt'], process.env);
const skip = status !== 0 && `nothing can be mounted in a namespace of its own: ${stderr.trim()}`;

const disk = (/** @type {string[]} */ ...files) => [{ source: 'disk', files }];

/**
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files
 * @param {{settings?: string}} [options]
 */
async function mounting(t, files, options) {
	/** @type {(command: string) => Promise<void>} */
	let inside = async command => assert.fail(command);
	const site = await watched(t, files, { ...options,
		start: async (world, root) => {
			const shell = world.children.start('savecastd', [...UNSHARE, 'sh', '-c',
				'"$0" & while read -r command; do (eval "$command") && echo done || echo failed; done', SAVECASTD],
			{ env: world.env, stdin: 'pipe', stdout: 'pipe' });
			const answers = createInterface({ input: /** @type {any} */ (shell.process.stdout) })[Symbol.asyncIterator]();
			inside = async command => {
				shell.process.stdin?.write(`cd '${root}'; ${command}\n`);
				assert.equal((await answers.next()).value, 'done', `${command}: ${await world.log('savecastd')}`);
			};
			await until('savecastd on the bus', () => world.bus.daemonRuns(), { every: 5 });
		},
	});
	return { ...site, inside: (/** @type {string} */ command) => inside(command) };
}

test('a folder is mounted in a watched project, written to and unmounted', { skip }, async t => {
	const { did, inside, file, world, project } = await mounting(t, { 'a.css': '1', 'b/c.css': '1', 'b/d/e.css': '1', '.gitignore': 'node_modules\n' });
	const other = path.join(world.home, 'other');
	const filesOf = async (/** @type {string} */ command) => (await did(() => inside(command))).flatMap(({ files }) => files);
	await mkdir(path.join(other, 'd'), { recursive: true });
	await mkdir(file('node_modules'));
	await writeFile(path.join(other, 'c.css'), '2');
	await writeFile(path.join(other, 'd/e.css'), '1');

	assert.deepEqual(await did(() => inside(`mount --bind ${other} b`)), disk('b/c.css'), 'the others have the same bytes');
	assert.deepEqual(await did(() => writeFile(path.join(other, 'c.css'), '3')), disk('b/c.css'));
	assert.deepEqual(await did(() => writeFile(path.join(other, 'd/e.css'), '3')), disk('b/d/e.css'));
	assert.deepEqual(await did(() => writeFile(file('b/c.css'), '4'), { expect: false }), [], 'it is hidden');
	assert.deepEqual(await did(() => inside('umount b')), disk('b/c.css', 'b/d/e.css'));
	assert.deepEqual(await did(() => writeFile(path.join(other, 'c.css'), '5'), { expect: false }), [], 'it is elsewhere');
	assert.deepEqual(await did(() => writeFile(file('b/d/e.css'), '5')), disk('b/d/e.css'));

	// A file system of its own: the kernel removes the watches when it is unmounted.
	assert.ok(await filesOf('mount -t tmpfs none b && mkdir b/d && echo 6 >b/d/new.css').then(files => files.includes('b/d/new.css')));
	assert.deepEqual(await did(() => inside('echo 7 >b/d/new.css')), disk('b/d/new.css'));
	assert.ok(await filesOf('umount b').then(files => files.includes('b/c.css')));
	assert.deepEqual(await did(() => writeFile(file('b/c.css'), '8')), disk('b/c.css'));

	assert.deepEqual(await did(() => inside('mount -t tmpfs none node_modules && echo 1 >node_modules/a.css'), { expect: false }), [], 'it is ignored');
	assert.equal((await project()).Watch, 'on');
	assert.equal((await project()).Problem, '');
});

test('a file, or the whole project, is mounted over another', { skip }, async t => {
	const { did, inside, file, world, root } = await mounting(t, { 'a.css': '1', 'b.css': '1' });
	const other = path.join(world.home, 'other.css');
	await writeFile(other, '2');
	assert.deepEqual(await did(() => inside(`mount --bind ${other} a.css`)), disk('a.css'));
	assert.deepEqual(await did(() => writeFile(other, '3')), disk('a.css'));
	assert.deepEqual(await did(() => inside('umount a.css')), disk('a.css'));
	assert.deepEqual(await did(() => writeFile(other, '4'), { expect: false }), []);
	assert.deepEqual(await did(() => writeFile(file('a.css'), '5')), disk('a.css'));

	const whole = path.join(world.home, 'whole');
	await run(['cp', '-a', file('.'), whole], world.env);
	await writeFile(path.join(whole, 'b.css'), '6');
	assert.deepEqual(await did(() => inside(`mount --bind ${whole} .`)), disk('b.css'));
	assert.deepEqual(await did(() => writeFile(path.join(whole, 'a.css'), '7')), disk('a.css'));
	assert.deepEqual(await did(() => inside(`cd /; umount ${root}`)), disk('a.css', 'b.css'));
	assert.deepEqual(await did(() => writeFile(file('b.css'), '8')), disk('b.css'));
});

test('a file system is mounted over an output folder', { skip }, async t => {
	const { did, inside, file } = await mounting(t, { 'dist/a.css': '1' }, { settings: '\toutput = dist/\n' });
	const output = [{ source: 'output', files: ['dist/a.css'] }];
	assert.deepEqual(await did(() => inside('mount -t tmpfs none dist && echo 2 >dist/a.css')), output);
	assert.deepEqual(await did(() => inside('echo 3 >dist/a.css')), output);
	assert.deepEqual(await did(() => inside('umount dist')), output);
	assert.deepEqual(await did(() => writeFile(file('dist/a.css'), '4')), output);
});

test('a FUSE file system that is mounted in a watched project is not watched, and status says so', { skip: noFuse() }, async t => {
	const { did, sh, world, project } = await watched(t, { 'a.css': '1', 'sub/b.css': '1' });
	assert.deepEqual(await did(() => rm(path.join(world.home, 'site/sub'), { recursive: true })), disk('sub/b.css'));
	const far = await HangFs.mount(world, 'site/sub');
	await until('the problem', async () => /\/sub: is on a network or FUSE file system/.test((await project()).Problem));
	assert.deepEqual(await did(() => sh('echo 2 >sub/b.css; echo 2 >a.css')), disk('a.css'));
	await far.end();
	await until('all to be watched', async () => (await project()).Watch === 'on' && (await project()).Problem === '');
	assert.deepEqual(await did(() => sh('echo 3 >sub/b.css')), disk('sub/b.css'));
});
