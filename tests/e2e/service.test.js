// SPDX-License-Identifier: MIT
//
// The units under the real systemd of a user: started by a save or a browser, sandboxed, restarted.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { START_COMMAND } from '../../browser-ext/ui/command.js';
import { until } from '../lib/events.js';
import { freePort } from '../lib/ports.js';
import { UserManager, noUserManager } from '../lib/user-manager.js';
import { Client } from '../lib/wire-client.js';

const skip = noUserManager();

/** A page of the system's own Python, which any user can run. */
const SERVER = ['/usr/bin/python3', '-m', 'http.server', '--bind', '127.0.0.1'];

test('a save starts the service: hardening, servers, settings, restart', { skip }, async t => {
	const world = await UserManager.open(t);
	const root = await world.folder('site', { 'index.html': 'one' });
	await world.own(world.home);
	const port = await freePort();
	await world.systemctl('--version');
	await world.inside('systemd-run', '--user', `--working-directory=${root}`, ...SERVER, String(port));
	assert.equal(await world.show('ActiveState'), 'inactive');

	await world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [root, {}] });
	assert.equal(await world.show('ActiveState'), 'active');
	const pid = () => until('the main process', async () => Number(await world.show('MainPID')));
	const first = await pid();

	await t.test('it is hardened', async () => {
		const status = (await world.inside('cat', `/proc/${first}/status`)).stdout;
		assert.match(status, /^NoNewPrivs:\s+1$/m);
		assert.match(status, /^Seccomp:\s+2$/m);
		assert.match(status, /^Umask:\s+0077$/m);
		const score = await world.inside('systemd-analyze', '--user', 'security', 'savecast.service');
		t.diagnostic(/Overall exposure level.*/.exec(score.stdout)?.[0] ?? score.stderr);
		const verify = await world.inside('systemd-analyze', '--user', 'verify', path.join(world.units, 'savecast.service'), path.join(world.units, 'savecast.socket'));
		assert.equal(verify.stderr, '');
	});

	const meets = async () => {
		const client = await world.asUser(() => until('the port', async () => {
			const one = new Client(world);
			await one.opened;
			return one;
		}));
		await client.hello();
		client.send({ type: 'watch', tab: 1, url: `http://localhost:${port}/` });
		await client.log.next('live', ({ type, state }) => type === 'tab' && state === 'live', { mark: 0 });
		return client;
	};
	await t.test('it finds the folder that a port serves', async () => {
		const client = await meets();
		await writeFile(path.join(root, 'index.html'), 'two');
		const event = await world.bus.saved(path.join(root, 'index.html'));
		assert.equal((await client.next('reload', { mark: 0 })).event, event);
	});

	await t.test('systemctl reload reads the settings again', async () => {
		await world.systemctl('reload', 'savecast.service');
		await until('the log to say so', async () => /SIGHUP: reading all settings again/.test(await world.log('savecastd')));
	});

	await t.test('after a kill, systemd starts it again, with its projects and tabs', async () => {
		const began = performance.now();
		await world.inside('kill', '-KILL', String(first));
		await until('another process', async () => ![0, first].includes(await pid()), { every: 5 });
		await meets();
		t.diagnostic(`killed, restarted, connected, tab live: ${Math.round(performance.now() - began)} ms`);
	});

	await t.test('when it is stopped, it stays so until the next call', async () => {
		await world.systemctl('stop', 'savecast.service');
		assert.equal(await world.show('ActiveState'), 'inactive');
		assert.equal(await world.show('Result'), 'success');
		assert.ok(await world.bus.saved(path.join(root, 'index.html')));
		assert.equal(await world.show('ActiveState'), 'active');
	});
});

test('a browser alone starts the daemon, and can connect while it restarts', { skip }, async t => {
	const world = await UserManager.open(t);
	await world.systemctl('start', 'savecast.socket');
	assert.equal(await world.bus.daemonRuns(), false);
	const began = performance.now();
	const [v4] = await world.asUser(async () => {
		const client = new Client(world);
		await client.opened;
		return [client];
	});
	await v4.hello();
	t.diagnostic(`first byte to hello, started by it: ${Math.round(performance.now() - began)} ms`);
	assert.equal(await world.bus.daemonRuns(), true);

	await t.test('over IPv6 too', async () => {
		const v6 = await world.asUser(async () => {
			const client = new Client(world, { host: '[::1]' });
			await client.opened;
			return client;
		});
		await v6.hello('another-profile');
	});
	await t.test('another user\'s connection is reset', async () => {
		await assert.rejects(new Client(world).opened, /ECONNRESET|hang up/);
		await assert.rejects(new Client(world, { host: '[::1]' }).opened, /ECONNRESET|hang up/);
	});
	await t.test('it is killed while a browser connects', async () => {
		for (let i = 0; i < 5; i++) {
			await world.systemctl('kill', '--signal=KILL', 'savecast.service');
			await v4.closed;
			const again = await world.asUser(async () => {
				const client = new Client(world);
				await client.opened; // At the first attempt: no connection is refused.
				return client;
			});
			await again.hello();
			again.socket.terminate();
		}
	});
	await t.test('systemd\'s port is used, and a different setting is reported', async () => {
		await world.configure('[savecast]\n\tport = 7300\n');
		await until('the log to say so', async () =>
			new RegExp(`port ${world.port}: systemd opened it for savecast\\.socket; savecast\\.port = 7300 is not used; 'savecast set port 7300' changes both`).test(await world.log('savecastd')));
		assert.equal((await world.bus.properties()).Port, world.port);
	});
	await t.test('one command changes both ports', async () => {
		const port = await freePort();
		const { stdout, stderr } = await world.inside(path.join(world.temp, 'bin/savecast'), 'set', 'port', String(port));
		assert.match(stdout, new RegExp(`savecast.port = ${port}\n(.*\n)*savecast.socket: listens on port ${port} now\n`), stderr);
		await until('the port', async () => (await world.bus.properties()).Port === port);
		assert.match((await world.bus.properties()).PortReason, /^systemd opened it for savecast\.socket$/);
		const client = await world.asUser(async () => {
			const one = new Client(Object.create(world, { port: { value: port } }));
			await one.opened;
			return one;
		});
		await client.hello();
		const back = await world.inside(path.join(world.temp, 'bin/savecast'), 'set', 'port', String(world.port));
		assert.equal(back.status, 0, back.stderr);
		await until('the port', async () => (await world.bus.properties()).Port === world.port);
	});
	await t.test('an attempt while it is stopped starts it again', async () => {
		await world.systemctl('stop', 'savecast.service');
		assert.equal(await world.bus.daemonRuns(), false);
		const client = await world.asUser(async () => {
			const one = new Client(world);
			await one.opened;
			return one;
		});
		await client.hello();
	});
});

test('the start command of the documents works whether the daemon runs or not', { skip }, async t => {
	const world = await UserManager.open(t);
	const root = await world.folder('site', { 'index.html': '' }, { git: true });
	await world.own(root);
	const start = START_COMMAND.replace(/^systemctl --user /, '').split(' ');
	await world.bus.saved(path.join(root, 'index.html')); // a save has started the daemon before the user runs this command
	await world.systemctl(...start);
	assert.equal(await world.show('ActiveState'), 'active');
	await world.systemctl('stop', 'savecast.socket', 'savecast.service');
	await world.systemctl(...start);
	assert.equal(await world.show('ActiveState'), 'active');
	for (const unit of ['savecast.service', 'savecast.socket']) {
		assert.equal(await world.show('UnitFileState', unit), 'enabled', `${unit}: at the next login`);
	}
});

test('a forbidden system call ends the service', { skip }, async t => {
	const world = await UserManager.open(t);
	const addKey = process.arch === 'x64' ? 248 : 217;
	/** @type {[string, string, string, string][]} what, in Python, result, status */
	const calls = [
		['nothing forbidden', 'pass', 'success', '0'],
		['mount', 'c.mount(0, 0, 0, 0, 0)', 'signal', '31'],
		['ptrace', 'c.ptrace(0, 0, 0, 0)', 'signal', '31'],
		['a set-user-id file', 'import os, errno\ntry: os.chmod(__import__("tempfile").mkstemp()[1], 0o4755)\nexcept PermissionError: os._exit(7)', 'exit-code', '7'],
		['the priority of processes', 'import os; os.setpriority(os.PRIO_PROCESS, 0, 1)', 'signal', '31'],
		['a key of the kernel', `c.syscall(${addKey}, 0, 0, 0, 0, 0)`, 'signal', '31'],
		['a user namespace', 'import os\nif c.unshare(0x10000000) == -1 and ctypes.get_errno() == 1: os._exit(7)', 'exit-code', '7'],
		['a raw socket', 'import socket, errno\ntry: socket.socket(17, 3)\nexcept OSError as e: raise SystemExit(7 if e.errno == errno.EAFNOSUPPORT else 8)', 'exit-code', '7'],
		['code made at run time', 'import mmap\ntry: mmap.mmap(-1, 4096, prot=7)\nexcept PermissionError: raise SystemExit(7)', 'exit-code', '7'],
	];
	for (const [what, code, result, status] of calls) {
		const script = path.join(world.temp, 'home/call.py');
		await writeFile(script, `import ctypes\nc = ctypes.CDLL(None, use_errno=True)\n${code}\n`);
		// Everything else in the unit stays unchanged.
		await world.dropIn('savecast', 'call', `[Service]\nType=exec\nRestart=no\nExecStart=\nExecStart=/usr/bin/python3 ${script}\n`);
		await world.systemctl('daemon-reload');
		await world.systemctl('start', 'savecast.service').catch(() => {});
		await until(`the end of ${what}`, async () => ['inactive', 'failed'].includes(await world.show('ActiveState')));
		const log = await readFile(path.join(world.logs, 'savecastd.log'), 'utf8').catch(() => '');
		assert.deepEqual([await world.show('Result'), await world.show('ExecMainStatus')], [result, status], `${what}: ${log}`);
		await world.systemctl('reset-failed', 'savecast.service').catch(() => {});
	}
});

test('a daemon that cannot run is started ten times, and then at the next call', { skip }, async t => {
	const world = await UserManager.open(t);
	await world.dropIn('savecast', 'broken', '[Service]\nExecStart=\nExecStart=/bin/false\n');
	await world.systemctl('daemon-reload');
	const saved = world.bus.saved('/nowhere');
	await until('the end of trying', async () => await world.show('ActiveState') === 'failed');
	assert.equal(await world.show('NRestarts'), '10');
	await world.dropIn('savecast', 'broken', '');
	await world.systemctl('daemon-reload');
	// The bus keeps the call for two minutes, and asks systemd only once.
	await world.systemctl('reset-failed', 'savecast.service');
	await world.systemctl('start', 'savecast.service');
	assert.ok(await saved, 'the save has waited');
});

test('if another daemon owns the name, it is not started again', { skip }, async t => {
	const world = await UserManager.open(t);
	await world.inside('systemd-run', '--user', '--unit=other', path.join(world.temp, 'bin/savecastd'));
	await until('the other one', () => world.bus.daemonRuns());
	await world.systemctl('start', 'savecast.service').catch(() => {});
	await until('its end', async () => await world.show('ActiveState') === 'failed');
	assert.deepEqual([await world.show('ExecMainStatus'), await world.show('NRestarts')], ['3', '0']);
});

test('savecast-forward@NAME: the settings have its command and port', { skip }, async t => {
	const world = await UserManager.open(t);
	const port = await freePort();
	await world.configure(`[savecast]\n\tport = ${world.port}\n[forward "devbox"]\n\tcommand = exec '${world.temp}/bin/savecast' stdio\n\tport = ${port}\n[forward "wrong"]\n\tport = 0\n`);
	await world.systemctl('start', 'savecast-forward@devbox.service');
	await world.asUser(async () => {
		const client = await until('the port', async () => {
			const one = new Client(/** @type {any} */ ({ port, atEnd: world.atEnd }));
			await one.opened;
			return one;
		});
		await client.hello();
	});
	assert.equal((await world.bus.properties()).Browsers, 1);
	assert.deepEqual((await world.bus.properties()).SettingsProblems, [], 'the daemon accepts the sections of savecast forward');
	await world.systemctl('stop', 'savecast-forward@devbox.service');
	await until('no browser', async () => (await world.bus.properties()).Browsers === 0);

	const wrong = await world.inside(path.join(world.temp, 'bin/savecast'), 'forward', 'wrong');
	assert.equal(wrong.status, 2);
	assert.match(wrong.stderr, /savecast\/config: line 7: forward\.wrong\.port: 0: must be a number from 1 to 65535/);
	const none = await world.inside(path.join(world.temp, 'bin/savecast'), 'forward', 'other');
	assert.match(none.stderr, /forward: other: needs a command: behind --, or as forward\.other\.command/);
	const verify = await world.inside('systemd-analyze', '--user', 'verify', path.join(world.units, 'savecast-forward@.service'));
	assert.equal(verify.stderr, '');
});
