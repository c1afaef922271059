// SPDX-License-Identifier: MIT
//
// meson.build defines the version; every other file that repeats it has the same one.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

/** @param {string} name */
const read = (name) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

test('all files have the version of meson.build', async () => {
	const version = /^\s*version: '([^']+)'/m.exec(await read('meson.build'))?.[1];
	assert.ok(version);
	for (const name of ['package.json', 'browser-ext/manifest.json', 'clients/vscode/package.json']) {
		assert.equal(JSON.parse(await read(name)).version, version, name);
	}
	assert.ok((await read('NEWS')).startsWith(`savecast ${version}`), 'NEWS');
	assert.match(await read('README.md'), new RegExp(`This is ${version.split('.').slice(0, 2).join('\\.')}\\b`), 'README.md');
});
