// SPDX-License-Identifier: MIT
/** A :w with the plugin and without, in turns: tests/vim/bench.sh. */
import path from 'node:path';

import { run } from '../../tests/lib/children.js';
import { TOP } from '../../tests/lib/world.js';

/** @typedef {{editor: string, kind: string, p50: number, p95?: number}} Figure of one editor, ms */

/**
 * @param {number} saves of each kind
 * @returns {Promise<Figure[]>}
 */
export async function inVim(saves) {
	const { status, stdout, stderr } = await run([path.join(TOP, 'tests/vim/bench.sh'), String(saves)], process.env);
	if (status !== 0) {
		throw new Error(stderr || stdout);
	}
	return [...stdout.matchAll(/^(vim|nvim), (without|with|first save) +([\d.]+) *([\d.]*)$/gm)]
		.map(([, editor, kind, p50, p95]) => ({ editor, kind, p50: Number(p50), ...(p95 && { p95: Number(p95) }) }));
}
