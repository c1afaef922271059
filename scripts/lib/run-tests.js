// SPDX-License-Identifier: MIT
/**
 * run-tests.js JOBS SECONDS TRIES REPORT FILE...: runs test files, JOBS at a time. The spec
 * report goes to standard output. The file REPORT gets lines for count.js: "skip NAME: REASON"
 * and "again NAME: ERROR", and last "N passed, N failed, N skipped".
 *
 * A file that takes longer than SECONDS is ended and counts as failed; the others continue, for
 * which `node --test` of Node 18 has no option.
 *
 * With TRIES 2, a file with a failure runs once more after all others, alone, and its second
 * result counts. Browsers, editors and servers that all start on two cores sometimes miss a
 * deadline; a test that also fails alone has a real failure. The retry is reported: a test that
 * often needs it must be fixed like one that fails.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

/** @typedef {{passed: number, skipped: string[], failed: string[]}} Count names, with the reason */

const [jobs, seconds, tries, report, ...files] = process.argv.slice(2);

/** @param {unknown} error an error of the runner, which wraps the test's own */
const reason = error => {
	const { message, cause } = /** @type {Error & {cause?: Error}} */ (error);
	return (cause?.message ?? message).split('\n')[0];
};

/**
 * @param {string[]} some
 * @param {number} concurrency
 * @returns {Promise<Map<string, Count>>} by file
 */
async function runFiles(some, concurrency) {
	/** @type {Map<string, Count>} */
	const counts = new Map();
	/** @param {{file?: string, name: string}} test its file is a URL in Node 18 */
	const countOf = ({ file: where = '', name }) => {
		const file = where.startsWith('file:') ? fileURLToPath(where) : where;
		const count = counts.get(file) ?? { passed: 0, skipped: [], failed: [] };
		counts.set(file, count);
		return { count, name };
	};
	const results = run({ files: some, concurrency, timeout: Number(seconds) * 1000 });
	results.on('test:pass', test => {
		const { count, name } = countOf(test);
		if (test.skip !== undefined) {
			count.skipped.push(`${name}: ${test.skip || 'no reason given'}`);
		} else {
			count.passed++;
		}
	});
	results.on('test:fail', test => {
		const { count, name } = countOf(test);
		count.failed.push(`${name}: ${reason(test.details.error)}`);
	});
	// The reporter may not end standard output: more output follows.
	const shown = new PassThrough({ objectMode: true });
	results.pipe(shown);
	await pipeline(shown, new spec(), process.stdout, { end: false });
	return counts;
}

/**
 * The files to run for the tests that are written in this one: a test in a library belongs to those
 * that import it.
 *
 * @param {string} file
 */
function filesWith(file) {
	return files.some(one => path.resolve(one) === file) ? [file]
		: files.filter(one => readFileSync(one, 'utf8').includes(path.basename(file)));
}

const counts = await runFiles(files, Number(jobs));
const again = [];
for (const [file, { failed }] of counts) {
	const own = failed.length > 0 ? filesWith(file) : [];
	if (Number(tries) > 1 && own.length > 0) {
		console.log(`once more, alone: ${own.join(' ')}`);
		const second = (await runFiles(own, 1)).get(file);
		if (second) {
			counts.set(file, second);
			again.push(...failed);
		}
	}
}

const all = [...counts.values()];
const passed = all.reduce((sum, count) => sum + count.passed, 0);
const skipped = all.flatMap(count => count.skipped);
const failed = all.flatMap(count => count.failed);
writeFileSync(report, [
	...skipped.map(line => `skip ${line}`),
	...again.map(line => `again ${line}`),
	`${passed} passed, ${failed.length} failed, ${skipped.length} skipped\n`,
].join('\n'));
process.exitCode = failed.length > 0 ? 1 : 0;
