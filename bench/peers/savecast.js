// SPDX-License-Identifier: MIT
/**
 * The ways in which a save reaches the daemon; all use one daemon, which also watches the disk.
 */
import { SAVECAST } from '../../tests/lib/world.js';
import { run } from '../../tests/lib/children.js';
import { openInVim } from '../../tests/lib/vim.js';

/**
 * @typedef {object} Way
 * @property {string} name
 * @property {boolean} [writes] it writes the file itself
 * @property {(world: import('../../tests/lib/world.js').World, file: string) => Promise<(n: number) => void>} open
 * returns the function that reports a save; the save begins when it is called
 */

/** @type {Way['open']} */
export async function vimWithoutPlugin(world, file) {
	const { children, temp, env } = world;
	const vim = await openInVim({ children, temp, env, file });
	return n => { vim.run(`call setline(1, '<h1>save ${n}</h1>')`); vim.write(); };
}

/** @type {Way[]} */
export const ways = [
	{
		name: 'savecast, a plain write',
		async open() {
			return () => {};
		},
	},
	{
		name: 'savecast, :w in Vim without a plugin',
		writes: true,
		open: vimWithoutPlugin,
	},
	{
		name: 'savecast, an editor\'s job',
		async open(world, file) {
			const job = world.children.start('save-stdin', [SAVECAST, 'save', '--stdin'], { env: world.env, stdin: 'pipe' });
			return () => job.process.stdin?.write(`${file}\n`);
		},
	},
	{
		name: 'savecast save FILE',
		async open(world, file) {
			return () => { run([SAVECAST, 'save', file], world.env); };
		},
	},
	{
		name: 'savecast, :w in Vim',
		writes: true,
		async open(world, file) {
			const { children, temp, env } = world;
			const vim = await openInVim({ children, temp, env, command: SAVECAST, file });
			return n => { vim.run(`call setline(1, '<h1>save ${n}</h1>')`); vim.write(); };
		},
	},
];
