// SPDX-License-Identifier: MIT
//
// A picture of a live tab, by `savecast mcp`: only of a visible tab, and only while the browser
// allows it; every refusal says what is missing.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, story, switchOn } from '../lib/live.js';
import { connectMcp } from '../lib/mcp-client.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

const COLORS = { red: [255, 0, 0], green: [0, 128, 0] };
const page = (/** @type {string} */ color) => `<!doctype html><title>${color}</title><body style="background: ${color}">`;

for (const which of BROWSERS) {
	test(`${which}: a picture of the visible tab after a click, and why there is none`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': page('red') });
		const browser = await world.browser(which);
		const tab = await browser.newPage(site.url);
		await switchOn(world, tab);
		const client = await connectMcp(t, world);
		/** @param {string} what @returns {Promise<any>} */
		const take = (what) => client.callTool({ name: 'screenshot', arguments: { path: what } });
		/** @param {any} result @param {keyof typeof COLORS} color */
		const shows = async ({ content: [image, text], isError, structuredContent }, color) => {
			assert.equal(isError, false, image.text);
			assert.deepEqual([image.type, image.mimeType, text.type], ['image', 'image/jpeg', 'text']);
			assert.deepEqual(structuredContent.url, site.url);
			assert.ok(!('data' in structuredContent) && image.data.length < 1_400_000);
			const middle = await tab.evaluate(`(async () => {
				const bytes = Uint8Array.from(atob(${JSON.stringify(image.data)}), (char) => char.charCodeAt(0));
				const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
				const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
				context.drawImage(bitmap, 0, 0);
				return [...context.getImageData(bitmap.width / 2, bitmap.height / 2, 1, 1).data];
			})()`);
			COLORS[color].forEach((value, i) => assert.ok(Math.abs(middle[i] - value) < 12, `${middle}`));
		};
		/** @param {any} result @param {RegExp} why */
		const refuses = ({ content: [{ text }], isError }, why) => {
			assert.equal(isError, true);
			assert.match(text, why);
		};

		await shows(await take(site.url), 'red');
		await writeFile(path.join(site.root, 'index.html'), page('green'));
		await world.savecast('save', path.join(site.root, 'index.html'));
		await story(world);
		if (which === 'firefox') {
			refuses(await take(site.root), /localhost:\d+\/: the browser allows it only after a click on the icon of savecast in this tab/);
			await tab.clickAction();
		}
		// More at once than Chromium takes in one second: the others wait for the next one.
		for (let i = 0; i < 4; i++) {
			await shows(await take(site.root), 'green');
		}
		const other = await browser.newPage('about:blank');
		await other.activate();
		refuses(await take(site.root), /the tab is not visible/);
		await tab.activate();
		await shows(await take(site.root), 'green');
		await tab.close();
		await until('the tab to be gone', async () => (await world.bus.tabs()).length === 0);
		refuses(await take(site.root), /no tab of this project is switched on/);
		refuses(await take('/nowhere'), /nowhere: .*project/);
	});
}

test('parts of a picture that the daemon does not await, too many of them, none, and a tab that is gone meanwhile', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.site('site', { 'index.html': '' });
	const browser = new Client(world);
	await browser.hello();
	await browser.told(1, 'live', () => browser.send({ type: 'watch', tab: 1, url: site.url }));
	/** Asks for a picture; the answer is settled later. */
	const ask = async () => {
		const { mark } = browser.log;
		const answer = world.bus.call({ member: 'Screenshot', signature: 'sa{sv}', body: [site.root, {}] })
			.then(([picture]) => picture, (/** @type {Error} */ error) => String(error));
		return { answer, request: (await browser.next('screenshot', { mark })).request };
	};
	const part = (/** @type {number} */ request, /** @type {object} */ rest) => browser.send({ type: 'picture', tab: 1, request, ...rest });

	const first = await ask();
	part(first.request + 1, { part: 'AAAA', last: true });
	browser.send({ type: 'picture', tab: 2, request: first.request, part: 'AAAA', last: true });
	assert.match(String(await world.bus.call({ member: 'Screenshot', signature: 'sa{sv}', body: [site.root, {}] }).catch(String)), /another picture is being taken/);
	part(first.request, { part: '/9j/' });
	part(first.request, { part: '4AA=', last: true });
	const { url, mime, data } = await first.answer;
	assert.deepEqual([url, mime, data], [site.url, 'image/jpeg', '/9j/4AA=']);

	const huge = await ask();
	for (let i = 0; i < 200; i++) {
		part(huge.request, { part: 'A'.repeat(12_000) });
	}
	assert.match(await huge.answer, /picture that is too large/);
	const never = await ask();
	part(never.request, { part: 'AAAA' });
	assert.match(await never.answer, /the browser did not answer within 5 s/);
	part(never.request, { part: 'AAAA', last: true });
	const gone = await ask();
	browser.send({ type: 'unwatch', tab: 1 });
	assert.match(await gone.answer, /switched off or closed meanwhile/);
	const lost = (await browser.told(1, 'live', () => browser.send({ type: 'watch', tab: 1, url: site.url })), await ask());
	browser.socket.terminate();
	assert.match(await lost.answer, /switched off or closed meanwhile/);
});
