// SPDX-License-Identifier: MIT
/**
 * VS Code's window in a browser tab, with a real keyboard.
 */
import { until } from '../events.js';

const MODIFIERS = /** @type {Record<string, number>} */ ({ Alt: 1, Control: 2, Meta: 4, Shift: 8 });
const CODES = /** @type {Record<string, [string, number]>} */ ({
	Enter: ['Enter', 13], Escape: ['Escape', 27], End: ['End', 35], Home: ['Home', 36],
	Delete: ['Delete', 46], F1: ['F1', 112], F2: ['F2', 113],
});

export class Workbench {
	/**
	 * @param {import('../browser/chromium.js').Chromium} browser
	 * @param {string} url of code-server
	 * @param {string} root a folder, or a .code-workspace file
	 * @param {string} [file] to open at once, for a name that cannot be typed
	 */
	static async open(browser, url, root, file) {
		// A separate window, so that the tabs of other windows stay visible: a hidden tab is reloaded only when it is shown.
		const page = await browser.newPage(undefined, { newWindow: true });
		await page.activate();
		await page.send('Emulation.setDeviceMetricsOverride',
			{ width: 1280, height: 800, deviceScaleFactor: 1, mobile: false });
		const what = root.endsWith('.code-workspace') ? 'workspace' : 'folder';
		const uri = file && `vscode-remote://${new URL(url).host}${file.split('/').map(encodeURIComponent).join('/')}`;
		const payload = file ? `&payload=${encodeURIComponent(JSON.stringify([['openFile', uri]]))}` : '';
		await page.goto(`${url}?${what}=${encodeURIComponent(root)}${payload}`);
		const workbench = new Workbench(page);
		await workbench.has('.monaco-workbench .part.statusbar');
		return workbench;
	}

	/** @param {import('../browser/chromium-page.js').ChromiumPage} page */
	constructor(page) {
		this.page = page;
	}

	/**
	 * Waits until there is such an element, and returns its text.
	 *
	 * @param {string} selector
	 * @param {{msec?: number, text?: string | RegExp}} [options]
	 */
	async has(selector, { msec = 60000, text = '' } = {}) {
		return until(`VS Code to have ${selector} ${text}`, async () => {
			/** @type {string[]} */
			const found = await this.page.evaluate(
				`[...document.querySelectorAll(${JSON.stringify(selector)})].map(element =>
					((element.innerText ?? '') + ' ' + (element.getAttribute('aria-label') ?? '')).replace(/\\xa0/g, ' '))`);
			const match = found.find(each => typeof text === 'string' ? each.includes(text) : text.test(each));
			if (match === undefined) {
				throw new Error(JSON.stringify(found).slice(0, 500));
			}
			return match || ' ';
		}, { msec, every: 50 });
	}

	/** @param {string} chord 'Control+s', 'Enter', 'Control+Shift+p' */
	async press(chord) {
		const names = chord.split('+');
		const key = names.pop() ?? '';
		const modifiers = names.reduce((sum, name) => sum | MODIFIERS[name], 0);
		const [code, virtual] = CODES[key] ?? [`Key${key.toUpperCase()}`, key.toUpperCase().charCodeAt(0)];
		const event = { modifiers, key, code, windowsVirtualKeyCode: virtual };
		await this.page.send('Input.dispatchKeyEvent',
			{ type: key === 'Enter' ? 'keyDown' : 'rawKeyDown', text: key === 'Enter' ? '\r' : undefined, ...event });
		await this.page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
	}

	/** @param {string} text */
	async type(text) {
		await this.page.send('Input.insertText', { text });
	}

	/** @param {string} selector */
	async click(selector) {
		await this.has(selector);
		const { x, y } = await this.page.evaluate(`(() => {
			const box = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
			return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
		})()`);
		for (const type of ['mousePressed', 'mouseReleased']) {
			await this.page.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
		}
	}

	/**
	 * Types into the quick input, waits for the item, and chooses it.
	 *
	 * @param {string} text
	 * @param {string | RegExp} item
	 */
	async pick(text, item) {
		await this.has('.quick-input-widget input');
		await until('the focus in the quick input', () =>
			this.page.evaluate('Boolean(document.activeElement?.closest(".quick-input-widget"))'));
		// Text that is typed while the list is still being filled may be lost or ignored.
		await until(`${item} in the quick input`, async () => {
			await this.page.evaluate('document.querySelector(".quick-input-widget .quick-input-box input").select()');
			await this.type(text);
			return this.has('.quick-input-list .monaco-list-row.focused', { text: item, msec: 3000 }).then(() => true);
		});
		await this.press('Enter');
	}

	/** @param {string} name a command's name in the palette */
	async command(name) {
		await this.press('F1');
		await this.pick(`>${name}`, name);
	}

	/** @param {string} file its name: opens it with Ctrl+P, and the editor gets the focus */
	async openFile(file) {
		await this.press('Control+p');
		await this.pick(file, file);
		await this.has('.tab.active', { text: file });
		await until(`the focus in ${file}`, async () => {
			if (await this.page.evaluate('Boolean(document.activeElement?.closest(".editor-instance"))')) {
				return true;
			}
			await this.click('.editor-instance .monaco-editor .view-lines');
			return false;
		}, { every: 100 });
	}

	/**
	 * Types at the end of the open file.
	 *
	 * @param {string} text
	 */
	async append(text) {
		await this.press('Control+End');
		await this.type(text);
	}

	/** Types at the end of the open file, and presses Ctrl+S. @param {string} text */
	async edit(text) {
		await this.append(text);
		await this.has('.tab.active.dirty');
		await this.press('Control+s');
		await this.has('.tab.active:not(.dirty)');
	}

	/** @param {string | RegExp} text waits until savecast's status bar item shows it */
	status(text) {
		return this.has('.statusbar-item[id*="savecast"]', { text });
	}
}
