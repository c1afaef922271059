// SPDX-License-Identifier: MIT
/**
 * The parts of the VS Code extension that need no VS Code.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FOLDER = fileURLToPath(new URL('../../clients/vscode/src', import.meta.url));

/** @param {string} name of a module @returns {Promise<any>} */
async function load(name) {
	const { outputFiles } = await build({
		entryPoints: [path.join(FOLDER, `${name}.ts`)], bundle: true, write: false, format: 'esm', platform: 'node',
	});
	return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { Burst } = await load('burst');
const { Outbox } = await load('outbox');
const { escaped, statusTextOf, plain } = await load('status-text');
const { Ledger } = await load('ledger');
const { stepText, eventTitle } = await load('event-text');

/** A burst, and the files that it passed on. */
function openBurst() {
	const desk = {
		dirty: false,
		/** @type {string[][]} */
		given: [],
		/** @type {(() => void)[]} */
		waiting: [],
		burst: new Burst(() => desk.dirty, (/** @type {string[]} */ files) => {
			desk.given.push(files);
			desk.waiting.splice(0).forEach(wake => wake());
		}),
		next: () => new Promise(resolve => { desk.waiting.push(() => resolve(undefined)); }),
	};
	return desk;
}

test('burst: a single save is reported immediately', () => {
	const { burst, given } = openBurst();
	burst.announce('a');
	burst.add(['a'], ['a']);
	assert.deepEqual(given, [['a']]);
});

test('burst: files that were announced together are reported together, each once', () => {
	const { burst, given } = openBurst();
	['a', 'b', 'c'].forEach(file => burst.announce(file));
	burst.add(['b'], ['b']);
	burst.add(['a'], []); // The file is not wanted, and there is nothing left to wait for.
	assert.deepEqual(given, []);
	burst.add(['c', 'b'], ['c', 'b']);
	assert.deepEqual(given, [['b', 'c']]);
});

test('burst: while other files are dirty, it waits briefly for them', async () => {
	const desk = openBurst();
	desk.dirty = true;
	desk.burst.add(['a'], ['a']);
	desk.burst.add(['b'], ['b']);
	assert.deepEqual(desk.given, []);
	await desk.next();
	assert.deepEqual(desk.given, [['a', 'b']]);
});

test('burst: Save All on a busy machine is one report', t => {
	const desk = openBurst();
	t.mock.timers.enable();
	const rest = ['b', 'c', 'd', 'e', 'f'], late = () => t.mock.timers.tick(60);
	desk.dirty = true;
	desk.burst.add(['a'], ['a']);
	for (const file of rest) {
		desk.burst.announce(file);
		late();
		desk.dirty = file !== 'f';
		desk.burst.add([file], [file]);
		if (file !== 'f') {
			late();
		}
	}
	assert.deepEqual(desk.given, [['a', ...rest]]);
});

test('burst: a save that failed does not delay the others for long', async () => {
	const desk = openBurst();
	desk.burst.announce('fails');
	desk.burst.announce('a');
	desk.burst.add(['a'], ['a']);
	assert.deepEqual(desk.given, []);
	await desk.next();
	assert.deepEqual(desk.given, [['a']]);
	desk.burst.add(['b'], ['b']);
	assert.deepEqual(desk.given, [['a'], ['b']], 'the failed one is forgotten');
});

test('burst: unwanted files are not reported; at the end, the waiting files are reported', () => {
	const { burst, given } = openBurst();
	burst.add(['a'], []);
	burst.announce('b');
	burst.announce('c');
	burst.add(['b'], ['b']);
	burst.end();
	burst.end();
	assert.deepEqual(given, [['b']]);
});

/** An outbox to a daemon that answers when the test tells it to. */
function openOutbox() {
	const desk = {
		/** @type {string[][]} */
		calls: [],
		/** @type {{resolve: Function, reject: Function}[]} */
		answers: [],
		/** @type {string[]} */
		complaints: [],
		outbox: new Outbox(
			(/** @type {string[]} */ files) => new Promise((resolve, reject) => {
				desk.calls.push(files);
				desk.answers.push({ resolve, reject });
			}),
			(/** @type {string} */ what) => { desk.complaints.push(what); }),
		/** @param {Error} [error] */
		async answer(error) {
			const { resolve, reject } = /** @type {any} */ (desk.answers.shift());
			error ? reject(error) : resolve();
			await new Promise(setImmediate);
		},
	};
	return desk;
}

test('outbox: one call at a time; files that come meanwhile are in the next, each once', async () => {
	const desk = openOutbox();
	desk.outbox.add(['a']);
	desk.outbox.add(['b']);
	desk.outbox.add(['c', 'b']);
	assert.deepEqual(desk.calls, [['a']]);
	await desk.answer();
	assert.deepEqual(desk.calls, [['a'], ['b', 'c']]);
	await desk.answer();
	await desk.outbox.drained();
	desk.outbox.add(['d']);
	assert.deepEqual(desk.calls[2], ['d']);
});

test('outbox: a failure is reported, and the next call is made', async () => {
	const desk = openOutbox();
	desk.outbox.add(['a', 'b', 'c']);
	desk.outbox.add(['d']);
	await desk.answer(new Error('no bus'));
	assert.deepEqual(desk.complaints, ['save: a and 2 more: no bus']);
	assert.deepEqual(desk.calls[1], ['d']);
	await desk.answer(new Error('no bus'));
	assert.deepEqual(desk.complaints[1], 'save: d: no bus');
});

test('outbox: a daemon that hangs costs a limited amount of memory', async () => {
	const desk = openOutbox();
	desk.outbox.add(['first']);
	const names = Array.from({ length: 4096 }, (_, i) => `f${i}`);
	desk.outbox.add(names);
	assert.deepEqual(desk.complaints, []);
	desk.outbox.add(['one too many']);
	assert.match(desk.complaints[0], /^save: one too many: .*hangs/);
	await desk.answer();
	assert.equal(desk.calls[1].length, 4096);
	desk.outbox.add(['fits again']);
	assert.equal(desk.complaints.length, 1);
});

test('status text: the text of the status bar', () => {
	const running = { state: 'running' };
	const tab = (/** @type {string} */ state) => ({ url: 'http://localhost:8000/', state });
	/** @type {[any[], RegExp, boolean][]} */
	const cases = [
		[[false, running, [tab('live')], undefined], /debug-pause\) savecast$/, false],
		[[true, { state: 'missing', why: 'none' }, [], undefined], /circle-slash/, true],
		[[true, { state: 'stopped' }, [], undefined], /broadcast\) savecast$/, false],
		[[true, running, [], undefined], /no tab$/, false],
		[[true, running, [tab('live')], undefined], /: 1 tab$/, false],
		[[true, running, [tab('live'), tab('live')], undefined], /: 2 tabs$/, false],
		[[true, running, [tab('live')], undefined, true, 1], /warning\) savecast: 1 problem$/, true],
		[[true, running, [tab('live')], undefined, true, 2], /: 2 problems$/, true],
		[[true, running, [tab('down')], undefined, true, 2], /down$/, true],
		[[true, running, [tab('live'), tab('waiting')], undefined], /waiting$/, false],
		[[true, running, [tab('waiting'), tab('down')], undefined], /down$/, true],
		[[true, running, [tab('a state of a newer daemon')], undefined], /no tab$/, false],
	];
	for (const [args, text, problem] of cases) {
		const shown = statusTextOf(...args);
		assert.match(shown.text, text);
		assert.equal(shown.problem, problem, shown.text);
	}
	const remote = statusTextOf(true, { state: 'missing', why: 'none' }, [], 'ssh-remote');
	assert.match(remote.tooltip, /on ssh\\-remote: savecastd must be installed there/);
	assert.doesNotMatch(statusTextOf(true, { state: 'missing', why: 'none' }, [], undefined).tooltip, /installed there/);

	// The daemon runs, but the browser is on another computer: one sentence says how to connect it.
	const far = (/** @type {string | undefined} */ name, /** @type {any[]} */ tabs = [], connected = false) =>
		statusTextOf(true, { state: 'running' }, tabs, name, connected).tooltip;
	const sentence = /To connect a browser to ssh\\-remote, run `savecast forward NAME -- ssh HOST savecast stdio` on the browser’s computer, and add the port/;
	assert.match(far('ssh-remote'), sentence);
	assert.match(remote.tooltip, sentence); // Where there is no bus, that command starts savecastd.
	assert.doesNotMatch(far('ssh-remote', [], true), /forward/);
	assert.match(far('dev-container'), /-- docker exec -i CONTAINER savecast stdio`/);
	assert.match(far('wsl'), /-- wsl\.exe savecast stdio`/);
	assert.match(plain(far('ssh-remote')), /To connect a browser to ssh-remote, run savecast forward NAME -- ssh HOST savecast stdio on/);
	assert.doesNotMatch(far(undefined), /forward/);
	assert.doesNotMatch(far('ssh-remote', [{ url: 'http://h/', state: 'live' }]), /forward/);
});

test('status text: texts from other programs are escaped in Markdown', () => {
	assert.equal(escaped('[x](command:y)\n# <b> $(z)'), '\\[x\\]\\(command:y\\) \\# \\<b\\> \\$\\(z\\)');
	const { tooltip } = statusTextOf(true, { state: 'running' },
		[{ url: 'http://h/[x](command:y)', state: 'down', reason: '<img src=x>\n\n# loud' }], undefined);
	assert.doesNotMatch(tooltip, /[^\\][[<#]/);
});

test('status text: the text for a screen reader has no Markdown', () => {
	assert.equal(plain(statusTextOf(true, { state: 'missing', why: 'no D-Bus service has its name' }, [], undefined).tooltip),
		'No savecast daemon: no D-Bus service has its name. Click for what to do.');
	assert.equal(plain(statusTextOf(true, { state: 'running' }, [{ url: 'http://127.0.0.1:8000/', state: 'live', reason: 'port 8000 (pid 7)' }], undefined).tooltip),
		'A save reloads: http://127.0.0.1:8000/: live (port 8000 (pid 7))');
});

test('events: texts for display', () => {
	assert.equal(stepText({ at: 31500, step: 'loaded' }), '    31.5 ms  loaded');
	assert.equal(stepText({ at: 100, step: 'failed', text: 'why' }), '     0.1 ms  failed    why');
	const title = (/** @type {any} */ files) => eventTitle(
		{ serial: 7, source: 'save', files, 'file-count': files.length, steps: [] }, (/** @type {string} */ file) => `<${file}>`);
	assert.equal(title(['a']), 'save 7: <a>');
	assert.equal(title(['a', 'b', 'c']), 'save 7: <a> and 2 more');
	assert.equal(title([]), 'save 7: the whole project');
});

/** A ledger of a window that shows the project /here. */
function openLedger() {
	/** @type {any} */
	const desk = { lines: [], stories: [], asked: 0, presence: { state: 'running' } };
	desk.daemon = {
		get presence() { return desk.presence; },
		onStep: (/** @type {Function} */ listener) => { desk.step = listener; return { dispose() {} }; },
		onDidChange: (/** @type {Function} */ listener) => { desk.changed = listener; return { dispose() {} }; },
		eventsAfter: (/** @type {number} */ event) => new Promise(resolve => {
			desk.asked++;
			desk.answer = () => resolve(desk.stories.filter((/** @type {any} */ story) => story.serial > event));
		}),
	};
	const place = { shows: (/** @type {string} */ project) => project === '/here', label: (/** @type {string} */ file) => file };
	desk.ledger = new Ledger(desk.daemon, place, { info: (/** @type {string} */ line) => desk.lines.push(line.replace(/ +/g, ' ')) });
	desk.settled = () => new Promise(setImmediate);
	return desk;
}

test('ledger: each step once, in order, also those that come with the answer', async () => {
	const desk = openLedger();
	const [heard, waiting, loaded] = ['heard', 'waiting', 'loaded'].map((step, i) => ({ at: i * 1000, step }));
	desk.stories = [{ serial: 1, source: 'save', project: '/here', files: ['a'], 'file-count': 1, steps: [heard, waiting] }];
	desk.step({ event: 1, step: heard });
	desk.step({ event: 1, step: waiting }); // The step is in the answer.
	desk.step({ event: 1, step: loaded }); // The step comes after it.
	desk.answer();
	await desk.settled();
	assert.deepEqual(desk.lines, ['save 1: a', '#1 0.0 ms heard', '#1 1.0 ms waiting', '#1 2.0 ms loaded']);
	desk.step({ event: 1, step: { at: 3000, step: 'gone' } });
	assert.equal(desk.lines[4], '#1 3.0 ms gone');
	assert.equal(desk.asked, 1);
});

test('ledger: events of other windows, and of an earlier daemon, are not shown', async () => {
	const desk = openLedger();
	desk.stories = [{ serial: 1, source: 'save', project: '/there', files: ['a'], 'file-count': 1, steps: [] }];
	desk.step({ event: 1, step: { at: 0, step: 'heard' } });
	desk.answer();
	await desk.settled();
	desk.step({ event: 1, step: { at: 1, step: 'loaded' } });
	assert.deepEqual([desk.lines, desk.asked], [[], 1]);

	desk.presence = { state: 'stopped' };
	desk.changed();
	desk.stories = [{ serial: 1, source: 'save', project: '/here', files: ['b'], 'file-count': 1, steps: [] }];
	desk.step({ event: 1, step: { at: 0, step: 'heard' } });
	desk.answer();
	await desk.settled();
	assert.deepEqual(desk.lines, ['save 1: b', '#1 0.0 ms heard']);
});
