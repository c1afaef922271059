// SPDX-License-Identifier: MIT
//
// Finds the roots of frameworks: the elements whose content a framework also keeps in its own memory,
// so that after a patch the two would differ. Frameworks set a property on such an element, which
// only the page's own scripts can see.

import { api } from '../common/api.js';
import { targetOf } from './places.js';

/**
 * Runs among the page's own scripts, and changes nothing there.
 *
 * @returns {number[][]} for each root, also in frames of the page's own server, the path to it from <html>: the index of each
 *	child; -1: the document in the frame
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
	/** @type {number[][]} */
	const found = [];
	/** @param {Document} page @param {number[]} before the path to its frame */
	const visit = (page, before) => {
		/** @type {Element[]} */
		const here = [];
		for (const element of page.querySelectorAll('*')) {
			if (Object.keys(element).some((key) => mark.test(key))) {
				here.push(element);
			}
		}
		for (const element of /** @type {NodeListOf<HTMLIFrameElement>} */ (page.querySelectorAll('iframe, frame'))) {
			if (element.contentDocument) {
				visit(element.contentDocument, [...before, ...way(element), -1]);
			}
		}
		// Roots inside another root are left out.
		found.push(...here.filter((element) => !here.some((other) => other !== element && other.contains(element)))
			.map((element) => [...before, ...way(element)]));
	};
	visit(document, []);
	return found.slice(0, 100);
}

/**
 * @param {number} tabId
 * @returns {Promise<number[][]>}
 */
export async function frameworkRoots(tabId) {
	try {
		const [{ result }] = await api.scripting.executeScript({ target: targetOf(tabId), world: 'MAIN', func: findRoots });
		return result ?? [];
	} catch {
		return [];
	}
}
