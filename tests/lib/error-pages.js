// SPDX-License-Identifier: MIT
/**
 * Frameworks that answer a request with a page about their exception: how to start each, and what it
 * shows. All come from Debian and npm, as users have them.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { TOP } from './world.js';

/** Debian's own Python, which has Debian's Flask and Django. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const python = (/** @type {string} */ name) => `/usr/lib/python3/dist-packages/${name}`;

/** Servers from npm that are too large for the test packages: see scripts/bench-servers. */
const NPM = path.join(process.env.SAVECAST_SERVERS_NPM ?? TOP, 'node_modules');

const next = (/** @type {number} */ port) => ['sh', '-c', `ln -sfn ${NPM} node_modules; exec node node_modules/next/dist/bin/next dev -p ${port}`];

const FASTAPI = `
from fastapi import FastAPI
app = FastAPI(DEBUG)
@app.get("/")
def home():
    return helper({"items": 3})
def helper(cart):
    return cart["total"]
`;

/**
 * @typedef {object} Framework
 * @property {string} name
 * @property {string} needs a path; without it, the framework is not installed
 * @property {string} file with the mistake, relative to the site
 * @property {Record<string, string>} files
 * @property {(port: number) => string[]} command
 * @property {RegExp} message of the problem
 * @property {number} [line] of the mistake; undefined: the page does not show it
 */

/** @type {Framework[]} */
export const FRAMEWORKS = [
	{
		name: 'FastAPI', needs: python('fastapi'), file: 'main.py', files: { 'main.py': FASTAPI.replace('DEBUG', '') },
		command: port => ['uvicorn', 'main:app', '--port', String(port)], message: /^answered 500: Internal Server Error$/,
	},
	{
		name: 'FastAPI with debug', needs: python('fastapi'), file: 'main.py', line: 8,
		files: { 'main.py': FASTAPI.replace('DEBUG', 'debug=True') },
		command: port => ['uvicorn', 'main:app', '--port', String(port)], message: /^answered 500: KeyError: 'total'$/,
	},
	{
		name: 'Flask', needs: python('flask'), file: 'app.py', line: 7,
		files: { 'app.py': `
from flask import Flask
app = Flask(__name__)
@app.route("/")
def home():
    cart = {}
    return cart["total"]
` },
		command: port => [PYTHON, '-m', 'flask', '--app', 'app', '--debug', 'run', '--port', String(port)],
		message: /^answered 500: KeyError: 'total'$/,
	},
	{
		name: 'Flask with a mistake in a template', needs: python('flask'), file: 'templates/home.html', line: 2,
		files: {
			'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.route("/")\ndef home():\n    return render_template("home.html")\n',
			'templates/home.html': '<h1>home</h1>\n{{ cart.items.total }}\n',
		},
		command: port => [PYTHON, '-m', 'flask', '--app', 'app', '--debug', 'run', '--port', String(port)],
		message: /^answered 500: jinja2\.exceptions\.UndefinedError: 'cart' is undefined$/,
	},
	{
		name: 'Django', needs: python('django'), file: 'site.py', line: 8,
		files: { 'site.py': `import sys
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], INSTALLED_APPS=[])
def home(request):
    cart = {}
    return HttpResponse(cart["total"])
urlpatterns = [path("", home)]
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
` },
		command: port => [PYTHON, 'site.py', 'runserver', '--noreload', String(port)],
		message: /^answered 500: KeyError: 'total'$/,
	},
	{
		name: 'PHP', needs: '/usr/bin/php', file: 'cart.php', line: 3,
		files: { 'index.php': '<?php\nrequire "cart.php";\necho total([]);\n', 'cart.php': '<?php\nfunction total(array $cart) {\n\treturn $cart->total();\n}\n' },
		command: port => ['php', '-d', 'display_errors=1', '-d', 'html_errors=1', '-S', `127.0.0.1:${port}`],
		message: /^answered 200: Error: Call to a member function total\(\) on array$/,
	},
	{
		name: 'PHP with a syntax error', needs: '/usr/bin/php', file: 'index.php', line: 2,
		files: { 'index.php': '<?php\necho "total" "cart";\n' },
		command: port => ['php', '-d', 'display_errors=1', '-S', `127.0.0.1:${port}`],
		message: /^answered 200: Parse error: syntax error, unexpected/,
	},
	{
		name: 'Symfony', needs: '/usr/share/php/Symfony/Component/ErrorHandler', file: 'index.php', line: 5,
		files: { 'index.php': `<?php
require 'Symfony/Component/ErrorHandler/autoload.php';
Symfony\\Component\\ErrorHandler\\Debug::enable();
function total(array $cart) {
	throw new RuntimeException('no total');
}
total([]);
` },
		command: port => ['php', '-S', `127.0.0.1:${port}`], message: /^answered 500: RuntimeException: no total$/,
	},
	{
		name: 'Rails', needs: '/usr/share/doc/ruby-railties', file: 'config.ru', line: 14,
		files: { 'config.ru': `
require 'rails'
require 'action_controller/railtie'
class Shop < Rails::Application
  config.eager_load = false
  config.consider_all_requests_local = true
  config.secret_key_base = 'x'
  config.logger = Logger.new($stderr)
  config.hosts.clear
  routes.append { root to: 'home#index' }
end
class HomeController < ActionController::Base
  def index
    nil.total
  end
end
Shop.initialize!
run Shop
` },
		command: port => ['rackup', '-s', 'webrick', '-o', '127.0.0.1', '-p', String(port)],
		message: /^answered 500: NoMethodError/,
	},
	{
		name: 'Sinatra', needs: '/usr/share/doc/ruby-sinatra', file: 'app.rb', line: 4,
		files: { 'app.rb': "require 'sinatra'\nget '/' do\n  cart = nil\n  cart.total\nend\n" },
		command: port => ['ruby', 'app.rb', '-o', '127.0.0.1', '-p', String(port)],
		message: /^answered 500: NoMethodError/,
	},
	{
		name: 'Next.js', needs: path.join(NPM, 'next'), file: 'lib/cart.js', line: 3, files: {
			'package.json': '{"private": true}', '.gitignore': 'node_modules\n.next\n',
			'lib/cart.js': 'export function total(cart) {\n\n\treturn cart.items.total();\n}\n',
			'pages/index.js': `import { total } from '../lib/cart';
export const getServerSideProps = async () => ({ props: { total: total({}) } });
export default function Page({ total }) { return <h1>{total}</h1>; }
`,
		},
		command: next, message: /^answered 500: TypeError: Cannot read properties of undefined \(reading 'total'\)$/,
	},
	{
		name: 'Next.js, app router', needs: path.join(NPM, 'next'), file: 'app/page.js', line: 3, files: {
			'package.json': '{"private": true}', '.gitignore': 'node_modules\n.next\n',
			'app/layout.js': 'export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n',
			'app/page.js': 'function total(cart) {\n\n\treturn cart.items.total();\n}\nexport default async function Page() { return <h1>{total({})}</h1>; }\n',
		},
		command: next, message: /^answered 500: TypeError: Cannot read properties of undefined \(reading 'total'\)$/,
	},
	{
		name: 'Express', needs: path.join(TOP, 'node_modules/express'), file: 'app.mjs', line: 3,
		files: { 'app.mjs': `import express from '${path.join(TOP, 'node_modules/express/index.js')}';
const app = express();
const total = (cart) => cart.total.toFixed();
app.get('/', (request, response) => response.send(total({})));
app.listen(process.argv[2], '127.0.0.1');
` },
		command: port => [process.execPath, 'app.mjs', String(port)],
		message: /^answered 500: TypeError: Cannot read properties of undefined \(reading 'toFixed'\)$/,
	},
];
