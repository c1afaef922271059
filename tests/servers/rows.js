// SPDX-License-Identifier: MIT
/**
 * Real servers, one a row: what it shows, how it is started, where it comes from. Each shows two marks,
 * `c0 t0`: the code's, and that of a file which is read for each request.
 */
import { PROGRAMS } from './apps.js';
import { STATIC } from './static.js';

/**
 * @typedef {object} Row
 * @property {string} name as people type it
 * @property {'Debian' | 'npm'} source
 * @property {string[]} packages
 * @property {string} needs the program that must be there
 * @property {string[]} [version] a command whose output has the version
 * @property {string} trigger what makes it restart, for people
 * @property {Record<string, string>} [files]
 * @property {{file: string, text: (mark: string) => string}} [code] none: it serves files
 * @property {{file: string, text: (mark: string, code: string) => string}} page
 * @property {string} [broken] the code with a mistake; '': is not tried
 * @property {string} [path]
 * @property {string} [folder] it is started there
 * @property {number} [settle] how long after a restart its reloader sees no save, in ms
 * @property {number} [oldMsec] it may answer with the old content for so long after a save of the code
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(port: number, root: string) => string[]} command
 * @property {(world: any, root: string, port: number) => Promise<unknown>} [prepare]
 * @property {(world: any, root: string) => Promise<unknown>} [ended] once it has been stopped
 */

/** @type {Row[]} */
export const ROWS = [...PROGRAMS, ...STATIC];

/** The ones that each run of the tests tries. */
export const SHORT = ['uvicorn --reload', 'node --watch', 'flask --debug', 'php -S', 'python3 -m http.server'];
