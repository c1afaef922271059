// SPDX-License-Identifier: MIT
/**
 * A daemon that is not running: D-Bus starts it for the first call. Also `savecast save` as a
 * whole process.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { SAVECAST, SAVECASTD, World } from '../../tests/lib/world.js';
import { until } from '../../tests/lib/events.js';
import { NAME } from '../../tests/lib/bus-client.js';
import { atDesk, projects } from '../lib/desk.js';
import { TIMES, times } from '../lib/report.js';
import { summary } from '../lib/stats.js';

/**
 * A call to a daemon that is not running, until its answer.
 *
 * @param {World} world
 * @param {() => Promise<unknown>} call
 */
async function activation(world, call) {
	const begun = performance.now();
	await call();
	const taken = performance.now() - begun;
	process.kill(await world.bus.daemonPid(), 'SIGTERM');
	await until('its end', async () => !await world.bus.daemonRuns(), { every: 5 });
	return taken;
}

/** @param {string[]} command @param {NodeJS.ProcessEnv} env */
async function wholeProcess([command, ...args], env) {
	const begun = performance.now();
	const child = spawn(command, args, { env, stdio: 'ignore' });
	const [status] = await once(child, 'exit');
	const taken = performance.now() - begun;
	if (status !== 0) {
		throw new Error(`${command} ${args.join(' ')}: status ${status}`);
	}
	return taken;
}

/** @param {number} rounds */
async function activations(rounds) {
	const services = await mkdtemp(path.join(os.tmpdir(), 'savecast-services-'));
	await writeFile(path.join(services, `${NAME}.service`), `[D-BUS Service]\nName=${NAME}\nExec=${SAVECASTD}\n`);
	const status = /** @type {number[]} */ ([]), saved = /** @type {number[]} */ ([]);
	try {
		await atDesk(async world => {
			const [site] = await projects(world, 1);
			await rm(path.join(world.temp, 'config/savecast/config')); // Most users have no rules.
			for (let i = 0; i <= rounds; i++) {
				status.push(await activation(world, () => world.bus.properties()));
				writeFileSync(site.page, String(i));
				saved.push(await activation(world, () => world.bus.saved(site.page)));
			}
		}, { services });
	} finally {
		await rm(services, { recursive: true });
	}
	return { status: status.slice(1), saved: saved.slice(1) };
}

/** @param {number} rounds */
const processes = rounds => atDesk(async world => {
	const [site] = await projects(world, 1);
	await world.startDaemon();
	const save = /** @type {number[]} */ ([]), nothing = /** @type {number[]} */ ([]);
	for (let i = 0; i <= rounds; i++) {
		writeFileSync(site.page, String(i));
		save.push(await wholeProcess([SAVECAST, 'save', site.page], world.env));
		nothing.push(await wholeProcess(['/bin/true'], world.env));
	}
	return { save: save.slice(1), nothing: nothing.slice(1) };
});

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const { status, saved } = await activations(quick ? 5 : 40);
	const { save, nothing } = await processes(quick ? 20 : 300);
	const first = summary(status)?.p50 ?? NaN;
	const whole = summary(save)?.p50 ?? NaN, nothings = summary(nothing)?.p50 ?? NaN;
	const added = whole - nothings;
	return {
		title: 'Start',
		about: 'The bus starts savecastd for a call and passes the call on; the clock runs until the answer. The first save also '
			+ 'loads libgit2. Then a whole `savecast save FILE`, and `/bin/true`, which shows what it takes to start any process '
			+ 'here.',
		tables: [{ head: TIMES, rows: [
			times('activation until the first answer', status), times('activation by a save, until its answer', saved),
			times('savecast save FILE', save), times('/bin/true', nothing),
		] }],
		goals: [
			{ what: 'activation within 15 ms', met: first <= 15, measured: `${first.toFixed(1)} ms` },
			{ what: '`savecast save` within 2 ms', met: whole <= 2, measured: `${whole.toFixed(2)} ms`,
				why: `Starting any process takes ${nothings.toFixed(2)} ms, as /bin/true shows; the rest is the work of \`savecast save\`: `
					+ 'connecting to the bus, calling, and waiting for the answer' },
			{ what: '`savecast save` within 2 ms beyond /bin/true', met: added <= 2, measured: `${added.toFixed(2)} ms` },
		],
	};
}
