// SPDX-License-Identifier: MIT
/**
 * A real Vim with the plugin, driven through its standard input, so that the
 * time of the `:w` is known to the microsecond.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { whileAlive } from './children.js';

const PLUGIN = fileURLToPath(new URL('../../clients/vim', import.meta.url));

/** @param {string} text */
const quoted = text => `'${text.replaceAll("'", "''")}'`;

/**
 * What a Vim must know about this tree, as a script to source.
 *
 * @param {string} command the savecast command
 */
export function vimSettings(command) {
	return [
		`let &runtimepath = ${quoted(PLUGIN)} . ',' . &runtimepath`,
		`let g:savecast_command = ${quoted(command)}`,
		'',
	].join('\n');
}

/**
 * Opens a file in Vim, edits it, and is ready to write it.
 *
 * @param {object} how
 * @param {import('./children.js').Children} how.children
 * @param {string} how.temp
 * @param {NodeJS.ProcessEnv} how.env
 * @param {string} [how.command] the savecast command; without one the plugin is not loaded
 * @param {string} how.file
 * @param {string} [how.edit] an Ex command
 */
export async function openInVim({ children, temp, env, command, file, edit }) {
	const rc = path.join(temp, 'vimrc');
	await writeFile(rc, vimSettings(command ?? '') + 'runtime plugin/savecast.vim\n');
	// Binary and in place: a file that is not edited keeps its bytes and its inode.
	const vim = children.start('vim', ['vim', '-N', '-u', command ? rc : 'NONE', '-i', 'NONE', '-n', '-es', '-b',
		'--cmd', 'set backupcopy=yes', '--', file], { env, stdin: 'pipe', stdout: 'pipe' });
	const { stdin, stdout } = vim.process;
	if (!stdin || !stdout) {
		throw new Error('vim: could not be started');
	}
	stdin.on('error', () => {}); // The end of Vim is noticed elsewhere.

	const ready = once(stdout, 'data');
	// An option's value is one of the few things that a silent Vim prints.
	stdin.write(`${edit ?? ''}\nset encoding?\n`);
	await whileAlive(vim, ready);

	return {
		/** @param {string} command an Ex command */
		run(command) {
			stdin.write(`${command}\n`);
		},
		/** Writes the file. @returns {bigint} the time, in ns of the monotonic clock */
		write() {
			const now = process.hrtime.bigint();
			stdin.write('write\n');
			return now;
		},
		/** @returns {Promise<string>} why it ended */
		async quit() {
			stdin.end('quit!\n');
			return vim.ended;
		},
	};
}
