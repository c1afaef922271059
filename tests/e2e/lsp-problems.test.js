// SPDX-License-Identifier: MIT
//
// `savecast lsp` publishes what went wrong in the pages: the diagnostics appear in a real Neovim
// and a real Emacs when the page loads, and disappear when it loads with the fix. So do the signs of
// the plugin for Vim and Neovim.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';

import { LspClient } from '../lib/lsp-client.js';
import { missing, switchOn } from '../lib/live.js';
import { Terminal } from '../lib/terminal.js';
import { SAVECAST, TOP, World } from '../lib/world.js';

const EGLOT = existsSync('/usr/bin/emacs') && existsSync('/usr/share/emacs/site-lisp/elpa');
const BROKEN = 'window.cart = 1;\n\tnoSuchThing();\n';
const FIXED = 'window.cart = 2;\n';

/** @param {import('node:test').TestContext} t */
async function open(t) {
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.site('site', { 'index.html': '<!doctype html><title>t</title><script src="/app.js"></script>', 'app.js': '' });
	const browser = await world.browser('chromium', { grant: ['http://localhost/*'] });
	const tab = await browser.newPage(site.url);
	await switchOn(world, tab);
	const file = path.join(site.root, 'app.js');
	/** @param {string} text */
	const save = async (text) => {
		await writeFile(file, text);
		return world.savecast('check', '--wait', file);
	};
	return { world, site, browser, tab, file, save };
}

/** @param {LspClient} lsp @param {string} uri @param {number} count @param {number} mark */
const published = async (lsp, uri, count, mark) => (await lsp.replies.next(`${count} diagnostics of ${uri}`,
	({ method, params }) => method === 'textDocument/publishDiagnostics' && params.uri === uri && params.diagnostics.length === count,
	{ mark })).params.diagnostics;

test('lsp: diagnostics appear with an error, and end with its fix, the tab or the daemon', { skip: missing('chromium') }, async t => {
	const { world, site, browser, tab, file, save } = await open(t);
	const link = path.join(world.temp, 'link');
	await symlink(site.root, link);
	const linked = `${pathToFileURL(link)}/app.js`, real = String(pathToFileURL(file));
	const inFolder = new LspClient(world), inFile = new LspClient(world), elsewhere = new LspClient(world);
	await inFolder.initialize({ workspaceFolders: [{ name: 'site', uri: String(pathToFileURL(site.root)) }] });
	await inFile.initialize();
	await inFile.notify('textDocument/didOpen', { textDocument: { uri: linked, languageId: 'javascript', version: 1, text: '' } });
	await elsewhere.initialize({ rootUri: `file://${world.temp}/elsewhere` });

	await save(BROKEN);
	const [diagnostic] = await published(inFolder, real, 1, 0);
	assert.deepEqual(diagnostic.range.start, { line: 1, character: 1 });
	assert.match(diagnostic.message, /^ReferenceError: noSuchThing is not defined\nhttp:\/\/localhost:/);
	assert.deepEqual([diagnostic.source, diagnostic.severity], ['savecast', 1]);
	await published(inFile, linked, 1, 0);
	await save(FIXED);
	await published(inFolder, real, 0, 0);
	await published(inFile, linked, 0, 0);

	await save(BROKEN);
	const late = new LspClient(world);
	await late.initialize({ rootUri: String(pathToFileURL(site.root)) });
	await published(late, real, 1, 0);
	let { mark } = inFolder.replies;
	await tab.close();
	await published(inFolder, real, 0, mark);

	await switchOn(world, await browser.newPage(site.url));
	await published(inFolder, real, 1, mark);
	({ mark } = inFolder.replies);
	await world.endDaemon();
	await published(inFolder, real, 0, mark);
	assert.ok(!elsewhere.replies.all.some(({ event }) => event.method), 'no diagnostics of other folders');
});

test('lsp: Neovim and Emacs show an error of the page, until its fix', { skip: missing('chromium') || (!EGLOT && 'no Emacs with eglot here') }, async t => {
	const { world, file, save } = await open(t);
	const lua = path.join(world.temp, 'init.lua'), lisp = path.join(world.temp, 'init.el');
	await writeFile(lua, `
		local id = vim.lsp.start_client({ name = 'savecast', cmd = { '${SAVECAST}', 'lsp' } })
		vim.api.nvim_create_autocmd({ 'BufReadPost' }, { callback = function(event) vim.lsp.buf_attach_client(event.buf, id) end })`);
	// In a new home, Emacs compiles the packages meanwhile, and shows the warnings in this window.
	await writeFile(lisp, `(setq native-comp-deferred-compilation nil native-comp-async-report-warnings-errors nil)
		(package-initialize)
		(require 'eglot)
		(add-to-list 'eglot-server-programs '(js-mode . ("${SAVECAST}" "lsp")))
		(add-hook 'js-mode-hook #'eglot-ensure)
		(global-auto-revert-mode 1)`);
	await writeFile(file, BROKEN);
	const nvim = await Terminal.open(world, 'nvim', ['nvim', '-u', lua, '-i', 'NONE', '-n', file]);
	const emacs = await Terminal.open(world, 'emacs', ['emacs', '-nw', '-q', '-l', lisp, file]);
	await emacs.shows('[eglot:site]');
	await nvim.shows('noSuchThing();');
	await save(BROKEN);
	await nvim.shows(/noSuchThing\(\); .*ReferenceError: noSuchThing is not defined/);
	await emacs.keys('M-x', 'flymake-show-buffer-diagnostics', 'Enter');
	await emacs.shows(/2\s+1\s+error.*noSuchThing is not defined/);
	await save(FIXED);
	await nvim.shows(/^(?!.*is not defined)/s);
	await emacs.shows(/^(?!.*is not defined)/s);
});

test('the plugin in Vim and Neovim: a sign at the line that causes an error of the page, until its fix', { skip: missing('chromium') }, async t => {
	const { world, file } = await open(t);
	const plugin = path.join(world.temp, 'plugin.vim');
	await writeFile(plugin, `set nocompatible noswapfile laststatus=2 statusline=%{savecast#statusline()}
		set runtimepath^=${path.join(TOP, 'clients/vim')}
		let g:savecast_command = '${SAVECAST}'
		runtime plugin/savecast.vim`);
	for (const name of ['vim', 'nvim']) {
		await writeFile(file, FIXED);
		const editor = await Terminal.open(world, `${name}-plugin`, [name, '-u', plugin, '-i', 'NONE', '-n', file]);
		await editor.shows('window.cart');
		await editor.keys(':%s/2/noSuchThing()/', 'Enter', ':write', 'Enter');
		await editor.shows(/^!!window[^]*savecast: problems in the page/);
		await editor.keys(`:%s/noSuchThing()/"${name}"/`, 'Enter', ':write', 'Enter');
		await editor.shows(/^window[^]*savecast: (reloaded|patched|swapped)/);
		await editor.close();
	}
});
