// SPDX-License-Identifier: MIT
/** Servers that run a program of the user. */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { TOP } from '../lib/world.js';

/** Debian's own Python, which has Debian's modules. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
export const npm = (/** @type {string} */ name) => path.join(process.env.SAVECAST_SERVERS_NPM ?? TOP, 'node_modules/.bin', name);

const HTML = '<!doctype html><title>t</title><h1>';

const ASGI = `
CODE = "MARK"
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = "${HTML}" + CODE + " " + open("page.html").read()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": body.encode()})
`;
const WSGI = `
CODE = "MARK"
def app(environ, start_response):
    body = ("${HTML}" + CODE + " " + open("page.html").read()).encode()
    start_response("200 OK", [("content-type", "text/html"), ("content-length", str(len(body)))])
    return [body]
application = app
`;
const FLASK = `
from flask import Flask
CODE = "MARK"
app = Flask(__name__)
@app.route("/")
def home():
    return "${HTML}" + CODE + " " + open("page.html").read()
`;
const QUART = FLASK.replace('from flask import Flask', 'from quart import Quart as Flask').replace('def home', 'async def home');
const DJANGO = `
import sys
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
CODE = "MARK"
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], INSTALLED_APPS=[])
urlpatterns = [path("", lambda request: HttpResponse("${HTML}" + CODE + " " + open("page.html").read()))]
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
`;
const TORNADO = `
import sys, asyncio, tornado.web
CODE = "MARK"
class Home(tornado.web.RequestHandler):
    def get(self):
        self.write("${HTML}" + CODE + " " + open("page.html").read())
async def main():
    tornado.web.Application([("/", Home)], debug=True).listen(int(sys.argv[1]))
    await asyncio.Event().wait()
asyncio.run(main())
`;
const BOTTLE = `
import sys, bottle
CODE = "MARK"
@bottle.route("/")
def home():
    return "${HTML}" + CODE + " " + open("page.html").read()
bottle.run(port=int(sys.argv[1]), reloader=True, debug=True)
`;
const CHERRYPY = `
import sys, cherrypy
CODE = "MARK"
class Home:
    @cherrypy.expose
    def index(self):
        return "${HTML}" + CODE + " " + open("page.html").read()
cherrypy.config.update({"server.socket_port": int(sys.argv[1]), "engine.autoreload.on": True})
cherrypy.quickstart(Home())
`;
const AIOHTTP = `
import sys
from aiohttp import web
CODE = "MARK"
async def home(request):
    return web.Response(text="${HTML}" + CODE + " " + open("page.html").read(), content_type="text/html")
app = web.Application()
app.router.add_get("/", home)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))
`;
const WEBPY = `
import sys, web
CODE = "MARK"
class Home:
    def GET(self):
        return "${HTML}" + CODE + " " + open("page.html").read()
web.application(("/", "Home"), globals()).run()
`;
const NODE = `
const http = require('node:http'), fs = require('node:fs');
const CODE = "MARK";
http.createServer((request, response) => {
	response.setHeader('content-type', 'text/html');
	response.end("${HTML}" + CODE + ' ' + fs.readFileSync('page.html', 'utf8'));
}).listen(Number(process.argv[2]), '127.0.0.1');
`;
const NODE_TS = NODE.replace("const http = require('node:http'), fs = require('node:fs');", 'declare const require: any, process: any;\nconst http = require("node:http"), fs = require("node:fs");')
	.replace('(request, response)', '(request: any, response: any)');
const EXPRESS = `
const express = require('express'), fs = require('node:fs');
const CODE = "MARK";
const app = express();
app.get('/', (request, response) => response.send("${HTML}" + CODE + ' ' + fs.readFileSync('page.html', 'utf8')));
app.listen(Number(process.argv[2]), '127.0.0.1');
`;
const BUN = `
const CODE: string = "MARK";
Bun.serve({ port: Number(process.argv[2]), hostname: '127.0.0.1', async fetch() {
	return new Response("${HTML}" + CODE + ' ' + await Bun.file('page.html').text(), { headers: { 'content-type': 'text/html' } });
} });
`;
const DENO = `
const CODE: string = "MARK";
const answer = () => new Response("${HTML}" + CODE + ' ' + Deno.readTextFileSync('page.html'), { headers: { 'content-type': 'text/html' } });
`;
const PHP = `<?php $code = "MARK"; echo "${HTML}", $code, " ", file_get_contents("page.html");`;
const MOJO = `
use Mojolicious::Lite;
my $code = "MARK";
get '/' => sub { my $c = shift; open my $f, '<', 'page.html'; local $/; $c->render(data => "${HTML}" . $code . ' ' . <$f>, format => 'html') };
app->start;
`;
const PSGI = `
my $code = "MARK";
sub { open my $f, '<', 'page.html'; local $/; [200, ['Content-Type' => 'text/html'], ["${HTML}" . $code . ' ' . <$f>]] };
`;
const DANCER = `
package Site;
use Dancer2;
my $code = "MARK";
get '/' => sub { open my $f, '<', 'page.html'; local $/; "${HTML}" . $code . ' ' . <$f> };
Site->to_app;
`;
const SINATRA = `
require 'sinatra'
CODE = "MARK"
set :bind, '127.0.0.1'
set :port, ARGV[0].to_i
set :environment, :development
get('/') { "${HTML}" + CODE + ' ' + File.read('page.html') }
`;
const RACK = `
CODE = "MARK"
run lambda { |env| [200, { 'Content-Type' => 'text/html' }, ["${HTML}" + CODE + ' ' + File.read('page.html')]] }
`;
const GO = `package main
import ("net/http"; "os"; "fmt")
const code = "MARK"
func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		page, _ := os.ReadFile("page.html")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "${HTML}"+code+" "+string(page))
	})
	http.ListenAndServe("127.0.0.1:"+os.Args[1], nil)
}
`;
const RUST_LIKE_LOOP = `while true; do ${PYTHON} app.py "$1" & pid=$!; inotifywait -q -e close_write app.py >/dev/null; kill $pid; wait $pid; done`;

/** @param {string} file @param {string} text */
const code = (file, text) => ({ file, text: (/** @type {string} */ mark) => text.replace('MARK', mark) });
const page = { file: 'page.html', text: (/** @type {string} */ mark) => `${mark}\n` };

/** @param {Omit<import('./rows.js').Row, 'page'> & {page?: import('./rows.js').Row['page']}} row @returns {import('./rows.js').Row} */
const app = row => ({ page, ...row });

/** @type {import('./rows.js').Row[]} */
export const PROGRAMS = [
	app({
		name: 'uvicorn --reload', source: 'Debian', packages: ['uvicorn'], needs: '/usr/bin/uvicorn', version: ['/usr/bin/uvicorn', '--version'],
		trigger: 'a .py below the folder', code: code('main.py', ASGI), settle: 600,
		command: port => ['/usr/bin/uvicorn', 'main:app', '--reload', '--port', String(port)],
	}),
	app({
		name: 'uvicorn', source: 'Debian', packages: ['uvicorn'], needs: '/usr/bin/uvicorn', version: ['/usr/bin/uvicorn', '--version'],
		trigger: 'nothing', files: { 'main.py': ASGI.replace('MARK', 'c0') }, settle: 100,
		command: port => ['/usr/bin/uvicorn', 'main:app', '--port', String(port)],
	}),
	app({
		name: 'hypercorn --reload', source: 'Debian', packages: ['python3-hypercorn'], needs: '/usr/bin/hypercorn', version: ['dpkg-query', '-W', 'python3-hypercorn'],
		trigger: 'a loaded .py', code: code('main.py', ASGI),
		command: port => ['hypercorn', '--reload', '-b', `127.0.0.1:${port}`, 'main:app'],
	}),
	app({
		name: 'gunicorn --reload', source: 'Debian', packages: ['gunicorn'], needs: '/usr/bin/gunicorn', version: ['/usr/bin/gunicorn', '--version'],
		trigger: 'a loaded .py', code: code('main.py', WSGI),
		command: port => ['/usr/bin/gunicorn', '--reload', '-b', `127.0.0.1:${port}`, 'main:app'],
	}),
	app({
		name: 'gunicorn --reload -w 3', source: 'Debian', packages: ['gunicorn'], needs: '/usr/bin/gunicorn', version: ['/usr/bin/gunicorn', '--version'],
		trigger: 'a loaded .py', code: code('main.py', WSGI),
		command: port => ['/usr/bin/gunicorn', '--reload', '-w', '3', '-b', `127.0.0.1:${port}`, 'main:app'],
	}),
	app({
		name: 'flask --debug', source: 'Debian', packages: ['python3-flask'], needs: '/usr/lib/python3/dist-packages/flask', version: ['dpkg-query', '-W', 'python3-flask'],
		trigger: 'a loaded .py', code: code('app.py', FLASK),
		command: port => [PYTHON, '-m', 'flask', '--app', 'app', '--debug', 'run', '--port', String(port)],
	}),
	app({
		name: 'manage.py runserver', source: 'Debian', packages: ['python3-django'], needs: '/usr/lib/python3/dist-packages/django', version: ['dpkg-query', '-W', 'python3-django'],
		trigger: 'a loaded .py', code: code('manage.py', DJANGO),
		command: port => [PYTHON, 'manage.py', 'runserver', `127.0.0.1:${port}`],
	}),
	app({
		name: 'tornado debug=True', source: 'Debian', packages: ['python3-tornado'], needs: '/usr/lib/python3/dist-packages/tornado', version: ['dpkg-query', '-W', 'python3-tornado'],
		trigger: 'a loaded .py', code: code('app.py', TORNADO),
		command: port => [PYTHON, 'app.py', String(port)],
	}),
	app({
		name: 'bottle reloader=True', source: 'Debian', packages: ['python3-bottle'], needs: '/usr/lib/python3/dist-packages/bottle.py', version: ['dpkg-query', '-W', 'python3-bottle'],
		trigger: 'a loaded .py', code: code('app.py', BOTTLE),
		command: port => [PYTHON, 'app.py', String(port)],
	}),
	app({
		name: 'CherryPy', source: 'Debian', packages: ['python3-cherrypy3'], needs: '/usr/lib/python3/dist-packages/cherrypy', version: ['dpkg-query', '-W', 'python3-cherrypy3'],
		trigger: 'a loaded .py', code: code('app.py', CHERRYPY),
		command: port => [PYTHON, 'app.py', String(port)],
	}),
	app({
		name: 'quart run --reload', source: 'Debian', packages: ['python3-quart'], needs: '/usr/lib/python3/dist-packages/quart', version: ['dpkg-query', '-W', 'python3-quart'],
		trigger: 'a loaded .py', code: code('app.py', QUART), env: { QUART_APP: 'app', QUART_DEBUG: '1' },
		command: port => [PYTHON, '-m', 'quart', 'run', '--port', String(port)],
	}),
	app({
		name: 'web.py', source: 'Debian', packages: ['python3-webpy'], needs: '/usr/lib/python3/dist-packages/web', version: ['dpkg-query', '-W', 'python3-webpy'],
		trigger: 'nothing', files: { 'app.py': WEBPY.replace('MARK', 'c0') },
		command: port => [PYTHON, 'app.py', `127.0.0.1:${port}`],
	}),
	app({
		name: 'waitress-serve', source: 'Debian', packages: ['python3-waitress'], needs: '/usr/bin/waitress-serve', version: ['dpkg-query', '-W', 'python3-waitress'],
		trigger: 'nothing', files: { 'main.py': WSGI.replace('MARK', 'c0') }, settle: 100,
		command: port => ['waitress-serve', `--listen=127.0.0.1:${port}`, 'main:app'],
	}),
	app({
		name: 'daphne', source: 'Debian', packages: ['python3-daphne'], needs: '/usr/bin/daphne', version: ['dpkg-query', '-W', 'python3-daphne'],
		trigger: 'nothing', files: { 'main.py': ASGI.replace('MARK', 'c0') }, settle: 100,
		command: port => ['daphne', '-b', '127.0.0.1', '-p', String(port), 'main:app'],
	}),
	app({
		name: 'twist web --wsgi', source: 'Debian', packages: ['python3-twisted'], needs: '/usr/bin/twist3', version: ['dpkg-query', '-W', 'python3-twisted'],
		trigger: 'nothing', files: { 'main.py': WSGI.replace('MARK', 'c0') }, settle: 100, env: { PYTHONPATH: '.' },
		command: port => ['twist3', 'web', '--port', `tcp:${port}:interface=127.0.0.1`, '--wsgi', 'main.app'],
	}),
	app({
		name: 'entr -r (aiohttp)', source: 'Debian', packages: ['entr', 'python3-aiohttp'], needs: '/usr/bin/entr', version: ['dpkg-query', '-W', 'entr'],
		trigger: 'the files it was given', code: code('app.py', AIOHTTP),
		command: port => ['sh', '-c', `ls app.py | entr -rn ${PYTHON} app.py ${port}`],
	}),
	app({
		name: 'inotifywait in a shell loop', source: 'Debian', packages: ['inotify-tools', 'python3-aiohttp'], needs: '/usr/bin/inotifywait', version: ['dpkg-query', '-W', 'inotify-tools'],
		trigger: 'the files it was given', code: code('app.py', AIOHTTP), broken: '',
		command: port => ['sh', '-c', RUST_LIKE_LOOP, 'sh', String(port)],
	}),
	app({
		name: 'entr -r (go run)', source: 'Debian', packages: ['entr', 'golang-go'], needs: '/usr/bin/go', version: ['go', 'version'],
		trigger: 'the files it was given', code: code('main.go', GO), env: { GOFLAGS: '-mod=mod', GO111MODULE: 'off', GOCACHE: '/tmp/savecast-go-cache' },
		command: port => ['sh', '-c', `ls main.go | entr -rn go run main.go ${port}`],
	}),
	app({
		name: 'node --watch', source: 'Debian', packages: ['nodejs'], needs: 'node', version: ['node', '--version'],
		trigger: 'a loaded .js', code: code('server.js', NODE), settle: 400,
		command: port => ['node', '--watch', 'server.js', String(port)],
	}),
	app({
		name: 'node', source: 'Debian', packages: ['nodejs'], needs: 'node', version: ['node', '--version'],
		trigger: 'nothing', files: { 'server.js': NODE.replace('MARK', 'c0') }, settle: 100,
		command: port => ['node', 'server.js', String(port)],
	}),
	app({
		name: 'node --watch (Express)', source: 'npm', packages: ['express'], needs: npm('../express'), version: ['node', '--version'],
		trigger: 'a loaded .js', code: code('server.js', EXPRESS), settle: 400, env: { NODE_PATH: npm('..') },
		command: port => ['node', '--watch', 'server.js', String(port)],
	}),
	app({
		name: 'nodemon', source: 'npm', packages: ['nodemon'], needs: npm('nodemon'), version: [npm('nodemon'), '--version'],
		trigger: 'a .js, .mjs, .cjs or .json below the folder', code: code('server.js', NODE),
		command: port => [npm('nodemon'), '--quiet', 'server.js', String(port)],
	}),
	app({
		name: 'nodemon -e js,html', source: 'npm', packages: ['nodemon'], needs: npm('nodemon'), version: [npm('nodemon'), '--version'],
		trigger: 'a .js or .html below the folder', code: code('server.js', NODE),
		command: port => [npm('nodemon'), '--quiet', '-e', 'js,html', 'server.js', String(port)],
	}),
	app({
		name: 'tsx watch', source: 'npm', packages: ['tsx'], needs: npm('tsx'), version: [npm('tsx'), '--version'],
		trigger: 'a loaded file', code: code('server.ts', NODE_TS),
		command: port => [npm('tsx'), 'watch', 'server.ts', String(port)],
	}),
	app({
		name: 'ts-node-dev', source: 'npm', packages: ['ts-node-dev', 'typescript'], needs: npm('ts-node-dev'), version: [npm('ts-node-dev'), '--version'],
		trigger: 'a loaded file', env: { NODE_PATH: npm('..') }, code: code('server.ts', NODE_TS),
		command: port => [npm('ts-node-dev'), '--transpile-only', 'server.ts', String(port)],
	}),
	app({
		name: 'bun --watch', source: 'npm', packages: ['bun'], needs: npm('bun'), version: [npm('bun'), '--version'],
		trigger: 'a loaded file', code: code('server.ts', BUN),
		command: port => [npm('bun'), '--watch', 'server.ts', String(port)],
	}),
	app({
		name: 'bun --hot', source: 'npm', packages: ['bun'], needs: npm('bun'), version: [npm('bun'), '--version'],
		trigger: 'a loaded file', code: code('server.ts', BUN), broken: '',
		command: port => [npm('bun'), '--hot', 'server.ts', String(port)],
	}),
	app({
		name: 'deno run --watch', source: 'npm', packages: ['deno'], needs: npm('deno'), version: [npm('deno'), '--version'],
		trigger: 'a loaded file', code: code('server.ts', `${DENO}Deno.serve({ port: Number(Deno.args[0]), hostname: '127.0.0.1' }, answer);\n`),
		command: port => [npm('deno'), 'run', '--watch', '-A', 'server.ts', String(port)],
	}),
	app({
		name: 'deno serve --watch', source: 'npm', packages: ['deno'], needs: npm('deno'), version: [npm('deno'), '--version'],
		trigger: 'a loaded file', code: code('server.ts', `${DENO}export default { fetch: answer };\n`),
		command: port => [npm('deno'), 'serve', '--watch', '-A', '--host', '127.0.0.1', '--port', String(port), 'server.ts'],
	}),
	app({
		name: 'php -S', source: 'Debian', packages: ['php-cli'], needs: '/usr/bin/php', version: ['php', '--version'],
		trigger: 'nothing; opcache checks again after up to 3 s', code: code('index.php', PHP), broken: '', settle: 300,
		command: port => ['php', '-S', `127.0.0.1:${port}`],
	}),
	app({
		name: 'php-cgi behind lighttpd', source: 'Debian', packages: ['php-cgi', 'lighttpd'], needs: '/usr/bin/php-cgi', version: ['lighttpd', '-v'],
		trigger: 'nothing; opcache checks again after up to 3 s', code: code('index.php', PHP.replace('"page.html"', '__DIR__ . "/page.html"')), broken: '', settle: 300,
		command: (port, root) => ['lighttpd', '-D', '-f', path.join(root, '.lighttpd.conf')],
		prepare: async (world, root, port) => {
			await world.folder('site', { '.lighttpd.conf': `server.document-root = "${root}"\nserver.port = ${port}\nserver.bind = "127.0.0.1"\nserver.modules = ("mod_indexfile", "mod_fastcgi")\nindex-file.names = ("index.php")\nfastcgi.server = (".php" => ((\n"bin-path" => "/usr/bin/php-cgi", "socket" => "${world.temp}/php.sock", "max-procs" => 1)))\n` });
		},
	}),
	app({
		name: 'morbo', source: 'Debian', packages: ['libmojolicious-perl'], needs: '/usr/bin/morbo', version: ['dpkg-query', '-W', 'libmojolicious-perl'],
		trigger: 'the program, lib/ and templates/', code: code('app.pl', MOJO),
		command: port => ['morbo', '-l', `http://127.0.0.1:${port}`, 'app.pl'],
	}),
	app({
		name: 'plackup -r', source: 'Debian', packages: ['libplack-perl'], needs: '/usr/bin/plackup', version: ['dpkg-query', '-W', 'libplack-perl'],
		trigger: 'the program and lib/', code: code('app.psgi', PSGI),
		command: port => ['plackup', '-r', '-p', String(port), '-o', '127.0.0.1', 'app.psgi'],
	}),
	app({
		name: 'plackup -R .', source: 'Debian', packages: ['libplack-perl'], needs: '/usr/bin/plackup', version: ['dpkg-query', '-W', 'libplack-perl'],
		trigger: 'any file below', code: code('app.psgi', PSGI),
		command: port => ['plackup', '-R', '.', '-p', String(port), '-o', '127.0.0.1', 'app.psgi'],
	}),
	app({
		name: 'plackup -r (Dancer2)', source: 'Debian', packages: ['libdancer2-perl', 'libplack-perl'], needs: '/usr/bin/dancer2', version: ['dpkg-query', '-W', 'libdancer2-perl'],
		trigger: 'the program and lib/', code: code('app.psgi', DANCER),
		command: port => ['plackup', '-r', '-p', String(port), '-o', '127.0.0.1', 'app.psgi'],
	}),
	app({
		name: 'starman', source: 'Debian', packages: ['starman'], needs: '/usr/bin/starman', version: ['dpkg-query', '-W', 'starman'],
		trigger: 'nothing', files: { 'app.psgi': PSGI.replace('MARK', 'c0') }, settle: 100,
		command: port => ['starman', '--listen', `127.0.0.1:${port}`, 'app.psgi'],
	}),
	app({
		name: 'ruby (Sinatra)', source: 'Debian', packages: ['ruby-sinatra', 'ruby-webrick'], needs: '/usr/share/doc/ruby-sinatra', version: ['dpkg-query', '-W', 'ruby-sinatra'],
		trigger: 'nothing', files: { 'app.rb': SINATRA.replace('MARK', 'c0') }, settle: 100,
		command: port => ['ruby', 'app.rb', String(port)],
	}),
	app({
		name: 'entr -r (Sinatra)', source: 'Debian', packages: ['ruby-sinatra', 'ruby-webrick', 'entr'], needs: '/usr/share/doc/ruby-sinatra', version: ['dpkg-query', '-W', 'ruby-sinatra'],
		trigger: 'the files it was given', code: code('app.rb', SINATRA),
		command: port => ['sh', '-c', `ls app.rb | entr -rn ruby app.rb ${port}`],
	}),
	app({
		name: 'puma', source: 'Debian', packages: ['puma'], needs: '/usr/bin/puma', version: ['dpkg-query', '-W', 'puma'],
		trigger: 'nothing', files: { 'config.ru': RACK.replace('MARK', 'c0') }, settle: 100,
		command: port => ['puma', '-b', `tcp://127.0.0.1:${port}`],
	}),
	app({
		name: 'unicorn', source: 'Debian', packages: ['unicorn'], needs: '/usr/bin/unicorn', version: ['dpkg-query', '-W', 'unicorn'],
		trigger: 'nothing', files: { 'config.ru': RACK.replace('MARK', 'c0') }, settle: 100,
		command: port => ['unicorn', '-l', `127.0.0.1:${port}`],
	}),
	app({
		name: 'thin', source: 'Debian', packages: ['thin'], needs: '/usr/bin/thin', version: ['dpkg-query', '-W', 'thin'],
		trigger: 'nothing', files: { 'config.ru': RACK.replace('MARK', 'c0') }, settle: 100,
		command: port => ['thin', '-a', '127.0.0.1', '-p', String(port), 'start'],
	}),
	app({
		name: 'rackup (WEBrick)', source: 'Debian', packages: ['ruby-rack', 'ruby-webrick'], needs: '/usr/bin/rackup', version: ['dpkg-query', '-W', 'ruby-rack'],
		trigger: 'nothing', files: { 'config.ru': RACK.replace('MARK', 'c0') }, settle: 100,
		command: port => ['rackup', '-s', 'webrick', '-o', '127.0.0.1', '-p', String(port)],
	}),
	app({
		name: 'json-server --watch (its static files)', source: 'npm', packages: ['json-server'], needs: npm('json-server'), version: [npm('json-server'), '--version'],
		trigger: 'the .json, in its own process', code: { file: 'db.json', text: mark => `{"mark": ["${mark}"]}\n` }, broken: '', path: '/both',
		page: { file: 'page.txt', text: mark => `${mark}\n` },
		files: { 'mw.js': `const fs = require('fs');\nlet code; module.exports = (request, response, next) => {\n\tif (request.path !== '/both') return next();\n\tresponse.type('html').send("${HTML}" + JSON.parse(fs.readFileSync('db.json')).mark[0] + ' ' + fs.readFileSync('page.txt'));\n};\n` },
		command: port => [npm('json-server'), '--watch', 'db.json', '--port', String(port), '--host', '127.0.0.1', '--middlewares', 'mw.js'],
	}),
];
