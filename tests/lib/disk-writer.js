// SPDX-License-Identifier: MIT
/**
 * A program that writes, renames, truncates and deletes files at random: disk-writer.js FOLDER SEED STEPS.
 * The same seed leads to the same steps.
 */
import { appendFileSync, closeSync, mkdirSync, openSync, renameSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

const [folder, seed, steps] = process.argv.slice(2);
let state = Number(seed) * 2654435761 >>> 0;

/** @param {number} below */
const random = below => {
	state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
	return Math.floor(state / 2 ** 32 * below);
};
const file = () => path.join(folder, ['', 'a', 'a/b', 'c'][random(4)], `${random(3)}.${['css', 'html', 'svg'][random(3)]}`);
const text = () => `${random(4)}`.repeat(1 + random(3) * 40000);

/** @type {(() => void)[]} */
const actions = [
	() => writeFileSync(file(), text()),
	() => { // in pieces, with the file open meanwhile
		const fd = openSync(file(), 'w');
		for (let i = random(5); i >= 0; i--) {
			writeSync(fd, text());
		}
		closeSync(fd);
	},
	() => { // over another file, from a temporary name
		const temporary = path.join(folder, `.${process.pid}.tmp`);
		writeFileSync(temporary, text());
		renameSync(temporary, file());
	},
	() => renameSync(file(), file()),
	() => { // as Vim does
		const name = file();
		renameSync(name, `${name}~`);
		writeFileSync(name, text());
		rmSync(`${name}~`);
	},
	() => truncateSync(file(), random(2)),
	() => appendFileSync(file(), text()),
	() => rmSync(file()),
	() => renameSync(path.join(folder, 'a/b'), path.join(folder, 'd')),
	() => renameSync(path.join(folder, 'd'), path.join(folder, 'a/b')),
	() => rmSync(path.join(folder, 'c'), { recursive: true }),
	() => mkdirSync(path.join(folder, 'c')),
];
for (let i = 0; i < Number(steps); i++) {
	try {
		actions[random(actions.length)]();
	} catch {
		// Another writer has deleted it.
	}
	if (random(4) === 0) {
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, random(30));
	}
}
