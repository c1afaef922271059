// SPDX-License-Identifier: MIT
/** The cost of watching: none while nothing happens, and a limited one when thousands of files change. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Memory } from '../lib/memory.js';
import { watched } from '../lib/watched.js';
import { asleep, wakeUps } from '../lib/wake-ups.js';
import { LONG, SANITIZED, TOP } from '../lib/world.js';

const FOLDERS = 2000, FOLDER_BYTES_MAX = 200;
const STORM = LONG ? 100000 : 4000;
/** Without dependencies, and with many files. */
const PACKAGES = ['prettier', 'preact', 'ws', 'axe-core'];

/** Hundredths of a second. @param {number} pid */
async function cpuTicks(pid) {
	const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
	return Number(fields[11]) + Number(fields[12]);
}

test('2,000 folders: memory for each, and no wake-ups while nothing happens', async t => {
	const { world, root, client, url, project, sh } = await watched(t, { 'a.css': '1' });
	const memory = new Memory(world);
	// The worker, libgit2 and everything else that the first scan creates exist already, and so do
	// the threads that look for servers behind a proxy.
	for (const tab of [4, 5]) {
		await client.told(tab, 'live', () => client.send({ type: 'watch', tab, url: `${url}${tab}` }));
	}
	const before = await memory.anonymous();
	await sh(`cd ..; mkdir big; cd big; for i in $(seq 40); do for k in $(seq ${FOLDERS / 40 - 1}); do echo d$i/e$k; done; done | xargs mkdir -p; git init -q; printf '[savecast]\\n\\turl = ${url}big/*\\n' > .savecast`);
	await world.savecast('track', `${root}/../big`);
	await world.trust(`${root}/../big`);
	for (const tab of [2, 3]) {
		await client.watch(tab, `${url}big/${tab}`);
	}
	await until('all to be watched', async () => (await world.bus.projects()).every(({ Watch }) => Watch === 'on'));
	assert.equal((await project()).Watch, 'on');
	const each = (await memory.anonymous() - before) * 1024 / FOLDERS;
	t.diagnostic(`${each.toFixed(0)} bytes a folder`);
	assert.ok(SANITIZED || each <= FOLDER_BYTES_MAX, `${each} bytes a folder`);

	const pid = world.daemon?.process.pid ?? 0;
	// The threads that looked for proxies end.
	await asleep(pid, 300);
	const { mark } = client.log, woken = await wakeUps(pid);
	// Nothing must happen, so there is no event to wait for.
	await new Promise(resolve => { setTimeout(resolve, 3000); });
	const pings = client.log.all.slice(mark).length;
	// A ping that keeps the extension alive is a wake-up.
	assert.ok(await wakeUps(pid) - woken <= 2 * pings, `${await wakeUps(pid) - woken} context switches, ${pings} messages`);
});

test('many writes in an ignored folder cause no wake-ups, and elsewhere a limited number', async t => {
	const { world, client, did, sh } = await watched(t, { 'a.css': '1', '.gitignore': '/ignored/\n', 'node_modules/x/a.js': '1', 'ignored/a.js': '1' });
	const pid = world.daemon?.process.pid ?? 0;
	const woken = await wakeUps(pid);
	await sh('for i in $(seq 200); do echo $i > node_modules/x/$i.js; echo $i > ignored/$i.js; done; rm -r node_modules/x ignored/1*');
	assert.ok(await wakeUps(pid) - woken <= 4, `${await wakeUps(pid) - woken} context switches`);

	const memory = await new Memory(world).begin();
	const { mark } = client.log;
	const begun = performance.now();
	await did(() => sh(`python3 -c '
import os
for i in range(100):
	os.mkdir("s%d" % i)
for i in range(${STORM}):
	with open("s%d/%d.css" % (i % 100, i), "w") as f:
		f.write(str(i))
'`), { expect: false });
	const reloads = client.log.all.slice(mark).filter(({ event: { type } }) => type === 'reload').length;
	t.diagnostic(`${reloads} reloads in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
	assert.ok(reloads >= 1 && reloads <= 100, `${reloads} reloads`);
	await memory.bounded(t, 'a storm of files', 24 * 1024);
	assert.deepEqual((await did(() => sh('echo 2 > a.css'))).map(({ files }) => files), [['a.css']], 'and goes on');
});

test('rm -rf node_modules && npm ci wakes the daemon at most 8 times', { skip: !LONG && 'with --long' }, async t => {
	const { world, root, did, sh, last } = await watched(t, { 'a.css': '1', '.gitignore': 'node_modules/\n' });
	const pid = world.daemon?.process.pid ?? 0;
	// Real packages, from archives beside the project: nothing is downloaded.
	const modules = path.join(TOP, 'node_modules');
	await sh(`mkdir ../packed; cd ../packed; npm pack --silent --ignore-scripts ${PACKAGES.map(name => path.join(modules, name)).join(' ')}
		cd '${root}'; npm init -y; npm install --silent --offline --ignore-scripts --no-audit --no-fund ../packed/*.tgz`);
	// After a save, the daemon looks for a while whether the server restarts.
	await asleep(pid, 1500);
	const before = await last();
	const begun = [await wakeUps(pid), await cpuTicks(pid)];
	await sh('rm -rf node_modules; npm ci --silent --offline --ignore-scripts --no-audit --no-fund');
	const woken = await wakeUps(pid) - begun[0], ticks = await cpuTicks(pid) - begun[1];
	const count = (await run(['sh', '-c', `find '${root}/node_modules' -type f | wc -l`], world.env)).stdout.trim();
	t.diagnostic(`${count} files: ${woken} context switches, ${ticks * 10} ms of CPU time`);
	assert.ok(Number(count) > 100, `${count} files`);
	// The folder node_modules itself is deleted and created.
	assert.ok(woken <= 8, `${woken} context switches`);
	assert.ok(ticks <= 1, `${ticks * 10} ms of CPU time`);
	assert.deepEqual(await did(async () => {}, { expect: false }), []);
	assert.equal(await last(), before);
});

test('a server that writes a file at each page load reloads its page at increasing intervals', async t => {
	const { client, file } = await watched(t, { 'count.txt': '0' });
	let reloads = 0;
	client.socket.on('message', data => {
		if (JSON.parse(String(data)).type === 'reload') {
			reloads++;
			writeFileSync(file('count.txt'), String(reloads)); // as the server would
		}
	});
	writeFileSync(file('count.txt'), 'go');
	await until('the first reloads', () => reloads > 13);
	const before = reloads;
	// How many come within a time is what is asked.
	await new Promise(resolve => { setTimeout(resolve, 5000); });
	assert.ok(reloads - before <= 8, `${reloads - before} reloads in 5 s`);
	assert.ok(reloads > before, 'what is written is shown in the end');
});
