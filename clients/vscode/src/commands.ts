// SPDX-License-Identifier: MIT
/**
 * The commands. Only they show messages, because the user has asked for the result.
 */
import * as vscode from 'vscode';

import type { Daemon, Story } from './daemon';
import type { Place } from './place';
import type { Settings } from './settings';
import type { StatusBar } from './status-bar';
import { stepText, storyTitle } from './story-text';

interface House {
	daemon: Daemon;
	place: Place;
	settings: Settings;
	statusBar: StatusBar;
	channel: vscode.LogOutputChannel;
}

async function reload({ daemon, place }: House) {
	if (!place.roots.length) {
		throw new Error('reload: no folder on this machine is open here');
	}
	for (const root of place.roots) {
		await daemon.reload(root);
	}
}

async function open({ daemon, place }: House) {
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

async function explain({ daemon, place }: House) {
	let story: Story | undefined;
	for await (const one of daemon.stories()) {
		if (one.source !== 'reload' && place.shows(one.project)) {
			story = one;
		}
	}
	if (!story) {
		throw new Error('nothing was saved in this workspace since the daemon was started');
	}
	await vscode.window.showQuickPick(story.steps.map(step => ({ label: stepText(step).trim() })), {
		title: `savecast: ${storyTitle(story, file => place.label(file))}`,
		placeHolder: 'The steps of this save, with the time since it was received',
	});
}

async function menu({ statusBar, settings, daemon }: House) {
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

async function toggle({ settings, statusBar, daemon }: House) {
	await settings.toggle();
	if (settings.enabled) {
		await daemon.start().catch(() => {}); // The status bar shows it.
	}
	await statusBar.refresh();
}

export function registerCommands(house: House, walkthrough: string): vscode.Disposable {
	const commands: Record<string, () => unknown> = {
		'savecast.menu': () => menu(house),
		'savecast.toggle': () => toggle(house),
		'savecast.reload': () => reload(house),
		'savecast.open': () => open(house),
		'savecast.explain': () => explain(house),
		'savecast.log': () => house.channel.show(true),
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
