// SPDX-License-Identifier: MIT
//
// What the tests of live tabs have in common, for both browsers.

import { findChromium } from './browser/chromium.js';
import { until } from './events.js';
import { findFirefox } from './browser/firefox.js';
import { LONG } from './world.js';

/**
 * @typedef {import('./browser/chromium-page.js').ChromiumPage | import('./browser/firefox-page.js').FirefoxPage} Page
 * @typedef {import('./browser/chromium.js').Chromium | import('./browser/firefox.js').Firefox} Browser
 * @typedef {'chromium' | 'firefox'} Which
 * @typedef {import('./world.js').World} World
 */

/** @type {Which[]} */
export const BROWSERS = ['chromium', 'firefox'];

/**
 * @param {Which} which
 * @returns {string | false} why its tests are skipped
 */
export function missing(which) {
	const path = which === 'firefox' ? findFirefox() : findChromium();
	return path ? false : `${which} is not installed`;
}

/**
 * For long tests of what both browsers do in the same way.
 *
 * @param {Which} which
 * @returns {string | false} why it is skipped
 */
export function missingOrLong(which) {
	return missing(which) || (which === 'firefox' && !LONG && 'runs in Chromium; in Firefox only with --long');
}

/** @param {Page} page @returns {Promise<string>} */
export const heading = (page) => page.evaluate('document.querySelector("h1").textContent');

/** @param {Page} page @returns {Promise<string>} */
export const address = (page) => page.evaluate('location.pathname');

/**
 * @param {World} world
 * @param {number} count without frames
 */
export function live(world, count) {
	return until(`${count} live tabs`, async () => {
		const tabs = (await world.bus.tabs()).filter((/** @type {any} */ { top }) => top === undefined);
		return tabs.filter((/** @type {any} */ tab) => tab.state === 'live').length === count && tabs;
	});
}

/**
 * Switches the tab on and waits until the daemon says so.
 *
 * @param {World} world
 * @param {Page} page
 * @param {number} [count] of live tabs after that
 */
export async function switchOn(world, page, count = 1) {
	await page.clickAction();
	await live(world, count);
}

/**
 * The latest event with its steps, once it is closed.
 *
 * @param {World} world
 * @param {number} [after] only of a later event
 */
export function story(world, after = 0) {
	return until('a closed event', async () => {
		const last = (await world.bus.events()).at(-1);
		return last?.serial > after && last.closed && last;
	});
}

/** @param {{steps: {step: string}[]}} told @returns {string[]} */
export const words = ({ steps }) => steps.map(({ step }) => step);

/**
 * Waits until the page scripts are in the page: before that, the extension knows nothing about it.
 *
 * @param {Browser} browser
 */
export const pageScriptsReady = async (browser) => {
	const { tab } = await browser.activeIcon();
	await until('the page scripts', () => browser.evaluateInWorker(`chrome.scripting.executeScript({
		target: { tabId: ${tab} }, func: () => Boolean(globalThis.savecast?.ready) }).then(([{ result }]) => result)`));
};

/** Waits until the extension knows why the page must not reload. @param {Browser} browser */
export const guarded = (browser) => until('the guard', () => browser.evaluateInWorker(
	"chrome.storage.session.get('tabs').then(({ tabs }) => tabs.some(([, { guard }]) => guard))"));

/**
 * @param {World} world
 * @param {number} event
 * @param {string} step
 * @returns {Promise<any>} the event, once it has this step
 */
export const reaches = (world, event, step) => until(`step ${step} of event ${event}`, async () => {
	const told = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === event);
	if (!told || !words(told).includes(step)) {
		throw new Error(JSON.stringify(told?.steps));
	}
	return told;
});

/**
 * Clicks in the popup, in a tab of its own: the real popup cannot be driven.
 *
 * @param {Browser} browser
 * @param {number} tab
 * @param {string} button the button's id
 */
export async function clickInPopup(browser, tab, button) {
	const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
	try {
		await until(`the button ${button}`, () =>
			popup.evaluate(`(() => {
				const button = document.getElementById(${JSON.stringify(button)});
				return Boolean(button && !button.hidden && (button.click(), true));
			})()`));
	} finally {
		await popup.close();
	}
}
