// SPDX-License-Identifier: MIT
/**
 * Several programs write, rename, truncate and delete the same files at random. A page loads a file
 * whenever the daemon announces it, and at no other time: in the end it shows the last bytes.
 * SAVECAST_LONG makes it 1,000 rounds; SAVECAST_ROUNDS=FIRST-LAST runs some of them.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { contents } from '../lib/git-tree.js';
import { watched } from '../lib/watched.js';
import { LONG, TOP } from '../lib/world.js';

const [FIRST, LAST] = (process.env.SAVECAST_ROUNDS ?? (LONG ? '0-999' : '0-3')).split('-').map(Number);
const WRITERS = 3, STEPS = 12;

test('in the end the page shows the last bytes of its files', async t => {
	const { world, root, client, did } = await watched(t, { 'a/b/0.css': '0', 'c/1.html': '1', '2.svg': '2' });
	/** What the page shows of each file. @type {Map<string, string>} */
	const shown = new Map();
	/** @type {string[]} */
	const log = [];
	const bytes = (/** @type {string} */ file) => {
		try {
			return readFileSync(file, 'latin1');
		} catch {
			return undefined;
		}
	};
	const look = (/** @type {string} */ file) => {
		const text = bytes(file);
		if (text === undefined) {
			shown.delete(file);
			// A renamed folder represents the files that were in it, and those that are in it
			// now.
			[...shown.keys()].filter(name => name.startsWith(`${file}/`)).forEach(look);
			lookInto(file);
		} else {
			shown.set(file, text);
		}
	};
	const lookInto = (/** @type {string} */ folder) => {
		try {
			readdirSync(folder).forEach(name => look(path.join(folder, name)));
		} catch {
			// It is not a folder, or it is gone.
		}
	};
	(await contents(root)).forEach((_, file) => look(file));
	client.socket.on('message', data => {
		const { type, changes } = JSON.parse(String(data));
		if (type === 'reload') {
			log.push(changes ? changes.map((/** @type {{path: string}} */ { path: name }) => `${name}: ${(bytes(path.join(root, name)) ?? 'gone').length}`).join(' ') : 'all');
		}
		if (type === 'reload' && changes) {
			changes.forEach((/** @type {{path: string}} */ change) => look(path.resolve(root, change.path)));
		} else if (type === 'reload') {
			// Anything may have changed: the page is loaded with all its files.
			lookInto(root);
			[...shown.keys()].forEach(look);
		}
	});
	for (let round = FIRST; round <= LAST; round++) {
		const told = await did(() => Promise.all(Array.from({ length: WRITERS }, (_, i) =>
			run([process.execPath, path.join(TOP, 'tests/lib/disk-writer.js'), root, String(round * WRITERS + i + 1), String(STEPS)], world.env))),
		{ expect: false });
		await until('all events to end', async () => (await world.bus.events()).every((/** @type {{closed: boolean}} */ { closed }) => closed));
		const wrong = async () => {
			const real = await contents(root);
			return [...new Set([...real.keys(), ...shown.keys()])].filter(file => /\.(css|html|svg)$/.test(file) && shown.get(file) !== bytes(file));
		};
		try {
			// On a busy machine, the daemon may find a file only now.
			await until(`round ${round}: the page to show the last bytes`, async () => (await wrong()).length === 0, { msec: 20000 });
		} catch (error) {
			t.diagnostic(JSON.stringify(told.map(e => e.files)));
			t.diagnostic(log.slice(-30).join('\n'));
			const texts = (await wrong()).map(file => `${path.relative(root, file)}: ${shown.get(file)?.slice(0, 50)}, not ${bytes(file)?.slice(0, 50)}`);
			assert.fail(`${error}: ${texts.join('; ')}`);
		}
		assert.ok(told.length <= 40, `${told.length} reloads of ${WRITERS * STEPS} steps`);
	}
});
