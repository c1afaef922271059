// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import readline from 'node:readline';
import { test } from 'node:test';

import { EventLog, until } from '../lib/events.js';
import { SAVECAST, SAVECASTD, World } from '../lib/world.js';
import { run } from '../lib/children.js';

test('--help and --version', async t => {
	const world = await World.open(t);
	const help = await world.savecast('--help');
	assert.equal(help.status, 0);
	const { verbs } = JSON.parse((await world.savecast('--help', '--json')).stdout);
	assert.ok(verbs.length >= 9);
	for (const { name, summary, synopsis, examples, options } of verbs) {
		assert.ok(help.stdout.includes(`  ${name.padEnd(8)}  ${summary}\n`), name);
		const own = await world.savecast(name, '--help');
		assert.equal(own.status, 0);
		assert.match(own.stdout, new RegExp(`^Usage: savecast ${name}`));
		assert.match(own.stdout, /^Exit codes:/m);
		for (const line of own.stdout.split('\n')) {
			assert.ok(line.length <= 80, line);
		}
		for (const form of synopsis) {
			assert.ok(own.stdout.includes(` savecast ${name} ${form}\n`), `${name} ${form}`);
		}
		for (const example of examples) {
			assert.ok(example.startsWith(`savecast ${name} `) || example === `savecast ${name}`, example);
			assert.ok(own.stdout.includes(`  ${example}\n`), example);
		}
		for (const option of options.filter((/** @type {any} */ { name }) => !['help', 'version'].includes(name))) {
			assert.match(synopsis.join(' '), new RegExp(`(--${option.name}|-${option.short})\\b`), `${name} --${option.name}`);
		}
	}
	assert.match((await world.savecast('--version')).stdout, /^savecast \d+\.\d+\.\d+\n$/);
	assert.equal((await world.savecast('frobnicate')).status, 2);
	assert.equal((await world.savecast()).status, 2);
	assert.equal((await world.savecast('save')).status, 2);
});

test('each command, for users and with --json', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '', 'sub/b.css': '' });
	const json = async (/** @type {string[]} */ ...args) => {
		const { status, stdout, stderr } = await world.savecast(...args, '--json');
		assert.equal(status, 0, stderr);
		return JSON.parse(stdout);
	};

	const { project } = await json('track', root);
	assert.equal(project, '/io/github/savecast/Daemon1/project/1');
	assert.deepEqual(await json('save', path.join(root, 'a.css')), { event: 1 });
	const inside = await run([SAVECAST, 'save', 'sub/../a.css', 'sub/b.css'], { ...world.env, PWD: root });
	assert.equal(inside.status, 2, 'the path is relative to the working folder, not to $PWD');
	await writeFile(path.join(root, 'a.css'), 'changed');
	const quiet = await run(['sh', '-c', `cd ${root}/sub && ${SAVECAST} save ../a.css b.css`], world.env);
	assert.deepEqual([quiet.status, quiet.stdout, quiet.stderr], [0, '', '']);
	assert.deepEqual((await world.bus.events()).at(-1).files, [path.join(root, 'a.css'), path.join(root, 'sub/b.css')]);
	assert.ok((await json('reload', root)).event > 1);
	const status = await json('status');
	assert.equal(status.daemon?.port ?? status.port, world.port);
	assert.match((await world.savecast('status')).stdout, /^ +site +~\/site +tracked +- +0 tabs$/m);
	assert.match((await world.savecast('log')).stdout, /no browser is connected/);
	await world.savecast('untrack', root);
	const again = await world.savecast('untrack', root);
	assert.equal(again.status, 1);
	assert.match(again.stderr, /is not tracked/);
});

test('log --follow prints each event once, also after a restart of the daemon', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	await world.bus.saved(path.join(root, 'a.css'));
	const follow = spawn(SAVECAST, ['log', '--follow', '--json'], { env: world.env });
	t.after(() => follow.kill());
	const lines = new EventLog();
	let rest = '';
	follow.stdout.setEncoding('utf8').on('data', text => {
		const all = (rest + text).split('\n');
		rest = all.pop() ?? '';
		all.forEach(line => lines.push(JSON.parse(line)));
	});
	await lines.next('the first event', ({ serial }) => serial === 1, { mark: 0 });
	const second = await world.bus.saved('/nowhere/x');
	await lines.next('the second', ({ serial, event, steps, step }) =>
		(event === second && step.step === 'no-project') || (serial === second && steps.at(-1).step === 'no-project'),
	{ mark: 0 });
	await world.endDaemon();
	await world.startDaemon();
	await until('it follows the new daemon', async () => {
		const mark = lines.mark;
		await world.bus.saved('/nowhere/y');
		return lines.next('a step', line => 'step' in line || 'serial' in line, { mark, msec: 500 }).catch(() => false);
	});
	follow.kill('SIGINT');
	assert.deepEqual(await once(follow, 'exit'), [0, null]);
});

test('a long log is requested in parts, and printed completely', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	for (let i = 0; i < 300; i++) {
		await world.bus.saved('/nowhere/x');
	}
	const numbers = Array.from({ length: 256 }, (_, i) => 45 + i);
	const [first] = await world.bus.call({ member: 'ListEvents', signature: 'a{sv}', body: [{}] });
	assert.ok(first.length < 256);
	assert.equal(first[0].serial, 45);
	const { stdout } = await world.savecast('log', '-n', '256', '--json');
	assert.deepEqual(stdout.trim().split('\n').map(line => JSON.parse(line).serial), numbers);
	const { stdout: some } = await world.savecast('log', '-n', '3', '--json');
	assert.deepEqual(some.trim().split('\n').map(line => JSON.parse(line).serial), [298, 299, 300]);

	const follow = spawn(SAVECAST, ['log', '--follow', '-n', '256', '--json'], { env: world.env });
	t.after(() => follow.kill());
	const told = new EventLog();
	readline.createInterface(follow.stdout).on('line', line => told.push(JSON.parse(line).serial));
	await told.next('the last event', serial => serial === 300, { mark: 0 });
	assert.deepEqual(told.all.map(({ event }) => event), numbers);
});

test('without a daemon or a bus, the error says what to do', async t => {
	const world = await World.open(t);
	const none = await world.savecast('save', '/etc/passwd');
	assert.equal(none.status, 3);
	assert.match(none.stderr, /^savecast: .*savecastd/);
	assert.equal(none.stderr.trim().split('\n').length, 1);
	const noBus = await run([SAVECAST, 'status'], { PATH: world.env.PATH, HOME: world.home });
	assert.equal(noBus.status, 3);
	assert.match(noBus.stderr, /^savecast: .*bus/);
});

test('a save that has to start the daemon is not lost', async t => {
	const services = path.join(await mkServices(t));
	const world = await World.open(t, { services });
	const root = await world.folder('site', { 'a.css': '', 'b.css': '' }, { git: true });
	for (let round = 0; round < 8; round++) {
		const { status, stderr } = await world.savecast('save', path.join(root, 'a.css'));
		assert.equal(status, 0, stderr);
		assert.equal((await world.bus.events()).length, 1);
		const [pid] = await world.bus.call({
			destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus',
			member: 'GetConnectionUnixProcessID', signature: 's', body: ['io.github.savecast.Daemon1'],
		});
		process.kill(pid, 'SIGKILL');
		await until('the name to be free', async () => !await world.bus.daemonRuns(), { every: 5 });
	}
	const feed = await run(['sh', '-c', `echo ${root}/b.css | ${SAVECAST} save --stdin`], world.env);
	assert.equal(feed.status, 0, feed.stderr);
	assert.deepEqual((await world.bus.events())[0].files, [path.join(root, 'b.css')]);
});

/** @param {import('node:test').TestContext} t */
async function mkServices(t) {
	const { mkdtemp, rm } = await import('node:fs/promises');
	const { tmpdir } = await import('node:os');
	const folder = await mkdtemp(path.join(tmpdir(), 'savecast-services-'));
	t.after(() => rm(folder, { recursive: true }));
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, 'io.github.savecast.Daemon1.service'),
		`[D-BUS Service]\nName=io.github.savecast.Daemon1\nExec=${SAVECASTD}\n`);
	return folder;
}

test('save --stdin accepts names byte for byte, and an incomplete last line', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', {}, { git: true });
	const feed = spawn(SAVECAST, ['save', '--stdin'], { env: world.env, stdio: ['pipe', 'inherit', 'pipe'] });
	let stderr = '';
	feed.stderr.on('data', text => { stderr += text; });
	const ended = once(feed, 'exit');
	const byte = Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9]), Buffer.from('.css\n')]);
	feed.stdin.write(byte);
	feed.stdin.write(`relative/../x\n\n${'/'.padEnd(20000, 'x')}\nfile://${root}/new%0Aline.css\n`);
	feed.stdin.write(`${root}/no newline at the end.css`);
	feed.stdin.end();
	assert.deepEqual(await ended, [1, null], stderr);
	for (const name of [`file://${root}/caf%E9.css`, `${root}/new\nline.css`, `${root}/no newline at the end.css`]) {
		await until(name, async () => (await world.bus.events()).some((/** @type {any} */ e) => e.files.includes(name)));
	}
	assert.match(stderr, /^savecast: /m);
});

test('an argument that is not UTF-8 makes no command crash', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '' }, { git: true });
	for (const [words, status] of /** @type {[string, number][]} */ ([
		['save ', 2], ['track ', 2], ['untrack ', 1], ['reload ', 2], ['trust ', 2], ['why ', 0], ['check ', 1], ['pair ', 1],
		['log ', 2], ['set ', 2], ['set ignore ', 0], ['why http://', 0], ['check http://', 1], ['run ', 127], ['forward ', 2],
	])) {
		const line = `cd '${root}' && ${SAVECAST} ${words}"$(printf '\\377')"`;
		const { status: was, stderr } = await run(['sh', '-c', line], world.env);
		assert.equal(was, status, `${words}: ${stderr}`);
	}
});

test('if the bus refuses the user, the error says why, and savecast run still runs its command', async t => {
	if (process.getuid?.() !== 0) {
		t.skip('needs root, to become another user');
		return;
	}
	const world = await World.open(t);
	await chmod(world.temp, 0o711);
	const tool = path.join(world.temp, 'savecast');
	await copyFile(SAVECAST, tool);
	await chmod(path.join(world.temp, 'bus'), 0o777);
	const other = (/** @type {string[]} */ ...words) =>
		run(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', tool, ...words], { ...world.env, HOME: '/' });
	const help = JSON.parse((await world.savecast('--help', '--json')).stdout);
	const args = { save: ['/etc/hostname'], track: ['/'], untrack: ['/'], reload: ['/'], why: ['/etc/hostname'], trust: ['/'] };
	// These need no bus, or are tested below or in other files.
	const apart = ['run', 'set', 'lsp', 'mcp', 'forward', 'stdio'];
	const verbs = help.verbs.map((/** @type {{name: string}} */ { name }) => name).filter((/** @type {string} */ name) => !apart.includes(name));
	assert.ok(verbs.length >= 9);
	for (const verb of verbs) {
		const { status, stderr } = await other(verb, ...(/** @type {Record<string, string[]>} */ (args)[verb] ?? []));
		assert.equal(status, 3, `${verb}: ${stderr}`);
		assert.match(stderr, /^savecast: session bus: unix:path=\S+: it belongs to user 0 and does not accept user 65534: run savecast as user 0, not with sudo or su\n$/, verb);
	}
	const built = await other('run', '--', 'sh', '-c', 'echo built; exit 7');
	assert.equal(built.stdout, 'built\n');
	assert.equal(built.status, 7);
	assert.match(built.stderr, /session bus/);
});

test('if nothing will reload, the error says why and what to do, with an exit code', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': '', 'b.log': '', '.gitignore': '*.log\n' }, { git: true });
	const bare = await world.folder("it's bare", { 'a.css': '' });
	for (const words of [['log'], ['why']]) {
		assert.equal((await world.savecast(...words)).stdout, 'No saves yet: nothing was reported to the daemon since it started.\n');
	}
	const css = path.join(root, 'a.css'), gone = path.join(root, 'gone.css');
	const track = `savecast track '${bare.replace("'", "'\\''")}'`;
	for (const [words, status, said] of /** @type {[string[], number, string][]} */ ([
		[['save', css], 0, ''],
		[['save', css], 0, ''],
		[['save', gone], 2, `savecast: file: ${gone}: there is no such file; if it was deleted, add --deleted\n`],
		[['save', '--deleted', gone], 0, ''],
		[['save', ''], 2, "savecast: file: '': the name is empty\n"],
		[['save', css, path.join(bare, 'a.css')], 1,
			`savecast: file: ${bare}/a.css: nothing reloads: it is in no tracked project and no git work tree: run ${track}\n`],
		[['save', path.join(root, 'b.log')], 1,
			`savecast: file: ${root}/b.log: nothing reloads: by .gitignore; with savecast.gitignored = true it would count\n`],
		[['save', 'http://localhost:5000/'], 2,
			"savecast: file: http://localhost:5000/: is a URL, not a file; to reload the tabs of a project, run 'savecast reload DIR'\n"],
		[['save', 'localhost:5000'], 2,
			"savecast: file: localhost:5000: there is no such file; to reload the page http://localhost:5000/, run 'savecast reload DIR' with its project's folder\n"],
		[['save', root], 2,
			`savecast: file: ${root}: is a directory, not a file; to reload the tabs of a project, run 'savecast reload DIR'\n`],
		[['check', 'localhost:5000'], 2,
			"savecast: localhost:5000: there is no such file; did you mean http://localhost:5000/ ?\nTry 'savecast check --help'.\n"],
		[['why', 'localhost:5000'], 2,
			"savecast: localhost:5000: there is no such file; did you mean http://localhost:5000/ ?\nTry 'savecast why --help'.\n"],
		[['why', '127.0.0.1:80/a?b'], 2,
			"savecast: 127.0.0.1:80/a?b: there is no such file; did you mean http://127.0.0.1:80/a?b ?\nTry 'savecast why --help'.\n"],
		[['reload', bare], 1, `savecast: folder: ${bare}: it is in no tracked project and no git work tree: run ${track}\n`],
		[['reload', 'http://localhost/'], 2,
			"savecast: folder: http://localhost/: is a URL; name the project's folder\nTry 'savecast reload --help'.\n"],
		[['reload', 'localhost:5000'], 2,
			"savecast: folder: localhost:5000: there is no such folder; to name a page, name its project's folder\nTry 'savecast reload --help'.\n"],
		[['track', path.join(root, 'nowhere')], 2, `savecast: folder: ${root}/nowhere: No such file or directory\nTry 'savecast track --help'.\n`],
		[['untrack', path.join(root, 'nowhere')], 1, `savecast: folder: ${root}/nowhere: is not tracked\n`],
	])) {
		const { status: was, stderr } = await world.savecast(...words);
		assert.deepEqual([was, stderr], [status, said], words.join(' '));
	}
	const why = await world.savecast('why', path.join(bare, 'a.css'));
	assert.match(why.stdout, /^ {2}project {3}none$/m);
	assert.ok(why.stdout.includes(`\n\n${track}\n`), why.stdout);
	assert.match((await world.savecast('why', gone)).stdout, /^ {2}file {6}does not exist: /m);
	// The command that the message names works as described.
	assert.equal((await run(['sh', '-c', track.replace('savecast', SAVECAST)], world.env)).status, 0);
	assert.equal((await world.savecast('save', path.join(bare, 'a.css'))).status, 0);
});

test('advice never makes the whole home folder a project, and a folder is not a file', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'sub/a.css': '' });
	const inFolder = (/** @type {string} */ folder, /** @type {string[]} */ ...words) => run(['sh', '-c', 'cd "$0" && exec "$@"', folder, SAVECAST, ...words], world.env);
	const file = path.join(world.home, 'a.html');
	const reason = 'it is in no tracked project and no git work tree: a project needs a folder of its own';
	for (const word of ['check', 'reload']) {
		const { status, stderr } = await inFolder(world.home, word);
		assert.equal(status, 1);
		assert.ok(stderr.includes(`${world.home}: ${reason}\n`), stderr);
	}
	const told = JSON.parse((await world.savecast('why', '--json', file)).stdout);
	assert.deepEqual([told.reason, told.advice], [reason, undefined]);
	const refused = await inFolder(world.home, 'set', '--project', 'ignore', '*.log');
	assert.deepEqual([refused.status, refused.stderr], [1,
		`savecast: folder: ${world.home}: is in no project, and a .savecast would make all of it one; run this in the project's folder\n`]);
	assert.equal(existsSync(path.join(world.home, '.savecast')), false);

	// In a tracked project, its root has the file; a folder in no project becomes one, and that is said.
	await world.savecast('track', root);
	assert.equal((await inFolder(path.join(root, 'sub'), 'set', '--project', 'ignore', '*.log')).stdout, '~/site/.savecast: savecast.ignore = *.log\n');
	const bare = await world.folder('bare', {});
	assert.equal((await inFolder(bare, 'set', '--project', 'ignore', '*.log')).stdout,
		'~/bare/.savecast: savecast.ignore = *.log\nIts folder is a project now, because it has a .savecast.\n');
	const why = await world.savecast('why', path.join(root, 'sub'));
	assert.match(why.stdout, /^ {2}file {6}is a directory: name a file in it to see what a save does$/m);
	assert.doesNotMatch(why.stdout, /action|a save {3}/);
});

test('a wrong verb is answered with all verbs, and help VERB is VERB --help', async t => {
	const world = await World.open(t);
	const wrong = await world.savecast('sttaus');
	assert.equal(wrong.status, 2);
	assert.match(wrong.stderr, /^savecast: sttaus: no such verb; there are: save, track, .*status/);
	assert.equal((await world.savecast('help', 'why')).stdout, (await world.savecast('why', '--help')).stdout);
	assert.equal((await world.savecast('help')).stdout, (await world.savecast('--help')).stdout);
	assert.equal((await world.savecast('help', 'sttaus')).status, 2);
});
