#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Chromium 156, driven by playwright-core 1.65.1: a page shows an SVG file with `Cache-Control: max-age=31536000` by <img>,
# <image> and <use>. The file changes on the server, and a script of the page loads it into the HTTP cache again
# (fetch with cache: 'reload'). After location.reload(), <img> and <image> show the new file, <use> the old one: it has a
# memory of its own for each tab, which the request did not replace. After a reload past the cache, <use> is still old; it
# is new only on a page that does not show the file in another way before it.
#
# Seen (Debian 12), the width that each shows:
#   at first: img 10, image 10, use 10
#   loaded again with cache: 'reload': 11
#   after location.reload(): img 11, image 11, use 10
#   after a reload past the cache: img 12, image 12, use 10
#   the same on a page with <use> alone: use 12
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . playwright-core@1.65.1 >/dev/null
cat >probe.mjs <<'JS'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

let width = 10;
const picture = () => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="9"><g id="g"><rect width="${width}" height="9"/></g></svg>`;
const body = { '/all': '<img id=img src=/a.svg><svg><image id=image href=/a.svg /><use id=use href=/a.svg#g /></svg>', '/use': '<svg><use id=use href=/a.svg#g /></svg>' };
const server = createServer(({ url }, response) => {
	const isPicture = url === '/a.svg';
	response.writeHead(200, isPicture ? { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'max-age=31536000' } : { 'Content-Type': 'text/html' });
	response.end(isPicture ? picture() : `<!doctype html>${body[url] ?? ''}`);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
if (!browser.version().startsWith('156.')) {
	console.error(`this is Chromium ${browser.version()}, not 156`);
}
const origin = `http://127.0.0.1:${server.address().port}`;
const expect = (what, got, expected) => {
	console.log(`${what}: ${got}`);
	if (got !== expected) {
		console.log(`CHANGED: not ${expected}`);
		process.exitCode = 1;
	}
};
const open = async (path) => {
	const page = await browser.newPage();
	await page.goto(origin + path);
	return page;
};
const shown = (page) => page.evaluate(() => ['img', 'image', 'use'].map((id) => document.getElementById(id)).filter(Boolean)
	.map((element) => `${element.id} ${element.localName === 'img' ? element.naturalWidth : element.getBBox().width}`).join(', '));
const reload = async (page, ignoreCache) => {
	const loaded = page.waitForEvent('load');
	if (ignoreCache) {
		await (await page.context().newCDPSession(page)).send('Page.reload', { ignoreCache });
	} else {
		await page.evaluate(() => { setTimeout(() => location.reload()); });
	}
	await loaded;
};

const page = await open('/all');
expect('at first', await shown(page), 'img 10, image 10, use 10');
width = 11;
expect("loaded again with cache: 'reload'", await page.evaluate(() => fetch('/a.svg', { cache: 'reload' }).then((r) => r.text())
	.then((text) => /width="(\d+)"/.exec(text)[1])), '11');
await reload(page, false);
expect('after location.reload()', await shown(page), 'img 11, image 11, use 10');
width = 12;
await reload(page, true);
expect('after a reload past the cache', await shown(page), 'img 12, image 12, use 10');
await page.close();
width = 11;
const other = await open('/use');
width = 12;
await reload(other, true);
expect('the same on a page with <use> alone', await shown(other), 'use 12');
await browser.close();
server.close();
JS
node probe.mjs
