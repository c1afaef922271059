// SPDX-License-Identifier: MIT
/**
 * Makes one of what belongs together: Save All, a folder's files renamed. Of a
 * single save it is known that nothing follows, and it goes on at once.
 */

/** VS Code reports the files of one Save All a few milliseconds apart. */
const QUIET_MSEC = 20;
/** A save that was announced and never came (it failed) does not hold the others. */
const MOST_MSEC = 250;

export class Burst {
	#files = new Set<string>();
	#announced = new Set<string>();
	#quiet: NodeJS.Timeout | undefined;
	#most: NodeJS.Timeout | undefined;

	/**
	 * @param moreMayFollow whether there is anything else that could be saved
	 * @param done is given the files, each once
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

	/** Files were saved, some of them `wanted`. */
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

	/** Whatever there is goes on now. */
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
