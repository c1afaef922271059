// SPDX-License-Identifier: MIT
/**
 * A tool that is measured beside savecast: its server, with what it does by default, and the
 * socket that its page would open.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {() => Promise<string>} version rejects, or is empty, if it is not installed
 * @property {boolean} [slow] takes its turn only now and then
 * @property {(world: import('../../tests/lib/world.js').World) => Promise<Running>} start
 *
 * @typedef {object} Running
 * @property {import('../../tests/lib/children.js').Child} child
 * @property {string} file to be changed
 * @property {(n: number) => string} [text] what it holds; by default a page
 * @property {import('../lib/listen.js').Messages} log
 */

/** @param {number} n */
export const page = n => `<!DOCTYPE html><title>${n}</title><h1>${n}</h1>\n`;
