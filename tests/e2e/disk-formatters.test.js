// SPDX-License-Identifier: MIT
/**
 * Programs that write a file again just after its save: in the end the page shows the last bytes,
 * after few reloads.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { openEditor } from '../lib/editors.js';
import { until } from '../lib/events.js';
import { watched } from '../lib/watched.js';
import { TOP } from '../lib/world.js';

const bin = (/** @type {string} */ name) => path.join(TOP, 'node_modules/.bin', name);

/**
 * A site, and what a page that loads the announced files shows of them.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files
 */
async function shown(t, files) {
	const site = await watched(t, files);
	/** @type {Map<string, string>} */
	const page = new Map();
	/** When each reload came. @type {number[]} */
	const reloads = [];
	site.client.socket.on('message', data => {
		const { type, changes = [] } = JSON.parse(String(data));
		if (type === 'reload') {
			reloads.push(performance.now());
			// Without a list, any file may have changed.
			for (const name of changes.length ? changes.map((/** @type {{path: string}} */ change) => change.path) : readdirSync(site.root)) {
				page.set(name, statSync(site.file(name)).isFile() ? readFileSync(site.file(name), 'utf8') : '');
			}
		}
	});
	return { ...site, page, reloads };
}

const FORMATTERS = {
	prettier: { file: 'a.css', text: 'a{color:red}', command: [bin('prettier'), '--write', 'a.css'], last: /^a \{\n {2}color: red;\n\}/ },
	black: { file: 'a.py', text: 'x = {  "a":1 }\n', command: ['black', '-q', 'a.py'], last: /^x = \{"a": 1\}\n/ },
	eslint: { file: 'a.js', text: 'var a = 1;\nconsole.log(a)\n', command: [bin('eslint'), '--fix', 'a.js'], last: /^const a = 1;\n/ },
};

for (const [name, { file: base, text, command, last }] of Object.entries(FORMATTERS)) {
	const found = (await run([command[0], '--version'], process.env)).status === 0;
	test(`${name} after the save: the page shows the last bytes`, { skip: !found && `${name} is not installed` }, async t => {
		const { world, did, file, page, reloads, sh } = await shown(t, {
			[base]: '', 'package.json': '{"type":"module"}', 'eslint.config.js': 'export default [{ rules: { "no-var": "error", "prefer-const": "error" } }];\n',
		});
		await did(async () => {
			await writeFile(file(base), text);
			await world.bus.saved(file(base));
			await sh(command.join(' '));
		});
		await until('the last bytes', () => last.test(page.get(base) ?? ''));
		assert.equal(page.get(base), await readFile(file(base), 'utf8'));
		assert.ok(reloads.length <= 2, `${reloads.length} reloads`);
	});
}

test('a job of Vim 400 ms after the save: the page shows the last bytes', async t => {
	const { world, root, file, page, reloads } = await shown(t, { 'a.css': 'a' });
	const vim = await openEditor(world, 'vim', file('a.css'));
	await vim.do("autocmd BufWritePost * call job_start(['sh', '-c', 'sleep 0.4; echo formatted >> a.css'], {'cwd': '" + root + "'})",
		"call setline(1, 'saved')", 'write');
	await until('the last bytes', () => page.get('a.css') === 'saved\nformatted\n');
	assert.ok(reloads.length <= 2, `${reloads.length} reloads`);
	await vim.quit();
});

test('an agent writes 40 files in 3 s, some twice: the first reload comes while it writes, the page ends with the last state, after few reloads', async t => {
	const { file, did, page, reloads } = await shown(t, { 'a.css': 'a' });
	const began = performance.now();
	/** @type {Map<string, string>} */
	const written = new Map();
	const write = (/** @type {number} */ n, /** @type {string} */ text) => {
		written.set(`${n}.css`, text);
		writeFileSync(file(`${n}.css`), text);
	};
	await did(async () => {
		for (let n = 0; n < 40; n++) {
			write(n, `${n} `.repeat(100 * n));
			if (n % 4 === 3) {
				write(n - 2, `again ${n}`);
			}
			await new Promise(resolve => { setTimeout(resolve, 75); });
		}
		assert.ok(reloads.length > 0, 'a reload before the last file');
	});
	const old = () => [...written].filter(([name, text]) => page.get(name) !== text).map(([name]) => name);
	await until('the last state', () => assert.deepEqual(old(), []) ?? true);
	assert.ok(reloads.length <= 24, `${reloads.length} reloads`);
	t.diagnostic(`${reloads.length} reloads, the first after ${(reloads[0] - began).toFixed(0)} ms`);
});
