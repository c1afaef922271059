// SPDX-License-Identifier: MIT
/**
 * A few commands of git, as isomorphic-git does them in the current folder: isomorphic-git.js
 * COMMAND [ARGUMENT]. It writes the work tree itself and takes none of git's locks.
 */
import fs from 'node:fs';

import git from 'isomorphic-git';

const at = { fs, dir: process.cwd() };
const author = { name: 'Tester', email: 'tester@example.test' };
const [command, argument = ''] = process.argv.slice(2);

/** @type {Record<string, () => Promise<unknown>>} */
const commands = {
	async commit() {
		for (const [filepath, , workdir] of await git.statusMatrix(at)) {
			await (workdir ? git.add({ ...at, filepath }) : git.remove({ ...at, filepath }));
		}
		await git.commit({ ...at, author, message: argument });
	},
	branch: () => git.branch({ ...at, ref: argument }),
	checkout: () => git.checkout({ ...at, ref: argument, force: true }),
	restore: () => git.checkout({ ...at, filepaths: [argument], force: true }),
	status: () => git.statusMatrix(at),
};
await commands[command]();
