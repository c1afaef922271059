// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { settled } from '../lib/git-tree.js';
import { inFolder } from '../lib/watched.js';
import { Client } from '../lib/wire-client.js';
import { SAVECASTD, TOP, World } from '../lib/world.js';
import { run } from '../lib/children.js';

/**
 * @param {import('node:test').TestContext} t
 * @param {string} output
 * @param {Record<string, string>} files
 */
async function site(t, output, files) {
	const world = await World.open(t);
	const patterns = output.split(' ').map(pattern => `\toutput = ${pattern}\n`).join('');
	const root = await world.folder('site', { '.savecast': `[savecast]\n${patterns}`, ...files });
	await world.startDaemon();
	await world.savecast('track', root);
	const last = async () => (await world.bus.properties()).LastEvent;
	return {
		world, root, last,
		file: (/** @type {string} */ name) => path.join(root, name),
		...inFolder(world, root),
		problem: async () => JSON.parse((await world.savecast('status', '--json')).stdout).projects[0].problem,
	};
}

const output = (/** @type {string[]} */ ...files) => [{ source: 'output', files }];

test('the outputs of a build are one event, in whichever way it writes them', async t => {
	const { did, sh } = await site(t, 'dist/** static/css/*.css', { 'dist/old.js': '', 'static/css/a.css': '' });
	assert.deepEqual(await did(() => sh('echo 1 > dist/a.js; sleep 0.02; echo 1 > dist/b.js')), output('dist/a.js', 'dist/b.js'));
	assert.deepEqual(await did(() => sh('echo 1 > dist/a.js; echo 1 > dist/b.js'), { expect: false }), [], 'the same bytes');
	assert.deepEqual(await did(() => sh('echo 2 > tmp; mv tmp dist/a.js')), output('dist/a.js'), 'moved into place');
	assert.deepEqual(await did(() => sh('mkdir -p dist/x/y; echo 1 > dist/x/y/z.js')), output('dist/x/y/z.js'), 'a new folder');
	assert.deepEqual(await did(() => sh('echo 2 > dist/x/y/z.js')), output('dist/x/y/z.js'));
	assert.deepEqual(await did(() => sh('mkdir t; echo 9 > t/a.js; rm -rf dist; mv t dist')),
		output('dist/a.js', 'dist/b.js', 'dist/old.js', 'dist/x/y/z.js'), 'another folder in its place');
	assert.deepEqual(await did(() => sh('echo 3 > dist/a.js')), output('dist/a.js'), 'which is watched');
	assert.deepEqual(await did(() => sh('rm -rf dist; mkdir dist; echo 4 > dist/a.js')), output('dist/a.js'), 'rm -rf && build');
	assert.deepEqual(await did(() => sh('rm -rf dist; sleep 1; mkdir dist; echo 5 > dist/a.js')),
		output('dist/a.js'), 'and one that takes its time');
	assert.deepEqual(await did(() => sh('echo 1 > dist/new; rm dist/new'), { expect: false }), []);
	assert.deepEqual(await did(() => sh('ln -s a.js dist/link.js')), output('dist/link.js'));
	assert.deepEqual(await did(() => sh('echo 1 > static/css/a.css; echo 1 > static/css/a.css.map; mkdir static/css/in; echo 1 > static/css/in/b.css; echo 1 > other.js')),
		output('static/css/a.css'), 'only what the patterns name');
});

test('files that were removed with their folder are announced, even if inotify reports it late', async t => {
	const { world, did, sh } = await site(t, 'dist/**', {});
	await did(() => sh('mkdir -p dist/deep dist/empty; cd dist; printf 1 | tee a.js b.js same.js deep/c.js empty/.keep'));
	const pid = world.daemon?.process.pid ?? 0;
	const late = (/** @type {string} */ script) => did(async () => {
		process.kill(pid, 'SIGSTOP');
		await sh(script);
		process.kill(pid, 'SIGCONT');
	});
	assert.deepEqual(await late('mkdir t; echo 9 > t/a.js; printf 1 > t/same.js; rm -rf dist; mv t dist'),
		output('dist/a.js', 'dist/b.js', 'dist/deep/c.js', 'dist/empty/.keep'), 'replaced');
	assert.deepEqual(await did(() => sh('mkdir dist/deep; echo 2 > dist/deep/d.js')), output('dist/deep/d.js'));
	assert.deepEqual(await late('rm -rf dist'), output('dist/a.js', 'dist/deep/d.js', 'dist/same.js'), 'deleted');
	assert.deepEqual(await late('mkdir dist; echo 2 > dist/e.js'), output('dist/e.js'), 'made again');
	assert.deepEqual(await late('mv dist gone; mkdir dist; echo 3 > dist/e.js; echo 1 > gone/f.js'), output('dist/e.js'), 'moved away');
	assert.deepEqual(await did(() => sh('echo 4 > dist/e.js')), output('dist/e.js'));
});

test('the event waits for a file that is being written', async t => {
	const { did, file } = await site(t, 'dist/**', { 'dist/a.js': 'old' });
	assert.deepEqual(await did(async () => {
		const half = await open(file('dist/a.js'), 'w');
		await half.write('half');
		await writeFile(file('dist/other.js'), 'x');
		await new Promise(resolve => { setTimeout(resolve, 300); });
		await half.write('whole');
		await half.close();
	}), output('dist/a.js', 'dist/other.js'));
});

test('folders that are created later, and a folder that cannot be watched', async t => {
	const { did, sh, file, problem, root } = await site(t, 'build/web/**/*.js ../up/** top.js', {});
	assert.match(await problem(), /^output: \.\.\/up\/\*\*: is not a pattern/);
	assert.deepEqual(await did(() => sh('mkdir -p build/web/js; echo 1 > build/web/js/a.js; echo 1 > build/web/b.css')),
		output('build/web/js/a.js'));
	assert.deepEqual(await did(() => writeFile(file('top.js'), '1')), output('top.js'));
	await did(async () => {
		await rename(file('build'), file('old'));
		await mkdir(path.join(root, 'build/web'), { recursive: true });
	}, { expect: false });
	assert.deepEqual(await did(() => writeFile(file('old/web/js/a.js'), '2'), { expect: false }), [], 'what was moved away is no output');
	assert.deepEqual(await did(() => writeFile(file('build/web/c.js'), '2')), output('build/web/c.js'));
	await rm(file('build'), { recursive: true });
});

test('the name of a folder as a pattern means all files in it', async t => {
	const { did, sh } = await site(t, 'dist', {});
	assert.deepEqual(await did(() => sh('mkdir -p dist/deep; echo 1 > dist/deep/a.js; echo 1 > other.js')), output('dist/deep/a.js'));
	assert.deepEqual(await did(() => sh('echo 2 > dist/deep/a.js; echo 1 > dist/b.js')), output('dist/b.js', 'dist/deep/a.js'));
});

test('a folder\'s pattern can end or begin with a slash: each file is announced once', async t => {
	for (const pattern of ['dist/', '/dist/']) {
		const { did, sh } = await site(t, pattern, { 'dist/old.js': '1' });
		const told = await did(() => sh('echo 1 > dist/a.js; mkdir dist/in; echo 1 > dist/in/b.js'));
		assert.deepEqual(told.flatMap(({ files }) => files), ['dist/a.js', 'dist/in/b.js']);
	}
});

test('files that existed before the watch are known: their first rewrite, their deletion', async t => {
	const { did, sh } = await site(t, 'dist/', { 'dist/a.css': '1', 'dist/b.css': '1' });
	await did(() => Promise.resolve(), { expect: false });
	assert.deepEqual(await did(() => sh('printf 1 > dist/a.css'), { expect: false }), [], 'the same bytes');
	assert.deepEqual(await did(() => sh('printf 2 > dist/a.css')), output('dist/a.css'));
	assert.deepEqual(await did(() => sh('printf 1 > dist/a.css')), output('dist/a.css'), 'and back');
	assert.deepEqual(await did(() => sh('rm dist/b.css')), output('dist/b.css'), 'a plain rm');
});

test('the event waits for a page that its builder has deleted first', async t => {
	const { did, sh } = await site(t, 'site/', { 'site/index.html': '1', 'site/a.css': '1' });
	assert.deepEqual(await did(() => sh('rm site/*; echo 2 > site/a.css; sleep 0.4; echo 2 > site/index.html')), output('site/a.css', 'site/index.html'));
});

test('a build that pauses between its files is one event, once such a pause has been seen', async t => {
	const { did, sh } = await site(t, 'css/', { 'css/a.css': '0', 'css/b.css': '0', 'css/c.css': '0' });
	const build = (/** @type {number} */ n) => did(() => sh(`echo ${n} > css/a.css; sleep 0.15; echo ${n} > css/b.css; sleep 0.15; echo ${n} > css/c.css`));
	await build(1);
	await new Promise(resolve => { setTimeout(resolve, 700); });
	assert.deepEqual(await build(2), output('css/a.css', 'css/b.css', 'css/c.css'));
});

test('if the queue of inotify overflows, all files are checked, and the log says so', async t => {
	const { world, did, file, problem } = await site(t, 'dist/**', { 'dist/a.js': '1' });
	const queue = Number(await readFile('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
	if (queue > 100000) {
		t.skip(`${queue} events would have to be made`);
		return;
	}
	const pid = world.daemon?.process.pid ?? 0;
	const told = await did(async () => {
		process.kill(pid, 'SIGSTOP');
		for (let i = 0; i <= queue / 2; i++) {
			writeFileSync(file(`dist/t${i % 2}.tmp`), '');
			unlinkSync(file(`dist/t${i % 2}.tmp`));
		}
		mkdirSync(file('dist/new'));
		writeFileSync(file('dist/new/b.js'), '1');
		writeFileSync(file('dist/a.js'), '2');
		process.kill(pid, 'SIGCONT');
	});
	assert.deepEqual(told, output('dist/a.js', 'dist/new/b.js'));
	assert.match((await world.bus.events()).at(-1).steps[0].text, /^the inotify queue overflowed/);
	assert.match(await world.log('savecastd'), /the inotify queue overflowed/);
	assert.deepEqual(await did(() => writeFile(file('dist/new/b.js'), '2')), output('dist/new/b.js'), 'what came meanwhile is watched');
	assert.equal(await problem(), '');
});

test('status shows that the limit of watched folders is reached; when it is raised, all are watched', async t => {
	const unshare = ['unshare', '--user', '--map-current-user', '--keep-caps', 'sh', '-c'];
	const limit = '/proc/sys/user/max_inotify_watches';
	const { status } = await run([...unshare, `echo 12 > ${limit}`], process.env);
	if (status !== 0) {
		t.skip('no user namespace with a limit of its own can be made here');
		return;
	}
	const world = await World.open(t);
	const root = await world.folder('site', { '.savecast': '[savecast]\n\toutput = dist/**\n',
		...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`dist/${i}/a.js`, '1'])) }, { git: true });
	const file = (/** @type {string} */ name) => path.join(root, name);
	const problem = async () => JSON.parse((await world.savecast('status', '--json')).stdout).projects[0].problem;
	const { process: { pid } } = world.children.start('savecastd',
		[...unshare, `echo 12 > ${limit}; exec "$0"`, SAVECASTD], { env: world.env });
	await until('savecastd on the bus', () => world.bus.daemonRuns(), { every: 5 });
	await world.savecast('track', root);
	assert.match(await problem(), /^output: .*: the limit of watched folders is reached: raise fs\.inotify\.max_user_watches$/);
	assert.equal((await world.log('savecastd')).match(/limit of watched folders/g)?.length, 1, 'once');
	assert.match((await world.savecast('status')).stdout, /limit\s+of\s+watched\s+folders/);

	const raised = await run(['nsenter', '--user', '--preserve-credentials', '--target', String(pid), 'sh', '-c', `echo 1000 > ${limit}`], process.env);
	assert.equal(raised.status, 0, raised.stderr);
	await writeFile(file('.savecast'), '[savecast]\n\toutput = dist/**\n\toutput = top.js\n');
	await until('the problem to be gone', async () => await problem() === '');
	for (let i = 0; i < 30; i++) {
		await writeFile(file(`dist/${i}/a.js`), '2');
	}
	const events = await settled(world, 0, { expect: true }); // one, or several on a busy machine
	assert.equal(events.reduce((/** @type {number} */ sum, /** @type {any} */ event) => sum + event['file-count'], 0), 30);
});

test('a saved source waits for its output, whichever language it is in', async t => {
	const names = ['a.pcss', 'a.SASS', 'a.coffee', 'a.mts', 'a.vue'];
	const { world, file } = await site(t, 'dist/**', Object.fromEntries(['a.css', ...names].map((name) => [name, '1'])));
	for (const name of names) {
		await writeFile(file(name), '2');
		await world.bus.saved(file(name));
		assert.deepEqual((await world.bus.events()).at(-1).steps.map((/** @type {any} */ { step }) => step), ['heard', 'held'], name);
		// The output of a build ends the wait.
		await mkdir(file('dist'), { recursive: true });
		await writeFile(file('dist/out.css'), name);
		await until('the output', async () => (await world.bus.events()).at(-1).closed);
		await settled(world, 0, { expect: false });
	}
	await writeFile(file('a.css'), '2');
	await world.bus.saved(file('a.css'));
	assert.ok(!(await world.bus.events()).at(-1).steps.some((/** @type {any} */ { step }) => step === 'held'), 'a.css is not a source');
});

test('a saved source waits for its output, as long as recent builds took', async t => {
	const { world, did, sh, file } = await site(t, 'dist/**', { 'a.scss': '1', 'b.html': '1' });
	const story = async () => (await world.bus.events()).at(-1);
	const words = async () => (await story()).steps.map((/** @type {any} */ s) => s.step);
	const save = async (/** @type {string} */ name) => {
		await writeFile(file(name), String(Math.random()));
		return world.bus.saved(file(name));
	};
	// So that the next event is not part of the burst before it. No event marks the end of a burst.
	const apart = () => new Promise(resolve => { setTimeout(resolve, 40); });
	const built = await did(async () => {
		await save('a.scss');
		assert.match((await story()).steps[1].text, /^waits for its output, at most 2\.0 s$/);
		await sh('mkdir -p dist; sleep 0.1; echo 1 > dist/a.css');
	});
	assert.deepEqual(built, [{ source: 'save', files: ['a.scss', 'dist/a.css'] }], 'one event');
	assert.deepEqual(await words(), ['heard', 'held', 'joined', 'no-tab']);

	// Twice as long as that build took, but at least 0.3 s.
	const took = (await story()).steps[2].at / 1e6;
	await apart();
	await save('a.scss');
	const most = Number(/^waits for its output, at most (\d+\.\d) s$/.exec((await story()).steps[1].text)?.[1]);
	assert.ok(Math.abs(most - Math.max(2 * took, 0.3)) < 0.11, `${most} s, after a build of ${took} s`);
	await save('b.html');
	assert.deepEqual(await words(), ['heard', 'held', 'joined', 'no-tab'], 'a page does not wait');
	await settled(world, 0, { expect: false });
	await apart();

	await save('a.scss');
	await sh('echo 1 > dist/a.css');
	await until('the output to be found the same', async () => (await story()).closed);
	assert.deepEqual(await words(), ['heard', 'held', 'unchanged']);

	for (let i = 0; i < 3; i++) {
		await save('a.scss');
		await until('no output to come', async () => (await story()).closed);
		assert.deepEqual(await words(), ['heard', 'held', 'left', 'no-tab']);
		await settled(world, 0, { expect: false });
		await apart();
	}
	await save('a.scss');
	assert.deepEqual(await words(), ['heard', 'no-tab'], 'no build is running');
});

test('a page that is saved right after a source does not wait for the output', async t => {
	const { world, file } = await site(t, 'dist/**', { 'a.scss': '1', 'a.html': '1', 'b.html': '1' });
	/** @type {any} */
	let story, left;
	let late = 0;
	do { // until all three are in one burst, which may be late a few times on a busy machine
		assert.ok(late < 10, `left after ${left?.at} us`);
		const names = ['a.html', 'a.scss', 'b.html'].map(file);
		names.forEach(name => writeFileSync(name, String(Math.random())));
		const events = await Promise.all(names.map(name => world.bus.saved(name)));
		await until('the event to be sent', async () => {
			story = (await world.bus.events()).find((/** @type {any} */ e) => e.serial === events[2]);
			return story.closed;
		});
		left = story.steps.find((/** @type {any} */ s) => s.step === 'left');
		late += story.steps[1].step === 'held' && left ? 1 : 0;
	} while (story.steps[1].step !== 'held' || !left || left.at >= 1_000_000);
});

test('a command that fails drops its hold, and the outputs for which the hold waits', async t => {
	const { world, root, file, sh } = await site(t, 'dist/**', { 'dist/a.js': '1', 'a.html': '1' });
	const hold = async () => (await world.bus.call({ member: 'Hold', signature: 'ssa{sv}', body: [root, 'a test', {}] }))[0];
	const cleaned = await hold();
	await sh('rm -r dist');
	await world.bus.call({ member: 'Release', signature: 'u', body: [cleaned] });
	assert.equal((await world.bus.projects())[0].HeldBy, 'its outputs are being read');
	const failed = await hold();
	await world.bus.call({ member: 'ReleaseFailed', signature: 'usa{sv}', body: [failed, 'exit status 1', {}] });
	assert.equal((await world.bus.projects())[0].HeldBy, '');
	await writeFile(file('a.html'), '2');
	await world.bus.saved(file('a.html'));
	assert.equal((await world.bus.events()).at(-1).steps.at(-1).step, 'no-tab');
});

test('bytes that were announced, replaced without an announcement, and written again are a change', async t => {
	const { did, sh, world, root } = await site(t, 'dist/**', { 'dist/a.js': '0' });
	assert.deepEqual(await did(() => sh('echo A > dist/a.js')), output('dist/a.js'));
	await did(() => run(['savecast', 'run', '--', 'sh', '-c', `echo B > ${root}/dist/a.js; exit 1`], { ...world.env, PWD: root }), { expect: false });
	assert.equal(await readFile(path.join(root, 'dist/a.js'), 'utf8'), 'B\n');
	assert.deepEqual(await did(() => sh('echo A > dist/a.js')), output('dist/a.js'), 'a page may show B');
	assert.deepEqual(await did(() => sh('echo B > dist/a.js')), output('dist/a.js'));
});

test('outputs of a project with a server that does not restart do not wait for one', async t => {
	const { world, root, did, sh } = await site(t, 'dist/**', { 'index.html': '<h1>1</h1>', 'dist/a.js': '1' });
	const { url } = await world.serve('python', root, port => ['python3', '-m', 'http.server', '--bind', '127.0.0.1', String(port)]);
	const client = new Client(world);
	await client.hello();
	await client.watch(1, url.replace('localhost', '127.0.0.1'));
	for (let i = 2; i < 5; i++) {
		const { mark } = client.log;
		await sh(`echo ${i} > dist/a.js`);
		const { event } = await client.log.next('the message', message => message.type === 'reload', { mark });
		client.send({ type: 'report', event, tab: 1, step: 'loaded' });
		await did(async () => {}, { expect: false });
		const { steps } = (await world.bus.events()).find((/** @type {any} */ { serial }) => serial === event);
		assert.ok(!steps.some((/** @type {any} */ { step }) => step === 'waiting'), JSON.stringify(steps));
	}
});

test('esbuild, sass and rm -rf && build, seen in a browser', async t => {
	const { world, did, sh, root, file } = await site(t, 'dist/** static/css/**', {
		'index.html': '<link rel=stylesheet href=static/css/a.css><script src=dist/app.js></script>',
		'src/app.ts': 'document.title = "one" as string;',
		'scss/a.scss': '$c: #010101; body { color: $c }',
		'static/css/a.css': '', 'dist/app.js': '',
	});
	const bin = path.join(TOP, 'node_modules/.bin');
	const esbuild = `'${bin}/esbuild' src/app.ts --bundle --outdir=dist --sourcemap --log-level=error`;
	const sass = `'${bin}/sass' scss:static/css`;
	const { url } = await world.serve('static', root,
		port => ['python3', '-m', 'http.server', '--bind', '127.0.0.1', String(port)]);
	const browser = await world.browser();
	const page = await browser.newPage(url);
	await page.clickAction();
	await until('the tab to be live', async () => (await world.bus.tabs())[0]?.state === 'live');
	const title = () => page.evaluate('document.title');
	const colour = () => page.evaluate('getComputedStyle(document.body).color');

	assert.deepEqual(await did(() => sh(esbuild)), output('dist/app.js', 'dist/app.js.map'));
	await until('the new title', async () => await title() === 'one');
	assert.deepEqual(await did(() => sh(esbuild), { expect: false }), [], 'nothing new');
	await writeFile(file('src/app.ts'), 'document.title = "two" as string;');
	assert.deepEqual(await did(() => sh(`rm -rf dist && sleep 0.2 && ${esbuild}`)), output('dist/app.js', 'dist/app.js.map'));
	await until('the second title', async () => await title() === 'two');
	// With its source map, which no page loads: the style sheet is swapped and the page stays.
	await page.evaluate('window.untouched = true');
	assert.deepEqual(await did(() => sh(sass)), output('static/css/a.css', 'static/css/a.css.map'));
	await until('the colour', async () => await colour() === 'rgb(1, 1, 1)');
	assert.equal(await page.evaluate('window.untouched'), true);
	assert.match(await readFile(file('static/css/a.css'), 'utf8'), /#010101/);
});
