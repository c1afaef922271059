// SPDX-License-Identifier: MIT
/**
 * The site that scripts/start shows, a copy of the FastAPI example or the user's own folder,
 * and its server.
 */
import { existsSync } from 'node:fs';
import { cp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { until } from '../../tests/lib/events.js';
import { run, whileAlive } from '../../tests/lib/children.js';
import { connect, freePort } from '../../tests/lib/ports.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @typedef {object} Site
 * @property {string} root
 * @property {string} url the page to open
 * @property {string[] | undefined} command undefined if a server is running already
 * @property {string} what for display
 * @property {Edit | undefined} edit the edit that the page shows; undefined for a user's folder
 *
 * @typedef {object} Edit
 * @property {string} file
 * @property {string} from
 * @property {string} to
 */

/**
 * @param {string} temp
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Site>}
 */
export async function exampleSite(temp, env) {
	const root = path.join(temp, 'fastapi');
	await cp(path.join(TOP, 'examples/fastapi'), root, { recursive: true });
	// A git work tree is a project without a configuration.
	const { status, stderr } = await run(['git', 'init', '--quiet', root], env);
	if (status !== 0) {
		throw new Error(`git init: ${root}: ${stderr}`);
	}
	const port = await freePort(8000);
	const command = ['uvicorn', 'main:app', '--reload', '--port', String(port)];
	// Debian's own uvicorn finds Debian's FastAPI; another in the path may not.
	if (existsSync('/usr/bin/uvicorn')) {
		command[0] = '/usr/bin/uvicorn';
	}
	return {
		root,
		url: `http://localhost:${port}/`,
		command,
		what: `uvicorn main:app --reload, on a copy of examples/fastapi in ${root}`,
		edit: {
			file: path.join(root, 'templates/home.html'),
			from: 'Tomatoes are fun!',
			to: 'Potatoes are fun!',
		},
	};
}

/**
 * @param {string} root the user's folder
 * @param {string} url may be empty
 * @param {string[]} command may be empty
 * @returns {Promise<Site>}
 */
export async function userSite(root, url, command) {
	const site = { root, url, edit: undefined };
	if (command.length > 0) {
		return { ...site, command, what: command.join(' ') };
	}
	if (url) {
		return { ...site, command: undefined, what: 'the server that runs already' };
	}

	const port = String(await freePort(8000));
	site.url = `http://localhost:${port}/`;
	const app = await fastapiApp(path.join(root, 'main.py'));
	if (app) {
		const own = ['.venv', 'venv', 'env'].map(name => path.join(root, name, 'bin/uvicorn'));
		return {
			...site,
			command: [own.find(existsSync) ?? 'uvicorn', `main:${app}`, '--reload', '--port', port],
			what: `uvicorn main:${app} --reload`,
		};
	}
	return {
		...site,
		command: ['python3', '-m', 'http.server', '--bind', '127.0.0.1', port],
		what: 'python3 -m http.server',
	};
}

/**
 * @param {string} file
 * @returns {Promise<string | undefined>} the name of the app in it
 */
async function fastapiApp(file) {
	try {
		return /^(\w+)\s*(?::[^=\n]*)?=\s*(?:fastapi\.)?FastAPI\(/m.exec(await readFile(file, 'utf8'))?.[1];
	} catch {
		return undefined;
	}
}

/**
 * Starts the site's server and waits until it listens.
 *
 * @param {Site} site
 * @param {import('../../tests/lib/children.js').Children} children
 * @returns {Promise<import('../../tests/lib/children.js').Child | undefined>}
 */
export async function serve(site, children) {
	const { hostname, port, protocol } = new URL(site.url);
	const number = Number(port) || (protocol === 'https:' ? 443 : 80);
	const host = hostname.replace(/^\[|\]$/g, '');
	const listens = () => until(`a server on ${site.url}`, () => connect(host, number),
		{ msec: 30000 });
	if (!site.command) {
		await listens();
		return undefined;
	}
	// The user's environment, because it is the user's server. But no compiled files in the user's
	// folder.
	const server = children.start('server', site.command, {
		cwd: site.root,
		env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
	});
	await whileAlive(server, listens());
	return server;
}

/**
 * Whether the daemon finds the project by itself.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
export async function isInGit(folder, env) {
	return (await run(['git', '-C', folder, 'rev-parse', '--show-toplevel'], env)).status === 0;
}

/**
 * A text file of the user that can be written again without causing a server to
 * restart.
 *
 * @param {string} root
 * @returns {Promise<string | undefined>}
 */
export async function harmlessFile(root) {
	const folders = [root];
	for (let folder = folders.shift(), seen = 0; folder && seen < 2000; folder = folders.shift()) {
		const entries = await readdir(folder, { withFileTypes: true });
		seen += entries.length;
		for (const entry of entries) {
			const full = path.join(folder, entry.name);
			if (entry.isFile() && /\.(html?|css|j2|jinja2?|md|txt)$/.test(entry.name)) {
				return full;
			}
			if (entry.isDirectory() && !/^(\.|node_modules$|v?env$|__pycache__$)/.test(entry.name)) {
				folders.push(full);
			}
		}
	}
	return undefined;
}
