// SPDX-License-Identifier: MIT
//
// A tab of a real Firefox, over BiDi. It has the methods of chromium-page.js.

import { writeFile } from 'node:fs/promises';

import { until } from '../events.js';

export class FirefoxPage {
	/**
	 * @param {import('./firefox.js').Firefox} browser
	 * @param {string} context
	 */
	constructor(browser, context) {
		this.browser = browser;
		this.context = context;
	}

	/** @param {string} expression */
	evaluate(expression) {
		return this.browser.bidi.evaluate(this.context, expression);
	}

	/** @returns {Promise<unknown>} the next load event; call this before you cause it */
	loaded() {
		return this.browser.bidi.next('browsingContext.load', ({ context }) => context === this.context);
	}

	/** @param {string} url */
	goto(url) {
		return this.browser.bidi.send('browsingContext.navigate',
			{ context: this.context, url, wait: 'complete' });
	}

	/** @param {string} source of a script that runs first in each document from now on */
	preload(source) {
		return this.browser.bidi.send('script.addPreloadScript', { functionDeclaration: `() => { ${source} }`, contexts: [this.context] });
	}

	activate() {
		return this.browser.bidi.send('browsingContext.activate', { context: this.context });
	}

	/** Real key presses in the focused element. @param {string} text */
	type(text) {
		const actions = [...text].flatMap((value) => ['keyDown', 'keyUp'].map((type) => ({ type, value })));
		return this.browser.bidi.send('input.performActions',
			{ context: this.context, actions: [{ type: 'key', id: 'keyboard', actions }] });
	}

	/** Clicks the extension's icon on this tab. */
	clickAction() {
		return this.browser.clickAction(this);
	}

	/** @param {number} width @param {number} height of the viewport */
	resize(width, height) {
		return this.browser.bidi.send('browsingContext.setViewport',
			{ context: this.context, viewport: { width, height }, devicePixelRatio: 2 });
	}

	/** @param {'light' | 'dark'} value the user's preference */
	async colors(value) {
		const number = value === 'dark' ? 0 : 1;
		await this.browser.evaluateInBrowser(`(Services.prefs.setIntPref(
			'layout.css.prefers-color-scheme.content-override', ${number}), true)`);
		await until(value, () => this.evaluate(`matchMedia('(prefers-color-scheme: ${value})').matches`));
	}

	/** @param {string} path of the PNG file to write */
	async screenshot(path) {
		const { data } = await this.browser.bidi.send('browsingContext.captureScreenshot',
			{ context: this.context });
		await writeFile(path, Buffer.from(data, 'base64'));
	}

	close() {
		return this.browser.bidi.send('browsingContext.close', { context: this.context });
	}
}
