// SPDX-License-Identifier: MIT
//
// A real Chromium with a profile of its own and, if wanted, the extension in it.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { until } from '../events.js';
import { Browser } from './browser.js';
import { Cdp } from './cdp.js';
import { ChromiumPage } from './chromium-page.js';

/** @typedef {import('./browser.js').Options} Options */

const BINARIES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @returns {string | undefined} the browser to test with, if there is one */
export function findChromium() {
	return process.env.CHROMIUM ?? BINARIES.find((path) => existsSync(path));
}

/**
 * @param {Options} [options]
 * @returns {Promise<Chromium>}
 */
export async function launchChromium(options = {}) {
	const binary = options.binary ?? findChromium();
	if (!binary) {
		throw new Error(`chromium: ${BINARIES.join(', ')}: not found: install it or set CHROMIUM`);
	}
	const profile = options.again?.profile ?? await mkdtemp(join(tmpdir(), 'savecast-chromium-'));
	const args = [
		...(options.headless === false ? [] : ['--headless=new']),
		...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
		'--disable-gpu',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
		`--user-data-dir=${profile}`,
		'--remote-debugging-pipe',
		'--enable-unsafe-extension-debugging',
		`--host-resolver-rules=${(options.hosts ?? []).map((host) => `MAP ${host} 127.0.0.1`).join(', ')}`,
		...(options.args ?? []),
		// An extension from a store would need no switch to be loaded again.
		...(options.again ? ['--restore-last-session', `--load-extension=${options.again.extensionFolder}`] : ['about:blank']),
	];
	// A process group of its own, so that close() reaches every process of the browser.
	const child = spawn(binary, args, {
		detached: true,
		stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
		env: options.env ?? process.env,
	});
	const browser = new Chromium(child, profile);
	try {
		await browser.started;
		if (options.again) {
			Object.assign(browser, { extensionId: options.again.extensionId, extensionFolder: options.again.extensionFolder });
		} else if (options.extension) {
			const folder = options.package ? browser.unpack(options.package) : options.extension;
			await browser.loadExtension(options.grant ? await browser.withSites(folder, options.grant) : folder);
			if (options.port !== undefined) {
				await browser.setPort(options.port);
			}
		}
	} catch (error) {
		await browser.close();
		throw new Error(`${error}\n${browser.errors.slice(0, 4000)}`);
	}
	return browser;
}

export class Chromium extends Browser {
	extensionFolder = '';

	/**
	 * @param {import('node:child_process').ChildProcess} child
	 * @param {string} profile
	 */
	constructor(child, profile) {
		// It complains about the missing D-Bus repeatedly.
		super('chromium', child, profile, /dbus/);
		const [, , , output, input] = /** @type {any[]} */ (child.stdio);
		this.cdp = new Cdp(output, input);
		this.started = this.cdp.send('Browser.getVersion');
	}

	/**
	 * @param {string} folder
	 * @returns {Promise<string>} its id
	 */
	async loadExtension(folder) {
		const { id } = await this.cdp.send('Extensions.loadUnpacked', { path: folder });
		this.extensionId = id;
		this.extensionFolder = folder;
		// Its welcome page comes to the front: close it before a test looks.
		const welcome = await until('the page of the first run', async () => {
			const { targetInfos } = await this.cdp.send('Target.getTargets');
			return targetInfos.find((/** @type {any} */ { url }) => url === this.extensionUrl('ui/welcome.html'));
		});
		await this.cdp.send('Target.closeTarget', { targetId: welcome.targetId });
		return id;
	}

	/**
	 * @param {string} file a package
	 * @returns {string} the folder of its contents
	 */
	unpack(file) {
		const folder = join(this.profile, 'package');
		execFileSync('/usr/bin/python3', ['-m', 'zipfile', '-e', file, folder]);
		return folder;
	}

	/** @param {string} path @returns the address of a page of the extension */
	extensionUrl(path) {
		return `chrome-extension://${this.extensionId}/${path}`;
	}

	/**
	 * No switch answers the browser's question for permission. Instead, a copy of the extension has
	 * the permission for the sites from the start, and can do exactly what the extension can do
	 * after the user has allowed it.
	 *
	 * @param {string} extension
	 * @param {string[]} sites
	 */
	async withSites(extension, sites) {
		const copy = join(this.profile, 'extension');
		await cp(extension, copy, { recursive: true });
		const file = join(copy, 'manifest.json');
		const manifest = JSON.parse(await readFile(file, 'utf8'));
		await writeFile(file, JSON.stringify({ ...manifest, host_permissions: sites }));
		return copy;
	}

	/**
	 * @param {string} [url] waits until it is loaded
	 * @param {{newWindow?: boolean}} [options]
	 * @returns {Promise<ChromiumPage>}
	 */
	async newPage(url, { newWindow = false } = {}) {
		// The toolbar belongs to a tab, and a page is the tab's child: both are needed.
		const { targetId: tabTarget } = await this.cdp.send('Target.createTarget', {
			url: 'about:blank',
			forTab: true,
			newWindow,
		});
		const { sessionId: tabSession } = await this.cdp.send('Target.attachToTarget', {
			targetId: tabTarget,
			flatten: true,
		});
		const attached = this.cdp.next(
			'Target.attachedToTarget',
			tabSession,
			({ targetInfo }) => targetInfo.type === 'page',
		);
		await this.cdp.send(
			'Target.setAutoAttach',
			{ autoAttach: true, waitForDebuggerOnStart: false, flatten: true },
			tabSession,
		);
		const { sessionId, targetInfo } = await attached;
		await this.cdp.send('Page.enable', {}, sessionId);
		const page = new ChromiumPage(this, tabTarget, targetInfo.targetId, sessionId);
		if (url) {
			await page.goto(url);
		}
		return page;
	}

	/**
	 * Brings the tab to the front first: the browser clicks in the window's active tab, even if
	 * another one is named.
	 *
	 * @param {ChromiumPage} page
	 */
	async clickAction(page) {
		await page.activate();
		await this.cdp.send('Extensions.triggerAction', {
			id: this.extensionId,
			targetId: page.tabTarget,
		});
	}

	/** @returns {Promise<string | undefined>} the target of the extension's worker if it is running */
	async workerTarget() {
		const { targetInfos } = await this.cdp.send('Target.getTargets');
		return targetInfos.find((/** @type {any} */ { type, url }) =>
			type === 'service_worker' && url.startsWith(`chrome-extension://${this.extensionId}/`))
			?.targetId;
	}

	/**
	 * Attaches for this one evaluation only, because a debugger keeps a worker alive. The worker
	 * must be running: nothing here wakes it.
	 *
	 * @param {string} expression
	 * @returns {Promise<any>}
	 */
	async evaluateInWorker(expression) {
		const targetId = await until('the worker of the extension', () => this.workerTarget());
		const { sessionId } = await this.cdp.send('Target.attachToTarget', { targetId, flatten: true });
		try {
			// A worker that has just started does not have the extension API for a moment.
			await until('the extension API in the worker', () =>
				this.cdp.evaluate(sessionId, 'Boolean(globalThis.chrome?.storage)'));
			return await this.cdp.evaluate(sessionId, expression);
		} finally {
			await this.cdp.send('Target.detachFromTarget', { sessionId }).catch(() => {});
		}
	}

	/** @returns {Promise<boolean>} whether there was a worker to kill; none is running now */
	async killWorker() {
		const targetId = await this.workerTarget();
		if (!targetId) {
			return false;
		}
		await this.cdp.send('Target.closeTarget', { targetId });
		await until('the end of the worker', async () => (await this.workerTarget()) !== targetId);
		return true;
	}

	/**
	 * Allows the extension in private windows, as the user does in its settings; the browser loads
	 * it again.
	 */
	async allowPrivate() {
		const page = await this.newPage('chrome://extensions');
		// Only in developer mode can an extension that no store has signed be loaded again.
		await page.evaluate('chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })');
		await page.evaluate(`chrome.developerPrivate.updateExtensionConfiguration(
			{ extensionId: ${JSON.stringify(this.extensionId)}, incognitoAccess: true })`);
		await page.close();
	}

	/** Ends it like a user who will start it again with the same profile: see `again`. */
	async end() {
		this.cdp.send('Browser.close').catch(() => {});
		await this.exit(30000);
	}

	async close() {
		this.cdp.send('Browser.close').catch(() => {});
		await this.remove(3000);
	}
}
