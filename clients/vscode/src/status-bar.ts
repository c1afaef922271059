// SPDX-License-Identifier: MIT
/**
 * The status bar item: reads the daemon's tabs when something has changed, and shows
 * their state for this window.
 */
import * as vscode from 'vscode';

import type { Daemon, Tab } from './daemon';
import { statusTextOf, plain, type StatusText } from './status-text';
import type { Place } from './place';
import type { Problems } from './problems';
import type { Settings } from './settings';

export class StatusBar implements vscode.Disposable {
	#item = vscode.window.createStatusBarItem('state', vscode.StatusBarAlignment.Left, 0);
	#reading = false;
	#again = false;
	#tabs: Tab[] = [];
	/** Whether a browser is connected to the daemon. */
	#connected = false;
	shown: StatusText = { text: '', tooltip: '', problem: false };

	constructor(
		private readonly daemon: Daemon,
		private readonly place: Place,
		private readonly settings: Settings,
		private readonly problems: Problems,
	) {
		this.#item.name = 'savecast';
		this.#item.command = 'savecast.menu';
	}

	/** Something has changed. Changes during a call to the daemon cause one more call. */
	async refresh(): Promise<void> {
		this.#again = true;
		if (this.#reading) {
			return;
		}
		this.#reading = true;
		while (this.#again) {
			this.#again = false;
			const running = this.daemon.presence.state === 'running';
			this.#tabs = running ? await this.daemon.tabs().catch(() => []) : [];
			this.#connected = this.#tabs.length > 0 || (running && await this.daemon.browsers().catch(() => 0) > 0);
			this.#show();
		}
		this.#reading = false;
	}

	#show() {
		const tabs = this.#tabs.filter(({ project }) => this.place.shows(project));
		this.shown = statusTextOf(this.settings.enabled, this.daemon.presence, tabs, vscode.env.remoteName, this.#connected, this.problems.count);
		this.#item.text = this.shown.text;
		this.#item.accessibilityInformation = { label: `savecast: ${plain(this.shown.tooltip)}` };
		this.#item.tooltip = new vscode.MarkdownString(this.shown.tooltip, true);
		this.#item.backgroundColor = this.shown.problem
			? new vscode.ThemeColor('statusBarItem.warningBackground')
			: undefined;
		const { statusBar } = this.settings;
		if (statusBar === 'always' || (statusBar === 'problems' && this.shown.problem)) {
			this.#item.show();
		} else {
			this.#item.hide();
		}
	}

	dispose() {
		this.#item.dispose();
	}
}
