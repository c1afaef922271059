// SPDX-License-Identifier: MIT
//
// A real Chromium with a profile of its own and, if wanted, the extension in it.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Cdp } from './cdp.js';
import { until, within } from '../events.js';

/**
 * @typedef {object} Options
 * @property {string} [extension] the folder of an unpacked extension
 * @property {string} [package] a store's package of it, which is loaded in its place
 * @property {number} [port] where the extension is to look for the daemon
 * @property {string[]} [grant] sites that the person gave the extension leave for
 * @property {boolean} [headless] true unless given
 * @property {string[]} [hosts] names that are to be this machine
 * @property {string[]} [args] further switches
 * @property {any} [again] one that has ended with end(): the same person starts it once more
 * @property {string} [binary] else CHROMIUM, else what is installed
 * @property {Record<string, string | undefined>} [env]
 */

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
		...(options.hosts ?? []).map((host) => `--host-resolver-rules=MAP ${host} 127.0.0.1`),
		...(options.args ?? []),
		// What a store installed is there again by itself.
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

export class Chromium {
	name = 'chromium';
	/** The id of the extension that was loaded last. */
	extensionId = '';
	extensionFolder = '';
	/** What the browser wrote to its standard error, but its grumbling that there is no D-Bus. */
	errors = '';
	#child;
	#exited;

	/**
	 * @param {import('node:child_process').ChildProcess} child
	 * @param {string} profile
	 */
	constructor(child, profile) {
		this.#child = child;
		this.profile = profile;
		this.#exited = new Promise((resolve) => {
			child.once('exit', resolve);
			child.once('error', resolve);
		});
		createInterface({ input: /** @type {any} */ (child.stderr) }).on('line', (line) => {
			if (!/dbus/.test(line)) {
				this.errors += `${line}\n`;
			}
		});
		const [, , , output, input] = /** @type {any[]} */ (child.stdio);
		this.cdp = new Cdp(output, input);
		process.once('exit', this.#remove);
		this.started = this.cdp.send('Browser.getVersion');
	}

	get pid() {
		return this.#child.pid;
	}

	/**
	 * @param {string} folder
	 * @returns {Promise<string>} its id
	 */
	async loadExtension(folder) {
		const { id } = await this.cdp.send('Extensions.loadUnpacked', { path: folder });
		this.extensionId = id;
		this.extensionFolder = folder;
		// Its page of the first run comes to the front: gone before a test looks.
		const welcome = await until('the page of the first run', async () => {
			const { targetInfos } = await this.cdp.send('Target.getTargets');
			return targetInfos.find((/** @type {any} */ { url }) => url === this.extensionUrl('ui/welcome.html'));
		});
		await this.cdp.send('Target.closeTarget', { targetId: welcome.targetId });
		return id;
	}

	/**
	 * @param {string} file a package
	 * @returns {string} the folder of what is in it
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
	 * No switch says yes to the browser's own question: a copy that has the sites from the start
	 * may do just what the extension may after that yes.
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
	 * @returns {Promise<Page>}
	 */
	async newPage(url, { newWindow = false } = {}) {
		// The toolbar belongs to a tab, and a page is a tab's child: both are needed.
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
		const page = new Page(this, tabTarget, targetInfo.targetId, sessionId);
		if (url) {
			await page.goto(url);
		}
		return page;
	}

	/**
	 * The tab comes to the front first: the browser clicks in the window's active tab, whichever
	 * one is named.
	 *
	 * @param {Page} page
	 */
	async clickAction(page) {
		await page.activate();
		await this.cdp.send('Extensions.triggerAction', {
			id: this.extensionId,
			targetId: page.tabTarget,
		});
	}

	/** @returns {Promise<string | undefined>} the target of the extension's worker if it runs */
	async workerTarget() {
		const { targetInfos } = await this.cdp.send('Target.getTargets');
		return targetInfos.find((/** @type {any} */ { type, url }) =>
			type === 'service_worker' && url.startsWith(`chrome-extension://${this.extensionId}/`))
			?.targetId;
	}

	/**
	 * Attached for this one evaluation only: a debugger keeps a worker alive. The worker must
	 * run: nothing here wakes it.
	 *
	 * @param {string} expression
	 * @returns {Promise<any>}
	 */
	async evaluateInWorker(expression) {
		const targetId = await until('the worker of the extension', () => this.workerTarget());
		const { sessionId } = await this.cdp.send('Target.attachToTarget', { targetId, flatten: true });
		try {
			// A worker that has just started has no extension API for a moment.
			await until('the extension API in the worker', () =>
				this.cdp.evaluate(sessionId, 'Boolean(globalThis.chrome?.storage)'));
			return await this.cdp.evaluate(sessionId, expression);
		} finally {
			await this.cdp.send('Target.detachFromTarget', { sessionId }).catch(() => {});
		}
	}

	/** @returns {Promise<boolean>} whether there was a worker to kill; it is gone now */
	async killWorker() {
		const targetId = await this.workerTarget();
		if (!targetId) {
			return false;
		}
		await this.cdp.send('Target.closeTarget', { targetId });
		await until('the end of the worker', async () => (await this.workerTarget()) !== targetId);
		return true;
	}

	/** As a person does who allows it in the extension's settings; the browser loads it anew. */
	async allowPrivate() {
		const page = await this.newPage('chrome://extensions');
		// What no store has signed is loaded anew for developers only.
		await page.evaluate('chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })');
		await page.evaluate(`chrome.developerPrivate.updateExtensionConfiguration(
			{ extensionId: ${JSON.stringify(this.extensionId)}, incognitoAccess: true })`);
		await page.close();
	}

	/** @param {number} port */
	setPort(port) {
		return this.set({ port });
	}

	/** @param {object} settings of the extension */
	async set(settings) {
		await this.evaluateInWorker(`chrome.storage.local.set(${JSON.stringify(settings)})`);
	}

	/**
	 * What the toolbar shows for the tab that is active in the first window.
	 *
	 * @returns {Promise<{tab: number, badge: string, title: string}>}
	 */
	async activeFace() {
		return this.evaluateInWorker(`(async () => {
			const [{ id: tabId }] = await chrome.tabs.query({ active: true });
			return {
				tab: tabId,
				badge: await chrome.action.getBadgeText({ tabId }),
				title: await chrome.action.getTitle({ tabId }),
			};
		})()`);
	}

	/** As a person does who will start it again, with the same profile: see `again`. */
	async end() {
		this.cdp.send('Browser.close').catch(() => {});
		await within(this.#exited, 'browser: exit', 30000);
	}

	async close() {
		this.cdp.send('Browser.close').catch(() => {});
		await within(this.#exited, 'browser: exit', 3000).catch(() => {});
		process.off('exit', this.#remove);
		this.#remove();
	}

	/** Also run when the test process ends before it came to close(). */
	#remove = () => {
		try {
			process.kill(-/** @type {number} */ (this.pid), 'SIGKILL');
		} catch {
			// No process of the group is left.
		}
		rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
	};
}

export class Page {
	/**
	 * @param {Chromium} browser
	 * @param {string} tabTarget
	 * @param {string} target
	 * @param {string} session
	 */
	constructor(browser, tabTarget, target, session) {
		this.browser = browser;
		this.tabTarget = tabTarget;
		this.target = target;
		this.session = session;
	}

	/**
	 * @param {string} method
	 * @param {object} [params]
	 */
	send(method, params) {
		return this.browser.cdp.send(method, params, this.session);
	}

	/** @param {string} expression */
	evaluate(expression) {
		return this.browser.cdp.evaluate(this.session, expression);
	}

	/** @returns {Promise<unknown>} the next load event; ask before you cause it */
	loaded() {
		return this.browser.cdp.next('Page.loadEventFired', this.session);
	}

	/** @param {string} url */
	async goto(url) {
		const loaded = this.loaded();
		const { errorText } = await this.send('Page.navigate', { url });
		if (errorText) {
			loaded.catch(() => {});
			throw new Error(`page: ${url}: ${errorText}`);
		}
		await loaded;
	}

	activate() {
		return this.browser.cdp.send('Target.activateTarget', { targetId: this.target });
	}

	/** Clicks the extension's icon on this tab. */
	clickAction() {
		return this.browser.clickAction(this);
	}

	/** @param {number} width @param {number} height of what is shown */
	resize(width, height) {
		return this.send('Emulation.setDeviceMetricsOverride',
			{ width, height, deviceScaleFactor: 2, mobile: false });
	}

	/** @param {'light' | 'dark'} value what the person prefers */
	colors(value) {
		return this.send('Emulation.setEmulatedMedia',
			{ features: [{ name: 'prefers-color-scheme', value }] });
	}

	/** @param {string} path of the PNG to write */
	async screenshot(path) {
		const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
		await writeFile(path, Buffer.from(data, 'base64'));
	}

	close() {
		return this.browser.cdp.send('Target.closeTarget', { targetId: this.target });
	}
}
