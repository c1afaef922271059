// SPDX-License-Identifier: MIT
//
// node site-server.js PORT: serves the folder it runs in. The file .headers (JSON, read at each request)
// has, for each start of a path, response headers, a `status`, a `delay` of the answer, and a `pause` before
// the second half of its body, in milliseconds. The answer to a POST is that page, or `posted.html` if the
// path is not that of a page; the answer to a range request is that part of the file. A page may have {{text NAME}} and {{data NAME}}, for the text of a file and its
// data: URL; .routes (JSON) says which files a path is combined from. Prints a line for each request.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

const TYPES = /** @type {Record<string, string>} */ ({
	html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml',
	json: 'application/json', png: 'image/png', woff2: 'font/woff2', ttf: 'font/ttf', wav: 'audio/wav',
	ico: 'image/svg+xml', txt: 'text/plain', xml: 'text/xml',
});

/** @type {Record<string, any>} what .headers said when it was last read whole */
let rules = {};

/** A test that is writing the file may have written half of it. */
async function readRules() {
	try {
		rules = JSON.parse(await readFile('.headers', 'utf8'));
	} catch {
		// The earlier rules apply until the rest is there.
	}
	return rules;
}

/** @param {string} name of a path @returns {Promise<string[]>} the files that it consists of */
async function filesOf(name) {
	const routes = await readFile('.routes', 'utf8').then(JSON.parse, () => ({}));
	return routes[name] ?? [name];
}

/** @param {string[]} files @returns {Promise<Buffer>} */
async function contents(files) {
	const parts = await Promise.all(files.map((/** @type {string} */ one) => readFile(path.join('.', one))));
	return parts.length === 1 ? parts[0] : Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]));
}

/** @param {string} html */
async function rendered(html) {
	let whole = html;
	for (const [mark, how, name] of html.matchAll(/\{\{(text|data) ([^}]+)\}\}/g)) {
		const data = await readFile(path.join('.', name));
		const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
		whole = whole.replace(mark, () => (how === 'text' ? String(data) : `data:${type};base64,${data.toString('base64')}`));
	}
	return whole;
}

http.createServer(async (request, response) => {
	const pathname = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
	console.log(JSON.stringify({ method: request.method, url: request.url, at: performance.timeOrigin + performance.now() }));
	const name = request.method === 'POST' && !pathname.endsWith('.html') ? '/posted.html' : pathname === '/' ? '/index.html' : pathname;
	let halfway = 0;
	for (const [start, headers] of Object.entries(await readRules())) {
		if (name.startsWith(start)) {
			const { status = 200, delay = 0, pause = 0, ...rest } = headers;
			halfway = pause;
			await new Promise((resolve) => setTimeout(resolve, delay));
			response.statusCode = status;
			Object.entries(rest).forEach(([key, value]) => response.setHeader(key, String(value)));
		}
	}
	try {
		const files = await filesOf(name);
		const found = await contents(files);
		const body = name.endsWith('.html') && found.includes('{{') ? Buffer.from(await rendered(String(found))) : found;
		const type = TYPES[files[0].slice(files[0].lastIndexOf('.') + 1)] ?? 'text/plain';
		response.setHeader('Content-Type', response.getHeader('Content-Type') ?? type);
		response.setHeader('Accept-Ranges', 'bytes');
		const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
		if (from === undefined) {
			const first = halfway && request.method !== 'HEAD' ? Math.ceil(body.length / 2) : 0;
			if (first) {
				response.write(body.subarray(0, first));
				await new Promise((resolve) => setTimeout(resolve, halfway));
			}
			response.end(body.subarray(first));
			return;
		}
		const last = Math.min(to ? Number(to) : Infinity, body.length - 1);
		response.statusCode = 206;
		response.setHeader('Content-Range', `bytes ${from}-${last}/${body.length}`);
		response.end(body.subarray(Number(from), last + 1));
	} catch {
		response.statusCode = 404;
		response.end('not there');
	}
}).listen(Number(process.argv[2]));
