// SPDX-License-Identifier: MIT
/** What scripts/bench runs: the named parts, or all, then the report. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { load, machine, precedence } from './lib/machine.js';
import { plot } from './lib/plot.js';
import { report } from './lib/report.js';

const PICTURE = 'save-to-message.svg';

/**
 * Parts that start processes come first: each part makes this process larger, and a fork of it
 * slower. The names are those of files in measure/.
 *
 * @type {Record<string, string>}
 */
const PARTS = {
	start: 'start', editor: 'editor', counts: 'counts', call: 'call-to-frame', message: 'save-to-message',
	document: 'save-to-document', text: 'save-to-text', ready: 'ready-to-reload', problems: 'problems', remote: 'remote', idle: 'idle',
	mount: 'mount', scale: 'scale',
};

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const out = args.includes('--out') ? args[args.indexOf('--out') + 1]
	: fileURLToPath(new URL('results', import.meta.url));
const named = Object.keys(PARTS).filter(part => args.includes(part));
if (named.length < args.filter(arg => /^[a-z]+$/.test(arg)).length) {
	throw new Error(`bench: ${args.join(' ')}: one of these is not a part; the parts are ${Object.keys(PARTS).join(', ')}`);
}

/** @type {import('./lib/report.js').Section[]} */
const sections = [];
let failed = false;
const loads = [load()];
for (const part of named.length ? named : Object.keys(PARTS)) {
	const begun = performance.now();
	process.stdout.write(`${part}: `);
	try {
		const { measure } = await import(`./measure/${PARTS[part]}.js`);
		sections.push(await measure({ quick }));
		console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s`);
	} catch (error) {
		failed = true;
		console.log(`failed: ${error instanceof Error ? error.stack : error}`);
		sections.push({ title: part, about: `Failed: ${String(error).split('\n')[0]}`, tables: [] });
	}
	loads.push(load());
}

const bars = sections.flatMap(({ bars: some = [] }) => some);
const lines = [...await machine(),
	`load average ${loads.map(one => one.toFixed(1)).join(', ')}: before the first part, and after each part; a part itself adds one or two to it`];
const before = await precedence();
if (before) {
	lines.push(before);
}
if (quick) {
	lines.push('a quick run, of few rounds');
}
await mkdir(out, { recursive: true });
await writeFile(path.join(out, 'report.md'), report(lines, sections, { plot: bars.length ? PICTURE : undefined }));
if (bars.length) {
	await writeFile(path.join(out, PICTURE), plot('A save to the message', bars));
}
console.log(`report: ${path.join(out, 'report.md')}`);
process.exit(failed ? 1 : 0);
