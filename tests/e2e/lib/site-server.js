// SPDX-License-Identifier: MIT
//
// node site-server.js PORT: serves the folder it runs in, as its file .headers says (JSON: by the
// beginning of a path, headers and `status`; read at each request). A POST is answered with the page `posted.html`.
// Prints a line for each request.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

const TYPES = /** @type {Record<string, string>} */ ({
	html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml',
	json: 'application/json', png: 'image/png', woff2: 'font/woff2',
});

http.createServer(async (request, response) => {
	const { pathname } = new URL(request.url ?? '/', 'http://localhost');
	console.log(JSON.stringify({ method: request.method, url: request.url, at: performance.timeOrigin + performance.now() }));
	const name = request.method === 'POST' ? '/posted.html' : pathname === '/' ? '/index.html' : pathname;
	const rules = JSON.parse(await readFile('.headers', 'utf8').catch(() => '{}'));
	for (const [start, headers] of Object.entries(rules)) {
		if (name.startsWith(start)) {
			const { status = 200, ...rest } = headers;
			response.statusCode = status;
			Object.entries(rest).forEach(([key, value]) => response.setHeader(key, String(value)));
		}
	}
	try {
		const body = await readFile(path.join('.', name));
		response.setHeader('Content-Type', TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain');
		response.end(body);
	} catch {
		response.statusCode = 404;
		response.end('not there');
	}
}).listen(Number(process.argv[2]));
