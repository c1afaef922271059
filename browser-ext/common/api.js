// SPDX-License-Identifier: MIT

/**
 * The extension API under one name: Firefox's own is `browser`, Chromium's `chrome`.
 * @type {typeof chrome}
 */
export const api = /** @type {any} */ (globalThis).browser ?? globalThis.chrome;
