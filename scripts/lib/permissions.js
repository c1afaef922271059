// SPDX-License-Identifier: MIT
//
// The permissions of a manifest, and the reason for each in browser-ext/PERMISSIONS.md.

/**
 * @param {any} manifest
 * @returns {string[]}
 */
export function permissionsOf(manifest) {
	return ['permissions', 'optional_permissions', 'host_permissions', 'optional_host_permissions']
		.flatMap((key) => manifest[key] ?? []);
}

/**
 * @param {string} text rows "| `permission`, `another` | reason |"
 * @returns {Map<string, string>}
 */
export function reasonsIn(text) {
	const rows = [...text.matchAll(/^\| (`.*?`) \|(?:[^|]*\|)? (.*?) \|$/gm)];
	return new Map(rows.flatMap(([, names, reason]) =>
		[...names.matchAll(/`(.*?)`/g)].map(([, name]) => /** @type {const} */ ([name, reason]))));
}
