// SPDX-License-Identifier: MIT
/** The longest turn of the daemon's loop, as scripts/lib/loop-turns.c records it. */
import { execFile } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { LONG } from './world.js';

const SOURCE = fileURLToPath(new URL('../../scripts/lib/loop-turns.c', import.meta.url));
/** Six numbers of 8 bytes each. */
const BYTES = 48;

/**
 * The CPU time that a turn may take. Measured: at most 6 ms. The long tests are for an otherwise idle
 * machine. A busy one lengthens even CPU time: there, only work that is not split into portions exceeds
 * the limit: it took up to 2.5 s.
 */
export const TURN_MSEC = LONG ? 20 : 200;

/**
 * @param {import('./world.js').World} world before its daemon starts
 */
export async function watchTurns(world) {
	const library = path.join(world.temp, 'loop-turns.so');
	const file = path.join(world.temp, 'turns');
	await promisify(execFile)('cc', ['-O2', '-shared', '-fPIC', '-o', library, SOURCE, '-ldl']);
	await writeFile(file, Buffer.alloc(BYTES));
	world.env = { ...world.env, LD_PRELOAD: library, LOOP_TURNS: file };
	const turns = await open(file, 'r+');
	world.atEnd.push(() => turns.close());
	return {
		reset: () => turns.write(Buffer.alloc(BYTES), 0, BYTES, 0),
		/**
		 * Milliseconds, how often a turn waited, and, of the turn with the most CPU time, how often
		 * other processes interrupted it, and its page faults; then how many turns took more than 20 ms.
		 */
		async longest() {
			const { buffer } = await turns.read(Buffer.alloc(BYTES), 0, BYTES, 0);
			const [wall, cpu, waits, interruptions, faults, many] = [0, 8, 16, 24, 32, 40].map(at => Number(buffer.readBigUInt64LE(at)));
			return { wall: wall / 1e6, cpu: cpu / 1e6, waits, interruptions, faults, many };
		},
	};
}
