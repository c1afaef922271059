// SPDX-License-Identifier: MIT
/**
 * A Ctrl+S in a real VS Code with the extension on and off, in turns: from the key until the tab
 * no longer marks its file as changed.
 */
import { launchChromium } from '../../tests/lib/browser/chromium.js';
import { Workbench } from '../../tests/lib/vscode/workbench.js';
import { atDesk } from '../lib/desk.js';
import { summary } from '../lib/stats.js';

const TURN = 10;

/** Measures each save from here on, inside the page. */
const WATCH = `(() => {
	globalThis.saves = [];
	let begun;
	addEventListener('keydown', event => {
		if (event.ctrlKey && event.key === 's') {
			begun = performance.now();
		}
	}, true);
	new MutationObserver(() => {
		if (begun && !document.querySelector('.tab.active.dirty')) {
			globalThis.saves.push(performance.now() - begun);
			begun = undefined;
		}
	}).observe(document.querySelector('.part.editor'), { subtree: true, attributes: true, attributeFilter: ['class'] });
})()`;

/**
 * @param {number} saves of each kind
 * @param {string[]} notes
 * @returns {Promise<import('./vim.js').Figure[]>}
 */
export async function inVsCode(saves, notes) {
	// Installs code-server, if it is not installed.
	const { codeServer, startCodeServer } = await import('../../tests/lib/vscode/code-server.js');
	if (codeServer.skip) {
		notes.push(`VS Code is left out: ${codeServer.skip}`);
		return [];
	}
	return atDesk(async world => {
		await world.startDaemon();
		const root = await world.folder('site', { 'page.html': '<h1>0</h1>\n' }, { git: true });
		const browser = await launchChromium({ env: { ...world.env, DBUS_SESSION_BUS_ADDRESS: 'disabled:' } });
		world.atEnd.push(() => browser.close());
		const code = await startCodeServer(world);
		const workbench = await Workbench.open(browser, code.url, root);
		await workbench.openFile('page.html');
		await workbench.edit('<p>first</p>\n');
		await workbench.status('savecast');
		await workbench.page.evaluate(WATCH);
		/** @type {Record<string, number[]>} */
		const taken = { with: [], without: [] };
		for (let done = 0; done < saves; done += TURN) {
			for (const kind of ['with', 'without']) {
				for (let i = 0; i < TURN; i++) {
					await workbench.edit(`<p>${done + i}</p>\n`);
				}
				taken[kind].push(...await workbench.page.evaluate('saves.splice(0)'));
				await workbench.command('savecast: Turn On or Off for This Workspace');
				await workbench.status(kind === 'with' ? /is off/ : /^(?!.*is off)/);
				await workbench.openFile('page.html');
			}
		}
		return Object.entries(taken).map(([kind, values]) => {
			const { p50 = NaN, p95 = NaN } = summary(values) ?? {};
			return { editor: 'VS Code', kind, p50, p95 };
		});
	});
}
