// SPDX-License-Identifier: MIT
/**
 * The events and their steps, as `savecast log` prints them.
 */
import path from 'node:path';
import { createInterface } from 'node:readline';

import { EventLog } from '../../tests/lib/events.js';
import { run } from '../../tests/lib/children.js';

/**
 * @typedef {object} Step
 * @property {number} at microseconds since the save was reported
 * @property {string} step
 * @property {string} [text]
 *
 * @typedef {object} Story an event as savecast log --json prints it
 * @property {number} serial
 * @property {string} source
 * @property {string} [project]
 * @property {string[]} files
 * @property {number} started monotonic, in microseconds
 * @property {boolean} closed
 * @property {Step[]} steps
 */

/** The steps after which others follow. */
const UNDERWAY = ['heard', 'joined', 'left', 'cast', 'reloading', 'pending'];

/** The events that were closed since the daemon was started. */
export class Stories {
	/** @type {EventLog<Story>} */
	#ended = new EventLog();
	/** @type {Set<number>} */
	#told = new Set();
	#ask;

	/**
	 * @param {import('../../tests/lib/children.js').Children} children
	 * @param {string} savecast
	 * @param {NodeJS.ProcessEnv} env
	 */
	constructor(children, savecast, env) {
		this.#ask = () => run([savecast, 'log', '-n', '256', '--json'], env);
		const { process: { stdout } } = children.start('log', [savecast, 'log', '--follow', '--json'],
			{ env, stdout: 'pipe' });
		if (!stdout) {
			throw new Error(`${savecast}: could not be started`);
		}
		createInterface({ input: stdout }).on('line', line => {
			// A line is an event with its steps so far, or one more step. A
			// step does not show whether it is the last one.
			const { steps, step } = JSON.parse(line);
			const newest = step ?? steps.at(-1);
			if (!UNDERWAY.includes(newest?.step)) {
				void this.#read();
			}
		});
	}

	async #read() {
		const { stdout } = await this.#ask();
		for (const line of stdout.split('\n').filter(Boolean)) {
			/** @type {Story} */
			const story = JSON.parse(line);
			if (story.closed && !this.#told.has(story.serial)) {
				this.#told.add(story.serial);
				this.#ended.push(story);
			}
		}
	}

	/**
	 * @param {string} file
	 * @returns {Promise<Story>} the first event of this file
	 */
	first(file) {
		return this.#ended.next(`the end of the save of ${file}`, ({ files }) => files.includes(file),
			{ mark: 0, msec: 30000 });
	}

	/** @param {(story: Story) => void} told called for each event from now on */
	async each(told) {
		for (let { mark } = this.#ended; ; mark += 1) {
			// The longest time that a timer accepts.
			told(await this.#ended.next('the end of an event', () => true, { mark, msec: 2 ** 31 - 1 }));
		}
	}
}

/**
 * An event and its steps, for display.
 *
 * @param {Story} story
 * @param {bigint} [since] monotonic, in ns: the start of the times; by default, the report of the save
 */
export function tell({ serial, source, project, files, started, steps }, since) {
	const offset = since === undefined ? 0 : started - Number(since / 1000n);
	const names = files.map(file => project ? path.relative(project, file) : file);
	return [
		`${source} ${serial}: ${names.join(', ') || project}`,
		`  ${`ms since ${since === undefined ? 'heard' : ':w'}`.padStart(12)}`,
		...steps.map(({ at, step, text }) =>
			`  ${((at + offset) / 1000).toFixed(1).padStart(12)}  ${step.padEnd(10)} ${text ?? ''}`.trimEnd()),
	].join('\n');
}
