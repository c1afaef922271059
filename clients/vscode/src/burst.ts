// SPDX-License-Identifier: MIT
/**
 * Combines saves that belong together: Save All, or renaming a folder's files. If no other
 * file can follow, a save is passed on immediately.
 */

/** VS Code reports the files of one Save All a few milliseconds apart. */
const QUIET_MSEC = 20;
/** They can be further apart on a busy machine: after several files, the dirty ones are likely to follow. */
const QUIET_ALL_MSEC = 200;
/** How long to wait for an announced save: if it fails, it never comes. */
const NEXT_MSEC = 250;
/** The longest wait for all files. */
const MOST_MSEC = 2000;

export class Burst {
	#files = new Set<string>();
	#announced = new Set<string>();
	#quiet: NodeJS.Timeout | undefined;
	#next: NodeJS.Timeout | undefined;
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
		clearTimeout(this.#quiet);
		this.#limit();
	}

	/** Files were saved; `wanted` are those to be reported. */
	add(files: string[], wanted: string[]) {
		files.forEach(file => this.#announced.delete(file));
		wanted.forEach(file => this.#files.add(file));
		this.#limit();
		this.#settle();
	}

	#limit() {
		clearTimeout(this.#next);
		this.#next = setTimeout(() => this.end(), NEXT_MSEC);
		this.#most ??= setTimeout(() => this.end(), MOST_MSEC);
	}

	#settle() {
		clearTimeout(this.#quiet);
		if (this.#announced.size === 0) {
			if (this.moreMayFollow()) {
				this.#quiet = setTimeout(() => this.end(), this.#files.size > 1 ? QUIET_ALL_MSEC : QUIET_MSEC);
			} else {
				this.end();
			}
		}
	}

	/** Passes on the files so far. */
	end() {
		clearTimeout(this.#quiet);
		clearTimeout(this.#next);
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
