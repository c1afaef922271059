// SPDX-License-Identifier: MIT
/** What a :w takes longer with the plugin: tests/vim/bench.sh, with and without by turns. */
import path from 'node:path';

import { run } from '../../scripts/lib/children.js';
import { TOP } from '../../tests/e2e/lib/world.js';

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const { status, stdout, stderr } = await run([path.join(TOP, 'tests/vim/bench.sh'), quick ? '50' : '1000'], process.env);
	if (status !== 0) {
		throw new Error(stderr || stdout);
	}
	const found = [...stdout.matchAll(/^(vim|nvim), (without|with|first save) +([\d.]+) *([\d.]*)$/gm)];
	const of = (/** @type {string} */ editor, /** @type {string} */ kind) =>
		Number(found.find(([, e, k]) => e === editor && k === kind)?.[3]);
	const editors = [...new Set(found.map(([, editor]) => editor))];
	return {
		title: 'The editor',
		about: 'The whole `:write` of a page of 200 lines, with the plugin and without, by turns. What the plugin adds is a '
			+ 'line into a pipe; the first save also starts the job that reads it.',
		tables: [{
			head: ['', 'p50', 'p95'],
			rows: found.map(([, editor, kind, p50, p95]) => [`${editor}, ${kind}`, Number(p50), p95 ? Number(p95) : '']),
		}],
		goals: editors.map(editor => {
			const added = of(editor, 'with') - of(editor, 'without');
			return { what: `a :w in ${editor} at most 0.1 ms longer`, met: added <= 0.1, measured: `${added.toFixed(3)} ms` };
		}),
		notes: ['VS Code is not measured here: its extension hears of a save after the editor has written the file, and '
			+ 'nothing waits for what it does then.'],
	};
}
