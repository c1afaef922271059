// SPDX-License-Identifier: MIT
/**
 * run-tests.js JOBS SECONDS TAP FILE...: runs test files, JOBS at a time. The spec report
 * goes to standard output, the TAP report to the file TAP.
 *
 * A file that takes longer than SECONDS is ended and has failed; the others run on, which
 * `node --test` of Node 18 has no option for.
 */
import { createWriteStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, tap } from 'node:test/reporters';

const [jobs, seconds, report, ...files] = process.argv.slice(2);

const results = run({ files, concurrency: Number(jobs), timeout: Number(seconds) * 1000 });
results.on('test:fail', ({ todo }) => {
	if (!todo) {
		process.exitCode = 1;
	}
});

const shown = new PassThrough({ objectMode: true });
const kept = new PassThrough({ objectMode: true });
results.pipe(shown);
results.pipe(kept);
await Promise.all([
	pipeline(shown, new spec(), process.stdout, { end: false }),
	pipeline(kept, /** @type {any} */ (tap), createWriteStream(report)),
]);
