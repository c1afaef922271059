// SPDX-License-Identifier: MIT
//
// What both real browsers have in common: a process with a profile of its own, and the extension.

import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { within } from '../events.js';

/**
 * @typedef {object} Options
 * @property {string} [extension] the folder of an unpacked extension
 * @property {string} [package] its package for a store, which is loaded instead
 * @property {number} [port] where the extension looks for the daemon
 * @property {string[]} [grant] sites that the extension has permission for
 * @property {boolean} [headless] by default, true
 * @property {string[]} [hosts] names that resolve to this machine
 * @property {string[]} [args] further switches
 * @property {any} [again] a browser that was ended with end(): its profile is started again
 * @property {string} [binary] by default, that of $CHROMIUM or $FIREFOX, or the installed one
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
	 * @param {string} profile a folder, which is removed with the browser
	 * @param {RegExp} [noise] lines of its standard error that mean nothing
	 */
	constructor(name, child, profile, noise) {
		this.name = name;
		this.profile = profile;
		this.#child = child;
		/** Settles when its process has ended. */
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
	 * @returns {Promise<any>} its value in the extension
	 */
	evaluateInWorker(expression) {
		throw new Error(expression);
	}

	/**
	 * Sets the daemon's port. A click on the icon then asks for no permission: most tests have it
	 * already, or are about pages without it.
	 *
	 * @param {number} port
	 */
	setPort(port) {
		return this.set({ port, ask: false });
	}

	/** @param {object} settings of the extension */
	async set(settings) {
		await this.evaluateInWorker(`chrome.storage.local.set(${JSON.stringify(settings)})`);
	}

	/**
	 * The toolbar icon of the tab that is active in the first window.
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

	/** @param {number} msec the time limit */
	exit(msec) {
		return within(this.gone, `${this.name}: exit`, msec);
	}

	/**
	 * Ends what is left of the browser.
	 *
	 * @param {number} msec how long it may take to end by itself
	 */
	async remove(msec) {
		await this.exit(msec).catch(() => {});
		process.off('exit', this.#remove);
		this.#remove();
	}

	/** Also runs if the test process ends before it calls close(). */
	#remove = () => {
		try {
			process.kill(-/** @type {number} */ (this.pid), 'SIGKILL');
		} catch {
			// No process of the group exists any more.
		}
		rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
	};
}
