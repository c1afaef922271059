// SPDX-License-Identifier: MIT
/**
 * Connects the parts. A save passes through: saves -> burst -> outbox -> daemon.
 */
import * as vscode from 'vscode';

import { registerCommands } from './commands';
import { Daemon } from './daemon';
import { Ledger } from './ledger';
import { Outbox } from './outbox';
import { Place } from './place';
import { Problems } from './problems';
import { Saves } from './saves';
import { Settings } from './settings';
import { StatusBar } from './status-bar';

let flush: () => Promise<void> = async () => {};

export async function activate(context: vscode.ExtensionContext): Promise<void> {
	const channel = vscode.window.createOutputChannel('savecast', { log: true });
	const daemon = new Daemon();
	const settings = new Settings(context.workspaceState);
	const place = new Place();
	const outbox = new Outbox(files => daemon.saved(files), what => channel.error(what));
	const saves = new Saves(
		({ automatic }) => settings.enabled && (!automatic || settings.autoSave), files => outbox.add(files));
	const problems = new Problems(daemon);
	const statusBar = new StatusBar(daemon, place, settings, problems);

	context.subscriptions.push(
		channel, daemon, statusBar, problems, saves,
		new Ledger(daemon, place, channel),
		registerCommands({ daemon, place, settings, statusBar, channel }, `${context.extension.id}#start`),
		daemon.onDidChange(() => void statusBar.refresh()),
		daemon.onStep(() => void statusBar.refresh()),
		problems.onDidChange(() => void statusBar.refresh()),
		vscode.workspace.onDidChangeConfiguration(event => {
			if (event.affectsConfiguration('savecast')) {
				void statusBar.refresh();
			}
		}),
		vscode.workspace.onDidChangeWorkspaceFolders(() => void place.read().then(() => statusBar.refresh())),
	);
	flush = () => {
		saves.flush();
		return outbox.drained();
	};
	await place.read();
	if (settings.enabled) {
		await daemon.start().catch((error: Error) => channel.warn(error.message));
	}
	await daemon.readProblems().catch(() => {}); // There is no daemon, or it is not running.
	await statusBar.refresh();
}

/** A save right before the window closes is delivered; VS Code waits for a few seconds. */
export async function deactivate(): Promise<void> {
	await flush();
}
