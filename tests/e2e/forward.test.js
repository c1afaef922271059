// SPDX-License-Identifier: MIT
//
// A daemon elsewhere through `savecast forward` and `savecast stdio`: the bytes, the limits, what
// happens when a command fails, and who may use it.
import assert from 'node:assert/strict';
import net from 'node:net';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { EventLog, until } from '../lib/events.js';
import { answers, freePort } from '../lib/ports.js';
import { Forward, into, isAlive } from '../lib/forward.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SAVECAST, SAVECASTD, World } from '../lib/world.js';

/** A connection, and the bytes that it received. @param {number} port */
async function connect(port, host = '127.0.0.1') {
	const socket = net.connect({ host, port });
	let text = '';
	/** @type {EventLog<string>} */
	const log = new EventLog();
	socket.setEncoding('latin1').on('data', (bytes) => { text += bytes; log.push('data'); });
	const ended = new Promise((resolve) => {
		socket.on('error', (error) => resolve(/** @type {any} */ (error).code));
		socket.on('close', () => resolve('closed'));
	});
	await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), ended]);
	return { socket, ended, text: () => text };
}

test('a daemon elsewhere, which the first connection starts, serves the tabs of a browser here', async t => {
	const services = path.join(await World.open(t).then(({ temp }) => temp), 'services');
	await mkdir(services);
	await writeFile(path.join(services, 'io.github.savecast.Daemon1.service'),
		`[D-BUS Service]\nName=io.github.savecast.Daemon1\nExec=${SAVECASTD}\n`);
	const there = await World.open(t, { services });
	const here = await World.open(t);
	const forward = await Forward.open(here, 'there', into(there));
	assert.notEqual(forward.port, there.port);

	const site = await there.site('site', { 'index.html': '<h1>one</h1>' });
	const client = new Client(/** @type {any} */ (forward.world));
	await client.hello();
	await forward.state('connected', { mark: 0 });
	assert.equal((await client.watch(1, site.url)).state, 'live');
	assert.equal((await there.bus.properties()).Tabs, 1);

	await writeFile(path.join(site.root, 'index.html'), '<h1>two</h1>');
	const { mark } = client.log;
	assert.equal((await there.savecast('save', path.join(site.root, 'index.html'))).status, 0);
	const { event } = await client.next('reload', { mark });
	client.send({ type: 'report', event, tab: 1, step: 'loaded' });
	await until('the end of the save', async () => (await there.bus.events()).at(-1)?.closed);

	// The command ends with the connection, and not before.
	const [command] = await forward.commands();
	assert.ok(isAlive(command));
	client.socket.close();
	await until('the command to end', () => !isAlive(command));
	await until('no tab', async () => (await there.bus.properties()).Tabs === 0);

	// A connection that sends nothing starts no command.
	assert.ok(await answers('127.0.0.1', forward.port));
	assert.deepEqual(await forward.commands(), []);
});

test('forward refuses connections of other users, and ends with its terminal', async t => {
	const world = await World.open(t);
	const forward = await Forward.open(world, 'echo', ['cat']);
	for (const host of ['127.0.0.1', '::1']) {
		const own = await connect(forward.port, host);
		own.socket.write('hello');
		await until('an echo', () => own.text() === 'hello');
	}
	const commands = await forward.commands();
	assert.equal(commands.length, 2);

	await t.test('another user', { skip: process.getuid?.() !== 0 && 'needs root, to become another user' }, async () => {
		const script = `
import socket, sys
s = socket.create_connection(("127.0.0.1", ${forward.port}))
try:
	s.sendall(b"hello")
	print("got", s.recv(10))
except OSError as error:
	print("refused", error)`;
		const { stdout } = await run(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'python3', '-c', script], { PATH: '/usr/bin:/bin' });
		assert.match(stdout, /refused/);
		assert.equal((await forward.commands()).length, 2, 'no command was run for the other user');
		assert.match(await world.log('forward-echo'), /user 65534: is not this command's: reset/);
	});

	process.kill(Number(forward.child.process.pid), 'SIGHUP');
	assert.equal(await forward.child.ended, 'exited with status 0');
	await until('the commands to end', () => !commands.some(isAlive));
});

test('when forward is killed, its commands end', async t => {
	const world = await World.open(t);
	const forward = await Forward.open(world, 'echo', ['sleep', '1000']);
	const { socket } = await connect(forward.port);
	socket.write('x');
	await until('the command', async () => (await forward.commands()).length === 1);
	const [command] = await forward.commands();
	process.kill(Number(forward.child.process.pid), 'SIGKILL');
	await until('the command to end', () => !isAlive(command));
});

test('a command that fails is reported once, and not run again at each attempt', async t => {
	const world = await World.open(t);
	const runs = path.join(world.temp, 'runs'), works = path.join(world.temp, 'works');
	const forward = await Forward.open(world, 'flaky', ['sh', '-c',
		`echo >>${runs}; test -e ${works} && exec cat; printf 'cannot\\033[31m reach it\\n' >&2; exit 255`]);
	/** @returns {Promise<string>} */
	const attempt = async () => {
		const one = await connect(forward.port);
		one.socket.write('x');
		/** @type {unknown} */
		let why;
		one.ended.then((end) => { why = end; });
		const end = await until('an echo or the end', () => (one.text() === 'x' ? 'echo' : why), { every: 5 });
		one.socket.destroy();
		return String(end);
	};
	assert.equal(await attempt(), 'closed');
	const { reason } = await forward.state('failed', { mark: 0 });
	assert.equal(reason, 'cannot\\e[31m reach it');
	// In the pause of a second after a failure, connections are reset, and no command is started.
	for (let i = 0; i < 20; i++) {
		assert.match(await attempt(), /ECONNRESET|closed|EPIPE/);
	}
	assert.equal((await run(['wc', '-l', runs], world.env)).stdout.split(' ')[0], '1');
	await writeFile(works, '');
	await until('an echo', async () => await attempt() === 'echo', { every: 100 });
	assert.deepEqual(forward.states.all.map(({ event }) => event.state), ['listening', 'failed', 'connected']);
});

test('a command that ends while it is in use is reported as lost', async t => {
	const world = await World.open(t);
	const forward = await Forward.open(world, 'fragile', ['sh', '-c', 'read line; echo "$line"; read line; echo gone away >&2; exit 3']);
	const one = await connect(forward.port);
	one.socket.write('hello\n');
	await until('the answer', () => one.text() === 'hello\n');
	one.socket.write('bye\n');
	assert.equal((await forward.state('lost', { mark: 0 })).reason, 'gone away');
	assert.equal(await one.ended, 'closed');
});

test('if few files may be open, further connections wait until one ends, and forward does not spin', async t => {
	const world = await World.open(t);
	const script = 'read line; echo "$line"; read line; sleep 0.5; echo "$line"; exec cat';
	const forward = await Forward.open(world, 'full', ['sh', '-c', script], { as: ['prlimit', '--nofile=24'] });
	const one = await connect(forward.port);
	one.socket.write('hello\n');
	await until('the answer', () => one.text() === 'hello\n');
	const others = await Promise.all(Array.from({ length: 4 }, () => connect(forward.port))); // in the kernel's queue
	others.forEach(({ socket }) => socket.write('hello\n'));
	await until('the message', async () => (await readFile(forward.child.log, 'utf8')).includes('forward: connections: 1: no further one is accepted until one ends: the limit of open files'));
	const ticks = async () => (await readFile(`/proc/${forward.child.process.pid}/stat`, 'utf8')).split(' ').slice(13, 15).reduce((sum, one) => sum + Number(one), 0);
	const before = await ticks();
	one.socket.write('later\n');
	await until('the second answer', () => one.text() === 'hello\nlater\n');
	assert.ok(await ticks() - before < 20, `${await ticks() - before} ticks of CPU time in half a second`);
	assert.deepEqual(others.map(({ text }) => text()), ['', '', '', '']);
	for (let last = one, rest = others; rest.length;) {
		last.socket.destroy();
		last = await until('one that waited to be answered', () => rest.find(({ text }) => text() === 'hello\n'));
		rest = rest.filter((other) => other !== last);
		assert.deepEqual(rest.filter(({ text }) => text()), [], 'one at a time');
	}
});

test('the bytes that wait are bounded, and a reader that hangs delays no other connection', async t => {
	const world = await World.open(t);
	const forward = await Forward.open(world, 'flood', ['sh', '-c',
		'read kind; case $kind in flood) exec cat /dev/zero;; hang) echo; exec sleep 1000;; *) exec cat;; esac']);
	const flood = await connect(forward.port);
	flood.socket.write('flood\n');
	await until('bytes', () => flood.text().length > 0);
	flood.socket.pause();
	// The opposite case: a command that never reads.
	const hang = await connect(forward.port);
	hang.socket.write('hang\n');
	await until('an answer', () => hang.text() === '\n');
	let sent = 0;
	const mega = Buffer.alloc(1 << 20);
	while (hang.socket.write(mega) || hang.socket.writableLength < 64 << 20) {
		sent += mega.length;
		assert.ok(sent < 256 << 20, 'it accepts an unlimited number of bytes');
	}
	const before = forward.memory();
	for (let i = 0; i < 50; i++) {
		const echo = await connect(forward.port);
		echo.socket.write(`echo\n${i}\n`);
		await until('the echo', () => echo.text() === `${i}\n`, { every: 2 });
		echo.socket.destroy();
	}
	assert.ok(forward.memory() < 12 * 1024, `${forward.memory()} KiB (${before} before the echoes)`);
	// The end of the connection comes after bytes that the command never reads.
	hang.socket.destroy();
	const [, hanging] = await forward.commands();
	if (LONG) {
		assert.match((await forward.state('lost', { msec: 60000 })).reason ?? '', /bytes were not read for 30 s/);
		await until('the command to end', () => !isAlive(hanging));
	} else {
		process.kill(hanging);
	}
	flood.socket.destroy();
	await until('all commands to end', async () => (await forward.commands()).length === 0);
});

test('a slow reader gets the last bytes of a command that has ended', async t => {
	const world = await World.open(t);
	const forward = await Forward.open(world, 'large', ['sh', '-c', 'read size; head -c $size /dev/zero']);
	// About as much as the kernel keeps for a reader that is paused: of some commands, the last bytes are in forward's own buffers.
	const most = Number((await readFile('/proc/sys/net/ipv4/tcp_wmem', 'utf8')).split(/\s+/)[2]);
	const sizes = Array.from({ length: 16 }, (_, i) => most + (i - 5) * 60000);
	const readers = sizes.map((size) => {
		const socket = net.connect({ host: '127.0.0.1', port: forward.port }).pause();
		socket.write(`${size}\n`);
		const reader = { socket, count: 0, ended: new Promise((resolve) => socket.once('close', resolve)) };
		socket.on('data', ({ length }) => { reader.count += length; }).pause();
		return reader;
	});
	let before = 0;
	await until('some commands to end', async () => {
		const running = (await forward.commands()).length;
		const settled = running === before && running < sizes.length;
		before = running;
		return settled;
	}, { every: 100 });
	readers.forEach(({ socket }) => socket.resume());
	await Promise.all(readers.map(({ ended }) => ended));
	assert.deepEqual(readers.map(({ count }) => count), sizes);
	await until('no command', async () => (await forward.commands()).length === 0);
});

test('errors of forward and stdio say what is wrong', async t => {
	const world = await World.open(t);
	const port = await freePort();
	await Forward.open(world, 'one', ['cat'], { port });
	/** @type {[string[], number, RegExp][]} */
	const wrong = [
		[['forward', `--port=${port}`, 'two', '--', 'cat'], 1, /port \d+: Address already in use: end what listens there, or choose another with --port/],
		[['forward', '--port=65536', 'two', '--', 'cat'], 2, /--port: 65536: must be a number from 1 to 65535/],
		[['forward', '-', '--', 'cat'], 2, /forward: -: must be/],
		[['forward', '../x', '--', 'cat'], 2, /forward: \.\.\/x: must be at most 64 letters/],
		[['forward', 'two'], 2, /forward: two: /],
		[['stdio'], 3, /daemon: not running/],
		[['stdio', 'x'], 2, /stdio: x: /],
	];
	for (const [args, status, message] of wrong) {
		const child = await run(['sh', '-c', '"$@" | cat; exit "${PIPESTATUS:-0}"', 'sh', SAVECAST, ...args], world.env);
		const direct = await world.savecast(...args);
		assert.match(direct.stderr, message, args.join(' '));
		assert.equal(direct.status, status, args.join(' ') + child.stderr);
	}
	const missing = await Forward.open(world, 'missing', ['/no/such/program']);
	const one = await connect(missing.port);
	one.socket.write('x');
	assert.match((await missing.state('failed', { mark: 0 })).reason ?? '', /\/no\/such\/program: No such file or directory/);
});
