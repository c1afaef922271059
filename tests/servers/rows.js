// SPDX-License-Identifier: MIT
/**
 * Real servers, one per row: what it serves, how it is started, where it comes from. Each page has
 * two marks, `c0 t0`: the first is in the code, the second in a file that is read at each request.
 */
import { PROGRAMS } from './apps.js';
import { RELOADERS } from './reloaders.js';
import { STATIC } from './static.js';

/**
 * @typedef {object} Row
 * @property {string} name as users type it
 * @property {'Debian' | 'npm'} source
 * @property {string[]} packages
 * @property {string} needs the program that must be installed
 * @property {string[]} [version] a command whose output has the version
 * @property {string} trigger what makes it restart, for display
 * @property {Record<string, string>} [files]
 * @property {{file: string, text: (mark: string) => string}} [code] undefined: it serves files
 * @property {{file: string, text: (mark: string, code: string) => string}} page
 * @property {string} [broken] the code with a mistake; '': this step is skipped
 * @property {string} [path]
 * @property {string} [folder] the folder in which it is started
 * @property {number} [settle] for how long after a restart its reloader misses a save, in ms
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(port: number, root: string) => string[]} command
 * @property {(world: any, root: string, port: number) => Promise<unknown>} [prepare]
 * @property {(world: any, root: string) => Promise<unknown>} [ended] called once it has been stopped
 */

/** @type {Row[]} */
export const ROWS = [...PROGRAMS, ...RELOADERS, ...STATIC];

/** The servers that each run of the tests tries. */
export const SHORT = ['uvicorn --reload', 'node --watch', 'flask --debug', 'php -S', 'python3 -m http.server'];
