// SPDX-License-Identifier: MIT
/** How much longer a save takes in an editor with the plugin. */
import { inVim } from '../editor/vim.js';
import { inVsCode } from '../editor/vscode.js';

/** How many ms longer a save may take. */
const ADDED = 0.1;

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	/** @type {string[]} */
	const notes = [];
	const found = [...await inVim(quick ? 50 : 1000), ...await inVsCode(quick ? 10 : 200, notes)];
	const of = (/** @type {string} */ editor, /** @type {string} */ kind) =>
		found.find(one => one.editor === editor && one.kind === kind)?.p50 ?? NaN;
	return {
		title: 'The editor',
		about: 'The whole `:write` of a page of 200 lines in Vim, with the plugin and without, in turns. What the plugin adds '
			+ 'is a line into a pipe; the first save also starts the job that reads it. In VS Code, which notifies an extension '
			+ 'after a save, from Ctrl+S until the tab shows that the file is saved.',
		tables: [{
			head: ['', 'p50', 'p95'],
			rows: found.map(({ editor, kind, p50, p95 }) => [`${editor}, ${kind}`, p50, p95 ?? '']),
		}],
		goals: ['vim', 'nvim'].filter(editor => of(editor, 'with')).map(editor => {
			const added = of(editor, 'with') - of(editor, 'without');
			return { what: `a :w in ${editor} at most ${ADDED} ms longer`, met: added <= ADDED, measured: `${added.toFixed(3)} ms`,
				why: 'The plugin asks for the file\'s full name and writes a line into a pipe: the job that reads it is woken, and '
					+ 'shares the two cores' };
		}),
		notes,
	};
}
