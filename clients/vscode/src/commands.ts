// SPDX-License-Identifier: MIT
/**
 * The commands. Only they show messages, because the user has asked for the result.
 */
import * as vscode from 'vscode';

import type { Daemon, LoggedEvent } from './daemon';
import type { Place } from './place';
import type { Settings } from './settings';
import type { StatusBar } from './status-bar';
import { eventTitle, stepText } from './event-text';

interface Services {
	daemon: Daemon;
	place: Place;
	settings: Settings;
	statusBar: StatusBar;
	channel: vscode.LogOutputChannel;
}

async function reload({ daemon, place }: Services) {
	if (!place.roots.length) {
		throw new Error('reload: no folder on this machine is open here');
	}
	for (const root of place.roots) {
		await daemon.reload(root);
	}
}

async function open({ daemon, place }: Services) {
	const tabs = (await daemon.tabs()).filter(({ project }) => place.shows(project));
	const urls = [...new Set(tabs.map(({ url }) => url))];
	if (!urls.length) {
		throw new Error('no browser tab shows this workspace yet: open your page, and click on the savecast icon there');
	}
	const url = urls.length > 1 ? await vscode.window.showQuickPick(urls, { title: 'Open which page?' }) : urls[0];
	if (url) {
		await vscode.env.openExternal(vscode.Uri.parse(url, true));
	}
}

async function explain({ daemon, place }: Services) {
	let logged: LoggedEvent | undefined;
	for await (const one of daemon.events()) {
		if (one.source !== 'reload' && place.shows(one.project)) {
			logged = one;
		}
	}
	if (!logged) {
		throw new Error('nothing was saved in this workspace since the daemon was started');
	}
	await vscode.window.showQuickPick(logged.steps.map(step => ({ label: stepText(step).trim() })), {
		title: `savecast: ${eventTitle(logged, file => place.label(file))}`,
		placeHolder: 'The steps of this save, with the time since it was received',
	});
}

async function menu({ statusBar, settings, daemon }: Services) {
	const items: (vscode.QuickPickItem & { command: string })[] = [
		{ label: '$(refresh) Reload the page now', command: 'savecast.reload' },
		{ label: '$(link-external) Open the page in the browser', command: 'savecast.open' },
		{ label: '$(question) Explain the last save', command: 'savecast.explain' },
		{ label: '$(output) Show the log', command: 'savecast.log' },
		{ label: settings.enabled ? '$(debug-pause) Turn off for this workspace' : '$(play) Turn on for this workspace', command: 'savecast.toggle' },
	];
	if (daemon.presence.state === 'missing') {
		items.unshift({ label: '$(book) How to install the daemon', command: 'savecast.start' });
	}
	const picked = await vscode.window.showQuickPick(items, { title: statusBar.shown.text.replace(/\$\([^)]*\) /, '') });
	if (picked) {
		await vscode.commands.executeCommand(picked.command);
	}
}

async function toggle({ settings, statusBar, daemon }: Services) {
	await settings.toggle();
	if (settings.enabled) {
		await daemon.start().catch(() => {}); // The status bar shows it.
	}
	await statusBar.refresh();
}

export function registerCommands(services: Services, walkthrough: string): vscode.Disposable {
	const commands: Record<string, () => unknown> = {
		'savecast.menu': () => menu(services),
		'savecast.toggle': () => toggle(services),
		'savecast.reload': () => reload(services),
		'savecast.open': () => open(services),
		'savecast.explain': () => explain(services),
		'savecast.log': () => services.channel.show(true),
		'savecast.start': () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough),
	};
	return vscode.Disposable.from(...Object.entries(commands).map(([name, run]) =>
		vscode.commands.registerCommand(name, async () => {
			try {
				await run();
			} catch (error) {
				void vscode.window.showWarningMessage(`savecast: ${(error as Error).message}`);
			}
		})));
}
