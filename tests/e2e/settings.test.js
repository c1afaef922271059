// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { chmod, chown, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { freePort } from '../lib/ports.js';
import { Client } from '../lib/wire-client.js';
import { SAVECAST, World } from '../lib/world.js';
import { run } from '../lib/children.js';

/** @param {World} world */
async function projects(world) {
	const [managed] = await world.bus.call({
		interface: 'org.freedesktop.DBus.ObjectManager', member: 'GetManagedObjects',
	});
	return Object.values(managed).map((/** @type {any} */ o) => o['io.github.savecast.Project1']);
}

/**
 * @param {World} world
 * @param {string} root
 */
async function problems(world, root) {
	return (await projects(world)).find(p => p.Root === root)?.SettingsProblems;
}

test('each mistake in the user\'s file is reported, and the rest applies', async t => {
	const world = await World.open(t);
	const root = await world.folder('site', {});
	await world.configure(`[savecast]
	port = 99999
	port = ${world.port}
	prot = 1
	action = reload *.css
	ignore = a[
	gitignored = maybe
[savecast "relative/root"]
	url = http://x
[savecast "${root}"]
	url = shop.test
	url = http://shop.test
	port = 1
[user]
	name = x
`);
	await world.startDaemon();
	const file = path.join(world.temp, 'config/savecast/config');
	const { SettingsProblems: said, Port: port } = await world.bus.properties();
	assert.equal(port, world.port);
	const expected = [
		'line 2: savecast.port: 99999: must be a number from 1 to 65535; it is ignored',
		'line 4: savecast.prot: there is no such setting; the settings are savecast.port, url, ignore, ',
		'line 5: savecast.action: reload *.css: must be page, css, image or none, and a file pattern: the first word',
		'line 6: savecast.ignore: a[: must be a file pattern: a "[" needs a "]"',
		'line 7: savecast.gitignored: maybe: must be true or false',
		'line 9: savecast "relative/root": must be an absolute path',
		`line 11: savecast.${root}.url: shop.test: must be a URL pattern: SCHEME://HOST[:PORT][/PATH]: must begin with http`,
		`line 13: savecast.${root}.port: 1: can only be set for all projects`,
		'line 15: user.name: there is no such setting',
	];
	assert.equal(said.length, expected.length, said.join('\n'));
	const log = await world.log('savecastd');
	for (const [i, text] of expected.entries()) {
		assert.ok(said[i].startsWith(`${file}: ${text}`), `${said[i]}\n${text}`);
		assert.equal(log.split(said[i]).length, 2, 'logged once');
	}
	const [project] = await projects(world);
	assert.deepEqual([project.Root, project.KnownBy], [root, 'config']);
});

test('after 16 mistakes, the others are only counted', async t => {
	const world = await World.open(t);
	await world.configure('[savecast]\n' + '\tprot = 1\n'.repeat(50));
	await world.startDaemon();
	const { SettingsProblems: said } = await world.bus.properties();
	assert.equal(said.length, 16);
	assert.match(said[15], /has more mistakes than are shown$/);
});

test('each project has its own limit of 64 url rules, in whichever file they are', async t => {
	const world = await World.open(t);
	const roots = [await world.folder('one', {}), await world.folder('two', {})];
	const rules = (/** @type {string} */ root, /** @type {number} */ count) =>
		`[savecast "${root}"]\n` + Array.from({ length: count }, (_, i) => `\turl = http://${path.basename(root)}${i}.test/\n`).join('');
	await world.configure(`[savecast]\n\tport = ${world.port}\n` + roots.map((root) => rules(root, 64)).join(''));
	await world.startDaemon();
	assert.deepEqual((await world.bus.properties()).SettingsProblems, []);
	await world.configure(rules(roots[0], 64) + rules(roots[1], 65));
	const [said] = await until('a problem', async () => {
		const { SettingsProblems: all } = await world.bus.properties();
		return all.length && all;
	});
	assert.match(said, /line 131: .*two64\.test.*there are 64 of these already/);
});

test('the user\'s file is read again when it changes, in whichever way', async t => {
	const world = await World.open(t);
	await rm(path.join(world.temp, 'config'), { recursive: true });
	await world.startDaemon();
	const file = path.join(world.temp, 'config/savecast/config');
	const said = async () => (await world.bus.properties()).SettingsProblems.length;
	const git = (/** @type {string[]} */ ...args) => run(['git', 'config', '-f', file, ...args], world.env);
	assert.equal(await said(), 0);
	assert.equal((await git('savecast.nonsense', '1')).status, 0, 'the folder is there');
	await until('one problem', async () => await said() === 1);
	await git('--add', 'savecast.ignore', '[');
	await until('two problems', async () => await said() === 2);
	await writeFile(file, '[savecast]\n\tport = 7283\n');
	await until('no problem', async () => await said() === 0);
	await writeFile(file, '[savecast\n');
	await until('a file that cannot be parsed', async () => await said() === 1);
	assert.match((await world.bus.properties()).SettingsProblems[0], /config: line \d+: .*the previous settings stay in use/);
	await rm(file);
	await until('no file, no problem', async () => await said() === 0);
	await writeFile(path.join(world.temp, 'elsewhere'), '[savecast]\n\tx = 1\n');
	await symlink(path.join(world.temp, 'elsewhere'), file);
	await until('a link of the user\'s own is followed', async () => await said() === 1);
	await writeFile(path.join(world.temp, 'elsewhere'), '');
	await until('and what it leads to watched', async () => await said() === 0);
});

test('a project\'s own file is read again, with its limits', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	const file = path.join(root, '.savecast');
	const said = async () => (await problems(world, root)).join('\n');
	await world.bus.saved(path.join(root, 'a.css'));
	assert.equal(await said(), '');

	await writeFile(file, '[savecast]\n\tport = 1\n\tx = 2\n');
	assert.match(await until('two problems', said),
		/\.savecast: line 2: savecast\.port: 1: can only be set in the user's own file\n.*line 3: savecast\.x: there is no such/);
	await writeFile(`${file}.new`, '[savecast]\n\tignore = *.log\n');
	await rename(`${file}.new`, file);
	await until('replaced', async () => await said() === '');

	const wrong = /** @type {[string, () => Promise<unknown>, RegExp][]} */ ([
		['larger than the limit', () => writeFile(file, '#'.repeat(16 * 1024 + 1)), /is larger than 16384 bytes; the previous settings stay/],
		['more lines than the limit', () => writeFile(file, '\n'.repeat(1025)), /has more than 1024 lines; the previous settings stay/],
		['a NUL', () => writeFile(file, '[savecast]\0'), /NUL byte/],
		['an include', () => writeFile(file, '[IncludE "x"]\npath = /etc/passwd\n'), /"\[include"/],
		['a syntax error', () => writeFile(file, '[savecast]\nignore = x\n= 2\n'), /\.savecast: line 3: failed to parse/],
		['an invalid escape', () => writeFile(file, '[savecast]\n\tignore = "\\q"\n'), /invalid escape/],
		['a link', async () => {
			await rm(file);
			await symlink('/etc/passwd', file);
		}, /is a symbolic link/],
		['a FIFO', async () => {
			await rm(file);
			await run(['mkfifo', file], world.env);
		}, /is not a regular file/],
		['not readable', async () => {
			await rm(file);
			await writeFile(file, '');
			await chmod(file, 0);
		}, process.getuid?.() === 0 ? /^$/ : /Permission denied/],
		...(process.getuid?.() === 0 ? [['of another user', async () => {
			await writeFile(file, '');
			await chown(file, 65534, 65534);
		}, /belongs to another user \(uid 65534\)/]] : []),
	]);
	for (const [what, make, expected] of wrong) {
		await make();
		await until(what, async () => expected.test(await said()));
	}
	await rm(file);
	await writeFile(file, `${'\n'.repeat(1023)}${'#'.repeat(15 * 1024)}\n`);
	await until('just as large as the limits', async () => await said() === '');
});

test('a settings file that was saved is read again before the call is answered', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await world.bus.saved(path.join(root, 'a.css'));
	await writeFile(path.join(root, '.savecast'), '[savecast]\n\tx = 2\n');
	await world.bus.saved(path.join(root, '.savecast'));
	assert.equal((await problems(world, root)).length, 1);
	await writeFile(path.join(root, '.savecast'), '[savecast]\n\tx = 2\n\ty = 2\n');
	await until('two problems', async () => (await problems(world, root)).length === 2);
	const log = await world.log('savecastd');
	assert.deepEqual([log.split('savecast.x').length, log.split('savecast.y').length], [2, 2], 'each logged once');
});

test('a new port is used immediately', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	await world.bus.match("type='signal',interface='org.freedesktop.DBus.Properties'");
	world.port = await freePort();
	const told = world.bus.signals.next('the port', ({ body: [, changed] }) => changed?.Port === world.port);
	await world.configure(`[savecast]\n\tport = ${world.port}\n`);
	await told;
	assert.equal((/** @type {any} */ (await client.closed)).code, 1001);
	await new Client(world).hello('another-profile');
	await world.bus.saved('/nowhere');
	assert.equal(await world.endDaemon(), 'exited with status 0');
});

test('a .savecast splits a work tree into projects, until it is removed', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('mono', {
		'a.css': '', 'shop/.savecast': '', 'shop/deep/b.css': '', 'admin/.savecast': '', 'admin/c.css': '',
	}, { git: true });
	const of = async (/** @type {string} */ name) => {
		const serial = await world.bus.saved(path.join(root, name));
		return (await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial).project;
	};
	assert.equal(await of('a.css'), root);
	assert.equal(await of('shop/deep/b.css'), path.join(root, 'shop'));
	assert.equal(await of('admin/c.css'), path.join(root, 'admin'));
	assert.deepEqual((await projects(world)).map(p => p.KnownBy).sort(), ['git', 'savecast-file', 'savecast-file']);
	await rm(path.join(root, 'shop/.savecast'));
	await until('one project less', async () => (await projects(world)).length === 2);
	assert.equal(await of('shop/deep/b.css'), root);
	await writeFile(path.join(root, 'shop/deep/.savecast'), '');
	assert.equal(await of('shop/deep/b.css'), path.join(root, 'shop/deep'));
});

test('submodules and linked work trees are projects of their own', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const lib = await world.folder('lib', { 'l.css': '' }, { git: true });
	await world.git(lib, 'add', '.');
	await world.git(lib, 'commit', '-qm', 'x');
	const root = await world.folder('main', { 'm.css': '' }, { git: true });
	await world.git(root, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', lib, 'vendor/lib');
	await world.git(root, 'add', '.');
	await world.git(root, 'commit', '-qm', 'x');
	await world.git(root, 'worktree', 'add', '-q', path.join(world.home, 'linked'));
	const of = async (/** @type {string} */ name) => {
		const serial = await world.bus.saved(name);
		return (await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial).project;
	};
	assert.equal(await of(path.join(root, 'vendor/lib/l.css')), path.join(root, 'vendor/lib'));
	assert.equal(await of(path.join(root, 'm.css')), root);
	assert.equal(await of(path.join(world.home, 'linked/m.css')), path.join(world.home, 'linked'));
});

test('savecast set checks the setting and creates the file, and the daemon reads it', async t => {
	const world = await World.open(t);
	const user = path.join(world.temp, 'config/savecast/config');
	await rm(path.dirname(user), { recursive: true });
	const root = await world.folder('site', { 'sub/a.css': '' }, { git: true });
	const set = (/** @type {string[]} */ ...words) => run(['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', path.join(root, 'sub'), SAVECAST, 'set', ...words], world.env);
	const done = async (/** @type {string[]} */ ...words) => {
		const { status, stderr } = await set(...words);
		assert.deepEqual([status, stderr], [0, ''], words.join(' '));
	};
	await done('port', String(world.port));
	assert.equal(await readFile(user, 'utf8'), `[savecast]\n\tport = ${world.port}\n`);
	await writeFile(user, `# mine\n[savecast]\n\tport = 1\n\tport = 2 # twice\n[other]\n\tx = y\n`);
	await done('savecast.port', String(world.port));
	const text = await readFile(user, 'utf8');
	assert.match(text, /^# mine\n/);
	assert.match(text, /\[other\]\n\tx = y\n/);
	assert.deepEqual(text.match(/port = .*/g), [`port = ${world.port}`]);

	await world.startDaemon();
	await world.bus.saved(path.join(root, 'sub/a.css'));
	await done('--project', 'ignore', '/docs/*.$+(x)');
	await done('--project', 'ignore', '/docs/*.$+(x)');
	await done('--project', 'savecast.ignore', 'sub/');
	assert.equal(await readFile(path.join(root, '.savecast'), 'utf8'), '[savecast]\n\tignore = /docs/*.$+(x)\n\tignore = sub/\n');
	await until('the rule to apply', async () => /is ignored/.test((await world.savecast('why', path.join(root, 'sub/a.css'))).stdout));
	await done('--project', '--unset', 'ignore', 'sub/');
	assert.equal(await readFile(path.join(root, '.savecast'), 'utf8'), '[savecast]\n\tignore = /docs/*.$+(x)\n');

	for (const [words, said] of /** @type {[string[], RegExp][]} */ ([
		[['prot', '1'], /^savecast: prot: there is no such setting; there are: port, url, /],
		[['port', '99999'], /savecast\.port: 99999: must be a number from 1 to 65535\n/],
		[['port'], /savecast\.port: the value is missing: it must be a number from 1 to 65535\n/],
		[['url', 'shop.test'], /savecast\.url: shop\.test: must be a URL pattern: .*: must begin with http/],
		[['--project', 'port', '7300'], /savecast\.port: is not a setting of a project: leave out --project\n/],
		[[], /set: an argument is missing\n/],
	])) {
		const { status, stderr } = await set(...words);
		assert.equal(status, 2, stderr);
		assert.match(stderr, said);
	}
	await writeFile(path.join(root, '.savecast'), '[savecast\n');
	const broken = await set('--project', 'unchanged', 'true');
	assert.equal(broken.status, 1);
	assert.match(broken.stderr, /\.savecast: line \d+: .*: correct this first/);
	await rm(path.join(root, '.savecast'));
	await symlink('/etc/passwd', path.join(root, '.savecast'));
	assert.match((await set('--project', 'unchanged', 'true')).stderr, /is a symbolic link/);
});
