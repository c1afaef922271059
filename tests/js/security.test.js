// SPDX-License-Identifier: MIT
//
// The tests that SECURITY.md names exist.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const TOP = new URL('../../', import.meta.url);
const text = readFileSync(new URL('SECURITY.md', TOP), 'utf8');
/** The last column of the table. @type {string[]} */
const named = text.split('\n').filter((line) => line.startsWith('| ')).slice(1)
	.flatMap((line) => line.split('|').at(-2)?.replaceAll('`', '').split(/[,;]\s*/) ?? [])
	.map((name) => name.trim());

/** Where a test's file may be: without a folder it is one of tests/e2e. @param {string} name */
const files = (name) => (name.includes('/')
	? [`tests/${name}.c`, `tests/${name}.test.js`] : [`tests/e2e/${name}.test.js`]);

test('each test that SECURITY.md names exists', () => {
	assert.ok(named.length > 20, named.join());
	for (const name of named) {
		assert.ok(files(name).some((file) => existsSync(new URL(file, TOP))), name);
	}
});

test('each fuzzer and each attack test is in its table', () => {
	const fuzzers = readdirSync(new URL('tests/fuzz', TOP)).filter((file) => file.endsWith('.c')).map((file) => `fuzz/${file.slice(0, -2)}`);
	const attacks = readdirSync(new URL('tests/e2e', TOP)).filter((file) => file.startsWith('attack-')).map((file) => file.split('.')[0]);
	assert.deepEqual([...fuzzers, ...attacks].filter((name) => !named.includes(name)), []);
});
