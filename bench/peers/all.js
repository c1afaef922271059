// SPDX-License-Identifier: MIT
import { browserSync } from './browser-sync.js';
import { eleventy } from './eleventy.js';
import { esbuild } from './esbuild.js';
import { hugo } from './hugo.js';
import { livereload } from './livereload.js';
import { liveServer } from './live-server.js';
import { origin } from './origin.js';
import { pythonLivereload } from './python-livereload.js';
import { vite } from './vite.js';

/** @type {import('./peer.js').Peer[]} */
export const peers = [livereload, vite, liveServer, eleventy, esbuild, browserSync, hugo, pythonLivereload, origin];
