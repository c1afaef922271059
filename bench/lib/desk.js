// SPDX-License-Identifier: MIT
/** A user's session for a measurement, like the sessions of the tests: see tests/lib/world.js. */
import path from 'node:path';

import { SAVECASTD, World } from '../../tests/lib/world.js';
import { Client } from '../../tests/lib/wire-client.js';

export const BUILD = path.dirname(path.dirname(SAVECASTD));

/**
 * Opens a world, passes it to the work, and closes it again.
 *
 * @template T
 * @param {(world: World) => Promise<T>} work
 * @param {{services?: string}} [options] of World.open()
 * @returns {Promise<T>}
 */
export async function atDesk(work, options) {
	/** @type {(() => unknown)[]} */
	const ends = [];
	const world = await World.open(/** @type {any} */ ({ after: (/** @type {() => unknown} */ end) => ends.push(end) }), options);
	try {
		return await work(world);
	} finally {
		for (const end of ends.reverse()) {
			await end();
		}
	}
}

/** The URL of a project that no server serves: one of the user's rules names it. */
export const urlOf = (/** @type {string} */ name) => `http://${name}.test/`;

/**
 * Creates git work trees, each with a page and a style sheet. The last ones have a rule for their
 * tabs in the settings; not all, since the size of the settings file is limited.
 *
 * @param {World} world
 * @param {number} count
 * @param {number} [ruled] how many have a rule; by default, all
 * @param {boolean} [watch] false: only reported changes cause events
 * @returns {Promise<{root: string, page: string, style: string, url: string}[]>}
 */
export async function projects(world, count, ruled = count, watch = true) {
	const all = [];
	let config = `[savecast]\n\tport = ${world.port}\n${watch ? '' : '\twatch = false\n'}`;
	for (let i = 0; i < count; i++) {
		const name = `site${i}`;
		const root = await world.folder(name,
			{ 'index.html': `<h1>${i}</h1>\n`, 'style.css': `p { margin: ${i}px }\n` }, { git: true });
		if (i >= count - ruled) {
			config += `[savecast "${root}"]\n\turl = ${urlOf(name)}*\n`;
		}
		all.push({ root, page: path.join(root, 'index.html'), style: path.join(root, 'style.css'), url: urlOf(name) });
	}
	await world.configure(config);
	return all;
}

/**
 * A browser with these tabs, all of them live.
 *
 * @param {World} world
 * @param {string[]} urls
 * @param {string} [profile]
 */
export async function browserWith(world, urls, profile = 'bench-browser') {
	const client = new Client(world);
	await client.hello(profile);
	const live = urls.map((url, tab) => client.log.next(`tab ${tab} to be live`,
		message => message.type === 'tab' && message.tab === tab && message.state === 'live'));
	urls.forEach((url, tab) => client.send({ type: 'watch', tab, url }));
	await Promise.all(live);
	return client;
}
