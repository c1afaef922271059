// SPDX-License-Identifier: MIT
/** Editors without a plugin or a hook: a save in each of them is one event. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { Display, noDisplay } from '../lib/display.js';
import { until } from '../lib/events.js';
import { Terminal } from '../lib/terminal.js';
import { watched } from '../lib/watched.js';

/** The keys that put an x before the text and save it. @type {Record<string, {command: string[], keys: string[][]}>} */
const EDITORS = {
	nano: { command: ['nano'], keys: [['x'], ['C-o'], ['Enter']] },
	micro: { command: ['micro'], keys: [['x'], ['C-s']] },
	joe: { command: ['joe'], keys: [['x'], ['C-k', 'd'], ['Enter']] },
	mg: { command: ['mg'], keys: [['x'], ['C-x', 'C-s']] },
	ne: { command: ['ne'], keys: [['x'], ['C-s']] },
	vis: { command: ['vis'], keys: [['i'], ['x'], ['Escape'], [':w', 'Enter']] },
	kak: { command: ['kak', '-n'], keys: [['i'], ['x'], ['Escape'], [':w', 'Enter']] },
	vim: { command: ['vim', '-N', '-u', 'NONE', '-i', 'NONE'], keys: [['i'], ['x'], ['Escape'], [':w', 'Enter']] },
	emacs: { command: ['emacs', '-nw', '-Q'], keys: [['x'], ['C-x', 'C-s']] },
};

for (const [name, { command, keys }] of Object.entries(EDITORS)) {
	const installed = (await run(['sh', '-c', `command -v ${name} && command -v tmux`], process.env)).status === 0;
	test(`${name}, without a plugin: a save is one event, with the complete text`, { skip: !installed && `${name} or tmux is not installed` }, async t => {
		const { world, file, did } = await watched(t, { 'a.css': 'h1 { color: red }\n' });
		// joe leaves a file in its current folder when it is killed.
		const terminal = await Terminal.open(world, name, ['sh', '-c', `cd '${world.temp}' && exec ${command.join(' ')} '${file('a.css')}'`]);
		await terminal.shows('h1 { color: red }');
		const written = () => readFile(file('a.css'), 'utf8').catch(() => '');
		for (let round = 1; round <= 2; round++) {
			const before = await written();
			const told = await did(async () => {
				for (const stroke of keys) {
					await terminal.keys(...stroke);
					// Escape and a key right after it would be one key with Alt.
					await terminal.shows(stroke[0] === 'i' ? /insert/i : stroke[0] === 'Escape' ? /^(?![^]*insert)/i : /x/);
				}
				await until('the file to be written', async () => (await written()).length > before.length, { every: 5 })
					.catch(async error => {
						throw new Error(`${error.message}\n${await terminal.screen()}`);
					});
			});
			assert.deepEqual(told.map(({ files }) => files), [['a.css']], `round ${round}`);
			assert.match(await written(), /^x+h1 \{ color: red \}\n$|h1/);
		}
	});
}

const WINDOWS = {
	mousepad: ['mousepad', '--disable-server'], geany: ['geany', '-i', '-s', '-p'], gedit: ['gedit', '-s'],
	'gnome-text-editor': ['env', 'GSK_RENDERER=cairo', 'gnome-text-editor', '-s'],
};
for (const [name, command] of Object.entries(WINDOWS)) {
	const installed = (await run(['sh', '-c', `command -v ${name}`], process.env)).status === 0;
	test(`${name}, in a window, without a plugin: a save is one event, with the complete text`, { skip: noDisplay() || (!installed && `${name} is not installed`) }, async t => {
		const { world, file, did } = await watched(t, { 'a.css': 'h1 { color: red }\n' });
		const display = await Display.open(world.env);
		t.after(() => display.close());
		world.children.start(name, [...command, file('a.css')], { env: display.env });
		await until('the window', async () => {
			const found = await run(['xdotool', 'search', '--onlyvisible', '--name', 'a.css'], display.env);
			return found.status === 0 && (await run(['xdotool', 'windowfocus', found.stdout.trim().split('\n')[0]], display.env)).status === 0;
		}, { every: 100 });
		const told = await did(async () => {
			await until('the file to be written', async () => {
				await display.press('x', 'ctrl+s');
				return (await readFile(file('a.css'), 'utf8').catch(() => '')).includes('x');
			}, { every: 300 });
		});
		assert.ok(told.length > 0 && told.every(({ files }) => files.join() === 'a.css'), JSON.stringify(told));
		assert.ok(told.length <= 2, `${told.length} events: a key that came late is a save of its own`);
		// Some editors put the cursor elsewhere when they have saved, and a key that came late is written there.
		assert.equal((await readFile(file('a.css'), 'utf8')).replaceAll('x', '').trimEnd(), 'h1 { color: red }');
	});
}
