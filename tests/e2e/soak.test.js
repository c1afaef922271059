// SPDX-License-Identifier: MIT
//
// A long run: many saves in many projects while browsers connect and disconnect. No event is lost,
// and at the end the daemon uses no more resources than at the beginning.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import WebSocket from 'ws';

import { until, within } from '../lib/events.js';
import { ORIGIN } from '../lib/wire-client.js';
import { LONG, SANITIZED, World } from '../lib/world.js';

const PROJECTS = 100;
const CLIENTS = 50;
/**
 * The number of saves: with --long they take ten minutes; SAVECAST_SOAK=1000000 takes most of an
 * hour.
 */
const SAVES = Number(process.env.SAVECAST_SOAK ?? (LONG ? 200000 : 3000));
/** Each is one save in each project. */
const ROUNDS = SAVES / PROJECTS;
/** After this many rounds the daemon has allocated all that it keeps. */
const WARM = Math.max(20, ROUNDS / 10);
/** In one of this many rounds a client disconnects in the middle, and another one connects. */
const LEAVES_EVERY = 3;

/** The possible last steps of an event, with a tab or without one. */
const ENDS = ['loaded', 'swapped', 'skipped', 'failed', 'unused', 'gone', 'no-tab', 'unchanged', 'ignored'];

/** Files are kept in memory: a disk is slower than the daemon. */
if (existsSync('/dev/shm')) {
	process.env.TMPDIR = '/dev/shm';
}

/** The reports of a tab about reload messages, in turn. */
const ANSWERS = ['loaded', 'swapped', 'loaded', 'skipped', 'unused', 'loaded', 'failed'];

/** A browser that keeps no record of what it receives. */
class Browser {
	static #made = 0;
	orders = 0;

	/**
	 * @param {World} world
	 * @param {string[]} urls one for each tab
	 */
	constructor(world, urls) {
		const profile = `soak-profile-${Browser.#made++}`;
		this.socket = new WebSocket(`ws://127.0.0.1:${world.port}/`, 'savecast.v1', { origin: ORIGIN, perMessageDeflate: false });
		this.socket.on('error', () => {});
		/** @param {object} message */
		const send = (message) => this.socket.send(JSON.stringify(message));
		this.socket.once('open', () => {
			send({ type: 'hello', browser: 'Soak', extension: '0', profile });
			for (const [tab, url] of urls.entries()) {
				send({ type: 'watch', tab, url });
			}
		});
		this.ready = new Promise((resolve, reject) => {
			let live = 0;
			this.socket.on('message', (text) => {
				const message = JSON.parse(String(text));
				if (message.type === 'tab' && message.state === 'live' && ++live === urls.length) {
					resolve(this);
				}
				for (const tab of message.type === 'reload' ? message.tabs : []) {
					const step = ANSWERS[this.orders++ % ANSWERS.length];
					if (step === 'loaded') {
						send({ type: 'report', event: message.event, tab, step: 'reloading' });
					}
					send({ type: 'report', event: message.event, tab, step });
				}
			});
			this.socket.once('close', () => reject(new Error(`${profile}: closed before its tabs were live`)));
		});
		this.ready.catch(() => {});
	}
}

/**
 * The resources that the daemon uses.
 *
 * @param {number} pid
 */
async function held(pid) {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return {
		kilobytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]),
		descriptors: (await readdir(`/proc/${pid}/fd`)).length,
		threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]),
	};
}

test(`${SAVES} saves in ${PROJECTS} projects, ${CLIENTS} browsers that connect and disconnect`, { timeout: 4 * 3600e3 }, async t => {
	const world = await World.open(t);
	// A sanitizer keeps freed memory for a while; here that would look like growth.
	world.env.ASAN_OPTIONS = [process.env.ASAN_OPTIONS, 'quarantine_size_mb=1'].filter(Boolean).join(':');
	/** @type {string[]} */
	const roots = [];
	for (let i = 0; i < PROJECTS; i++) {
		roots.push(await world.folder(`p${i}`, { 'a.css': '', 'still.css': '', 'a.css~': '' }, { git: i % 2 === 0 }));
	}
	await world.configure(`[savecast]\n\tport = ${world.port}\n` +
		roots.map((root, i) => `[savecast "${root}"]\n\turl = http://p${i}.test/\n`).join(''));
	const { process: { pid: maybe } } = await world.startDaemon();
	const pid = /** @type {number} */ (maybe);
	for (const root of roots) {
		await world.bus.call({ member: 'Track', signature: 'sa{sv}', body: [root, {}] });
	}
	await world.bus.saved(...roots.map((root) => path.join(root, 'still.css')));

	/** @param {number} i */
	const browserOf = (i) => new Browser(world,
		[0, 1, 2].map((k) => `http://p${(i * 2 + k) % PROJECTS}.test/`));
	const browsers = Array.from({ length: CLIENTS }, (_, i) => browserOf(i));
	world.atEnd.push(async () => browsers.forEach(({ socket }) => socket.terminate()));
	await within(Promise.all(browsers.map(({ ready }) => ready)), 'live tabs');

	/** @type {Record<string, number>} */
	const ends = {};
	let events = 0;
	let arrivals = 0;
	let warm = await held(pid);
	/** @type {number[]} kilobytes after each tenth */
	const tenths = [];
	const began = performance.now();
	for (let round = 0; round < ROUNDS; round++) {
		if (round === WARM) {
			warm = await held(pid);
		}
		const { LastEvent: last } = await world.bus.properties();
		const saves = roots.map((root, i) => {
			const what = (round + i) % 20;
			const name = path.join(root, what === 0 ? 'still.css' : what === 1 ? 'a.css~' : 'a.css');
			if (what > 1) {
				writeFileSync(name, `p { order: ${round * PROJECTS + i} }\n`);
			}
			return world.bus.saved(name);
		});
		if (round % LEAVES_EVERY === 0) {
			const i = (round / LEAVES_EVERY * 7) % CLIENTS;
			const { socket } = browsers[i];
			round % 2 ? socket.terminate() : socket.close(1001);
			browsers[i] = browserOf(i);
			await browsers[i].ready;
			arrivals++;
		}
		await Promise.all(saves);
		const told = await until(`round ${round}: the ends of all events`, async () => {
			const { stdout } = await world.savecast('log', '-n', '256', '--json');
			const all = stdout.trim().split('\n').map((line) => JSON.parse(line));
			const ours = all.filter((/** @type {any} */ one) => one.serial > last);
			const open = ours.find((/** @type {any} */ one) => !one.closed);
			if (open) {
				throw new Error(JSON.stringify(open));
			}
			return ours;
		});
		const { LastEvent: newest } = await world.bus.properties();
		assert.equal(told.length, newest - last, `round ${round}: each event is reported`);
		events += told.length;
		for (const { serial, steps } of told) {
			const end = steps.at(-1).step;
			assert.ok(ENDS.includes(end), `event ${serial} ends with ${end}`);
			ends[end] = (ends[end] ?? 0) + 1;
		}
		if ((round + 1) % (ROUNDS / 10) === 0) {
			tenths.push((await held(pid)).kilobytes);
		}
	}
	const seconds = (performance.now() - began) / 1000;
	const end = await held(pid);
	t.diagnostic(`${SAVES} saves, ${events} events, ${arrivals} browsers came and left, ${Math.round(seconds)} s`);
	t.diagnostic(`ends: ${JSON.stringify(ends)}`);
	t.diagnostic(`kilobytes after each tenth: ${tenths.join(' ')}`);
	t.diagnostic(`held after ${WARM} rounds ${JSON.stringify(warm)}, after all ${JSON.stringify(end)}`);
	assert.equal(end.descriptors, warm.descriptors);
	assert.equal(end.threads, warm.threads);
	// The heap may grow by a page or two; a leak of one byte per save would be more. A sanitizer's
	// heap always grows, but the sanitizer reports leaks at the end.
	assert.ok(SANITIZED || end.kilobytes <= warm.kilobytes + 1024, 'no growth');
	assert.match(String(await world.endDaemon()), /status 0/, 'no leak is reported at the end');
});
