// SPDX-License-Identifier: MIT
/** The users' programs that the servers run, in each language, and where their interpreters are. */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { TOP } from '../lib/world.js';

/** Debian's own Python, which has Debian's modules. */
export const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
export const npm = (/** @type {string} */ name) => path.join(process.env.SAVECAST_SERVERS_NPM ?? TOP, 'node_modules/.bin', name);

export const HTML = '<!doctype html><title>t</title><h1>';

export const ASGI = `
CODE = "MARK"
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = "${HTML}" + CODE + " " + open("page.html").read()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": body.encode()})
`;
export const WSGI = `
CODE = "MARK"
def app(environ, start_response):
    body = ("${HTML}" + CODE + " " + open("page.html").read()).encode()
    start_response("200 OK", [("content-type", "text/html"), ("content-length", str(len(body)))])
    return [body]
application = app
`;
export const FLASK = `
from flask import Flask
CODE = "MARK"
app = Flask(__name__)
@app.route("/")
def home():
    return "${HTML}" + CODE + " " + open("page.html").read()
`;
export const QUART = FLASK.replace('from flask import Flask', 'from quart import Quart as Flask').replace('def home', 'async def home');
export const DJANGO = `
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
export const WERKZEUG = `
import sys
from werkzeug.serving import run_simple
from werkzeug.wrappers import Request, Response
CODE = "MARK"
@Request.application
def app(request):
    return Response("${HTML}" + CODE + " " + open("page.html").read(), mimetype="text/html")
if __name__ == "__main__":
    run_simple("127.0.0.1", int(sys.argv[1]), app, use_reloader=True, reloader_type=sys.argv[2])
`;
export const PYRAMID = `
from pyramid.config import Configurator
from pyramid.response import Response
CODE = "MARK"
def home(request):
    return Response("${HTML}" + CODE + " " + open("page.html").read())
def main(settings, **rest):
    config = Configurator()
    config.add_route("home", "/")
    config.add_view(home, route_name="home")
    return config.make_wsgi_app()
`;
export const PSERVE = `#!/usr/bin/python3
import sys
sys.path.insert(0, ".")
from pyramid.scripts.pserve import main
sys.exit(main())
`;
/** Daphne has put its own server into "runserver". */
export const CHANNELS = DJANGO.replace('INSTALLED_APPS=[]', 'INSTALLED_APPS=["daphne"], ASGI_APPLICATION=__name__ + ".application"').replace('if __name__', 'from django.core.asgi import get_asgi_application\nif __name__ != "__main__":\n    application = get_asgi_application()\nif __name__')
	.replace('ROOT_URLCONF=__name__', 'ROOT_URLCONF="manage"').replace('ASGI_APPLICATION=__name__ + ".application"', 'ASGI_APPLICATION="manage.application"').replace('settings.configure(', 'settings.configured or settings.configure(');
export const TORNADO = `
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
export const BOTTLE = `
import sys, bottle
CODE = "MARK"
@bottle.route("/")
def home():
    return "${HTML}" + CODE + " " + open("page.html").read()
bottle.run(port=int(sys.argv[1]), reloader=True, debug=True)
`;
export const CHERRYPY = `
import sys, cherrypy
CODE = "MARK"
class Home:
    @cherrypy.expose
    def index(self):
        return "${HTML}" + CODE + " " + open("page.html").read()
cherrypy.config.update({"server.socket_port": int(sys.argv[1]), "engine.autoreload.on": True})
cherrypy.quickstart(Home())
`;
export const AIOHTTP = `
import sys
from aiohttp import web
CODE = "MARK"
async def home(request):
    return web.Response(text="${HTML}" + CODE + " " + open("page.html").read(), content_type="text/html")
app = web.Application()
app.router.add_get("/", home)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))
`;
export const WEBPY = `
import sys, web
CODE = "MARK"
class Home:
    def GET(self):
        return "${HTML}" + CODE + " " + open("page.html").read()
web.application(("/", "Home"), globals()).run()
`;
export const NODE = `
const http = require('node:http'), fs = require('node:fs');
const CODE = "MARK";
http.createServer((request, response) => {
	response.setHeader('content-type', 'text/html');
	response.end("${HTML}" + CODE + ' ' + fs.readFileSync('page.html', 'utf8'));
}).listen(Number(process.argv[2]), '127.0.0.1');
`;
export const NEST = `
import { Controller, Get, Header, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readFileSync } from 'fs';
const CODE = "MARK";
@Controller()
class Home {
	@Get()
	@Header('content-type', 'text/html')
	home(): string { return "${HTML}" + CODE + ' ' + readFileSync('page.html', 'utf8'); }
}
@Module({ controllers: [Home] })
class App {}
NestFactory.create(App).then(app => app.listen(Number(process.env.PORT), '127.0.0.1'));
`;
export const VITE_NODE = `
import http from 'node:http';
import fs from 'node:fs';
const CODE: string = "MARK";
const server = http.createServer((request, response) => {
	response.setHeader('content-type', 'text/html');
	response.end("${HTML}" + CODE + ' ' + fs.readFileSync('page.html', 'utf8'));
}).listen(Number(process.env.PORT), '127.0.0.1');
if (import.meta.hot) {
	import.meta.hot.on('vite:beforeFullReload', () => { server.close(); server.closeAllConnections(); });
	import.meta.hot.dispose(() => { server.close(); server.closeAllConnections(); });
}
`;
/** Two workers share the socket of the first process. */
export const CLUSTER = NODE.replace('const CODE', "const cluster = require('node:cluster');\nif (cluster.isPrimary) { cluster.fork(); cluster.fork(); } else\n{ const CODE").replace(/;\n$/, '; }\n').replace('{ const', '{\nconst');
export const FASTIFY = `
const fs = require('node:fs');
const CODE = "MARK";
module.exports = async (app, options) => { app.get('/', (request, reply) => reply.type('text/html').send("${HTML}" + CODE + ' ' + fs.readFileSync('page.html', 'utf8'))); };
`;
export const NODE_TS = NODE.replace("const http = require('node:http'), fs = require('node:fs');", 'declare const require: any, process: any;\nconst http = require("node:http"), fs = require("node:fs");')
	.replace('(request, response)', '(request: any, response: any)');
export const EXPRESS = `
const express = require('express'), fs = require('node:fs');
const CODE = "MARK";
const app = express();
app.get('/', (request, response) => response.send("${HTML}" + CODE + ' ' + fs.readFileSync('page.html', 'utf8')));
app.listen(Number(process.argv[2]), '127.0.0.1');
`;
export const BUN = `
const CODE: string = "MARK";
Bun.serve({ port: Number(process.argv[2]), hostname: '127.0.0.1', async fetch() {
	return new Response("${HTML}" + CODE + ' ' + await Bun.file('page.html').text(), { headers: { 'content-type': 'text/html' } });
} });
`;
export const DENO = `
const CODE: string = "MARK";
const answer = () => new Response("${HTML}" + CODE + ' ' + Deno.readTextFileSync('page.html'), { headers: { 'content-type': 'text/html' } });
`;
export const PHP = `<?php $code = "MARK"; echo "${HTML}", $code, " ", file_get_contents("page.html");`;
export const JSP = `<%@ page contentType="text/html" %><% String code = "MARK"; %>${HTML}<%= code %> <%= new String(java.nio.file.Files.readAllBytes(java.nio.file.Paths.get(application.getRealPath("/page.html")))) %>`;
export const WORKER = `
import page from './page.html';
const code = "MARK";
export default { fetch: () => new Response("${HTML}" + code + ' ' + page, { headers: { 'content-type': 'text/html' } }) };
`;
/** Tomcat with one site. */
export const TOMCAT = `<Server port="-1"><Service name="Catalina"><Connector port="PORT" address="127.0.0.1"/>
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="none"><Context path="" docBase="ROOT"/></Host></Engine></Service></Server>
`;
export const MOJO = `
use Mojolicious::Lite;
my $code = "MARK";
get '/' => sub { my $c = shift; open my $f, '<', 'page.html'; local $/; $c->render(data => "${HTML}" . $code . ' ' . <$f>, format => 'html') };
app->start;
`;
export const PSGI = `
my $code = "MARK";
sub { open my $f, '<', 'page.html'; local $/; [200, ['Content-Type' => 'text/html'], ["${HTML}" . $code . ' ' . <$f>]] };
`;
export const DANCER = `
package Site;
use Dancer2;
my $code = "MARK";
get '/' => sub { open my $f, '<', 'page.html'; local $/; "${HTML}" . $code . ' ' . <$f> };
Site->to_app;
`;
export const SINATRA = `
require 'sinatra'
CODE = "MARK"
set :bind, '127.0.0.1'
set :port, ARGV[0].to_i
set :environment, :development
get('/') { "${HTML}" + CODE + ' ' + File.read('page.html') }
`;
export const RACK = `
CODE = "MARK"
run lambda { |env| [200, { 'Content-Type' => 'text/html' }, ["${HTML}" + CODE + ' ' + File.read('page.html')]] }
`;
export const RAILS = `
class HomeController < ActionController::Base
	CODE = "MARK"
	def index
		render html: ("${HTML}" + CODE + ' ' + File.read(Rails.root.join('page.html'))).html_safe
	end
end
`;
export const RAILS_FILES = {
	'config.ru': "require_relative 'config/environment'\nrun Rails.application\n",
	'bin/rails': "#!/usr/bin/env ruby\nAPP_PATH = File.expand_path('../config/application', __dir__)\nrequire 'rails/commands'\n",
	'config/application.rb': "require 'rails'\nrequire 'action_controller/railtie'\nclass Site < Rails::Application\n\tconfig.root = File.expand_path('..', __dir__)\n\tconfig.load_defaults 6.1\n\tconfig.eager_load = false\n\tconfig.cache_classes = false\n\tconfig.consider_all_requests_local = true\n\tconfig.secret_key_base = 'x' * 64\n\tconfig.hosts.clear\nend\n",
	'config/environment.rb': "require_relative 'application'\nRails.application.initialize!\n",
	'config/routes.rb': "Rails.application.routes.draw { root 'home#index' }\n",
	'Rakefile': "require_relative 'config/application'\n", 'log/.x': '', 'tmp/pids/.x': '', '.gitignore': 'log\ntmp\n',
};
export const GO = `package main
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
export const RUST_LIKE_LOOP = `while true; do ${PYTHON} app.py "$1" & pid=$!; inotifywait -q -e close_write app.py >/dev/null; kill $pid; wait $pid; done`;
