// SPDX-License-Identifier: MIT
/**
 * Programs of a site, most of them in an application server, that make their own pages, pass some paths on to
 * other servers, and render one with the data of another server. The variables BETA and OWN have the ports
 * of two other servers.
 */
import { existsSync } from 'node:fs';

/** Debian's own programs, which have Debian's Flask and FastAPI. */
const [PYTHON, UVICORN, GUNICORN] = ['python3', 'uvicorn', 'gunicorn'].map((name) => (existsSync(`/usr/bin/${name}`) ? `/usr/bin/${name}` : name));

/** Python's: `data` gives the query on, but no header, as a program does that asks for data. */
const OTHERS = `
import http.client, os
BETA, OWN = int(os.environ["BETA"]), int(os.environ["OWN"])
def ask(port, method, path, headers):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()
def data(query):
    return ask(BETA, "GET", "/data.json?" + query, {})[1].decode()
`;

/** FastAPI answers HEAD with 405 for a route that names GET only. */
const FASTAPI = `${OTHERS}
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
app = FastAPI()
def passed(request, port):
    status, body = ask(port, request.method, f"{request.url.path}?{request.url.query}", dict(request.headers))
    return Response(body, status, media_type="text/html")
@app.get("/beta/{path:path}")
def beta(request: Request):
    return passed(request, BETA)
@app.get("/own/{path:path}")
def own(request: Request):
    return passed(request, OWN)
@app.get("/rendered", response_class=HTMLResponse)
def rendered(request: Request):
    return "<h1>rendered</h1>" + data(request.url.query)
@app.get("/", response_class=HTMLResponse)
def home():
    return "<h1>alpha</h1>"
`;

const ASGI = `${OTHERS}
import asyncio
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    path, query = scope["path"], scope["query_string"].decode()
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    status, body = 200, b"<h1>alpha</h1>"
    if path == "/rendered":
        body = ("<h1>rendered</h1>" + await asyncio.to_thread(data, query)).encode()
    elif path != "/":
        port = BETA if path.startswith("/beta/") else OWN
        status, body = await asyncio.to_thread(ask, port, scope["method"], path + "?" + query, headers)
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": body})
`;

const FLASK = `${OTHERS}
from flask import Flask, request
app = Flask(__name__)
def passed(port):
    status, body = ask(port, request.method, request.full_path, dict(request.headers))
    return body, status
@app.route("/beta/<path:path>")
def beta(path):
    return passed(BETA)
@app.route("/own/<path:path>")
def own(path):
    return passed(OWN)
@app.route("/rendered")
def rendered():
    return "<h1>rendered</h1>" + data(request.query_string.decode())
@app.route("/")
def home():
    return "<h1>alpha</h1>"
`;

/** The same, but what it asks for has neither the query nor the headers of its own request. */
const PATH_ONLY = FLASK.replace('request.method, request.full_path, dict(request.headers)', '"GET", request.path, {}');

/** Answers HEAD with 501. */
const GET_ONLY = `${OTHERS}
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        status, body = 200, b"<h1>alpha</h1>"
        if path == "/rendered":
            body = ("<h1>rendered</h1>" + data(query)).encode()
        elif path != "/":
            status, body = ask(BETA if path.startswith("/beta/") else OWN, "GET", self.path, dict(self.headers))
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
`;

/** The same, but it passes on all paths that it does not know. What it asks for data is some bytes longer than that. */
const REST_ON = GET_ONLY.replace('/data.json?', '/data.json?of=alpha&').replace('BETA if path.startswith("/beta/") else OWN', 'OWN if path.startswith("/own/") else BETA');

const RAILS = `require 'net/http'
ask = lambda do |port, method, path, headers|
	Net::HTTP.start('127.0.0.1', port) { |http| http.request(Net::HTTP.const_get(method.capitalize).new(path, headers)) }
end
pass = lambda do |port|
	lambda do |env|
		headers = env.select { |name, _| name.start_with?('HTTP_') }.to_h { |name, value| [name[5..].tr('_', '-'), value] }
		answer = ask.call(port, env['REQUEST_METHOD'], env['PATH_INFO'] + '?' + env['QUERY_STRING'], headers)
		[answer.code.to_i, { 'Content-Type' => 'text/html' }, [answer.body.to_s]]
	end
end
page = ->(text) { [200, { 'Content-Type' => 'text/html' }, [text]] }
Rails.application.routes.draw do
	match '/beta/(*path)', to: pass.call(ENV['BETA'].to_i), via: :all
	match '/own/(*path)', to: pass.call(ENV['OWN'].to_i), via: :all
	get '/rendered', to: ->(env) { page.call('<h1>rendered</h1>' + ask.call(ENV['BETA'].to_i, 'GET', '/data.json?' + env['QUERY_STRING'], {}).body) }
	get '/', to: ->(_env) { page.call('<h1>alpha</h1>') }
end
`;

const RAILS_FILES = {
	'config.ru': "require_relative 'config/environment'\nrun Rails.application\n",
	'bin/rails': "APP_PATH = File.expand_path('../config/application', __dir__)\nrequire 'rails/commands'\n",
	'config/application.rb': `require 'rails'
require 'action_controller/railtie'
class Site < Rails::Application
	config.root = File.expand_path('..', __dir__)
	config.eager_load = false
	config.secret_key_base = 'x' * 64
	config.hosts.clear
end
`,
	'config/environment.rb': "require_relative 'application'\nRails.application.initialize!\n",
	'config/routes.rb': RAILS,
	'.gitignore': 'log\ntmp\n',
};

/** @typedef {{files: Record<string, string>, command: (port: number) => string[]}} App */
/** @type {Record<string, App>} */
export const APPS = {
	'FastAPI under uvicorn, with routes for GET only': { files: { 'main.py': FASTAPI }, command: (port) => [UVICORN, 'main:app', '--port', `${port}`] },
	'an ASGI program under uvicorn --reload': { files: { 'main.py': ASGI }, command: (port) => [UVICORN, 'main:app', '--reload', '--port', `${port}`] },
	'Flask under gunicorn': { files: { 'main.py': FLASK }, command: (port) => [GUNICORN, 'main:app', '-w', '2', '-b', `127.0.0.1:${port}`] },
	'Flask under gunicorn, which passes on only the path': { files: { 'main.py': PATH_ONLY }, command: (port) => [GUNICORN, 'main:app', '-w', '2', '-b', `127.0.0.1:${port}`] },
	'Flask under its own server': { files: { 'main.py': FLASK }, command: (port) => [PYTHON, '-m', 'flask', '--app', 'main', 'run', '--port', `${port}`] },
	'a Python program of its own that knows GET only': { files: { 'main.py': GET_ONLY }, command: (port) => [PYTHON, 'main.py', `${port}`] },
	'a Python program of its own that passes on only the path': { files: { 'main.py': REST_ON.replace('dict(self.headers)', '{}').replace('"GET", self.path', '"GET", path') }, command: (port) => [PYTHON, 'main.py', `${port}`] },
	'a Python program of its own that passes on the path and the query': { files: { 'main.py': REST_ON.replace('dict(self.headers)', '{}') }, command: (port) => [PYTHON, 'main.py', `${port}`] },
	'Rails under Puma with two workers': { files: RAILS_FILES, command: (port) => ['puma', '-w', '2', '-b', `tcp://127.0.0.1:${port}`] },
	'Rails': { files: RAILS_FILES, command: (port) => ['ruby', 'bin/rails', 'server', '-u', 'webrick', '-b', '127.0.0.1', '-p', `${port}`] },
};
