// SPDX-License-Identifier: MIT
/**
 * What `meson install` installs: all files, in the right places, all removed again by an
 * uninstall; manual pages and completions that match the programs.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { Terminal } from '../lib/terminal.js';
import { LONG, SANITIZED, SAVECAST, TOP, World } from '../lib/world.js';

const BUILD = path.dirname(path.dirname(SAVECAST));
const VERSION = /^\tversion: '(.*)',$/m.exec(await readFile(path.join(TOP, 'meson.build'), 'utf8'))?.[1];

/** @param {World} world @param {string[]} command */
async function done(world, ...command) {
	const { status, stdout, stderr } = await run(command, world.env);
	assert.equal(status, 0, `${command.join(' ')}: ${stdout}${stderr}`);
	return stdout;
}

/** @param {string} folder @returns {Promise<string[]>} the files below it */
async function filesOf(folder) {
	const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true, recursive: true }) : [];
	return entries.filter(entry => !entry.isDirectory())
		.map(entry => path.join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1)).sort();
}

/**
 * A copy of the tested tree, below the world's folder.
 *
 * @param {World} world
 * @returns {Promise<string>} the path that stands for /usr/local there
 */
async function install(world) {
	world.env.DESTDIR = path.join(world.temp, 'destination');
	await done(world, 'meson', 'install', '--no-rebuild', '--quiet', '-C', BUILD);
	return path.join(world.env.DESTDIR, 'usr/local');
}

/** @param {World} world @param {string[]} words */
const helpOf = (world, ...words) => done(world, SAVECAST, ...words, '--help');

/** @param {World} world @returns {Promise<string[]>} what `savecast VERB` can be */
const verbsOf = async world => JSON.parse(await done(world, SAVECAST, '--help', '--json')).verbs.map((/** @type {any} */ verb) => verb.name);

/** The long options that a help text names. @param {string} help */
const optionsIn = help => [...new Set(help.slice(help.indexOf('Options:')).match(/--[a-z]+\b/g) ?? [])].sort();

test('install: each file is in its place, and an uninstall removes all', async t => {
	const world = await World.open(t);
	const local = await install(world);
	const units = (await filesOf(local)).filter(name => name.startsWith('lib/systemd/user/'));
	assert.ok(units.includes('lib/systemd/user/savecast.service'));
	const shipped = (await filesOf(local)).filter(name => name.startsWith('share/savecast/'));
	const extension = (await filesOf(path.join(TOP, 'browser-ext'))).filter(name => !name.endsWith('.md'));
	assert.deepEqual(shipped, [...extension.map(name => `share/savecast/browser-ext/${name}`), 'share/savecast/editors.md']);
	assert.deepEqual((await filesOf(local)).filter(name => !units.includes(name) && !shipped.includes(name)), [
		'bin/savecast',
		'bin/savecastd',
		'share/bash-completion/completions/savecast',
		'share/dbus-1/services/io.github.savecast.Daemon1.service',
		'share/fish/vendor_completions.d/savecast.fish',
		'share/man/man1/savecast.1',
		'share/man/man5/io.github.savecast.Daemon1.5',
		'share/man/man5/io.github.savecast.Project1.5',
		'share/man/man5/savecast-config.5',
		'share/man/man8/savecastd.8',
		'share/zsh/site-functions/_savecast',
	]);
	for (const name of ['share/dbus-1/services/io.github.savecast.Daemon1.service', 'lib/systemd/user/savecast.service']) {
		assert.match(await readFile(path.join(local, name), 'utf8'), /^Exec(Start)?=\/usr\/local\/bin\/savecastd$/m);
	}
	assert.match(await readFile(path.join(TOP, 'debian/changelog'), 'utf8'), new RegExp(`^savecast \\(${VERSION}\\) `));
	for (const program of ['savecast', 'savecastd']) {
		assert.match(await done(world, path.join(local, 'bin', program), '--version'), new RegExp(`\\b${VERSION}$`, 'm'));
	}
	await writeFile(path.join(local, 'share/other'), '');
	const said = await done(world, path.join(TOP, 'scripts/uninstall'), BUILD);
	assert.match(said, /^removed \d+ files\n(.*\n)*.*~\/\.local\/state\/savecast\n$/);
	assert.deepEqual(await filesOf(local), ['share/other']);
});

test('install: below ~/.local, started by D-Bus', { skip: SANITIZED ? 'builds the tree without a sanitizer' : !LONG && 'builds the tree once more: with --long' }, async t => {
	const world = await World.open(t, { services: '/nonexistent' });
	const build = path.join(world.temp, 'build');
	const local = path.join(world.home, '.local');
	await done(world, 'meson', 'setup', build, TOP, `--prefix=${local}`, '-Dtests=disabled');
	await done(world, 'ninja', '-C', build);
	await done(world, 'meson', 'install', '--no-rebuild', '--quiet', '-C', build);
	// The folders in a home in which a session bus and the user's systemd look.
	world.env.XDG_DATA_HOME = path.join(local, 'share');
	assert.ok(existsSync(path.join(local, 'share/systemd/user/savecast.service')));
	world.bus.close();
	world.dbusDaemon?.process.kill('SIGTERM');
	await world.dbusDaemon?.ended;
	await world.openBus(path.join(local, 'share/dbus-1/services'));
	const site = await world.folder('site', { 'a.css': '' }, { git: true });
	await done(world, path.join(local, 'bin/savecast'), 'save', path.join(site, 'a.css'));
	assert.equal((await world.bus.events()).length, 1);
	await done(world, path.join(TOP, 'scripts/uninstall'), build);
	assert.equal(existsSync(local), false);
});

test('manual pages: well-formed, with all options of the help', async t => {
	const world = await World.open(t);
	const local = await install(world);
	const pages = (await filesOf(path.join(local, 'share/man'))).map(name => path.join(local, 'share/man', name));
	assert.equal(pages.length, 5);
	for (const page of pages) {
		const { stdout, stderr } = await run(['man', '--warnings=w', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', page],
			{ ...world.env, LC_ALL: 'C.UTF-8', MANROFFOPT: '', MANWIDTH: '80' });
		assert.equal(stderr, '', page);
		assert.ok(stdout.length > 500, page);
		if (existsSync('/usr/bin/mandoc')) {
			// The page has no date, because the same sources must result in the same bytes.
			const { stdout } = await run(['mandoc', '-T', 'lint', '-W', 'warning', page], world.env);
			assert.deepEqual(stdout.split('\n').filter(line => line && !line.includes('missing date')), []);
		}
	}
	const text = (await readFile(pages[0], 'utf8')).replace(/\\f[BIR]|\\&/g, '').replaceAll('\\-', '-');
	assert.match(text, /^\.TH "SAVECAST" 1 "" "savecast \d/m);
	for (const verb of await verbsOf(world)) {
		assert.match(text, new RegExp(`^\\.SS "${verb}"\\n(\\..*\\n)*savecast ${verb}\\b`, 'm'), verb);
		for (const option of optionsIn(await helpOf(world, verb))) {
			assert.ok(text.includes(option), `${verb} ${option}`);
		}
	}
	const daemon = (await readFile(pages[4], 'utf8')).replaceAll('\\-', '-');
	for (const [option] of (await done(world, path.join(local, 'bin/savecastd'), '--help')).matchAll(/^ {2}--\w+/gm)) {
		assert.ok(daemon.includes(option.trim()), option);
	}
});

test('completions: exactly the verbs and options of the help', async t => {
	const world = await World.open(t);
	const local = await install(world);
	const verbs = [...(await helpOf(world)).matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, verb]) => verb);
	assert.deepEqual(verbs, await verbsOf(world));
	for (const verb of verbs) {
		assert.match(await readFile(path.join(TOP, 'README.md'), 'utf8'), new RegExp(`^\\|.*\\b${verb}\\b.*\\|`, 'm'), `README: ${verb}`);
	}
	await done(world, 'shellcheck', path.join(local, 'share/bash-completion/completions/savecast'));
	const bash = async (/** @type {string[]} */ ...words) => (await done(world, 'bash', '-c',
		'. "$0"; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _savecast; printf "%s\\n" "${COMPREPLY[@]}"',
		path.join(local, 'share/bash-completion/completions/savecast'), 'savecast', ...words)).trim().split('\n');
	const fish = existsSync('/usr/bin/fish') && (async (/** @type {string[]} */ ...words) => (await done(world, 'fish', '--no-config', '-c',
		`source ${local}/share/fish/vendor_completions.d/savecast.fish; complete -C '${['savecast', ...words].join(' ')}'`))
		.trim().split('\n').map(line => line.split('\t')[0]));
	for (const complete of [bash, fish].filter(Boolean)) {
		const ask = /** @type {typeof bash} */ (complete);
		assert.deepEqual((await ask('')).filter(word => !word.startsWith('-')).sort(), verbs.slice().sort());
		for (const verb of verbs) {
			assert.deepEqual((await ask(verb, '--')).map(word => word.replace('=', '')).filter(word => word !== '--').sort(),
				optionsIn(await helpOf(world, verb)), verb);
		}
	}
});

/**
 * What a shell needs in order to behave as Debian configures it.
 *
 * @type {Record<string, [string, (share: string) => string]>}
 */
const SHELLS = {
	bash: ['.bashrc', () => 'PS1="ready> "\n. /usr/share/bash-completion/bash_completion\n'],
	zsh: ['.zshrc', share => `PS1="ready> "\nfpath=(${share}/zsh/site-functions $fpath)\nautoload -Uz compinit\ncompinit -u\n`],
	fish: ['.config/fish/config.fish', () => 'function fish_prompt; echo -n "ready> "; end\nset fish_greeting\nset -g fish_autosuggestion_enabled 0\n'],
};

test('Debian packages: built, installed, used and removed, each in a clean chroot', {
	skip: SANITIZED ? 'packages are built without a sanitizer' : !LONG && 'minutes, and a download: with --long',
}, async t => {
	const world = await World.open(t);
	const { status, stdout, stderr } = await run([path.join(TOP, 'scripts/package-debian'), path.join(world.temp, 'packages')], process.env);
	if (status === 77) {
		t.skip(stderr.trim());
		return;
	}
	assert.equal(status, 0, stderr);
	assert.match(stdout, /\/savecast_\S+\.deb\n.*\/vim-savecast_\S+_all\.deb\n/s);
});

for (const [shell, [file, text]] of Object.entries(SHELLS)) {
	const there = existsSync(`/usr/bin/${shell}`) &&
		(shell !== 'bash' || existsSync('/usr/share/bash-completion/bash_completion'));
	test(`completions: typed in ${shell}`, { skip: !there && `no ${shell} with completion here` }, async t => {
		const world = await World.open(t);
		const share = path.join(await install(world), 'share');
		const site = await world.folder('site', { 'style sheet.css': '', 'other.css': '' });
		await mkdir(path.dirname(path.join(world.home, file)), { recursive: true });
		await writeFile(path.join(world.home, file), text(share));
		Object.assign(world.env, {
			XDG_CONFIG_HOME: path.join(world.home, '.config'), XDG_DATA_DIRS: `${share}:/usr/share`, ZDOTDIR: world.home,
		});
		const terminal = await Terminal.open(world, shell, ['-c', site, shell, '-i']);
		await terminal.shows('ready>');
		for (const [typed, shown] of /** @type {[string, RegExp][]} */ ([
			['savecast sta', /> savecast status\b/],
			['savecast save sty', /> savecast save style\\ sheet\.css/],
			['savecast log --fo', /> savecast log --follow/],
			['savecast run -- cat oth', /> savecast run -- cat other\.css/],
		])) {
			await terminal.keys('C-u', 'C-l', typed, 'Tab');
			await terminal.shows(shown);
		}
	});
}
