// SPDX-License-Identifier: MIT
/**
 * start.js ONCE URL DIR [COMMAND...]: what scripts/start does once everything
 * is installed and built; each of the first three may be empty.
 */
import { mkdir, mkdtemp, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { until } from '../../tests/lib/events.js';
import { run, tail, whileAlive } from '../../tests/lib/children.js';
import { exampleSite, harmlessFile, isInGit, serve, userSite } from './serve.js';
import { SAVECAST, say, Show } from './show.js';
import { Stories, tell } from './story.js';
import { openInVim } from '../../tests/lib/vim.js';

const [once, url = '', dir = '', ...command] = process.argv.slice(2);

/**
 * Throws if something fails, for example if the first save does not reload the tab.
 * Returns after that save with --once, otherwise when the user closes the browser.
 *
 * @param {Show} show
 */
async function play(show) {
	const { children, env, temp } = show;
	await show.bus();
	const { daemon, port } = await show.daemon();

	const site = dir ? await userSite(dir, url, command) : await exampleSite(temp, env);
	const server = await serve(site, children);
	say('server', `${site.url}: ${site.what}`);
	if (!await isInGit(site.root, process.env)) {
		const { status, stderr } = await run([SAVECAST, 'track', site.root], env);
		if (status !== 0) {
			throw new Error(`savecast track: ${site.root}: ${stderr}`);
		}
		say('project', `${site.root} is not in git, so it was tracked with 'savecast track'`);
	}

	const { browser: launching, headless } = show.openBrowser(port);
	const browser = await launching;
	const page = await browser.newPage(site.url);
	say('browser', `Chromium${headless ? ', headless: there is no display' : ''}, one tab at ${site.url}`);
	await page.clickAction();
	const tooltip = await until('the tab is live', async () => {
		const { badge, title } = await browser.activeIcon();
		if (badge !== 'on') {
			throw new Error(title);
		}
		return title;
	});
	say('click', `on the toolbar icon, which now says: ${tooltip}`);

	const stories = new Stories(children, SAVECAST, env);
	if (site.edit || once) {
		const { story, since } = await firstSave(show, site, stories);
		console.log(`\n${tell(story, since)}\n`);
		if (!isGood(story)) {
			throw new Error('this save did not reload the tab: see its steps above');
		}
		if (site.edit) {
			const heading = await page.evaluate('document.querySelector("h1")?.textContent');
			if (heading !== site.edit.to) {
				throw new Error(`the page shows "${heading}", not "${site.edit.to}"`);
			}
			say('page', `shows "${heading}"`);
		}
	}
	if (!once) {
		const { vim, savecast } = await show.wrappers();
		const example = site.edit?.file ?? path.join(site.root, 'FILE');
		console.log([
			'',
			'Now you: edit, and watch the tab. From another terminal:',
			`  ${vim} ${example}`,
			`  ${savecast} save ${example}    (from any other editor)`,
			`  ${savecast} status`,
			'Ctrl-C ends it all' + (dir ? '.' : ', and removes the copy.'),
			'',
		].join('\n'));
		void stories.each(story => console.log(`${tell(story)}\n`));
		await Promise.race([
			whileAlive(daemon, new Promise(() => {})),
			server && whileAlive(server, new Promise(() => {})),
			gone(browser),
		].filter(Boolean));
	}
}

/**
 * One real `:w`.
 *
 * @param {Show} show
 * @param {import('./serve.js').Site} site
 * @param {import('./story.js').Stories} stories
 */
async function firstSave({ children, env, temp }, { root, edit }, stories) {
	const file = edit?.file ?? await harmlessFile(root);
	if (!file) {
		throw new Error(`${root}: no text file in it that could be written again`);
	}
	const vim = await openInVim({
		children, temp, env, file, command: SAVECAST,
		edit: edit && `%s/${edit.from}/${edit.to}/`,
	});
	const since = vim.write();
	say('save', `vim :w ${path.relative(root, file)}${
		edit ? `: "${edit.from}" is now "${edit.to}"` : ', not a byte of it changed'}`);
	const story = await stories.first(file);
	await vim.quit();
	return { story, since };
}

/** @param {import('./story.js').Story} story */
function isGood({ steps }) {
	const bad = ['failed', 'skipped', 'gone', 'no-tab', 'no-project'];
	return !steps.some(({ step }) => bad.includes(step));
}

/**
 * Resolves when the user has closed the browser.
 *
 * @param {import('../../tests/lib/browser/chromium.js').Chromium} browser
 */
async function gone({ pid }) {
	// No event reports this, so check from time to time.
	for (;;) {
		try {
			process.kill(/** @type {number} */ (pid), 0);
		} catch {
			say('browser', 'was closed');
			return;
		}
		await new Promise(resolve => { setTimeout(resolve, 1000); });
	}
}

/**
 * @param {Show} show
 * @param {string} why
 */
async function reportFailure({ logs, browser }, why) {
	console.error(`\nscripts/start: ${why}`);
	const { errors } = await browser?.catch(() => undefined) ?? {};
	if (errors) {
		await writeFile(path.join(logs, 'browser.log'), errors);
	}
	for (const name of await readdir(logs)) {
		const text = tail(path.join(logs, name), 15);
		if (text) {
			console.error(`\n${name} ends:\n${text.replace(/^/gm, '  ')}`);
		}
	}
}

async function main() {
	const show = new Show(await mkdtemp(path.join(await realpath(os.tmpdir()), 'savecast-start-')));
	await mkdir(show.logs);
	await mkdir(/** @type {string} */ (show.env.HOME));

	/** @type {Promise<'stopped'>} */
	const stopped = new Promise(resolve => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
			process.on(signal, () => resolve('stopped'));
		}
	});
	let status = 0;
	let kept = '';
	try {
		if (await Promise.race([play(show), stopped]) && once) {
			status = 130; // There is no save to show.
		}
	} catch (error) {
		status = 1;
		kept = `${show.temp}-logs`;
		await reportFailure(show, /** @type {Error} */ (error).message);
	}
	await show.end();
	if (kept) {
		await rename(show.logs, kept);
		console.error(`\nscripts/start: all logs are in ${kept}`);
	}
	await rm(show.temp, { recursive: true, force: true });
	say('end', 'all stopped, temporary files removed');
	process.exit(status);
}

await main();
