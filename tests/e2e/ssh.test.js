// SPDX-License-Identifier: MIT
//
// Code on another account, over the real ssh: the editor runs there, without a session bus, and the
// tabs are here. Connections that break; ports that differ.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { EventLog, timeNow, until, within } from '../lib/events.js';
import { Forward } from '../lib/forward.js';
import { answers, freePort } from '../lib/ports.js';
import { slowNetwork } from '../lib/slow-network.js';
import { noSshd, siteOf, startSshd } from '../lib/sshd.js';
import { Client } from '../lib/wire-client.js';
import { LONG, SAVECAST, TOP, World } from '../lib/world.js';

const CUTS = LONG ? 50 : 3;
const SAVES = LONG ? 40 : 5;
const { random, floor } = Math;
/** Vim with our plugin, which finds savecast. */
const VIM = `PATH=${path.dirname(SAVECAST)}:$PATH vim -Nu NONE -es -c 'set runtimepath^=${TOP}/clients/vim' -c 'runtime plugin/savecast.vim'`;

/** @param {number} msec */
const pause = (msec) => new Promise((resolve) => setTimeout(resolve, msec));
/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[floor(values.length / 2)];

/** @param {Forward} forward @param {string} url */
async function watch(forward, url) {
	const client = new Client(/** @type {any} */ (forward.world));
	await client.opened;
	await client.hello();
	const { state, reason } = await client.watch(1, url);
	assert.equal(state, 'live', reason);
	client.socket.on('message', (data) => {
		const { type, event } = JSON.parse(String(data));
		if (type === 'reload') {
			client.send({ type: 'report', event, tab: 1, step: 'loaded' });
		}
	});
	return client;
}

test('another account over ssh', { skip: noSshd() }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const { there: account } = await startSshd(world);
	const { there, ssh, uid, home, sessions, as } = account;
	const { port, url } = await siteOf(world, account);
	const forward = await Forward.open(world, 'there', [...ssh(), SAVECAST, 'stdio']);
	/** A browser that connects again, as the extension does. */
	const connect = () => until('a connection', () => watch(forward, url));
	let client = await connect();
	await forward.state('connected', { mark: 0 });

	await t.test('a save by Vim there reloads the tab here', async () => {
		const { mark } = client.log;
		await there(`cd site && ${VIM} index.html -c 's/.*/by vim/' -c w -c qa`);
		await client.next('reload', { mark });
	});

	await t.test(`cut ${CUTS} times at random while saves arrive: every save after the reconnect is shown, and no other`, async () => {
		/** The events that saves have caused. @type {Set<number>} */
		const caused = new Set();
		let text = 0;
		/**
		 * Saves without ssh, so also while the connection is cut.
		 *
		 * @param {string} name
		 * @returns {Promise<number>}
		 */
		const save = async (name) => {
			await writeFile(path.join(home, 'site', name), `save ${text++}`);
			const { stdout, stderr } = await run([...as, SAVECAST, 'save', '--json', path.join(home, 'site', name)], {});
			const { event } = JSON.parse(stdout || assert.fail(stderr));
			caused.add(event);
			return event;
		};
		let over = false;
		const saving = (async () => {
			while (!over) {
				await save('index.html');
				await pause(random() * 200);
			}
		})();
		/** @type {number[]} */
		const shown = [];
		/** @param {number} mark */
		const note = (mark) => client.log.all.slice(mark).forEach(({ event: { type, event } }) => type === 'reload' && shown.push(event));
		let { mark } = client.log;
		for (let i = 0; i < CUTS; i++) {
			await pause(random() * 300);
			for (const pid of await sessions()) {
				try {
					process.kill(pid, 'SIGKILL');
				} catch {
					// It ended together with the process before it.
				}
			}
			await within(client.closed, 'the end of the connection');
			note(mark);
			client = await connect();
			mark = 0;
			const event = await save('a.css');
			await client.log.next(`the save after cut ${i + 1}`, (message) => message.type === 'reload' && message.event === event, { mark });
		}
		over = true;
		await saving;
		note(mark);
		assert.deepEqual(shown.filter((event) => !caused.has(event)), [], 'events that no save has caused');
		assert.equal(new Set(shown).size, shown.length, `events that were shown twice: ${shown}`);
		assert.ok(forward.states.all.some(({ event }) => event.state === 'lost'));
	});

	await t.test('the processes of a connection end with it', async () => {
		const count = async () => (await run(['pgrep', '--count', '--uid', String(uid), '--exact', 'savecast'], world.env)).stdout.trim();
		await until('one to be left', async () => await count() === '1');
		client.socket.close();
		await until('none to be left', async () => await count() === '0');
		client = await connect();
	});

	await t.test('a port that ssh -L maps is known as the port of the server there', async () => {
		const local = new Client(world);
		await local.hello();
		const [command, ...args] = ssh();
		const shared = path.join(world.temp, 'shared');
		/** @type {[string, string[], string[]][]} the second tunnel uses the connection of the first one, whose process then listens for both */
		const tunnels = [['tunnel', ['-N', '-M', '-S', shared], []], ['tunnel-shared', ['-S', shared], ['sleep', '1000']]];
		for (const [tab, [name, options, run]] of tunnels.entries()) {
			const mapped = await freePort();
			const tunnel = world.children.start(name, [command, ...options, '-L', `${mapped}:localhost:${port}`, ...args, ...run], { env: world.env });
			await whileAlive(tunnel, until('the tunnel', () => answers('127.0.0.1', mapped)));
			const answer = /** @type {any} */ (await local.watch(tab + 1, `http://localhost:${mapped}/`));
			assert.equal(answer.state, 'none');
			assert.match(answer.reason, /is forwarded by ssh/);
			assert.equal(answer.forwarded, port, name);
		}
		assert.equal((await client.watch(2, `http://localhost:${port}/`)).state, 'live');
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

test('the delay over the network is at most two round trips and a millisecond', { skip: noSshd() }, async t => {
	const world = await World.open(t);
	const { port: sshPort, there: account } = await startSshd(world);
	const { there, ssh, as } = account;
	const { url } = await siteOf(world, account);
	for (const roundTrip of LONG ? [0, 10, 40] : [40]) {
		const network = roundTrip ? await slowNetwork(world, sshPort, roundTrip / 2) : sshPort;
		const forward = await Forward.open(world, `there-${roundTrip}`, [...ssh('user', network), SAVECAST, 'stdio']);
		const witness = world.children.start(`witness-${roundTrip}`, [...as, process.execPath, path.join(TOP, 'tests/lib/witness.js'), url, SAVECAST, 'stdio'],
			{ env: process.env, stdout: 'pipe' });
		/** @type {EventLog<any>} */
		const seen = new EventLog();
		createInterface(/** @type {any} */ (witness.process.stdout)).on('line', (line) => seen.push(JSON.parse(line)));
		await seen.next('the witness', ({ state }) => state === 'live', { mark: 0 });
		// ssh sometimes ends before it has a session: connects again then, like the extension.
		const client = await until('a connection over the network', () => watch(forward, url).catch(() => undefined), { every: 1000 });
		/** @type {Map<number, number>} */
		const here = new Map();
		client.socket.on('message', (data) => {
			const now = timeNow();
			const { type, event } = JSON.parse(String(data));
			if (type === 'reload') {
				here.set(event, now);
			}
		});
		// One Vim makes all saves, and records when.
		const saving = `for i in range(${SAVES}) | call setline(1, "${roundTrip} " . i) |
			call writefile([reltimestr(reltime())], "times-${roundTrip}", "a") | write | sleep 150m | endfor`.replace(/\s+/g, ' ');
		const vim = await there(`cd site && ${VIM} index.html -c '${saving}' -c qa; cat times-${roundTrip}`);
		const saves = vim.stdout.split('\n').filter(Boolean).map((text) => Number(text) * 1e3);
		assert.equal(saves.length, SAVES, vim.stderr);
		const times = await until('all saves in both places', () => {
			const both = seen.all.map(({ event }) => event).filter(({ event }) => here.has(event))
				.map(({ event, msec }) => ({ local: msec, far: Number(here.get(event)) }));
			return both.length === SAVES ? both : null;
		});
		const local = median(times.map((one, i) => one.local - saves[i]));
		const far = median(times.map((one, i) => one.far - saves[i]));
		t.diagnostic(`from :write there, round trip ${roundTrip} ms: ${local.toFixed(2)} ms to a message there, ${far.toFixed(2)} ms to one here`);
		assert.ok(local > 0 && local < 1000, `Vim has the same clock: ${local}`);
		const later = times.map((one) => one.far - one.local);
		assert.ok(Math.max(...later) >= roundTrip / 2, `${later} ms: the delay is on the way`);
		// The best of them: the others depend on the load of the machine.
		assert.ok(Math.min(...later) <= 2 * roundTrip + 1, `${later} ms later than there, with a round trip of ${roundTrip} ms`);
		client.socket.close();
		witness.process.kill();
	}
});
