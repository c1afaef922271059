// SPDX-License-Identifier: MIT
/** What most tests start with: a daemon, a folder, and VS Code with that folder. */
import path from 'node:path';

import { launchChromium } from '../browser/chromium.js';
import { until } from '../events.js';
import { withoutBus } from '../without-bus.js';
import { World } from '../world.js';
import { startCodeServer } from './code-server.js';
import { Workbench } from './workbench.js';

/**
 * @param {import('node:test').TestContext} t
 * @param {object} options
 * @param {Record<string, string>} options.files
 * @param {object} [options.settings] settings of VS Code
 * @param {boolean} [options.daemon] by default, true
 * @param {string} [options.services] see World.open
 * @param {boolean} [options.session] false: its programs find no session bus
 */
export async function openDesk(t, { files, settings, daemon = true, services, session = true }) {
	const world = session ? await World.open(t, { services }) : (await withoutBus(t)).world;
	if (daemon) {
		await world.startDaemon();
	}
	const root = await world.folder('site', files, { git: true });
	const [browser, code] = await Promise.all([
		// A browser does not survive the end of its bus.
		launchChromium({ env: { ...world.env, DBUS_SESSION_BUS_ADDRESS: 'disabled:' } }),
		startCodeServer(world, { settings }),
	]);
	world.atEnd.push(() => browser.close());
	const workbench = await Workbench.open(browser, code.url, root);
	const file = (/** @type {string} */ name) => path.join(root, name);
	return {
		world, root, browser, code, workbench, file,

		/**
		 * @param {string} name
		 * @param {{after?: number}} [options] after: the event's serial number is greater
		 * @returns {Promise<any>} the event of this file
		 */
		heard: (name, { after = 0 } = {}) => until(`an event with ${name}`, async () =>
			(await world.bus.events()).find((/** @type {any} */ { serial, files: names }) =>
				serial > after && names.includes(file(name)))),
	};
}

/**
 * The same with the FastAPI example, and a switched-on tab of it beside the tab of VS Code.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('../browser/firefox.js').Options} [options] of the browser
 */
export async function openSite(t, options) {
	const world = await World.open(t);
	await world.startDaemon();
	const { root, url, template } = await world.fastapi('potato');
	const browser = await world.browser('chromium', options);
	const code = await startCodeServer(world);
	const site = await browser.newPage(url);
	await site.clickAction();
	const workbench = await Workbench.open(browser, code.url, root);
	await workbench.status('savecast: 1 tab');
	return { world, root, browser, site, workbench, template };
}
