// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { challenge, codeOf, codeOfExtension, judge, proofOf } from '../../browser-ext/link/proof.js';
import { encode } from '../../browser-ext/link/protocol.js';

// Node 18 does not have it as a global.
globalThis.crypto ??= /** @type {any} */ (webcrypto);

const vectors = JSON.parse(readFileSync(new URL('../../protocol/vectors/proof.json', import.meta.url), 'utf8'));
const [{ key, nonce, profile, instance, proof }, { key: other }] = vectors;
/** @type {import('../../browser-ext/link/protocol.js').BrowserHello} */
const asked = { type: 'hello', browser: 'Test 1', extension: '0.1.0', profile, nonce };
/** @param {object} more */
const answer = (more) => /** @type {any} */ ({ type: 'hello', version: '0.1.0', instance, ...more });

for (const vector of vectors) {
	test(`proof and code of ${vector.profile}`, async () => {
		assert.equal(await proofOf(vector.key, vector), vector.proof);
		assert.equal(await codeOf(vector.key), vector.code);
	});
}

test('a challenge is different each time, and asks for the key only if there is none', () => {
	const seen = new Set(Array.from({ length: 100 }, () => challenge(key).nonce));
	assert.equal(seen.size, 100);
	assert.deepEqual(Object.keys(challenge(key)), ['nonce']);
	assert.equal(challenge(undefined).pair, true);
	assert.doesNotThrow(() => encode({ ...asked, ...challenge(undefined) }));
});

/** @type {[string, string | undefined, object, {right: boolean, pair?: string}][]} */
const cases = [
	['the right daemon', key, { proof }, { right: true }],
	['the right daemon, which gives its key again', key, { proof, key }, { right: true }],
	['no proof', key, {}, { right: false }],
	['an empty proof', key, { proof: '' }, { right: false }],
	['a proof in upper case', key, { proof: proof.toUpperCase() }, { right: false }],
	['the proof of an earlier run of the daemon', key, { proof, instance: '0000000000000000' }, { right: false }],
	['the first daemon', undefined, { proof, key }, { right: true, pair: key }],
	['the first daemon, with a proof made with another key', undefined, { proof, key: other }, { right: false }],
	['the first daemon, with an invalid key', undefined, { proof, key: 'x' }, { right: false }],
	['the first daemon, without a proof', undefined, { key }, { right: false }],
	['the first daemon, without a key', undefined, {}, { right: false }],
];
for (const [what, kept, more, expected] of cases) {
	test(`judged: ${what}`, async () => assert.deepEqual(await judge(kept, asked, answer(more)), expected));
}

test('judged: a forged key, sent to a browser that has another one', async () => {
	const forged = { key: other, proof: await proofOf(other, { nonce, profile, instance }) };
	assert.deepEqual(await judge(key, asked, answer(forged)), { right: false });
});

test('judged: the proof of another nonce or profile', async () => {
	assert.deepEqual(await judge(key, { ...asked, nonce: 'b'.repeat(32) }, answer({ proof })), { right: false });
	assert.deepEqual(await judge(key, { ...asked, profile: 'other-profile' }, answer({ proof })), { right: false });
});

test('the code of an extension is the one that the daemon computes', async () => {
	assert.equal(await codeOfExtension('chrome-extension://hkniokloboicegjlaajjjkbfncgoeifp'), '4231-d13d');
});
