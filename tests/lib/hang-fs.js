// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { run, whileAlive } from './children.js';
import { until } from './events.js';

const SOURCE = fileURLToPath(new URL('hang-fs.c', import.meta.url));

/** @returns {string | false} why this file system cannot be mounted here */
export function noFuse() {
	if (process.getuid?.() !== 0) {
		return 'needs root, to mount';
	}
	if (!existsSync('/dev/fuse')) {
		return 'there is no /dev/fuse here';
	}
	return spawnSync('pkg-config', ['--exists', 'fuse3']).status !== 0 && 'libfuse3-dev is not installed';
}

/** A folder on a file system that the test can stop from answering. */
export class HangFs {
	/**
	 * @param {import('./world.js').World} world
	 * @param {string} name below the home
	 */
	static async mount(world, name) {
		const program = path.join(world.temp, 'hang-fs');
		const { stdout } = await run(['pkg-config', '--cflags', '--libs', 'fuse3'], process.env);
		const built = await run(['cc', '-O1', '-o', program, SOURCE, ...stdout.trim().split(/\s+/), '-pthread'], process.env);
		if (built.status !== 0) {
			throw new Error(`hang-fs: ${built.stderr}`);
		}
		const fs = new HangFs(world, path.join(world.home, name), path.join(world.temp, `behind-${name}`), `hang-fs-${name.replaceAll('/', '-')}`);
		await mkdir(fs.folder, { recursive: true });
		await mkdir(fs.behind, { recursive: true });
		fs.child = world.children.start(fs.name, [program, fs.behind, fs.folder], { env: process.env });
		// The kernel aborts the waiting calls as soon as the process has ended.
		world.atEnd.push(() => fs.end());
		await whileAlive(fs.child, until('the mount', async () =>
			(await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${fs.folder} `)));
		return fs;
	}

	/**
	 * @param {import('./world.js').World} world
	 * @param {string} folder
	 * @param {string} behind where the files really are, for code that must not wait
	 * @param {string} name of its process
	 */
	constructor(world, folder, behind, name) {
		this.name = name;
		this.world = world;
		this.folder = folder;
		this.behind = behind;
		/** @type {import('./children.js').Child | undefined} */
		this.child = undefined;
	}

	/**
	 * @param {NodeJS.Signals} signal
	 * @param {string} word
	 */
	async #tell(signal, word) {
		const said = async () => (await this.world.log(this.name)).match(/^(hangs|answers|(opens|lists) nothing)$/gm) ?? [];
		const before = (await said()).length;
		this.child?.process.kill(signal);
		await whileAlive(/** @type {any} */ (this.child), until(`the file system to say ${word}`,
			async () => (await said()).slice(before).at(-1) === word, { every: 5 }));
	}

	hang() {
		return this.#tell('SIGUSR1', 'hangs');
	}

	/** Folders and the attributes of files are read, as from a cache, but no file can be opened. */
	openNothing() {
		return this.#tell('SIGALRM', 'opens nothing');
	}

	/** A program waits for such a file. @param {string} name below the folder */
	async waits(name) {
		await until(`${name} to be opened`, async () => (await this.world.log(this.name)).includes(`/${name} waits\n`));
	}

	/** The same, but it is folders that cannot be listed. */
	listNothing() {
		return this.#tell('SIGPROF', 'lists nothing');
	}

	answer() {
		return this.#tell('SIGUSR2', 'answers');
	}

	async end() {
		this.child?.process.kill('SIGKILL');
		await this.child?.ended;
		spawnSync('umount', ['-l', this.folder]);
	}
}
