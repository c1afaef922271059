#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Chromium 156, driven by playwright-core 1.65.1: the picture of an <object> or <embed> is not shown, and its error event
# comes, if a content script of an extension is what makes the browser lay out the new element, for example with offsetWidth
# or document.getAnimations(). The server has answered 200 with the picture. A script of the page that does the same shows
# it, and so does a content script that does not cause a layout.
#
# Seen (Debian 12), the width of a picture of 10 pixels:
#   page 10, page with a layout 10, content script 10, content script with a layout 0
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . playwright-core@1.65.1 >/dev/null
cat >probe.mjs <<'JS'
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGPgZGDAg/DJjWBpACXEA4XNrvt4AAAAAElFTkSuQmCC', 'base64');
const show = (layout) => {
	const object = document.createElement('object');
	object.type = 'image/png';
	object.data = `/a.png${location.search}`;
	object.onload = object.onerror = () => setTimeout(() => {
		document.documentElement.dataset.width = object.getBoundingClientRect().width;
	}, 100);
	document.body.append(object);
	if (layout) {
		object.offsetWidth;
	}
};
const server = createServer((request, response) => {
	const isPicture = request.url.startsWith('/a.png');
	response.writeHead(200, { 'Content-Type': isPicture ? 'image/png' : 'text/html' });
	response.end(isPicture ? png : '<!doctype html><title>t</title><body>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
await mkdir('extension');
await writeFile('extension/manifest.json', JSON.stringify({
	manifest_version: 3, name: 'probe', version: '1', content_scripts: [{ matches: ['http://127.0.0.1/*'], js: ['content.js'] }],
}));
await writeFile('extension/content.js', `if (location.search.includes('content')) { (${show})(location.search.includes('layout')); }`);
const context = await chromium.launchPersistentContext('profile', {
	executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--enable-unsafe-extension-debugging'], ignoreDefaultArgs: ['--disable-extensions'],
});
const version = context.browser().version();
if (!version.startsWith('156.')) {
	console.error(`this is Chromium ${version}, not 156`);
}
const cdp = await context.browser().newBrowserCDPSession();
await cdp.send('Extensions.loadUnpacked', { path: `${process.cwd()}/extension` });
const page = await context.newPage();
const width = async (query) => {
	await page.goto(`http://127.0.0.1:${server.address().port}/?${query}`);
	if (query.startsWith('page')) {
		await page.evaluate(`(${show})(${query.includes('layout')})`);
	}
	await page.waitForFunction('document.documentElement.dataset.width');
	return page.evaluate('document.documentElement.dataset.width');
};
const seen = `page ${await width('page')}, page with a layout ${await width('page-layout')}, ` +
	`content script ${await width('content')}, content script with a layout ${await width('content-layout')}`;
console.log(seen);
if (seen !== 'page 10, page with a layout 10, content script 10, content script with a layout 0') {
	console.log('CHANGED');
	process.exitCode = 1;
}
await context.close();
server.close();
JS
node probe.mjs
