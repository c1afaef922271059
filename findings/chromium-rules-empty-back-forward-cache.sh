#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Chromium 156, driven by playwright-core 1.65.1: each chrome.declarativeNetRequest.updateSessionRules() of an extension
# empties the back/forward cache of all tabs, also if the rule that it adds is about another site. The next Back loads the
# page again, so what its scripts held is lost. An update that changes nothing keeps the cache.
#
# Seen (Debian 12):
#   Back, no rule changed: kept
#   Back, a rule for another site was added: loaded again, because of CacheFlushed
#   Back, nothing to add or remove: kept
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . playwright-core@1.65.1 >/dev/null
mkdir extension
cat >extension/manifest.json <<'JSON'
{"manifest_version": 3, "name": "probe", "version": "1", "permissions": ["declarativeNetRequest"], "background": {"service_worker": "background.js"}}
JSON
echo '// Called from outside.' >extension/background.js
cat >probe.mjs <<'JS'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const server = createServer((request, response) => {
	response.setHeader('Content-Type', 'text/html');
	response.end(`<!doctype html><title>${request.url}</title>`);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const context = await chromium.launchPersistentContext('profile', {
	executablePath: '/usr/bin/chromium', ignoreDefaultArgs: ['--disable-back-forward-cache', '--disable-extensions'],
	args: ['--no-sandbox', '--headless=new', '--disable-extensions-except=extension', '--load-extension=extension', '--disable-features=DisableLoadExtensionCommandLineSwitch'],
});
const worker = context.serviceWorkers()[0] ?? await context.waitForEvent('serviceworker');
const page = await context.newPage();
const cdp = await context.newCDPSession(page);
await cdp.send('Page.enable');
let reason;
cdp.on('Page.backForwardCacheNotUsed', ({ notRestoredExplanations }) => { reason = notRestoredExplanations.map(({ reason }) => reason).join(' '); });
const url = `http://127.0.0.1:${server.address().port}`;
const expect = (what, got, expected) => {
	console.log(`${what}: ${got}`);
	if (got !== expected) {
		console.log(`CHANGED: not ${expected}`);
		process.exitCode = 1;
	}
};
/** What Back shows after `change` was called in the extension meanwhile. */
const back = async (change) => {
	reason = undefined;
	await page.goto(`${url}/one`);
	await page.evaluate('globalThis.held = true');
	await page.goto(`${url}/two`);
	await worker.evaluate(change);
	await page.evaluate('history.back()').catch(() => {});
	await page.waitForFunction('location.pathname === "/one" && document.readyState === "complete"');
	return await page.evaluate('globalThis.held') ? 'kept' : `loaded again, because of ${reason}`;
};
expect('Back, no rule changed', await back(() => {}), 'kept');
expect('Back, a rule for another site was added', await back(() => chrome.declarativeNetRequest.updateSessionRules({
	addRules: [{ id: 1, condition: { urlFilter: '||example.com^' }, action: { type: 'block' } }],
})), 'loaded again, because of CacheFlushed');
expect('Back, nothing to add or remove', await back(() => chrome.declarativeNetRequest.updateSessionRules({})), 'kept');
await context.close();
server.close();
JS
node probe.mjs
