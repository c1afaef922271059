// SPDX-License-Identifier: MIT
/** A project that a live tab shows, so that its files are watched on disk. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';

import { run } from './children.js';
import { until } from './events.js';
import { settled } from './git-tree.js';
import { Client } from './wire-client.js';
import { World } from './world.js';

/** Runs the command after it at real-time priority, if that is permitted. */
export const REAL_TIME = spawnSync('chrt', ['--rr', '1', 'true']).status === 0 ? ['chrt', '--rr', '1'] : [];

/**
 * Runs work in a project's folder, and collects its events.
 *
 * @param {World} world
 * @param {string} root
 */
export const inFolder = (world, root) => ({
	/** Runs the work and returns its events. @param {() => Promise<unknown>} work */
	async did(work, { expect = true } = {}) {
		const serial = (await world.bus.properties()).LastEvent;
		await work();
		return (await settled(world, serial, { expect })).map(e => ({
			source: e.source, files: e.files.map(name => path.relative(root, name)).sort(),
		}));
	},
	/**
	 * At real-time priority, if that is permitted: a busy machine does not make the pauses of a script
	 * longer than the daemon waits for what comes next.
	 *
	 * @param {string} script
	 */
	async sh(script) {
		const { status, stderr } = await run([...REAL_TIME, 'sh', '-ec', `cd '${root}'; ${script}`], world.env);
		assert.equal(status, 0, stderr);
	},
});

/**
 * A site with a live tab.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files
 * @param {{git?: boolean, settings?: string, loaded?: () => Promise<unknown>, start?: (world: World, root: string) => Promise<unknown>}} [options]
 *   start: starts the daemon; loaded: the browser reports a reload when this resolves
 */
export async function watched(t, files, { git = true, settings = '', loaded, start = world => world.startDaemon() } = {}) {
	const world = await World.open(t, { watch: true });
	const server = http.createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => server.close());
	const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`;
	const own = (/** @type {string} */ more) => `[savecast]\n\turl = ${url}\n${more}`;
	const root = await world.folder('site', { '.savecast': own(settings), ...files }, { git });
	await start(world, root);
	await world.savecast('track', root);
	await world.trust(root);
	const client = new Client(world);
	await client.hello();
	// A browser that reports each reload, by default immediately.
	client.socket.on('message', async data => {
		const { type, event, tabs = [] } = JSON.parse(String(data));
		if (type === 'reload') {
			await loaded?.();
		}
		for (const tab of type === 'reload' ? tabs : []) {
			client.send({ type: 'report', event, tab, step: 'loaded' });
		}
	});
	await client.watch(1, url);
	const project = async () => (await world.bus.projects()).find(({ Root }) => Root === root);
	await until('the folders to be watched', async () => ['on', 'part'].includes((await project()).Watch));
	const last = async () => (await world.bus.properties()).LastEvent;
	return {
		world, root, client, project, last, url, own,
		file: (/** @type {string} */ name) => path.join(root, name),
		...inFolder(world, root),
	};
}
