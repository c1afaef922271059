// SPDX-License-Identifier: MIT
/**
 * Servers that restart by themselves, each with a site of one file that contains its
 * version. They come from Debian and npm, as users have them.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { TOP } from './world.js';

/** Debian's own Python, which has Debian's Flask and Django. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** What the servers serve: each one file that contains VERSION. */
const UVICORN = `
import time
VERSION = "v0"
SLOW
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"] == "/events":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": b": hello\\n\\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    body = f"<!doctype html><title>t</title><h1>{VERSION}</h1>PAGE"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html"), (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body.encode()})
`;

const FLASK = `
from flask import Flask
VERSION = "v0"
app = Flask(__name__)
@app.route("/")
def home():
    return f"<!doctype html><title>t</title><h1>{VERSION}</h1>"
`;

/** The reloader ends with the program that it was started with, so the views have a file of their own. */
const DJANGO = `
import sys
from django.conf import settings
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF="views", ALLOWED_HOSTS=["*"], INSTALLED_APPS=[])
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`;

const VIEWS = `
from django.http import HttpResponse
from django.urls import path
VERSION = "v0"
urlpatterns = [path("", lambda request: HttpResponse(f"<!doctype html><title>t</title><h1>{VERSION}</h1>"))]
`;

const WSGI = `
VERSION = "v0"
def app(environ, start_response):
    body = f"<!doctype html><title>t</title><h1>{VERSION}</h1>".encode()
    start_response("200 OK", [("content-type", "text/html"), ("content-length", str(len(body)))])
    return [body]
`;

const NODE = `
const http = require('node:http');
const VERSION = "v0";
http.createServer((request, response) => {
	response.setHeader('content-type', 'text/html');
	response.end(\`<!doctype html><title>t</title><h1>\${VERSION}</h1>\`);
}).listen(Number(process.argv[2]), '127.0.0.1');
`;

/**
 * `settle`: for how long after a restart its reloader misses a save, in ms. `needs`: a package
 * with a Python module. It is not installed, since it would change how other servers behave. `files`:
 * what it needs besides `file`.
 *
 * @typedef {{name: string, file: string, text: string, page?: string, files?: Record<string, string>, settle: number, command: (port: number) => string[], needs?: string}} Server
 */

/** @type {Record<string, Server>} */
export const servers = {
	uvicorn: {
		settle: 600, name: 'uvicorn --reload', file: 'main.py', text: UVICORN.replace('SLOW', '').replace('PAGE', ''),
		command: port => ['uvicorn', 'main:app', '--reload', '--port', String(port)],
	},
	watchgod: {
		settle: 1500, name: 'uvicorn --reload with watchgod', file: 'main.py', text: UVICORN.replace('SLOW', '').replace('PAGE', ''),
		command: port => ['uvicorn', 'main:app', '--reload', '--port', String(port)], needs: 'python3-watchgod',
	},
	slow: {
		settle: 600, name: 'uvicorn --reload, slow import', file: 'main.py', text: UVICORN.replace('SLOW', 'time.sleep(1)').replace('PAGE', ''),
		command: port => ['uvicorn', 'main:app', '--reload', '--port', String(port)],
	},
	sse: {
		settle: 600, name: 'uvicorn --reload, open SSE stream', file: 'main.py',
		text: UVICORN.replace('SLOW', '').replace('PAGE', `<script>new EventSource('/events')</script>`),
		command: port => ['uvicorn', 'main:app', '--reload', '--port', String(port)],
	},
	flask: {
		settle: 1500, name: 'flask --debug', file: 'app.py', text: FLASK,
		command: port => [PYTHON, '-m', 'flask', '--app', 'app', '--debug', 'run', '--port', String(port)],
	},
	django: {
		settle: 1500, name: 'django runserver', file: 'views.py', text: VIEWS, files: { 'manage.py': DJANGO },
		command: port => [PYTHON, 'manage.py', 'runserver', `127.0.0.1:${port}`],
	},
	gunicorn: {
		settle: 1500, name: 'gunicorn --reload', file: 'main.py', text: WSGI,
		command: port => ['gunicorn', '--reload', '-b', `127.0.0.1:${port}`, 'main:app'],
	},
	nodemon: {
		settle: 1500, name: 'nodemon', file: 'server.js', text: NODE,
		command: port => [path.join(TOP, 'node_modules/.bin/nodemon'), '--quiet', 'server.js', String(port)],
	},
	tsc: {
		settle: 1500, name: 'tsc --watch behind nodemon', file: 'server.ts',
		text: NODE.replace("const http = require('node:http');", "declare const require: any, process: any;\nconst http = require('node:http');")
			.replace('(request, response)', '(request: any, response: any)'),
		command: port => ['sh', '-c', `tsc="${TOP}/node_modules/.bin/tsc --ignoreConfig --outDir dist server.ts"
			mkdir -p dist && $tsc && { $tsc --watch --preserveWatchOutput & exec "$1" --quiet --watch dist dist/server.js ${port}; }`,
		'sh', path.join(TOP, 'node_modules/.bin/nodemon')],
	},
	node: {
		settle: 300, name: 'node --watch', file: 'server.js', text: NODE,
		command: port => ['node', '--watch', 'server.js', String(port)],
	},
};
