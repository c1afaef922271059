// SPDX-License-Identifier: MIT
/**
 * What VS Code's user does to files, and what is reported to the daemon.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { launchChromium } from '../lib/browser/chromium.js';
import { until } from '../lib/events.js';
import { codeServer, startCodeServer } from '../lib/vscode/code-server.js';
import { openDesk } from '../lib/vscode/desk.js';
import { Workbench } from '../lib/vscode/workbench.js';
import { watched } from '../lib/watched.js';
import { LONG } from '../lib/world.js';

const { skip } = codeServer;

test('Save All of 20 files is one event', { skip }, async t => {
	const names = Array.from({ length: 20 }, (_, i) => `f${String(i).padStart(2, '0')}'é %.css`);
	const { world, file, workbench } = await openDesk(t, { files: Object.fromEntries(names.map(name => [name, 'a{}\n'])) });
	await workbench.status('savecast: no tab');
	for (const name of names) {
		await workbench.openFile(name);
		await workbench.append('b{}');
		await workbench.has('.tab.active.dirty', { text: name });
	}
	await workbench.command('File: Save All Files');
	await until('all files to be saved', () => workbench.page.evaluate('!document.querySelector(".tab.dirty")'));
	const [event, ...others] = await until('an event', async () => {
		const events = await world.bus.events();
		return events.length > 0 && events;
	});
	assert.equal(event['file-count'], 20);
	assert.ok(!event.steps.some((/** @type {any} */ { step }) => step === 'joined'), 'reported in one call');
	assert.deepEqual(others, []);
	assert.ok(event.files.every((/** @type {string} */ name) => names.map(file).includes(name)), event.files);
	assert.match(await readFile(file(names[19]), 'utf8'), /b\{\}/);
});

test('Save All and format on save in a project that is watched on disk: the page shows the last bytes', { skip: skip ?? (!LONG && 'runs only with --long') }, async t => {
	const names = Array.from({ length: 20 }, (_, i) => `f${String(i).padStart(2, '0')}.css`);
	const { world, root, file, client, last } = await watched(t, { 'a.json': '', ...Object.fromEntries(names.map(name => [name, 'a{}\n'])) });
	/** What a page has loaded. @type {Map<string, string>} */
	const page = new Map();
	client.socket.on('message', data => {
		const { type, changes = [] } = JSON.parse(String(data));
		for (const name of type !== 'reload' ? [] : changes.length ? changes.map((/** @type {{path: string}} */ change) => change.path) : names) {
			page.set(name, readFileSync(file(name), 'utf8'));
		}
	});
	const [browser, code] = await Promise.all([
		launchChromium({ env: { ...world.env, DBUS_SESSION_BUS_ADDRESS: 'disabled:' } }),
		startCodeServer(world, { settings: { 'editor.formatOnSave': true } }),
	]);
	world.atEnd.push(() => browser.close());
	const workbench = await Workbench.open(browser, code.url, root);
	await workbench.status('savecast');
	for (const name of names) {
		await workbench.openFile(name);
		await workbench.append('b{}');
		await workbench.has('.tab.active.dirty', { text: name });
	}
	const before = await last();
	await workbench.command('File: Save All Files');
	const final = (/** @type {string} */ name) => page.get(name) === readFileSync(file(name), 'utf8') && /b ?\{/.test(page.get(name) ?? '');
	await until('all 20 files', () => names.every(final));
	const told = (await world.bus.events()).filter((/** @type {any} */ { serial, steps }) =>
		serial > before && !steps.some((/** @type {any} */ { step }) => step === 'unchanged'));
	t.diagnostic(`${told.length} events: ${told.map((/** @type {any} */ event) => `${event['file-count']} (${event.source})`)}`);
	assert.ok(told.length <= 4, `${told.length} events`);

	await workbench.openFile('a.json');
	await until('the formatted text', async () => {
		await workbench.press('Control+a');
		await workbench.type(`{"a":[1,{"b":${Date.now()}}]}`);
		await workbench.press('Control+s');
		await until('the save', () => page.has('a.json') && page.get('a.json') === readFileSync(file('a.json'), 'utf8'));
		return /^\{\n\s+"a": \[\n/.test(page.get('a.json') ?? '');
	});
});

test('a name with a line break, quotes and more', { skip }, async t => {
	const name = `two\nlines "'\\%20;$(x) é.css`;
	const { browser, code, root, file, heard } = await openDesk(t, { files: { [name]: '' } });
	const workbench = await Workbench.open(browser, code.url, root, file(name));
	await workbench.status('savecast: no tab');
	await workbench.click('.editor-instance .monaco-editor .view-lines');
	await workbench.edit('typed');
	await heard(name);
	assert.equal(await readFile(file(name), 'utf8'), 'typed');
});

test('automatic saves are reported, unless the setting excludes them', { skip }, async t => {
	await t.test('reported', async t => {
		const { world, file, workbench, heard } = await openDesk(t, {
			files: { 'a.css': '', 'b.css': '' },
			settings: { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 300 },
		});
		await workbench.openFile('a.css');
		for (const letter of 'typed') {
			await workbench.append(letter);
		}
		await heard('a.css');
		assert.equal(await readFile(file('a.css'), 'utf8'), 'typed');
		assert.equal((await world.bus.events()).length, 1);
	});
	await t.test('excluded', async t => {
		const { world, file, workbench, heard } = await openDesk(t, {
			files: { 'a.css': '', 'b.css': '' },
			settings: { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 300, 'savecast.autoSave': false },
		});
		await workbench.status('savecast: no tab'); // The extension receives saves now.
		await workbench.openFile('a.css');
		await workbench.append('typed');
		await until('the auto-save', async () => await readFile(file('a.css'), 'utf8') === 'typed');
		await workbench.openFile('b.css');
		await workbench.press('Control+s');
		await heard('b.css');
		assert.deepEqual((await world.bus.events()).map((/** @type {any} */ { files }) => files), [[file('b.css')]]);
	});
});

test('format on save: reported once, when the text is final', { skip }, async t => {
	const { world, file, workbench, heard } = await openDesk(t, {
		files: { 'a.json': '' }, settings: { 'editor.formatOnSave': true },
	});
	await workbench.openFile('a.json');
	await until('the formatter to be there', async () => {
		await workbench.press('Control+a');
		await workbench.type(`{"a":[1,{"b":${Date.now()}}]}`);
		const [{ serial } = { serial: 0 }] = (await world.bus.events()).slice(-1);
		await workbench.press('Control+s');
		await heard('a.json', { after: serial });
		// At the moment of its report.
		const text = await readFile(file('a.json'), 'utf8');
		assert.equal((await world.bus.events()).length, serial + 1, 'reported once');
		return /^\{\n\s+"a": \[\n/.test(text);
	});
});

test('files created, renamed and deleted in the explorer; a notebook', { skip }, async t => {
	const cell = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: ['1'] };
	const { workbench, heard, file } = await openDesk(t, {
		files: {
			'old.css': '',
			'n.ipynb': JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }),
		},
	});
	const row = (/** @type {string} */ name) => `.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`;
	await workbench.status('savecast: no tab');

	await workbench.click(row('old.css'));
	await workbench.press('F2');
	await workbench.has('.explorer-item-edited input');
	await workbench.press('Control+a');
	await workbench.type('renamed.css');
	await workbench.press('Enter');
	const renamed = await heard('renamed.css');
	assert.deepEqual(renamed.files.sort(), [file('old.css'), file('renamed.css')]);

	await workbench.click(row('renamed.css'));
	await workbench.press('Control+Alt+n');
	await workbench.has('.explorer-item-edited input');
	await workbench.type('new.css');
	await workbench.press('Enter');
	await heard('new.css', { after: renamed.serial });
	await workbench.has('.tab.active', { text: 'new.css' });

	await workbench.click(row('renamed.css'));
	await workbench.has(`${row('renamed.css')}.focused`);
	await workbench.press('Delete');
	await workbench.has('.monaco-dialog-box', { text: 'permanently delete' });
	await workbench.press('Enter');
	await heard('renamed.css', { after: renamed.serial });
	await assert.rejects(readFile(file('renamed.css')), { code: 'ENOENT' });

	await workbench.click(row('n.ipynb'));
	await workbench.click('.notebook-editor .cell .monaco-editor .view-lines');
	await workbench.type('2');
	await workbench.has('.tab.active.dirty');
	await workbench.press('Control+s');
	await heard('n.ipynb');
	assert.match(await readFile(file('n.ipynb'), 'utf8'), /"1?21?"/);
});
