// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { noMounts } from '../lib/namespaces.js';
import { Terminal } from '../lib/terminal.js';
import { World } from '../lib/world.js';
import { Client } from '../lib/wire-client.js';
import { run } from '../lib/children.js';
import { SAVECAST } from '../lib/world.js';

test('why explains a file and a URL, and changes nothing', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', {
		'a.css': '', '.gitignore': 'x*\n',
		'.savecast': '[savecast]\n\turl = http://shop.test\n\taction = css *.css\n\taction = none *.md\n\tignore = *.log\n',
	}, { git: true });
	const other = await world.folder('other', { '.savecast': '[savecast]\n\tinclude = ../site/*.css\n' });
	await world.savecast('track', other);
	await world.trust(root);
	await world.trust(other);
	const why = async (/** @type {string[]} */ ...args) => {
		const { status, stdout, stderr } = await world.savecast('why', '--json', ...args);
		assert.equal(status, 0, stderr);
		return stdout && JSON.parse(stdout);
	};
	assert.equal(await why(), '', 'nothing was saved yet');
	const events = async () => (await world.bus.properties()).LastEvent;

	let said = await why(path.join(root, 'a.css'));
	assert.deepEqual([said.kind, said.file, said.reason, said['last-event']], ['file', path.join(root, 'a.css'), '', undefined]);
	assert.deepEqual(said.projects.map((/** @type {any} */ p) => [p.root, p['known-by'], p.rule, p.action, p['action-rule'], p.ignored, p.tabs, p.effect]), [
		[root, 'git', 'the deepest project above the file', 'css', 'css *.css', undefined, [], 'nothing: no browser is connected'],
		[other, 'tracked', 'savecast.include: ../site/*.css', 'default', undefined, undefined, [], 'nothing: no browser is connected'],
	]);
	assert.equal((await why(path.join(root, 'a.md'))).projects[0].ignored, 'savecast.action: none *.md');
	assert.equal((await why(path.join(root, 'a.log'))).projects[0].ignored, 'savecast.ignore: *.log');
	assert.match((await why(path.join(root, 'xx'))).projects[0].effect, /^nothing: the file is ignored: by \.gitignore/);
	assert.match((await why('/nowhere/x')).reason, /in no tracked project and no git work tree/);
	assert.equal(await events(), 0);

	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 7, url: 'http://shop.test/x' });
	await client.next('tab', { mark: 0 });
	const { mark } = client.log;
	said = await why('http://shop.test/y');
	assert.deepEqual([said.kind, said.url, said.projects.length], ['url', 'http://shop.test/y', 1]);
	assert.deepEqual([said.projects[0].root, said.projects[0].rule, said.projects[0].effect, said.projects[0].action],
		[root, 'savecast.url: http://shop.test', 'reloads 1 tab', undefined]);
	assert.deepEqual(said.projects[0].tabs.map((/** @type {any} */ tab) => [tab.tab, tab.url]), [[7, 'http://shop.test/x']]);
	said = await why('http://elsewhere.test/');
	assert.deepEqual([said.projects, said.reason], [[], "elsewhere.test is not on this machine: to set its project, run savecast set --project url 'http://elsewhere.test' in the project's folder"]);
	assert.match((await why('http://localhost:1/')).reason, /nothing listens on port 1/);
	assert.match((await why('http://localhost:99999/')).reason, /port must be a number/);
	assert.match((await why(`http://x/${'a'.repeat(100000)}`)).reason, /at most 4096 bytes/);
	assert.match((await why('about://blank')).reason, /is not a page of a project/);
	assert.equal(client.log.mark, mark, 'no tab was notified');
	assert.equal(await events(), 0);

	await world.bus.saved(path.join(root, 'a.css'));
	said = await why(path.join(root, 'a.css'));
	assert.equal(said['last-event'].serial, 2, 'of two projects, the newer event');
	assert.equal((await why()).serial, await events());
	const text = await run(['sh', '-c', `cd ${root} && ${SAVECAST} why a.css`], world.env);
	assert.match(text.stdout, /^~\/site\/a\.css\n {2}project {3}~\/site \(git\)\n {2}because {3}the deepest project/);
	assert.match(text.stdout, /^ {2}action {4}replaces style sheets, without a reload \(savecast\.action: css \*\.css\)$/m);
	assert.match(text.stdout, /^ {2}tabs {6}7 in Test 1: http:\/\/shop\.test\/x$/m);
	assert.match(text.stdout, /^ {2}a save {4}replaces style sheets in 1 tab$/m);
	assert.match(text.stdout, /^Its last event:\n#2 /m);
	assert.match((await world.savecast('why', 'http://elsewhere.test/')).stdout,
		/^http:\/\/elsewhere\.test\/\n {2}project {3}none\n {2}because {3}elsewhere/);
	assert.equal((await world.savecast('why', 'a', 'b')).status, 2);

	await assert.rejects(world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: ['relative', {}] }),
		/Explain: what: relative: must be an absolute path or a URL/);
	await assert.rejects(world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: ['/a/../b', {}] }), /"\.\." component/);
});

test('status shows why a folder is a project, and mistakes in the settings', async t => {
	const world = await World.open(t);
	await world.configure(`[savecast]\n\tport = ${world.port}\n\tprot = 1\n`);
	await world.startDaemon();
	const root = await world.folder('site', { '.savecast': '' });
	await writeFile(path.join(root, '.savecast'), '[savecast]\n\tx = 1\n\ty = 2\n');
	await world.bus.saved(path.join(root, 'a.css'));
	const { stdout } = await world.savecast('status');
	assert.match(stdout, /^Errors in the settings$/m);
	assert.match(stdout, /\.savecast: line 3: savecast\.y:/);
	assert.match(stdout, /config: line 3:\s+savecast\.prot:\s+there\s+is\s+no\s+such/);
	assert.match(stdout, /^ +site +~\/site +savecast-file +- +0 tabs$/m);
	const screen = await Terminal.open(world, 'status', ['sh', '-c', `${SAVECAST} status; exec cat`]);
	await screen.shows(/^Errors in the settings \(2 of 3; savecast status --all shows the rest\)$/m);
	await screen.shows(/^savecastd 0/m); // so that all of it fits on one screen
	const status = JSON.parse((await world.savecast('status', '--json')).stdout);
	const client = new Client(world);
	await client.hello();
	await client.watch(1, `http://127.0.0.1:${world.port}/`); // savecastd itself listens there
	const whole = JSON.parse((await world.savecast('status', '--json')).stdout);
	const { stdout: help } = await world.savecast('status', '--help');
	for (const object of [whole, whole.projects[0], whole.tabs[0]]) {
		Object.keys(object).forEach(key => assert.ok(help.includes(`'${key}'`), `--help says nothing of ${key}`));
	}
	assert.equal(whole.tabs[0]['server-port'], world.port);
	assert.equal(status['settings-problems'].length, 1);
	assert.equal(status.projects[0]['known-by'], 'savecast-file');
	assert.equal(status.projects[0]['settings-problems'].length, 2);
});

test('for a server with mounts of its own, the reason says so and names the setting to add', { skip: noMounts() }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('inside', { 'index.html': '' }, { git: true });
	const { url } = await world.serve('inside', root, port => ['unshare', '--mount', 'sh', '-c',
		'mount -t tmpfs inside "$1" && cd "$1" && exec python3 -m http.server --bind 127.0.0.1 "$2"', 'sh', root, String(port)]);
	const { stdout } = await world.savecast('why', '--json', url);
	const { projects, reason, advice } = JSON.parse(stdout);
	assert.deepEqual(projects, []);
	assert.match(reason, /is served by python3 \(pid \d+\) from .*inside in mounts of its own \(a container/);
	assert.ok(!/savecast track/.test(`${reason} ${advice}`), reason);
	assert.match(`${reason} ${advice}`, /savecast\.url|set --project url/);
});
