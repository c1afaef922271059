// SPDX-License-Identifier: MIT
/**
 * Small apps with real frameworks, servers and libraries: what the user does in the page, what is
 * saved, and what must still be there afterwards. They come from Debian and npm.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { build } from 'esbuild';

import { until } from './events.js';
import { frameworkScript } from './frameworks.js';
import { wav } from './media-files.js';
import { TOP } from './world.js';

/**
 * @typedef {import('./live.js').Page} Page
 *
 * @typedef {object} Save
 * @property {string} file
 * @property {[string | RegExp, string]} edit what is replaced, and by what
 * @property {'patched' | 'loaded' | 'unused'} end
 * @property {string} shows an expression that is true when the page shows what was saved
 *
 * @typedef {object} App
 * @property {string} name
 * @property {boolean} [cheap] whether it runs in every run of the tests
 * @property {string} [needs] a path; without it, the app cannot run here
 * @property {Record<string, string | Buffer> | (() => Promise<Record<string, string | Buffer>>)} files
 * @property {(port: number) => string[]} [command] of its server; without it, tests/lib/site-server.js
 * @property {(page: Page) => Promise<void>} act what the user does
 * @property {string} keeps an expression that has the same value before and after each save
 * @property {Save[]} saves
 * @property {(page: Page) => Promise<void>} [then] what the user does after the saves, which must work
 */

const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const npm = (/** @type {string} */ name) => readFileSync(path.join(TOP, 'node_modules', name), 'utf8');

/** @param {Page} page @param {string} id @param {string} text */
const typeInto = async (page, id, text) => {
	await page.evaluate(`(document.getElementById('${id}').focus(), 1)`);
	await page.type(text);
	await until(text, () => page.evaluate(`document.getElementById('${id}').value === '${text}'`));
};

/** A page with a form, in which the user has typed half a word and set the caret back. */
const FORM = '<form method="post"><input id="word" name="word"></form><details id="more"><summary>more</summary>text</details>';
const TYPED = '`${word.value} ${word.selectionStart} ${document.activeElement.id} ${more.open}`';
const act = async (/** @type {Page} */ page) => {
	await typeInto(page, 'word', 'half');
	await page.evaluate('(word.setSelectionRange(1, 1), more.open = true, 1)');
};
const heading = (/** @type {string} */ text) => `document.querySelector('h1').textContent === '${text}'`;

/** @param {string} file @param {string} h1 @returns {Save} */
const saves = (file, h1) => ({ file, edit: [/<h1>.*?<\/h1>/, `<h1>${h1}</h1>`], end: 'patched', shows: heading(h1) });

const DJANGO = `import sys
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["django.contrib.messages"], MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage",
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware", "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"], "OPTIONS": {
        "context_processors": ["django.template.context_processors.request", "django.contrib.messages.context_processors.messages"]}}])
def home(request):
    if request.method == "POST":
        messages.success(request, "sent: " + request.POST["word"])
        return HttpResponseRedirect("/")
    return render(request, "home.html")
urlpatterns = [path("", home)]
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
`;

const SINATRA = `require 'sinatra'
set :views, File.join(__dir__, 'views')
get('/') { erb :index }
`;

/** @param {string} head @param {string} body */
const page = (head, body) => `<!doctype html><meta charset="utf-8"><title>app</title>${head}<h1>one</h1>${body}`;

/** @param {string} contents of a module */
const bundled = async (contents) => (await build({
	stdin: { contents, resolveDir: TOP, loader: 'js' }, bundle: true, write: false, minify: true, format: 'iife', logLevel: 'error',
})).outputFiles[0].text;

/** @type {App[]} */
export const APPS = [
	{
		name: 'FastAPI with Jinja', needs: '/usr/lib/python3/dist-packages/fastapi',
		files: {
			'main.py': `from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates
app, pages = FastAPI(), Jinja2Templates(directory="templates")
ITEMS = ["a", "b"]
@app.get("/")
def home(request: Request):
    return pages.TemplateResponse("home.html", {"request": request, "items": ITEMS})
`,
			'templates/home.html': page('', `<ul>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ul>${FORM}`),
		},
		command: port => ['uvicorn', 'main:app', '--reload', '--port', String(port)],
		act, keeps: TYPED,
		saves: [
			saves('templates/home.html', 'two'),
			{ file: 'main.py', edit: ['"b"]', '"b", "c"]'], end: 'patched', shows: 'document.querySelectorAll("li").length === 3' },
			{ file: 'main.py', edit: ['app, pages', '# nothing\napp, pages'], end: 'unused', shows: 'true' },
		],
	},
	{
		name: 'Django with messages and CSRF', needs: '/usr/lib/python3/dist-packages/django',
		files: {
			'site.py': DJANGO,
			'templates/home.html': page('', `{% for message in messages %}<p class="message">{{ message }}</p>{% endfor %}${FORM.replace('<input', '{% csrf_token %}<input')}`),
		},
		command: port => [PYTHON, 'site.py', 'runserver', String(port)],
		async act(shown) {
			await typeInto(shown, 'word', 'first');
			const loaded = shown.loaded();
			await shown.evaluate('(document.forms[0].submit(), 1)');
			await loaded;
			await until('the message', () => shown.evaluate('document.querySelector(".message")?.textContent === "sent: first"'));
			await act(shown);
		},
		keeps: TYPED,
		saves: [
			// Django varies its answers by their cookies, and the message was in one: the cache has no answer
			// for the cookies of now. A reload does not show the message again.
			{ ...saves('templates/home.html', 'two'), end: 'loaded', shows: `${heading('two')} && !document.querySelector('.message')` },
			saves('templates/home.html', 'three'),
			{ file: 'site.py', edit: ['def home', '# nothing\ndef home'], end: 'unused', shows: 'true' },
		],
		async then(shown) {
			// Django accepts the token that the page still has.
			const loaded = shown.loaded();
			await shown.evaluate('(document.forms[0].submit(), 1)');
			await loaded;
			await until('the message', () => shown.evaluate('document.querySelector(".message")?.textContent === "sent: half"'));
		},
	},
	{
		name: 'Sinatra with ERB', needs: '/usr/share/doc/ruby-sinatra',
		files: { 'app.rb': SINATRA, 'views/index.erb': page('', `<p><%= request.path %></p>${FORM}`) },
		command: port => ['ruby', 'app.rb', '-o', '127.0.0.1', '-p', String(port)],
		act, keeps: TYPED, saves: [saves('views/index.erb', 'two'), saves('views/index.erb', 'three')],
	},
	{
		name: 'PHP', needs: '/usr/bin/php',
		files: { 'index.php': `<?php require 'part.php';\n?>${page('', `<p><?= part() ?></p>${FORM}`)}`, 'part.php': '<?php\nfunction part() { return "a"; }\n' },
		command: port => ['php', '-S', `127.0.0.1:${port}`],
		act, keeps: TYPED,
		saves: [
			saves('index.php', 'two'),
			{ file: 'part.php', edit: ['"a"', '"b"'], end: 'patched', shows: 'document.querySelector("p").textContent === "b"' },
		],
	},
	{
		name: 'React', files: async () => ({
			'index.html': page('', '<div id="app"></div><script src="/app.js"></script>'),
			'app.js': await frameworkScript('react', TOP),
		}),
		async act(shown) {
			await until('React', () => shown.evaluate('Boolean(document.getElementById("text"))'));
			await typeInto(shown, 'text', 'half');
		},
		keeps: 'document.getElementById("out")?.textContent',
		saves: [
			{ file: 'app.js', edit: [/^/, 'window.version = 2;'], end: 'loaded', shows: 'window.version === 2' },
			saves('index.html', 'two'),
		],
	},
	{
		name: 'htmx', cheap: true,
		files: () => Promise.resolve({
			'index.html': page('<script src="/htmx.js"></script>', `<button id="get" hx-get="/more.html" hx-target="#box">more</button><div id="box"></div><p>a</p>${FORM}`),
			'more.html': '<b>loaded</b>', 'htmx.js': npm('htmx.org/dist/htmx.min.js'),
		}),
		async act(shown) {
			await shown.evaluate('(document.getElementById("get").click(), 1)');
			await until('the fragment', () => shown.evaluate('document.querySelector("#box b")?.textContent === "loaded"'));
			await act(shown);
		},
		keeps: `document.querySelector('#box b')?.textContent + ${TYPED}`,
		saves: [
			saves('index.html', 'two'),
			{ file: 'index.html', edit: ['<p>a</p>', '<p>a</p><p>b</p>'], end: 'patched', shows: 'document.querySelectorAll("p").length === 2' },
		],
	},
	{
		name: 'htmx: new markup in what it has filled',
		files: () => Promise.resolve({
			'index.html': page('<script src="/htmx.js"></script>', `<button id="get" hx-get="/more.html" hx-target="#box">more</button><div id="box"></div>${FORM}`),
			'more.html': '<b>loaded</b>', 'htmx.js': npm('htmx.org/dist/htmx.min.js'),
		}),
		async act(shown) {
			await shown.evaluate('(document.getElementById("get").click(), 1)');
			await until('the fragment', () => shown.evaluate('document.querySelector("#box b")?.textContent === "loaded"'));
			await act(shown);
		},
		keeps: TYPED,
		saves: [{ file: 'index.html', edit: ['<div id="box">', '<div id="box"><i>new</i>'], end: 'loaded', shows: 'document.querySelector("#box").innerHTML === "<i>new</i>"' }],
	},
	{
		name: 'Alpine', cheap: true,
		files: () => Promise.resolve({
			'index.html': page('<script defer src="/alpine.js"></script>', `<div x-data="{ count: 0 }"><button id="add" @click="count++">add</button>
				<output id="out" x-text="count"></output><p>a</p></div>${FORM}`),
			'alpine.js': npm('alpinejs/dist/cdn.min.js'),
		}),
		async act(shown) {
			await until('Alpine', () => shown.evaluate('out.textContent === "0"'));
			await shown.evaluate('(add.click(), add.click(), 1)');
			await until('the count', () => shown.evaluate('out.textContent === "2"'));
			await act(shown);
		},
		keeps: `out.textContent + ${TYPED}`,
		saves: [
			saves('index.html', 'two'),
			{ file: 'index.html', edit: ['<p>a</p>', '<p>b</p>'], end: 'patched', shows: 'document.querySelector("p").textContent === "b"' },
		],
		async then(shown) {
			await shown.evaluate('(add.click(), 1)');
			await until('the count', () => shown.evaluate('out.textContent === "3"'));
		},
	},
	{
		name: 'CodeMirror', cheap: true,
		files: async () => ({
			'index.html': page('', `<div id="editor"></div><p>a</p><script src="/app.js"></script>`),
			'app.js': await bundled(`import { basicSetup, EditorView } from 'codemirror';
				window.view = new EditorView({ doc: 'let x', extensions: basicSetup, parent: document.getElementById('editor') });`),
		}),
		async act(shown) {
			await shown.evaluate('(view.focus(), view.dispatch({ selection: { anchor: 5 } }), 1)');
			await shown.type(' = 1');
			await until('what was typed', () => shown.evaluate('view.state.doc.toString() === "let x = 1"'));
		},
		keeps: '`${view.state.doc} ${view.state.selection.main.head} ${view.hasFocus} ${document.querySelector(".cm-line").textContent}`',
		saves: [
			saves('index.html', 'two'),
			{ file: 'index.html', edit: ['<p>a</p>', '<p>b</p>'], end: 'patched', shows: 'document.querySelector("p").textContent === "b"' },
		],
	},
	{
		name: 'a video that plays beside a half-typed form',
		files: { 'index.html': page('', `<p>a</p><div><video id="film" muted loop src="/film.wav"></video></div>${FORM}`), 'film.wav': wav(60) },
		async act(shown) {
			await shown.evaluate('(film.play(), film.from = film, 1)');
			await until('the video', () => shown.evaluate('film.currentTime > 0.05'));
			await act(shown);
			await shown.evaluate('(film.before = 0, 1)');
		},
		// It also has not started from the beginning.
		keeps: '`${film.from === film} ${film.paused} ${film.currentTime >= film.before && (film.before = film.currentTime) > 0} ` + ' + TYPED,
		saves: [
			saves('index.html', 'two'),
			{ file: 'index.html', edit: ['<p>a</p>', '<p>a</p><ul><li>new</li></ul>'], end: 'patched', shows: 'document.querySelector("li")?.textContent === "new"' },
		],
	},
];
