// SPDX-License-Identifier: MIT
/**
 * Saves as fast as one client can report them: each file was changed, and all are in one project.
 */
import { openSync, writeSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import path from 'node:path';

import { SAVECAST } from '../../tests/lib/world.js';
import { atDesk, browserWith, projects } from '../lib/desk.js';
import { memory } from '../lib/memory.js';

/** `savecast save --stdin` reports them in one call, like an editor that saves all files. */
const FILES = 1000;
const PATIENCE_MSEC = 120000;

/** @param {number} saves @returns {Promise<(string | number)[][]>} */
export const bursts = saves => atDesk(async world => {
	const [site] = await projects(world, 1);
	const daemon = await world.startDaemon();
	const pid = daemon.process.pid ?? 0;
	const { log } = await browserWith(world, [site.url]);
	const files = Array.from({ length: FILES }, (_, i) => path.join(site.root, 'many', `${i}.html`));
	await mkdir(path.join(site.root, 'many'));
	await Promise.all(files.map(file => writeFile(file, '0')));
	await world.bus.saved(...files.slice(0, 500));
	await world.bus.saved(...files.slice(500));
	const before = (await memory(pid)).rss;
	const { mark } = log;
	const fds = files.map(file => openSync(file, 'w'));

	const begun = performance.now();
	const job = spawn(SAVECAST, ['save', '--stdin'], { env: world.env, stdio: ['pipe', 'ignore', 'ignore'] });
	for (let i = 0; i < saves; i++) {
		writeSync(fds[i % FILES], String(1 + Math.floor(i / FILES) % 9), 0);
		if (!job.stdin.write(`${files[i % FILES]}\n`)) {
			await once(job.stdin, 'drain');
		}
	}
	job.stdin.end();
	await once(job, 'exit');
	// One more change is part of the burst's last event, or follows it.
	await writeFile(site.page, 'the end');
	const last = await world.bus.saved(site.page);
	await log.next('the end of the burst', message => message.type === 'reload' && message.event === last,
		{ mark, msec: PATIENCE_MSEC });
	const seconds = (performance.now() - begun) / 1000;
	const told = log.all.slice(mark).filter(({ event }) => event.type === 'reload').length;
	return [[String(saves), seconds, seconds * 1e6 / saves, String(told), before, (await memory(pid)).rss]];
});
