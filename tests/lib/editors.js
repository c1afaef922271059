// SPDX-License-Identifier: MIT
/**
 * Real Vim and Neovim with the plugin, driven by Ex commands on their standard
 * input.
 */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { whileAlive } from './children.js';
import { vimSettings } from './vim.js';
import { SAVECAST } from './world.js';

/**
 * @param {import('./world.js').World} world
 * @param {string} editor vim or nvim
 * @param {string} file
 */
export async function openEditor(world, editor, file) {
	const rc = path.join(world.temp, 'vimrc');
	await writeFile(rc, `${vimSettings(SAVECAST)}runtime plugin/savecast.vim\n`);
	const silent = editor === 'nvim' ? ['-es'] : ['-N', '-es'];
	const child = world.children.start(editor, [editor, ...silent, '-u', rc, '-i', 'NONE', '-n', '--', file],
		{ env: world.env, stdin: 'pipe', stdout: 'pipe' });
	const { stdin, stdout } = /** @type {{stdin: NodeJS.WritableStream, stdout: NodeJS.ReadableStream}} */ (
		/** @type {unknown} */ (child.process));
	stdin.on('error', () => {}); // The end of the editor is noticed elsewhere.

	return {
		/** @param {string[]} commands Ex commands; resolves when they are done */
		async do(...commands) {
			const answer = once(stdout, 'data');
			// An option's value is one of the few things that a silent Vim prints.
			stdin.write([...commands, 'set encoding?', ''].join('\n'));
			await whileAlive(child, answer);
		},
		/** @param {string} expression @returns {Promise<string>} its value */
		async ask(expression) {
			const file = path.join(world.temp, 'answer');
			await this.do(`call writefile([${expression}], '${file}')`);
			return readFile(file, 'utf8');
		},

		/** @param {string[]} commands the last one ends the editor */
		quit(...commands) {
			/** @type {any} */ (stdin).end([...commands, 'quit!', ''].join('\n'));
			return child.ended;
		},
	};
}
