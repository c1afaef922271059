// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { Bus } from '../lib/bus-client.js';
import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, switchOn } from '../lib/live.js';
import { SAVECAST, World } from '../lib/world.js';
import { run } from '../lib/children.js';

/** @typedef {{serial: number, source: string, closed: boolean, files: string[], steps: {step: string, text: string}[]}} Event */

/** @param {import('node:test').TestContext} t */
async function site(t) {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { 'a.css': 'a', 'b.css': 'b' }, { git: true });
	let n = 0;
	return {
		world,
		root,
		/** @param {string} name */
		async change(name) {
			await writeFile(path.join(root, name), `${++n}`);
			return world.bus.saved(path.join(root, name));
		},
		/** @param {number} serial @returns {Promise<Event>} */
		story: async serial => (await world.bus.events()).find((/** @type {Event} */ e) => e.serial === serial),
		/** @returns {Promise<Event>} */
		newest: async () => (await world.bus.events()).at(-1),
		/** @param {Bus} bus @returns {Promise<number>} */
		hold: async (bus, reason = 'a test') =>
			(await bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [root, reason, {}] }))[0],
		/** @param {Bus} bus @param {number} cookie */
		release: (bus, cookie) => bus.call({ member: 'Release', signature: 'u', body: [cookie] }),
		/** @param {string[]} command */
		run: command => runIn(world, root, command),
	};
}

/**
 * @param {World} world
 * @param {string} cwd
 * @param {string[]} command
 */
function runIn(world, cwd, command) {
	const child = spawn(SAVECAST, ['run', '--', ...command], { cwd, env: world.env });
	const out = { stdout: '', stderr: '' };
	child.stdout.setEncoding('utf8').on('data', text => { out.stdout += text; });
	child.stderr.setEncoding('utf8').on('data', text => { out.stderr += text; });
	const ended = once(child, 'close').then(([status]) => ({ status, ...out }));
	return { child, ended };
}

/** @param {Event} event */
const words = event => event.steps.map(({ step }) => step);

test('saves that are held are sent as one event when the last hold ends', async t => {
	const { world, root, change, story, newest, hold, release } = await site(t);
	const one = await hold(world.bus), two = await hold(world.bus, 'another');
	assert.ok(one && two && one !== two);
	const event = await change('a.css');
	assert.equal(await change('b.css'), event);
	await release(world.bus, one);
	await change('a.css');
	assert.equal((await story(event)).closed, false);
	assert.deepEqual(words(await story(event)), ['heard', 'held', 'joined', 'joined']);
	assert.equal((await story(event)).steps[1].text, 'another');
	assert.equal((await world.bus.projects())[0].HeldBy, 'another');
	assert.match((await world.savecast('status')).stdout, /^ {4}held: another$/m);
	await release(world.bus, two);
	const done = await newest();
	assert.deepEqual([done.serial, done.files], [event, [path.join(root, 'a.css'), path.join(root, 'b.css')]]);
	assert.deepEqual(words(done).slice(-2), ['left', 'no-tab']);
	assert.equal((await world.bus.projects())[0].HeldBy, '');
	await assert.rejects(release(world.bus, two), { type: 'io.github.savecast.Error.NoHold' });
});

test('a burst that waits when a hold begins keeps waiting', async t => {
	const { world, change, story, hold, release } = await site(t);
	let event, cookie;
	for (;;) { // until a save comes so soon after another that it waits, and still waits when the hold begins
		event = await change('a.css');
		cookie = await hold(world.bus);
		if (!(await story(event)).closed) {
			break;
		}
		await release(world.bus, cookie);
	}
	// Long enough for a burst to end if there were no hold; no event reports that it has not ended.
	await new Promise(resolve => { setTimeout(resolve, 400); });
	assert.equal((await story(event)).closed, false);
	await release(world.bus, cookie);
	assert.equal((await story(event)).closed, true);
});

test('a hold ends with its caller\'s connection, and only its caller can end it', async t => {
	const { world, change, story, hold, release } = await site(t);
	const other = await Bus.open(world.env.DBUS_SESSION_BUS_ADDRESS ?? '');
	const cookie = await hold(other);
	const event = await change('a.css');
	await assert.rejects(release(world.bus, cookie), { type: 'io.github.savecast.Error.NoHold' });
	assert.equal((await story(event)).closed, false);
	other.close();
	await until('the event to be sent', async () => (await story(event)).closed);
});

test('a caller that disconnects before the answer keeps no hold and no subscription', async t => {
	const { world, change, story, hold } = await site(t);
	for (let i = 0; i < 65; i++) { // one more than the limit of subscribers
		const other = await Bus.open(world.env.DBUS_SESSION_BUS_ADDRESS ?? '');
		hold(other).catch(() => {});
		other.call({ member: 'Subscribe' }).catch(() => {});
		other.close();
	}
	const event = await change('a.css');
	await until('the event to be sent', async () => (await story(event)).closed);
	await world.bus.call({ member: 'Subscribe' });
});

test('the number of holds is limited, and they are refused outside projects', async t => {
	const { world, hold, release } = await site(t);
	const cookies = [];
	for (let i = 0; i < 256; i++) {
		cookies.push(await hold(world.bus));
	}
	await assert.rejects(hold(world.bus), { type: 'org.freedesktop.DBus.Error.LimitsExceeded' });
	await release(world.bus, cookies[0]);
	await hold(world.bus);
	await assert.rejects(world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: ['/', 'x', {}] }),
		{ type: 'io.github.savecast.Error.NoProject' });
});

test('untracking ends the holds of the project', async t => {
	const { world, root, change, hold, release } = await site(t);
	await world.savecast('track', root);
	const cookie = await hold(world.bus);
	await change('a.css');
	await world.savecast('untrack', root);
	await assert.rejects(release(world.bus, cookie), { type: 'io.github.savecast.Error.NoHold' });
	assert.notEqual((await change('b.css')), 0);
});

test('run: one reload at the end; input and output of the command are unchanged', async t => {
	const { world, root, newest, run } = await site(t);
	const { ended } = run(['sh', '-c',
		`echo A > a.css; ${SAVECAST} save a.css; sleep 0.1; echo B > b.css; ${SAVECAST} save b.css; printf out; printf err >&2`]);
	assert.deepEqual(await ended, { status: 0, stdout: 'out', stderr: 'err' });
	const event = await newest();
	assert.deepEqual(event.files, [path.join(root, 'a.css'), path.join(root, 'b.css')]);
	assert.deepEqual(words(event), ['heard', 'held', 'joined', 'left', 'no-tab']);
	assert.equal((await world.bus.events()).length, 1);
});

test('run: a command that fails reloads nothing, and its last output is kept', async t => {
	const { newest, change, story, run } = await site(t);
	const failing = ['sh', '-c', `echo A > a.css; ${SAVECAST} save a.css; seq 1 50 >&2; printf '\\033[31mbad\\n' >&2; exit 7`];
	assert.equal((await run(failing).ended).status, 7);
	const event = await newest();
	assert.equal(event.closed, true);
	assert.deepEqual([...new Set(words(event))], ['heard', 'held', 'said', 'build-failed']);
	const said = event.steps.filter(({ step }) => step === 'said').map(({ text }) => text);
	assert.deepEqual(said, [...Array.from({ length: 11 }, (_, i) => String(i + 40)), 'bad']);
	assert.match(event.steps.at(-1)?.text ?? '', /^sh -c .*: exit status 7$/);
	await run(['sh', '-c', `${SAVECAST} save a.css`]).ended;
	assert.deepEqual(words(await newest()).slice(-2), ['left', 'no-tab'], 'the same bytes are new: no tab has shown them');
	const after = await change('b.css');
	await until('the next event to be sent', async () => (await story(after)).closed);
	assert.ok(!words(await story(after)).includes('held'));

	assert.equal((await run(['false']).ended).status, 1);
	assert.deepEqual([(await newest()).source, words(await newest())], ['build', ['heard', 'build-failed']]);
	const none = await run(['/no/such/command']).ended;
	assert.equal(none.status, 127);
	assert.equal(none.stderr, 'savecast: run: /no/such/command: No such file or directory\n');
});

test('run: signals reach the command, and a killed run releases its hold', async t => {
	const { newest, story, run } = await site(t);
	const { child, ended } = run(['sh', '-c',
		`echo A > a.css; ${SAVECAST} save a.css; trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done`]);
	await once(child.stdout, 'data');
	child.kill('SIGTERM');
	assert.equal((await ended).status, 3);
	assert.equal((await newest()).steps.at(-1)?.step, 'build-failed');

	const other = run(['sh', '-c', `echo B > a.css; ${SAVECAST} save a.css; echo $$; exec sleep 30`]);
	const [pid] = await once(other.child.stdout, 'data');
	const { serial } = await newest();
	assert.equal((await story(serial)).closed, false);
	other.child.kill('SIGKILL');
	await until('the event to be sent', async () => (await story(serial)).closed);
	process.kill(Number(pid), 'SIGKILL');
	assert.equal((await run(['sh', '-c', 'kill -9 $$']).ended).status, 128 + 9);
});

test('run: a caller that ignores SIGCHLD gets the status, too', async t => {
	const world = await World.open(t);
	const ignore = 'import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])';
	const { status } = await run(['/usr/bin/python3', '-c', ignore, SAVECAST, 'run', '--', 'sh', '-c', 'exit 7'], world.env);
	assert.equal(status, 7);
});

test('run: a build runs also without a daemon', async t => {
	const world = await World.open(t);
	const result = await runIn(world, world.home, ['echo', 'built']).ended;
	assert.equal(result.status, 0);
	assert.equal(result.stdout, 'built\n');
	assert.match(result.stderr, /^savecast: daemon: /);
});

for (const which of BROWSERS) {
	test(`${which}: a build that fails keeps the page, and one that succeeds causes one reload`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const { root, url } = await world.site('site', {
			'.savecast': '[savecast]\n\toutput = dist/**\n',
			'index.html': '<script src=dist/app.js></script>',
			'dist/app.js': 'document.title = "old";', 'b.css': 'b',
		});
		await world.savecast('track', root);
		const browser = await world.browser(which);
		const page = await browser.newPage(url);
		await switchOn(world, page);
		const face = (/** @type {string} */ badge) => until(`badge ${badge}`, async () => {
			await page.activate();
			const now = await browser.activeIcon();
			return now.badge === badge ? now : null;
		});
		const title = () => page.evaluate('document.title');
		const build = (/** @type {string} */ script) => runIn(world, root, ['sh', '-c', script]).ended;
		await face('on');

		const before = (await world.bus.properties()).LastEvent;
		const failing = `echo 'document.title = "half";' > dist/app.js; echo B > b.css; ${SAVECAST} save b.css; seq 1 20 >&2; echo 'app.ts:3: <b>error</b>' >&2; exit 7`;
		assert.equal((await build(failing)).status, 7);
		const { tab, title: tooltip } = await face('err');
		assert.match(tooltip, /^savecast: the build failed: sh -c .*: exit status 7$/);
		const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
		const shown = (/** @type {string} */ id) => popup.evaluate(`document.getElementById("${id}").innerText`);
		await until('the popup to say so', async () => await shown('state') === 'The build failed');
		assert.equal(await shown('build-output'), [...Array.from({ length: 11 }, (_, i) => i + 10), 'app.ts:3: <b>error</b>'].join('\n'));
		await popup.close();
		const steps = (await world.bus.events()).filter((/** @type {Event} */ e) => e.serial > before);
		assert.deepEqual(steps.map(words).map((/** @type {string[]} */ list) => list.at(-1)), ['build-failed'], 'a half-written bundle is not announced');
		assert.equal(await title(), 'old');

		// After a navigation, the daemon still reports it.
		await page.goto(url);
		await face('err');
		assert.equal((await build(`echo 'document.title = "new";' > dist/app.js; echo C > b.css; ${SAVECAST} save b.css`)).status, 0);
		await face('on');
		await until('the new page', async () => await title() === 'new');
		const after = (await world.bus.events()).filter((/** @type {Event} */ e) => e.serial > before + 1);
		assert.deepEqual(after.map((/** @type {Event} */ e) => e.files.map(file => path.relative(root, file)).sort()), [['b.css', 'dist/app.js']]);
	});
}
