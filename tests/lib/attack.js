// SPDX-License-Identifier: MIT
/** What the tests of hostile files and programs share. */
import assert from 'node:assert/strict';

import { run } from './children.js';
import { until, within } from './events.js';
import { Client } from './wire-client.js';

/** The longest time until the daemon answers, on a busy machine. What it must not do takes minutes. */
export const BRISK_MSEC = 20000;

/** The daemon answers soon. @param {import('./world.js').World} world @param {string} what */
export const brisk = (world, what) => within(world.bus.properties(), `an answer after ${what}`, BRISK_MSEC);

/** @param {string} name */
export async function fifo(name) {
	assert.equal((await run(['mkfifo', name], process.env)).status, 0);
}

/** The steps of an event. @param {import('./world.js').World} world @param {number} serial */
export const steps = (world, serial) => until(`event ${serial} to be closed`, async () => {
	const event = (await world.bus.events()).find((/** @type {any} */ one) => one.serial === serial);
	return event?.closed && event.steps.map((/** @type {any} */ one) => one.step);
});

/** A browser with one tab on a file of this folder. @param {import('./world.js').World} world @param {string} root */
export async function browserOn(world, root) {
	const client = new Client(world);
	await client.hello();
	client.send({ type: 'watch', tab: 1, url: `file://${root}/index.html` });
	await client.log.next('live', ({ state }) => state === 'live', { mark: 0 });
	return client;
}

/** Everything that the daemon sent to a browser. @param {Client} client */
export const told = (client) => JSON.stringify(client.log.all.map(({ event }) => event));
