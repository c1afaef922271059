// SPDX-License-Identifier: MIT
/**
 * count.js KIND FILE: counts the results that a test runner left in FILE, and prints
 * "PASSED FAILED SKIPPED", then a line "skip NAME: REASON" for each test skipped and
 * "again NAME: ERROR" for each that failed at first. A runner that left no results counts as
 * one failure.
 *
 *   meson  the testlog.json of `meson test`
 *   line   any output whose last line is "N passed, N failed[, N skipped]", with
 *          such lines before it
 */
import { readFileSync } from 'node:fs';

/** @typedef {{passed: number, failed: number, skipped: string[], again?: string[]}} Count */

/** @type {Count} */
const NOTHING = { passed: 0, failed: 1, skipped: [] };

/** The top-level test points of a TAP stream; nested ones do not count. */
const POINT = /^(ok|not ok)\b(?: \d+)?(?: - )?(.*?)(?: # (SKIP|TODO)\b ?(.*))?$/gmi;

/**
 * @param {string} tap
 * @returns {Count}
 */
function countPoints(tap) {
	const count = { passed: 0, failed: 0, skipped: /** @type {string[]} */ ([]) };
	for (const [, result, name, directive, reason] of tap.matchAll(POINT)) {
		if (directive?.toUpperCase() === 'SKIP') {
			count.skipped.push(`${name}: ${reason || 'no reason given'}`);
		} else if (result === 'ok') {
			count.passed += 1;
		} else {
			count.failed += 1;
		}
	}
	return count;
}

/**
 * @param {string} log one JSON object a line
 * @returns {Count}
 */
function countMeson(log) {
	const programs = log.trim().split('\n').filter(Boolean).map(line => JSON.parse(line));
	if (programs.length === 0) {
		return NOTHING;
	}
	/** @type {Count} */
	const sum = { passed: 0, failed: 0, skipped: [] };
	for (const { name, stdout, result } of programs) {
		const count = countPoints(stdout ?? '');
		const silent = count.passed + count.failed + count.skipped.length === 0;
		if (result === 'SKIP' && silent) {
			count.skipped.push(`${name}: ${(stdout ?? '').trim() || 'no reason given'}`);
		} else if (result === 'OK' && silent) {
			count.passed = 1;
		} else if (result !== 'OK' && result !== 'SKIP' && count.failed === 0) {
			// The runner crashed, timed out, or ended before its plan was complete.
			count.failed = 1;
		}
		sum.passed += count.passed;
		sum.failed += count.failed;
		sum.skipped.push(...count.skipped.map(skip => `${name}: ${skip}`));
	}
	return sum;
}

/**
 * @param {string} text
 * @returns {Count}
 */
function countLine(text) {
	const last = text.trimEnd().split('\n').at(-1) ?? '';
	const found = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(last);
	if (!found) {
		return NOTHING;
	}
	const skipped = [...text.matchAll(/^skip:? (.*)$/gm)].map(match => match[1]);
	while (skipped.length < Number(found[3] ?? 0)) {
		skipped.push('no reason given');
	}
	const again = [...text.matchAll(/^again (.*)$/gm)].map(match => match[1]);
	return { passed: Number(found[1]), failed: Number(found[2]), skipped, again };
}

const COUNTERS = { meson: countMeson, line: countLine };

const [kind, file] = process.argv.slice(2);
let text = '';
try {
	text = readFileSync(file, 'utf8');
} catch {
	// The runner did not get that far.
}
const { passed, failed, skipped, again = [] } = COUNTERS[/** @type {keyof typeof COUNTERS} */ (kind)](text);
console.log(passed, failed, skipped.length);
for (const line of [...skipped.map(text => `skip ${text}`), ...again.map(text => `again ${text}`)]) {
	console.log(line);
}
