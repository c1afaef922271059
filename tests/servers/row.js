// SPDX-License-Identifier: MIT
/** What most rows share. */

/** @param {string} file @param {string} text */
export const code = (file, text) => ({ file, text: (/** @type {string} */ mark) => text.replace('MARK', mark) });
const page = { file: 'page.html', text: (/** @type {string} */ mark) => `${mark}\n` };

/** @param {Omit<import('./rows.js').Row, 'page'> & {page?: import('./rows.js').Row['page']}} row @returns {import('./rows.js').Row} */
export const app = row => ({ page, ...row });
