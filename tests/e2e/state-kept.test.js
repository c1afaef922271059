// SPDX-License-Identifier: MIT
//
// What the user did in frames, in editors, in lists of options and in dialogs is restored after a reload, and what the saved
// page opens is open. What would be lost makes the reload wait, in frames and shadow roots, too.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, reaches, switchOn } from '../lib/live.js';
import { wav } from '../lib/media-files.js';
import { World } from '../lib/world.js';

/** It changes with each save, so that the page is reloaded. @param {number} n */
const version = (n) => `<script>window.version = ${n};</script>`;
const frame = (/** @type {string} */ body) => `<iframe id=f srcdoc='<!doctype html>${body}'></iframe>`;
const inner = (/** @type {string} */ selector) => `f.contentDocument.querySelector('${selector}')`;
/** In a frame, in a closed shadow root. */
const CLOSED = `<!doctype html><div id=h></div><script>window.root = h.attachShadow({ mode: 'closed' });
	root.innerHTML = '<input><details><summary>s</summary>d</details>';</script>`;
const caret = '[getSelection().anchorNode?.data, getSelection().anchorOffset, document.activeElement.id]';
const options = (/** @type {string} */ more) => `<select id=s>${more}<option>a<option>b<option>c</select>`;
const late = `<select id=s></select><script>setTimeout(() => ['a', 'b', 'c'].forEach((text) => s.add(new Option(text))), 500);</script>`;

/** What it is, the page, what the user does, and what stays the same. @type {[string, (n: number) => string, string, string][]} */
const CASES = [
	['fields in a closed shadow root in a frame', () => '<iframe id=f src=/closed.html></iframe>',
		'(f.contentWindow.root.querySelector("input").value = "typed", f.contentWindow.root.querySelector("details").open = true, 1)',
		'[f.contentWindow.root?.querySelector("input").value, f.contentWindow.root?.querySelector("details").open]'],
	['sound in a frame', () => frame('<audio src=/a.wav preload=auto></audio>'), `new Promise((resolve) => { const audio = ${inner('audio')};
		audio.volume = 0.5; audio.onseeked = () => resolve(1); const seek = () => { audio.currentTime = 30; }; if (audio.readyState) { seek(); } else { audio.onloadedmetadata = seek; } })`,
	`[Math.round(${inner('audio')}.currentTime / 10), ${inner('audio')}.volume]`],
	['selected text in a frame', () => frame('<p>some prose</p>'), `(f.contentWindow.getSelection().setBaseAndExtent(${inner('p')}.firstChild, 2, ${inner('p')}.firstChild, 6), 1)`,
		'String(f.contentWindow.getSelection())'],
	['details in a frame', () => frame('<details><summary>s</summary>d</details><details open><summary>s</summary>d</details>'),
		'(f.contentDocument.querySelectorAll("details").forEach((one) => { one.open = !one.open; }), 1)', '[...f.contentDocument.querySelectorAll("details")].map(({ open }) => open)'],
	['the caret in an editor', () => '<div id=e contenteditable>some <b>bold</b> text</div>', '(e.focus(), e.lastChild.data = " edited", getSelection().collapse(e.lastChild, 4), 1)', caret],
	['the caret in an editor for plain text', () => '<div id=e contenteditable=plaintext-only>some text</div>', '(e.focus(), e.firstChild.data = "edited text", getSelection().collapse(e.firstChild, 4), 1)', caret],
	['an option, although the saved page has more', (n) => options('<option>new'.repeat(n)), '(s.value = "b", 1)', 's.value'],
	['an option that a script makes late', () => late, 'new Promise((resolve) => { const choose = () => { s.value = "c"; if (s.value) { resolve(1); } else { setTimeout(choose, 20); } }; choose(); })', 's.value'],
	['an open dialog that the user has closed', () => '<dialog id=d open>d</dialog>', '(d.close(), 1)', 'd.open'],
	['what a dialog has returned', () => '<dialog id=d>d</dialog>', '(d.showModal(), d.close("yes"), 1)', 'd.returnValue'],
	['text that the search of the browser has found', () => '<p id=p hidden=until-found>text</p>',
		'(p.dispatchEvent(new Event("beforematch", { bubbles: true })), p.removeAttribute("hidden"), 1)', 'p.hidden'],
];

const CHOOSE = (/** @type {string} */ input, /** @type {string} */ files) => `(() => { const data = new DataTransfer(); ${files} const input = ${input}; input.files = data.files;
	input.dispatchEvent(new Event('input', { bubbles: true, composed: true })); return input.dispatchEvent(new Event('change', { bubbles: true })); })()`;
const ONE = 'data.items.add(new File(["x"], "x"));';

for (const which of BROWSERS) {
	/** @param {import('node:test').TestContext} t @param {Record<string, string | Buffer>} files */
	const open = async (t, files) => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', { ...files, 'index.html': '' });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		/** @param {string} name @param {string} body @param {number} n @returns {Promise<number>} the event */
		const save = async (name, body, n) => {
			await writeFile(path.join(site.root, name), `<!doctype html>${body}${version(n)}`);
			return world.bus.saved(path.join(site.root, name));
		};
		const shows = (/** @type {number} */ n) => until(`version ${n}`, () => page.evaluate(`window.version === ${n}`).catch(() => false));
		/** Shows the page. @param {string} name @param {string} body */
		const begin = async (name, body) => {
			await writeFile(path.join(site.root, name), `<!doctype html>${body}${version(1)}`);
			await page.goto(`${site.url}${name}`);
			await pageScriptsReady(browser);
		};
		return { world, page, save, shows, begin };
	};

	test(`${which}: what the user did in frames, editors and dialogs is restored`, { skip: missingOrLong(which) }, async t => {
		const { world, page, save, shows, begin } = await open(t, { 'closed.html': CLOSED, 'a.wav': wav(60) });
		for (const [i, [name, body, act, state]] of CASES.entries()) {
			await t.test(name, async () => {
				await begin(`${i}.html`, body(1));
				await page.evaluate(act);
				const before = await page.evaluate(state);
				for (const n of [2, 3]) {
					await reaches(world, await save(`${i}.html`, body(n), n), 'loaded');
					await shows(n);
					await until(name, async () => {
						assert.deepEqual(await page.evaluate(state), before);
						return true;
					});
				}
			});
		}
		await t.test('what the saved page opens and chooses, and the user has not touched', async () => {
			const body = (/** @type {string} */ attribute) => `<details id=d ${attribute}><summary>s</summary>d</details><dialog id=g ${attribute}>g</dialog>
				<select id=s><option>a<option ${attribute && 'selected'}>b</select>`;
			await begin('opened.html', body(''));
			for (const [n, attribute] of [[2, 'open'], [3, '']]) {
				await reaches(world, await save('opened.html', body(String(attribute)), Number(n)), 'loaded');
				await shows(Number(n));
				if (which === 'chromium') {
					// Firefox itself restores it.
					await until('the option', () => page.evaluate(`s.value === '${attribute ? 'b' : 'a'}'`));
				}
				await until('as in the file', () => page.evaluate(`d.open === ${attribute === 'open'} && g.open === d.open`));
			}
		});
	});

	test(`${which}: the reload waits for a file that is chosen, and for text that is not saved, in a frame or a shadow root`, { skip: missingOrLong(which) }, async t => {
		const { world, page, save, shows, begin } = await open(t, {});
		for (const [i, [name, body, input]] of /** @type {[string, string, string][]} */ ([
			['a shadow root', '<div id=h><template shadowrootmode=open><input type=file></template></div>', 'h.shadowRoot.querySelector("input")'],
			['a frame', frame('<input type=file>'), inner('input')],
		]).entries()) {
			await t.test(`a file in ${name}`, async () => {
				await begin(`file${i}.html`, body);
				await page.evaluate(CHOOSE(input, ONE));
				const event = await save(`file${i}.html`, body, 2);
				assert.match((await reaches(world, event, 'pending')).steps.at(-1).text, /a file is chosen/);
				await page.evaluate(CHOOSE(input, ''));
				await reaches(world, event, 'loaded');
				await shows(2);
			});
		}
		await t.test('text in a frame', async () => {
			const body = frame('<input><script>const field = document.querySelector("input"); addEventListener("beforeunload", (event) => { if (field.value) { event.preventDefault(); } });</script>');
			await begin('asks.html', body);
			await page.evaluate(`${inner('input')}.focus()`);
			await page.type('x');
			await until('the text', () => page.evaluate(`${inner('input')}.value === 'x'`));
			const event = await save('asks.html', body, 2);
			assert.match((await reaches(world, event, 'pending')).steps.at(-1).text, /asks before it is left/);
			await page.evaluate(`(${inner('input')}.value = '', ${inner('input')}.dispatchEvent(new Event('change', { bubbles: true })))`);
			await reaches(world, event, 'loaded');
			await shows(2);
		});
	});
}
