// SPDX-License-Identifier: MIT
//
// What an error page says reaches the editor: the exception, and the innermost line of the project's
// own files. With real frameworks: all of them, in both browsers, with --long.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { FRAMEWORKS } from '../lib/error-pages.js';
import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, switchOn } from '../lib/live.js';
import { World } from '../lib/world.js';

const SOME = { chromium: ['FastAPI', 'FastAPI with debug', 'PHP', 'Express'], firefox: ['Flask'] };

for (const which of BROWSERS) {
	const frameworks = process.env.SAVECAST_LONG ? FRAMEWORKS : FRAMEWORKS.filter(({ name }) => SOME[which].includes(name));
	test(`${which}: error pages of frameworks`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const installed = frameworks.filter(({ needs }) => existsSync(needs));
		const [browser, ...sites] = await Promise.all([
			world.browser(which, { grant: ['http://localhost/*'] }),
			...installed.map(async ({ name, files, command }) => {
				const folder = name.replaceAll(' ', '-');
				const root = await world.folder(folder, files, { git: true });
				return { root, ...await world.serve(folder, root, command) };
			}),
		]);
		for (const { name, needs, file, line, message } of frameworks) {
			await t.test(name, { skip: !existsSync(needs) && `${needs} is not installed` }, async () => {
				const site = sites[installed.findIndex((one) => one.name === name)];
				const tab = await browser.newPage(site.url);
				try {
					await switchOn(world, tab);
					const problem = await until('the problem', async () => {
						const { stdout, stderr } = await world.savecast('check', '--json', site.url);
						assert.ok(stdout, stderr);
						// Next.js shows the place some time after the page.
						const found = JSON.parse(stdout).problems.find((/** @type {any} */ { kind }) => kind === 'document');
						return (found?.file || !line || !name.startsWith('Next')) && found;
					});
					assert.match(problem.message, message);
					assert.deepEqual([problem.file, problem.line], line ? [path.join(site.root, file), line] : [undefined, undefined], JSON.stringify(problem));
				} finally {
					await tab.close();
				}
				await until('the tab to be gone', async () => (await world.bus.tabs()).length === 0);
			});
		}
	});
}
