// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { openEditor } from '../lib/editors.js';
import { until } from '../lib/events.js';
import { LONG, World } from '../lib/world.js';

for (const editor of ['vim', 'nvim']) {
	test(`${editor}: every way of writing is a save`, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const root = await world.folder('site', { 'a.css': 'a', 'b.css': 'b', 'c d%.css': 'c' }, { git: true });
		const file = (/** @type {string} */ name) => path.join(root, name);
		const heard = (/** @type {string} */ name, /** @type {number} */ after) => until(`${name} to be heard`, async () => {
			const events = await world.bus.events();
			return events.some((/** @type {any} */ e) => e.serial >= after && e.files.includes(file(name)));
		});
		const last = async () => (await world.bus.properties()).LastEvent;
		const vim = await openEditor(world, editor, file('a.css'));
		/** @type {[string[], string[]][]} */
		const ways = [
			[['write'], ['a.css']],
			[['saveas! new.css'.replace('new.css', file('new.css'))], ['new.css']],
			[[`write! ${file('other.css')}`], ['other.css']],
			[[`edit ${file('b.css').replace(/ /g, '\\ ')}`, "call setline(1, 'bb')", 'update'], ['b.css']],
			[[`edit ${file('c d%.css').replace(/[ %]/g, '\\$&')}`, "call setline(1, 'cc')", 'update'], ['c d%.css']],
			[['set hidden', `edit ${file('a.css')}`, "call setline(1, 'x')", `edit ${file('b.css')}`, "call setline(1, 'y')", 'wall'], ['a.css', 'b.css']],
			[['set nohidden autowrite', "call setline(1, 'z')", `edit ${file('a.css')}`], ['b.css']],
		];
		for (const [commands, names] of ways) {
			const before = await last();
			await vim.do(...commands);
			for (const name of names) {
				await heard(name, before);
			}
		}
		await vim.quit();
	});

	test(`${editor}: :wq delivers the save, even if it starts the job`, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const root = await world.folder('site', { 'a.css': 'a' }, { git: true });
		const rounds = LONG ? 50 : 10;
		for (let round = 1; round <= rounds; round++) {
			const vim = await openEditor(world, editor, path.join(root, 'a.css'));
			await vim.quit(`call setline(1, '${round}')`, 'wq');
			// Waits until it is closed, so that the next save cannot join its event.
			await until(`save ${round}`, async () => (await world.bus.events())
				.some((/** @type {any} */ event) => event.serial >= round && event.closed));
			assert.equal((await world.bus.properties()).LastEvent, round, 'reported once');
		}
	});

	test(`${editor}: without a daemon, saves cause only one message`, async t => {
		const world = await World.open(t);
		const root = await world.folder('site', { 'a.css': 'a' });
		const vim = await openEditor(world, editor, path.join(root, 'a.css'));
		await vim.do('write', 'write');
		await until('the message', async () => /savecast: /.test(await vim.ask('execute("messages")')));
		await vim.do('write');
		const messages = await vim.ask('execute("messages")');
		assert.equal(messages.match(/savecast: /g)?.length, 1, messages);
		await vim.quit();
	});

	test(`${editor}: :wa is one event, and the editor receives the result of a save`, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const { url, root, template } = await world.fastapi('potato');
		const browser = await world.browser();
		const site = await browser.newPage(url);
		await site.clickAction();
		await until('the tab to be live', async () => (await world.bus.tabs())[0]?.state === 'live');

		const vim = await openEditor(world, editor, template);
		await vim.do('autocmd User SavecastReloaded let g:heard = g:savecast_event.files', 'write');
		await until('the event', async () => (await vim.ask('string(get(g:, "heard", ""))')).includes(template));
		await until('the statusline to show it', async () =>
			/^savecast: reloaded \d+ ms$/m.test(await vim.ask('savecast#statusline()')));

		const before = (await world.bus.properties()).LastEvent;
		const names = Array.from({ length: 20 }, (_, i) => path.join(root, `new ${i}.css`));
		await vim.do('set hidden', ...names.flatMap(name =>
			[`edit ${name.replaceAll(' ', '\\ ')}`, "call setline(1, 'x')"]), 'wall');
		const count = async () => (await world.bus.events()).filter((/** @type {any} */ { serial }) => serial > before)
			.map((/** @type {any} */ event) => event['file-count']);
		await until('all 20 files', async () => (await count()).reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0) >= 20);
		assert.deepEqual(await count(), [20]);
		await vim.quit();
	});
}
