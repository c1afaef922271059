// SPDX-License-Identifier: MIT
/**
 * Child processes, each in a process group of its own and with a log file.
 * stopAll() stops everything that was started here, the latest first, with all
 * processes that it started in turn.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Child
 * @property {string} name
 * @property {import('node:child_process').ChildProcess} process
 * @property {string} log
 * @property {Promise<string>} ended resolves to why it ended
 */

/** How long a child may take to end before it is killed. */
const PATIENCE_MS = 3000;

export class Children {
	/** @type {Child[]} */
	#running = [];
	#logs;

	/** @param {string} logs an existing folder */
	constructor(logs) {
		this.#logs = logs;
	}

	/**
	 * Standard error goes to the log; so does standard output unless it is a
	 * pipe.
	 *
	 * @param {string} name also that of the log
	 * @param {string[]} command
	 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, stdin?: 'pipe', stdout?: 'pipe'}} [options]
	 * @returns {Child}
	 */
	start(name, [command, ...args], { cwd, env, stdin, stdout } = {}) {
		const log = path.join(this.#logs, `${name}.log`);
		const fd = openSync(log, 'a');
		const process = spawn(command, args, {
			cwd, env, detached: true, stdio: [stdin ?? 'ignore', stdout ?? fd, fd],
		});
		closeSync(fd);

		/** @type {Promise<string>} */
		const ended = new Promise(resolve => {
			process.once('error', error => resolve(`could not be started: ${error.message}`));
			process.once('exit', (code, signal) =>
				resolve(signal ? `was ended by ${signal}` : `exited with status ${code}`));
		});
		const child = { name, process, log, ended };
		this.#running.push(child);
		ended.then(() => { this.#running = this.#running.filter(other => other !== child); });
		return child;
	}

	/** @param {Child} child */
	async stop(child) {
		signalGroup(child, 'SIGTERM');
		const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), PATIENCE_MS);
		await child.ended;
		clearTimeout(timer);
		// Ends those of its own children that still run.
		signalGroup(child, 'SIGKILL');
	}

	async stopAll() {
		for (const child of [...this.#running].reverse()) {
			await this.stop(child);
		}
	}
}

/**
 * @param {{process: import('node:child_process').ChildProcess}} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup({ process: { pid } }, signal) {
	try {
		if (pid) {
			process.kill(-pid, signal);
		}
	} catch {
		// The group does not exist any more.
	}
}

/**
 * The work's result; rejects if the child ends first.
 *
 * @template T
 * @param {Child} child
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export function whileAlive(child, work) {
	return Promise.race([work, child.ended.then(why => { throw new Error(`${child.name} ${why}`); })]);
}

/** The commands of run() that have not ended. @type {Set<{process: import('node:child_process').ChildProcess}>} */
const commands = new Set();

/** Kills the commands that run() waits for, with all processes that they have started. */
export function killCommands() {
	for (const command of commands) {
		signalGroup(command, 'SIGKILL');
	}
}

/**
 * Runs a command, in a process group of its own, and waits until it ends.
 *
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{status: number, stdout: string, stderr: string}>} status 127 if it cannot be started
 */
export async function run([command, ...args], env) {
	const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	const running = { process: child };
	commands.add(running);
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', text => { stdout += text; });
	child.stderr.setEncoding('utf8').on('data', text => { stderr += text; });
	try {
		const [code] = await once(child, 'close');
		return { status: code ?? 1, stdout, stderr };
	} catch (error) {
		return { status: 127, stdout, stderr: String(error) };
	} finally {
		commands.delete(running);
	}
}

/**
 * @param {string} file
 * @param {number} lines
 */
export function tail(file, lines) {
	return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
