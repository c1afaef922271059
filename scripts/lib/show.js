// SPDX-License-Identifier: MIT
/**
 * What all parts of a demonstration share: a temporary folder, which is also the
 * home folder of all processes except the user's own server; a bus, a daemon and a
 * browser.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { launchChromium } from '../../tests/lib/browser/chromium.js';
import { until } from '../../tests/lib/events.js';
import { daemonIsOnBus, openBus } from '../../tests/lib/bus.js';
import { Children, whileAlive } from '../../tests/lib/children.js';
import { freePort } from '../../tests/lib/ports.js';
import { vimSettings } from '../../tests/lib/vim.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = path.join(TOP, process.env.SAVECAST_BUILD ?? 'build', 'daemon');
export const SAVECAST = path.join(BUILD, 'savecast');

/**
 * @param {string} what
 * @param {string} text
 */
export function say(what, text) {
	console.log(`${what.padEnd(8)} ${text}`);
}

export class Show {
	/** @type {Promise<import('../../tests/lib/browser/chromium.js').Chromium> | undefined} */
	browser;

	/** @param {string} temp */
	constructor(temp) {
		this.temp = temp;
		this.logs = path.join(temp, 'logs');
		this.children = new Children(this.logs);
		/** @type {NodeJS.ProcessEnv} */
		this.env = {
			...process.env,
			HOME: path.join(temp, 'home'),
			XDG_CONFIG_HOME: path.join(temp, 'config'),
			XDG_STATE_HOME: path.join(temp, 'state'),
			XDG_CACHE_HOME: path.join(temp, 'cache'),
			XDG_DATA_HOME: path.join(temp, 'data'),
			// A display may need files of the real home folder.
			XAUTHORITY: process.env.XAUTHORITY ?? path.join(os.homedir(), '.Xauthority'),
		};
	}

	async bus() {
		const { address, what } = await openBus(this.children, this.temp);
		this.env.DBUS_SESSION_BUS_ADDRESS = address;
		say('bus', what);
	}

	async daemon() {
		// Not the default port, to which the user's own browser connects.
		const port = await freePort();
		const config = path.join(this.temp, 'config/savecast');
		await mkdir(config, { recursive: true });
		await writeFile(path.join(config, 'config'), `[savecast]\n\tport = ${port}\n`);
		const daemon = this.children.start('daemon', [path.join(BUILD, 'savecastd')], { env: this.env });
		await whileAlive(daemon, until('savecastd on the bus', () => daemonIsOnBus(this.env)));
		say('daemon', `savecastd, listening on port ${port}`);
		return { daemon, port };
	}

	/** @param {number} port of the daemon */
	openBrowser(port) {
		const headless = !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
		this.browser = launchChromium({
			extension: path.join(TOP, 'browser-ext'),
			port,
			headless,
			args: process.env.DISPLAY || headless ? [] : ['--ozone-platform=wayland'],
			env: this.env,
		});
		return { browser: this.browser, headless };
	}

	/** Commands for the user's other terminal, whose environment does not have this bus. */
	async wrappers() {
		const settings = path.join(this.temp, 'settings.vim');
		await writeFile(settings, vimSettings(SAVECAST));
		const wrap = async (/** @type {string} */ name, /** @type {string} */ line) => {
			const file = path.join(this.temp, name);
			await writeFile(file, `#!/bin/sh\nexport DBUS_SESSION_BUS_ADDRESS='${
				this.env.DBUS_SESSION_BUS_ADDRESS}'\nexec ${line} "$@"\n`, { mode: 0o755 });
			return file;
		};
		return {
			vim: await wrap('vim', `vim --cmd 'source ${settings}'`),
			savecast: await wrap('savecast', `'${SAVECAST}'`),
		};
	}

	async end() {
		const browser = await this.browser?.catch(() => undefined);
		await browser?.close();
		await this.children.stopAll();
	}
}
