// SPDX-License-Identifier: MIT
//
// A local project that leads to a file system that does not answer: by its git repository, or by a
// link. Other projects are served, and the user is told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until, within } from '../lib/events.js';
import { HangFs, noFuse } from '../lib/hang-fs.js';
import { reaches, words } from '../lib/live.js';
import { Client } from '../lib/wire-client.js';
import { LONG, World } from '../lib/world.js';

const skip = noFuse();
/** Without --long, one of so many cases is tried: each takes seconds. */
const FEW = 6;
/** A call that the file system would delay never ends; others take some milliseconds. */
const SOON_MSEC = 10000;

/** @typedef {{world: World, fs: HangFs, root: string}} Site */

/** Replaces a file or folder of the project by a link to it on the mount. @param {Site} site @param {string} name */
async function moves({ fs, root }, name) {
	const file = path.join(root, name), moved = path.basename(name);
	await rename(file, path.join(fs.behind, moved));
	await symlink(path.join(fs.folder, moved), file);
}

/** @param {Site} site @param {string[]} lines of the repository's configuration */
const configures = ({ root }, ...lines) => appendFile(path.join(root, '.git/config'), `${lines.join('\n')}\n`);

/**
 * How git's data of a project is on the mount.
 *
 * @type {Record<string, (site: Site) => unknown>}
 */
const GIT = {
	'.git is a link': site => moves(site, '.git'),
	'.git is a file that names a folder there': async site => {
		await rename(path.join(site.root, '.git'), path.join(site.fs.behind, 'data.git'));
		await writeFile(path.join(site.root, '.git'), `gitdir: ${site.fs.folder}/data.git\n`);
	},
	'HEAD is a link': site => moves(site, '.git/HEAD'),
	'the configuration is a link': site => moves(site, '.git/config'),
	'info/exclude is a link': site => moves(site, '.git/info/exclude'),
	'info is a link': site => moves(site, '.git/info'),
	'the index is a link': async site => {
		await site.world.git(site.root, 'add', '.');
		await moves(site, '.git/index');
	},
	'objects is a link': site => moves(site, '.git/objects'),
	'refs is a link': site => moves(site, '.git/refs'),
	'an alternate is there': site =>
		writeFile(path.join(site.root, '.git/objects/info/alternates'), `${site.fs.folder}/objects\n`),
	'core.excludesFile is there': site => configures(site, '[core]', `\texcludesFile = ${site.fs.folder}/excludes`),
	'core.excludesFile is there, on a continued line with an escape': site =>
		configures(site, '[core]', '\texcludesFile = \\', `"${site.fs.folder.slice(0, 3)}"${site.fs.folder.slice(3)}/excludes # not here`),
	'core.worktree is there': site => configures(site, '[core]', `\tworktree = ${site.fs.folder}/tree`),
	'include.path is there': site => configures(site, '[include]', `\tpath = ${site.fs.folder}/more`),
	'include.path names a file with one that is there': async site => {
		await writeFile(path.join(site.root, '.git/more'), `[include]\n\tpath = ${site.fs.folder}/more\n`);
		await configures(site, '[include] path = more');
	},
	'includeIf.path is there': site => configures(site, '[includeIf "gitdir:/**"]', `\tpath = ${site.fs.folder}/more`),
	'the repository of a linked work tree is there': async site => {
		await rm(path.join(site.root, '.git'), { recursive: true });
		const main = path.join(site.fs.behind, 'main');
		await mkdir(main);
		await site.world.git(main, 'init', '--quiet');
		await site.world.git(main, 'commit', '--quiet', '--allow-empty', '-m', 'one');
		await site.world.git(main, 'worktree', 'add', '--quiet', '-b', 'two', path.join(site.world.home, 'tree'));
		await writeFile(path.join(main, '.git/worktrees/tree/gitdir'), `${site.root}/.git\n`);
		await writeFile(path.join(site.root, '.git'), `gitdir: ${site.fs.folder}/main/.git/worktrees/tree\n`);
	},
	'it is a submodule whose data is there': async site => {
		const around = path.join(site.world.home, 'around');
		await mkdir(around);
		await site.world.git(around, 'init', '--quiet');
		await rename(site.root, path.join(around, 'site'));
		site.root = path.join(around, 'site');
		await mkdir(path.join(site.fs.behind, 'modules'));
		await rename(path.join(site.root, '.git'), path.join(site.fs.behind, 'modules/site'));
		await writeFile(path.join(site.root, '.git'), `gitdir: ${site.fs.folder}/modules/site\n`);
	},
};

/**
 * What else of a project can be there; none of it is needed to know the project.
 *
 * @type {Record<string, (site: Site) => unknown>}
 */
const LINKS = {
	'.gitignore': site => moves(site, '.gitignore'),
	'a .gitignore further down': async site => {
		await writeFile(path.join(site.root, 'sub/.gitignore'), '');
		await moves(site, 'sub/.gitignore');
	},
	'.savecast': site => moves(site, '.savecast'),
	'package.json': site => moves(site, 'package.json'),
	'the package.json of a part': site => moves(site, 'sub/package.json'),
	'pyproject.toml': site => moves(site, 'pyproject.toml'),
	node_modules: async site => {
		await mkdir(path.join(site.root, 'node_modules/tool'), { recursive: true });
		await writeFile(path.join(site.root, 'node_modules/tool/package.json'), '{"name":"tool"}');
		await moves(site, 'node_modules');
	},
	'a folder that .savecast names': async site => {
		await mkdir(path.join(site.root, 'far'));
		await moves(site, 'far');
		await writeFile(path.join(site.root, '.savecast'), `[savecast]\n\tinclude = ${site.root}/far/**\n\toutput = far/**\n\tignore = far/x\n`);
	},
};

/** @param {import('node:test').TestContext} t @param {(site: Site) => unknown} lead */
async function opened(t, lead) {
	const world = await World.open(t);
	const fs = await HangFs.mount(world, 'remote');
	await world.folder('local', { 'a.css': '' }, { git: true });
	const root = await world.folder('site', {
		'a.css': '', 'b.css': '', '.gitignore': 'ignored.css\n', '.savecast': '', 'pyproject.toml': '',
		'package.json': '{"name":"site","workspaces":["*"]}', 'sub/package.json': '{"name":"sub"}', 'sub/a.css': '',
	}, { git: true });
	const site = { world, fs, root };
	await lead(site);
	return site;
}

/** Saves in other projects, new browsers and connected ones are served. @param {World} world @param {Client} client */
async function othersAreServed(world, client) {
	const file = path.join(world.home, 'local/a.css');
	for (let i = 0; i < 5; i++) {
		await writeFile(file, `a { order: ${Math.random()} }`);
		const event = await within(world.bus.saved(file), 'a save elsewhere', SOON_MSEC);
		await within(reaches(world, event, 'no-tab'), 'the end of a save elsewhere', SOON_MSEC);
	}
	client.socket.ping();
	await within(once(client.socket, 'pong'), 'a pong', SOON_MSEC);
	const another = new Client(world);
	await within(another.hello(`profile-${Math.random().toString().slice(2)}`), 'a new browser', SOON_MSEC);
	another.socket.close();
}

/** Calls about the project, each of which may wait for the mount. @param {Site} site */
const asks = ({ world, root }) => [
	...['Track', 'Explain', 'Check', 'Reload'].map(member => world.bus.call({ member, signature: 'sa{sv}', body: [root, {}] })),
];

/** @param {World} world */
const status = async world => (await world.savecast('status', '--all')).stdout.replace(/\s+/g, ' ');

/** The project is as any other: what .gitignore names is ignored, other saves are not. @param {Site} site */
async function works({ world, root }) {
	await until('a save to be heard', async () => {
		await writeFile(path.join(root, 'b.css'), `b { order: ${Math.random()} }`);
		const event = await world.bus.saved(path.join(root, 'b.css'));
		return words((await world.bus.events()).find((/** @type {any} */ { serial }) => serial === event)).some(word => word === 'no-tab' || word === 'cast');
	});
	await until('.gitignore to apply', async () => {
		const event = await world.bus.saved(path.join(root, 'ignored.css'));
		return words((await world.bus.events()).find((/** @type {any} */ { serial }) => serial === event)).includes('ignored');
	});
}

for (const [what, lead] of Object.entries(GIT).filter((_, i) => LONG || i % FEW === 0)) {
	test(`git's data of a project is on a mount that does not answer: ${what}`, { skip }, async t => {
		const site = await opened(t, lead);
		const { world, fs } = site;
		await fs.hang();
		await world.startDaemon();
		const client = new Client(world);
		await client.hello();
		const saves = ['a.css', 'sub/a.css'].map(name => world.bus.saved(path.join(site.root, name)));
		const calls = asks(site);
		client.send({ type: 'watch', tab: 1, url: `file://${site.root}/index.html` });
		await othersAreServed(world, client);
		for (const save of saves) {
			const { steps } = await reaches(world, await within(save, 'the answer to a save', SOON_MSEC), 'held');
			assert.equal(steps.at(-1).text, `${fs.folder} does not answer: its saves wait`);
		}
		await fs.answer();
		await within(Promise.allSettled(calls), 'the calls that waited');
		for (const save of saves) {
			await reaches(world, await save, 'left');
		}
		if (what !== 'core.worktree is there') { // then it is not the folder's work tree
			await works(site);
			await until('the problem to be gone', async () => !/does not answer/.test(await status(world)));
			// It stops answering while it is in use.
			await fs.hang();
			const event = await within(world.bus.saved(path.join(site.root, 'a.css')), 'an answer', SOON_MSEC);
			await reaches(world, event, 'held');
			await until('status to say so',
				async () => /remote does not answer: its saves wait/.test(
					await status(world)),
				{msec : SOON_MSEC})
				.catch(async error => {
					throw new Error(`${error.message}: ${await status(world)}`);
				});
			await othersAreServed(world, client);
			await fs.answer();
			await reaches(world, event, 'left');
		}
	});
}

for (const [what, lead] of Object.entries(LINKS).filter((_, i) => LONG || i % FEW === 0)) {
	test(`a file of a project leads to a mount that does not answer: ${what}`, { skip }, async t => {
		const site = await opened(t, lead);
		const { world, fs, root } = site;
		await fs.hang();
		await world.startDaemon();
		const web = await world.serve('web', path.join(root, 'sub'), port => ['python3', '-m', 'http.server', String(port)]);
		const tool = await world.serve('tool', root, port => ['sh', '-c',
			`exec python3 -m http.server ${port} --directory .`]);
		const client = new Client(world);
		await client.hello();
		await within(client.watch(1, web.url), 'a tab', SOON_MSEC);
		await within(client.watch(2, tool.url), 'a tab', SOON_MSEC);
		await othersAreServed(world, client);
		for (const name of ['a.css', 'sub/a.css', 'ignored.css', 'far/x', 'package.json', '.savecast']) {
			const { mark } = client.log;
			await writeFile(path.join(root, 'a.css'), `a { order: ${Math.random()} }`);
			await within(world.bus.saved(path.join(root, name)), `a save of ${name}`, SOON_MSEC);
			if (name === 'a.css') {
				await client.log.next('a reload', ({ type }) => type === 'reload', { mark });
			}
		}
		await othersAreServed(world, client);
		await fs.answer();
		await othersAreServed(world, client);
	});
}

test('a repository begins and ceases to lead to a mount that does not answer while it is in use', { skip }, async t => {
	const site = await opened(t, () => undefined);
	const { world, fs, root } = site;
	await world.startDaemon();
	const client = new Client(world);
	await client.hello();
	await works(site);
	await fs.hang();
	for (const name of ['.git/info/exclude', '.git/HEAD']) {
		await moves(site, name);
		const event = await within(world.bus.saved(path.join(root, 'a.css')), 'an answer', SOON_MSEC);
		assert.ok(event);
		await othersAreServed(world, client);
		await until('status to say so', async () => {
			await world.bus.saved(path.join(root, 'a.css'));
			return /remote does not answer/.test(await status(world));
		}, { msec: SOON_MSEC });
		await rm(path.join(root, name));
		await rename(path.join(fs.behind, path.basename(name)), path.join(root, name));
		await works(site);
		await until('the problem to be gone', async () => !/does not answer/.test(await status(world)));
	}
});

test('a large file on a mount that answers is compared, too', { skip }, async t => {
	const { world, fs } = await opened(t, () => undefined);
	await world.startDaemon();
	const file = path.join(fs.folder, 'site/large.js');
	await mkdir(path.join(fs.behind, 'site'));
	await world.git(path.join(fs.behind, 'site'), 'init', '--quiet');
	for (const text of ['a', 'b']) {
		await writeFile(file, text.repeat(200000));
		await reaches(world, await world.bus.saved(file), 'no-tab');
		await reaches(world, await world.bus.saved(file), 'unchanged');
	}
});

test('that its mount does not answer hides no other problem of a project, nor the other way round',
	{skip}, async t => {
		const {world, fs} = await opened(t, () => undefined);
		const root = path.join(fs.folder, 'far'),
		      newer = '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tfromthefuture = true\n';
		await mkdir(path.join(fs.behind, 'far'));
		await world.git(path.join(fs.behind, 'far'), 'init', '--quiet');
		await writeFile(path.join(fs.behind, 'far/.git/config'), newer);
		await world.startDaemon();
		await world.savecast('track', root);
		const told = async () =>
			(await world.bus.projects()).find(({Root}) => Root === root).Problem;
		const mount = `mount: ${fs.folder} does not answer: its saves wait`;
		await until("git's",
			async () =>
				/^git: .*savecast still notices saves, but not git commands$/.test(
					await told()));
		const git = await told();

		await fs.hang();
		const event = await world.bus.saved(path.join(root, 'a.css'));
		await reaches(world, event, 'held');
		await until('both', async () => await told() === `${mount}; ${git}`);
		assert.ok((await status(world)).includes(`${mount}; ${git}`), await status(world));
		await fs.answer();
		await reaches(world, event, 'left');
		await until('the other one alone', async () => await told() === git);
	});
