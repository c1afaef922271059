// SPDX-License-Identifier: MIT
/**
 * A separate session for a test: home and XDG folders, a session bus, the daemon,
 * servers, editors, a browser. All are real, and end with the test.
 */
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Children, killCommands, run, tail, whileAlive } from './children.js';
import { answers, freePort } from './ports.js';
import { launchChromium } from './browser/chromium.js';
import { launchFirefox } from './browser/firefox.js';
import { busConfig } from './bus-config.js';
import { Bus } from './bus-client.js';
import { until } from './events.js';
import { WhyWitness } from './why-witness.js';

export const TOP = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = path.join(TOP, process.env.SAVECAST_BUILD ?? 'build', 'daemon');
export const SAVECASTD = path.join(BUILD, 'savecastd');
export const SAVECAST = path.join(BUILD, 'savecast');

/**
 * Whether the daemon has a sanitizer, which changes its memory and speed: then figures are not
 * checked.
 */
export const SANITIZED = existsSync(SAVECASTD) && readFileSync(SAVECASTD).includes('__asan_init');

/** Whether the long tests run in full. */
export const LONG = Boolean(process.env.SAVECAST_LONG);

/** Debian's own uvicorn, which finds Debian's FastAPI; another in the path may not. */
const UVICORN = existsSync('/usr/bin/uvicorn') ? '/usr/bin/uvicorn' : 'uvicorn';

/** @typedef {import('./browser/chromium.js').Chromium} Chromium */
/** @typedef {import('./browser/firefox.js').Firefox} Firefox */

/** @type {Set<World>} */
const open = new Set();

// If a test file takes too long, or if the user stops it, everything that it started ends, too.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
	process.once(signal, async () => {
		setTimeout(() => process.exit(1), 5000);
		killCommands();
		await Promise.allSettled([...open].map(world => world.close()));
		process.exit(1);
	});
}

export class World {
	/**
	 * @param {import('node:test').TestContext} t closes it when the test ends
	 * @param {object} [options]
	 * @param {string} [options.services] a folder of D-Bus service files
	 * @param {boolean} [options.watch] false: only what the test reports causes events, not changes on disk
	 * @param {boolean} [options.patch] false, for a test of reloads: pages are reloaded, never patched
	 * @param {boolean} [options.why] true: each save has to do what `savecast why` has said before
	 */
	static async open(t, { services, watch = false, patch = true, why = false } = {}) {
		const temp = await mkdtemp(path.join(await realpath(os.tmpdir()), 'savecast-test-'));
		const world = new World(temp, await freePort());
		open.add(world);
		t.after(() => world.close());
		await mkdir(world.logs);
		await mkdir(world.home);
		await mkdir(path.join(temp, 'config/savecast'), { recursive: true });
		await world.configure(`[savecast]\n\tport = ${world.port}\n${watch ? '' : '\twatch = false\n'}${patch ? '' : '\treload = reload\n'}`);
		await world.openBus(services);
		if (why) {
			world.watchWhy();
		}
		return world;
	}

	/**
	 * @param {string} temp
	 * @param {number} port
	 */
	constructor(temp, port) {
		this.temp = temp;
		this.port = port;
		this.logs = path.join(temp, 'logs');
		this.home = path.join(temp, 'home');
		this.children = new Children(this.logs);
		/** @type {(() => Promise<unknown>)[]} */
		this.atEnd = [];
		/** @type {WhyWitness | undefined} */
		this.why = undefined;
		/** @type {NodeJS.ProcessEnv} */
		this.env = {
			...process.env,
			HOME: this.home,
			XDG_CONFIG_HOME: path.join(temp, 'config'),
			XDG_STATE_HOME: path.join(temp, 'state'),
			XDG_CACHE_HOME: path.join(temp, 'cache'),
			XDG_DATA_HOME: path.join(temp, 'data'),
			XDG_RUNTIME_DIR: path.join(temp, 'run'),
			DBUS_SESSION_BUS_ADDRESS: `unix:path=${path.join(temp, 'bus')}`,
			PATH: `${BUILD}:${process.env.PATH}`,
			GIT_CONFIG_NOSYSTEM: '1',
			GIT_AUTHOR_NAME: 'Tester', GIT_AUTHOR_EMAIL: 'tester@example.test',
			GIT_COMMITTER_NAME: 'Tester', GIT_COMMITTER_EMAIL: 'tester@example.test',
			PYTHONDONTWRITEBYTECODE: '1',
			PYTHONUNBUFFERED: '1',
		};
		delete this.env.DISPLAY;
		delete this.env.JOURNAL_STREAM;
	}

	/** From now on, each save that the test reports is compared with what `savecast why` says. */
	watchWhy() {
		const why = new WhyWitness(this), saved = this.bus.saved.bind(this.bus);
		this.why = why;
		this.bus.saved = (...files) => why.saved(files, () => saved(...files));
	}

	/** @param {string} text the user's configuration */
	configure(text) {
		return writeFile(path.join(this.temp, 'config/savecast/config'), text);
	}

	/** @param {string} [services] */
	async openBus(services) {
		const config = path.join(this.temp, 'bus.conf');
		await writeFile(config, busConfig(this.env.DBUS_SESSION_BUS_ADDRESS ?? '', services));
		this.dbusDaemon = this.children.start('bus',
			['dbus-daemon', '--nofork', `--config-file=${config}`], { env: this.env });
		/** @type {Bus} */
		this.bus = await whileAlive(this.dbusDaemon,
			until('the bus', () => Bus.open(this.env.DBUS_SESSION_BUS_ADDRESS ?? '')));
		this.atEnd.push(async () => this.bus.close());
	}

	/**
	 * The bus accepts another user as well.
	 *
	 * @param {number} uid
	 */
	async admit(uid) {
		const config = path.join(this.temp, 'bus.conf'), text = await readFile(config, 'utf8');
		await writeFile(config, text.replace('</policy>', `<allow user="${uid}"/></policy>`));
		await chmod(path.join(this.temp, 'bus'), 0o777);
		await this.bus.call({ destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus', member: 'ReloadConfig' });
	}

	/** @param {string[]} args */
	async startDaemon(...args) {
		const daemon = this.children.start('savecastd', [SAVECASTD, ...args], { env: this.env });
		await whileAlive(daemon, until('savecastd on the bus', () => this.bus.daemonRuns(), { every: 5 }));
		this.daemon = daemon;
		return daemon;
	}

	/** @param {NodeJS.Signals} [signal] */
	async endDaemon(signal = 'SIGTERM') {
		const { daemon } = this;
		await this.why?.end();
		daemon?.process.kill(signal);
		const why = await daemon?.ended;
		await until('the name to be free', async () => !await this.bus.daemonRuns(), { every: 5 });
		return why;
	}

	/** @param {string[]} args of the command line */
	savecast(...args) {
		return run([SAVECAST, ...args], this.env);
	}

	/**
	 * Trusts the rules in the project's .savecast that reach outside the project.
	 *
	 * @param {string} root
	 */
	async trust(root) {
		const { status, stderr } = await this.savecast('trust', root);
		if (status !== 0) {
			throw new Error(`savecast trust ${root}: ${stderr}`);
		}
	}

	/**
	 * A folder with files in it.
	 *
	 * @param {string} name
	 * @param {Record<string, string | Buffer>} files
	 * @param {{git?: boolean}} [options]
	 */
	async folder(name, files, { git = false } = {}) {
		const root = path.join(this.home, name);
		await mkdir(root, { recursive: true });
		for (const [file, text] of Object.entries(files)) {
			await mkdir(path.dirname(path.join(root, file)), { recursive: true });
			await writeFile(path.join(root, file), text);
		}
		if (git) {
			await this.git(root, 'init', '--quiet');
		}
		return root;
	}

	/**
	 * @param {string} root
	 * @param {string[]} args
	 */
	async git(root, ...args) {
		const { status, stdout, stderr } = await run(['git', '-C', root, ...args], this.env);
		if (status !== 0) {
			throw new Error(`git ${args.join(' ')}: ${stderr}`);
		}
		return stdout;
	}

	/**
	 * A copy of examples/fastapi, a git work tree, under `uvicorn --reload`.
	 *
	 * @param {string} name
	 */
	async fastapi(name) {
		const root = path.join(this.home, name);
		await cp(path.join(TOP, 'examples/fastapi'), root, { recursive: true });
		await this.git(root, 'init', '--quiet');
		const { url, server } = await this.serve(name, root,
			port => [UVICORN, 'main:app', '--reload', '--port', String(port)]);
		return { root, url, server, template: path.join(root, 'templates/home.html') };
	}

	/**
	 * A git work tree with these files, served by site-server.js.
	 *
	 * @param {string} name
	 * @param {Record<string, string | Buffer>} files
	 */
	async site(name, files) {
		const root = await this.folder(name, files, { git: true });
		const script = path.join(TOP, 'tests/lib/site-server.js');
		return { root, ...await this.serve(name, root, port => [process.execPath, script, String(port)]) };
	}

	/**
	 * @param {string} name
	 * @param {string} root
	 * @param {(port: number) => string[]} command
	 */
	async serve(name, root, command) {
		const port = await freePort();
		const server = this.children.start(name, command(port), { cwd: root, env: this.env });
		await whileAlive(server, until(`${name} on port ${port}`, () => answers('127.0.0.1', port)));
		return { server, port, url: `http://localhost:${port}/` };
	}

	/**
	 * Starts a browser with the extension.
	 *
	 * @template {'chromium' | 'firefox'} [N='chromium']
	 * @param {N} [name]
	 * @param {import('./browser/firefox.js').Options} [options]
	 * @returns {Promise<N extends 'firefox' ? Firefox : Chromium>}
	 */
	async browser(name, options = {}) {
		const browser = await (name === 'firefox' ? launchFirefox : launchChromium)({
			extension: path.join(TOP, 'browser-ext'), port: this.port, env: this.env, ...options,
		});
		this.atEnd.push(() => browser.close());
		return /** @type {any} */ (browser);
	}

	/** @param {string} name of a log */
	log(name) {
		return readFile(path.join(this.logs, `${name}.log`), 'utf8');
	}

	/** Ends everything, even if ending a part of it fails. */
	async close() {
		open.delete(this);
		const failures = [];
		for (const end of [
			async () => this.why?.check(),
			...this.atEnd.reverse(),
			() => this.children.stopAll(),
			() => rm(this.temp, { recursive: true, force: true, maxRetries: 5 }),
		]) {
			try {
				await end();
			} catch (error) {
				failures.push(error);
			}
		}
		if (failures.length > 0) {
			throw failures[0];
		}
	}
}

export { tail };
