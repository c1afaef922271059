// SPDX-License-Identifier: MIT
//
// A tab of a real Chromium, over CDP.

import { writeFile } from 'node:fs/promises';

export class ChromiumPage {
	/**
	 * @param {import('./chromium.js').Chromium} browser
	 * @param {string} tabTarget
	 * @param {string} target
	 * @param {string} session
	 */
	constructor(browser, tabTarget, target, session) {
		this.browser = browser;
		this.tabTarget = tabTarget;
		this.target = target;
		this.session = session;
	}

	/**
	 * @param {string} method
	 * @param {object} [params]
	 */
	send(method, params) {
		return this.browser.cdp.send(method, params, this.session);
	}

	/** @param {string} expression */
	evaluate(expression) {
		return this.browser.cdp.evaluate(this.session, expression);
	}

	/** @returns {Promise<unknown>} the next load event; call this before you cause it */
	loaded() {
		return this.browser.cdp.next('Page.loadEventFired', this.session);
	}

	/** @param {string} url */
	async goto(url) {
		const loaded = this.loaded();
		const { errorText } = await this.send('Page.navigate', { url });
		if (errorText) {
			loaded.catch(() => {});
			throw new Error(`page: ${url}: ${errorText}`);
		}
		await loaded;
	}

	/** @param {string} source of a script that runs first in each document from now on */
	preload(source) {
		return this.send('Page.addScriptToEvaluateOnNewDocument', { source });
	}

	activate() {
		return this.browser.cdp.send('Target.activateTarget', { targetId: this.target });
	}

	/** Real key presses in the focused element. @param {string} text */
	async type(text) {
		for (const key of text) {
			await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key });
			await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
		}
	}

	/** Clicks the extension's icon on this tab. */
	clickAction() {
		return this.browser.clickAction(this);
	}

	/** @param {number} width @param {number} height of the viewport */
	resize(width, height) {
		return this.send('Emulation.setDeviceMetricsOverride',
			{ width, height, deviceScaleFactor: 2, mobile: false });
	}

	/** @param {'light' | 'dark'} value the user's preference */
	colors(value) {
		return this.send('Emulation.setEmulatedMedia',
			{ features: [{ name: 'prefers-color-scheme', value }] });
	}

	/** @param {string} path of the PNG file to write */
	async screenshot(path) {
		const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
		await writeFile(path, Buffer.from(data, 'base64'));
	}

	close() {
		return this.browser.cdp.send('Target.closeTarget', { targetId: this.target });
	}
}
