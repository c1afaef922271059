// SPDX-License-Identifier: MIT
/**
 * Names on their way to the daemon. One call at a time: what is saved meanwhile
 * goes together with the next. So a daemon that hangs costs bounded memory, and
 * the editor nothing.
 */

/** The daemon takes no more in a call. */
const NAMES_MAX = 4096;

export class Outbox {
	#waiting = new Set<string>();
	#sending: Promise<void> | undefined;

	/**
	 * @param send tells the daemon
	 * @param complain is told what could not be delivered, and why
	 */
	constructor(
		private readonly send: (files: string[]) => Promise<unknown>,
		private readonly complain: (what: string) => void,
	) {}

	add(files: Iterable<string>) {
		for (const file of files) {
			if (this.#waiting.size < NAMES_MAX) {
				this.#waiting.add(file);
			} else {
				this.complain(`save: ${file}: savecastd hangs, and too much waits for it`);
			}
		}
		this.#sending ??= this.#run().finally(() => { this.#sending = undefined; });
	}

	async #run() {
		while (this.#waiting.size) {
			const files = [...this.#waiting];
			this.#waiting.clear();
			await this.send(files).catch((error: Error) => {
				const others = files.length > 1 ? ` and ${files.length - 1} more` : '';
				this.complain(`save: ${files[0]}${others}: ${error.message}`);
			});
		}
	}

	/** Resolves when nothing is on its way. */
	async drained(): Promise<void> {
		await this.#sending;
	}
}
