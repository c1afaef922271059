// SPDX-License-Identifier: MIT
//
// An invisible X display, and keys sent to it: for parts of a browser outside of pages, which no
// protocol can control.

import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

import { run } from './children.js';
import { within } from './events.js';

/** @returns {string | false} why there can be none here */
export function noDisplay() {
	const gone = ['Xvfb', 'xdotool'].find((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
	return gone ? `${gone} is not installed` : false;
}

export class Display {
	/** @param {NodeJS.ProcessEnv} env */
	static async open(env) {
		const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1000x800x24', '-nolisten', 'tcp'],
			{ stdio: ['ignore', 'pipe', 'ignore'] });
		const lines = createInterface({ input: server.stdout });
		const number = await within(new Promise((resolve) => lines.once('line', resolve)), 'Xvfb');
		return new Display(server, { ...env, DISPLAY: `:${number}` });
	}

	/**
	 * @param {import('node:child_process').ChildProcess} server
	 * @param {NodeJS.ProcessEnv} env for programs that use the display
	 */
	constructor(server, env) {
		this.server = server;
		this.env = env;
	}

	/** @param {string[]} keys by their X names, for the focused window */
	async press(...keys) {
		const { status, stderr } = await run(['xdotool', 'key', '--clearmodifiers', ...keys], this.env);
		if (status !== 0) {
			throw new Error(`xdotool: ${stderr}`);
		}
	}

	close() {
		this.server.kill();
	}
}
