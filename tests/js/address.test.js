// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameSite, toAddress } from '../../browser-ext/common/address.js';
import { browserName } from '../../browser-ext/link/identity.js';
import { DEFAULT_PORT, toPort } from '../../browser-ext/common/settings.js';
import { siteName, siteOf, sitePattern } from '../../browser-ext/common/site.js';

test('user, password, query and fragment are not sent to the daemon', () => {
	assert.deepEqual(toAddress('http://me:secret@localhost:8000/a/b?token=1#top'), {
		url: 'http://localhost:8000/a/b',
	});
	assert.deepEqual(toAddress('file:///home/me/a%20b.html?x'), { url: 'file:///home/me/a%20b.html' });
});

test('for a URL that cannot be watched, there is a reason', () => {
	for (const url of [undefined, '', 'chrome://extensions/', 'about:blank', 'data:text/html,x', 'x',
		`http://localhost/${'a'.repeat(5000)}`]) {
		const address = toAddress(url);
		assert.ok('why' in address && address.why, url);
	}
});

test('a site is stored as a URL; all local files are one site', () => {
	for (const [url, site, name, pattern] of [
		['http://localhost:8000/a', 'http://localhost:8000', 'http://localhost:8000', 'http://localhost/*'],
		['https://[::1]/', 'https://[::1]', 'https://[::1]', 'https://[::1]/*'],
		['file:///home/me/a.html', 'file://', 'files on this computer', 'file:///*'],
	]) {
		assert.deepEqual([siteOf(url), siteOf(site), siteName(site), sitePattern(site)], [site, site, name, pattern]);
	}
});

test('two URLs are of the same site if scheme, host and port are the same', () => {
	const site = 'http://localhost:8000/';
	assert.ok(sameSite(site, 'http://localhost:8000/about'));
	assert.ok(sameSite('file:///a.html', 'file:///b/c.html'));
	for (const other of ['http://localhost:8001/', 'https://localhost:8000/', 'http://127.0.0.1:8000/',
		'file:///a.html']) {
		assert.ok(!sameSite(site, other), other);
	}
});

test('an invalid port becomes the default', () => {
	assert.equal(toPort(1234), 1234);
	for (const value of [undefined, null, '1234', 0, 65536, 1.5, NaN]) {
		assert.equal(toPort(value), DEFAULT_PORT);
	}
});

test('the name and version of the browser', () => {
	const chrome = 'Mozilla/5.0 AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36';
	const notABrand = { brand: 'Not=A?Brand', version: '8' };
	const chromium = { brand: 'Chromium', version: '156' };
	const edge = { brand: 'Microsoft Edge', version: '156' };
	const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
	assert.equal(browserName({ userAgent: chrome }), 'Chrome 156');
	assert.equal(
		browserName({ userAgent: chrome, userAgentData: { brands: [notABrand, chromium] } }),
		'Chromium 156',
	);
	assert.equal(
		browserName({ userAgent: chrome, userAgentData: { brands: [notABrand, chromium, edge] } }),
		'Microsoft Edge 156',
	);
	assert.equal(browserName({ userAgent: firefox }), 'Firefox 153');
});
