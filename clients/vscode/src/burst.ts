// SPDX-License-Identifier: MIT
/**
 * Combines saves that belong together: Save All, or renaming a folder's files. If no other
 * file can follow, a save is passed on immediately.
 */

/** VS Code reports the files of one Save All a few milliseconds apart. */
const QUIET_MSEC = 20;
/** The longest wait: a save that was announced may fail, and then never comes. */
const MOST_MSEC = 250;

export class Burst {
	#files = new Set<string>();
	#announced = new Set<string>();
	#quiet: NodeJS.Timeout | undefined;
	#most: NodeJS.Timeout | undefined;

	/**
	 * @param moreMayFollow whether another file could still be saved
	 * @param done receives the files, each once
	 */
	constructor(
		private readonly moreMayFollow: () => boolean,
		private readonly done: (files: string[]) => void,
	) {}

	/** The file is about to be saved. */
	announce(file: string) {
		this.#announced.add(file);
		this.#most ??= setTimeout(() => this.end(), MOST_MSEC);
	}

	/** Files were saved; `wanted` are those to be reported. */
	add(files: string[], wanted: string[]) {
		files.forEach(file => this.#announced.delete(file));
		wanted.forEach(file => this.#files.add(file));
		this.#most ??= setTimeout(() => this.end(), MOST_MSEC);
		this.#settle();
	}

	#settle() {
		clearTimeout(this.#quiet);
		if (this.#announced.size === 0) {
			if (this.moreMayFollow()) {
				this.#quiet = setTimeout(() => this.end(), QUIET_MSEC);
			} else {
				this.end();
			}
		}
	}

	/** Passes on the files so far. */
	end() {
		clearTimeout(this.#quiet);
		clearTimeout(this.#most);
		this.#most = undefined;
		this.#announced.clear();
		const files = [...this.#files];
		this.#files.clear();
		if (files.length) {
			this.done(files);
		}
	}
}
