// SPDX-License-Identifier: MIT
//
// Clocks that jump, and machines that are suspended.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Client } from '../lib/wire-client.js';
import { SANITIZED, SAVECASTD, World } from '../lib/world.js';

/** The wall clock is different each time it is read: years ahead, then years back. */
const JUMPING = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>
static long jump(void) { static long n; return (++n % 2 ? 1 : -1) * 100000000L; }
int clock_gettime(clockid_t id, struct timespec *t)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
	int r = real(id, t);
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) t->tv_sec += jump();
	return r;
}
int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	t->tv_sec = now.tv_sec;
	t->tv_usec = now.tv_nsec / 1000;
	return 0;
}
time_t time(time_t *t)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (t) *t = now.tv_sec;
	return now.tv_sec;
}
`;

/**
 * A browser's tab, bursts of saves, and the resulting events. A burst needs a timer: one of the wall
 * clock would end years later, or at once.
 *
 * @param {World} world
 */
async function works(world) {
	const root = await world.folder('site', { 'a.css': '', '.savecast': '[savecast]\n\turl = http://site.test/\n' }, { git: true });
	await world.trust(root);
	const file = path.join(root, 'a.css');
	await world.bus.saved(file);
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: 'http://site.test/' });
	await client.log.next('live', ({ type, state }) => type === 'tab' && state === 'live', { mark: 0 });
	for (let i = 0; i < 10; i++) {
		await writeFile(file, `p { order: ${Math.random()} }`);
		await world.bus.saved(file);
		await writeFile(file, `p { order: ${Math.random()} }`);
		const mark = client.log.mark;
		const event = await world.bus.saved(file);
		await client.log.next('the burst', (message) => message.type === 'reload' && message.event === event, { mark: Math.max(0, mark - 1) });
	}
	return client;
}

/** @param {World} world @param {string[]} wrapper @param {object} [env] */
async function startUnder(world, wrapper, env = {}) {
	const daemon = world.children.start('savecastd', [...wrapper, SAVECASTD], { env: { ...world.env, ...env } });
	await whileAlive(daemon, until('savecastd on the bus', () => world.bus.daemonRuns(), { every: 5 }));
	return /** @type {number} */ (daemon.process.pid);
}

test('jumps of the wall clock do not affect timers', { skip: SANITIZED && 'a sanitizer must be the first library that is loaded' }, async t => {
	const world = await World.open(t);
	const [source, library] = [path.join(world.temp, 'jump.c'), path.join(world.temp, 'jump.so')];
	await writeFile(source, JUMPING);
	const made = await run(['cc', '-shared', '-fPIC', '-o', library, source, '-ldl'], process.env);
	assert.equal(made.status, 0, made.stderr);
	await startUnder(world, [], { LD_PRELOAD: library });
	await works(world);
	const times = (await world.bus.events()).map((/** @type {any} */ one) => one.time / 1e6 - Date.now() / 1000);
	assert.ok(times.every((/** @type {number} */ off) => Math.abs(off) > 9e7), 'the clock did jump');
});

test('a machine that has just started, and one that has run for years', async t => {
	const able = await run(['unshare', '--user', '--map-root-user', '--time', '--monotonic', '1', 'true'], process.env);
	if (able.status !== 0) {
		t.skip(`no time namespace can be made here: ${able.stderr.trim()}`);
		return;
	}
	const up = Math.floor(Number(process.hrtime.bigint() / 1000000000n));
	for (const offset of [1 - up, 10 * 365 * 86400]) {
		const world = await World.open(t);
		// unshare forks: its child has the changed clock.
		await startUnder(world, ['unshare', '--user', '--map-root-user', '--time', '--fork', '--kill-child',
			'--monotonic', String(offset), '--boottime', String(offset)]);
		await works(world);
		const { started } = (await world.bus.events()).at(-1);
		assert.ok(Math.abs(started / 1e6 - Number(process.hrtime.bigint()) / 1e9 - offset) < 60, 'the clock was another one');
		await world.close();
	}
});

test('after a suspend no connection is closed, and calls that came meanwhile are handled', async t => {
	const world = await World.open(t);
	const pid = await startUnder(world, []);
	const client = await works(world);
	const mark = client.log.mark;
	process.kill(pid, 'SIGSTOP');
	const file = path.join(world.home, 'site/a.css');
	await writeFile(file, 'p { order: 1000 }');
	const saved = world.bus.saved(file);
	client.send({ type: 'watch', tab: 2, url: 'http://site.test/two' });
	// Longer than the deadlines for `hello`, for progress and for a handshake. (While a machine
	// is suspended, the monotonic clock stops, too: a process that is stopped is the harder case.)
	await new Promise((resolve) => setTimeout(resolve, 6000));
	process.kill(pid, 'SIGCONT');
	assert.ok(await saved);
	await client.log.next('the reload', ({ type }) => type === 'reload', { mark });
	await client.log.next('the answer', ({ type, tab }) => type === 'tab' && tab === 2, { mark });
	await writeFile(file, 'p { order: 1001 }');
	const event = await world.bus.saved(file);
	await client.log.next('the next reload', (message) => message.type === 'reload' && message.event === event, { mark });
	assert.equal(client.socket.readyState, client.socket.OPEN);
});
