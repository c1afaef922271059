// SPDX-License-Identifier: MIT
//
// The real popup, and the browser's own prompt for permission for a site: clicked as a user does,
// in both browsers.

import { until } from './events.js';

/**
 * @typedef {import('./browser/chromium.js').Chromium} Chromium
 * @typedef {import('./browser/firefox.js').Firefox} Firefox
 * @typedef {import('./live.js').Page} Page
 */

/** The middle of an element. @param {string} id */
const middle = (id) => `(() => {
	const { x, y, width, height } = document.getElementById(${JSON.stringify(id)}).getBoundingClientRect();
	return width ? { x: x + width / 2, y: y + height / 2 } : null;
})()`;

/**
 * The position of the element after it has stopped moving: messages to the popup move it.
 *
 * @param {string} id
 * @param {() => Promise<{x: number, y: number} | null>} look
 */
function resting(id, look) {
	let before = '';
	return until(`${id}, at rest`, async () => {
		const at = await look(), now = JSON.stringify(at), rests = now === before;
		before = now;
		return rests ? at : null;
	}, { every: 100 });
}

/** The popup, in Firefox's window. */
const POPUP = `[...document.querySelectorAll('browser')].find((one) => one.currentURI?.filePath === '/ui/popup.html')`;

/** @param {Chromium} browser @returns {Promise<any>} the target of its popup, if it is open */
export const popupTarget = async (browser) => (await browser.cdp.send('Target.getTargets')).targetInfos
	.find((/** @type {any} */ { url }) => url.startsWith(browser.extensionUrl('ui/popup.html')));

/**
 * @param {Chromium} browser
 * @param {string} id
 */
async function clickInChromium(browser, id) {
	const { targetId } = await until('the popup', () => popupTarget(browser));
	const { sessionId } = await browser.cdp.send('Target.attachToTarget', { targetId, flatten: true });
	const at = await resting(id, () => browser.cdp.evaluate(sessionId, middle(id)));
	for (const type of ['mousePressed', 'mouseReleased']) {
		// Does not wait: the prompt closes the popup, which then cannot answer.
		browser.cdp.send('Input.dispatchMouseEvent', { type, ...at, button: 'left', clickCount: 1 }, sessionId)
			.catch(() => {});
	}
}

/**
 * No protocol shows the popup's page: the browser's own window finds the element, and clicks it.
 *
 * @param {Firefox} browser
 * @param {string} id
 */
async function clickInFirefox(browser, id) {
	const look = `content.document.readyState === 'complete' && ${middle(id).replaceAll('document.', 'content.document.')}`;
	const at = await resting(id, () => browser.evaluateInBrowser(`(async () => {
		const popup = ${POPUP};
		const told = new Promise((resolve) => popup.messageManager.addMessageListener('at', ({ data }) => resolve(data)));
		popup.messageManager.loadFrameScript('data:,' + ${JSON.stringify(encodeURIComponent(`sendAsyncMessage('at', ${look})`))}, false);
		return told;
	})()`));
	await browser.evaluateInBrowser(`(async () => {
		const { x, y } = ${POPUP}.getBoundingClientRect();
		for (const [type, buttons] of [['mousedown', 1], ['mouseup', 0]]) {
			window.synthesizeMouseEvent(type, x + ${at.x}, y + ${at.y}, { button: 0, clickCount: 1, buttons }, {});
		}
	})()`);
}

/**
 * Clicks the icon of a live tab, which opens the popup, and then an element of the popup.
 *
 * @param {Page} page
 * @param {string} id
 */
export async function clickInRealPopup(page, id) {
	const { browser } = page;
	if ('bidi' in browser) {
		// Firefox's popup stays open beside the prompt; a click on the icon would close it.
		if (!await browser.evaluateInBrowser(`Boolean(${POPUP})`)) {
			await page.clickAction();
		}
		await clickInFirefox(browser, id);
	} else {
		await page.clickAction();
		await clickInChromium(browser, id);
	}
}

/**
 * Chromium's prompt ignores keys at first, so that a key that was meant for the page cannot
 * answer it.
 */
const GUARD_MSEC = 1000;

/**
 * No protocol can control Chromium's prompt. The only sign of an answer is that the page gets the
 * focus again.
 *
 * @param {Chromium} browser
 * @param {Page} page
 * @param {import('./display.js').Display} display
 * @param {boolean} yes
 */
async function answerInChromium(browser, page, display, yes) {
	await until('the end of the popup', async () => !await popupTarget(browser));
	// The prompt takes the focus. Without it, the page would get the keys.
	await until('the prompt', () => page.evaluate('!document.hasFocus()'));
	// "Deny" has the focus; "Allow" is next.
	let keys = yes ? ['Tab', 'Return'] : ['Escape'];
	await until('an answer', async () => {
		await new Promise((resolve) => setTimeout(resolve, GUARD_MSEC));
		await display.press(...keys);
		keys = keys.slice(-1);
		return until('the focus', () => page.evaluate('document.hasFocus()'), { msec: GUARD_MSEC });
	});
}

/**
 * Waits for the browser's prompt and answers it.
 *
 * @param {Page} page
 * @param {import('./display.js').Display | undefined} display Chromium's display
 * @param {boolean} yes
 */
export async function answer(page, display, yes) {
	if (display) {
		await answerInChromium(/** @type {Chromium} */ (page.browser), page, display, yes);
		return;
	}
	const { browser } = /** @type {import('./browser/firefox-page.js').FirefoxPage} */ (page);
	await until('the prompt', () => browser.evaluateInBrowser(`(() => {
		const asked = document.getElementById('addon-webext-permissions-notification');
		return PopupNotifications.isPanelOpen && asked && (asked.${yes ? 'button' : 'secondaryButton'}.click(), true);
	})()`));
}
