// SPDX-License-Identifier: MIT
//
// The elements whose content a framework of the page keeps a copy of: to patch them would make the
// two differ. Frameworks leave a property on such an element, which only the page's own scripts see.

import { api } from '../common/api.js';

/**
 * Runs among the page's own scripts, and leaves nothing there.
 *
 * @returns {number[][]} for each root the way to it from <html>, child by child
 */
function findRoots() {
	const mark = /^(__reactContainer\$|_reactRootContainer$|__vue_app__$|__vue__$|__svelte|__ngContext__$|__k$|_\$owner$)/;
	/** @param {Element} element */
	const way = (element) => {
		const indices = [];
		for (let at = element; at.parentElement; at = at.parentElement) {
			indices.unshift([...at.parentElement.children].indexOf(at));
		}
		return indices;
	};
	/** @type {Element[]} */
	const found = [];
	for (const element of document.querySelectorAll('*')) {
		if (Object.keys(element).some((key) => mark.test(key))) {
			found.push(element);
		}
	}
	// What is in another one needs no mention.
	return found.filter((element) => !found.some((other) => other !== element && other.contains(element)))
		.slice(0, 100).map(way);
}

/**
 * @param {number} tabId
 * @returns {Promise<number[][]>}
 */
export async function frameworkRoots(tabId) {
	try {
		const [{ result }] = await api.scripting.executeScript({ target: { tabId }, world: 'MAIN', func: findRoots });
		return result ?? [];
	} catch {
		return [];
	}
}
