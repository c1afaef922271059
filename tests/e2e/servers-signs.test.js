// SPDX-License-Identifier: MIT
/**
 * What other processes show about a server: a build that runs before it restarts, and a server that
 * was down and is started again in a different way.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { Children, run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { heading } from '../lib/restarts.js';
import { LONG, TOP, World } from '../lib/world.js';
import { NODE } from '../servers/code.js';
import { Drive } from '../servers/drive.js';
import { driven } from '../servers/driven.js';
import { summary } from '../servers/report.js';
import { ROWS } from '../servers/rows.js';

const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

const TSC = path.join(TOP, 'node_modules/.bin/tsc');

/** @param {string} name */
const row = name => /** @type {import('../servers/rows.js').Row} */ (ROWS.find(one => one.name === name));

/**
 * A program that takes longer to compile than node --watch takes to notice a file.
 *
 * @param {string} mark
 */
const program = mark => `import * as http from 'node:http';
import * as fs from 'node:fs';
const CODE: string = "${mark}";
http.createServer((request, response) => {
	response.setHeader('content-type', 'text/html');
	response.end('<!doctype html><h1>' + CODE + ' ' + fs.readFileSync('page.html', 'utf8'));
}).listen(Number(process.argv[2]), '127.0.0.1');
${Array.from({ length: LONG ? 3000 : 2000 }, (_, i) => `export const f${i} = (a: { x${i}: number, y: string }) => ({ ...a, z: [a.x${i}, a.y].map(String) });`).join('\n')}
`;

/** @param {import('node:test').TestContext} t */
async function compiles(t) {
	const world = await World.open(t);
	await world.startDaemon();
	const drive = new Drive(world, {
		...row('node --watch'), name: 'tsc --watch, node --watch', code: { file: 'src/server.ts', text: program },
		files: {
			'package.json': '{"type": "module"}', '.gitignore': 'dist\n',
			'tsconfig.json': JSON.stringify({ compilerOptions: { outDir: 'dist', rootDir: 'src', module: 'nodenext', target: 'es2022', types: ['node'],
				typeRoots: [path.join(TOP, 'node_modules/@types')] }, include: ['src'] }),
		},
		command: port => ['node', '--watch', 'dist/server.js', String(port)],
		// In another terminal.
		prepare: async (_, root) => {
			const built = await run([TSC, '--project', root], world.env);
			assert.equal(built.status, 0, built.stdout);
			const compiler = world.children.start('tsc', [TSC, '--watch', '--preserveWatchOutput'], { cwd: root, env: world.env });
			await until('the first build', async () => /Watching for file changes/.test(await world.log('tsc')), { msec: 60000 });
			assert.equal(compiler.process.exitCode, null);
		},
	});
	world.atEnd.push(() => drive.close());
	await drive.open();
	for (let i = 1; i <= (LONG ? 10 : 1); i++) {
		await drive.save(`code ${i}`, 'code');
	}
	const told = summary({ row: drive.row, steps: drive.steps });
	t.diagnostic(told);
	for (const step of drive.steps) {
		assert.ok(step.late !== undefined, `${step.what}: ${JSON.stringify(step.stories)}\n${told}`);
		for (const { got } of step.orders) {
			assert.deepEqual([got.kind, got.marks], ['page', step.marks], `${step.what}: ${JSON.stringify(step.stories)}\n${told}`);
		}
	}
	const waited = drive.steps[0].stories.flatMap((/** @type {any} */ event) => event.steps).find((/** @type {any} */ step) => step.step === 'ready');
	assert.match(waited?.text ?? '', /worker \d+ -> \d+/);
}

/** A program that loads the saved file when it is told to. */
const LOADS_LATE = NODE.replace('const CODE = "MARK"', `fs.writeFileSync('began.txt', String(process.pid));
while (!fs.existsSync('go.txt')) {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
const CODE = require('./code.js')`);

/**
 * The worker has begun before the second save, and loads it. node --watch notices no save of a file that
 * its program has not loaded yet, so no other restart follows.
 *
 * @param {import('node:test').TestContext} t
 */
async function servesBoth(t) {
	const drive = await driven(t, {
		...row('node --watch'), files: { 'server.js': LOADS_LATE, '.gitignore': '*.txt\n', 'go.txt': '' },
		code: { file: 'code.js', text: mark => `module.exports = "${mark}";\n` },
	});
	if (!drive) {
		return;
	}
	await pause(400);
	const { world, orders = [] } = drive, root = String(drive.root), go = path.join(root, 'go.txt');
	const began = () => readFile(path.join(root, 'began.txt'), 'utf8');
	const before = await began();
	await rm(go);
	await drive.save('first', 'code', { waits: false });
	await until('the new worker', async () => /\d/.test(await began()) && await began() !== before, { every: 5 });
	await drive.save('second', 'code', { waits: false });
	await writeFile(go, '');
	await until('the end of the saves', async () => (await world.bus.events()).every((/** @type {any} */ event) => event.closed));
	const { steps } = (await world.bus.events()).at(-1);
	assert.deepEqual(orders.map(({ got }) => got.marks), [drive.marks], JSON.stringify(steps));
	// Without proof that the worker has loaded it, the reload waits for another restart.
	assert.match(steps.find((/** @type {any} */ step) => step.step === 'ready')?.text ?? '', /worker \d+ -> \d+/);
}

/** How a server is started again: each is another process with another parent. */
const WRAPPERS = [
	(/** @type {string[]} */ command) => ['sh', '-c', '"$@"; exit $?', 'sh', ...command],
	(/** @type {string[]} */ command) => ['nohup', ...command],
	(/** @type {string[]} */ command) => ['env', 'DEBUG=1', 'timeout', '--foreground', '600', ...command],
];

/**
 * @param {import('node:test').TestContext} t
 * @param {string} name of a row
 */
async function startsAgain(t, name) {
	const world = await World.open(t);
	await world.startDaemon();
	const of = row(name);
	const drive = new Drive(world, of);
	world.atEnd.push(() => drive.close());
	await drive.open();
	const { client } = drive;
	const root = String(drive.root), port = Number(drive.port);
	const script = { ...of.files };
	await world.folder('site/deeper', { ...script, [of.page.file]: of.page.text('t0', 'c0') });
	const children = new Children(world.logs);
	world.atEnd.push(() => children.stopAll());
	let server = /** @type {any} */ (drive.server);
	/** @type {number[]} */
	const late = [];
	for (const [i, wrapper] of (LONG ? [...WRAPPERS, ...WRAPPERS, ...WRAPPERS] : WRAPPERS).entries()) {
		const told = await client?.told(1, 'down', async () => {
			process.kill(-server.process.pid, 'SIGKILL');
			await server.ended;
		});
		assert.match(told.reason, /no longer serves port \d+ \(.* was ended by SIGKILL\): fix it or start it again/);
		const orders = Number(drive.orders?.length);
		const begun = performance.now();
		server = children.start(`again-${i}`, wrapper(of.command(port, root)), { cwd: i % 2 ? root : path.join(root, 'deeper'), env: world.env });
		await until('a reload', () => Number(drive.orders?.length) > orders);
		const first = Number(drive.oracle?.first(drive.marks, begun) ?? performance.now());
		late.push(Number(drive.orders?.at(-1)?.at) - first);
		await until('its answer', () => drive.orders?.at(-1)?.got.kind === 'page');
		assert.equal((await world.bus.tabs())[0].state, 'live');
	}
	t.diagnostic(`${name}: the reload left ${late.map(Math.round).join(', ')} ms after the first answer`);
	assert.deepEqual([...new Set(drive.orders?.map(({ got }) => got.kind))], ['page']);
	// The best of them, on an idle machine: the others depend on its load.
	assert.ok(!LONG || Math.min(...late) < 100, `${late} ms`);
}

/**
 * A server that ends well closes its socket first. savecast checks it just then, as it does after a
 * save, and still learns how it ended.
 *
 * @param {import('node:test').TestContext} t
 */
async function closesFirst(t) {
	const world = await World.open(t);
	await world.startDaemon();
	const of = row('node');
	const drive = new Drive(world, {
		...of,
		files: { 'server.js': `${of.files?.['server.js'].replace('http.createServer', 'const server = http.createServer')}
process.on('SIGTERM', () => { server.close(); server.closeAllConnections(); setTimeout(() => process.exit(3), 300); });
` },
	});
	world.atEnd.push(() => drive.close());
	await drive.open();
	await drive.save('page 1', 'page', { waits: false });
	const told = await drive.client?.told(1, 'down', async () => { drive.server?.process.kill('SIGTERM'); });
	assert.match(told.reason, /^node no longer serves port \d+ \(node ended with status 3\): /);
}

/**
 * PHP's opcache may answer with the old code for up to 3 s, but only if it has just checked the file. An
 * answer that differs in the meantime need not be the new one: here, it is that of another file. So the page
 * is requested once more when this time is over, and then no longer.
 *
 * @param {import('node:test').TestContext} t
 */
async function asksAgain(t) {
	if ((await run(['php', '--version'], process.env)).status !== 0) {
		t.skip('php is not installed');
		return;
	}
	const world = await World.open(t);
	await world.startDaemon();
	const text = (/** @type {string} */ version) => `<!doctype html><title>t</title><h1><?php echo "${version}"; ?></h1><p><?php readfile("part.html"); ?></p>\n`;
	const root = await world.folder('site', { 'index.php': text('v0'), 'part.html': 'p0' }, { git: true });
	const { url } = await world.serve('php', root, at => ['php', '-S', `localhost:${at}`]);
	const browser = await world.browser('chromium', { grant: ['http://localhost/*'] });
	const page = await browser.newPage(url);
	await page.clickAction();
	await until('the tab is live', async () => (await world.bus.tabs()).some((/** @type {any} */ tab) => tab.state === 'live'));
	await page.evaluate('window.untouched = true');
	/** How often the page was requested. */
	const requests = async () => (await world.log('php')).match(/\[200\]: GET \/$/gm)?.length ?? 0;
	/**
	 * @param {string} version
	 * @param {string[]} others that were saved, too
	 * @returns {Promise<number>} how long it took until the page showed it
	 */
	const save = async (version, ...others) => {
		const file = path.join(root, 'index.php');
		const begun = performance.now();
		await writeFile(file, text(version));
		await world.bus.saved(file, ...others);
		await until(`${version} in the page`, async () => {
			const shown = await heading(page);
			if (shown !== version) {
				throw new Error(`it shows ${shown}: ${JSON.stringify((await world.bus.events()).slice(-1))}`);
			}
			return true;
		}, { every: 5 });
		return performance.now() - begun;
	};
	const soon = await save('v1');
	await until('the end of the save', async () => (await world.bus.events()).every((/** @type {any} */ event) => event.closed));
	const before = await requests();
	await pause(3500);
	assert.ok(await requests() - before <= 1, 'only one more request after the end of the save');
	const late = await save('v2');
	t.diagnostic(`php -S: the page showed a save after ${soon.toFixed(0)} ms, and after a while without a request after ${late.toFixed(0)} ms`);
	const [, last] = await world.bus.events();
	// No earlier save is near; opcache has just checked the file. Both are saved at once, as by "save all".
	await pause(4100);
	await (await fetch(url)).text();
	const part = path.join(root, 'part.html');
	await writeFile(part, 'p3');
	await save('v3', part);
	assert.equal(await page.evaluate('document.querySelector("p").textContent'), 'p3');
	assert.equal(await page.evaluate('window.untouched'), true, 'it was patched, not reloaded');
	assert.match(last.steps.find((/** @type {any} */ step) => step.step === 'cast').text, /its server may answer as before for \d+ ms/);
}

/**
 * Like wrangler: it notices a save a moment later, and holds requests while it loads what was saved. A
 * save that comes meanwhile is loaded after that: the requests that it held get what the earlier one changed. On a busy
 * machine the first request comes late, and is held for as long.
 */
const LOADS = `const fs = require('node:fs');
const NOTICE_MSEC = 100, LOAD_MSEC = 500;
let text = fs.readFileSync('index.html'), noticed, next, held;
const loaded = () => {
	const waiting = held;
	text = next;
	held = undefined;
	waiting.forEach(answer => answer());
};
const watch = () => {
	if (!held && !noticed && !fs.readFileSync('index.html').equals(text)) {
		noticed = Date.now();
	}
	if (noticed && Date.now() >= noticed + NOTICE_MSEC) {
		next = fs.readFileSync('index.html');
		noticed = undefined;
		held = [];
	}
};
setInterval(watch, 5);
require('node:http').createServer((request, response) => {
	const answer = () => { response.setHeader('content-type', 'text/html'); response.end(text); };
	watch();
	held ? held.push(answer) === 1 && setTimeout(loaded, LOAD_MSEC) : answer();
}).listen(Number(process.argv[2]), '127.0.0.1');
`;

/**
 * A watcher in a shell loop ends at the first event, before the save is reported. The first save waits for
 * the restart all the same.
 *
 * @param {import('node:test').TestContext} t
 */
async function watchesOnce(t) {
	if (!existsSync('/usr/bin/inotifywait')) {
		t.skip('inotify-tools is not installed');
		return;
	}
	const world = await World.open(t);
	await world.startDaemon();
	const of = row('node');
	const loop = `while true; do node server.js "$1" & pid=$!
inotifywait -q -e close_write server.js >/dev/null; touch ended; sleep 0.2; kill $pid; wait $pid; done`;
	const drive = new Drive(world, { ...of, command: port => ['sh', '-c', loop, 'sh', String(port)] });
	world.atEnd.push(() => drive.close());
	await drive.open();
	const root = /** @type {string} */ (drive.root), file = path.join(root, 'server.js');
	await writeFile(file, NODE.replace('MARK', 'c1'));
	await until('the end of the watcher', () => existsSync(path.join(root, 'ended')), { every: 5 });
	await world.bus.saved(file);
	await until('a reload', () => Number(drive.orders?.length) > 0);
	await until('its answer', () => drive.orders?.[0].got.kind === 'page');
	assert.match(drive.orders?.[0].got.marks ?? '', /c1/, 'the first reload shows the new code');
}

/** @param {import('node:test').TestContext} t */
async function loadsTwice(t) {
	const world = await World.open(t);
	await world.startDaemon();
	const page = (/** @type {string} */ version) => `<!doctype html><title>t</title><h1>${version}</h1>\n`;
	const root = await world.folder('site', { 'server.js': LOADS, 'index.html': page('apple') }, { git: true });
	const { url } = await world.serve('workerd', root, at => ['bash', '-c', 'exec -a workerd node server.js "$1"', 'bash', String(at)]);
	const browser = await world.browser('chromium', { grant: ['http://localhost/*'] });
	const tab = await browser.newPage(url);
	await tab.clickAction();
	await until('the tab is live', async () => (await world.bus.tabs()).some((/** @type {any} */ one) => one.state === 'live'));
	const file = path.join(root, 'index.html');
	for (const version of ['pear', 'plum']) {
		await writeFile(file, page(version));
		await world.bus.saved(file);
		await pause(200);
	}
	await until('the second save in the page', async () => await heading(tab) === 'plum');
}

// All at the same time: each waits most of the time.
test('what other processes show about a server', { concurrency: 6 }, async t => {
	await Promise.all([
		t.test('php -S: the page is requested while opcache may have the old code, and shows the new code', asksAgain),
		t.test('a server that holds requests while it loads: the second of two saves shows', loadsTwice),
		t.test('node: it closes its socket before it ends: down says how it ended', closesFirst),
		t.test('a watcher in a shell loop, which ends at the first event', watchesOnce),
		t.test('a restart serves two saves if its worker has loaded both', servesBoth),
		t.test('a compiler and a server: the page reloads when both are done, from the first save on', compiles),
		...['node', 'python3 -m http.server'].map(name =>
			t.test(`${name}: down, then started from another folder by another program: its first answer reloads the page`,
				inner => startsAgain(inner, name))),
	]);
});
