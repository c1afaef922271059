// SPDX-License-Identifier: MIT
/** Servers that run a program of the user. */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';

import { AIOHTTP, ASGI, BOTTLE, BUN, CHANNELS, CHERRYPY, DANCER, DENO, DJANGO, EXPRESS, FLASK, GO, HTML, JSP, MOJO, NODE, NODE_TS, npm, PHP,
	PSERVE, PSGI, PYRAMID, PYTHON, QUART, RACK, RAILS, RAILS_FILES, RUST_LIKE_LOOP, SINATRA, TOMCAT, TORNADO, WEBPY, WERKZEUG, WORKER, WSGI }
	from './code.js';
import { app, code } from './row.js';

/** uWSGI with a master process that restarts the worker. */
const UWSGI = (/** @type {number} */ port, /** @type {string[]} */ ...more) =>
	['/usr/bin/uwsgi', '--plugin', 'python3', '--http-socket', `127.0.0.1:${port}`, '--master', '--need-app', '--wsgi-file', 'main.py', '--callable', 'app', '--die-on-term', ...more];

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
		name: 'uwsgi --py-autoreload', source: 'Debian', packages: ['uwsgi-plugin-python3'], needs: '/usr/bin/uwsgi', version: ['dpkg-query', '-W', 'uwsgi-core'],
		trigger: 'a loaded .py', code: code('main.py', WSGI),
		command: port => UWSGI(port, '--py-autoreload', '1'),
	}),
	app({
		name: 'uwsgi --touch-reload', source: 'Debian', packages: ['uwsgi-plugin-python3'], needs: '/usr/bin/uwsgi', version: ['dpkg-query', '-W', 'uwsgi-core'],
		trigger: 'the files it was given', code: code('main.py', WSGI),
		command: port => UWSGI(port, '--touch-reload', 'main.py', '--processes', '2'),
	}),
	app({
		name: 'pserve --reload', source: 'Debian', packages: ['python3-pyramid', 'python3-plaster-pastedeploy', 'python3-waitress'], needs: '/usr/lib/python3/dist-packages/pyramid', version: ['dpkg-query', '-W', 'python3-pyramid'],
		trigger: 'a loaded .py', code: code('site_app.py', PYRAMID), files: { 'bin/pserve': PSERVE },
		prepare: (world, root, port) => world.folder('site', { 'development.ini': `[app:main]\npaste.app_factory = site_app:main\n[server:main]\nuse = egg:waitress#main\nlisten = 127.0.0.1:${port}\n` }),
		command: () => [PYTHON, 'bin/pserve', 'development.ini', '--reload'],
	}),
	app({
		name: 'run_simple(reloader_type="watchdog")', source: 'Debian', packages: ['python3-werkzeug', 'python3-watchdog'], needs: '/usr/lib/python3/dist-packages/werkzeug', version: ['dpkg-query', '-W', 'python3-werkzeug'],
		trigger: 'a .py below the folders of its modules', code: code('app.py', WERKZEUG),
		command: port => [PYTHON, 'app.py', String(port), 'watchdog'],
	}),
	app({
		name: 'manage.py runserver (Daphne)', source: 'Debian', packages: ['python3-daphne', 'python3-django'], needs: '/usr/lib/python3/dist-packages/daphne', version: ['dpkg-query', '-W', 'python3-daphne'],
		trigger: 'a loaded .py', code: code('manage.py', CHANNELS),
		command: port => [PYTHON, 'manage.py', 'runserver', `127.0.0.1:${port}`],
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
		name: 'python3 -m daphne', source: 'Debian', packages: ['python3-daphne'], needs: '/usr/lib/python3/dist-packages/daphne', version: ['dpkg-query', '-W', 'python3-daphne'],
		trigger: 'nothing', files: { 'main.py': ASGI.replace('MARK', 'c0') }, settle: 100,
		command: port => [PYTHON, '-m', 'daphne', '-b', '127.0.0.1', '-p', String(port), 'main:app'],
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
		name: 'reflex -s (go run)', source: 'Debian', packages: ['reflex', 'golang-go'], needs: '/usr/bin/reflex', version: ['dpkg-query', '-W', 'reflex'],
		trigger: 'the files it was given', code: code('main.go', GO), env: { GO111MODULE: 'off', GOCACHE: '/tmp/savecast-go-cache' },
		command: port => ['reflex', '-s', '-r', '\\.go$', '--', 'go', 'run', 'main.go', String(port)],
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
		name: 'php-fpm behind nginx', source: 'Debian', packages: ['php-fpm', 'nginx'], needs: '/usr/sbin/php-fpm8.2', version: ['dpkg-query', '-W', 'php8.2-fpm'],
		trigger: 'nothing; opcache checks again after up to 3 s', code: code('index.php', PHP), broken: '', settle: 300,
		prepare: (world, root, port) => world.folder('site', {
			'.fpm.conf': `[global]\nerror_log = ${world.temp}/fpm.log\ndaemonize = no\n[www]\nlisten = ${world.temp}/fpm.sock\nuser = root\npm = static\npm.max_children = 2\n`,
			'.nginx.conf': `daemon off;\nuser root;\npid ${world.temp}/nginx.pid;\nerror_log ${world.temp}/nginx.log;\nevents {}\nhttp {\naccess_log off;\nserver {\nlisten 127.0.0.1:${port};\nroot ${root};\nindex index.php;\nlocation ~ \\.php$ { include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_pass unix:${world.temp}/fpm.sock; }\n}\n}\n`,
		}),
		command: (port, root) => ['sh', '-c', `php-fpm8.2 -R -y .fpm.conf & exec nginx -c ${root}/.nginx.conf`],
	}),
	app({
		name: 'Tomcat (JSP)', source: 'Debian', packages: ['tomcat10'], needs: '/usr/share/tomcat10/bin/catalina.sh', version: ['dpkg-query', '-W', 'tomcat10'],
		trigger: 'nothing; checks a .jsp again after up to 4 s', code: code('index.jsp', JSP), broken: '', settle: 300,
		command: (port, root) => ['env', `CATALINA_BASE=${root}/.tomcat`, '/usr/share/tomcat10/bin/catalina.sh', 'run'], env: { CATALINA_HOME: '/usr/share/tomcat10' },
		prepare: async (world, root, port) => {
			const base = path.join(root, '.tomcat');
			await world.folder('site', { '.tomcat/conf/server.xml': TOMCAT.replace('PORT', String(port)).replace('ROOT', root), '.tomcat/logs/.x': '', '.tomcat/temp/.x': '', '.tomcat/work/.x': '', '.gitignore': '.tomcat\n' });
			await copyFile('/etc/tomcat10/web.xml', path.join(base, 'conf/web.xml'));
		},
	}),
	app({
		name: 'wrangler dev', source: 'npm', packages: ['wrangler'], needs: npm('wrangler'), version: [npm('wrangler'), '--version'],
		trigger: 'nothing; builds and loads again in its own process', code: code('worker.js', WORKER), broken: '',
		files: { 'wrangler.toml': 'name = "site"\nmain = "worker.js"\ncompatibility_date = "2026-01-01"\n' }, env: { CI: '1', WRANGLER_SEND_METRICS: 'false' },
		command: port => [npm('wrangler'), 'dev', '--port', String(port), '--ip', '127.0.0.1', '--live-reload=false', '--show-interactive-dev-session=false'],
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
		name: 'puma (tmp/restart.txt, touched by entr)', source: 'Debian', packages: ['puma', 'entr'], needs: '/usr/bin/puma', version: ['dpkg-query', '-W', 'puma'],
		trigger: 'the file that is touched', code: code('config.ru', RACK), files: { 'tmp/restart.txt': '', '.gitignore': 'tmp\n', 'config/puma.rb': 'plugin :tmp_restart\n' },
		command: port => ['sh', '-c', `(ls config.ru | entr -np touch tmp/restart.txt) & exec puma -b tcp://127.0.0.1:${port}`],
	}),
	app({
		name: 'rails server', source: 'Debian', packages: ['ruby-rails', 'puma'], needs: '/usr/share/doc/ruby-rails', version: ['dpkg-query', '-W', 'ruby-rails'],
		trigger: 'nothing; loads a changed file at the next request', code: code('app/controllers/home_controller.rb', RAILS), files: RAILS_FILES,
		command: port => ['ruby', 'bin/rails', 'server', '-b', '127.0.0.1', '-p', String(port)],
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
