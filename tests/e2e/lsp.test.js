// SPDX-License-Identifier: MIT
/**
 * `savecast lsp`: as the protocol defines it, and with the editors that Debian has.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { LspClient } from '../lib/lsp-client.js';
import { Terminal } from '../lib/terminal.js';
import { SAVECAST, TOP, World } from '../lib/world.js';

const EMACS = existsSync('/usr/bin/emacs');
const EGLOT = EMACS && existsSync('/usr/share/emacs/site-lisp/elpa');

/**
 * @param {World} world
 * @param {string} name of a file, as the daemon spells it
 */
function heard(world, name) {
	return until(`${name} to be heard`, async () =>
		(await world.bus.events()).some((/** @type {any} */ { files }) => files.includes(name)));
}

test('lsp: from initialize to exit, and every name byte for byte', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', {}, { git: true });
	const lsp = new LspClient(world);
	const { result } = await lsp.initialize();
	assert.deepEqual(result.capabilities,
		{ textDocumentSync: { openClose: true, change: 0, save: { includeText: false } } });
	assert.equal(result.serverInfo.name, 'savecast');

	await lsp.notify('textDocument/didOpen', {
		textDocument: { uri: `file://${root}/a.css`, languageId: 'css', version: 1, text: 'a\0b' },
	});
	/** @type {[string, string][]} */
	const names = [
		['a%20b.css', `${root}/a b.css`],
		['%22%27%3B.css', `${root}/"';.css`],
		['caf%E9.css', `file://${root}/caf%E9.css`],
		['caf%C3%A9.css', `${root}/café.css`],
		['new%0Aline.css', `${root}/new\nline.css`],
	];
	for (const [uri] of names) {
		await lsp.saved(`file://${root}/${uri}`);
	}
	await lsp.saved('untitled:Untitled-1');
	await lsp.saved(`file://${root}/%00.css`);
	await lsp.saved('file://elsewhere/a.css');
	for (const [, name] of names) {
		await heard(world, name);
	}
	assert.deepEqual((await lsp.request('shutdown')).result, null);
	await lsp.notify('exit');
	assert.deepEqual(await lsp.ended, [0, null]);
	assert.match(lsp.stderr, /^savecast: textDocument\/didSave: file:\/\/.*%00.css: .*\n/);
	assert.match(lsp.stderr, /file:\/\/elsewhere\/a.css: /);
	assert.equal(lsp.stderr.trim().split('\n').length, 2, lsp.stderr);
	const files = (await world.bus.events()).flatMap((/** @type {any} */ event) => event.files);
	assert.deepEqual(files.sort(), names.map(([, name]) => name).sort(), 'nothing else was reported');
});

test('lsp: invalid messages get the protocol\'s errors', async t => {
	const world = await World.open(t);
	const lsp = new LspClient(world);
	const failure = async (/** @type {string} */ text) => {
		const { mark } = lsp.replies;
		await lsp.frame(text);
		const { error, id } = await lsp.replies.next(`an error to ${text}`, reply => reply.error, { mark });
		return [error.code, id];
	};
	assert.equal((await lsp.request('textDocument/hover')).error.code, -32002);
	await lsp.initialize();
	assert.equal((await lsp.request('textDocument/hover')).error.code, -32601);
	assert.equal((await lsp.request('initialize')).error.code, -32600);
	assert.deepEqual(await failure('{"id":1'), [-32700, null]);
	assert.deepEqual(await failure(''), [-32700, null]);
	assert.deepEqual(await failure('[]'), [-32600, null]);
	await lsp.request('shutdown');
	assert.equal((await lsp.request('shutdown')).error.code, -32600);
	await lsp.notify('exit');
	assert.deepEqual(await lsp.ended, [0, null]);
});

test('lsp: an invalid stream ends with an error', async t => {
	const world = await World.open(t);
	for (const [bytes, why] of /** @type {[string, RegExp][]} */ ([
		['Content-Length: 1073741824\r\n\r\n', /Content-Length: 1073741824: no message is that long/],
		['Content-Length: -5\r\n\r\n', /Content-Length: -5: must be a number/],
		['GET / HTTP/1.1\r\n\r\n', /header: GET \/ HTTP\/1.1: is not a header field/],
		['\xff\x1b[2J: \r\n\r\n', /header: Content-Length: is missing/],
		['x'.repeat(100000), /header: xxx.*: is too long/],
	])) {
		const lsp = new LspClient(world);
		await lsp.initialize();
		await lsp.raw(Buffer.from(bytes, 'latin1'));
		const { error, id } = await lsp.replies.next(`an error to ${bytes.slice(0, 40)}`, reply => reply.error, { mark: 0 });
		assert.deepEqual([error.code, id], [-32700, null]);
		assert.match(error.message, why);
		assert.deepEqual(await lsp.ended, [1, null]);
	}
	const unclean = new LspClient(world);
	await unclean.initialize();
	assert.deepEqual(await unclean.end(), [1, null], 'an end without shutdown');
});

test('lsp: large files and floods use no more memory', async t => {
	const world = await World.open(t);
	const lsp = new LspClient(world);
	await lsp.initialize();
	const peak = async () => Number(/^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${lsp.pid}/status`, 'utf8'))?.[1]);
	const before = await peak();
	const text = 'x'.repeat(32 << 20);
	await lsp.notify('textDocument/didOpen', { textDocument: { uri: 'file:///x', text } });
	await lsp.raw('Content-Length: 1000000\r\n\r\n'); // never fulfilled
	for (let i = 0; i < 999; i++) {
		await lsp.raw('y'.repeat(1000));
	}
	await lsp.raw('y'.repeat(1000));
	const { error } = await lsp.replies.next('an error', reply => reply.error, { mark: 0 });
	assert.equal(error.code, -32700);
	const grown = await peak() - before;
	t.diagnostic(`32 MiB didOpen and 1 MB of garbage: ${grown} kB more at the peak`);
	assert.ok(process.env.SAVECAST_BUILD?.includes('asan') || grown < 8192, `grew by ${grown} kB`);
});

test('lsp: a daemon that hangs does not delay the editor, and gets all saves later', async t => {
	const world = await World.open(t);
	const daemon = await world.startDaemon();
	const root = await world.folder('site', {}, { git: true });
	const lsp = new LspClient(world);
	await lsp.initialize();
	daemon.process.kill('SIGSTOP');
	t.after(() => daemon.process.kill('SIGCONT'));
	// Far more calls than may be unanswered, and far more bytes than fit into a pipe.
	const filler = ' '.repeat(20000);
	for (let i = 0; i < 100; i++) {
		await lsp.saved(`file://${root}/${i % 50}.css`);
		await lsp.notify('textDocument/didOpen', { filler });
		await lsp.request('textDocument/hover');
	}
	daemon.process.kill('SIGCONT');
	await until('all 50 files', async () => (await world.bus.events()).reduce(
		(/** @type {number} */ sum, /** @type {any} */ event) => sum + event['file-count'], 0) >= 50);
	assert.equal(lsp.stderr, '');
});

test('lsp: Neovim with its own client', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a b.css': 'a', 'c.css': 'c' }, { git: true });
	const init = path.join(world.temp, 'init.lua');
	await writeFile(init, lines('neovim').replace("'savecast'", `'${SAVECAST}'`));
	const nvim = await Terminal.open(world, 'nvim', ['nvim', '-u', init, '-i', 'NONE', '-n', path.join(root, 'a b.css')]);
	await until('the server to be attached', async () => {
		await nvim.keys(':lua print("attached " .. #vim.lsp.buf_get_clients())', 'Enter');
		return (await nvim.shows(/attached \d/)).includes('attached 1');
	}, { every: 100 });
	await nvim.keys('ityped', 'Escape', ':w', 'Enter');
	await heard(world, path.join(root, 'a b.css'));
	assert.match(await readFile(path.join(root, 'a b.css'), 'utf8'), /typed/);
	await nvim.keys(`:e ${root}/c.css`, 'Enter', 'ityped', 'Escape', ':wq', 'Enter');
	await heard(world, path.join(root, 'c.css'));
	await nvim.ended();
});

test('lsp: Emacs with eglot', { skip: !EGLOT && 'no Emacs with eglot here' }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a b.css': '' }, { git: true });
	const init = path.join(world.temp, 'init.el');
	await writeFile(init, `(package-initialize)\n${lines('eglot').replace('"savecast"', `"${SAVECAST}"`)}`);
	const emacs = await Terminal.open(world, 'emacs', ['emacs', '-nw', '-q', '-l', init, path.join(root, 'a b.css')]);
	await emacs.shows('[eglot:site]');
	await emacs.keys('typed', 'C-x', 'C-s');
	await heard(world, path.join(root, 'a b.css'));
	assert.match(await readFile(path.join(root, 'a b.css'), 'utf8'), /typed/);
	await emacs.keys('C-x', 'C-c');
	await emacs.ended();
});

const README = await readFile(path.join(TOP, 'clients/README.md'), 'utf8');

/**
 * The lines that clients/README.md shows for an editor: the test uses what users copy.
 *
 * @param {string} name as in the comment above its code block
 */
function lines(name) {
	const found = new RegExp(`<!-- tested: ${name} -->\\n+\`\`\`\\w*\\n(.*?)\`\`\``, 's').exec(README);
	assert.ok(found, `clients/README.md has no lines for ${name}`);
	return found[1];
}

/**
 * Five files, saved together, are one event.
 *
 * @param {World} world
 * @param {string} start of their names
 */
async function oneOfFive(world, start) {
	const counts = async () => (await world.bus.events()).map((/** @type {any} */ e) =>
		e.files.filter((/** @type {string} */ name) => name.startsWith(start)).length).filter(Boolean);
	await until('five files', async () => (await counts()).reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0) >= 5);
	assert.deepEqual(await counts(), [5]);
}

test('Emacs and Kakoune with a hook', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	// Characters with a meaning for a shell, for options or for lines.
	const odd = `-q"uo'te\n$(x);é.css`;
	const root = await world.folder('site', { 'e m.css': '', [`e${odd}`]: '', 'k k.css': '', [`k${odd}`]: '' }, { git: true });
	await t.test('Emacs', { skip: !EMACS && 'no Emacs here' }, async () => {
		const init = path.join(world.temp, 'hook.el');
		await writeFile(init, lines('emacs'));
		const emacs = await Terminal.open(world, 'hook', ['emacs', '-nw', '-Q', '-l', init, path.join(root, 'e m.css')]);
		await emacs.shows('e m.css');
		await emacs.keys('typed', 'C-x', 'C-s');
		await heard(world, path.join(root, 'e m.css'));
		await emacs.keys('M-:');
		await emacs.keys('-l', `(progn (find-file ${JSON.stringify(path.join(root, `e${odd}`))}) (insert "x") (save-buffer))`);
		await emacs.keys('Enter');
		await heard(world, path.join(root, `e${odd}`));

		await emacs.keys('M-:');
		await emacs.keys('-l', `(progn (dolist (n '("1" "2" "3" "4" "5")) (find-file (concat ${JSON.stringify(`${root}/all`)} n ".css")) (insert "x")) (save-some-buffers t))`);
		await emacs.keys('Enter');
		await oneOfFive(world, path.join(root, 'all'));
	});
	await t.test('Kakoune', { skip: !existsSync('/usr/bin/kak') && 'no Kakoune here' }, async () => {
		const rc = path.join(world.temp, 'kakrc');
		await writeFile(rc, lines('kakoune'));
		const kak = await Terminal.open(world, 'kak', ['kak', '-n', '-e', `source ${rc}`, path.join(root, 'k k.css')]);
		await kak.shows('k k.css');
		await kak.keys('ityped');
		await kak.shows('] insert ');
		await kak.keys('Escape'); // A key right after it would be Alt and that key.
		await kak.shows(/^(?!.*\] insert )/s);
		await kak.keys(':wq', 'Enter');
		await heard(world, path.join(root, 'k k.css'));
		await kak.ended();

		const other = await Terminal.open(world, 'kak2',
			['kak', '-n', '-e', `source ${rc}; exec ix<esc>; write-quit`, path.join(root, `k${odd}`)]);
		await heard(world, path.join(root, `k${odd}`));
		await other.ended();

		const names = [1, 2, 3, 4, 5].map(n => path.join(root, `kall${n}.css`));
		const all = await Terminal.open(world, 'kak3', ['kak', '-n', '-e', `source ${rc}`, ...names]);
		await all.shows('kall1.css');
		await all.keys(':evaluate-commands -buffer * %{ try %{ execute-keys ix<esc> } }; write-all', 'Enter');
		await oneOfFive(world, path.join(root, 'kall'));
	});
});

test('the one-line commands for any program', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'savecast.css': '', 'busctl.css': '', 'gdbus.css': '' }, { git: true });
	for (const name of ['savecast', 'busctl', 'gdbus']) {
		const file = path.join(root, `${name}.css`);
		const terminal = await Terminal.open(world, name, ['sh', '-c', lines(name).replaceAll('/home/me/site/style.css', file)]);
		await heard(world, file);
		await terminal.ended();
	}
});
