// SPDX-License-Identifier: MIT
//
// What a real browser is, whichever: a process with a profile of its own, and the extension in it.

import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { within } from '../events.js';

/**
 * @typedef {object} Options
 * @property {string} [extension] the folder of an unpacked extension
 * @property {string} [package] a store's package of it, which is loaded in its place
 * @property {number} [port] where the extension is to look for the daemon
 * @property {string[]} [grant] sites that the person gave the extension leave for
 * @property {boolean} [headless] true unless given
 * @property {string[]} [hosts] names that are to be this machine
 * @property {string[]} [args] further switches
 * @property {any} [again] one that has ended with end(): the same person starts it once more
 * @property {string} [binary] else CHROMIUM, else what is installed
 * @property {Record<string, string | undefined>} [env]
 */

export class Browser {
	/** The id of the extension that was loaded last. */
	extensionId = '';
	/** What the browser wrote to its standard error. */
	errors = '';
	#child;

	/**
	 * @param {string} name
	 * @param {import('node:child_process').ChildProcess} child leads a process group
	 * @param {string} profile a folder, which goes with the browser
	 * @param {RegExp} [noise] lines of its standard error that say nothing
	 */
	constructor(name, child, profile, noise) {
		this.name = name;
		this.profile = profile;
		this.#child = child;
		/** Settles when its process is. */
		this.gone = new Promise((resolve) => {
			child.once('exit', resolve);
			child.once('error', resolve);
		});
		this.lines = createInterface({ input: /** @type {any} */ (child.stderr) });
		this.lines.on('line', (line) => {
			if (!noise?.test(line)) {
				this.errors += `${line}\n`;
			}
		});
		process.once('exit', this.#remove);
	}

	get pid() {
		return this.#child.pid;
	}

	/**
	 * @abstract
	 * @param {string} expression
	 * @returns {Promise<any>} what it is in the extension
	 */
	evaluateInWorker(expression) {
		throw new Error(expression);
	}

	/** @param {number} port */
	setPort(port) {
		return this.set({ port });
	}

	/** @param {object} settings of the extension */
	async set(settings) {
		await this.evaluateInWorker(`chrome.storage.local.set(${JSON.stringify(settings)})`);
	}

	/**
	 * What the toolbar shows for the tab that is active in the first window.
	 *
	 * @returns {Promise<{tab: number, badge: string, title: string}>}
	 */
	async activeIcon() {
		return this.evaluateInWorker(`(async () => {
			const [{ id: tabId }] = await chrome.tabs.query({ active: true });
			return {
				tab: tabId,
				badge: await chrome.action.getBadgeText({ tabId }),
				title: await chrome.action.getTitle({ tabId }),
			};
		})()`);
	}

	/** @param {number} msec it takes at most */
	exit(msec) {
		return within(this.gone, `${this.name}: exit`, msec);
	}

	/**
	 * Takes away what is left of it.
	 *
	 * @param {number} msec that it gets to end by itself
	 */
	async remove(msec) {
		await this.exit(msec).catch(() => {});
		process.off('exit', this.#remove);
		this.#remove();
	}

	/** Also run when the test process ends before it came to close(). */
	#remove = () => {
		try {
			process.kill(-/** @type {number} */ (this.pid), 'SIGKILL');
		} catch {
			// No process of the group is left.
		}
		rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
	};
}
