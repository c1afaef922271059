// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { callsOf } from '../../bench/lib/counts.js';
import { plot } from '../../bench/lib/plot.js';
import { report, times } from '../../bench/lib/report.js';
import { figure, quantile, summary } from '../../bench/lib/stats.js';

test('a quantile is the value at the nearest rank', () => {
	const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
	assert.equal(quantile(hundred, 0.5), 50);
	assert.equal(quantile(hundred, 0.95), 95);
	assert.equal(quantile(hundred, 0.99), 99);
	assert.equal(quantile(hundred, 1), 100);
	assert.equal(quantile(hundred, 0), 1);
	assert.equal(quantile([7], 0.5), 7);
	assert.equal(quantile([1, 2, 3], 0.5), 2);
});

test('a summary sorts numbers, does not change its argument, and is undefined for no values', () => {
	const values = [10, 9, 100];
	assert.deepEqual(summary(values), { n: 3, p50: 10, p95: 100, p99: 100, max: 100 });
	assert.deepEqual(values, [10, 9, 100]);
	assert.equal(summary([]), undefined);
});

test('figures have three significant digits', () => {
	assert.deepEqual([0, 0.12345, 1.2345, 12.345, 123.45, -27.84, NaN].map(figure),
		['0', '0.123', '1.23', '12.3', '123', '-27.8', '–']);
});

test('a report counts the goals and lists those that were not met', () => {
	const text = report(['here'], [{
		title: 'A', about: 'about', tables: [{ head: ['', 'p50'], rows: [['a|b', 1.5], times('none', []).slice(0, 2)] }],
		goals: [{ what: 'fast', met: true, measured: '1' }, { what: 'small', met: false, measured: '9' }],
		notes: ['a note'],
	}]);
	assert.match(text, /1 of 2 goals are met/);
	assert.match(text, /- \*\*not met\*\*: small: 9/);
	assert.match(text, /\| a\\\|b \| 1\.50 \|/);
	assert.match(text, /\| none \| – \|/);
	assert.doesNotMatch(text, /!\[/);
});

test('a picture contains each name as text', () => {
	const picture = plot('<title>', [{ name: 'a & b', p50: 0.2, p95: 0.4 }, { name: 'c', p50: 100, p95: 400 }]);
	assert.match(picture, /a &#38; b/);
	assert.match(picture, />0\.200 \/ 0\.400</);
	assert.doesNotMatch(picture, /<title>|NaN/);
});

test('calls are counted in callgrind\'s output, which writes each name once', () => {
	assert.equal(callsOf([
		'fn=(1) main', 'cfn=(2) malloc', 'calls=3 0', '1 100', 'cfn=(3) other', 'calls=50 0', '1 1',
		'fn=(4) two', 'cfn=(2)', 'calls=4 0', '1 9', 'cfn=(5) calloc', 'calls=1 0', 'fn=(2)', 'calls=9 0',
	].join('\n'), ['malloc', 'calloc']), 8);
});
