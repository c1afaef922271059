#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Chromium 156, driven by playwright-core 1.65.1, with an extension: a rule of declarativeNetRequest that sets the request
# header `Cache-Control: no-cache` makes fetch(url, { cache: 'only-if-cached', mode: 'same-origin' }) fail as if the cache
# did not have the file. It has: the page has just loaded it, and a higher rule that allows the request gives it back. A
# rule that sets another header changes nothing. So an extension that keeps the cache from answering the page's requests
# can no longer read what the page shows.
#
# Seen (Debian 12), a style sheet with `Cache-Control: max-age=3600` that the page has loaded:
#   no rule: 200
#   a rule sets X-Probe: 200
#   a rule sets Cache-Control: TypeError: Failed to fetch
#   the same, with an allowed fragment: 200
#   requests of the style sheet: 1
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . playwright-core@1.65.1 >/dev/null
mkdir extension
cat >extension/manifest.json <<'JSON'
{"manifest_version": 3, "name": "probe", "version": "1", "permissions": ["declarativeNetRequest"], "host_permissions": ["http://127.0.0.1/*"], "background": {"service_worker": "background.js"}}
JSON
echo '// Called from outside.' >extension/background.js
cat >probe.mjs <<'JS'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

let requests = 0;
const server = createServer(({ url }, response) => {
	const isSheet = url === '/sheet.css';
	requests += isSheet;
	response.writeHead(200, { 'Content-Type': isSheet ? 'text/css' : 'text/html', 'Cache-Control': 'max-age=3600' });
	response.end(isSheet ? 'p { color: red }' : '<!doctype html><link rel=stylesheet href=/sheet.css>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const context = await chromium.launchPersistentContext('profile', {
	executablePath: '/usr/bin/chromium', ignoreDefaultArgs: ['--disable-extensions'],
	args: ['--no-sandbox', '--headless=new', '--disable-extensions-except=extension', '--load-extension=extension', '--disable-features=DisableLoadExtensionCommandLineSwitch'],
});
if (!context.browser()?.version().startsWith('156.')) {
	console.error(`this is Chromium ${context.browser()?.version()}, not 156`);
}
const worker = context.serviceWorkers()[0] ?? await context.waitForEvent('serviceworker');
const page = await context.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
const expect = (what, got, expected) => {
	console.log(`${what}: ${got}`);
	if (got !== expected) {
		console.log(`CHANGED: not ${expected}`);
		process.exitCode = 1;
	}
};
const read = (fragment = '') => page.evaluate((mark) => fetch(`/sheet.css${mark}`, { cache: 'only-if-cached', mode: 'same-origin' })
	.then(({ status }) => status, String), fragment);
const setHeader = (header, value) => worker.evaluate(([name, text]) => chrome.declarativeNetRequest.updateSessionRules({
	removeRuleIds: [1, 2],
	addRules: [
		{ id: 1, condition: { urlFilter: '/sheet.css', resourceTypes: ['xmlhttprequest'] },
			action: { type: 'modifyHeaders', requestHeaders: [{ header: name, operation: 'set', value: text }] } },
		{ id: 2, priority: 2, condition: { urlFilter: '#allowed|', resourceTypes: ['xmlhttprequest'] }, action: { type: 'allow' } },
	],
}), [header, value]);
expect('no rule', await read(), 200);
await setHeader('X-Probe', '1');
expect('a rule sets X-Probe', await read(), 200);
await setHeader('Cache-Control', 'no-cache');
expect('a rule sets Cache-Control', await read(), 'TypeError: Failed to fetch');
expect('the same, with an allowed fragment', await read('#allowed'), 200);
expect('requests of the style sheet', requests, 1);
await context.close();
server.close();
JS
node probe.mjs
