// SPDX-License-Identifier: MIT
/**
 * Frames that show pages of the page's own server: a save that changes one of them patches it or loads it
 * again alone, and the page around it keeps its state. Where that is not certain, the page is loaded again.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missing, missingOrLong, pageScriptsReady, switchOn } from '../lib/live.js';
import { LONG, World } from '../lib/world.js';

/** Answers with the file of that name; `{{NAME}}` in it stands for another file. Prints each request, and how many were under way at most. */
const SERVER = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
let now = 0, most = 0;
const read = (name) => readFileSync(name, 'utf8').replace(/{{([^}]*)}}/g, (_, other) => read(other));
createServer((request, response) => {
	const { pathname } = new URL(request.url, 'http://localhost');
	if (pathname === '/favicon.ico') {
		response.writeHead(404).end();
		return;
	}
	// The daemon asks with HEAD, at any time.
	if (request.method !== 'HEAD') {
		most = Math.max(most, ++now);
		response.on('close', () => { now--; });
	}
	console.log(request.method + ' ' + pathname + ' ' + request.headers['sec-fetch-dest'] + ' most ' + most);
	setTimeout(() => {
		try {
			const text = request.method === 'POST' ? '<h2>posted</h2>' : read(pathname === '/' ? 'index.html' : pathname.slice(1));
			response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<!doctype html>' + text);
		} catch {
			response.writeHead(404, { 'Content-Type': 'text/html; charset=utf-8' }).end('<h2>none</h2>');
		}
	}, 5);
}).listen(Number(process.argv[2]));`;

const TOP = (/** @type {string} */ frames, text = 'top') => `<title>t</title><h1>${text}</h1><input id="field">${frames}`;
const PART = (/** @type {string} */ text, more = '') => `<title>p</title><h2>${text}</h2><input id="inner">${more}`;
const SCRIPT = '<script>window.ran = 1; document.body.dataset.ran = "1";</script>';
const FRAME = '<iframe id="f" src="/part.html"></iframe>';

/** The quick run has one test of each way to update a frame. */
const ONLY_LONG = !LONG && 'only with --long';

for (const which of BROWSERS) {
	/**
	 * @param {import('node:test').TestContext} t
	 * @param {Record<string, string>} files
	 */
	const open = async (t, files) => {
		const world = await World.open(t, { why: true });
		await world.startDaemon();
		const app = await world.folder('app', { 'app.mjs': SERVER, ...files }, { git: true });
		const { url } = await world.serve('app', app, (port) => [process.execPath, 'app.mjs', String(port)]);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(url);
		await switchOn(world, page);
		await pageScriptsReady(browser);
		/** A page that is its own for the tests that follow. @param {string} name @param {string} text */
		const show = async (name, text) => {
			await writeFile(path.join(app, name), text);
			await page.goto(`${url}${name}`);
			await until('its URL', async () => (await world.bus.tabs()).some((/** @type {any} */ one) => one.url === `${url}${name}` && one.state === 'live'));
			await pageScriptsReady(browser);
			await until('the page', () => page.evaluate('document.readyState === "complete"'));
			await page.evaluate('(window.mark = 1, field.focus(), 1)');
		};
		/**
		 * @param {string} name
		 * @param {string} text
		 * @returns {Promise<any>} the whole story of the save
		 */
		const save = async (name, text) => {
			await writeFile(path.join(app, name), text);
			const serial = await world.bus.saved(path.join(app, name));
			return until(`event ${serial}`, async () => {
				const told = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === serial);
				if (!told?.closed) {
					throw new Error(JSON.stringify(told?.steps));
				}
				return told;
			});
		};
		/** @param {any} told @param {string} step @param {RegExp} text of it */
		const tells = (told, step, text = /./) => {
			const last = told.steps.at(-1);
			assert.equal(last.step, step, JSON.stringify(told.steps));
			assert.match(last.text ?? '', text, JSON.stringify(told.steps));
		};
		/** @param {string} expression @param {any} [value] */
		const is = (expression, value = true) => until(expression, async () => {
			const found = await page.evaluate(expression).catch((/** @type {any} */ error) => String(error));
			if (JSON.stringify(found) !== JSON.stringify(value)) {
				throw new Error(JSON.stringify(found));
			}
			return true;
		});
		const stays = () => is('[window.mark, field.value]', [1, 'half-ty']);
		return { world, browser, page, url, show, save, tells, is, stays };
	};
	/** What the frame shows, and what is typed in it. */
	const HEAD = 'f.contentDocument.querySelector("h2").textContent';
	const TYPED = `${HEAD} + f.contentDocument.querySelector("#inner").value`;

	test(`${which}: a save of the page in a frame updates the frame alone`, { skip: missingOrLong(which) }, async t => {
		const { world, page, show, save, tells, is, stays } = await open(t, {
			'index.html': TOP(''), 'part.html': PART('p1'), 'other.html': PART('o1'), 'deep.html': PART('d1', '<iframe id="in" src="/other.html"></iframe>'), 'made': PART('m1'), 'word': 'w1',
		});
		await show('a.html', TOP(FRAME));
		await page.type('half-ty');
		await page.evaluate('(f.contentDocument.querySelector("#inner").value = "in", 1)');
		// What the frame was made of is not known yet.
		const first = await save('part.html', PART('p2'));
		tells(first, 'loaded', /frame \/part\.html, answered 200/);
		assert.match(first.steps.find((/** @type {any} */ { step }) => step === 'reloading').text, /frame \/part\.html: part\.html changed/);
		await is(TYPED, 'p2in');
		await stays();
		await page.evaluate('(f.contentWindow.kept = 1)');
		tells(await save('part.html', PART('p3')), 'patched', /frame \/part\.html: 1 node/);
		await is(`${TYPED} + f.contentWindow.kept`, 'p3in1');
		await stays();
		// The page around it.
		tells(await save('a.html', TOP(FRAME, 'top 2')), 'patched', /^1 node$/);
		await is('[document.querySelector("h1").textContent, f.contentWindow.kept]', ['top 2', 1]);
		// A script makes a reload of the frame necessary.
		tells(await save('part.html', PART('p4', SCRIPT)), 'loaded', /frame/);
		await is(`${TYPED} + f.contentWindow.ran`, 'p4in1');
		await stays();
		tells(await save('unrelated.html', 'x'), 'unused');
		await stays();

		await t.test('a page that both are made of', async () => {
			await show('both.html', TOP('<iframe id="f" src="/made"></iframe><b>{{word}}</b>'));
			await page.type('half-ty');
			tells(await save('made', PART('m2 {{word}}')), 'loaded', /frame \/made/);
			await is(HEAD, 'm2 w1');
			tells(await save('word', 'w2'), 'patched', /1 node, frame \/made: 1 node/);
			await is(`${HEAD} + document.querySelector("b").textContent`, 'm2 w2w2');
			await stays();
		});

		await t.test('a frame in a frame', { skip: ONLY_LONG }, async () => {
			await show('outer.html', TOP('<iframe id="f" src="/deep.html"></iframe>'));
			await page.type('half-ty');
			const inner = 'f.contentDocument.querySelector("#in").contentDocument';
			await page.evaluate(`(${inner}.querySelector("#inner").value = "deep", f.contentWindow.kept = 1)`);
			tells(await save('other.html', PART('o2')), 'loaded', /frame \/other\.html/);
			await is(`${inner}.querySelector("h2").textContent + ${inner}.querySelector("#inner").value + f.contentWindow.kept`, 'o2deep1');
			// Both pages are new: the inner frame goes with the one around it.
			tells(await save('deep.html', PART('d2', `<iframe id="in" src="/other.html"></iframe>${SCRIPT}`)), 'loaded', /frame \/deep\.html/);
			await is(`${inner}.querySelector("h2").textContent + ${inner}.querySelector("#inner").value + f.contentWindow.ran`, 'o2deep1');
			await stays();
		});

		await t.test('a page that is gone for a moment', { skip: ONLY_LONG }, async () => {
			await show('gone.html', TOP('<iframe id="f" src="/missing.html"></iframe><iframe src="/word"></iframe>'));
			await page.type('half-ty');
			// The frame showed an error before.
			tells(await save('missing.html', PART('there')), 'loaded', /frame \/missing\.html/);
			await is(HEAD, 'there');
			await stays();
		});
		assert.doesNotMatch(await world.log('app'), /most [3-9]/, 'a look makes one request at a time, as the browser may, too');
	});

	test(`${which}: a frame that may show something else than the answer to its URL is loaded again with its page`, { skip: missing(which) || ONLY_LONG }, async t => {
		const { world, page, show, save, tells, is } = await open(t, {
			'index.html': TOP(''), 'part.html': PART('p1', '<form method="post"><button id="b">b</button></form>'), 'next.html': PART('n1'), 'box.html': PART('x1'), 'many.html': PART('y1'), 'made': PART('m1'), 'word': 'w1',
		});
		const reloads = () => is('"mark" in window', false);
		await t.test('of a link that the user followed', async () => {
			await show('link.html', TOP(FRAME));
			await page.evaluate('(f.contentWindow.location.href = "/next.html", 1)');
			await is(HEAD, 'n1');
			tells(await save('next.html', PART('n2')), 'loaded', /^answered/);
			await reloads();
		});
		// Firefox asks the user before it sends the form again.
		await t.test('of a form that was sent', { skip: which === 'firefox' }, async () => {
			await show('form.html', TOP(FRAME));
			await page.evaluate('(f.contentDocument.querySelector("#b").click(), 1)');
			await is(HEAD, 'posted');
			tells(await save('part.html', PART('p2')), 'loaded', /^answered/);
			await reloads();
			assert.equal(((await world.log('app')).match(/POST/g) ?? []).length, 1, 'the form is not sent again');
		});
		// Older versions of Firefox do not say that a script sends a form.
		await t.test('of a form that a script has sent from another page', { skip: which === 'firefox' }, async () => {
			await show('form2.html', TOP(FRAME));
			await page.evaluate('(f.contentWindow.location.href = "/next.html", 1)');
			await is(HEAD, 'n2');
			const before = (await world.log('app')).length;
			await page.evaluate('((form) => { form.method = "post"; form.action = "/part.html"; f.contentDocument.body.append(form); form.submit(); return 1; })(f.contentDocument.createElement("form"))');
			await is(HEAD, 'posted');
			tells(await save('part.html', PART('p3')), 'loaded', /^answered/);
			await reloads();
			assert.equal(((await world.log('app')).slice(before).match(/POST/g) ?? []).length, 1, 'the form is not sent again');
		});
		await t.test('sandboxed', async () => {
			await show('sandbox.html', TOP('<iframe sandbox src="/box.html"></iframe>'));
			tells(await save('box.html', PART('x2')), 'loaded', /^answered/);
			await reloads();
		});
		await t.test('sandboxed, of the same origin, without scripts', async () => {
			await show('sandbox2.html', TOP('<iframe id="f" sandbox="allow-same-origin" src="/box.html"></iframe>'));
			tells(await save('box.html', PART('x3')), 'loaded', /frame \/box\.html/);
			await is(`[${HEAD}, window.mark ?? null]`, ['x3', 1]);
		});
		await t.test('blank, and written in the page itself', async () => {
			await show('blank.html', TOP('<iframe></iframe><iframe id="f" srcdoc="<h2>s1</h2>"></iframe>'));
			tells(await save('blank.html', TOP('<iframe></iframe><iframe id="f" srcdoc="<h2>s1</h2>"></iframe>', 'top 2')), 'patched', /^1 node$/);
			await is('window.mark', 1);
		});
		await t.test('written by a script', async () => {
			await show('script.html', TOP('<iframe id="f" src="/box.html"></iframe>'));
			await page.evaluate('(f.contentDocument.querySelector("h2").textContent = "mine", 1)');
			// What it was made of is not known, and the page that was saved is another one.
			tells(await save('unrelated.html', 'x'), 'unused');
			await is(`[${HEAD}, window.mark ?? null]`, ['mine', 1]);
			tells(await save('box.html', PART('x4')), 'loaded', /frame \/box\.html/);
			await is(`[${HEAD}, window.mark ?? null]`, ['x4', 1]);
			// A file that the server puts into it.
			tells(await save('box.html', PART('x5 {{word}}')), 'patched', /frame \/box\.html/);
			await show('script2.html', TOP('<iframe id="f" src="/box.html"></iframe>'));
			await page.evaluate('(f.contentDocument.querySelector("h2").textContent = "mine", 1)');
			tells(await save('unrelated.html', 'y'), 'unused');
			tells(await save('word', 'new'), 'loaded', /frame \/box\.html/);
			await is(`[${HEAD}, window.mark ?? null]`, ['x5 new', 1]);
		});
		await t.test('but not because of the requests for it', async () => {
			for (const round of [1, 2, 3]) {
				await show(`soon${round}.html`, TOP('<iframe id="f" src="/made"></iframe>'));
				tells(await save('made', PART(`first ${round}`)), 'loaded', /frame \/made/);
				tells(await save('made', PART(`second ${round}`)), 'patched', /frame \/made: 1 node/);
			}
			for (const text of 'abcdefghijklmnopqrst') {
				tells(await save('made', PART(text)), 'patched', /frame \/made: 1 node/);
			}
			await is(`[${HEAD}, window.mark ?? null]`, ['t', 1]);
		});
		await t.test('one of many', async () => {
			await show('all.html', TOP('<iframe src="/many.html"></iframe>'.repeat(50)));
			const before = (await world.log('app')).length;
			tells(await save('many.html', PART('y2')), 'loaded', /^answered/);
			await reloads();
			const asked = (await world.log('app')).slice(before).split('\n').filter((line) => /many\.html/.test(line));
			assert.ok(asked.length <= 52, `${asked.length} requests`);
		});
	});
}
