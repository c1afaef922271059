// SPDX-License-Identifier: MIT
//
// Editors that remove or empty a settings file before they write it.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { Client } from '../lib/wire-client.js';
import { World } from '../lib/world.js';

test('while an editor removes the settings file and writes it again, its settings stay', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const file = path.join(world.temp, 'config/savecast/config');
	const root = await world.folder('site', { '.savecast': '[savecast]\n\turl = http://site.test/\n' });
	const own = path.join(root, '.savecast');
	await world.trust(root);
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: 'http://site.test/' });
	await client.log.next('live', ({ type, state }) => type === 'tab' && state === 'live', { mark: 0 });
	const states = () => client.log.all.filter(({ event }) => event.type === 'tab').map(({ event }) => event.state);
	const listens = async () => (await world.log('savecastd')).match(/browsers connect to port/g)?.length;
	/**
	 * Nothing changes, unless the machine is so busy that the file was gone or empty for half a
	 * second: then once more.
	 *
	 * @param {(step: (done: Promise<unknown>) => Promise<void>) => Promise<void>} act
	 */
	const stays = async act => {
		for (let longest = Infinity; longest >= 500;) {
			const before = states().length, listened = await listens();
			longest = 0;
			await act(async done => {
				const from = performance.now();
				await done;
				longest = Math.max(longest, performance.now() - from);
			});
			await world.bus.properties();
			if (longest < 500) {
				assert.deepEqual(states().slice(before), []);
				assert.equal(await listens(), listened);
			} else {
				await until('the settings to be as before', async () => states().at(-1) === 'live' && client.socket.readyState === client.socket.OPEN);
			}
		}
	};
	for (const [name, text] of /** @type {[string, string][]} */ ([[file, `[savecast]\n\tport = ${world.port}\n`], [own, '[savecast]\n\turl = http://site.test/\n']])) {
		for (let round = 0; round < 5; round++) {
			await stays(async step => {
				// After each call the daemon has handled what happened before it.
				await rm(name);
				await step(world.bus.properties().then(() => writeFile(name, '')));
				await step(world.bus.properties().then(() => writeFile(name, `${text}\tignore = *.${round}\n`)));
				await world.bus.properties();
				await writeFile(name, `${text}\tx = ${round}\n`); // a problem shows that it was read
				await until('the problem', async () => (await Promise.all([world.bus.properties(), world.bus.projects()])).flat()
					.some(({ SettingsProblems: [said] }) => said?.includes(`savecast.x`)));
				await writeFile(name, text);
				await until('no problem', async () => (await Promise.all([world.bus.properties(), world.bus.projects()])).flat()
					.every(({ SettingsProblems: said }) => !said.length));
			});
		}
	}
	// The file may become empty at any moment, even between the daemon's check and its read.
	await stays(async step => {
		for (let round = 0; round < 300; round++) {
			await step(writeFile(own, '').then(() => writeFile(own, '[savecast]\n\turl = http://site.test/\n')));
		}
	});
	assert.equal(client.socket.readyState, client.socket.OPEN);

	await rm(own);
	await until('the project to end', async () => (await world.bus.projects()).length === 0);
	await rm(file);
	await until('the port to be the default one, or none', async () => (await world.bus.properties()).Port !== world.port);
});
