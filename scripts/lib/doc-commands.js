#!/usr/bin/env node
// SPDX-License-Identifier: MIT
/**
 * Every command that the documents show to the user: README, the manual pages, the help, the
 * guides, the welcome page, the popup and VS Code's walkthrough. Run as a program, it prints them
 * as lines of "document TAB command".
 *
 * In a command, words in capitals stand for the user's own values; they are replaced by values
 * of the account in which the commands are tried.
 */
import { readFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { adviceFor } from '../../browser-ext/ui/advice.js';
import { START_COMMAND } from '../../browser-ext/ui/command.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** @typedef {{document: string, command: string}} Shown */

/** The beginning of a shell command in a document. */
const PROGRAM = /^(?:sudo |env )?(?:savecast|savecastd|systemctl|meson|ninja|apt|git|busctl|gdbus|dbus-run-session|ssh|flatpak|rm|mkdir|cd|scripts\/\S+|build\/\S+)(?: |$)/;

/** Commands among inline code: one of our programs with its arguments. */
const INLINE = /^(?:sudo )?(?:savecast [a-z-]|systemctl |scripts\/(?!lib\/)[a-z-]+$|scripts\/(?!lib\/)[a-z-]+ )/;

/** The values of the words in capitals in that account. @type {[RegExp, string][]} */
const MEANINGS = [
	[/\bNAME VALUE\b/, 'port 7300'], [/\bFILE(\.\.\.)?/g, 'style.css'], [/\bDIR\b/g, '.'], [/\bURL\b/g, 'http://localhost:8000/'],
	[/\bCOMMAND(\.\.\.)?/g, 'true'], [/\bVERB\b/g, 'status'], [/ N$/, ' 7300'], [/\/home\/me\/site\//g, '$PWD/'],
];

/** @param {string} command as the document has it */
function filled(command) {
	// Words in brackets are optional.
	let text = command.replace(/ \[[^\]]*\]/g, '');
	for (const [word, meaning] of MEANINGS) {
		text = text.replace(word, meaning);
	}
	return text.trim();
}

/** The lines of a block of code that are commands. @param {string[]} lines */
function commandsIn(lines) {
	const joined = lines.join('\n').replace(/\\\n\s*/g, ' ').split('\n');
	return joined.map((line) => line.replace(/\s+#( .*)?$/, '').trim()).filter((line) => PROGRAM.test(line));
}

/** @param {string} text a Markdown document, or a help text */
export function commandsOfMarkdown(text) {
	const found = [];
	let block = /** @type {string[] | undefined} */ (undefined);
	const prose = [];
	for (const line of text.split('\n')) {
		if (/^\s*```/.test(line)) {
			found.push(...commandsIn(block ?? []));
			block = block ? undefined : [];
		} else if (block) {
			block.push(line);
		} else {
			prose.push(line);
		}
	}
	const rest = prose.join('\n');
	for (const [indented] of rest.matchAll(/(?:^(?: {4}|\t).*\n?)+/gm)) {
		found.push(...commandsIn(indented.split('\n').map((line) => line.trim())));
	}
	for (const [, code] of rest.replace(/^(?: {4}|\t).*$/gm, '').matchAll(/`([^`]+)`/g)) {
		const command = code.replace(/\s+/g, ' ');
		if (INLINE.test(command)) {
			found.push(command);
		}
	}
	return found;
}

/** The commands that the popup can show, for each state. */
function popupCommands() {
	const url = 'http://localhost:8000/';
	const entry = { url, answer: { type: 'tab', tab: 1, state: 'none', reason: '', advice: 'savecast track ~/src/mysite' } };
	const states = ['buildFailed', 'disconnected', 'none', 'down'];
	return states.flatMap((state) => ['down', 'refused', 'foreign', 'up'].flatMap((link) =>
		(adviceFor(/** @type {any} */ ({ icon: { state }, link, port: 7283, entry })) ?? [])
			.filter(({ code }) => code).map(({ text }) => text)));
}

/** The code on a page of the extension. @param {string} html */
const codeOf = (html) => [...html.matchAll(/<code[^>]*>([^<]+)<\/code>/g)].map(([, code]) => code).filter((code) => INLINE.test(code));

/**
 * @param {string} savecast the program, whose help is a document
 * @returns {Promise<Shown[]>} each command once per document
 */
export async function shownCommands(savecast) {
	const of = (/** @type {string} */ name) => readFile(path.join(TOP, name), 'utf8');
	const table = JSON.parse(spawnSync(savecast, ['--help', '--json'], { encoding: 'utf8' }).stdout);
	/** @type {[string, string[]][]} */
	const documents = [];
	for (const name of ['README.md', 'docs/savecast.1.md', 'docs/savecastd.8.md', 'docs/savecast-config.md', 'docs/remote.md', 'clients/README.md',
		'clients/vscode/README.md', 'clients/vscode/media/daemon.md', 'clients/vscode/media/browser.md', 'clients/vscode/media/save.md']) {
		documents.push([name, commandsOfMarkdown(await of(name))]);
	}
	for (const { name, description, examples } of table.verbs) {
		documents.push([`savecast ${name} --help`, [...examples, ...commandsOfMarkdown(description)]]);
	}
	documents.push(['welcome page', [START_COMMAND, ...codeOf(await of('browser-ext/ui/welcome.html'))]]);
	documents.push(['settings page', codeOf(await of('browser-ext/ui/options.html'))]);
	documents.push(['popup', popupCommands()]);
	return documents.flatMap(([document, commands]) =>
		[...new Set(commands.map(filled))].map((command) => ({ document, command })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	for (const { document, command } of await shownCommands(process.argv[2] ?? 'savecast')) {
		console.log(`${document}\t${command}`);
	}
}
