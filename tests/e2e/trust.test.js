// SPDX-License-Identifier: MIT
//
// A .savecast that came with a repository: its rules about things outside its folder take effect
// only after the user has trusted exactly these rules.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until, within } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { clickInPopup, live, missing } from '../lib/live.js';
import { Client } from '../lib/wire-client.js';
import { SAVECAST, World } from '../lib/world.js';

/** @param {World} world @param {string} root */
const untrusted = async (world, root) =>
	(await world.bus.projects()).find(({ Root }) => Root === root).Untrusted;

/** @param {World} world @param {string} file @returns {Promise<string[]>} the projects of the events of a save */
const claimed = async (world, file) => {
	await world.bus.saved(file);
	return (await world.bus.events()).filter((/** @type {any} */ e) => e.files.includes(file))
		.map((/** @type {any} */ e) => e.project && path.basename(e.project)).sort();
};

/** @param {World} world @param {string} name @param {string} rules */
async function cloned(world, name, rules) {
	const root = await world.folder(name, { '.savecast': `[savecast]\n${rules}`, 'a.css': '' }, { git: true });
	await world.bus.saved(path.join(root, 'a.css')); // makes it known
	return root;
}

test('a cloned project gets no URLs and files outside it until it is trusted', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const mine = await world.folder('mine', { 'x.css': '' }, { git: true });
	const rules = '\turl = *://*/*\n\tinclude = /**\n\tinclude = ../mine/*\n\tinclude = ~/mine/*\n\tinclude = a.css\n\tignore = *.log\n';
	const evil = await cloned(world, 'evil', rules);
	const client = new Client(world);
	await client.hello();
	const watch = (/** @type {number} */ tab, /** @type {string} */ url, /** @type {string} */ state) =>
		client.told(tab, state, () => client.send({ type: 'watch', tab, url }));

	// Its rules claim neither a tab that nothing else knows, nor a file of another project.
	const told = await watch(1, 'http://elsewhere.test/', 'none');
	assert.equal(told.reason, `not trusted: url = *://*/* in ${evil}/.savecast: to apply it, run savecast trust ${evil}`);
	assert.deepEqual([told.untrusted.project, told.untrusted.rules.length, told.advice], ['evil', 4, `savecast trust ${evil}`]);
	assert.deepEqual(await claimed(world, path.join(mine, 'x.css')), ['mine']);
	// Its rules about its own folder take effect.
	const why = async (/** @type {string} */ file) => JSON.parse((await world.savecast('why', '--json', file)).stdout);
	assert.equal((await why(path.join(evil, 'a.log'))).projects[0].ignored, 'savecast.ignore: *.log');
	assert.equal((await why(path.join(mine, 'x.css'))).untrusted.length, 1);
	assert.match((await world.savecast('why', path.join(mine, 'x.css'))).stdout, /trust {5}not trusted: include[^]*savecast trust/);
	assert.match((await world.savecast('status')).stdout, /not trusted: url = \*:\/\/\*\/\*, include = \/\*\*, [^:]*: to apply\s+them, run savecast\s+trust/);
	assert.deepEqual(await untrusted(world, evil), ['url = *://*/*', 'include = /**', 'include = ../mine/*', 'include = ~/mine/*']);

	const said = await client.told(1, 'live', () => world.trust(evil));
	assert.equal(said.project, 'evil');
	assert.deepEqual(await claimed(world, path.join(mine, 'x.css')), ['evil', 'mine', 'mine']);
	assert.deepEqual(await untrusted(world, evil), []);
	assert.doesNotMatch((await world.savecast('status')).stdout, /not trusted/);
	// After trust is revoked, the tab is no longer its tab.
	await client.told(1, 'none', () => world.savecast('trust', '--revoke', evil));
	assert.equal((await untrusted(world, evil)).length, 4);
});

test('a link that came with the repository leads no rule out of it without trust', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const mine = await world.folder('mine', { 'x.css': '', 'deep/y.css': '' });
	const evil = await world.folder('evil', { 'dist/a.css': '', 'index.html': '' }, { git: true });
	await symlink(world.home, path.join(evil, 'all'));
	await symlink('dist', path.join(evil, 'inside'));
	const rules = ['output = all/mine/*.css', 'output = /all/mine/deep/**', 'output = all/mine/x.css', 'include = all/mine/**'];
	await writeFile(path.join(evil, '.savecast'),
		`[savecast]\n${[...rules, 'output = dist/*', 'output = inside/*', 'output = all'].map((rule) => `\t${rule}\n`).join('')}`);
	const client = new Client(world);
	await client.hello();
	await client.told(1, 'live', () => client.send({ type: 'watch', tab: 1, url: `file://${evil}/index.html` }));
	assert.deepEqual(await untrusted(world, evil), rules.filter((rule) => rule.startsWith('output')));
	const write = async () => {
		for (const file of [path.join(mine, 'x.css'), path.join(mine, 'deep/y.css'), path.join(evil, 'dist/a.css')]) {
			await writeFile(file, `a { order: ${Math.random()} }`);
		}
	};
	/** @returns {Promise<string[]>} */
	const files = async () => (await world.bus.events()).flatMap((/** @type {any} */ { files: of }) => of.map((/** @type {string} */ file) => path.relative(evil, file)));
	await write();
	await until('its output', async () => (await files()).includes('dist/a.css'));
	assert.deepEqual((await files()).filter((file) => file.includes('mine')), []);
	await world.trust(evil);
	await write();
	await until('the files of the trusted rules', async () => {
		const seen = await files();
		return ['all/mine/x.css', 'all/mine/deep/y.css'].every((file) => seen.includes(file));
	});
});

test('a link that appears after the settings were read leads no rule out of the project without trust', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const mine = await world.folder('mine', { 'x.css': '' });
	const evil = await world.folder('evil', { 'dist/a.css': '', 'index.html': '', '.savecast': '[savecast]\n\toutput = all/mine/*.css\n\toutput = dist/*\n' }, { git: true });
	await world.savecast('track', evil);
	assert.deepEqual(await untrusted(world, evil), []);
	const write = async () => {
		for (const file of [path.join(mine, 'x.css'), path.join(evil, 'dist/a.css')]) {
			await writeFile(file, `a { order: ${Math.random()} }`);
		}
	};
	const announced = async (/** @type {number} */ since) => (await world.bus.events(since)).flatMap((/** @type {any} */ { files }) => files)
		.map((/** @type {string} */ file) => path.relative(evil, file));
	const last = async () => (await world.bus.properties()).LastEvent;
	for (const [name, make] of /** @type {[string, (link: string) => Promise<unknown>][]} */ ([
		['made', (link) => symlink(world.home, link)],
		['moved there', async (link) => { await symlink(world.home, `${link}.new`); await rename(`${link}.new`, link); }],
	])) {
		const link = path.join(evil, 'all');
		await make(link);
		// At a new folder, all patterns are looked up again.
		await mkdir(path.join(evil, name));
		await until(`the rule to need trust: ${name}`, async () => (await untrusted(world, evil)).length);
		const before = await last();
		await write();
		await until('its output', async () => (await announced(before)).includes('dist/a.css'));
		assert.deepEqual(await announced(0).then((files) => files.filter((/** @type {string} */ file) => file.includes('mine'))), [], name);
		await rm(link);
		// Without the link, the rule is one about the project's own files again.
		await writeFile(path.join(evil, '.savecast'), `[savecast]\n\toutput = all/mine/*.css\n\toutput = dist/*\n# ${name}\n`);
		await until('the rule to be harmless', async () => !(await untrusted(world, evil)).length);
	}
	await symlink(world.home, path.join(evil, 'all'));
	await until('the rule to need trust', async () => (await untrusted(world, evil)).length);
	await world.trust(evil);
	await write();
	await until('the file of the trusted rule', async () => (await announced(0)).includes('all/mine/x.css'));
	// A trusted link that is replaced is watched again.
	await rm(path.join(evil, 'all'));
	const other = await world.folder('others/mine', { 'y.css': '' });
	await symlink(path.dirname(other), path.join(evil, 'all'));
	await until('the file behind the new link', async () => {
		await writeFile(path.join(other, 'y.css'), `a { order: ${Math.random()} }`);
		return (await announced(0)).includes('all/mine/y.css');
	}, { every: 300 });
	assert.equal((await world.bus.projects()).find(({ Root }) => Root === evil).Problem, '');
});

test('an output behind a link into a mount that does not answer needs trust as soon as the mount answers', { skip: noFuse() }, async t => {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'remote');
	await mkdir(path.join(fs.behind, 'x'));
	await fs.hang();
	const files = { 'a.css': '', '.savecast': '[savecast]\n\toutput = all/x/*\n' };
	const early = await world.folder('early', files), late = await world.folder('late', files);
	await symlink(fs.folder, path.join(early, 'all'));
	await world.startDaemon();
	for (const root of [early, late]) {
		await world.savecast('track', root);
	}
	await symlink(fs.folder, path.join(late, 'all'));
	await within(world.bus.saved(path.join(late, 'a.css')), 'a local save');
	await fs.answer();
	for (const root of [early, late]) {
		await until(`the rule of ${root} to need trust`, async () => (await untrusted(world, root)).length);
	}
});

test('trust in an output behind a link into a mount that does not answer is given when the mount answers', { skip: noFuse() }, async t => {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'remote');
	await mkdir(path.join(fs.behind, 'x'));
	const root = await world.folder('site', { '.savecast': '[savecast]\n\toutput = all/x/*\n' });
	await symlink(fs.folder, path.join(root, 'all'));
	await world.startDaemon();
	await fs.hang();
	const trust = world.bus.call({ member: 'Trust', signature: 'sa{sv}', body: [root, {}] });
	await within(world.bus.properties(), 'another call');
	await fs.answer();
	assert.deepEqual(await within(trust, 'the answer'), [['output = all/x/*']]);
	assert.deepEqual(await untrusted(world, root), []);
});

test('trust is for exactly these rules in exactly this folder, and survives a restart', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const shop = await cloned(world, 'shop', '\turl = http://shop.test\n');
	const { stdout } = await world.savecast('trust', '--json', path.join(shop, '..', 'shop'));
	assert.deepEqual(JSON.parse(stdout), { rules: ['url = http://shop.test'] });
	const client = new Client(world);
	await client.hello();
	const state = async () => (await client.watch(1, 'http://shop.test/')).state;
	assert.equal(await state(), 'live');

	// The next pull changes a rule and adds one: these need trust again, and trusted rules stay in effect.
	const file = path.join(shop, '.savecast');
	await writeFile(file, '[savecast]\n\turl = http://shop.test\n\turl = http://bank.test\n');
	await until('the file to be read', async () => (await untrusted(world, shop)).length);
	assert.deepEqual(await untrusted(world, shop), ['url = http://bank.test']);
	assert.equal(await state(), 'live');
	await client.told(1, 'none', () => writeFile(file, '[savecast]\n\turl = http://shop.test/*\n'));
	await client.told(1, 'live', () => writeFile(file, '[savecast]\n\turl = http://shop.test\n\tignore = x\n'));

	await world.endDaemon('SIGKILL');
	const stored = path.join(world.temp, 'state/savecast/trusted.json');
	assert.deepEqual(JSON.parse(await readFile(stored, 'utf8')).projects, [{ root: shop, rules: ['url = http://shop.test'] }]);
	await world.startDaemon();
	await world.bus.saved(path.join(shop, 'a.css'));
	assert.deepEqual(await untrusted(world, shop), []);
	// The same file in another folder belongs to another project, and is not trusted.
	const other = await world.folder('other', { '.savecast': await readFile(file) });
	await world.bus.saved(path.join(other, 'a.css'));
	assert.deepEqual(await untrusted(world, other), ['url = http://shop.test']);

	// A damaged file trusts nothing, and says so.
	await world.endDaemon();
	await writeFile(stored, (await readFile(stored, 'utf8')).replace('http://shop', 'http://bank'));
	await world.startDaemon();
	await world.bus.saved(path.join(shop, 'a.css'));
	assert.deepEqual(await untrusted(world, shop), ['url = http://shop.test']);
	assert.match(await world.log('savecastd'), /trusted\.json: is damaged: its checksum is wrong.*have no effect until you trust them again/);
});

test('rules that the user writes apply immediately: in the own file, or with savecast set --project', async t => {
	const world = await World.open(t);
	const mine = await world.folder('mine', { 'a.css': '', '.savecast': '[savecast]\n\turl = http://evil.test\n' }, { git: true });
	await world.configure(`[savecast]\n\tport = ${world.port}\n[savecast "${mine}"]\n\turl = http://mine.test\n`);
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	const watch = (/** @type {number} */ tab, /** @type {string} */ url, /** @type {string} */ state) =>
		client.told(tab, state, () => client.send({ type: 'watch', tab, url }));
	await watch(1, 'http://mine.test/', 'live');
	await watch(2, 'http://evil.test/', 'none');
	await watch(3, 'http://new.test/', 'none');
	const inMine = (/** @type {string[]} */ ...args) => run(['sh', '-c', 'cd "$0" && exec "$@"', mine, SAVECAST, ...args], world.env);
	const set = (/** @type {string[]} */ ...args) => inMine('set', '--project', ...args);
	await client.told(3, 'live', async () => assert.equal((await set('url', 'http://new.test')).status, 0));
	assert.deepEqual(await untrusted(world, mine), ['url = http://evil.test'], 'only what was written');

	await world.endDaemon();
	const { status, stderr } = await set('include', '/srv/**');
	assert.equal(status, 3);
	assert.match(stderr, /has no effect until you run savecast trust /);
	await world.startDaemon();
	const { stdout } = await inMine('trust');
	assert.equal(stdout, 'these rules of .savecast are in effect from now on:\n  url = http://evil.test\n  include = /srv/**\n');
	assert.match((await inMine('trust')).stdout, /^nothing to trust/);
	assert.match((await world.savecast('trust', '/')).stderr, /folder: \/: it is in no tracked project/);
});

test('trust from the popup is for the rules that it showed', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const shop = await cloned(world, 'shop', '\turl = http://shop.test\n');
	const client = new Client(world);
	await client.hello();
	const { untrusted: shown } = await client.told(1, 'none', () => client.send({ type: 'watch', tab: 1, url: 'http://shop.test/' }));
	const { untrusted: now } = await client.told(1, 'none', () =>
		writeFile(path.join(shop, '.savecast'), '[savecast]\n\turl = http://shop.test\n\turl = *://*/*\n'));
	assert.ok(now.revision !== shown.revision);
	// None has an effect: too late, for another tab, for a tab that is not on, of a revision never shown.
	await client.told(2, 'none', () => client.send({ type: 'watch', tab: 2, url: 'file:///nowhere' }));
	for (const [tab, revision] of [[1, shown.revision], [2, now.revision], [3, now.revision], [1, 0]]) {
		client.send({ type: 'trust', tab, revision });
	}
	await client.told(1, 'none', () => client.send({ type: 'watch', tab: 1, url: 'http://shop.test/' }));
	assert.equal((await untrusted(world, shop)).length, 2);
	await client.told(1, 'live', () => client.send({ type: 'trust', tab: 1, revision: now.revision }));
	// More rules than can be shown cannot be trusted unseen.
	const many = Array.from({ length: 17 }, (_, i) => `\turl = http://m${i}.test\n`).join('');
	await cloned(world, 'many', many);
	await world.savecast('trust', '--revoke', shop);
	const { untrusted: all } = await client.told(4, 'none', () => client.send({ type: 'watch', tab: 4, url: 'http://m3.test/' }));
	assert.deepEqual(all.rules, []);
	assert.match(all.command, /^savecast trust .*many$/);
});

test('chromium: the popup asks, with the rules', { skip: missing('chromium') }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.site('shop', { 'index.html': '<h1>one</h1>', '.savecast': '[savecast]\n\tinclude = ../shared/**\n' });
	const shared = await world.folder('shared', { 'x.css': '' });
	const browser = await world.browser('chromium');
	const page = await browser.newPage(site.url);
	await page.clickAction();
	await live(world, 1);
	assert.deepEqual(await untrusted(world, site.root), ['include = ../shared/**']);
	const { tab } = await browser.activeIcon();
	await clickInPopup(browser, tab, 'trust-now');
	await until('the rule to take effect', async () => (await untrusted(world, site.root)).length === 0);
	assert.deepEqual(await claimed(world, path.join(shared, 'x.css')), ['shop']);
});
