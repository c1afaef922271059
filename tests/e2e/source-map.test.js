// SPDX-License-Identifier: MIT
//
// An error in what a build wrote is reported at its place in the source, wherever the map is.
import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import * as esbuild from 'esbuild';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, switchOn } from '../lib/live.js';
import { TOP, World } from '../lib/world.js';

const CART = `interface Cart { items: number[] }

export function total(cart: Cart): number {
	return cart.items.reduce((sum, item) => sum + item, 0);
}
`;
const MAIN = "import { total } from './cart';\nconst broken = {} as any;\nsetTimeout(() => total(broken));\n";
const PAGE = '<!doctype html><title>shop</title><script src="/dist/app.js?v=1"></script>';

/** @param {string} root @param {import('esbuild').BuildOptions['sourcemap']} sourcemap */
const build = (root, sourcemap) => esbuild.build({
	entryPoints: [path.join(root, 'src/main.ts')], outfile: path.join(root, 'dist/app.js'), bundle: true, minify: true, sourcemap,
});

/**
 * @param {World} world
 * @param {string} root
 */
const problemOf = async (world, root) => {
	const { stdout, stderr } = await world.savecast('check', '--json', root);
	assert.ok(stdout, stderr);
	return JSON.parse(stdout).problems.find((/** @type {any} */ { message }) => /items|reduce/.test(message));
};

for (const which of BROWSERS) {
	test(`${which}: TypeScript through esbuild and Vite: external, named and inline maps`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const site = await world.site('site', { 'index.html': PAGE, 'src/main.ts': MAIN, 'src/cart.ts': CART });
		const vite = await world.folder('vite', {
			'index.html': '<!doctype html><title>vite</title><script type="module" src="/src/main.ts"></script>', 'src/main.ts': MAIN, 'src/cart.ts': CART,
		}, { git: true });
		const served = await world.serve('vite', vite, port => [process.execPath, path.join(TOP, 'node_modules/vite/bin/vite.js'), '--port', String(port), '--host', '127.0.0.1', '--strictPort']);
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });

		await build(site.root, 'external');
		const tab = await browser.newPage(site.url);
		await switchOn(world, tab);
		for (const sourcemap of /** @type {const} */ (['external', 'linked', 'inline'])) {
			await build(site.root, sourcemap);
			await world.savecast('reload', site.root);
			const problem = await until(`the place by an ${sourcemap} map`, async () => {
				const found = await problemOf(world, site.root);
				return found?.file === path.join(site.root, 'src/cart.ts') && found;
			});
			assert.deepEqual([problem.line, problem.column > 1], [4, true], JSON.stringify(problem));
			assert.match(problem.url, /\/src\/cart\.ts$/);
		}
		await writeFile(path.join(site.root, 'dist/app.js.map'), '{"mappings":"!","sources":["../src/cart.ts"]}');
		await build(site.root, false);
		await world.savecast('reload', site.root);
		await until('the script itself, without a map', async () => (await problemOf(world, site.root))?.file === path.join(site.root, 'dist/app.js'));
		await truncate(path.join(site.root, 'dist/app.js.map'), 50 * 1024 * 1024);
		await build(site.root, false);
		const before = (await world.bus.events()).at(-1).serial, begun = performance.now();
		await world.savecast('reload', site.root);
		await until('the script itself, although there is a map of 50 MiB', async () => {
			const problem = await problemOf(world, site.root);
			return problem?.event > before && problem.file === path.join(site.root, 'dist/app.js');
		});
		t.diagnostic(`with a map of 50 MiB: ${Math.round(performance.now() - begun)} ms`);
		await tab.close();

		const own = await browser.newPage(served.url);
		await switchOn(world, own);
		await until('the place in Vite', async () => {
			const problem = await problemOf(world, vite);
			return problem?.file === path.join(vite, 'src/cart.ts') && problem.line === 4;
		});

		await writeFile(path.join(vite, 'src/cart.ts'), 'export const total = ;\n');
		const overlay = await until('what Vite shows over the page', async () => {
			const { stdout } = await world.savecast('check', '--json', vite);
			return JSON.parse(stdout).problems.find((/** @type {any} */ { kind }) => kind === 'document');
		});
		assert.deepEqual([overlay.file, overlay.line], [path.join(vite, 'src/cart.ts'), 1], JSON.stringify(overlay));
	});
}
