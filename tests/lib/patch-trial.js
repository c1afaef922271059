// SPDX-License-Identifier: MIT
//
// One trial of the patch, in a page: a document in a frame, perhaps changed by scripts and a user,
// is patched, and compared with a frame that loaded the next document.
import { documents } from './random-html.js';

const savecast = /** @type {any} */ (globalThis).savecast;

/** @param {string} html @returns {Promise<HTMLIFrameElement>} parsed like an answer of a server */
export async function frame(html) {
	const element = document.createElement('iframe');
	const url = URL.createObjectURL(new Blob([html], { type: 'text/html;charset=utf-8' }));
	element.src = url;
	const loaded = new Promise((resolve) => element.addEventListener('load', resolve, { once: true }));
	document.body.append(element);
	await loaded;
	URL.revokeObjectURL(url);
	return element;
}

/** @param {string} text */
export const parse = (text) => new DOMParser().parseFromString(text, 'text/html');

/** @param {Node} node @param {string[]} out one line for each node */
function print(node, out, depth = '') {
	for (const kid of node.childNodes) {
		if (kid.nodeType === Node.ELEMENT_NODE) {
			const element = /** @type {any} */ (kid);
			const attributes = [...element.attributes].map(({ name, value, namespaceURI }) =>
				`${namespaceURI ?? ''} ${name}=${JSON.stringify(name === 'class' ? [...new Set(value.split(/\s+/))].sort().join(' ') : value)}`).sort();
			const state = [element.value, element.checked, element.selected].filter((one) => ['string', 'boolean'].includes(typeof one));
			out.push(`${depth}<${element.namespaceURI} ${element.localName}${attributes.join('')}> ${state}`);
			if (element.localName !== 'noscript') {
				print(element.localName === 'template' ? element.content : element, out, `${depth} `);
			}
		} else {
			const line = `${depth}${kid.nodeName} ${JSON.stringify(kid.nodeValue)}`;
			const { data } = /** @type {CharacterData} */ (kid);
			if (kid.nodeType === Node.TEXT_NODE && kid.previousSibling?.nodeType === Node.TEXT_NODE) {
				out[out.length - 1] = `${out.at(-1)?.slice(0, -1)}${JSON.stringify(data).slice(1)}`;
			} else {
				out.push(line);
			}
		}
	}
	return out;
}

/** @param {Document} live */
const printed = (live) => print(live, []).join('\n');

/**
 * A change that a page's script may make, and how to undo it.
 *
 * @param {Document} live
 * @param {() => number} next01
 * @returns {() => string | undefined} undoes it; returns what the patch has lost
 */
function mutate(live, next01) {
	const all = [...live.body.querySelectorAll('*')].filter((element) => !element.closest('script, style, noscript, select, svg, math'));
	const one = (/** @type {any[]} */ list) => list[Math.floor(next01() * list.length)];
	const element = one(all) ?? live.body;
	switch (Math.floor(next01() * 6)) {
	case 0: {
		const before = element.getAttribute('style');
		element.setAttribute('style', 'order: 7');
		return () => {
			const lost = element.isConnected && element.getAttribute('style') !== 'order: 7' ? 'a style is lost' : undefined;
			before === null ? element.removeAttribute('style') : element.setAttribute('style', before);
			return lost;
		};
	}
	case 1: {
		const none = !element.hasAttribute('class');
		const token = `scripted-${Math.floor(next01() * 1e9)}`;
		element.classList.add(token);
		return () => {
			const lost = element.isConnected && !element.classList.contains(token) ? 'a class is lost' : undefined;
			element.classList.remove(token);
			if (none && element.classList.length === 0) {
				element.removeAttribute('class');
			}
			return lost;
		};
	}
	case 2: {
		const texts = all.flatMap((parent) => [...parent.childNodes]).filter((node) => node.nodeType === Node.TEXT_NODE);
		const text = one(texts);
		if (!text) {
			return () => undefined;
		}
		const before = text.data;
		text.data = 'written by a script';
		return () => {
			const lost = text.isConnected && text.data !== 'written by a script' ? 'a text is lost' : undefined;
			text.data = before;
			return lost;
		};
	}
	case 3: case 4: {
		const added = next01() < 0.6 ? live.createElement('div')
			: next01() < 0.7 && element !== live.body ? element.cloneNode(true) : live.createTextNode('added');
		const parent = element === live.body || next01() < 0.3 ? live.body : element.parentNode;
		if (added.nodeName === 'DIV' && !added.firstChild) {
			added.textContent = 'a toast';
		}
		parent.insertBefore(added, one([...parent.childNodes, null]));
		return () => {
			const lost = !added.isConnected ? 'what was added is lost' : undefined;
			added.remove();
			return lost;
		};
	}
	default: {
		if (element === live.body) {
			return () => undefined;
		}
		const { parentNode, nextSibling } = element;
		element.remove();
		return () => {
			const came = element.isConnected ? 'what was removed came back' : undefined;
			parentNode.insertBefore(element, nextSibling?.parentNode === parentNode ? nextSibling : null);
			return came;
		};
	}
	}
}

/**
 * A change by the user, which no document contains.
 *
 * @param {Document} live
 * @returns {() => string | undefined} returns what the patch has lost, and undoes the change
 */
function touch(live) {
	const field = /** @type {HTMLInputElement | null} */ (live.querySelector('input[type=text], textarea'));
	if (!field) {
		return () => undefined;
	}
	field.value = 'typed';
	return () => {
		const lost = field.isConnected && field.value !== 'typed' ? 'what was typed is lost' : undefined;
		field.value = field.defaultValue;
		return lost;
	};
}

/**
 * @param {number} seed
 * @returns {Promise<{outcome: 'patched' | 'reload' | 'same', why?: string, scripted: boolean, wrong?: string}>}
 */
export async function trial(seed) {
	const { base, next, next01 } = documents(seed);
	const scripted = seed % 2 === 1;
	const shown = await frame(base);
	const live = /** @type {Document} */ (shown.contentDocument);
	const undo = scripted ? Array.from({ length: 1 + Math.floor(next01() * 3) }, () => mutate(live, next01)) : [];
	if (seed % 3 === 0 && !scripted) {
		undo.push(touch(live));
	}
	const before = printed(live);
	const result = await savecast.patch(parse(base), parse(next), live);
	/** @type {string | undefined} */
	let wrong;
	if ('reload' in result) {
		wrong = printed(live) === before ? undefined : 'the page was changed although it must be reloaded';
	} else {
		const lost = undo.reverse().map((one) => one()).find(Boolean);
		const other = await frame(next);
		const [is, should] = [printed(live), printed(/** @type {Document} */ (other.contentDocument))];
		wrong = lost ?? (is === should || scripted && stateless(is) === stateless(should) ? undefined : difference(is, should));
		other.remove();
	}
	shown.remove();
	return {
		outcome: 'reload' in result ? 'reload' : result.nodes ? 'patched' : 'same',
		why: result.reload, scripted, wrong: wrong && `${wrong}\nbase: ${base}\nnext: ${next}`,
	};
}

/** @param {string} text @returns {string} without values of fields: if a script cloned a checked one, the browser unchecks one of the two */
const stateless = (text) => text.replace(/> [^\n]*$/gm, '>');

/** @param {string} is @param {string} should */
function difference(is, should) {
	const ours = is.split('\n'), theirs = should.split('\n');
	const at = ours.findIndex((line, i) => line !== theirs[i]);
	return `is: ${ours.slice(at, at + 3).join(' | ')}\nshould: ${theirs.slice(at, at + 3).join(' | ')}`;
}

/** @param {number} from @param {number} count @returns {Promise<object>} the result of each */
export async function trials(from, count) {
	/** @type {Record<string, number>} */
	const outcomes = {};
	/** @type {Record<string, number>} */
	const reasons = {};
	const wrong = [];
	for (let seed = from; seed < from + count; seed++) {
		const told = await trial(seed).catch((error) => ({ outcome: 'reload', scripted: false, why: '', wrong: `${error.stack}` }));
		const key = `${told.scripted ? 'scripted' : 'still'} ${told.outcome}`;
		outcomes[key] = (outcomes[key] ?? 0) + 1;
		if (told.why) {
			const why = told.why.replace(/<[^>]*>/g, '<>');
			reasons[why] = (reasons[why] ?? 0) + 1;
		}
		if (told.wrong) {
			wrong.push(`seed ${seed}: ${told.wrong}`);
		}
	}
	return { outcomes, reasons, wrong: wrong.slice(0, 5), count: wrong.length };
}
