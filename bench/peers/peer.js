// SPDX-License-Identifier: MIT
/**
 * A tool that is compared with savecast: its server, with its default options, and the
 * connection that its page would open.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {() => Promise<string>} version rejects, or is empty, if it is not installed
 * @property {boolean} [slow] is measured only in some rounds
 * @property {(world: import('../../tests/lib/world.js').World) => Promise<Running>} start
 *
 * @typedef {object} Running
 * @property {import('../../tests/lib/children.js').Child} child
 * @property {string} file to change
 * @property {(n: number) => string} [text] the file's contents; by default a page
 * @property {import('../lib/listen.js').Messages} log
 */

/** @param {number} n */
export const page = n => `<!DOCTYPE html><title>${n}</title><h1>${n}</h1>\n`;
