// SPDX-License-Identifier: MIT
//
// On a site with permission a tab requests the page before a reload: the page is patched, stays,
// or is reloaded if it must be.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { build } from 'esbuild';

import { until } from '../lib/events.js';
import { BROWSERS, pageScriptsReady, missing, missingOrLong, reaches, story, switchOn, words } from '../lib/live.js';
import { TOP, World } from '../lib/world.js';

const INDEX = `<!doctype html><title>one</title><link rel=stylesheet href="/static/app.css">
<h1>one</h1><input id=i><ul><li>a</li><li>b</li></ul><script src="/static/app.js"></script>`;

for (const which of BROWSERS) {
	const skip = missing(which);

	/**
	 * A live tab that shows the site.
	 *
	 * @param {import('node:test').TestContext} t
	 * @param {{headers?: object, index?: string}} [given]
	 */
	const open = async (t, { headers = {}, index = INDEX } = {}) => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', {
			'index.html': index, 'other.html': '<!doctype html><p>other</p>', '.headers': JSON.stringify(headers),
			'static/app.css': 'h1 { color: rgb(1, 0, 0) }', 'static/app.js': 'window.script = 1', 'server.py': '',
		});
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await pageScriptsReady(browser);
		await page.evaluate('window.untouched = true');
		/** @param {string} name @param {string} text */
		const write = (name, text) => writeFile(path.join(site.root, name), text);
		/** @param {string} name @param {string} text @returns {Promise<any>} the closed event */
		const save = async (name, text) => {
			await write(name, text);
			const event = await world.bus.saved(path.join(site.root, name));
			return until('the end of the save', async () => {
				const told = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === event);
				return told?.closed && told;
			});
		};
		/** @param {any} told @param {RegExp} end the last step and its text */
		const ended = (told, end) => {
			// Problems of the page itself are reported as steps, too.
			const { step, text } = told.steps.filter((/** @type {any} */ one) => one.step !== 'problem').at(-1);
			assert.match(`${step}: ${text}`, end, JSON.stringify(told.steps));
		};
		const requests = async () => (await world.log('site')).split('\n').filter((line) => line.includes('"url":"/"')).length;
		const isOld = () => page.evaluate('window.untouched === true');
		return { world, site, browser, page, write, save, ended, requests, isOld };
	};

	test(`${which}: a changed text is patched with one request, and the user's state stays`, { skip }, async t => {
		const { page, save, ended, requests, isOld } = await open(t);
		await page.evaluate('document.getElementById("i").value = "typed"');
		const before = await requests();
		ended(await save('index.html', INDEX.replace('<h1>one', '<h1>two').replace('<title>one', '<title>two')), /^patched: 2 nodes$/);
		assert.equal(await page.evaluate('`${document.querySelector("h1").textContent} ${document.title} ${document.getElementById("i").value}`'), 'two two typed');
		assert.equal(await requests() - before, 1);
		// The patched page is the base of the next patch.
		ended(await save('index.html', INDEX.replace('<h1>one', '<h1>three').replace('<title>one', '<title>two').replace('<li>b', '<li>a2</li><li>b')), /^patched: 2 nodes$/);
		assert.equal(await page.evaluate('document.querySelector("ul").textContent'), 'aa2b');
		assert.equal(await isOld(), true);
	});

	test(`${which}: a part that the page has loaded after a click may be old, and the log says so`, { skip: missingOrLong(which) }, async t => {
		const { page, write, save, ended } = await open(t);
		await write('part', '1');
		const clicked = 'new Promise((resolve) => setTimeout(resolve, Math.max(0, performance.getEntriesByType("navigation")[0].loadEventEnd + 1100 - performance.now())))';
		await page.evaluate(`${clicked}.then(() => fetch('/polled')).then(() => fetch('/polled')).then(() => 1)`);
		ended(await save('part.html', '2'), /^unused: same answer$/);
		await page.evaluate("fetch('/part').then(() => 1)");
		ended(await save('part.html', '3'), /^unused: same answer; \/part, which the page has loaded later, may be old$/);
	});

	test(`${which}: a save whose script takes long to be found does not end the look of a later one`, { skip }, async t => {
		const kept = { 'Cache-Control': 'no-store' };
		const { world, site, page, write, ended } = await open(t, { headers: { '/static/app.js': kept } });
		await write('.headers', JSON.stringify({ '/static/app.js': { ...kept, delay: 700 }, '/index.html': { delay: 1400 } }));
		await write('server.ts', '1');
		await world.bus.saved(path.join(site.root, 'server.ts'));
		// The page reads its scripts to find out whether one of them may be made of it.
		await until('the script to be read', async () => (await world.log('site')).match(/app\.js/g)?.length === 2);
		await write('index.html', INDEX.replace('<h1>one', '<h1>two'));
		const later = await world.bus.saved(path.join(site.root, 'index.html'));
		const told = await until('the end of the later save', async () => {
			const one = (await world.bus.events()).find((/** @type {any} */ { serial }) => serial === later);
			return one?.closed && one;
		});
		ended(told, /^(patched|loaded): /);
		assert.equal(await page.evaluate('document.querySelector("h1").textContent'), 'two');
	});

	test(`${which}: a save after a reload past the cache is patched`, { skip }, async t => {
		const { world, site, page, save, ended, isOld } = await open(t);
		for (const text of ['two', 'three']) {
			const { serial } = (await world.bus.events()).at(-1) ?? { serial: 0 };
			await world.savecast('reload', site.root);
			ended(await story(world, serial), /^loaded/);
			await until('the new page', async () => !await isOld() && await page.evaluate('document.readyState === "complete"'));
			await page.evaluate('window.untouched = true');
			ended(await save('index.html', INDEX.replace('<h1>one', `<h1>${text}`)), /^patched: 1 node$/);
			assert.equal(await isOld(), true);
		}
	});

	test(`${which}: the same answer changes nothing; the first one that differs is used`, { skip: missingOrLong(which) }, async t => {
		const { world, site, page, write, save, ended, isOld } = await open(t);
		ended(await save('server.py', '# nothing'), /^unused: same answer$/);
		// The server serves the new code some time after the save.
		const event = await (async () => {
			await write('server.py', '# new');
			return world.bus.saved(path.join(site.root, 'server.py'));
		})();
		await reaches(world, event, 'cast');
		await write('index.html', INDEX.replace('<h1>one', '<h1>later'));
		ended(await story(world, event - 1), /^patched: 1 node$/);
		assert.equal(await page.evaluate('document.querySelector("h1").textContent'), 'later');
		assert.equal(await isOld(), true);
	});

	test(`${which}: an empty answer while the file is being written is not used`, { skip: missingOrLong(which) }, async t => {
		const { world, site, page, write, ended, isOld } = await open(t);
		const asked = async () => (await world.log('site')).split('\n').length;
		const before = await asked();
		await write('index.html', '');
		const event = await world.bus.saved(path.join(site.root, 'index.html'));
		await until('the empty answer', async () => await asked() > before);
		await write('index.html', INDEX.replace('<h1>one', '<h1>whole'));
		ended(await story(world, event - 1), /^patched: 1 node$/);
		assert.equal(await page.evaluate('document.querySelector("h1").textContent'), 'whole');
		assert.equal(await isOld(), true);
	});

	test(`${which}: a changed script reloads the page, a style sheet is replaced together with a patch`, { skip: missingOrLong(which) }, async t => {
		const { page, save, ended, isOld, world } = await open(t, { headers: { '/static': { 'Cache-Control': 'max-age=3600' } } });
		const told = await save('index.html', INDEX.replace('app.js"', 'app.js?2"'));
		ended(told, /^loaded: answered 200$/);
		assert.match(told.steps.find((/** @type {any} */ one) => one.step === 'reloading').text, /app\.js changed/);
		assert.equal(await isOld(), false);
		await until('the page', () => page.evaluate('document.readyState === "complete"'));
		await page.evaluate('window.untouched = true');
		// A cached file of the page has changed: only that file is requested again.
		const before = (await world.log('site')).split('\n').length;
		ended(await save('static/app.js', 'window.script = 2'), /^loaded: answered 200$/);
		assert.equal(await page.evaluate('window.script'), 2, 'not what the cache has');
		const asked = (await world.log('site')).split('\n').slice(before - 1).join('\n');
		const count = (/** @type {string} */ url) => asked.split(`"url":"${url}"`).length - 1;
		assert.equal(count('/'), 2, 'by the look, and by the reload');
		if (which === 'chromium') {
			assert.doesNotMatch(asked, /app\.css/, 'what did not change comes from the cache');
		}
	});

	test(`${which}: the page stays while the server answers with an error`, { skip: missingOrLong(which) }, async t => {
		const { world, page, write, save, ended, isOld } = await open(t);
		for (const status of [500, 404, 502]) {
			await write('.headers', JSON.stringify({ '/index': { status } }));
			ended(await save('server.py', `# ${status}`), new RegExp(`^stays: answered ${status}$`));
			assert.equal(await isOld(), true);
		}
		await write('.headers', '{}');
		await write('index.html', INDEX.replace('<h1>one', '<h1>well'));
		// The daemon asks again by itself.
		await until('the good page', async () => await page.evaluate('document.querySelector("h1")?.textContent') === 'well');
		await until('a live tab', async () => (await world.bus.tabs())[0]?.state === 'live');
	});

	test(`${which}: changes that cannot be patched reload the page`, { skip: missingOrLong(which) }, async t => {
		const { world, page, write, save, ended } = await open(t, { headers: { '/index': { 'Cache-Control': 'no-store' } } });
		const reloads = async (/** @type {any} */ told, /** @type {RegExp} */ why) => {
			ended(told, /^loaded/);
			assert.match(told.steps.find((/** @type {any} */ one) => one.step === 'reloading').text, why);
			await until('the page', () => page.evaluate('document.readyState === "complete"'));
		};
		await reloads(await save('index.html', INDEX.replace('<h1>one', '<h1>two')), /the cache does not have/);
		await write('.headers', `{"/index": {"Content-Security-Policy": "object-src 'none'"}}`);
		await reloads(await save('index.html', INDEX), /the cache does not have|headers/);
		await write('.headers', '{}');
		await reloads(await save('index.html', INDEX.replace('<h1>one', '<h1>three')), /headers/);
		await writeFile(path.join(world.home, 'site/.savecast'), '[savecast]\n\treload = reload\n');
		await page.evaluate('window.untouched = true');
		await until('the setting', async () => words(await save('index.html', INDEX.replace('<h1>one', `<h1>${Math.random()}`))).includes('loaded'));
		await write('.headers', '{"/index": {"status": 500}}');
		assert.ok(words(await save('index.html', INDEX)).includes('loaded'), 'the error page, as the settings say');
	});

	test(`${which}: the popup switches patches of the site off and on`, { skip: missingOrLong(which) }, async t => {
		const { save, ended, browser, isOld, page } = await open(t);
		const { tab } = await browser.activeIcon();
		const patch = async () => {
			const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
			const { on } = await until('the switch', () => popup.evaluate(
				"(({ hidden }, box) => !hidden && (box.click(), { on: box.checked }))(document.getElementById('patch-row'), document.getElementById('patch'))"));
			await until('the setting', async () => (await browser.evaluateInWorker("chrome.storage.local.get('unpatched')")).unpatched?.length === (on ? 0 : 1));
			await popup.close();
			await page.activate();
		};
		await patch();
		ended(await save('index.html', INDEX.replace('<h1>one', '<h1>two')), /^loaded/);
		assert.equal(await isOld(), false);
		await page.evaluate('window.untouched = true');
		await patch();
		ended(await save('index.html', INDEX.replace('<h1>one', '<h1>three')), /^patched/);
		assert.equal(await isOld(), true);
	});

	test(`${which}: a change in a React root reloads the page, the rest is patched`, { skip: missingOrLong(which) }, async t => {
		const page = (/** @type {string} */ inside, /** @type {string} */ outside) => `<!doctype html><title>t</title>
			<h1>${outside}</h1><div id="app"><p>${inside}</p></div><script src="/static/react.js"></script>`;
		const { outputFiles: [{ text }] } = await build({
			stdin: { contents: `import { createElement } from 'react'; import { hydrateRoot } from 'react-dom/client';
				hydrateRoot(document.getElementById('app'), createElement('p', null, 'one'));`, resolveDir: TOP, loader: 'js' },
			bundle: true, write: false, minify: true, define: { 'process.env.NODE_ENV': '"production"' },
		});
		const { write, save, ended, page: shown } = await open(t, { index: page('one', 'one') });
		await write('static/react.js', text);
		const loaded = shown.loaded();
		await shown.evaluate('location.reload()');
		await loaded;
		await until('React', () => shown.evaluate("Object.keys(document.getElementById('app')).length > 0"));
		await shown.evaluate('window.untouched = true');
		ended(await save('index.html', page('one', 'two')), /^patched: 1 node$/);
		const told = await save('index.html', page('three', 'two'));
		ended(told, /^loaded/);
		assert.match(told.steps.find((/** @type {any} */ one) => one.step === 'reloading').text, /framework/);
	});

	test(`${which}: parts that differ in every answer do not count as a change`, { skip: missingOrLong(which) }, async t => {
		const { world } = await open(t);
		const app = await world.folder('app', { 'app.mjs': `
			import { createServer } from 'node:http';
			import { readFileSync } from 'node:fs';
			createServer((request, response) => {
				response.setHeader('Content-Type', 'text/html');
				response.end('<!doctype html><title>t</title><form><input type=hidden name=csrf value="' + Math.random().toString(36).slice(2) +
					Math.random().toString(36).slice(2) + '"></form><p>' + Math.random() + ' s</p><h1>' + readFileSync('text.txt') +
					'</h1><script nonce="' + Math.random() + '">window.token = ' + Math.random() + '</script>');
			}).listen(Number(process.argv[2]));`, 'text.txt': 'one' }, { git: true });
		const { url } = await world.serve('app', app, (port) => [process.execPath, 'app.mjs', String(port)]);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(url);
		await switchOn(world, page, 2);
		await pageScriptsReady(browser);
		await page.evaluate('window.untouched = true');
		const last = async (/** @type {string} */ name, /** @type {string} */ text) => {
			await writeFile(path.join(app, name), text);
			const event = await world.bus.saved(path.join(app, name));
			return (await reaches(world, event, name === 'readme.rst' ? 'unused' : 'patched')).steps.at(-1).text;
		};
		assert.equal(await last('readme.rst', 'nothing'), 'same answer');
		assert.equal(await last('text.txt', 'two'), '1 node');
		assert.equal(await page.evaluate('document.querySelector("h1").textContent + window.untouched'), 'twotrue');
	});
}
