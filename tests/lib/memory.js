// SPDX-License-Identifier: MIT
//
// A process's memory: before an attack, at its peak, and after it.
import { readFile, readdir, writeFile } from 'node:fs/promises';

import { until } from './events.js';
import { SANITIZED } from './world.js';

/**
 * @param {string} text of a file in /proc
 * @param {string} field
 */
const kib = (text, field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);

export class Memory {
	#pid;
	#before = NaN;

	/** @param {import('./world.js').World} world whose daemon it is */
	constructor(world) {
		this.#pid = world.daemon?.process.pid;
	}

	async pss() {
		return kib(await readFile(`/proc/${this.#pid}/smaps_rollup`, 'utf8'), 'Pss');
	}

	/** Without the files that it maps: the share of those depends on which other daemons run. */
	async anonymous() {
		return kib(await readFile(`/proc/${this.#pid}/status`, 'utf8'), 'RssAnon');
	}

	async #rss() {
		return kib(await readFile(`/proc/${this.#pid}/status`, 'utf8'), 'VmRSS');
	}

	async #high() {
		return kib(await readFile(`/proc/${this.#pid}/status`, 'utf8'), 'VmHWM');
	}

	/**
	 * @param {import('node:test').TestContext} t
	 * @param {number} kibibytes that may be resident in addition
	 */
	async givenBack(t, kibibytes) {
		let kept = Infinity;
		await until('free memory to be returned to the kernel', async () => {
			kept = await this.#rss() - this.#before;
			return SANITIZED || kept <= kibibytes;
		}).catch(() => {});
		t.diagnostic(`afterwards: ${kept} KiB more than before (limit ${kibibytes})`);
		if (!SANITIZED && kept > kibibytes) {
			throw new Error(`the daemon keeps ${kept} KiB more than before; at most ${kibibytes} are allowed`);
		}
	}

	async descriptors() {
		return (await readdir(`/proc/${this.#pid}/fd`)).length;
	}

	/** Resets the peak to what is resident now. */
	async begin() {
		await writeFile(`/proc/${this.#pid}/clear_refs`, '5');
		this.#before = await this.#high();
		return this;
	}

	/**
	 * @param {import('node:test').TestContext} t gets the figures as a diagnostic
	 * @param {string} what
	 * @param {number} kibibytes by which the peak may exceed the memory before
	 */
	async bounded(t, what, kibibytes) {
		const grown = await this.#high() - this.#before;
		t.diagnostic(`${what}: at most ${grown} KiB more (limit ${kibibytes}), Pss ${await this.pss()} KiB after it`);
		if (!SANITIZED && grown > kibibytes) {
			throw new Error(`${what}: the daemon took ${grown} KiB more; at most ${kibibytes} are allowed`);
		}
	}
}
