#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Chromium 156, driven by playwright-core 1.65.1: a reload past the cache (DevTools Protocol Page.reload with ignoreCache,
# which is what Ctrl+Shift+R does) requests the document, its scripts and what they fetch before the load event again. But
# the script of a dedicated worker, what it imports with importScripts(), what it fetches, the script of a shared worker,
# and what the page fetches after its load event still come from the HTTP cache, without a request, if they were
# cacheable. So the new page runs with old workers.
#
# Seen (Debian 12), all files with `Cache-Control: max-age=3600`, and changed between the two loads:
#   first load: page 1, early fetch 1, late fetch 1, worker 1 1 1, shared worker 1
#   reload past the cache: page 2, early fetch 2, late fetch 1, worker 1 1 1, shared worker 1
#   requests: / /page.js /early.txt
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . playwright-core@1.65.1 >/dev/null
cat >probe.mjs <<'JS'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

/** The version that the server answers with, and which requests came since the last change. */
let version = 1;
let requests = [];
const files = {
	'/': () => `<!doctype html><title>t</title><script src=/page.js></script><script>
		const worker = new Worker('/worker.js');
		worker.onmessage = ({ data }) => { globalThis.worker = data; };
		new SharedWorker('/shared.js').port.onmessage = ({ data }) => { globalThis.shared = data; };
		addEventListener('load', () => setTimeout(async () => { globalThis.late = await (await fetch('/late.txt')).text(); }, 300));
		fetch('/early.txt').then((answer) => answer.text()).then((text) => { globalThis.early = text; });
	</script>`,
	'/page.js': () => `globalThis.page = '${version}'`,
	'/worker.js': () => `importScripts('/import.js'); fetch('/inner.txt').then((answer) => answer.text()).then((inner) => postMessage({ script: '${version}', imported, inner }))`,
	'/import.js': () => `var imported = '${version}'`,
	'/shared.js': () => `onconnect = ({ ports }) => ports[0].postMessage('${version}')`,
	'/inner.txt': () => `${version}`, '/early.txt': () => `${version}`, '/late.txt': () => `${version}`,
};
const server = createServer((request, response) => {
	const file = files[request.url];
	requests.push(request.url);
	response.writeHead(file ? 200 : 404, {
		'Content-Type': request.url === '/' ? 'text/html' : request.url.endsWith('.js') ? 'text/javascript' : 'text/plain', 'Cache-Control': 'max-age=3600',
	});
	response.end(file?.());
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
if (!browser.version().startsWith('156.')) {
	console.error(`this is Chromium ${browser.version()}, not 156`);
}
const page = await browser.newPage();
const seen = async () => {
	await page.waitForFunction('globalThis.worker && globalThis.shared && globalThis.late && globalThis.early && globalThis.page');
	return page.evaluate('`page ${globalThis.page}, early fetch ${early}, late fetch ${late}, ' +
		'worker ${globalThis.worker.script} ${globalThis.worker.imported} ${globalThis.worker.inner}, shared worker ${globalThis.shared}`');
};
const expect = (what, got, expected) => {
	console.log(`${what}: ${got}`);
	if (got !== expected) {
		console.log(`CHANGED: not ${expected}`);
		process.exitCode = 1;
	}
};
await page.goto(`http://127.0.0.1:${server.address().port}/`);
expect('first load', await seen(), 'page 1, early fetch 1, late fetch 1, worker 1 1 1, shared worker 1');
version = 2;
requests = [];
const cdp = await page.context().newCDPSession(page);
await Promise.all([page.waitForNavigation(), cdp.send('Page.reload', { ignoreCache: true })]);
expect('reload past the cache', await seen(), 'page 2, early fetch 2, late fetch 1, worker 1 1 1, shared worker 1');
expect('requests', requests.filter((one) => one !== '/favicon.ico').join(' '), '/ /page.js /early.txt');
await browser.close();
server.close();
JS
node probe.mjs
