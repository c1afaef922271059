// SPDX-License-Identifier: MIT
/**
 * File names on their way to the daemon. One call at a time: files that are saved meanwhile
 * are sent together in the next call. So if the daemon hangs, the memory stays bounded and
 * the editor is not affected.
 */

/** The daemon accepts at most this many in a call. */
const NAMES_MAX = 4096;

export class Outbox {
	#waiting = new Set<string>();
	#sending: Promise<void> | undefined;

	/**
	 * @param send reports the files to the daemon
	 * @param reportFailure is called with files that could not be delivered, and why
	 */
	constructor(
		private readonly send: (files: string[]) => Promise<unknown>,
		private readonly reportFailure: (what: string) => void,
	) {}

	add(files: Iterable<string>) {
		for (const file of files) {
			if (this.#waiting.size < NAMES_MAX) {
				this.#waiting.add(file);
			} else {
				this.reportFailure(`save: ${file}: savecastd hangs, and too much waits for it`);
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
				this.reportFailure(`save: ${files[0]}${others}: ${error.message}`);
			});
		}
	}

	/** Resolves when all calls have ended. */
	async drained(): Promise<void> {
		await this.#sending;
	}
}
