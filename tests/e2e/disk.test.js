// SPDX-License-Identifier: MIT
/**
 * The disk as a source of events: in a project that a live tab shows, a file is announced whichever program writes it.
 */
import assert from 'node:assert/strict';
import { appendFile, open, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { settled } from '../lib/git-tree.js';
import { watched } from '../lib/watched.js';
import { LONG } from '../lib/world.js';

/** DISK_MISSED_USEC, and a bit more. */
const MISSED_MSEC = 1100;

const disk = (/** @type {string[]} */ ...files) => [{ source: 'disk', files }];

test('whichever program writes a file, it is one event', async t => {
	const { did, sh, file } = await watched(t, { 'a.css': 'a', 'src/b.js': 'b', 'src/deep/c.html': 'c' });
	assert.deepEqual(await did(() => sh('echo 1 > a.css')), disk('a.css'));
	assert.deepEqual(await did(() => sh('sed -i s/b/B/ src/b.js')), disk('src/b.js'), 'renamed into place');
	assert.deepEqual(await did(() => sh('sed -i.bak s/1/3/ a.css')), disk('a.css'), 'without the copy of what it was');
	assert.deepEqual(await did(() => sh('cp src/deep/c.html t.tmp; echo 2 >> t.tmp; mv t.tmp src/deep/c.html')), disk('src/deep/c.html'));
	assert.deepEqual(await did(() => sh('echo new > src/new.css')), disk('src/new.css'));
	assert.deepEqual(await did(() => sh('rm src/new.css')), disk('src/new.css'), 'deleted');
	assert.deepEqual(await did(() => sh('rm src/b.js')), disk('src/b.js'), 'one that was never announced');
	assert.deepEqual(await did(() => symlink('a.css', file('link.css'))), disk('link.css'));
	assert.deepEqual(await did(() => sh(`python3 -c '
import ctypes, os
fd = os.open(".", os.O_TMPFILE | os.O_WRONLY)
os.write(fd, b"1")
assert ctypes.CDLL(None).linkat(-100, b"/proc/self/fd/%d" % fd, -100, b"unnamed.css", 0x400) == 0'`)), disk('unnamed.css'), 'written before it had a name');
	assert.deepEqual(await did(() => sh('mkdir -p x/y/z; echo 1 > x/y/z/d.css')), disk('x/y/z/d.css'), 'new folders');
	assert.deepEqual(await did(() => sh('echo 2 > x/y/z/d.css')), disk('x/y/z/d.css'));
	await sh('touch -m x/y x/y/z'); // as tar and rsync do
	assert.deepEqual(await did(() => sh('echo 4 > x/y/z/d.css')), disk('x/y/z/d.css'), 'the modification time of a folder was set');
});

test('a rename is one event, with both names', async t => {
	const { did, sh } = await watched(t, { 'a.css': 'a', 'x/y/z/d.css': 'd' });
	assert.deepEqual(await did(() => sh('mv a.css b.css')), disk('a.css', 'b.css'));
	assert.deepEqual(await did(() => sh('mv b.css a.css')), disk('a.css', 'b.css'), 'and back');
	assert.deepEqual(await did(() => sh('mv a.css x/y')), disk('a.css', 'x/y/a.css'), 'to another folder');
	assert.deepEqual(await did(() => sh('mv x w')), disk('w/y/a.css', 'w/y/z/d.css', 'x'), 'a folder: the new names, and the old folder');
	assert.deepEqual(await did(() => sh('echo 3 > w/y/z/d.css')), disk('w/y/z/d.css'));
	assert.deepEqual(await did(() => sh('tar cf t.tar w; mv w v; tar xf t.tar; rm -r v; rm t.tar')).then(all => all.length > 0), true);
	assert.deepEqual(await did(() => sh('echo 5 > w/y/z/d.css')), disk('w/y/z/d.css'), 'unpacked');
});

test('only changed bytes are announced', async t => {
	const { did, sh, file } = await watched(t, { 'a.css': 'a', 'b.css': 'b' });
	assert.deepEqual(await did(() => sh('touch a.css'), { expect: false }), []);
	assert.deepEqual(await did(() => sh('cp a.css t.tmp; mv t.tmp a.css'), { expect: false }), [], 'never announced, and as it was');
	assert.deepEqual(await did(() => utimes(file('a.css'), new Date(), new Date()), { expect: false }), []);
	assert.deepEqual(await did(() => sh('printf A > a.css')), disk('a.css'));
	assert.deepEqual(await did(() => sh('printf A > a.css'), { expect: false }), []);
	assert.deepEqual(await did(() => sh('printf a > a.css')), disk('a.css'), 'what it was before the last is a change');
	assert.deepEqual(await did(() => sh('echo 1 > n; rm n'), { expect: false }), [], 'created and deleted');
});

test('files that do not belong to the project are not announced', async t => {
	const { did, sh } = await watched(t, {
		'.gitignore': '*.min.css\n/dist/\n', 'a.css': 'a', 'node_modules/m/i.js': '1', 'dist/a.js': '1', 'var/x.css': '1',
		'sub/.savecast': '', 'sub/s.css': '1',
	}, { settings: '\tignore = /var/\n' });
	for (const script of ['echo 2 > node_modules/m/i.js', 'echo 2 > dist/a.js', 'echo 2 > a.min.css', 'echo 2 > var/x.css', 'echo 2 > sub/s.css',
		'echo 2 > a.css~; echo 2 > .a.css.swp; touch 4913; rm 4913', 'echo 2 > dev.log; echo 2 > db.sqlite3', 'for i in 1 2 3 4 5 6; do mkdir nested$i; git init -q nested$i; echo 2 > nested$i/a.css; done',
		'mkdir -p __pycache__; echo 1 > __pycache__/a.pyc', 'git add a.css; git commit -qm 1']) {
		assert.deepEqual(await did(() => sh(script), { expect: false }), [], script);
	}
	assert.deepEqual(await did(() => sh('echo "*.txt" > .gitignore'), { expect: false }), []);
	await until('the new rules', async () => (await did(() => sh('date +%N > dist/b.js'), { expect: false })).length);
	assert.deepEqual(await did(() => sh('echo 3 > dist/a.js')), disk('dist/a.js'), 'no longer in .gitignore');
	assert.deepEqual(await did(() => sh('echo 3 > a.txt'), { expect: false }), []);
});

test('an editor\'s report and the disk\'s are one event, whichever comes first', async t => {
	const { world, did, file, last } = await watched(t, { 'a.css': 'a' });
	for (let i = 0; i < 20; i++) {
		const before = await last();
		const told = await did(async () => {
			await writeFile(file('a.css'), `${i}`);
			if (i % 2) {
				await until('the disk', async () => await last() > before, { every: 1 });
			}
			assert.equal(await world.bus.saved(file('a.css')), before + 1);
		});
		assert.equal(told.length, 1);
		assert.deepEqual(told[0].files, ['a.css']);
	}
	const serial = await world.bus.saved(file('a.css'));
	assert.equal((await world.bus.events()).find((/** @type {any} */ e) => e.serial === serial).steps.at(-1).step, 'unchanged', 'once');
});

test('a file that is half written is not announced', async t => {
	const { did, file, sh } = await watched(t, { 'a.css': 'old', 'b.css': 'old' });
	assert.deepEqual(await did(async () => {
		const half = await open(file('a.css'), 'w');
		for (let i = 0; i < 5; i++) {
			await half.write('x'.repeat(70000));
			await new Promise(resolve => { setTimeout(resolve, 60); });
		}
		await half.close();
	}), disk('a.css'), 'a slow writer');
	/** With a pause in between: again if a busy machine has made it longer than the daemon waits. */
	const pausing = async (/** @type {() => Promise<unknown>} */ first, /** @type {(text: string) => Promise<unknown>} */ then) => {
		for (;;) {
			let msec = 0;
			const told = await did(async () => {
				const from = performance.now();
				await first();
				await new Promise(resolve => { setTimeout(resolve, 50); });
				await then(String(from));
				msec = performance.now() - from;
			});
			if (msec < 120) {
				return told;
			}
		}
	};
	const css = file('a.css');
	assert.deepEqual(await pausing(() => writeFile(css, ''), text => appendFile(css, text)), disk('a.css'), 'truncated, then written');
	assert.deepEqual(await pausing(() => rename(css, `${css}~`), text => writeFile(css, text).then(() => rm(`${css}~`))), disk('a.css'), 'as Vim does');
	assert.deepEqual(await pausing(() => rm(css), text => writeFile(css, text)), disk('a.css'));
	assert.deepEqual(await did(() => sh(': > a.css')), disk('a.css'), 'an empty file can be meant');
	assert.deepEqual(await did(async () => {
		await writeFile(file('b.css.tmp.1234'), 'new');
		await new Promise(resolve => { setTimeout(resolve, 10); });
		await rename(file('b.css.tmp.1234'), file('b.css'));
	}), disk('b.css'), 'by way of another name');
});

test('a file that is truncated or written without a close counts', async t => {
	const names = Array.from({ length: 40 }, (_, i) => `t${i}.css`);
	const { world, did, file, sh, last } = await watched(t, { 'a.css': 'aaaa', ...Object.fromEntries(names.map(name => [name, 'tttt'])) });
	// truncate(2) does not open the file, so nothing closes it.
	assert.deepEqual(await did(() => sh(`perl -e 'truncate "a.css", 2 or die'`)), disk('a.css'));
	assert.deepEqual(await did(() => sh(`perl -e 'truncate "a.css", 2 or die'`), { expect: false }), [], 'no byte changed');
	assert.deepEqual(await did(() => sh(`perl -e 'truncate "a.css", 0 or die'`)), disk('a.css'), 'to nothing');
	assert.deepEqual(await did(() => sh(`echo 1234 > a.css; perl -e 'truncate "a.css", 1 or die'`)).then(told => told.at(-1)), disk('a.css')[0], 'after a write');
	const before = await last();
	await did(() => sh(`perl -e 'truncate($_, 1) or die for @ARGV' ${names.join(' ')}`));
	const many = (await world.bus.events()).filter((/** @type {any} */ { serial }) => serial > before);
	assert.equal(many.reduce((/** @type {number} */ sum, /** @type {any} */ event) => sum + event['file-count'], 0), names.length, 'many files');
	assert.ok(many.length <= 3, `${many.length} events`);
	assert.deepEqual(await did(async () => {
		const half = await open(file('a.css'), 'r+');
		await half.write('x'.repeat(1000));
		assert.deepEqual(await did(() => sh(`perl -e 'truncate "a.css", 10 or die'; sleep 0.3`), { expect: false }), [], 'a program still has it open');
		await half.close();
	}), disk('a.css'));
	// The kernel closes a mapped file when it is unmapped.
	assert.deepEqual(await did(() => sh(`python3 -c '
import mmap, os
fd = os.open("a.css", os.O_RDWR)
m = mmap.mmap(fd, 4)
os.close(fd)
m[:4] = b"mmap"
m.close()'`)), disk('a.css'), 'written as memory');
	assert.doesNotMatch(await world.log('savecastd'), /a\.css/);
});

test('what is written by another name of a file counts', async t => {
	const LIMIT = 512; // LINKED_FILES_MAX
	const { did, sh, file } = await watched(t, { 'a.css': 'a', 'b/c.css': 'c', 'd/e.css': 'e', 'deep/er/f.css': 'f' }, {
		start: async (world, root) => {
			await run(['sh', '-ec', `cd '${root}'; mkdir ../other; ln a.css ../other; ln b/c.css c2.css; ln deep/er/f.css ../other`], world.env);
			await world.startDaemon();
		},
	});
	const files = async (/** @type {string} */ script) => (await did(() => sh(script))).flatMap(event => event.files).sort();
	assert.deepEqual(await did(() => sh('echo 1 > ../other/a.css')), disk('a.css'), 'outside the project');
	assert.deepEqual(await did(() => sh('echo 2 > a.css')), disk('a.css'));
	assert.deepEqual(await did(() => sh('perl -e \'truncate "../other/a.css", 1 or die\'')), disk('a.css'));
	assert.deepEqual(await did(() => sh('touch ../other/a.css'), { expect: false }), []);
	assert.deepEqual(await files('echo 1 > c2.css'), ['b/c.css', 'c2.css'], 'two names in the project');
	assert.deepEqual(await files('echo 2 > b/c.css'), ['b/c.css', 'c2.css']);
	assert.deepEqual(await files('sed -i s/2/3/ a.css'), ['a.css'], 'renamed into place: now another file');
	assert.deepEqual(await did(() => sh('echo 4 > ../other/a.css'), { expect: false }), []);
	assert.deepEqual(await files('echo 5 > a.css'), ['a.css']);
	assert.deepEqual(await files('ln ../other/a.css new.css'), ['new.css']);
	assert.deepEqual(await files('echo 6 > ../other/a.css'), ['new.css'], 'a link that was made later');
	assert.deepEqual(await files('ln d/e.css ../other; echo 1 > d/e.css'), ['d/e.css']);
	assert.deepEqual(await files('echo 2 > ../other/e.css'), ['d/e.css'], 'a name that was made before the file was read');
	assert.deepEqual(await did(async () => {
		const half = await open(file('../other/e.css'), 'w');
		await half.write('half');
		assert.deepEqual(await did(() => sh('sleep 0.3'), { expect: false }), []);
		await half.close();
	}), disk('d/e.css'));
	assert.deepEqual(await files('rm d/e.css'), ['d/e.css']);
	assert.deepEqual(await did(() => sh('echo 3 > ../other/e.css'), { expect: false }), []);
	assert.deepEqual(await files('ln b/c.css b/third.css'), ['b/third.css']);
	assert.deepEqual(await files('echo 7 > b/third.css'), ['b/c.css', 'b/third.css', 'c2.css']);
	assert.deepEqual(await files('echo 1 > g.css'), ['g.css']);
	assert.deepEqual(await files('ln g.css g2.css'), ['g2.css']);
	assert.deepEqual(await files('echo 2 > g2.css'), ['g.css', 'g2.css'], 'a second name of a file of the project');
	// One event, or two.
	assert.deepEqual([...new Set(await files('ln g.css g3.css; echo 3 > g3.css; exec 3>>g.css; echo 4 >&3; sleep 0.3; echo 5 >&3'))], ['g.css', 'g2.css', 'g3.css'],
		'written as soon as it has its second name');
	if (!LONG) {
		return;
	}
	await did(() => sh(`for i in $(seq ${LIMIT}); do echo > n$i.css; ln n$i.css ../other/n$i.css; done; for i in $(seq ${LIMIT}); do echo $i > n$i.css; done`), { expect: false });
	// Which ones these are depends on the order in which they are read.
	const noticed = new Set(await files(`for i in $(seq ${LIMIT}); do echo x > ../other/n$i.css; done`));
	assert.ok(noticed.size < LIMIT && noticed.size > LIMIT - 16, `at most so many: ${noticed.size}`);
	assert.deepEqual(await files(`rm n1.css; echo 2 > n${LIMIT}.css`).then(names => names.includes(`n${LIMIT}.css`)), true, 'by its own name');
});

test('a file that was missing or half written while a page may have loaded it is announced again', async t => {
	/** @type {() => void} */
	let load = () => {};
	const { world, did, sh, file, client } = await watched(t, { 'a.css': 'a', 'b.js': 'b' }, {
		loaded: () => new Promise(resolve => { load = () => resolve(undefined); }),
	});
	const meanwhile = async (/** @type {string} */ script) => {
		const told = await did(async () => {
			const { mark } = client.log;
			await writeFile(file('a.css'), `${mark}`);
			await client.log.next('the reload', ({ type }) => type === 'reload', { mark });
			await sh(script);
			await settled(world, 0, { expect: false });
			load();
		});
		return told.slice(1);
	};
	assert.deepEqual(await meanwhile('cp a.css t.tmp; rm a.css; sleep 0.05; mv t.tmp a.css'), disk('a.css'), 'missing');
	assert.deepEqual(await meanwhile('cp a.css t.tmp; cat t.tmp > a.css'), disk('a.css'), 'truncated and written');
	assert.deepEqual(await meanwhile('mv b.js t.tmp; sleep 0.05; mv t.tmp b.js'), disk('b.js'), 'another file of the page');
	assert.deepEqual(await meanwhile('touch a.css b.js; cp a.css t.tmp; mv t.tmp a.css'), [], 'it was complete all the time');
	const stopped = (/** @type {string} */ script) => `kill -STOP ${world.daemon?.process.pid}; ${script}; kill -CONT ${world.daemon?.process.pid}`;
	assert.deepEqual(await meanwhile(stopped('mkdir d; echo 1 > d/x.css; mv d ../moved')), disk('d'), 'a folder that came and went');
	assert.deepEqual(await meanwhile(stopped('mkdir d; echo 1 > d/x.css; rm -r d')), disk('d'), 'it was deleted');
	load();
	await until('the page to be loaded', async () => (await world.bus.events()).every((/** @type {any} */ { closed }) => closed));
	assert.deepEqual(await did(() => sh('cp a.css t.tmp; rm a.css; mv t.tmp a.css'), { expect: false }), [], 'no page was being loaded');
	await new Promise(resolve => { setTimeout(resolve, MISSED_MSEC); });
	assert.deepEqual(await did(() => sh(stopped('mkdir d; mv d ../moved2')), { expect: false }), [], 'a folder, likewise');
});

test('without a live tab, nothing is watched', async t => {
	const { world, client, project, file } = await watched(t, { 'a.css': 'a' });
	assert.equal((await project()).Watch, 'on');
	client.send({ type: 'unwatch', tab: 1 });
	await until('the watch to end', async () => (await project()).Watch === 'off');
	const last = async () => (await world.bus.properties()).LastEvent;
	const before = await last();
	await writeFile(file('a.css'), 'b');
	await settled(world, before, { expect: false });
	assert.equal(await last(), before);
});

test('the settings decide what is watched', async t => {
	const { did, sh, project, world, file, own } = await watched(t, { 'src/a.css': 'a', 'b.css': 'b', 'c/d/e.css': '1' }, { settings: '\twatch = src/**\n' });
	assert.deepEqual(await did(() => sh('echo 1 > b.css'), { expect: false }), []);
	assert.deepEqual(await did(() => sh('echo 1 > src/a.css')), disk('src/a.css'));
	const set = async (/** @type {string} */ text, /** @type {string} */ state) => {
		await writeFile(file('.savecast'), own(text));
		await until(`the watch to be ${state}`, async () => (await project()).Watch === state);
		await settled(world, 0, { expect: false });
	};
	await set('\twatch = false\n', 'off');
	assert.deepEqual(await did(() => sh('echo 2 > src/a.css'), { expect: false }), []);
	await set('\twatch-folders = 3\n', 'part');
	assert.match((await project()).Problem, /^watch: .*\/c\/d: is not watched.*savecast\.watch-folders$/);
	assert.match((await world.savecast('status')).stdout, /watch-folders/);
	assert.deepEqual(await did(() => sh('echo 3 > src/a.css')), disk('src/a.css'), 'the nearest are');
	assert.deepEqual(await did(() => sh('echo 3 > c/d/e.css'), { expect: false }), []);
	await set('', 'on');
	assert.equal((await project()).Problem, '');
	assert.deepEqual(await did(() => sh('echo 4 > c/d/e.css')), disk('c/d/e.css'));
});

test('savecast why says how a file is noticed', async t => {
	const { world, file } = await watched(t, { 'a.css': 'a', 'node_modules/m.js': '1', 'dist/a.js': '1', 'dev.log': '' }, { settings: '\toutput = dist/\n' });
	const noticed = async (/** @type {string} */ name) => JSON.parse((await world.savecast('why', '--json', file(name))).stdout).projects[0].noticed;
	assert.match(await noticed('a.css'), /^on disk, whatever program writes it/);
	assert.match(await noticed('new/b.css'), /not watched on disk/);
	assert.match(await noticed('node_modules/m.js'), /not watched on disk/);
	assert.match(await noticed('dev.log'), /not watched on disk/);
	assert.match(await noticed('dist/a.js'), /when the build has written it/);
	assert.match((await world.savecast('why', file('a.css'))).stdout, /on disk, whatever program writes it/);
});

test('folders of savecast.include are watched like those of the project', async t => {
	const { world, client, did, sh, url, file } = await watched(t, { 'a.css': 'a', '../shared/b.css': 'b', '../shared/deep/c.css': 'c', '../one/d.css': 'd', '../one/in/e.css': 'e' },
		{ settings: '\tinclude = ../shared/**\n\tinclude = ../one/*.css\n' });
	const noticed = async (/** @type {string} */ name) => JSON.parse((await world.savecast('why', '--json', file(name))).stdout).projects[0].noticed;
	await until('the folders', async () => /^on disk/.test(await noticed('../shared/deep/c.css')) && /^on disk/.test(await noticed('../one/d.css')));
	assert.deepEqual(await did(() => sh('echo 2 > ../shared/b.css')), disk('../shared/b.css'));
	assert.deepEqual(await did(() => sh('echo 2 > ../shared/b.css'), { expect: false }), []);
	assert.deepEqual(await did(() => sh('sed -i s/c/C/ ../shared/deep/c.css')), disk('../shared/deep/c.css'));
	assert.deepEqual(await did(() => sh('echo 2 > ../one/d.css')), disk('../one/d.css'));
	assert.deepEqual(await did(() => sh('echo 2 > ../one/in/e.css; echo 2 > ../one/f.txt; echo 2 > ../one/d.css~'), { expect: false }), [], 'no pattern names them');
	assert.deepEqual(await did(() => sh('rm ../shared/deep/c.css')), disk('../shared/deep/c.css'));
	// The folder becomes a project of its own, with a tab: then both projects have one event each.
	await did(() => sh(`cd ../shared; git init -q; printf '[savecast]\\n\\turl = ${url}shared\\n' > .savecast`), { expect: false });
	await world.savecast('track', path.join(world.home, 'shared'));
	await world.trust(path.join(world.home, 'shared'));
	await client.watch(2, `${url}shared`);
	await until('both to be watched', async () => (await world.bus.projects()).every((/** @type {any} */ { Watch }) => Watch === 'on'));
	await settled(world, 0, { expect: false });
	const before = (await world.bus.properties()).LastEvent;
	await did(() => sh('echo 3 > ../shared/b.css'));
	const told = (await world.bus.events()).filter((/** @type {any} */ e) => e.serial > before && !e.steps.some((/** @type {any} */ { step }) => step === 'unchanged'));
	assert.deepEqual(told.map((/** @type {any} */ e) => path.basename(e.project)).sort(), ['shared', 'site']);
});
