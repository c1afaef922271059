// SPDX-License-Identifier: MIT
//
// What the user sees in each state, in both browsers. The screenshots are in build/screenshots/.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { TAB_STATES } from '../../browser-ext/common/tab-states.js';
import { barriers } from '../lib/axe.js';
import { FakeDaemon } from '../lib/fake-daemon.js';
import { until } from '../lib/events.js';
import { BROWSERS, missing, missingOrLong } from '../lib/live.js';
import { LONG, TOP, World } from '../lib/world.js';

const PICTURES = path.join(TOP, process.env.SAVECAST_BUILD ?? 'build', 'screenshots');
const ICONS = Object.values(TAB_STATES);

/** The daemon's answer about the tab, by state. @type {[string, string, string, RegExp, object?][]} */
const ANSWERS = [
	['live', 'on', 'port 8000 is served by python3 (pid 4711) from potato', /^Live: potato$/],
	['looking', '…', 'looking for the server of port 8000', /^Looking/],
	['waiting', '~', 'uvicorn restarts: worker 4711 has ended', /^Waiting for the server$/, { awaits: { event: 8, subject: 'save main.py' } }],
	['down', 'x', 'uvicorn ended with status 1', /^The server is down$/, { awaits: { event: 9, subject: 'save views.py' } }],
	['none', '?', 'nothing listens on port 8001 of localhost: start the server', /^No server$/, { cause: 'no-server' }],
	['none', '?', 'port 8000 is served by python3 (pid 4711) from /srv/site: it is in no tracked project and no git work tree', /^No project$/,
		{ advice: 'savecast track /srv/site' }],
];

for (const which of BROWSERS) {
	test(`${which}: every state has its icon and its popup, light and dark`, { skip: missingOrLong(which) }, async t => {
		await mkdir(PICTURES, { recursive: true });
		const world = await World.open(t);
		const daemon = new FakeDaemon();
		await daemon.listen(world.port);
		t.after(() => daemon.close());
		const site = await world.site('site', { 'index.html': '<h1>site</h1>' });
		const browser = await world.browser(which);
		const page = await browser.newPage(site.url);

		/** @param {string} badge */
		const iconWith = (badge) => until(`badge ${badge}`, async () => {
			await page.activate();
			const now = await browser.activeIcon();
			return now.badge === badge ? now : null;
		});
		/** @param {string} name @param {number} tab @param {RegExp} title */
		const picture = async (name, tab, title) => {
			const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
			await popup.resize(390, 480);
			await until(`popup: ${title}`, async () => title.test(await popup.evaluate('document.getElementById("state").textContent')));
			for (const scheme of /** @type {const} */ (['light', 'dark'])) {
				await popup.colors(scheme);
				await popup.screenshot(path.join(PICTURES, `popup-${name}-${scheme}-${which}.png`));
				assert.deepEqual(await barriers(popup), [], `${name}, ${scheme}`);
				if (scheme === 'dark' && !LONG) {
					continue;
				}
				await popup.evaluate('(document.documentElement.style.zoom = 2, 1)');
				await popup.resize(780, 960);
				await popup.screenshot(path.join(PICTURES, `popup-${name}-${scheme}-200-${which}.png`));
				assert.ok(await popup.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${name}: wider than the popup`);
				await popup.evaluate('(document.documentElement.style.zoom = 1, 1)');
				await popup.resize(390, 480);
			}
			const text = await popup.evaluate('document.body.innerText');
			await popup.close();
			return text;
		};

		const { tab } = await iconWith('');
		await picture('off', tab, /^Off$/);
		await page.clickAction();
		await daemon.heard.next('watch', ({ type }) => type === 'watch', { mark: 0 });
		for (const [state, badge, reason, title, more] of ANSWERS) {
			const command = /** @type {any} */ (more)?.advice;
			const answer = { type: 'tab', tab, state, reason: command ? `${reason}: run ${command}` : reason, ...more, ...(/none|looking/.test(state) ? {} : { project: 'potato' }) };
			daemon.answer = () => answer;
			daemon.send(answer);
			const { title: tooltip } = await iconWith(badge);
			assert.ok(tooltip.endsWith(answer.reason), tooltip);
			if (state === 'live') {
				const mark = daemon.heard.mark;
				daemon.send({ type: 'reload', event: 7, tabs: [tab], subject: 'save templates/home.html', changes: [{ path: 'templates/home.html', kind: 'page' }] });
				await daemon.heard.next('loaded', ({ step }) => step === 'loaded', { mark });
			}
			const { awaits, cause } = /** @type {any} */ (more ?? {});
			const text = await picture(command ? 'none-folder' : cause ?? state, tab, title);
			assert.ok(!awaits || text.includes(`#${awaits.event} ${awaits.subject}`), text);
			assert.ok(text.includes(reason));
			assert.equal(text.split('savecast track').length - 1, command ? 1 : 0, text);
		}
		daemon.answer = () => ({ type: 'tab', tab, state: 'live', project: 'potato', reason: 'tracked' });
		daemon.send(/** @type {any} */ (daemon.answer({})));
		await iconWith('on');
		const front = await browser.newPage('about:blank');
		const mark = daemon.heard.mark;
		daemon.send({ type: 'reload', event: 10, tabs: [tab] });
		await daemon.heard.next('pending', ({ step }) => step === 'pending', { mark });
		await picture('pending', tab, /^A reload is pending$/);
		await front.close();
		await daemon.close();
		await iconWith('!');
		assert.match(await picture('disconnected', tab, /^No connection to savecast$/), /systemctl --user enable --now savecast/);

		for (const name of ['welcome', 'options']) {
			const shown = await browser.newPage(browser.extensionUrl(`ui/${name}.html`));
			await shown.resize(900, 1100);
			for (const scheme of /** @type {const} */ (['light', 'dark'])) {
				await shown.colors(scheme);
				await shown.screenshot(path.join(PICTURES, `${name}-${scheme}-${which}.png`));
				assert.deepEqual(await barriers(shown), [], `${name}, ${scheme}`);
				if (scheme === 'dark' && !LONG) {
					continue;
				}
				await shown.evaluate('(document.documentElement.style.zoom = 2, 1)');
				await shown.screenshot(path.join(PICTURES, `${name}-${scheme}-200-${which}.png`));
				assert.ok(await shown.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${name}: wider than the window`);
				await shown.evaluate('(document.documentElement.style.zoom = 1, 1)');
			}
			await shown.close();
		}

		const other = await browser.newPage(browser.extensionUrl('ui/options.html?/popup.html'));
		assert.equal(await other.evaluate(`new Promise((resolve) => {
			const port = chrome.runtime.connect({ name: '${tab}' });
			port.onMessage.addListener(() => resolve('connected'));
			port.onDisconnect.addListener(() => resolve('disconnected'));
		})`), 'disconnected', 'only the popup is sent the state of a tab');
	});
}

test('chromium: a picture of all icons, on light and dark toolbars', { skip: missing('chromium') }, async t => {
	await mkdir(PICTURES, { recursive: true });
	const world = await World.open(t);
	const browser = await world.browser('chromium');
	const rows = await Promise.all(['#ffffff', '#dee1e6', '#35363a', '#1c1b22'].map(async ground => `<p style="background:${ground}">${
		(await Promise.all(ICONS.map(async ({ icon, badge }) => {
			const data = (await readFile(path.join(TOP, `browser-ext/icons/${icon}-32.png`))).toString('base64');
			return `<span><img width=16 src="data:image/png;base64,${data}"><b>${badge}</b><img width=32 src="data:image/png;base64,${data}"></span>`;
		}))).join('')}</p>`));
	const page = await browser.newPage();
	await page.resize(900, 280);
	for (const [name, filter] of [['', 'none'], ['-grey', 'grayscale(1)']]) {
		await page.goto(`data:text/html;charset=utf-8,${encodeURIComponent(`<style>body{margin:0;filter:${filter}}p{margin:0;padding:14px}
			span{display:inline-block;width:100px}b{font:9px sans-serif;background:#5f6368;color:#fff;border-radius:3px;padding:0 2px;margin-right:8px}</style>${rows.join('')}`)}`);
		await page.screenshot(path.join(PICTURES, `icons${name}.png`));
	}
});
