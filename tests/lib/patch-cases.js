// SPDX-License-Identifier: MIT
//
// Named cases of the patch, in a page: what an author changed, what a script or the user changed
// in the page before, and what must be true afterwards.
import { frame, parse } from './patch-trial.js';

const savecast = /** @type {any} */ (globalThis).savecast;

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} base the contents of the body, or a whole document
 * @property {string} next
 * @property {(live: Document, by: (id: string) => any) => unknown} [before] what scripts and the user did
 * @property {string} [reload] why it must reload; without this, it must be patched
 * @property {(live: Document, by: (id: string) => any, given: any) => unknown} [after] true if the result is right; given: what `before` returned
 */

/** @param {string[]} items */
const list = (items) => `<ul id=list>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
/** @param {string[]} keys */
const keyed = (keys) => `<ul id=list>${keys.map((key) => `<li data-key="${key}"><input value="${key}"></li>`).join('')}</ul>`;

const switched = (/** @type {number} */ n) => `<style id=s>p { order: ${n} }</style><style id=t>p { order: ${n} }</style>${['l', 'm'].map((id) =>
	`<link id=${id} rel=stylesheet href="data:text/css,p{order:${n}}">`).join('')}<p id=p>x`;

/** @type {Case[]} */
const CASES = [
	{ name: 'a text', base: '<h1 id=h>one</h1>', next: '<h1 id=h>two</h1>',
		before: (_, by) => by('h').firstChild,
		after: (_, by, text) => by('h').firstChild === text && text.data === 'two' },
	{ name: 'a selection in a text that changes elsewhere', base: '<p id=p>good morning world</p>', next: '<p id=p>bad morning world</p>',
		before: (live, by) => {
			live.getSelection()?.setBaseAndExtent(by('p').firstChild, 5, by('p').firstChild, 12);
		},
		after: (live) => String(live.getSelection()) === 'morning' },
	{ name: 'an item that is added before others keeps them', base: list(['a', 'b']), next: list(['new', 'a', 'b']),
		before: (_, by) => [...by('list').children],
		after: (_, by, was) => by('list').children[1] === was[0] && by('list').children[2] === was[1] },
	{ name: 'items in a new order keep what was typed in them', base: keyed(['a', 'b', 'c']), next: keyed(['c', 'a', 'b']),
		before: (_, by) => {
			by('list').children[2].firstChild.value = 'typed';
		},
		after: (_, by) => by('list').children[0].firstChild.value === 'typed' },
	{ name: 'an item is removed from the middle', base: keyed(['a', 'b', 'c']), next: keyed(['a', 'c']),
		before: (_, by) => by('list').children[2],
		after: (_, by, c) => by('list').children[1] === c && by('list').children.length === 2 },
	{ name: 'what a script added at the end stays there', base: '<main>one</main>', next: '<main>two</main><footer>f</footer>',
		before: (live) => live.body.append(Object.assign(live.createElement('div'), { id: 'toast' })),
		after: (_, by) => by('toast').previousSibling.localName === 'footer' },
	{ name: 'a class that a script added stays beside the new one', base: '<p id=p class="a b">x</p>', next: '<p id=p class="a c">x</p>',
		before: (_, by) => by('p').classList.add('open'),
		after: (_, by) => [...by('p').classList].sort().join() === 'a,c,open' },
	{ name: 'an opened <details> stays open', base: '<details id=d><summary>s</summary>one</details>', next: '<details id=d><summary>s</summary>two</details>',
		before: (_, by) => {
			by('d').open = true;
		},
		after: (_, by) => by('d').open && by('d').textContent === 'stwo' },
	{ name: 'a field that was typed in keeps it, its neighbour takes the new value', base: '<input id=i value=1><input id=j value=1>', next: '<input id=i value=2><input id=j value=2>',
		before: (_, by) => {
			by('i').value = 'typed';
			by('i').focus();
		},
		after: (live, by) => by('i').value === 'typed' && by('j').value === '2' && live.activeElement === by('i') },
	{ name: 'a video plays on', base: '<video id=v muted></video><p>1</p>', next: '<p>new</p><video id=v muted></video><p>2</p>',
		before: (_, by) => by('v'), after: (_, by, video) => by('v') === video },
	{ name: 'a title and a description', base: '<!doctype html><title>one</title><meta name=description content=a><p>x', next: '<!doctype html><title>two</title><meta name=description content=b><p>x',
		after: (live) => live.title === 'two' && /** @type {any} */ (live.querySelector('meta')).content === 'b' },
	{ name: 'a new style sheet is there before the markup', base: '<!doctype html><link rel=stylesheet href="data:text/css,p{order:1}"><p id=p>x',
		next: '<!doctype html><link rel=stylesheet href="data:text/css,p{order:2}"><link rel=stylesheet href="data:text/css,p{flex-grow:3}"><p id=p>y',
		before: (live, by) => {
			/** @type {string[]} */
			const seen = [];
			const look = () => seen.push(`${by('p').textContent}${live.defaultView?.getComputedStyle(by('p')).order}${live.defaultView?.getComputedStyle(by('p')).flexGrow}`);
			new MutationObserver(look).observe(live, { childList: true, subtree: true, characterData: true, attributes: true });
			look();
			return seen;
		},
		after: (live, _, seen) => live.querySelectorAll('link').length === 2 && new Set(seen).size <= 2 && seen.at(-1) === 'y23' && seen[0] === 'x10' },
	{ name: 'style sheets that a theme switcher has switched off', base: `<!doctype html>${switched(1)}`, next: `<!doctype html>${switched(2)}`,
		before: (_, by) => {
			by('s').sheet.disabled = by('l').sheet.disabled = true;
			by('t').sheet.media.mediaText = by('m').sheet.media.mediaText = 'print';
		},
		after: (live, by) => by('s').textContent.includes('order: 2') && by('l').href.endsWith('order:2}') && live.defaultView?.getComputedStyle(by('p')).order === '0' },
	{ name: 'an inline style sheet', base: '<style>p { order: 1 }</style><p id=p>x', next: '<style>p { order: 2 }</style><p id=p>x',
		after: (live, by) => live.defaultView?.getComputedStyle(by('p')).order === '2' },
	{ name: 'rows of a table', base: '<table><tr><td>1', next: '<table><tr><td>1<tr><td>2', after: (live) => live.querySelectorAll('tr').length === 2 },
	{ name: 'a template', base: '<template id=t><p>1</p></template>', next: '<template id=t><p>2</p></template>',
		after: (_, by) => by('t').content.textContent === '2' },
	{ name: 'foreign content', base: '<svg id=s viewBox="0 0 1 1"><g><path d="M0 0"/></g></svg>', next: '<svg id=s viewBox="0 0 2 2"><g><path d="M1 1"/><linearGradient/></g></svg>',
		after: (_, by) => by('s').viewBox.baseVal.width === 2 && by('s').querySelector('linearGradient').namespaceURI === 'http://www.w3.org/2000/svg' },
	{ name: 'an option that is chosen now', base: '<select id=s><option selected>1<option>2</select>', next: '<select id=s><option>1<option selected>2</select>',
		after: (_, by) => by('s').value === '2' },
	{ name: 'an image', base: '<img id=i alt=a src="data:,1">', next: '<img id=i alt=b src="data:,2">', after: (_, by) => by('i').src === 'data:,2' },
	{ name: 'a comment', base: '<!--a--><p>x', next: '<!--b--><p>x', after: (live) => live.body.firstChild?.nodeValue === 'b' },
	{ name: 'whitespace in <pre>', base: '<pre id=p>a\n b</pre>', next: '<pre id=p>a\n  b</pre>', after: (_, by) => by('p').textContent === 'a\n  b' },
	{ name: 'a text of a page with a script', base: '<p id=p>1<script>window.x = 1</script>', next: '<p id=p>2<script>window.x = 1</script>', after: (_, by) => by('p').firstChild.data === '2' },

	{ name: 'an inline script', base: '<script>window.x = 1</script>', next: '<script>window.x = 2</script>', reload: 'an inline script changed' },
	{ name: 'a linked script', base: '<script src=/a.js?1></script>', next: '<script src=/a.js?2></script>', reload: 'a.js changed' },
	{ name: 'a script that appears', base: '<p>x', next: '<p>x<script src=/a.js></script>', reload: 'a.js changed' },
	{ name: 'scripts that change places', base: '<script src=/a.js></script><script src=/b.js></script>', next: '<script src=/b.js></script><script src=/a.js></script>', reload: '(a|b).js changed' },
	{ name: 'data for a script', base: '<script type=application/json>1</script>', next: '<script type=application/json>2</script>', reload: 'inline script' },
	{ name: 'a handler', base: '<p onclick="a()">x', next: '<p onclick="b()">x', reload: 'a script in <p>' },
	{ name: 'a base URL', base: '<!doctype html><base href=/a/><p>x', next: '<!doctype html><base href=/b/><p>x', reload: '<base> changed' },
	{ name: 'a policy', base: '<!doctype html><meta http-equiv=Content-Security-Policy content="img-src *"><p>x', next: '<!doctype html><meta http-equiv=Content-Security-Policy content="img-src data:"><p>x', reload: '<meta> changed' },
	{ name: 'the document type', base: '<!doctype html><p>x', next: '<html><p>x', reload: 'document type' },
	{ name: '<html> of a page with scripts', base: '<!doctype html><html data-theme=a><script>1</script>', next: '<!doctype html><html data-theme=b><script>1</script>', reload: '<html>' },
	{ name: 'a text that a script wrote', base: '<p id=p>0 items', next: '<p id=p>no items',
		before: (_, by) => {
			by('p').textContent = '3 items';
		}, reload: 'script changed' },
	{ name: 'what a script filled', base: '<div id=d> </div>', next: '<div id=d><i>new</i></div>',
		before: (_, by) => {
			by('d').innerHTML = '<b>loaded</b>';
		}, reload: 'script filled <div>' },
	{ name: 'a list that a script sorted', base: list(['a', 'b', 'c']), next: list(['a', 'b', 'c', 'd']),
		before: (_, by) => by('list').append(by('list').firstChild), reload: 'script changed' },
	{ name: 'a list with a copy of an item by a script', base: list(['a', 'a']), next: list(['a', 'x', 'a']),
		before: (_, by) => by('list').prepend(by('list').firstChild.cloneNode(true)), reload: 'script changed' },
	{ name: 'a list with a copy that a script made, and with the original changed since', base: list(['<b>a</b>']), next: list(['a']),
		before: (_, by) => {
			const [item] = by('list').children;
			item.after(item.cloneNode(true));
			item.firstChild.className = 'ready';
		}, reload: 'script changed' },
	{ name: 'an item like those that a script has changed', base: `${list(['a', 'b'])}<script>1</script>`, next: `${list(['a', 'b', 'c'])}<script>1</script>`,
		before: (_, by) => [...by('list').children].forEach((item) => item.classList.add('ready')), reload: 'like the new <li>' },
	{ name: 'a button for a script', base: '<p>x<script>1</script>', next: '<p>x<button>b</button><script>1</script>', reload: 'the new <button>' },
	{ name: 'a root that React keeps', base: '<div id=__next><p>1</p></div>', next: '<div id=__next><p>2</p></div>', reload: 'framework' },
	{ name: 'an element that forbids patches', base: '<div data-savecast-reload><p>1</p></div>', next: '<div data-savecast-reload><p>2</p></div>', reload: 'data-savecast-reload' },
	{ name: 'rules that a script inserted', base: '<style id=s>p { order: 1 }</style>', next: '<style id=s>p { order: 2 }</style>',
		before: (_, by) => by('s').sheet.insertRule('p { flex-grow: 1 }'), reload: 'style sheet' },
	{ name: 'a rule that a script changed', base: '<!doctype html><style id=s>p { order: 1 }</style>', next: '<!doctype html><style id=s>p { order: 2 }</style>',
		before: (_, by) => by('s').sheet.cssRules[0].style.setProperty('order', 3), reload: 'style sheet' },
	{ name: 'what the user wrote', base: '<div id=e contenteditable>text</div>', next: '<div id=e contenteditable>other</div>',
		before: (_, by) => {
			by('e').firstChild.data = 'mine';
		}, reload: 'script changed' },
	{ name: 'a page in place of another', base: '<p>x', next: Array.from({ length: 2500 }, (_, i) => `<p>${i}`).join(''), reload: 'more than 2000 changes' },
];

/** @param {string} text */
const whole = (text) => (/^<(!doctype|html)/i.test(text) ? text : `<!doctype html><body>${text}`);

/** @returns {Promise<string[]>} what went wrong in which case */
export async function cases() {
	const wrong = [];
	for (const { name, base, next, before, reload, after } of CASES) {
		const shown = await frame(whole(base));
		const live = /** @type {Document} */ (shown.contentDocument);
		const by = (/** @type {string} */ id) => live.getElementById(id);
		const given = before?.(live, by);
		const result = await savecast.patch(parse(whole(base)), parse(whole(next)), live);
		if (reload ? !new RegExp(reload).test(result.reload) : result.reload) {
			wrong.push(`${name}: ${JSON.stringify(result)}`);
		} else if (after && !after(live, by, given)) {
			wrong.push(`${name}: ${JSON.stringify(given)} ${live.documentElement.outerHTML}`);
		}
		shown.remove();
	}
	return wrong;
}

/** @returns {Promise<number>} milliseconds of a patch of 5,000 elements with 10 changes, the best of some */
export async function pace() {
	const page = (/** @type {boolean} */ changed) => whole(Array.from({ length: 1250 }, (_, i) =>
		`<section class=c${i % 7}><h2>Number ${i}</h2><p>${changed && i % 125 === 3 ? 'new' : 'old'} <b>text</b></p></section>`).join('\n'));
	let best = Infinity;
	for (let round = 0; round < 8; round++) {
		const shown = await frame(page(false));
		const [base, next] = [parse(page(false)), parse(page(true))];
		const begin = performance.now();
		const { nodes } = await savecast.patch(base, next, shown.contentDocument);
		best = nodes === 10 ? Math.min(best, performance.now() - begin) : NaN;
		shown.remove();
	}
	return best;
}
