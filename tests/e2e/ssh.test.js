// SPDX-License-Identifier: MIT
//
// Code on another account over the real ssh: no bus there, an editor there, the tabs here; a
// connection that breaks; ports that differ.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { whileAlive } from '../lib/children.js';
import { until, within } from '../lib/events.js';
import { Forward } from '../lib/forward.js';
import { answers, freePort } from '../lib/ports.js';
import { noSshd, startSshd } from '../lib/sshd.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SAVECAST, TOP, World } from '../lib/world.js';

const CUTS = LONG ? 50 : 3;

test('another account over ssh', { skip: noSshd() }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const { there, ssh, home, uid, sessions } = await startSshd(world);
	const port = await freePort();
	const made = await there(`mkdir site && cd site && git init -q . && echo one >index.html && echo one >a.css`);
	assert.equal(made.status, 0, made.stderr);
	const server = world.children.start('server-there', ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', process.execPath,
		path.join(TOP, 'tests/lib/site-server.js'), String(port)], { cwd: path.join(home, 'site'), env: { ...process.env, HOME: home } });
	await whileAlive(server, until('the server', () => answers('127.0.0.1', port)));
	const forward = await Forward.open(world, 'there', [...ssh(), SAVECAST, 'stdio']);
	const url = `http://localhost:${port}/`;
	const save = `cd site && echo $(date +%N) >index.html && ${SAVECAST} save index.html`;

	/** A browser that connects again, as the extension does. */
	const connect = () => until('a connection', async () => {
		const client = new Client(/** @type {any} */ (forward.world));
		await client.opened;
		await client.hello();
		const { state, reason } = await client.watch(1, url);
		assert.equal(state, 'live', reason);
		return client;
	});
	let client = await connect();
	await forward.state('connected', { mark: 0 });

	await t.test('a save by Vim there reloads the tab here', async () => {
		const { mark } = client.log;
		const vim = await there(`cd site && vim -Nu NONE -es -c 'set runtimepath^=${TOP}/clients/vim' -c 'runtime plugin/savecast.vim' index.html -c 's/.*/by vim/' -c w -c qa`);
		const saved = vim.status === 127 ? await there(save) : vim;
		assert.ok(saved.status === 0 || saved.status === 1, saved.stderr);
		const { event } = await client.next('reload', { mark });
		client.send({ type: 'report', event, tab: 1, step: 'loaded' });
	});

	await t.test('the delay that ssh adds', async () => {
		// From the daemon's step to the message here, and back for the report.
		const took = [];
		for (let i = 0; i < 10; i++) {
			const { mark } = client.log;
			const began = performance.now();
			client.send({ type: 'watch', tab: 1, url });
			await client.log.next('its answer', ({ type }) => type === 'tab', { mark });
			took.push(performance.now() - began);
		}
		took.sort((a, b) => a - b);
		t.diagnostic(`question and answer through ssh: median ${took[5].toFixed(2)} ms`);
	});

	await t.test(`cut ${CUTS} times, each later save reloads the tab once`, async () => {
		for (let i = 0; i < CUTS; i++) {
			const all = await sessions();
			const saving = i % 2 ? there(save) : undefined; // arrives as the connection ends
			all.forEach((pid) => process.kill(pid, 'SIGKILL'));
			await within(client.closed, 'the end of the connection');
			await saving;
			client = await connect();
			const { mark } = client.log;
			assert.equal((await there(save)).status, 0);
			const { event } = await client.next('reload', { mark });
			client.send({ type: 'report', event, tab: 1, step: 'loaded' });
			assert.equal(client.log.all.slice(mark).filter((one) => one.event.type === 'reload').length, 1);
		}
		assert.ok(forward.states.all.some(({ event }) => event.state === 'lost'));
	});

	await t.test('a port that ssh -L forwards shows the server at the other end', async () => {
		const mapped = await freePort();
		const [command, ...args] = ssh();
		const tunnel = world.children.start('tunnel', [command, '-N', '-L', `${mapped}:localhost:${port}`, ...args], { env: world.env });
		await whileAlive(tunnel, until('the tunnel', () => answers('127.0.0.1', mapped)));
		const local = new Client(world);
		await local.hello();
		const answer = /** @type {any} */ (await local.watch(1, `http://localhost:${mapped}/`));
		assert.equal(answer.state, 'none');
		assert.match(answer.reason, /is forwarded by ssh/);
		assert.equal(answer.forwarded, port);
		assert.equal((await client.watch(2, `http://localhost:${answer.forwarded}/`)).state, 'live');
	});

	await t.test('a key that is not accepted is reported once', async () => {
		const wrong = await Forward.open(world, 'wrong', [...ssh('stranger'), SAVECAST, 'stdio']);
		const one = new Client(/** @type {any} */ (wrong.world));
		await assert.rejects(one.opened);
		assert.match((await wrong.state('failed', { mark: 0 })).reason ?? '', /Permission denied/);
	});

	// Its daemon has a bus of its own, because that account has none.
	assert.match(await readFile(`/tmp/savecast-${uid}/log`, 'utf8'), /ready/);
});
