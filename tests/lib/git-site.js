// SPDX-License-Identifier: MIT
/** A git repository that a live tab shows, and the events that its commands cause. */
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { until } from './events.js';
import { contents, difference } from './git-tree.js';
import { watched } from './watched.js';

/**
 * Branches main (also as base, with m.css) and topic, which changes most files and has five commits.
 *
 * @param {import('node:test').TestContext} t
 */
export async function gitSite(t) {
	const site = await watched(t, { 'a.css': '1\n', 'b.html': '1\n', 'c.css': '1\n', 'sub/d.css': '1\n' });
	const { sh, root, world } = site;
	world.env = { ...world.env, GIT_EDITOR: 'true', GIT_MERGE_AUTOEDIT: 'no' };
	await site.did(() => sh(`git checkout -qb main; git add -A && git commit -qm one
		git checkout -qb topic; for f in a.css b.html sub/d.css; do echo 2 > $f; done; echo n > new.css; git rm -q c.css; git add -A; git commit -qm two
		for i in 1 2 3; do echo "$i" > s$i.css; git add -A; git commit -qm s$i; done
		git checkout -q main; echo m > m.css; git add -A; git commit -qm m; git branch -q base`), { expect: false });
	return {
		...site,
		/**
		 * Runs the script; expects one event of all files that differ afterwards, or no event.
		 *
		 * @param {string} script
		 * @param {{most?: number, back?: boolean}} [options] most: at most this many events;
		 *   back: files whose content is the same before and after may be announced
		 */
		async changes(script, { most = 1, back = false } = {}) {
			const before = await contents(root);
			const told = await site.did(() => sh(script), { expect: false });
			// The daemon ignores git's own files.
			const real = difference(before, await contents(root)).map(name => path.relative(root, name)).filter(name => !/(^|\/)\.git/.test(name));
			const files = [...new Set(told.flatMap(event => event.files))].sort();
			assert.deepEqual(back ? files.filter(name => real.includes(name)) : files, real, `${script}: ${JSON.stringify(told)}`);
			assert.ok(told.length <= most && (back || (told.length > 0) === (real.length > 0)), `${script}: ${JSON.stringify(told)}`);
			return told.map(({ source }) => source);
		},
		/** Saves the file, and waits for the event to end. @param {string} name */
		async saved(name) {
			const before = await site.last();
			await writeFile(site.file(name), String(Math.random()));
			await until(`the save of ${name}`, async () => (await world.bus.events()).some((/** @type {any} */ e) =>
				e.serial > before && e.closed && e.files.includes(site.file(name))), { every: 5 });
		},
		/** An executable outside the repository. @param {string} name @param {string} text */
		async script(name, text) {
			const file = path.join(world.temp, name);
			await writeFile(file, `#!/bin/sh\n${text}\n`);
			await chmod(file, 0o755);
			return file;
		},
		/** @param {string} name @param {string} text */
		async hook(name, text) {
			await writeFile(site.file(`.git/hooks/${name}`), `#!/bin/sh\n${text}\n`);
			await chmod(site.file(`.git/hooks/${name}`), 0o755);
		},
	};
}
