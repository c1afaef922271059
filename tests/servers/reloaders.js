// SPDX-License-Identifier: MIT
/** Programs of npm that restart the user's program, alone and one behind another. */
import { symlink } from 'node:fs/promises';
import path from 'node:path';

import { run } from '../lib/children.js';
import { app, code } from './row.js';
import { CLUSTER, FASTIFY, NEST, NODE, NODE_TS, npm, PYTHON, AIOHTTP, VITE_NODE } from './code.js';

const tsc = `${npm('tsc')} --outDir dist --skipLibCheck`;
const COMMONJS = { TS_NODE_COMPILER_OPTIONS: '{"module": "commonjs", "moduleResolution": "node"}' };
const IGNORED = { '.gitignore': 'dist\nnode_modules\n' };
const PATH = `${npm('')}:${process.env.PATH}`;

/** Modules are found beside the program, as npm installs them. */
const modules = (/** @type {any} */ world, /** @type {string} */ root) => symlink(npm('..'), path.join(root, 'node_modules'));

/** @param {string} name */
const packaged = name => ['node', '-p', `require('${npm(`../${name}/package.json`)}').version`];

/** @type {import('./rows.js').Row[]} */
export const RELOADERS = [
	app({
		name: 'node --watch-path', source: 'Debian', packages: ['nodejs'], needs: 'node', version: ['node', '--version'],
		trigger: 'any file in the folder', code: code('src/server.js', NODE), settle: 400,
		command: port => ['node', '--watch-path=src', 'src/server.js', String(port)],
	}),
	app({
		name: 'node-dev', source: 'npm', packages: ['node-dev'], needs: npm('node-dev'), version: packaged('node-dev'),
		trigger: 'a loaded file', code: code('server.js', NODE),
		command: port => [npm('node-dev'), '--notify=false', 'server.js', String(port)],
	}),
	app({
		name: 'ts-node-dev --respawn', source: 'npm', packages: ['ts-node-dev', 'typescript'], needs: npm('ts-node-dev'), version: packaged('ts-node-dev'),
		trigger: 'a loaded file', env: { NODE_PATH: npm('..'), ...COMMONJS }, code: code('server.ts', NODE_TS),
		command: port => [npm('ts-node-dev'), '--respawn', '--transpile-only', 'server.ts', String(port)],
	}),
	app({
		name: 'supervisor', source: 'npm', packages: ['supervisor'], needs: npm('supervisor'), version: packaged('supervisor'),
		trigger: 'a .js below the folder', code: code('server.js', NODE),
		command: port => [npm('supervisor'), '-q', '--', 'server.js', String(port)],
	}),
	app({
		name: 'forever -w', source: 'npm', packages: ['forever'], needs: npm('forever'), version: [npm('forever'), '--version'],
		trigger: 'any file below', code: code('server.js', NODE),
		command: port => [npm('forever'), '-w', '--minUptime', '100', '--spinSleepTime', '100', 'server.js', String(port)],
	}),
	app({
		name: 'pm2-runtime --watch', source: 'npm', packages: ['pm2'], needs: npm('pm2-runtime'), version: packaged('pm2'),
		trigger: 'any file below', code: code('server.js', NODE),
		command: port => [npm('pm2-runtime'), 'start', 'server.js', '--watch', '--', String(port)],
	}),
	app({
		name: 'pm2 start --watch', source: 'npm', packages: ['pm2'], needs: npm('pm2'), version: packaged('pm2'),
		trigger: 'any file below', code: code('server.js', NODE),
		command: (port, root) => ['sh', '-c', `export PM2_HOME=${root}-pm2; ${npm('pm2')} start server.js --watch -- ${port}; exec ${npm('pm2')} logs --raw`],
		ended: (world, root) => run([npm('pm2'), 'kill'], { ...world.env, PM2_HOME: `${root}-pm2` }),
	}),
	app({
		name: 'onchange -k -i', source: 'npm', packages: ['onchange'], needs: npm('onchange'), version: packaged('onchange'),
		trigger: 'the files it was given', code: code('server.js', NODE),
		command: port => [npm('onchange'), '-k', '-i', '*.js', '--', 'node', 'server.js', String(port)],
	}),
	app({
		name: 'tsc-watch --onSuccess', source: 'npm', packages: ['tsc-watch', 'typescript'], needs: npm('tsc-watch'), version: packaged('tsc-watch'),
		trigger: 'a loaded .ts, once compiled', files: IGNORED, code: code('server.ts', NODE_TS), env: { PATH },
		command: port => [npm('tsc-watch'), '--outDir', 'dist', '--skipLibCheck', 'server.ts', '--onSuccess', `node dist/server.js ${port}`],
	}),
	app({
		name: 'tsup --watch --onSuccess', source: 'npm', packages: ['tsup', 'typescript'], needs: npm('tsup'), version: [npm('tsup'), '--version'],
		trigger: 'a loaded file, once bundled', files: IGNORED, code: code('server.ts', NODE_TS),
		command: port => [npm('tsup'), 'server.ts', '--watch', '--onSuccess', `node dist/server.js ${port}`],
	}),
	app({
		name: 'concurrently (tsc -w, node --watch)', source: 'npm', packages: ['concurrently', 'typescript'], needs: npm('concurrently'), version: [npm('concurrently'), '--version'],
		trigger: 'a loaded .ts, once compiled', files: { ...IGNORED, 'dist/server.js': '' }, code: code('server.ts', NODE_TS),
		command: port => [npm('concurrently'), `${tsc} -w --preserveWatchOutput server.ts`, `node --watch dist/server.js ${port}`],
	}),
	app({
		name: 'npm run dev (nodemon)', source: 'npm', packages: ['nodemon'], needs: npm('nodemon'), version: [npm('nodemon'), '--version'],
		trigger: 'a .js, .mjs, .cjs or .json below the folder', files: { 'package.json': `{"scripts": {"dev": "nodemon --quiet server.js"}}\n` }, code: code('server.js', NODE),
		env: { PATH },
		command: port => ['npm', 'run', 'dev', '--', String(port)],
	}),
	app({
		name: 'nest start --watch', source: 'npm', packages: ['@nestjs/cli', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs', 'typescript'], needs: npm('nest'), version: packaged('@nestjs/cli'),
		trigger: 'a .ts below src, once compiled', code: code('src/main.ts', NEST), prepare: modules, env: { PATH },
		files: { ...IGNORED, 'package.json': '{"name": "site"}\n', 'nest-cli.json': '{"sourceRoot": "src"}\n', 'tsconfig.json': '{"compilerOptions": {"module": "commonjs", "target": "ES2022", "outDir": "./dist", "rootDir": "./src", "experimentalDecorators": true, "emitDecoratorMetadata": true, "skipLibCheck": true, "types": ["node"]}, "include": ["src"]}\n' },
		command: port => ['env', `PORT=${port}`, 'nest', 'start', '--watch', '--preserveWatchOutput'],
	}),
	app({
		name: 'vite-node --watch', source: 'npm', packages: ['vite-node'], needs: npm('vite-node'), version: packaged('vite-node'),
		trigger: 'a loaded file, in its own process', code: code('server.ts', VITE_NODE), files: IGNORED, prepare: modules, env: { PATH },
		command: port => ['env', `PORT=${port}`, 'vite-node', '--watch', 'server.ts'],
	}),
	app({
		name: 'nodemon (cluster of 2)', source: 'npm', packages: ['nodemon'], needs: npm('nodemon'), version: [npm('nodemon'), '--version'],
		trigger: 'a .js, .mjs, .cjs or .json below the folder', code: code('server.js', CLUSTER),
		command: port => [npm('nodemon'), '--quiet', 'server.js', String(port)],
	}),
	app({
		name: 'nodemon --exec tsx', source: 'npm', packages: ['nodemon', 'tsx'], needs: npm('tsx'), version: [npm('nodemon'), '--version'],
		trigger: 'a .ts or .json below the folder', code: code('server.ts', NODE_TS),
		command: port => [npm('nodemon'), '--quiet', '-e', 'ts,json', '--exec', `${npm('tsx')} server.ts ${port}`],
	}),
	app({
		name: 'nodemon --exec ts-node', source: 'npm', packages: ['nodemon', 'ts-node'], needs: npm('ts-node'), version: [npm('nodemon'), '--version'],
		trigger: 'a .ts or .json below the folder', code: code('server.ts', NODE_TS), env: { TS_NODE_TRANSPILE_ONLY: '1', NODE_PATH: npm('..'), ...COMMONJS },
		command: port => [npm('nodemon'), '--quiet', '-e', 'ts,json', '--exec', `${npm('ts-node')} server.ts ${port}`],
	}),
	app({
		name: 'fastify start -w', source: 'npm', packages: ['fastify', 'fastify-cli'], needs: npm('fastify'), version: [npm('fastify'), 'version'],
		trigger: 'any file below', code: code('app.js', FASTIFY), env: { NODE_PATH: npm('..') },
		command: port => [npm('fastify'), 'start', '-w', '-p', String(port), 'app.js'],
	}),
	app({
		name: 'watchmedo auto-restart', source: 'Debian', packages: ['python3-watchdog', 'python3-aiohttp'], needs: 'watchmedo', version: ['watchmedo', '--version'],
		trigger: 'the files it was given', code: code('app.py', AIOHTTP),
		command: port => ['watchmedo', 'auto-restart', '-p', '*.py', '--', PYTHON, 'app.py', String(port)],
	}),
];
