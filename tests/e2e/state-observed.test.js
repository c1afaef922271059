// SPDX-License-Identifier: MIT
//
// What the user did is restored after a reload, even if the elements alone do not show it, or
// appear in the page late.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { FirefoxPage } from '../lib/browser/firefox-page.js';
import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, reaches, switchOn } from '../lib/live.js';
import { png, wav } from '../lib/media-files.js';
import { World } from '../lib/world.js';

const FIELDS = `<!doctype html><title>site</title><input id="number" type="number"><input id="mixed" type="checkbox">
<input id="stars" type="hidden" name="stars" value="0"><input id="token" type="hidden" name="csrf" value="a"><button id="star">star</button>
<form id="form"><x-rate id="rate" name="rate" tabindex="0">rate</x-rate></form>
<dialog id="first">first</dialog><dialog id="second">second <input id="inner"></dialog><div id="pop" popover="manual">pop</div>
<textarea id="long" rows="3">${'line\n'.repeat(50)}</textarea><audio id="audio" src="/a.wav" preload="auto" muted></audio>
<script>
	star.onclick = () => { stars.value = '4'; token.value = 'b'; };
	customElements.define('x-rate', class extends HTMLElement {
		static formAssociated = true;
		#internals = this.attachInternals();
		constructor() {
			super();
			this.addEventListener('keydown', ({ key }) => this.set(key));
		}
		set(value) { this.#internals.setFormValue(value); this.shown = value; }
		formStateRestoreCallback(state) { this.set(state); }
	});
	var sent = [];
	for (const type of ['input', 'beforeinput', 'formdata']) { document.addEventListener(type, () => sent.push(type)); }
</script>`;

const FRAMES = `<!doctype html><iframe id="design" srcdoc="<body>draft</body>" onload="contentDocument.designMode = 'on'"></iframe><iframe id="own" src="/one.html"></iframe>
<iframe id="sandboxed" sandbox src="/boxed.html"></iframe><iframe id="elsewhere" src="ELSEWHERE"></iframe>`;

const LATE = `<!doctype html><style>body { margin: 0 } .row { height: 40px } .far { content-visibility: auto; contain-intrinsic-size: auto 10px }
	img { display: block; width: 100% }</style><h1 id="h">one</h1>
<img src="/tall.png" loading="lazy"><main id="list"></main>
<script>setTimeout(() => {
	list.innerHTML = Array.from({ length: 200 }, (_, i) => '<div class="row' + (i % 2 ? ' far' : '') + '" id="r' + i + '">' + i + '</div>').join('');
}, 700);</script>`;

/** The server sends its second half later. */
const COMING = `<!doctype html><input id="typed"><input id="other"><div style="height: 3000px"></div>${'<p>x</p>'.repeat(40)}`;

for (const which of BROWSERS) {
	const skip = missingOrLong(which);

	test(`${which}: what the user did is restored, although the elements alone do not show it`, { skip }, async t => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const other = await world.site('other', { 'boxed.html': '<input id="field">' });
		let pages = 0;

		/** @param {string} name @param {Record<string, string | Buffer>} files */
		const open = async (name, files) => {
			const index = String(files['index.html']).replace('ELSEWHERE', `${other.url}boxed.html`);
			const site = await world.site(name, { ...files, 'index.html': index });
			const page = await browser.newPage(site.url);
			await switchOn(world, page, ++pages);
			await pageScriptsReady(browser);
			let n = 0;
			/** @returns {Promise<number>} the event */
			const save = async () => {
				await page.evaluate('(window.old = true, 1)');
				const file = path.join(site.root, 'index.html');
				await writeFile(file, `${index}<!-- ${++n} -->`);
				return world.bus.saved(file);
			};
			const reload = async () => {
				await reaches(world, await save(), 'loaded');
				await until('the new page', () => page.evaluate('window.old === undefined'));
			};
			/** @param {string} expression @param {unknown} value */
			const comesTo = (expression, value) => until(expression, async () => {
				assert.deepEqual(await page.evaluate(expression), value);
				return true;
			});
			return { page, save, reload, comesTo };
		};

		await t.test('fields, dialogs and sound', async () => {
			const { page, reload, comesTo } = await open('fields', { 'index.html': FIELDS, 'a.wav': wav(60) });
			await page.evaluate('number.focus()');
			await page.type('1-');
			await page.evaluate('(mixed.indeterminate = true, 1)');
			assert.equal(await page.evaluate('number.validity.badInput'), true);
			await reload();
			await comesTo('number.validity.badInput && document.activeElement === number', true);
			// The rest of the text is still to come.
			await page.type('5');
			await comesTo('number.validity.badInput', true);
			assert.equal(await page.evaluate('mixed.indeterminate'), true);
			assert.deepEqual(await page.evaluate('sent.filter((type) => type !== "beforeinput" && type !== "input")'), []);

			await page.evaluate('rate.focus()');
			await page.type('3');
			await comesTo('new FormData(form).get("rate")', '3');
			await page.evaluate('star.focus()');
			await page.type(' ');
			await comesTo('stars.value', '4');
			await page.evaluate('(second.showModal(), first.showModal(), pop.showPopover(), inner.value = "x", 1)');
			await page.evaluate('(audio.currentTime = 30, audio.volume = 0.5, audio.muted = false, audio.playbackRate = 2, 1)');
			await until('the position', () => page.evaluate('Math.abs(audio.currentTime - 30) < 1 && !audio.seeking'));
			await reload();
			await comesTo('new FormData(form).get("rate") + rate.shown', '33');
			assert.equal(await page.evaluate('stars.value'), '4');
			if (which === 'chromium') {
				// Firefox restores it by itself.
				assert.equal(await page.evaluate('token.value'), 'a', 'a token is not restored');
			}
			await comesTo('first.matches(":modal") && second.matches(":modal") && pop.matches(":popover-open")', true);
			// Only what is in the uppermost dialog can be hit or focused.
			assert.equal(await page.evaluate(`(() => {
				const { left, top, width, height } = first.getBoundingClientRect();
				return first.contains(document.elementFromPoint(left + width / 2, top + height / 2)) && (inner.focus(), document.activeElement !== inner);
			})()`), true);
			await comesTo('Math.abs(audio.currentTime - 30) < 1', true);
			await page.evaluate('(first.close(), second.close(), long.setSelectionRange(0, 0), long.focus(), 1)');
			// Firefox scrolls to the caret, in the next frame.
			const inTwoFrames = (/** @type {string} */ expression) => `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(${expression}))))`;
			await page.evaluate(inTwoFrames('long.scrollTop = 300'));
			await reload();
			await comesTo('document.activeElement === long', true);
			await page.evaluate(inTwoFrames('1'));
			await comesTo(inTwoFrames('long.scrollTop'), 300);
			assert.deepEqual(await page.evaluate('[audio.volume, audio.muted, audio.playbackRate]'), [0.5, false, 2]);
		});

		await t.test('frames: their page, and what was typed in them', async () => {
			const { page, reload, comesTo } = await open('frames', {
				'index.html': FRAMES, 'one.html': '<a id="link" href="/two.html">two</a>', 'two.html': '<input id="field">', 'boxed.html': '<input id="field">',
			});
			await comesTo('design.contentDocument.designMode', 'on');
			await page.evaluate('(own.contentDocument.getElementById("link").click(), 1)');
			await comesTo('own.contentDocument.location.pathname', '/two.html');
			await page.evaluate('(own.contentDocument.getElementById("field").value = "typed", 1)');
			await page.evaluate('(design.contentDocument.body.textContent = "draft, edited", 1)');
			// No script of the page can access these frames, but keys reach them.
			await typeInFrames(page, ['sandboxed', 'elsewhere'], 'abc');
			await until('what was typed there', async () => (await frameValues(browser)).join() === 'abc,abc');
			await reload();
			await comesTo('design.contentDocument.body.textContent', 'draft, edited');
			await comesTo('own.contentDocument.location.pathname', '/two.html');
			await comesTo('own.contentDocument.getElementById("field")?.value', 'typed');
			await until('what was typed there', async () => (await frameValues(browser)).join() === 'abc,abc');
		});

		await t.test('what the user types while the new page is still coming, and the rest as it was', async () => {
			const { page, save, comesTo } = await open('coming', { 'index.html': COMING, '.headers': '{"/index": {"pause": 1500}}' });
			await page.evaluate('(typed.value = "before", other.value = "other", scrollTo(0, 900), 1)');
			await save();
			await comesTo('window.old === undefined && document.readyState === "loading" && Boolean(typed)', true);
			// Firefox itself has restored it by now.
			await page.evaluate('(typed.focus(), typed.select(), 1)');
			await page.type('new');
			await comesTo('document.readyState', 'complete');
			await comesTo('other.value', 'other');
			assert.deepEqual(await page.evaluate('[typed.value, document.activeElement.id]'), ['new', 'typed']);
		});

		await t.test('the scroll position of content that comes late, unless the user scrolls', async () => {
			const { page, reload, comesTo } = await open('late', { 'index.html': LATE, 'tall.png': png(1, 8) });
			await comesTo('document.querySelectorAll(".row").length', 200);
			await page.evaluate('(scrollTo(0, 3000), 1)');
			await until('the scroll position', () => page.evaluate('Math.round(scrollY) === 3000'));
			const top = await page.evaluate('document.elementFromPoint(20, 20).id');
			await reload();
			await comesTo('document.querySelectorAll(".row").length', 200);
			await comesTo('Math.round(scrollY)', 3000);
			assert.equal(await page.evaluate('document.elementFromPoint(20, 20).id'), top);
			await reload();
			await page.evaluate('(document.documentElement.focus(), 1)');
			await page.type('x'); // A key, which is the user's.
			await comesTo('document.querySelectorAll(".row").length', 200);
			await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(1))))');
			assert.ok(await page.evaluate('scrollY < 3000'));
			// A scroll bar sends no input event. What is loaded later does not undo it.
			await page.evaluate('(scrollTo(0, 3000), 1)');
			await reload();
			await comesTo('document.querySelectorAll(".row").length', 200);
			await comesTo('Math.round(scrollY)', 3000);
			await page.evaluate(`new Promise((resolve) => {
				scrollTo(0, 500);
				document.querySelector('img').addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(resolve)), { once: true });
				document.querySelector('img').src = '/tall.png?again';
			}).then(() => 1)`);
			assert.equal(await page.evaluate('Math.round(scrollY)'), 500);
		});
	});
}

/** @param {import('../lib/live.js').Browser} browser @returns {Promise<string[]>} of the fields in frames that no script of the page reaches */
async function frameValues(browser) {
	const { tab } = await browser.activeIcon();
	return browser.evaluateInWorker(`chrome.scripting.executeScript({ target: { tabId: ${tab}, allFrames: true }, func: () => {
		try { if (window === top || window.frameElement) { return null; } } catch {}
		return document.getElementById('field')?.value ?? null;
	} }).then((all) => all.map(({ result }) => result).filter((one) => one !== null))`);
}

/** @param {import('../lib/live.js').Page} page @param {string[]} ids of frames @param {string} text */
async function typeInFrames(page, ids, text) {
	if (!('context' in page)) {
		for (const id of ids) {
			await page.evaluate(`(document.getElementById('${id}').focus(), 1)`);
			await page.type(`\t${text}`);
		}
		return;
	}
	const { contexts: [{ children }] } = await page.browser.bidi.send('browsingContext.getTree', { root: page.context });
	for (const { context } of children.filter((/** @type {any} */ one) => one.url.endsWith('/boxed.html'))) {
		const frame = new FirefoxPage(page.browser, context);
		await frame.evaluate('(document.getElementById("field").focus(), 1)');
		await frame.type(text);
	}
}
