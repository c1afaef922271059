// SPDX-License-Identifier: MIT
/**
 * Never stale, never early: a reload leaves when the new code serves.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { openEditor } from './lib/editors.js';
import { until } from '../../scripts/lib/events.js';
import { firstAnswer, median } from './lib/restarts.js';
import { LONG, World } from './lib/world.js';
import { run } from '../../scripts/lib/children.js';

/** @typedef {import('../../scripts/lib/browser/chromium.js').Page} Page */

/** Debian's own, which has Debian's Flask and Django. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** What each server shows, and how it is started: one file that holds VERSION. */
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

const DJANGO = `
import sys
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
VERSION = "v0"
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], INSTALLED_APPS=[])
urlpatterns = [path("", lambda request: HttpResponse(f"<!doctype html><title>t</title><h1>{VERSION}</h1>"))]
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
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

/** @typedef {{name: string, file: string, text: string, page?: string, settle: number, command: (port: number) => string[]}} Server */

/** @type {Record<string, Server>} */
const servers = {
	uvicorn: {
		settle: 600, name: 'uvicorn --reload', file: 'main.py', text: UVICORN.replace('SLOW', '').replace('PAGE', ''),
		command: port => ['uvicorn', 'main:app', '--reload', '--port', String(port)],
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
		settle: 1500, name: 'django runserver', file: 'mysite.py', text: DJANGO,
		command: port => [PYTHON, 'mysite.py', 'runserver', `127.0.0.1:${port}`],
	},
	gunicorn: {
		settle: 1500, name: 'gunicorn --reload', file: 'main.py', text: WSGI,
		command: port => ['gunicorn', '--reload', '-b', `127.0.0.1:${port}`, 'main:app'],
	},
	node: {
		settle: 300, name: 'node --watch', file: 'server.js', text: NODE,
		command: port => ['node', '--watch', 'server.js', String(port)],
	},
};

/** @param {Page} page */
const heading = page => page.evaluate('document.querySelector("h1")?.textContent');

/**
 * @param {import('node:test').TestContext} t
 * @param {Server} server
 */
async function stage(t, { name, file, text, settle, command }) {
	const world = await World.open(t);
	await world.startDaemon();
	const root = await world.folder('site', { [file]: text }, { git: true });
	if ((await run(['sh', '-c', `command -v ${command(0)[0]}`], world.env)).status !== 0) {
		t.skip(`${command(0)[0]} is not installed`);
		return undefined;
	}
	const { url, server } = await world.serve(name.replace(/\W+/g, '-'), root, command);
	const browser = await world.browser();
	const page = await browser.newPage(url);
	await page.clickAction();
	await until('the tab is live', async () =>
		(await world.bus.tabs()).some((/** @type {any} */ tab) => tab.state === 'live'));
	/** @type {number[]} */
	const loads = [];
	browser.cdp.on(({ method, sessionId }) => {
		if (method === 'Page.loadEventFired' && sessionId === page.session) {
			loads.push(performance.now());
		}
	});
	return { world, root, url, server, browser, page, loads, settle, file: path.join(root, file) };
}

/**
 * Saves a new version from a real Vim and waits until the page shows it.
 *
 * @param {any} on
 * @param {any} vim
 * @param {number} round
 */
async function saveAndSee({ world, url, page, settle }, vim, round) {
	// A reloader compares with what it saw at its first look, which it takes some time after it
	// started and tells nobody of: a save before that is lost on it.
	await new Promise(resolve => { setTimeout(resolve, settle); });
	await vim.do(`%s/"v\\d\\+"/"v${round}"/`);
	const answered = firstAnswer(url, `v${round}`);
	await vim.do('write');
	const first = await answered;
	await until(`v${round} in the page`, async () => {
		const shown = await heading(page);
		if (shown !== `v${round}`) {
			throw new Error(`it shows ${shown}: ${JSON.stringify((await world.bus.events()).slice(-2))}`);
		}
		return true;
	}, { msec: 20000, every: 5 });
	const events = await until('closed stories', async () => {
		const all = await world.bus.events();
		return all.every((/** @type {any} */ e) => e.closed) && all;
	}, { msec: 20000 });
	const last = events.at(-1);
	const cast = last.steps.find((/** @type {any} */ s) => s.step === 'cast');
	return { late: (last.started + cast.at - first) / 1000, last, events };
}

for (const [key, count, rounds] of /** @type {[string, number, number][]} */ ([
	['uvicorn', 200, 8], ['slow', 200, 3], ['sse', 200, 4],
	['flask', 50, 4], ['django', 50, 3], ['gunicorn', 50, 4], ['node', 50, 4],
])) {
	test(`${servers[key].name}: every save settles on the new code, and none is early`, async t => {
		const on = await stage(t, servers[key]);
		if (!on) {
			return;
		}
		const vim = await openEditor(on.world, 'vim', on.file);
		const late = [];
		let superfluous = 0;
		for (let round = 1; round <= (LONG ? count : rounds); round++) {
			on.loads.length = 0;
			const seen = await saveAndSee(on, vim, round);
			superfluous += on.loads.length - 1;
			late.push(seen.late);
			// The first save teaches. On a machine so busy that its restart shows after the
			// trial, a second one is needed.
			assert.ok(superfluous <= 2, `reloads by round ${round}: ${JSON.stringify(seen.events.slice(-3))}`);
		}
		t.diagnostic(`${servers[key].name}: ${superfluous} superfluous reloads`);
		t.diagnostic(`${servers[key].name}: the reload left ${median(late).toFixed(1)} ms (median), ${
			Math.max(...late).toFixed(1)} ms (worst) after the first answer of the new code, ${late.length} restarts`);
		await vim.quit();
	});
}
