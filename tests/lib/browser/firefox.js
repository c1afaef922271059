// SPDX-License-Identifier: MIT
//
// A real Firefox with a profile of its own and, if wanted, the extension in it. It has the methods
// of chromium.js.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { until, within } from '../events.js';
import { Bidi } from './bidi.js';
import { Browser } from './browser.js';
import { FirefoxPage } from './firefox-page.js';
import { startedProfile } from './firefox-profile.js';

/**
 * @typedef {import('./browser.js').Options & {prefs?: Record<string, unknown>, profile?: string}} Options
 *   profile: a folder for its profile, otherwise a new one
 */

const BINARIES = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];

/** The extension's random id in this profile, fixed so that its pages have a known address. */
const UUID = '11111111-2222-4333-8444-555555555555';

/** Firefox opens and requests only what the tests do. */
const PREFS = {
	'app.normandy.enabled': false,
	'app.update.enabled': false,
	'browser.aboutwelcome.enabled': false,
	'browser.shell.checkDefaultBrowser': false,
	'browser.startup.homepage_override.mstone': 'ignore',
	'browser.startup.page': 0,
	// Neither new tabs nor processes are made before they are needed.
	'browser.newtab.preload': false,
	'dom.ipc.processPrelaunch.enabled': false,
	'datareporting.policy.dataSubmissionEnabled': false,
	'extensions.getAddons.cache.enabled': false,
	'network.captive-portal-service.enabled': false,
	'network.connectivity-service.enabled': false,
	'toolkit.telemetry.reportingpolicy.firstRun': false,
};

/** @returns {string | undefined} the browser to test with, if there is one */
export function findFirefox() {
	return process.env.FIREFOX ?? BINARIES.find((path) => existsSync(path));
}

/**
 * @param {Options} [options]
 * @returns {Promise<Firefox>}
 */
export async function launchFirefox(options = {}) {
	const binary = options.binary ?? findFirefox();
	if (!binary) {
		throw new Error(`firefox: ${BINARIES.join(', ')}: not found: install it or set FIREFOX`);
	}
	const profile = options.profile ?? options.again?.profile ?? await startedProfile(binary, async (first) => {
		const browser = await launchFirefox({ binary, profile: first });
		await browser.end();
	});
	const id = options.extension ? idOf(options.extension) : '';
	const prefs = {
		...PREFS,
		...(id ? { 'extensions.webextensions.uuids': JSON.stringify({ [id]: UUID }) } : {}),
		// It stays installed like a signed one; only a release of Firefox would require the
		// signature.
		...(options.package ? { 'xpinstall.signatures.required': false } : {}),
		...(options.hosts ? { 'network.dns.localDomains': options.hosts.join(',') } : {}),
		// With the settings that Firefox recommends for remote control, it would not restore the session.
		...(options.again ? { 'remote.prefs.recommended': false, 'browser.startup.page': 3 } : {}),
		...options.prefs,
	};
	await writeFile(join(profile, 'user.js'), Object.entries(prefs)
		.map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`).join(''));
	const child = spawn(binary, [
		...(options.headless === false ? [] : ['--headless']),
		'--no-remote', '--profile', profile, '--remote-debugging-port=0', '--remote-allow-system-access',
		...(options.args ?? []), ...(options.again ? [] : ['about:blank']),
	], {
		detached: true,
		stdio: ['ignore', 'ignore', 'pipe'],
		env: { ...(options.env ?? process.env), HOME: profile, MOZ_DISABLE_AUTO_SAFE_MODE: '1' },
	});
	const browser = new Firefox(child, profile);
	try {
		await browser.start();
		if (options.again) {
			browser.extensionId = options.again.extensionId;
		} else if (options.extension) {
			await browser.loadExtension(options.package ?? options.extension);
			if (options.port !== undefined) {
				await browser.setPort(options.port);
			}
			if (options.grant) {
				await browser.grant(...options.grant);
			}
		}
	} catch (error) {
		await browser.close();
		throw new Error(`${error}\n${browser.errors.slice(0, 4000)}`);
	}
	return browser;
}

/** @param {string} folder */
function idOf(folder) {
	const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
	return manifest.browser_specific_settings.gecko.id;
}

export class Firefox extends Browser {
	/** @type {Bidi} */
	bidi = /** @type {any} */ (undefined);
	#address;

	/**
	 * @param {import('node:child_process').ChildProcess} child
	 * @param {string} profile
	 */
	constructor(child, profile) {
		super('firefox', child, profile);
		/** @type {Promise<string>} */
		this.#address = new Promise((resolve) => {
			this.lines.on('line', (line) => {
				const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
				if (found) {
					resolve(found[1]);
				}
			});
		});
	}

	async start() {
		const ended = this.gone.then(() => Promise.reject(new Error('firefox: it ended during its start')));
		ended.catch(() => {});
		this.bidi = await Bidi.open(
			await within(Promise.race([this.#address, ended]), 'firefox: start'));
		await this.bidi.send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
		await this.bidi.send('session.subscribe', {
			events: ['browsingContext.load', 'browsingContext.domContentLoaded'],
		});
	}

	/**
	 * @param {string} folder or a package
	 * @returns {Promise<string>} its id
	 */
	async loadExtension(folder) {
		// A package stays installed; a folder is loaded for this one session.
		const isPackage = folder.endsWith('.zip');
		const { extension } = await this.bidi.send('webExtension.install', {
			extensionData: { type: isPackage ? 'archivePath' : 'path', path: folder },
			'moz:permanent': isPackage,
		});
		this.extensionId = extension;
		// Its welcome page comes to the front: close it before a test looks.
		const { context } = await until('the page of the first run', async () => {
			const { contexts } = await this.bidi.send('browsingContext.getTree', {});
			return contexts.find((/** @type {any} */ { url }) => url === this.extensionUrl('ui/welcome.html'));
		});
		await this.bidi.send('browsingContext.close', { context });
		return extension;
	}

	/** @param {string} path @returns the address of a page of the extension */
	extensionUrl(path) {
		return `moz-extension://${UUID}/${path}`;
	}

	/**
	 * Gives permission, as the user does when the extension asks for a site.
	 *
	 * @param {string[]} origins
	 */
	async grant(...origins) {
		await this.evaluateInBrowser(`(async () => {
			const { ExtensionPermissions } =
				ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
			const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(this.extensionId)});
			await ExtensionPermissions.add(extension.id,
				{ permissions: [], origins: ${JSON.stringify(origins)} }, extension);
		})()`);
	}

	/**
	 * Runs in the browser's own window, with all its privileges.
	 *
	 * @param {string} expression
	 */
	async evaluateInBrowser(expression) {
		const { contexts } = await this.bidi.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
		const { context } = contexts.find((/** @type {any} */ { url }) => /browser\.xhtml/.test(url));
		return this.bidi.evaluate(context, expression);
	}

	/**
	 * Runs in a page of the extension that exists for this one evaluation only.
	 *
	 * @param {string} expression
	 */
	async evaluateInWorker(expression) {
		const page = await this.newPage(this.extensionUrl('ui/welcome.html'), { background: true });
		try {
			return await page.evaluate(expression);
		} finally {
			await page.close();
		}
	}

	/**
	 * @param {string} [url] waits until it is loaded
	 * @param {{background?: boolean}} [options]
	 * @returns {Promise<FirefoxPage>}
	 */
	async newPage(url, { background = false } = {}) {
		const { context } = await this.bidi.send('browsingContext.create', { type: 'tab', background });
		const page = new FirefoxPage(this, context);
		if (url) {
			await page.goto(url);
		}
		return page;
	}

	/** @param {FirefoxPage} page */
	async clickAction(page) {
		await page.activate();
		await this.evaluateInBrowser(`(async () => {
			const { ExtensionParent } =
				ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs');
			const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(this.extensionId)});
			await ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(window);
		})()`);
	}

	/** @returns {Promise<boolean>} whether there was a background page to end; there is none now */
	async killWorker() {
		return this.evaluateInBrowser(`(async () => {
			const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(this.extensionId)});
			const was = extension.backgroundState === 'running';
			await extension.terminateBackground();
			return was;
		})()`);
	}

	/**
	 * Allows the extension in private windows, as the user does in its settings; the browser loads
	 * it again.
	 */
	async allowPrivate() {
		const id = JSON.stringify(this.extensionId);
		await this.evaluateInBrowser(`(async () => {
			const { ExtensionPermissions } =
				ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
			const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
			await ExtensionPermissions.add(${id},
				{ permissions: ['internal:privateBrowsingAllowed'], origins: [] });
			await (await AddonManager.getAddonByID(${id})).reload();
		})()`);
	}

	/** Ends it like a user who will start it again with the same profile: see `again`. */
	async end() {
		// BiDi's own close would close the tabs first, and the session would be empty.
		this.evaluateInBrowser('Services.startup.quit(Ci.nsIAppStartup.eAttemptQuit)').catch(() => {});
		await this.exit(30000);
	}

	async close() {
		this.bidi?.send('browser.close').catch(() => {});
		await this.remove(5000);
		this.bidi?.close();
	}
}
