// SPDX-License-Identifier: MIT
/**
 * A program in a real terminal (tmux), with a keyboard.
 */
import { run } from './children.js';
import { until } from './events.js';

export class Terminal {
	#server;
	#env;

	/**
	 * @param {import('./world.js').World} world ends the program
	 * @param {string} name unique in this world
	 * @param {string[]} command
	 */
	static async open(world, name, command) {
		const terminal = new Terminal(name + world.port, world.env);
		world.atEnd.push(() => terminal.close());
		await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '30', ...command);
		return terminal;
	}

	/**
	 * @param {string} server
	 * @param {NodeJS.ProcessEnv} env
	 */
	constructor(server, env) {
		this.#server = server;
		this.#env = { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8', TMUX: undefined };
	}

	/** @param {string[]} args */
	async #tmux(...args) {
		const { status, stdout, stderr } = await run(['tmux', '-u', '-L', this.#server, ...args], this.#env);
		if (status !== 0) {
			throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
		}
		return stdout;
	}

	/** @param {string[]} keys by tmux's names, like 'C-x', or text to type */
	async keys(...keys) {
		await this.#tmux('send-keys', ...keys);
	}

	screen() {
		return this.#tmux('capture-pane', '-p');
	}

	/** @param {string | RegExp} text waits until the screen shows it */
	async shows(text) {
		return until(`the terminal to show ${text}`, async () => {
			const screen = await this.screen();
			if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) {
				return screen;
			}
			throw new Error(`\n${screen.trimEnd()}`);
		}, { every: 50 });
	}

	/** Waits until the program has ended by itself. */
	async ended() {
		await until('the program in the terminal to end', async () =>
			!await this.#tmux('list-sessions').catch(() => ''));
	}

	async close() {
		await this.#tmux('kill-server').catch(() => {}); // The program has ended already.
	}
}
