// SPDX-License-Identifier: MIT
/** Servers of files: they never restart, so no save waits for them. */
import path from 'node:path';

import { npm, PYTHON } from './code.js';

const page = { file: 'index.html', text: (/** @type {string} */ mark, /** @type {string} */ code) => `<!doctype html><title>t</title><h1>${code} ${mark}</h1>\n` };

/** @param {string} name @param {string} text */
const written = (name, text) => async (/** @type {any} */ world, /** @type {string} */ root, /** @type {number} */ port) =>
	world.folder('site', { [name]: text.replaceAll('ROOT', root).replaceAll('PORT', String(port)).replaceAll('TEMP', world.temp) });

/** @param {Omit<import('./rows.js').Row, 'page' | 'trigger'>} row @returns {import('./rows.js').Row} */
const files = row => ({ page, trigger: 'nothing', settle: 100, ...row });

const NGINX = `daemon off; user root; pid TEMP/nginx.pid; error_log TEMP/nginx.log;
events {}
http { access_log off; client_body_temp_path TEMP/b; proxy_temp_path TEMP/p; fastcgi_temp_path TEMP/f; uwsgi_temp_path TEMP/u; scgi_temp_path TEMP/s;
  types { text/html html; } server { listen 127.0.0.1:PORT; root ROOT; } }
`;
/** @type {import('./rows.js').Row[]} */
export const STATIC = [
	files({
		name: 'python3 -m http.server', source: 'Debian', packages: ['python3'], needs: PYTHON, version: [PYTHON, '--version'],
		command: port => [PYTHON, '-m', 'http.server', '--bind', '127.0.0.1', String(port)],
	}),
	files({
		name: 'busybox httpd', source: 'Debian', packages: ['busybox'], needs: '/usr/bin/busybox', version: ['dpkg-query', '-W', 'busybox'],
		command: port => ['busybox', 'httpd', '-f', '-p', `127.0.0.1:${port}`],
	}),
	files({
		name: 'caddy file-server', source: 'Debian', packages: ['caddy'], needs: '/usr/bin/caddy', version: ['dpkg-query', '-W', 'caddy'],
		command: port => ['caddy', 'file-server', '--listen', `127.0.0.1:${port}`],
	}),
	files({
		name: 'nginx', source: 'Debian', packages: ['nginx-light'], needs: '/usr/sbin/nginx', version: ['dpkg-query', '-W', 'nginx-light'],
		prepare: written('.nginx.conf', NGINX), command: (port, root) => ['/usr/sbin/nginx', '-p', root, '-c', path.join(root, '.nginx.conf')],
	}),
	files({
		name: 'lighttpd', source: 'Debian', packages: ['lighttpd'], needs: '/usr/sbin/lighttpd', version: ['dpkg-query', '-W', 'lighttpd'],
		prepare: written('.lighttpd.conf', 'server.document-root = "ROOT"\nserver.port = PORT\nserver.bind = "127.0.0.1"\nindex-file.names = ("index.html")\nmimetype.assign = (".html" => "text/html")\n'),
		command: (port, root) => ['/usr/sbin/lighttpd', '-D', '-f', path.join(root, '.lighttpd.conf')],
	}),
	files({
		name: 'webfsd', source: 'Debian', packages: ['webfs'], needs: '/usr/bin/webfsd', version: ['dpkg-query', '-W', 'webfs'],
		command: (port, root) => ['webfsd', '-F', '-p', String(port), '-i', '127.0.0.1', '-r', root, '-f', 'index.html'],
	}),
	files({
		name: 'mini_httpd', source: 'Debian', packages: ['mini-httpd'], needs: '/usr/sbin/mini_httpd', version: ['dpkg-query', '-W', 'mini-httpd'],
		command: (port, root) => ['/usr/sbin/mini_httpd', '-D', '-h', '127.0.0.1', '-p', String(port), '-d', root, '-u', 'root'],
	}),
	files({
		name: 'php -S (files)', source: 'Debian', packages: ['php-cli'], needs: '/usr/bin/php', version: ['php', '--version'],
		command: port => ['php', '-S', `127.0.0.1:${port}`],
	}),
	files({
		name: 'ruby -run -e httpd', source: 'Debian', packages: ['ruby-webrick'], needs: '/usr/bin/ruby', version: ['dpkg-query', '-W', 'ruby-webrick'],
		command: port => ['ruby', '-run', '-e', 'httpd', '.', '-p', String(port), '-b', '127.0.0.1'],
	}),
	files({
		name: 'twist web --path', source: 'Debian', packages: ['python3-twisted'], needs: '/usr/bin/twist3', version: ['dpkg-query', '-W', 'python3-twisted'],
		command: (port, root) => ['twist3', 'web', '--port', `tcp:${port}:interface=127.0.0.1`, '--path', root],
	}),
	files({
		name: 'erl -s inets', source: 'Debian', packages: ['erlang-inets'], needs: '/usr/bin/erl', version: ['dpkg-query', '-W', 'erlang-inets'],
		command: (port, root) => ['erl', '-noshell', '-eval', `inets:start(), inets:start(httpd, [{port, ${port}}, {bind_address, {127,0,0,1}}, {server_name, "localhost"}, {server_root, "${root}"}, {document_root, "${root}"}, {directory_index, ["index.html"]}, {mime_types, [{"html", "text/html"}]}, {modules, [mod_alias, mod_get, mod_head]}])`],
	}),
	files({
		name: 'h2o', source: 'Debian', packages: ['h2o'], needs: '/usr/bin/h2o', version: ['dpkg-query', '-W', 'h2o'],
		prepare: written('.h2o.conf', 'listen:\n  host: 127.0.0.1\n  port: PORT\nuser: root\nnum-threads: 1\nhosts:\n  default:\n    paths:\n      /:\n        file.dir: ROOT\n'),
		command: (port, root) => ['h2o', '-c', path.join(root, '.h2o.conf')],
	}),
	files({
		name: 'http-server', source: 'npm', packages: ['http-server'], needs: npm('http-server'), version: [npm('http-server'), '--version'],
		command: port => [npm('http-server'), '-a', '127.0.0.1', '-p', String(port), '-c-1'],
	}),
	files({
		name: 'serve', source: 'npm', packages: ['serve'], needs: npm('serve'), version: [npm('serve'), '--version'],
		command: port => [npm('serve'), '-l', `tcp://127.0.0.1:${port}`, '--no-clipboard'],
	}),
];
