// SPDX-License-Identifier: MIT
//
// protocol/constants.json and protocol/kinds.json are the truth; the extension, the clients and
// the documents have the same names and limits. tests/unit/ compares the daemon to them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { MAX_SITES, toPort } from '../../browser-ext/common/settings.js';
import * as protocol from '../../browser-ext/link/protocol.js';
import '../../browser-ext/page/match.js';

/** @param {string} name of a file of the repository */
const read = (name) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

const constants = JSON.parse(read('protocol/constants.json'));
const kinds = JSON.parse(read('protocol/kinds.json'));
/** @type {{name: string, by: string, means: string}[]} */
const steps = constants.steps;
const document = read('protocol/websocket.md');

/** @param {string} heading of a table @returns {string[]} the first cells of its rows */
const rows = (heading) => [...document.slice(document.indexOf(`\n${heading}`)).split('\n\n')[0]
	.matchAll(/^\| `([^`]+)`/gm)].map(([, cell]) => cell);

/** @param {string} direction @returns {string[]} the types of its messages, each of which has an example */
const exampleTypes = (direction) => [...new Set(JSON.parse(read(`protocol/vectors/${direction}.json`))
	.flatMap((/** @type {{message?: {type: string}}} */ { message }) => message ? [message.type] : []))].sort();

test('the extension has the kinds of files of the table', () => {
	assert.deepEqual(Object.keys(protocol.KINDS), kinds.kinds);
	assert.deepEqual(Object.entries(protocol.KINDS).filter(([, inPlace]) => inPlace).map(([kind]) => kind), kinds['in-place']);
	const { KINDS, OUTPUTS } = /** @type {any} */ (globalThis).savecast.match;
	assert.deepEqual(Object.fromEntries(KINDS), Object.fromEntries(Object.entries(kinds.suffixes)
		.flatMap(([suffix, { kind }]) => kind === 'page' ? [] : [[suffix, kind]])));
	const sources = Object.entries(kinds.suffixes).filter(([, { output }]) => output);
	assert.deepEqual(Object.fromEntries(OUTPUTS), Object.fromEntries(sources.map(([suffix, { output }]) => [suffix, output])));
	for (const [suffix, { kind, output }] of Object.entries(kinds.suffixes)) {
		assert.match(suffix, /^[a-z0-9]+$/);
		assert.ok(kinds.kinds.includes(kind), suffix);
		// A source has the kind of its output, so that pages which use the output replace it.
		assert.ok(!output || kinds.suffixes[output].kind === kind, suffix);
	}
});

test('the extension has the names and limits of the protocol', () => {
	assert.equal(protocol.SUBPROTOCOL, constants.subprotocol);
	assert.equal(toPort(undefined), constants.port);
	assert.equal(protocol.MAX_URL_BYTES, constants.limits.url);
	assert.equal(protocol.MAX_STRING_BYTES, constants.limits.string);
	assert.equal(protocol.MAX_CHANGES, constants.limits.changes);
	assert.equal(protocol.MAX_RULES, constants.limits.rules);
	assert.equal(Number.MAX_SAFE_INTEGER, constants.limits.number);
	assert.equal(protocol.CLOSE_REFUSED, constants['close-codes'].refused);
	assert.equal(protocol.CLOSE_REPLACED, constants['close-codes'].replaced);
	assert.deepEqual(Object.keys(protocol.TO_DAEMON).sort(), exampleTypes('browser-to-daemon'));
	assert.deepEqual(Object.keys(protocol.FROM_DAEMON).sort(), exampleTypes('daemon-to-browser'));
	assert.deepEqual(protocol.PROBLEM_KINDS, constants['problem-kinds']);
	assert.deepEqual(protocol.PROBLEM_SOURCES, constants['problem-sources']);
	assert.equal(protocol.MAX_PROBLEMS, constants.limits.problems);
	assert.equal(protocol.MAX_PICTURE, constants.limits.picture);
	assert.equal(protocol.MAX_PICTURE_PART, constants.limits['picture-part']);
	assert.deepEqual(protocol.TAB_STATES, constants['tab-states']);
	assert.deepEqual(protocol.STEPS, Object.fromEntries(steps.filter(({ by }) => by === 'tab').map(({ name, means }) => [name, means])));
	assert.ok(MAX_SITES <= constants.limits.tabs);
});

test('the document of the protocol has the same names and limits', () => {
	assert.deepEqual(rows('| step |').sort(), Object.keys(protocol.STEPS).sort());
	assert.deepEqual(rows('| code | meaning |'), constants.errors);
	for (const state of constants['tab-states']) {
		assert.ok(document.includes(`\`${state}\``), state);
	}
	for (const type of new Set([...exampleTypes('browser-to-daemon'), ...exampleTypes('daemon-to-browser')])) {
		assert.ok(document.includes(`**\`${type}\`**`), type);
	}
	for (const figure of ['16 KiB', '1024', '4096 bytes', '256 bytes', 'at most 8 deep', '7283', '12,000 bytes', '1,400,000 bytes']) {
		assert.ok(document.includes(figure), figure);
	}
	for (const kind of kinds.kinds) {
		assert.ok(document.includes(`\`${kind}\``), kind);
	}
});

test('each step is in the D-Bus interface, and each step of tabs in the example messages', () => {
	const prose = /STEPS:([\s\S]*?)-->/.exec(read('protocol/io.github.savecast.Daemon1.xml'))?.[1] ?? '';
	for (const { name } of steps) {
		assert.ok(prose.includes(`"${name}"`), name);
	}
	const vectors = JSON.parse(read('protocol/vectors/browser-to-daemon.json'));
	for (const step of Object.keys(protocol.STEPS)) {
		assert.ok(vectors.some((/** @type {any} */ { message }) => message?.step === step), step);
	}
});

test('the clients use only existing steps', () => {
	const known = steps.map(({ name }) => name);
	const vim = /let s:WORDS = \{([\s\S]*?)\\ \}/.exec(read('clients/vim/autoload/savecast/follow.vim'))?.[1] ?? '';
	const words = [...vim.matchAll(/'([a-z-]+)':/g)].map(([, word]) => word);
	assert.ok(words.length > 5);
	assert.deepEqual(words.filter((word) => !known.includes(word)), []);
	const [, underway] = /const UNDERWAY = \[(.*)\]/.exec(read('scripts/lib/story.js')) ?? [];
	assert.deepEqual([...underway.matchAll(/'([a-z-]+)'/g)].map(([, word]) => word).filter((word) => !known.includes(word)), []);
});
