// SPDX-License-Identifier: MIT
/**
 * From the D-Bus call Saved to the WebSocket frame, in turns with the floor (bench/floor.c: what every
 * daemon with these libraries needs). The client is in C, too: bench/probe.c.
 */
import path from 'node:path';

import { until } from '../../tests/lib/events.js';
import { run, whileAlive } from '../../tests/lib/children.js';
import { answers, freePort } from '../../tests/lib/ports.js';
import { BUILD, atDesk, projects } from '../lib/desk.js';
import { TIMES, times } from '../lib/report.js';
import { summary } from '../lib/stats.js';

const FLOOR = 'io.github.savecast.Floor1';
/** Longer than a burst's quiet time: each save is sent at once. */
const GAP_MSEC = 35;

/**
 * @param {import('../../tests/lib/world.js').World} world
 * @returns {Promise<number>} its port
 */
async function startFloor(world) {
	const port = await freePort();
	const floor = world.children.start('floor', [path.join(BUILD, 'bench/bench-floor'), FLOOR, String(port)],
		{ env: world.env });
	await whileAlive(floor, until('the floor', () => answers('127.0.0.1', port)));
	await whileAlive(floor, until('the floor on the bus', async () => (await world.bus.call({
		destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus',
		member: 'NameHasOwner', signature: 's', body: [FLOOR],
	}))[0]));
	return port;
}

/** @param {number} rounds @returns {Promise<{savecast: number[], floor: number[]}>} ms */
export function callToFrame(rounds) {
	return atDesk(async world => {
		// Not watched on disk: the daemon may notice the save there before the call, which then has no effect.
		const [site] = await projects(world, 1, 1, false);
		await world.startDaemon();
		const port = await startFloor(world);
		const { status, stdout, stderr } = await run([path.join(BUILD, 'bench/bench-probe'),
			String(rounds), String(GAP_MSEC),
			`io.github.savecast.Daemon1,${world.port},${site.page},${site.url}`,
			`${FLOOR},${port},${path.join(world.temp, 'floor.html')}`], world.env);
		if (status !== 0) {
			throw new Error(stderr);
		}
		/** @type {number[][]} */
		const taken = [[], []];
		for (const [, target, nsec] of stdout.matchAll(/^(\d) (\d+)$/gm)) {
			taken[Number(target)].push(Number(nsec) / 1e6);
		}
		// The first save of a file makes its project known.
		return { savecast: taken[0].slice(1), floor: taken[1].slice(1) };
	});
}

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const { savecast, floor } = await callToFrame(quick ? 200 : 1500);
	const own = summary(savecast), least = summary(floor);
	if (!own || !least) {
		throw new Error('bench-probe printed no times');
	}
	const ratio = own.p50 / least.p50;
	const added = ((own.p50 - least.p50) * 1000).toFixed(0);
	return {
		title: 'Saved call to message',
		about: 'From the D-Bus call `Saved`, of a page that has changed, to the frame at a WebSocket client. '
			+ 'The floor is a program with the same two libraries that echoes, and does nothing else; '
			+ 'the two take turns.',
		tables: [{ head: TIMES, rows: [times('savecast', savecast), times('the floor', floor)] }],
		goals: [
			{ what: 'p50 within 1.5 times the floor', met: ratio <= 1.5, measured: `${ratio.toFixed(2)} times`,
				why: `The daemon adds ${added} us, mostly for code and names that are no longer in the CPU's caches since the `
					+ 'last save. A profile shows three parts: libgit2, which checks whether an ignore rule has changed; reading what '
					+ 'was saved, to see whether it is new; and the message and the log. To watch the ignore files instead of '
					+ 'checking them each time would meet the goal, for some watches per project' },
			{ what: 'p50 below 0.25 ms', met: own.p50 < 0.25, measured: `${own.p50.toFixed(3)} ms`,
				why: `The floor alone takes ${least.p50.toFixed(3)}: two hops through dbus-daemon and one through the loopback, `
					+ 'and each must wake a process. A faster bus (dbus-broker), or a separate socket of the '
					+ 'daemon for editors, would meet the goal' },
			{ what: 'p99 below 1 ms', met: own.p99 < 1, measured: `${own.p99.toFixed(3)} ms`,
				why: `The floor's is ${least.p99.toFixed(3)} ms: the scheduler causes the delay. An idle machine meets the goal` },
		],
	};
}
