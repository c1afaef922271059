// SPDX-License-Identifier: MIT
//
// A tab that must not reload now, or is hidden, keeps one pending reload, until it may reload or
// the user asks for it.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, guarded, heading, pageScriptsReady, missing, missingOrLong, reaches, switchOn } from '../lib/live.js';
import { TOP, World } from '../lib/world.js';

const INDEX = `<!doctype html><title>site</title><form action="/post" method="post"><button id="send">send</button></form>
<input id="file" type="file"><video id="video" muted></video><a id="down" href="/down.txt" download>down</a>`;

const CHOOSE = `(() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'x.txt'));
	const file = document.getElementById('file'); file.files = data.files;
	file.dispatchEvent(new Event('change', { bubbles: true })); return 1; })()`;

/** @param {import('../lib/live.js').Browser} browser @param {string} text */
const badge = (browser, text) => until(`badge ${text}`, async () => (await browser.activeIcon()).badge === text);

/** A camera without a real device, and no question whether it may be used. */
const OPTIONS = {
	chromium: { args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] },
	firefox: {
		prefs: {
			'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true,
			'full-screen-api.allow-trusted-requests-only': false,
		},
	},
};

for (const which of BROWSERS) {
	test(`${which}: the reload waits while it would lose the user's work`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', {
			'index.html': INDEX, 'slow.html': INDEX, 'posted.html': '<h1>thanks</h1>', 'down.txt': 'x',
			'.headers': '{"/down": {"Content-Disposition": "attachment"}, "/slow": {"pause": 500}}',
		});
		const browser = await world.browser(which, { grant: ['http://localhost/*'], ...OPTIONS[which] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		const ready = async () => {
			await page.activate();
			await pageScriptsReady(browser);
			// Firefox's own reload restores a chosen file.
			await page.evaluate(`(() => { const file = document.getElementById('file');
				if (file?.files.length) { file.value = ''; file.dispatchEvent(new Event('change', { bubbles: true })); } return 1; })()`);
			await until('no guard', () => browser.evaluateInWorker(
				"chrome.storage.session.get('tabs').then(({ tabs }) => tabs.every(([, { guard }]) => !guard))"));
		};
		let n = 0;
		/** @returns {Promise<number>} the event */
		const save = async () => {
			const file = path.join(site.root, 'index.html');
			await writeFile(file, `${INDEX}<!-- ${++n} -->`);
			return world.bus.saved(file);
		};
		/** Evaluates it as after a click in the page. @param {string} expression */
		const gesture = (expression) => ('send' in page
			? page.send('Runtime.evaluate', { expression, userGesture: true, awaitPromise: true })
			: page.evaluate(expression));

		await t.test('the reload waits until full screen ends', async () => {
			await ready();
			await gesture('document.documentElement.requestFullscreen().then(() => true)');
			await guarded(browser);
			const event = await save();
			assert.match((await reaches(world, event, 'pending')).steps.at(-1).text, /full screen/);
			await page.evaluate('document.exitFullscreen().then(() => true)');
			await reaches(world, event, 'loaded');
		});

		await t.test('the reload waits until no file is chosen', async () => {
			await ready();
			await page.evaluate(CHOOSE);
			await guarded(browser);
			const first = await save();
			const told = await reaches(world, first, 'pending');
			assert.match(told.steps.at(-1).text, /a file is chosen/);
			await badge(browser, '1');
			const second = await save();
			assert.match((await reaches(world, first, 'skipped')).steps.at(-1).text, /replaced by the newer save/);
			await reaches(world, second, 'pending');
			await page.evaluate(`(() => { const file = document.getElementById('file'); file.value = '';
				file.dispatchEvent(new Event('change', { bubbles: true })); return 1; })()`);
			await reaches(world, second, 'loaded');
			await badge(browser, 'on');
		});

		await t.test('a click on the icon reloads a pending tab', async () => {
			await ready();
			await page.evaluate(CHOOSE);
			await guarded(browser);
			const event = await save();
			await reaches(world, event, 'pending');
			await badge(browser, '1');
			await page.clickAction();
			await reaches(world, event, 'loaded');
		});

		// Keys that a protocol sends do not reach Chromium's own shortcuts.
		await t.test('the shortcut reloads a pending tab', { skip: !('bidi' in browser) && 'pressed in shortcut.test.js' }, async () => {
			await ready();
			await page.evaluate(CHOOSE);
			await guarded(browser);
			const event = await save();
			await reaches(world, event, 'pending');
			await badge(browser, '1');
			await /** @type {import('../lib/browser/firefox.js').Firefox} */ (browser).evaluateInBrowser(`
				[...document.querySelectorAll('keyset[id^=ext-keyset] key')]
					.filter((key) => key.getAttribute('key') === 'L').map((key) => key.doCommand())`);
			await reaches(world, event, 'loaded');
		});

		await t.test('a link that downloads a file keeps the chosen file', async () => {
			await ready();
			await page.evaluate(CHOOSE);
			await guarded(browser);
			await page.evaluate('document.getElementById("down").click()');
			await until('the request', async () => (await world.log('site')).includes('/down.txt'));
			const event = await save();
			await reaches(world, event, 'pending');
			await badge(browser, '1');
			await page.clickAction();
			await reaches(world, event, 'loaded');
		});

		await t.test('the reload waits until a recording ends', async () => {
			await ready();
			await page.evaluate(`navigator.mediaDevices.getUserMedia({ video: true }).then((stream) => {
				const video = document.getElementById('video');
				video.srcObject = stream;
				return video.play();
			}).then(() => true)`);
			await guarded(browser);
			const event = await save();
			assert.match((await reaches(world, event, 'pending')).steps.at(-1).text, /uses camera/);
			await badge(browser, '1');
			await page.evaluate(`(() => { const video = document.getElementById('video');
				video.srcObject.getTracks().forEach((track) => track.stop()); video.srcObject = null; return 1; })()`);
			await reaches(world, event, 'loaded');
		});

		for (const [next, how] of [['/?next', ''], ['/slow.html', ', and comes slowly']]) {
			await t.test(`no reload is pending any more when the user goes on to a page that is newer than the save${how}`, async () => {
				await ready();
				await page.evaluate(CHOOSE);
				await guarded(browser);
				const event = await save();
				await reaches(world, event, 'pending');
				const loaded = page.loaded();
				await page.evaluate(`(setTimeout(() => { location.href = '${next}'; }, 1), 1)`);
				await loaded;
				assert.match((await reaches(world, event, 'skipped')).steps.at(-1).text, /the user has loaded a page since/);
				await badge(browser, 'on');
				await reaches(world, await save(), 'loaded');
				assert.equal((await world.log('site')).split(`"url":"${next}"`).length - 1, 2, 'by the user, and for the next save');
				await page.goto(site.url);
			});
		}

		await t.test('hidden tabs have one pending reload each, until they are shown', async () => {
			await ready();
			const front = await browser.newPage('about:blank');
			await front.activate();
			const asked = async () => (await world.log('site')).split('\n').filter(line => line.includes('"url":"/"')).length;
			const before = await asked();
			const first = await save();
			assert.match((await reaches(world, first, 'pending')).steps.at(-1).text, /hidden/);
			const second = await save();
			await reaches(world, second, 'pending');
			assert.equal(await asked(), before);
			await page.activate();
			await reaches(world, second, 'loaded');
			assert.equal(await asked(), before + 1, site.url);
			await browser.set({ hidden: 'now' });
			await front.activate();
			await reaches(world, await save(), 'loaded');
		});

		await t.test('the answer to a form is requested again only after a click', async () => {
			await ready();
			const loaded = page.loaded();
			await page.evaluate('document.getElementById("send").click()');
			await loaded;
			await guarded(browser);
			const told = await reaches(world, await save(), 'pending');
			assert.match(told.steps.at(-1).text, /answers a form/);
			await badge(browser, '1');
			assert.equal((await world.log('site')).split('"method":"POST"').length - 1, 1);
		});
	});
}

for (const which of BROWSERS) {
	test(`${which}: the user leaves a page whose reload is pending: the next page is new, also what it names last`, { skip: missing(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const framed = `<!doctype html><link rel="stylesheet" href="/a.css"><p>x</p>
			<script>onmessage = ({ source }) => source.postMessage(getComputedStyle(document.querySelector('p')).color, '*');</script>`;
		const color = (/** @type {number} */ n) => `p { color: rgb(${n}, 0, 0) }`;
		const root = path.join(await world.folder('site', {
			// For this file, a page that does not use it is not reloaded.
			'static/a.css': color(1), 'static/frame.html': framed,
			'static/.headers': '{"/a.css": {"Cache-Control": "max-age=3600"}, "/index.html": {"pause": 700}}',
		}, { git: true }), 'static');
		const serve = (/** @type {string} */ name) => world.serve(name, root, (port) => [process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(port)]);
		const [site, other] = [await serve('site'), await serve('other')];
		const frame = `<iframe src="${other.url}frame.html"></iframe>`;
		await writeFile(path.join(root, 'posted.html'), `<h1>thanks</h1>${frame}`);
		await writeFile(path.join(root, 'index.html'), `${INDEX}${'<p>long</p>'.repeat(200)}${frame}`);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await pageScriptsReady(browser);
		const shown = () => page.evaluate(`new Promise((resolve) => { onmessage = ({ data }) => resolve(data); frames[0].postMessage(1, '*'); })`);
		await until('the first style sheet', async () => await shown() === 'rgb(1, 0, 0)');
		const sent = page.loaded();
		await page.evaluate('(document.getElementById("send").click(), 1)');
		await sent;
		await guarded(browser);
		await writeFile(path.join(root, 'a.css'), color(2));
		const event = await world.bus.saved(path.join(root, 'a.css'));
		await reaches(world, event, 'pending');
		await page.goto(site.url);
		await reaches(world, event, 'loaded');
		await until('the new style sheet', async () => await shown() === 'rgb(2, 0, 0)');
	});
}

test('firefox before 147, without the navigation API: the answer to a form is not requested again', { skip: missing('firefox') }, async t => {
	const world = await World.open(t, { patch: false });
	await world.startDaemon();
	const site = await world.site('site', { 'index.html': INDEX, 'posted.html': '<h1>thanks</h1>' });
	const browser = await world.browser('firefox', { grant: ['http://localhost/*'], prefs: { 'dom.navigation.webidl.enabled': false } });
	const page = await browser.newPage(site.url);
	await switchOn(world, page);
	await pageScriptsReady(browser);
	assert.equal(await page.evaluate('typeof navigation'), 'undefined');
	const loaded = page.loaded();
	await page.evaluate('(document.getElementById("send").click(), 1)');
	await loaded;
	await guarded(browser);
	const file = path.join(site.root, 'index.html');
	await writeFile(file, `${INDEX}<!-- 1 -->`);
	assert.match((await reaches(world, await world.bus.saved(file), 'pending')).steps.at(-1).text, /answers a form/);
});

test('firefox: without permission, a page whose frame answers a form ends its event, too', { skip: missingOrLong('firefox') }, async t => {
	const html = (/** @type {number} */ n) => `<!doctype html><h1>${n}</h1><form method="post" action="/post" target="framed"></form><iframe name="framed"></iframe>
		<script>onload = () => { if (!sessionStorage.sent) { sessionStorage.sent = 1; document.forms[0].submit(); } };</script>`;
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.site('site', { 'index.html': html(1) });
	const browser = await world.browser('firefox', {});
	const page = await browser.newPage(site.url);
	await switchOn(world, page);
	await until('the answer to the form', async () => /POST/.test(await world.log('site')) || page.evaluate('frames[0].location.pathname === "/post"'));
	await writeFile(path.join(site.root, 'index.html'), html(2));
	const told = await reaches(world, await world.bus.saved(path.join(site.root, 'index.html')), 'loaded');
	assert.match(told.steps.at(-1).text, /^still loading/);
	assert.equal(await heading(page), '2');
});
