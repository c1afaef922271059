// SPDX-License-Identifier: MIT
/**
 * The session bus that the daemon uses: the user's, or a separate one.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { busConfig } from './bus-config.js';
import { until } from './events.js';
import { run, whileAlive } from './children.js';

const NAME = 'io.github.savecast.Daemon1';

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean | undefined>} undefined if there is no bus
 */
export async function daemonIsOnBus(env) {
	// A question to the bus itself does not start the daemon.
	const { status, stdout } = await run(['dbus-send', '--session', '--print-reply=literal',
		'--reply-timeout=5000', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus',
		'org.freedesktop.DBus.NameHasOwner', `string:${NAME}`], env);
	return status === 0 ? stdout.includes('true') : undefined;
}

/** The user's bus, if the environment names one. */
function usersAddress() {
	const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime } = process.env;
	if (address) {
		return address;
	}
	const socket = runtime && path.join(runtime, 'bus');
	return socket && existsSync(socket) ? `unix:path=${socket}` : undefined;
}

/**
 * @param {import('./children.js').Children} children
 * @param {string} temp
 * @returns {Promise<{address: string, what: string}>}
 */
export async function openBus(children, temp) {
	const users = usersAddress();
	let why = 'there is none here';
	if (users) {
		const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: users };
		switch (await daemonIsOnBus(env)) {
		case false:
			return { address: users, what: 'your session bus' };
		case true:
			why = 'a savecastd runs on yours already, and is left alone';
			break;
		default:
			why = 'yours does not answer';
		}
	}

	const socket = path.join(temp, 'bus');
	const address = `unix:path=${socket}`;
	const config = path.join(temp, 'bus.conf');
	await writeFile(config, busConfig(address));
	const daemon = children.start('bus', ['dbus-daemon', '--nofork', `--config-file=${config}`]);
	const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address };
	await whileAlive(daemon, until('the bus',
		async () => await daemonIsOnBus(env) !== undefined));
	return { address, what: `a session bus of its own (${why})` };
}
