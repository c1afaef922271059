// SPDX-License-Identifier: MIT
//
// Runs every command that the documents show in a fresh account: with a home and a session bus of
// its own, where the first call starts the daemon. A command that is added to a document later is
// run as well.
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { shownCommands } from '../../scripts/lib/doc-commands.js';
import { START_COMMAND } from '../../browser-ext/ui/command.js';
import { run } from '../lib/children.js';
import { daemonService } from '../lib/vscode/service.js';
import { SAVECAST, SAVECASTD, TOP, World } from '../lib/world.js';

test('each command in the documents works in a fresh account', async t => {
	const world = await World.open(t, { services: await daemonService(t) });
	const bin = path.join(world.temp, 'bin');
	await mkdir(bin);
	await symlink(SAVECAST, path.join(bin, 'savecast'));
	await symlink(SAVECASTD, path.join(bin, 'savecastd'));
	const shown = await shownCommands(SAVECAST);
	assert.ok(shown.length > 60, `${shown.length} commands are found`);
	for (const { document, command } of shown) {
		assert.doesNotMatch(command.replace('forward NAME', ''), /(?<!\$)\b[A-Z]{3,}\b/,
			`${document}: ${command}: scripts/lib/doc-commands.js knows no meaning of this word`);
	}
	const list = path.join(world.temp, 'commands');
	await writeFile(list, shown.map(({ document, command }) => `${document}\t${command}\n`).join(''));
	const { status, stdout, stderr } = await run(['bash', path.join(TOP, 'scripts/lib/run-doc-commands'), list],
		{ ...world.env, PATH: `${bin}:${world.env.PATH}` });
	assert.equal(status, 0, stderr);
	t.diagnostic(stdout.trim().split('\n').at(-1) ?? '');
	const starts = new Set(shown.map(({ command }) => command).filter(command => /^systemctl .*(?:start|enable)\b.* savecast(?!-forward)/.test(command)));
	assert.deepEqual([...starts], [START_COMMAND], 'one command starts the daemon, in all documents');
});
