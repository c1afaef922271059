// SPDX-License-Identifier: MIT
//
// `savecast forward`, connected to another session that stands for a remote machine.

import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { whileAlive } from './children.js';
import { EventLog } from './events.js';
import { freePort } from './ports.js';
import { SAVECAST } from './world.js';

/** @typedef {import('./world.js').World} World */

/** The command that connects to another world of this machine. @param {World} there */
export const into = (there) => ['env',
	...['HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS']
		.map((name) => `${name}=${there.env[name] ?? ''}`), SAVECAST, 'stdio'];

export class Forward {
	/** @type {EventLog<{name: string, state: string, port: number, reason?: string}>} */
	states = new EventLog();

	/**
	 * @param {World} world
	 * @param {string} name
	 * @param {string[]} command
	 * @param {{port?: number, as?: string[]}} [how] as: a command that runs it
	 */
	static async open(world, name, command, { port, as = [] } = {}) {
		const forward = new Forward(world, name, command, port ?? await freePort(), as);
		await whileAlive(forward.child, forward.states.next('listening', ({ state }) => state === 'listening', { mark: 0 }));
		return forward;
	}

	/**
	 * @param {World} world
	 * @param {string} name
	 * @param {string[]} command
	 * @param {number} port
	 * @param {string[]} as
	 */
	constructor(world, name, command, port, as) {
		this.port = port;
		this.child = world.children.start(`forward-${name}`,
			[...as, SAVECAST, 'forward', '--json', `--port=${port}`, name, '--', ...command],
			{ env: world.env, stdout: 'pipe' });
		let rest = '';
		this.child.process.stdout?.setEncoding('utf8').on('data', (text) => {
			const lines = (rest + text).split('\n');
			rest = lines.pop() ?? '';
			lines.forEach((line) => this.states.push(JSON.parse(line)));
		});
		/** The fields of a world that wire-client.js needs to connect. */
		this.world = { port, atEnd: world.atEnd };
	}

	/** @param {string} state @param {{mark?: number, msec?: number}} [options] */
	state(state, options) {
		return this.states.next(`state ${state}`, (line) => line.state === state, options);
	}

	/** The process ids of its running commands. */
	async commands() {
		const { pid } = this.child.process;
		const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
		return text.split(' ').filter(Boolean).map(Number);
	}

	/** Its resident memory in KiB. */
	memory() {
		return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.process.pid}/status`, 'utf8'))?.[1]);
	}
}

/** @param {number} pid */
export const isAlive = (pid) => {
	try {
		// A zombie process has ended.
		return !/^State:\s+Z/m.test(readFileSync(path.join('/proc', String(pid), 'status'), 'utf8'));
	} catch {
		return false;
	}
};
