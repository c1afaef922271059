// SPDX-License-Identifier: MIT
//
// A file that is saved while the tab shows a page that does not use it, and that the browser keeps in its
// cache: the page to which the user goes next shows what was saved.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missing, pageScriptsReady, story, switchOn, words } from '../lib/live.js';
import { png } from '../lib/media-files.js';
import { TOP, World } from '../lib/world.js';

const color = (/** @type {string} */ element) => `Number(/\\d+/.exec(getComputedStyle(${element}).color)[0])`;
const css = (/** @type {number} */ n) => `#a { color: rgb(${n}, 0, 0) }`;
const js = (/** @type {number} */ n) => `var a = globalThis.a = ${n};`;
const numbered = (/** @type {number} */ n) => `<!doctype html><title>two</title><p id=a>${n}</p>`;
const page = (/** @type {string} */ body) => `<!doctype html><title>two</title>${body}`;

/**
 * What the next page uses: the case, the page, the file that is saved, its content, the number that is shown, and
 * the page's address if it is not a page of its own.
 *
 * @type {[string, string, string, (n: number) => string | Buffer, string, string?][]}
 */
const CASES = [
	['a style sheet', '<link rel=stylesheet href=/static/a.css><p id=a>x</p>', 'static/a.css', css, color('a')],
	['a style sheet with a version', '<link rel=stylesheet href="/static/v.css?v=1"><p id=a>x</p>', 'static/v.css', css, color('a')],
	['a style sheet that another one imports', '<link rel=stylesheet href=/static/up.css><p id=a>x</p>', 'static/in.css', css, color('a')],
	['a style sheet that a style element imports', '<style>@import "/static/styled.css";</style><p id=a>x</p>', 'static/styled.css', css, color('a')],
	['a style sheet with an old date', '<link rel=stylesheet href=/dated/a.css><p id=a>x</p>', 'dated/a.css', css, color('a')],
	['a script', '<script src=/static/a.js></script>', 'static/a.js', js, 'window.a'],
	['a module of a module', '<script type=module src=/static/upmod.js></script>', 'static/mod.js', js, 'window.a'],
	['a picture', '<img id=a src=/static/a.png>', 'static/a.png', (n) => png(n, n), 'a.naturalWidth'],
	['a picture of a style element', '<style>#a { content: url(/static/ruled.png); display: inline-block }</style><span id=a></span>', 'static/ruled.png', (n) => png(n, n), 'a.getBoundingClientRect().width'],
	['data', '<script>fetch("/static/a.json").then((r) => r.json()).then(({ n }) => { window.a = n; })</script>', 'static/a.json', (n) => `{"n": ${n}}`, 'window.a'],
	['the page of a frame', '<iframe id=a src=/static/part.html></iframe>', 'static/part.html', (n) => `<!doctype html><p>${n}`, 'Number(a.contentDocument.body.textContent)'],
	['a style sheet of a frame', '<iframe id=f srcdoc="<!doctype html><link rel=stylesheet href=/static/framed.css><p id=a>x"></iframe>', 'static/framed.css', css, color('f.contentDocument.getElementById("a")')],
	['a style sheet under another name', '<link rel=stylesheet href=/static/named-BXkqLmNp.css><p id=a>x</p>', 'static/named.css', css, color('a')],
	['a style sheet of another port', '<link rel=stylesheet href=OTHERstatic/far.css><p id=a>x</p>', 'static/far.css', css, color('a')],
	['the page itself', '', 'static/own.html', numbered, 'Number(a.textContent)', 'static/own.html'],
	['the page of a folder, with an old date', '', 'dated/index.html', numbered, 'Number(a.textContent)', 'dated/'],
	['the page itself, without a suffix', '', 'static/clean.html', numbered, 'Number(a.textContent)', 'static/clean'],
	['the template of a page', '', 'static/template.html', numbered, 'Number(a.textContent)', 'static/page'],
];
const OTHERS = { 'static/up.css': '@import "in.css";', 'static/upmod.js': 'import "./mod.js";',
	'.routes': JSON.stringify({ '/static/named-BXkqLmNp.css': ['static/named.css'], '/static/clean': ['static/clean.html'], '/static/page': ['static/template.html'], '/dated/': ['dated/index.html'] }) };
const HEADERS = JSON.stringify({ '/static/': { 'Cache-Control': 'max-age=3600' }, '/dated/': { 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }});
const STRICT = '<!doctype html><meta http-equiv="Content-Security-Policy" content="connect-src \'none\'"><h1>site</h1>';
const FIRST = 10;

/** @typedef {import('node:test').TestContext} TestContext */

/**
 * @param {TestContext} t
 * @param {import('../lib/live.js').Which} which
 * @param {string[]} grant sites with permission
 */
async function open(t, which, grant) {
	const world = await World.open(t);
	await world.startDaemon();
	const files = Object.fromEntries(CASES.map(([, , name, content]) => [name, content(FIRST)]));
	const site = await world.site('site', { 'index.html': '<!doctype html><h1>site</h1>', 'strict.html': STRICT, ...OTHERS, ...files, '.headers': HEADERS });
	const other = await world.serve('other', site.root, (port) => [process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(port)]);
	for (const [i, [, body]] of CASES.entries()) {
		await writeFile(path.join(site.root, `${i}.html`), page(body.replaceAll('OTHER', other.url)));
	}
	const browser = await world.browser(which, grant.length ? { grant } : {});
	const tab = await browser.newPage(site.url);
	await switchOn(world, tab);
	let last = 0;
	const save = async (/** @type {string} */ name, /** @type {string | Buffer} */ content) => {
		await writeFile(path.join(site.root, name), content);
		await world.bus.saved(path.join(site.root, name));
		return ends();
	};
	const ends = async () => {
		const ended = await story(world, last);
		last = ended.serial;
		return words(ended).at(-1);
	};
	/** @param {string} how in the page @param {string} there */
	const goes = async (how, there) => {
		await tab.evaluate(`(setTimeout(() => { ${how}; }, 1), 1)`);
		await until(there, () => tab.evaluate(`location.pathname === '/${there}' && document.readyState === 'complete'`).catch(() => false));
		await pageScriptsReady(browser);
	};
	const go = (/** @type {string} */ to) => goes(`location.href = '/${to}'`, to);
	return { world, site, tab, save, ends, goes, go };
}

/**
 * @param {TestContext} t
 * @param {Awaited<ReturnType<typeof open>>} opened
 * @param {typeof CASES} cases
 */
async function tryAll(t, { tab, save, goes, go }, cases) {
	for (const one of cases) {
		const [what, , name, content, shown, address = `${CASES.indexOf(one)}.html`] = one;
		await t.test(what, async () => {
			const shows = (/** @type {number} */ n) => until(`${what}: ${n}`, async () => {
				assert.equal(await tab.evaluate(shown).catch(() => ''), n);
				return true;
			});
			await go(address);
			await shows(FIRST);
			// Chromium's rules are the same at the second save: they no longer empty its memory.
			for (const n of [1, 2].map((more) => FIRST + more)) {
				await go('');
				assert.match(await save(name, content(n)) ?? '', /^(unused|loaded)$/);
				await go(address);
				await shows(n);
			}
			await go('');
			await save(name, content(FIRST + 3));
			await goes('history.back()', address);
			await shows(FIRST + 3);
		});
	}
}

for (const which of BROWSERS) {
	test(`${which}: the next page shows what was saved, although the browser's cache has what was before`, { skip: missing(which) }, async t => {
		await tryAll(t, await open(t, which, ['http://localhost/*']), CASES);
	});
}

test('chromium: so it does without permission for the site, as long as the click on the icon gives access', { skip: missing('chromium') }, async t => {
	await tryAll(t, await open(t, 'chromium', []), CASES.filter(([what]) => /^(a style sheet|a script|the page itself|the template of a page)$/.test(what)));
});

for (const which of BROWSERS) {
	test(`${which}: the next page is not requested for a save of another file, nor loaded twice`, { skip: missing(which) }, async t => {
		const { world, site, tab, save, ends, go } = await open(t, which, ['http://localhost/*']);
		const seen = () => tab.evaluate(`[performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.css'))]
			.map((entry) => [new URL(entry.name).pathname, entry.transferSize > 0, entry.type].join(' ')).join()`);
		await go('static/own.html');
		await go('');
		assert.equal(await save('static/unused.css', 'i {}'), 'unused');
		await go('static/own.html');
		assert.equal(await seen(), '/static/own.html false navigate');
		await go('0.html');
		await go('');
		assert.equal(await save('static/unused.css', 'b {}'), 'unused');
		await go('0.html');
		assert.match(await seen(), /,\/static\/a.css false /);
		// After this, anything may have changed.
		await go('');
		await writeFile(path.join(site.root, 'static/a.css'), css(99));
		const asked = async () => (await world.log('site')).split('"/static/a.css"').length, before = await asked();
		await world.savecast('reload', site.root);
		await ends();
		await until('the file is loaded again', async () => await asked() > before);
		await go('0.html');
		await until('the new one', () => tab.evaluate(`${color('a')} === 99`));
		// Nor is it a problem of this page that a file is deleted, or that its policy forbids requests.
		await go('strict.html');
		await rm(path.join(site.root, 'static/a.css'));
		await world.bus.saved(path.join(site.root, 'static/a.css'));
		assert.equal(await save('static/unused.css', 'u {}'), 'unused');
		assert.doesNotMatch((await world.savecast('check')).stdout, /static|policy/);
	});
}

for (const which of BROWSERS) {
	test(`${which}: a frame of the next page begins with what was saved while a frame of this page was patched`, { skip: missing(which) }, async t => {
		const { site, tab, save, go } = await open(t, which, ['http://localhost/*']);
		const frame = (/** @type {string} */ notes) => page(`<iframe id=a src=/static/inner.html ${notes}></iframe>`);
		const inner = (/** @type {number} */ n) => `<!doctype html><p>${n}</p>`;
		await Promise.all(Object.entries({ 'static/inner.html': inner(FIRST), 'this.html': frame(''), 'next.html': frame('onload="window.first ??= this.contentDocument.body.textContent"') })
			.map(([name, content]) => writeFile(path.join(site.root, name), content)));
		await go('this.html');
		for (const n of [1, 2, 3].map((more) => FIRST + more)) {
			assert.match(await save('static/inner.html', inner(n)) ?? '', /^(patched|loaded)$/);
			await until(`${n}`, async () => await tab.evaluate('Number(a.contentDocument.body.textContent)') === n);
		}
		await go('next.html');
		assert.equal(await tab.evaluate('Number(first)'), FIRST + 3);
	});
}

/** What the pages begin with, and their headers. @type {[string, string, Record<string, string>][]} */
const STARTS = [['in quirks mode', '', {}], ['with an older encoding', '<!doctype html>', { 'Content-Type': 'text/html; charset=windows-1252' }],
	['whose policy forbids frames', '', { 'Content-Security-Policy': "frame-src 'none'" }]];

for (const which of BROWSERS) {
	test(`${which}: so does a next page like this one, in quirks mode or with an older encoding`, { skip: missing(which) }, async t => {
		const { world, site, tab, save, go } = await open(t, which, ['http://localhost/*']);
		for (const [i, [what, start, headers]] of STARTS.entries()) {
			await t.test(what, async () => {
				const sheet = `static/start${i}.css`, [here, next] = [`here${i}.html`, `next${i}.html`];
				await writeFile(path.join(site.root, '.headers'), JSON.stringify({ ...JSON.parse(HEADERS), [`/${here}`]: headers, [`/${next}`]: headers }));
				const use = `<link rel=stylesheet href=/${sheet}><p id=a>x`, framed = `<iframe id=f srcdoc="<!doctype html>${use}"></iframe>`;
				await Promise.all(Object.entries({ [sheet]: css(FIRST), [here]: `${start}<h1>here</h1>`, [next]: `${start}${use}${framed}` })
					.map(([name, content]) => writeFile(path.join(site.root, name), content)));
				await go(next);
				for (const n of [1, 2].map((more) => FIRST + more)) {
					await go(here);
					assert.match(await save(sheet, css(n)) ?? '', /^(unused|loaded)$/);
					assert.doesNotMatch((await world.savecast('check')).stdout, /policy/);
					if (!headers['Content-Security-Policy']) {
						await go(next);
						assert.deepEqual([await tab.evaluate(color('a')), await tab.evaluate(color('f.contentDocument.getElementById("a")'))], [n, n]);
					}
				}
			});
		}
	});
}
