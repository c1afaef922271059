// SPDX-License-Identifier: MIT
/**
 * A server with several workers, which are replaced one after another: a page is reloaded when none of the old
 * ones can answer any more.
 */
import assert from 'node:assert/strict';
import { copyFile, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { answers, freePort } from '../lib/ports.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';
import { HTML, NODE, PYTHON, WSGI } from '../servers/code.js';
import { Drive } from '../servers/drive.js';
import { ROWS } from '../servers/rows.js';

/**
 * Replaces its two workers when code.txt changes: at the first change both end at once, and the second new one comes
 * later; then one after the other. A worker answers with the code that it began with.
 */
const WORKERS = `import os, signal, socket, sys, time
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(16)
code = lambda: open("main.py").read().rpartition("# ")[2].strip()
def start():
    pid = os.fork()
    if pid:
        return pid
    text = code()
    while True:
        client, _ = listener.accept()
        client.recv(4096)
        body = "${HTML}" + text + " t0"
        client.sendall(("HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%s" % (len(body), body)).encode())
        client.close()
def end(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
workers, changes, last = [start(), start()], 0, code()
while True:
    time.sleep(0.02)
    if code() == last or not code():
        continue
    last, changes = code(), changes + 1
    end(workers[0])
    if changes == 1:
        end(workers[1])
        workers = [start()]
        time.sleep(0.4)
        workers.append(start())
    else:
        first = start()
        time.sleep(0.4)
        end(workers[1])
        workers = [first, start()]
# c0
`;

test('workers that are replaced one after another: the reload comes after the last one', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const row = /** @type {import('../servers/rows.js').Row} */ (ROWS.find(({ name }) => name === 'gunicorn --reload'));
	const drive = new Drive(world, {
		...row, name: 'workers', files: {}, env: {}, settle: 1000, command: port => ['python3', 'main.py', String(port)],
		code: { file: 'main.py', text: mark => WORKERS.replace(/# c0$/m, `# ${mark}`) },
	});
	world.atEnd.push(() => drive.close());
	await drive.open();
	for (const what of ['both at once', 'one after the other', 'once more']) {
		const { orders, marks, stories } = await drive.save(what, 'code');
		assert.deepEqual(orders.map(({ got }) => got.marks), [marks], `${what}: ${JSON.stringify(stories)}`);
	}
});

/** Starts server.js in a session of its own, and again when a file of the folder changes. */
const SUPERVISOR = `
const { fork, spawn } = require('node:child_process'), fs = require('node:fs');
let worker, timer;
const start = () => {
	worker = fork('server.js', process.argv.slice(2), { detached: true });
	worker.once('exit', start);
};
start();
fs.watch('.', () => {
	clearTimeout(timer);
	timer = setTimeout(() => worker.kill('SIGKILL'), 150);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.on(signal, () => { worker.kill('SIGKILL'); process.exit(0); });
}
`;

test('a worker in a session of its own: the watch of the program that started it says that it restarts', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const drive = new Drive(world, {
		name: 'a supervisor', source: 'npm', packages: [], needs: 'node', trigger: '',
		files: { 'runner.js': SUPERVISOR },
		code: { file: 'server.js', text: mark => NODE.replace('MARK', mark) },
		page: { file: 'page.html', text: mark => `${mark}\n` },
		command: port => ['node', 'runner.js', String(port)],
	});
	world.atEnd.push(() => drive.close());
	drive.brief = true;
	await drive.open();
	const { orders } = await drive.save('code', 'code');
	assert.deepEqual(orders.map(({ got }) => got.marks), ['c1 t0']);
});

/**
 * Puts the socket into an epoll set, and starts a process that shares it. Of the two, one answers:
 * the other one sleeps. What answers is replaced when main.py changes.
 */
const SHARED = (/** @type {string} */ mark, /** @type {'child' | 'parent'} */ who) => `import os, select, signal, socket, sys, time
code = lambda: open("main.py").read().rpartition("# ")[2].strip()
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(16)
polled = select.epoll()
polled.register(listener, select.EPOLLIN)
def serve(text):
    while True:
        polled.poll()
        client, _ = listener.accept()
        client.recv(4096)
        body = "${HTML}" + text + " t0"
        client.sendall(("HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%s" % (len(body), body)).encode())
        client.close()
def child():
    pid = os.fork()
    if pid == 0:
        ${who === 'child' ? 'serve(code())' : 'time.sleep(600)'}
    return pid
last, pid = code(), child()
${who === 'parent' ? `from threading import Thread
Thread(target=serve, args=(last,), daemon=True).start()` : ''}
while True:
    time.sleep(0.05)
    ${who === 'child' ? 'if code() and code() != last:' : 'if os.path.exists("again"):'}
        ${who === 'child' ? 'last = code()' : 'os.remove("again")'}
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        pid = child()
# ${mark}
`;

test('a supervisor shares an epoll set with its worker: a new worker is new code', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const row = /** @type {import('../servers/rows.js').Row} */ (ROWS.find(({ name }) => name === 'gunicorn --reload'));
	const drive = new Drive(world, {
		...row, name: 'shared', files: {}, env: {}, settle: 1000, command: port => ['python3', 'main.py', String(port)],
		code: { file: 'main.py', text: mark => SHARED(mark, 'child') },
	});
	world.atEnd.push(() => drive.close());
	await drive.open();
	for (const what of ['first', 'second']) {
		const { orders, marks, stories } = await drive.save(what, 'code');
		assert.deepEqual(orders.map(({ got }) => got.marks), [marks], `${what}: ${JSON.stringify(stories)}`);
	}
});

test('a server that shares its epoll set with a process for other work: a new one of these is no new code', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'main.py': SHARED('c0', 'parent') }, { git: true });
	const port = await freePort(), url = `http://127.0.0.1:${port}/`;
	const server = world.children.start('server', ['python3', 'main.py', String(port)], { cwd: root });
	await until('the server', () => answers('127.0.0.1', port));
	const client = new Client(world);
	await client.hello();
	assert.equal((await client.watch(1, url)).state, 'live');
	const { pid } = server.process;
	const helper = async () => (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
	const first = await helper();
	await writeFile(path.join(root, 'again'), '');
	await until('another helper', async () => {
		const now = await helper();
		return now && now !== first;
	});
	// The save after it is the only event, and waits for nothing.
	const reload = client.next('reload');
	await writeFile(path.join(root, 'a.html'), 'a');
	await world.bus.saved(path.join(root, 'a.html'));
	await reload;
	const events = await world.bus.events();
	assert.deepEqual(events.map((/** @type {{source: string}} */ { source }) => source), ['save'], JSON.stringify(events));
	assert.ok(!events[0].steps.some((/** @type {{step: string}} */ { step }) => step === 'waiting'), JSON.stringify(events));
});

/** Without a language that is known by its name, as the program that "go run" has compiled. */
const COMPILED = `
import sys
from wsgiref.simple_server import make_server
${WSGI}
make_server("127.0.0.1", int(sys.argv[1]), app).serve_forever()
`;

test('a program without a known language, in a session of its own: so does that of a reloader that is known', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const drive = new Drive(world, {
		name: 'a reloader', source: 'npm', packages: [], needs: 'node', trigger: '', env: { PYTHONHOME: '/usr' },
		files: { 'reflex.js': SUPERVISOR.replace("fork('server.js', process.argv.slice(2), ", "spawn('./program', ['program.data', process.argv[2]], ") },
		code: { file: 'program.data', text: mark => COMPILED.replace('MARK', mark) },
		page: { file: 'page.html', text: mark => `${mark}\n` },
		prepare: async (_, root) => copyFile(await realpath(PYTHON), path.join(root, 'program')),
		command: port => ['node', 'reflex.js', String(port)],
	});
	world.atEnd.push(() => drive.close());
	drive.brief = true;
	await drive.open();
	const { orders } = await drive.save('code', 'code');
	assert.deepEqual(orders.map(({ got }) => got.marks), ['c1 t0']);
});
