// SPDX-License-Identifier: MIT
/**
 * A real systemd of a user, in namespaces of its own, with savecast's units installed.
 */
import { chown, copyFile, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';

import { Bus } from './bus-client.js';
import { noMounts } from './namespaces.js';
import { SANITIZED, SAVECAST, SAVECASTD, World } from './world.js';
import { run, whileAlive } from './children.js';
import { until, within } from './events.js';
import { freePort } from './ports.js';

/** An account without privileges and without files of its own. */
const WHO = 'nobody';
const SCRIPT = new URL('user-manager.sh', import.meta.url).pathname;
const DATA = path.join(path.dirname(SAVECASTD), 'data');
const SOURCE = new URL('../../daemon/data/', import.meta.url).pathname;

/** @returns {string | false} why it cannot run here */
export function noUserManager() {
	for (const file of ['/lib/systemd/systemd', '/usr/lib/systemd/user/dbus.socket', '/usr/bin/unshare', '/usr/bin/nsenter']) {
		if (!existsSync(file)) {
			return `${file} is not there (Debian: systemd, dbus-user-session, util-linux)`;
		}
	}
	return noMounts();
}

/** A world whose session is systemd's; only systemd and the bus start its daemon. */
export class UserManager extends World {
	/** @type {number} the first process in the namespaces */
	#inside = 0;

	/** @param {import('node:test').TestContext} t */
	static async open(t) {
		const temp = await mkdtemp(path.join(await realpath(os.tmpdir()), 'savecast-test-'));
		const world = new UserManager(temp, await freePort());
		t.after(() => world.close());
		await world.install();
		await world.configure(`[savecast]\n\tport = ${world.port}\n`);
		await world.startManager();
		return world;
	}

	get units() {
		return path.join(this.temp, 'config/systemd/user');
	}

	/** Like `meson install` with another prefix, and with a free port. */
	async install() {
		for (const folder of ['logs', 'home', 'run', 'bin', 'config/savecast', 'config/systemd/user', 'data/dbus-1/services']) {
			await mkdir(path.join(this.temp, folder), { recursive: true });
		}
		const bin = path.join(this.temp, 'bin');
		await copyFile(SAVECASTD, path.join(bin, 'savecastd'));
		await copyFile(SAVECAST, path.join(bin, 'savecast'));
		const moved = async (/** @type {string} */ from, /** @type {string} */ to) => {
			const text = await readFile(from, 'utf8');
			await writeFile(path.join(this.temp, to, path.basename(from)), text
				.replace(/^(Exec(?:Start)?=).*\/(savecastd?)\b/m, `$1${bin}/$2`)
				.replace(/7283$/gm, String(this.port)));
		};
		await moved(path.join(DATA, 'savecast.service'), 'config/systemd/user');
		await moved(path.join(DATA, 'savecast-forward@.service'), 'config/systemd/user');
		await moved(path.join(SOURCE, 'savecast.socket'), 'config/systemd/user');
		await moved(path.join(DATA, 'io.github.savecast.Daemon1.service'), 'data/dbus-1/services');
		// No journal runs here: its messages go to a file.
		await this.dropIn('savecast', 'log', `[Service]\nStandardError=append:${this.logs}/savecastd.log\n`);
		if (SANITIZED) {
			// The search for leaks traces the process, which the unit forbids.
			await this.dropIn('savecast', 'leaks', '[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n');
		}
	}

	/**
	 * @param {string} unit
	 * @param {string} name
	 * @param {string} text
	 */
	async dropIn(unit, name, text) {
		const folder = path.join(this.units, `${unit}.service.d`);
		await mkdir(folder, { recursive: true });
		await writeFile(path.join(folder, `${name}.conf`), text);
	}

	async startManager() {
		const { stdout } = await run(['id', '-u', WHO], process.env);
		this.uid = Number(stdout);
		this.env.XDG_RUNTIME_DIR = path.join(this.temp, 'run');
		this.env.DBUS_SESSION_BUS_ADDRESS = `unix:path=${this.temp}/run/bus`;
		this.env.HOME = this.home;
		await this.own(this.temp);
		const manager = this.children.start('manager', [SCRIPT, this.env.XDG_RUNTIME_DIR, WHO],
			{ stdin: 'pipe', stdout: 'pipe' });
		this.atEnd.push(async () => {
			manager.process.stdin?.end();
			await within(manager.ended, 'the end of systemd').catch(() => {});
		});
		await whileAlive(manager, within(once(/** @type {any} */ (manager.process.stdout), 'data'), 'systemd'));
		const pid = manager.process.pid;
		this.#inside = Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ')[0]);
		this.bus = await until('the bus', () => this.asUser(() => Bus.open(this.env.DBUS_SESSION_BUS_ADDRESS ?? '')));
		this.atEnd.push(async () => this.bus.close());
	}

	/**
	 * Gives a file, or a folder with everything in it, to the user.
	 *
	 * @param {string} name
	 */
	async own(name) {
		await chown(name, Number(this.uid), -1);
		for (const entry of await readdir(name, { withFileTypes: true, recursive: true }).catch(() => [])) {
			await chown(path.join(entry.parentPath ?? entry.path, entry.name), Number(this.uid), -1);
		}
	}

	/**
	 * Runs a command in the session.
	 *
	 * @param {string[]} command
	 */
	inside(...command) {
		return run(this.#entering(command), this.env);
	}

	/** @param {string[]} command */
	#entering(command) {
		return ['nsenter', '--target', String(this.#inside), '--mount', '--pid',
			'setpriv', `--reuid=${WHO}`, '--regid=nogroup', '--clear-groups', ...command];
	}

	/** @param {string[]} args */
	async systemctl(...args) {
		const { status, stdout, stderr } = await this.inside('systemctl', '--user', ...args);
		if (status !== 0) {
			throw new Error(`systemctl ${args.join(' ')}: ${status}: ${stdout}${stderr}`);
		}
		return stdout.trim();
	}

	/**
	 * @param {string} property of savecast.service
	 * @param {string} [unit]
	 */
	show(property, unit = 'savecast.service') {
		return this.systemctl('show', '--value', '--property', property, unit);
	}

	/**
	 * Like one of the user's processes: the kernel records who created a socket.
	 *
	 * @template T
	 * @param {() => Promise<T>} connect
	 */
	async asUser(connect) {
		const { getuid } = process;
		// The credentials that the D-Bus library reports must be the kernel's.
		process.getuid = () => Number(this.uid);
		process.seteuid?.(Number(this.uid));
		try {
			return await connect();
		} finally {
			process.seteuid?.(0);
			process.getuid = getuid;
		}
	}

	async close() {
		await super.close();
		await rm(this.temp, { recursive: true, force: true });
	}
}
