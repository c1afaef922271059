// SPDX-License-Identifier: MIT
/**
 * The user's settings, and the switch for this workspace, which VS Code stores outside its files.
 */
import * as vscode from 'vscode';

const SWITCH = 'enabled';

export class Settings {
	constructor(private readonly memory: vscode.Memento) {}

	#get<T>(name: string, otherwise: T): T {
		return vscode.workspace.getConfiguration('savecast').get(name, otherwise);
	}

	get enabled(): boolean {
		return this.memory.get(SWITCH, this.#get('enabled', true));
	}

	/** Removes the workspace's value if the setting has the same one. */
	async toggle(): Promise<void> {
		const wanted = !this.enabled;
		await this.memory.update(SWITCH, wanted === this.#get('enabled', true) ? undefined : wanted);
	}

	get autoSave(): boolean {
		return this.#get('autoSave', true);
	}

	get statusBar(): 'always' | 'problems' | 'never' {
		return this.#get('statusBar', 'always');
	}
}
