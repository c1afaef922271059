// SPDX-License-Identifier: MIT
//
// Pages never show older content than the log says: on the next page, on a page from the
// back/forward cache, in frames that cannot be inspected, at URLs without the file's name.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, guarded, missing, missingOrLong, pageScriptsReady, reaches, story, switchOn, words } from '../lib/live.js';
import { png } from '../lib/media-files.js';
import { LONG, TOP, World } from '../lib/world.js';

const rgb = (/** @type {number} */ n) => `rgb(${n}, 0, 0)`;
const css = (/** @type {string} */ element, /** @type {number} */ n) => `${element} { color: ${rgb(n)} }`;

for (const which of BROWSERS) {
	const skip = missing(which);

	/**
	 * @param {import('node:test').TestContext} t
	 * @param {Record<string, string | Buffer>} files
	 * @param {object} [headers]
	 * @param {{grant?: string[], patch?: boolean}} [options] grant: sites with permission
	 */
	const open = async (t, files, headers = {}, { grant = ['http://localhost/*'], patch = false } = {}) => {
		const world = await World.open(t, { patch });
		await world.startDaemon();
		const site = await world.site('site', { ...files, '.headers': JSON.stringify(headers) });
		const browser = await world.browser(which, grant.length ? { grant } : {});
		const page = await browser.newPage(site.url);
		// If the page has a service worker, waits until that has taken control.
		await until('the page', () => page.evaluate('window.wait === undefined || wait'));
		await switchOn(world, page);
		await pageScriptsReady(browser);
		let last = 0;
		/** @param {string} name @param {string | Buffer} content @returns {Promise<string>} the last step of its event */
		const save = async (name, content) => {
			await writeFile(path.join(site.root, name), content);
			await world.bus.saved(path.join(site.root, name));
			const ended = await story(world, last);
			last = ended.serial;
			return String(words(ended).at(-1));
		};
		/** @param {string} element @param {number} n */
		const shows = (element, n) => until(`${element} ${rgb(n)}`, async () =>
			await page.evaluate(`getComputedStyle(${element}).color`).catch(() => '') === rgb(n));
		return { world, site, browser, page, save, shows };
	};

	test(`${which}: a swapped sheet or picture is new on the next page, too, and on the first one again`, { skip: missingOrLong(which) }, async t => {
		for (const [name, headers] of /** @type {[string, object][]} */ ([
			['max-age', { '/a.': { 'Cache-Control': 'max-age=3600' } }],
			['only an old Last-Modified', { '/a.': { 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' } }],
		])) {
			await t.test(name, async t2 => {
				const html = '<!doctype html><link rel="stylesheet" href="/a.css"><h1 id="h">x</h1><img id="image" src="/a.png">';
				const { site, page, save, shows } = await open(t2, { 'index.html': html, 'two.html': html, 'a.css': css('h1', 1), 'a.png': png(1, 1) }, headers);
				await shows('h', 1);
				assert.equal(await save('a.css', css('h1', 2)), 'swapped');
				await shows('h', 2);
				assert.equal(await save('a.png', png(1, 2)), 'swapped');
				await until('the picture', () => page.evaluate('image.naturalWidth === 2'));
				await page.goto(`${site.url}two.html`);
				await shows('h', 2);
				await until('the picture', () => page.evaluate('image.naturalWidth === 2'));
				await page.goto(`${site.url}index.html`);
				await shows('h', 2);
				await until('the picture', () => page.evaluate('image.naturalWidth === 2'));
			});
		}
	});

	test(`${which}: if the user leaves a page whose reload is pending, the next page has the saved files`, { skip }, async t => {
		const script = '<!doctype html><script src="/a.js"></script>';
		const { world, site, page } = await open(t, {
			'index.html': `${script}<form action="/post" method="post"></form>`, 'posted.html': `${script}<h1 id="posted">thanks</h1>`, 'two.html': script, 'a.js': 'value = 1',
		}, { '/a.js': { 'Cache-Control': 'max-age=3600' } });
		await page.evaluate('(document.forms[0].submit(), 1)');
		await until('the answer', () => page.evaluate('value === 1 && document.readyState === "complete" && Boolean(posted)').catch(() => false));
		await writeFile(path.join(site.root, 'a.js'), 'value = 2');
		await reaches(world, await world.bus.saved(path.join(site.root, 'a.js')), 'pending');
		await until('the cache', () => page.evaluate('fetch("/a.js", { cache: "force-cache" }).then(answer => answer.text()).then(text => text === "value = 2")'));
		await page.goto(`${site.url}two.html`);
		await until('the script', () => page.evaluate('window.value').then(value => assert.equal(value, 2) ?? true));
	});

	test(`${which}: what a style element imports is new after a reload, and on the next page`, { skip: missingOrLong(which) }, async t => {
		const html = (/** @type {number} */ n) => `<!doctype html><style>@import "/a.css";</style><h1 id="h">${n}</h1><script src="/a.js"></script>`;
		const { world, site, page, save, shows } = await open(t, { 'index.html': html(1), 'two.html': html(1), 'a.css': css('h1', 1), 'a.js': '1' },
			{ '/a.': { 'Cache-Control': 'max-age=3600' } });
		await shows('h', 1);
		await writeFile(path.join(site.root, 'a.js'), '2');
		// The script makes it a reload.
		await writeFile(path.join(site.root, 'a.css'), css('h1', 2));
		await world.bus.saved(path.join(site.root, 'a.css'), path.join(site.root, 'a.js'));
		assert.equal(words(await story(world)).at(-1), 'loaded');
		await shows('h', 2);
		await page.goto(`${site.url}two.html`);
		await shows('h', 2);
		assert.equal(await save('a.css', css('h1', 3)), 'swapped');
		await page.goto(site.url);
		await shows('h', 3);
	});

	test(`${which}: a page from the back/forward cache that is older than a save is loaded again`, { skip }, async t => {
		const html = (/** @type {number} */ n) => `<!doctype html><link rel="stylesheet" href="/a.css"><h1 id="h">${n}</h1>
			<input id="field"><details id="more"><summary>s</summary>d</details><input id="file" type="file"><div style="height: 3000px"></div>
			<script>onpageshow = ({ persisted }) => { persisted && sessionStorage.setItem('persisted', 'true'); };</script>`;
		const { site, browser, page, save, shows } = await open(t,
			{ 'index.html': html(1), 'two.html': html(1), 'a.css': css('h1', 1) }, { '/': { 'Cache-Control': 'no-cache' } }, { patch: true });
		const number = () => page.evaluate('document.getElementById("h").textContent').catch(() => '');
		const arrives = (/** @type {string} */ address) => until(address, async () => await page.evaluate('location.pathname').catch(() => '') === address);
		const leave = async () => {
			await page.evaluate('(setTimeout(() => { location.href = "/two.html"; }, 1), 1)');
			await arrives('/two.html');
			await pageScriptsReady(browser);
		};
		const back = async () => {
			await page.evaluate('(setTimeout(() => history.back(), 1), 1)');
			await arrives('/');
		};
		/** Also after a reload. */
		const wasKept = () => page.evaluate('sessionStorage.getItem("persisted") === "true"');
		const typed = async (/** @type {string} */ text) => {
			await page.goto(site.url);
			await pageScriptsReady(browser);
			await page.evaluate(`(sessionStorage.clear(), field.value = '${text}', more.open = true, scrollTo(0, 900), 1)`);
			await leave();
		};
		const restored = (/** @type {string} */ text) => until(`what the user did: ${text}`, () =>
			page.evaluate(`field.value === '${text}' && Math.round(scrollY) === 900 && more.open`).catch(() => false));
		// A page that must not be reloaded waits, each time it is shown.
		await pageScriptsReady(browser);
		await page.evaluate(`(() => { const all = new DataTransfer(); all.items.add(new File(['x'], 'x')); file.files = all.files;
			return file.dispatchEvent(new Event('change', { bubbles: true })); })()`);
		await guarded(browser);
		for (const round of [1, 2]) {
			await leave();
			if (round === 1) {
				await save('index.html', html(2));
			}
			await back();
			await until(`pending, round ${round}`, async () => (await browser.activeIcon()).title.includes('a file is chosen in a form'));
			assert.equal(await page.evaluate('`${h.textContent} ${file.files.length}`'), '1 1');
		}
		await typed('one');
		await save('index.html', html(3));
		await back();
		await until('the new page', async () => await number() === '3');
		assert.ok(await wasKept());
		await restored('one');
		if (which === 'firefox') {
			// In Chromium, such a save changes rules of declarativeNetRequest, which empties that cache.
			await typed('two');
			await save('a.css', css('h1', 2));
			await back();
			await shows('h', 2);
			assert.ok(await wasKept());
			await restored('two');
		}
	});

	test(`${which}: when the user goes back, a page from the browser's cache is loaded again only if it is older than a save`, { skip: missingOrLong(which) }, async t => {
		// With such a handler, the browser does not keep the page itself.
		const html = (/** @type {number} */ n) => `<!doctype html><link rel="stylesheet" href="/a.css"><h1 id="h">${n}</h1><script>onunload = () => {};</script>`;
		// Of a page that is made of a file with another name, the extension does not know that the cache has it.
		const { browser, page, save, shows } = await open(t, { 'home.html': html(1), '.routes': '{"/index.html": ["home.html"]}', 'two.html': html(1), 'a.css': css('h1', 1) },
			{ '/': { 'Cache-Control': 'no-cache' } });
		const seen = () => page.evaluate(`[location.pathname, document.getElementById('h').textContent, performance.getEntriesByType('navigation')[0].type].join(' ')`).catch(() => '');
		const goes = async (/** @type {string} */ how, /** @type {string} */ there) => {
			await page.evaluate(`(setTimeout(() => { ${how}; }, 1), 1)`);
			await until(there, async () => await seen() === there);
			await pageScriptsReady(browser);
		};
		await goes('location.href = "/two.html"', '/two.html 1 navigate');
		assert.equal(await save('home.html', html(2)), 'loaded');
		await pageScriptsReady(browser);
		const saved = Date.now();
		await goes('history.back()', '/ 2 reload');
		await until('another second, since the server says in whole seconds when it answered', () => Date.now() > saved + 1000);
		await page.goto(`${(await page.evaluate('location.origin'))}/`);
		await goes('location.href = "/two.html"', '/two.html 1 navigate');
		await goes('history.back()', '/ 2 back_forward');
		assert.equal(await save('a.css', css('h1', 2)), 'swapped');
		await shows('h', 2);
		assert.equal(await seen(), '/ 2 back_forward');
	});

	test(`${which}: a style sheet that a theme switcher has switched off stays off, and so does an unused alternate one`, { skip }, async t => {
		const { page, save, shows } = await open(t, {
			'index.html': `<!doctype html><link rel="stylesheet" href="/base.css"><link id="dark" rel="stylesheet" href="/dark.css">
				<link id="night" rel="stylesheet" href="/night.css"><style id="dusk">@import "/dusk.css";</style>
				<link rel="stylesheet" title="one" href="/one.css"><link id="two" rel="alternate stylesheet" title="two" href="/two.css">
				<h1 id="h">x</h1><h2 id="i">x</h2>`,
			'base.css': css('h1', 1), 'dark.css': css('h1', 9), 'night.css': css('h1', 9), 'dusk.css': css('h1', 9), 'one.css': css('h2', 1), 'two.css': css('h2', 9),
		});
		await page.evaluate(`(dark.sheet.disabled = true, night.sheet.media.mediaText = dusk.sheet.media.mediaText = 'print', 1)`);
		await shows('h', 1);
		for (const name of ['dark.css', 'night.css', 'dusk.css']) {
			assert.equal(await save(name, css('h1', 8)), 'swapped');
			await shows('h', 1);
		}
		await page.evaluate(`(document.querySelector('#night').sheet.media.mediaText = '', 1)`);
		await shows('h', 8);
		assert.equal(await save('one.css', css('h2', 2)), 'swapped');
		await shows('i', 2);
		// An alternate style sheet that the user did not choose is not switched on.
		assert.equal(await save('two.css', css('h2', 8)), 'swapped');
		await shows('i', 2);
	});

	test(`${which}: nothing that a page uses is taken from the cache after a save, also in workers and later`, { skip: missingOrLong(which) }, async t => {
		const number = (/** @type {string} */ response) => `${response}.then((r) => r.text()).then((text) => Number(/\\d+/.exec(text)[0]))`;
		const { site, page, save } = await open(t, {
			'index.html': `<!doctype html><script>
				var shown = {};
				// Without a reference, Firefox may collect a worker before its answer.
				const kept = [];
				const note = (name, worker) => { kept.push(worker); (worker.port ?? worker).onmessage = ({ data }) => { shown[name] = data; }; };
				note('worker', new Worker('/static/w.js'));
				note('module', new Worker('/static/m.js', { type: 'module' }));
				note('nested', new Worker('/static/up.js'));
				note('shared', new SharedWorker('/static/shared.js'));
				note('blob', new Worker(URL.createObjectURL(new Blob(["importScripts('" + origin + "/static/a.js'); postMessage(a)"]))));
				note('fetching', new Worker('/static/f.js'));
				const audio = new OfflineAudioContext(1, 128, 44100);
				audio.audioWorklet.addModule('/static/audio.js').then(() => {
					const node = new AudioWorkletNode(audio, 'a');
					note('worklet', node);
					node.connect(audio.destination);
					audio.startRendering();
				});
				window.later = () => ${number("fetch('/static/a.js')")};
			</script>`,
			'static/a.js': 'globalThis.a = 1', 'static/w.js': "importScripts('a.js'); postMessage(a)", 'static/m.js': "import './a.js'; postMessage(a)",
			'static/up.js': "(self.inner = new Worker('w.js')).onmessage = ({ data }) => postMessage(data)", 'static/f.js': `${number("fetch('a.js')")}.then(postMessage)`,
			'static/shared.js': "importScripts('a.js'); onconnect = ({ ports: [port] }) => port.postMessage(a)",
			'static/audio.js': `import './a.js'; registerProcessor('a', class extends AudioWorkletProcessor {
				constructor() { super(); this.port.postMessage(a); } process() { return false; } })`,
			'static/d.json': '1', 'data.html': `<!doctype html><script>var shown, worker = new Worker('/static/d.js'); worker.onmessage = ({ data }) => { shown = data; };</script>`,
			'static/d.js': `${number("fetch('d.json')")}.then(postMessage)`,
		}, { '/static': { 'Cache-Control': 'max-age=3600' } });
		const all = (/** @type {number} */ n) => until(`all show ${n}`, async () => {
			const shown = await page.evaluate('shown');
			assert.deepEqual(shown, Object.fromEntries(['worker', 'module', 'nested', 'shared', 'blob', 'fetching', 'worklet'].map((name) => [name, n])));
			return true;
		});
		await all(1);
		for (const n of [2, 3]) {
			assert.equal(await save('static/a.js', `globalThis.a = ${n}`), 'loaded');
			await all(n);
		}
		assert.equal(await page.evaluate('later()'), 3);
		// What the page has not requested, but a worker of the next page will.
		await page.goto(`${site.url}data.html`);
		await until('the data', () => page.evaluate('shown === 1'));
		assert.equal(await save('static/d.json', '2'), 'loaded');
		await until('the new data', () => page.evaluate('shown === 2'));
	});

	test(`${which}: a tab that shows a picture, a style sheet or a part of a page itself`, { skip: missingOrLong(which) }, async t => {
		const { site, page, save } = await open(t, {
			'index.html': '', 'static/a.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="1"/>', 'static/a.css': '1', 'part.html': '1',
			'framed.html': '<!doctype html><iframe id="frame" src="/part.html"></iframe>',
			'fetched.html': '<!doctype html><p id="p"></p><script>fetch("/part.html").then((r) => r.text()).then((text) => { p.textContent = text; });</script>',
		});
		for (const [address, name, content, shown] of [
			['static/a.svg', 'static/a.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="2"/>', 'document.documentElement.getAttribute("width") === "2"'],
			['static/a.css', 'static/a.css', '2', 'document.body.textContent === "2"'],
			['framed.html', 'part.html', '2', 'frame.contentDocument.body.textContent === "2"'],
			['fetched.html', 'part.html', '3', 'p.textContent === "3"'],
		]) {
			await page.goto(`${site.url}${address}`);
			assert.equal(await save(name, content), 'loaded', address);
			await until(address, () => page.evaluate(shown).catch(() => false));
		}
	});

	test(`${which}: unused is reported only if it is certain`, { skip }, async t => {
		const { world, page, site, save, shows } = await open(t, {
			'index.html': '<!doctype html><link rel="stylesheet" href="/static/app.min.css"><h1 id="h">x</h1>',
			'frame.html': '<link rel="stylesheet" href="/static/framed.css">',
			'sandbox.html': '<!doctype html><iframe sandbox src="/frame.html"></iframe>',
			'object.html': '<!doctype html><object data="/frame.html" type="text/html"></object>',
			'combined.html': '<!doctype html><link rel="stylesheet" href="/static/bundle.css?f=part.css"><h1 id="h">x</h1>',
			'static/app.min.css': css('h1', 1), 'static/bundle.css': css('h1', 1), 'static/framed.css': '', 'static/other.css': '', 'static/part.css': '',
		}, { '/static': { 'Cache-Control': 'no-cache' } });
		assert.equal(await save('static/other.css', 'x {}'), 'unused');
		await writeFile(path.join(site.root, 'static/app.min.css'), css('h1', 2));
		// The page uses app.css under another name: app.min.css.
		assert.equal(await save('static/app.css', css('h1', 2)), 'swapped');
		await shows('h', 2);
		// The extension can read only the second.
		for (const [name, end] of [['sandbox', 'loaded'], ['object', 'swapped']]) {
			await page.goto(`${site.url}${name}.html`);
			assert.equal(await save('static/framed.css', `x { color: ${rgb(name.length)} }`), end, name);
		}
		await page.goto(`${site.url}combined.html`);
		await writeFile(path.join(site.root, 'static/bundle.css'), css('h1', 3));
		assert.equal(await save('static/part.css', css('h1', 3)), 'swapped');
		await shows('h', 3);
		await writeFile(path.join(site.root, 'static/bundle.css'), css('h1', 4));
		assert.equal(await save('static/_any.css', css('h1', 4)), 'swapped', 'any file may be part of a bundle');
		await shows('h', 4);
		// A style sheet of another server cannot be read. It may contain the file, or import it.
		const other = await world.serve('other', site.root, (port) => [process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(port)]);
		await writeFile(path.join(site.root, 'static/in.css'), css('h1', 1));
		await writeFile(path.join(site.root, 'static/up-a1b2c3.css'), '@import "in.css";');
		await writeFile(path.join(site.root, 'far.html'),
			`<!doctype html><link rel="stylesheet" href="/static/in.css"><link rel="stylesheet" href="${other.url}static/up-a1b2c3.css"><h1 id="h">x</h1>`);
		await page.goto(`${site.url}far.html`);
		assert.equal(await save('static/in.css', css('h1', 5)), 'loaded');
		await shows('h', 5);
	});

	test(`${which}: what a service worker keeps is not shown, with permission or without`, { skip }, async t => {
		const html = (/** @type {number} */ n) => `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/a.css"><h1 id="h">${n}</h1><script>
			navigator.serviceWorker.register('/sw.js');
			var wait = navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller ? true
				: new Promise((resolve) => { navigator.serviceWorker.oncontrollerchange = () => resolve(true); }));</script>`;
		// In Firefox, only the case without permission is special.
		for (const grant of LONG ? [['http://localhost/*'], []] : [which === 'firefox' ? [] : ['http://localhost/*']]) {
			await t.test(grant.length ? 'with permission' : 'without', async t2 => {
				const { page, save, shows } = await open(t2, { 'index.html': html(1), 'a.css': css('h1', 1), 'sw.js': `
					oninstall = () => skipWaiting();
					onactivate = (event) => event.waitUntil(clients.claim());
					onfetch = (event) => event.respondWith(caches.open('a').then(async (cache) => {
						const kept = await cache.match(event.request, { ignoreSearch: true });
						if (kept) { return kept; }
						const answer = await fetch(event.request);
						cache.put(event.request, answer.clone());
						return answer;
					}));` }, {}, { grant });
				// After this reload, the worker's cache has the page and its style sheet.
				const loaded = page.loaded();
				await page.evaluate('(setTimeout(() => location.reload(), 1), 1)');
				await loaded;
				for (const n of [2, 3, 4]) {
					assert.equal(await save('a.css', css('h1', n)), 'loaded', `${n}`);
					await shows('h', n);
					assert.equal(await save('index.html', html(n)), 'loaded');
					await until('the page', async () => await page.evaluate('h.textContent').catch(() => '') === String(n));
				}
			});
		}
	});
}
