// SPDX-License-Identifier: MIT
/**
 * The .vsix: its contents, and that its bytes depend only on the sources.
 */
import assert from 'node:assert/strict';
import { copyFile, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { TOP, World } from '../lib/world.js';
import { codeServer } from '../lib/vscode/code-server.js';

const { skip, vsix, node } = codeServer;

test('the package contains exactly the necessary files', { skip }, async () => {
	const { stdout } = await run(['python3', '-m', 'zipfile', '-l', vsix], process.env);
	const names = stdout.trim().split('\n').slice(1).map(line => line.split(/\s{2,}/)[0]).sort();
	assert.deepEqual(names, [
		'[Content_Types].xml',
		'extension.vsixmanifest',
		'extension/LICENSE.txt',
		'extension/THIRD-PARTY',
		'extension/changelog.md',
		'extension/dist/extension.js',
		'extension/media/browser.md',
		'extension/media/daemon.md',
		'extension/media/icon.png',
		'extension/media/picture.png',
		'extension/media/save.md',
		'extension/package.json',
		'extension/readme.md',
	]);
	const { size } = await stat(vsix);
	assert.ok(size < 200000, `${size} bytes`);
});

test('the same sources result in the same bytes', { skip }, async t => {
	const world = await World.open(t);
	const first = path.join(world.temp, 'first.vsix');
	await copyFile(vsix, first);
	const again = await run([path.join(TOP, 'scripts/package-vscode')],
		{ ...process.env, PATH: `${path.dirname(node)}:${process.env.PATH}`, TZ: 'Pacific/Kiritimati', LC_ALL: 'C' });
	assert.equal(again.status, 0, again.stderr);
	assert.ok((await readFile(first)).equals(await readFile(vsix)));
});

test('package.json: each command, picture and text exists', { skip }, async () => {
	const folder = path.join(TOP, 'clients/vscode');
	const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
	const source = await readFile(path.join(folder, 'src/commands.ts'), 'utf8');
	for (const { command } of manifest.contributes.commands) {
		assert.ok(source.includes(`'${command}':`), command);
	}
	for (const { media, description } of manifest.contributes.walkthroughs[0].steps) {
		await readFile(path.join(folder, media.markdown));
		for (const [, command] of description.matchAll(/\(command:([^)]+)\)/g)) {
			assert.ok(source.includes(`'${command}':`), command);
		}
	}
	const version = /^\tversion: '(.*)',$/m.exec(await readFile(path.join(TOP, 'meson.build'), 'utf8'))?.[1];
	assert.equal(manifest.version, version, 'one version for all of savecast');
});
