// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { permissionsOf, reasonsIn } from '../../scripts/lib/permissions.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** @param {import('node:test').TestContext} t */
function pack(t) {
	const folder = mkdtempSync(join(tmpdir(), 'savecast-package-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const told = execFileSync(join(TOP, 'scripts/package-ext'), [folder], { encoding: 'utf8' });
	return { folder, told };
}

test('the packages for both stores have the same bytes each time', (t) => {
	const [one, two] = [pack(t), pack(t)];
	const names = readdirSync(one.folder);
	assert.deepEqual(names.map((name) => name.replace(/-[\d.]+-/, '-')), ['savecast-chromium.zip', 'savecast-firefox.zip']);
	for (const name of names) {
		assert.deepEqual(readFileSync(join(one.folder, name)), readFileSync(join(two.folder, name)));
	}
	assert.match(one.told, /^activeTab: a click on the icon/);
});

test('each permission has a reason', () => {
	const manifest = JSON.parse(readFileSync(join(TOP, 'browser-ext/manifest.json'), 'utf8'));
	const reasons = reasonsIn(readFileSync(join(TOP, 'browser-ext/PERMISSIONS.md'), 'utf8'));
	assert.deepEqual([...reasons.keys()].sort(), permissionsOf(manifest).sort());
});

test('web-ext lint finds nothing', { skip: Number(process.versions.node.split('.')[0]) < 20 && 'web-ext needs Node 20' }, (t) => {
	const { folder } = pack(t);
	const [, firefox] = readdirSync(folder);
	const command = join(TOP, 'node_modules/web-ext/bin/web-ext.js');
	const told = execFileSync(process.execPath, [command, 'lint', '--no-config-discovery', '--output=json',
		'--source-dir', join(folder, firefox)], { encoding: 'utf8', env: { ...process.env, HOME: folder } });
	const { errors, warnings, notices } = JSON.parse(told);
	assert.deepEqual([...errors, ...warnings, ...notices], []);
});
