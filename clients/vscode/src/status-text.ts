// SPDX-License-Identifier: MIT
/**
 * What the status bar shows. Pure.
 */
import type { Presence, Tab } from './daemon';

export interface StatusText {
	text: string;
	/** Markdown. */
	tooltip: string;
	problem: boolean;
}

/** Escapes text from outside for Markdown. */
export function escaped(text: string): string {
	return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~$]/g, '\\$&').replace(/\s+/g, ' ');
}

/** Markdown as plain text for a screen reader. */
export function plain(markdown: string): string {
	return markdown.replace(/\*\*|(?<!\\)`/g, '').replace(/^- /gm, '').replace(/\n+/g, '. ')
		.replace(/\\([\\`*_{}[\]()#+\-.!|<>&~$])/g, '$1').replace(/([.:])\. /g, '$1 ');
}

/** The command that connects the user's computer to this window's, for each kind of remote. */
function wayTo(remote: string): string {
	return /^(dev-container|attached-container|docker)/.test(remote) ? 'docker exec -i CONTAINER savecast stdio'
		: /^k8s/.test(remote) ? 'kubectl exec -i POD -- savecast stdio'
		: /^wsl/.test(remote) ? 'wsl.exe savecast stdio'
		: 'ssh HOST savecast stdio';
}

/** One sentence: how the browser of another computer connects to this window's daemon. `savecast stdio` starts it. */
function howToConnect(remote: string): string {
	return `\n\nTo connect a browser to ${escaped(remote)}, run \`savecast forward NAME -- ${wayTo(remote)}\` on the ` +
		'browser’s computer, and add the port that it prints in the settings of the browser extension.';
}

function missing(why: string, remote: string | undefined): StatusText {
	const where = remote
		? `\n\nThe files of this window are on ${escaped(remote)}: savecastd must be installed there.${howToConnect(remote)}`
		: '';
	return {
		text: '$(circle-slash) savecast',
		tooltip: `**No savecast daemon:** ${escaped(why)}${where}\n\nClick for what to do.`,
		problem: true,
	};
}

/**
 * @param tabs the tabs that belong to this window
 * @param remote vscode.env.remoteName
 * @param connected whether a browser is connected to the daemon
 * @param problems how many the pages have, of files of this window
 */
export function statusTextOf(enabled: boolean, presence: Presence, tabs: Tab[], remote: string | undefined, connected = false, problems = 0): StatusText {
	if (!enabled) {
		return { text: '$(debug-pause) savecast', tooltip: 'savecast is off in this workspace.', problem: false };
	}
	if (presence.state === 'missing') {
		return missing(presence.why, remote);
	}
	if (presence.state === 'stopped') {
		return { text: '$(broadcast) savecast', tooltip: 'The savecast daemon is not running; the next save starts it.', problem: false };
	}
	const list = tabs.map(({ url, state, reason }) =>
		`- ${escaped(url)}: ${escaped(state)}${reason ? ` (${escaped(reason)})` : ''}`).join('\n');
	const count = (state: string) => tabs.filter(tab => tab.state === state).length;
	if (count('down')) {
		return { text: '$(error) savecast: down', tooltip: `**The server is down.** The page stays as it is until the server answers.\n\n${list}`, problem: true };
	}
	if (count('waiting')) {
		return { text: '$(sync~spin) savecast: waiting', tooltip: `Waiting until the server is serving the new code.\n\n${list}`, problem: false };
	}
	const live = count('live');
	if (live && problems) {
		const what = `${problems} ${problems === 1 ? 'problem' : 'problems'}`;
		return { text: `$(warning) savecast: ${what}`, tooltip: `**${what} in the pages.** The Problems view lists what went wrong. A save reloads:\n\n${list}`, problem: true };
	}
	return live
		? { text: `$(broadcast) savecast: ${live} ${live === 1 ? 'tab' : 'tabs'}`, tooltip: `A save reloads:\n\n${list}`, problem: false }
		: {
			text: '$(broadcast) savecast: no tab',
			tooltip: `No browser tab shows this workspace. Open your page, and click on the savecast icon there.${remote && !connected ? howToConnect(remote) : ''}`,
			problem: false,
		};
}
