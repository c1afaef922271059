// SPDX-License-Identifier: MIT
/**
 * A real VS Code shows the problems of a page in the file that causes them, until the page loads
 * without them.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { codeServer } from '../lib/vscode/code-server.js';
import { openSite } from '../lib/vscode/desk.js';

const { skip } = codeServer;

test('an error of the page is a problem of its file, until the fix', { skip }, async t => {
	const { world, root, workbench } = await openSite(t, { grant: ['http://localhost/*'] });
	await writeFile(path.join(root, 'static/cart.js'), 'window.cart = 1;\n');
	await workbench.openFile('home.html');
	await workbench.edit('<script src="/static/cart.js"></script>');
	await workbench.openFile('cart.js');
	const before = performance.now();
	await workbench.edit('undefinedThing.total();');
	await workbench.has('.monaco-editor .squiggly-error');
	t.diagnostic(`from typing to the mark in the editor: ${Math.round(performance.now() - before)} ms`);
	await workbench.status('savecast: 1 problem');
	await workbench.command('Problems: Focus on Problems View');
	await workbench.has('.markers-panel', { text: /undefinedThing is not defined/ });
	await writeFile(path.join(root, 'static/cart.js'), 'window.cart = 2;\n');
	await world.savecast('save', path.join(root, 'static/cart.js'));
	await until('no problem to be left', async () =>
		!/undefinedThing/.test(await workbench.page.evaluate('document.querySelector(".markers-panel .tree-container")?.textContent ?? ""')));
	await workbench.status('savecast: 1 tab');
});
