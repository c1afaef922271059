// SPDX-License-Identifier: MIT
//
// Pairs of HTML documents: the second is the first with changes by an author, or by a program
// that generates lists. Runs in a page; the same seed gives the same pair.

/** @typedef {{name: string, attributes: [string, string][], kids: Piece[]} | string} Piece a string: plain HTML */

/** @param {number} seed @returns {() => number} from 0 to 1, xorshift */
export function random(seed) {
	let state = (seed * 2654435761 + 12345) >>> 0 || 1;
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		state >>>= 0;
		return state / 2 ** 32;
	};
}

const WORDS = ['one', 'two', 'three', 'tomato', 'potato', 'A &amp; B', '&lt;b&gt;', '&eacute;', '&#x1F600;', '&notit;', 'ünï',
	'x < y', '&nbsp;', '  two  spaces ', '\n\tline\n', '0', '<b>bold</b>', '&copy;2026', '"quoted"', "it's"];
const SPACES = ['', '', ' ', '\n', '\n\t\t', '\n\n'];
const CLASSES = ['a', 'b', 'menu', 'big', 'item', 'x-1'];
const INLINE = ['b', 'i', 'a', 'span', 'em', 'code', 'label', 'small'];
const BLOCK = ['div', 'section', 'p', 'article', 'h1', 'h2', 'blockquote', 'main'];
const OTHERS = ['ul', 'ol', 'table', 'form', 'svg', 'math', 'pre', 'template', 'select', 'textarea', 'details', 'dl',
	'comment', 'video', 'img', 'picture', 'button', 'iframe', 'noscript', 'custom', 'script', 'style', 'ruby'];

class Author {
	/** @param {() => number} next */
	constructor(next) {
		this.next = next;
		this.ids = 0;
	}

	/** @param {number} n */
	below(n) {
		return Math.floor(this.next() * n);
	}

	/** @template T @param {T[]} list @returns {T} */
	one(list) {
		return list[this.below(list.length)];
	}

	/** @param {number} part */
	chance(part) {
		return this.next() < part;
	}

	text() {
		return Array.from({ length: 1 + this.below(3) }, () => this.one(WORDS)).join(' ');
	}

	/** @returns {[string, string][]} */
	attributes() {
		/** @type {[string, string][]} */
		const list = [];
		const add = (/** @type {string} */ name, /** @type {string} */ value) => this.chance(0.2) && list.push([name, value]);
		add('class', Array.from({ length: 1 + this.below(2) }, () => this.one(CLASSES)).join(' '));
		add('title', this.text().replace(/"/g, '&quot;'));
		add('data-n', String(this.below(5)));
		add('style', `color: rgb(${this.below(9)}, 0, 0)`);
		if (this.chance(0.1)) {
			list.push(['id', `id${this.ids++}`]);
		}
		if (this.chance(0.02)) {
			list.push([this.one(['@click', 'ZOOM', 'hidden', 'lang', ':bind', 'data-savecast-reload', 'onclick']), '']);
		}
		return list;
	}

	/** @param {string} name @param {Piece[]} kids @param {[string, string][]} [attributes] @returns {Piece} */
	element(name, kids, attributes = this.attributes()) {
		return { name, attributes, kids };
	}

	/** @param {() => Piece} make @param {number} [most] @returns {Piece[]} */
	many(make, most = 5) {
		const space = this.one(SPACES);
		return Array.from({ length: this.below(most + 1) }, () => [space, make()]).flat().concat(space);
	}

	/** @param {number} depth @returns {Piece} */
	inline(depth) {
		return depth > 0 && this.chance(0.4)
			? this.element(this.one(INLINE), this.many(() => this.inline(depth - 1), 2)) : this.text();
	}

	/** @param {number} depth @returns {Piece} */
	block(depth) {
		if (depth <= 0) {
			return this.inline(1);
		}
		if (this.chance(0.45)) {
			const name = this.one(BLOCK);
			return this.element(name, /^(p|h.)$/.test(name) ? this.many(() => this.inline(2), 3)
				: this.many(() => this.block(depth - 1)));
		}
		return this.chance(0.3) ? this.inline(2) : this.other(this.one(OTHERS), depth - 1);
	}

	/** @param {string} name @param {number} depth @returns {Piece} */
	other(name, depth) {
		const item = (/** @type {string} */ tag) => () => this.element(tag, this.many(() => this.block(depth - 1), 2));
		const plain = (/** @type {string} */ tag) => () => this.element(tag, [this.text()]);
		switch (name) {
		case 'ul': case 'ol':
			return this.element(name, this.many(item('li'), 7));
		case 'table': {
			const row = () => this.element('tr', this.many(item(this.one(['td', 'th'])), 3));
			return this.element('table', this.chance(0.5) ? this.many(row) : [this.element('thead', this.many(row, 1)), this.element('tbody', this.many(row))]);
		}
		case 'form':
			return this.element('form', this.many(() => this.field()));
		case 'svg':
			return this.element('svg', this.many(() => this.element(this.one(['rect', 'g', 'circle', 'linearGradient']),
				this.many(() => this.element('foreignObject', [this.inline(1)]), 1))), [['viewBox', `0 0 9 ${this.below(9)}`]]);
		case 'math':
			return this.element('math', this.many(() => this.element(this.one(['mi', 'mn', 'mrow']), [`${this.below(9)}`])));
		case 'pre': case 'textarea':
			return this.element(name, [this.one(['\n', '', '\n\n']), this.text().replace(/<\/?b>/g, '')]);
		case 'template':
			return this.element('template', this.many(() => this.block(depth - 1), 2));
		case 'select':
			return this.element('select', this.many(() => this.element('option', [`${this.one(WORDS.slice(0, 5))}`],
				this.chance(0.3) ? [['selected', '']] : [])));
		case 'details':
			return this.element('details', [this.element('summary', [this.text()]), ...this.many(() => this.block(depth - 1), 2)]);
		case 'dl':
			return this.element('dl', this.many(() => this.chance(0.5) ? plain('dt')() : plain('dd')()));
		case 'comment':
			return `<!-- ${this.one(['note', 'a > b', '[if IE]', '-', String(this.below(99))])} -->`;
		case 'video':
			return this.element('video', [this.element('source', [], [['src', `/none/${this.below(9)}.mp4`]])], [['preload', 'none']]);
		case 'img':
			return this.element('img', [], [['alt', this.one(CLASSES)], ['width', String(this.below(90))]]);
		case 'picture':
			return this.element('picture', [this.element('source', [], [['media', 'print']]), this.element('img', [], [['alt', 'x']])]);
		case 'button':
			return this.element('button', [this.text()]);
		case 'iframe':
			return this.element('iframe', [], [['title', this.one(CLASSES)]]);
		case 'noscript':
			return this.element('noscript', [this.one(CLASSES)]);
		case 'custom':
			return this.chance(0.3) ? this.element(this.one(['x-box', 'my-list']), this.many(() => this.block(depth - 1), 2)) : this.text();
		case 'script':
			return this.chance(0.2) ? `<script type="${this.one(['text/plain', 'application/json', 'application/ld+json', 'text/javascript'])}">${this.below(9)}</script>` : this.text();
		case 'style':
			return this.chance(0.3) ? `<style>.none${this.below(9)} { color: red }</style>` : this.text();
		default:
			return this.element('ruby', [this.text(), this.element('rt', [this.text()])]);
		}
	}

	field() {
		/** @type {[string, string][]} */
		const attributes = [['name', `f${this.below(4)}`], ['type', this.one(['text', 'checkbox', 'radio', 'hidden', 'number'])],
			['value', String(this.below(9))]];
		if (this.chance(0.3)) {
			attributes.push(['checked', '']);
		}
		return this.chance(0.7) ? this.element('input', [], attributes) : this.other(this.one(['select', 'textarea', 'button']), 0);
	}

	head() {
		/** @type {Piece[]} */
		const all = [`<meta charset="utf-8">`, this.element('title', [this.one(['Site', 'Shop', 'A &amp; B'])], []),
			...this.many(() => this.element('meta', [], [['name', this.one(['description', 'keywords', 'robots'])], ['content', this.one(CLASSES)]]), 3)];
		if (this.chance(0.3)) {
			all.push(this.element('style', [`.none { color: rgb(${this.below(9)},0,0) }`], []));
		}
		if (this.chance(0.3)) {
			all.push(this.element('link', [], [['rel', 'stylesheet'], ['href', `data:text/css,.none{order:${this.below(9)}}`]]));
		}
		if (this.chance(0.03)) {
			all.push(this.element('base', [], [['target', this.one(['_top', '_self'])]]));
		}
		if (this.chance(0.15)) {
			all.push(`<script>window.ran = ${this.below(3)}</script>`);
		}
		return all;
	}

	/** @returns {{head: Piece[], body: Piece, doctype: string}} */
	document() {
		return {
			doctype: this.chance(0.9) ? '<!DOCTYPE html>' : '',
			head: this.head(),
			body: this.element('body', this.many(() => this.block(4), 8)),
		};
	}

	/** @param {Piece} piece @returns {Piece} a copy, perhaps edited */
	edited(piece, rate = 0.04) {
		if (typeof piece === 'string') {
			return this.chance(rate) && /\S/.test(piece) && !piece.startsWith('<') ? this.text().replace(/<\/?b>/g, '') : piece;
		}
		const { name } = piece;
		let attributes = piece.attributes.map(([key, value]) => /** @type {[string, string]} */ ([key,
			this.chance(rate / 2) && !['type', 'rel', 'href'].includes(key) ? this.one(['1', 'b', 'menu a']) : value]));
		if (this.chance(rate / 2)) {
			attributes = this.chance(0.5) || !/^(div|p|li|span|td|h1)$/.test(name) ? attributes : this.attributes();
		}
		let kids = piece.kids.map((kid) => this.edited(kid, rate));
		if (/^(div|body|section|ul|ol|tr|tbody|main|p|form|svg|select|template|dl)$/.test(name) && this.chance(rate * 3)) {
			kids = this.listEdited(name, kids);
		}
		return { name, attributes, kids };
	}

	/** @param {string} name @param {Piece[]} kids */
	listEdited(name, kids) {
		const list = [...kids];
		const at = this.below(list.length + 1);
		const like = list.find((kid) => typeof kid !== 'string');
		switch (this.below(5)) {
		case 0:
			list.splice(at, 1 + this.below(2));
			break;
		case 1:
			list.splice(at, 0, like && this.chance(0.7) ? this.edited(like, 0.3) : name === 'body' ? this.block(2) : this.text());
			break;
		case 2:
			if (list.length) {
				list.splice(at, 0, ...list.splice(this.below(list.length), 1));
			}
			break;
		case 3:
			list.reverse();
			break;
		case 4:
			list.splice(at, 0, ...list.slice(0, 2));
			break;
		}
		return list;
	}
}

const VOID = new Set(['img', 'input', 'meta', 'link', 'source', 'base']);

/** @param {Piece} piece @returns {string} */
function html(piece) {
	if (typeof piece === 'string') {
		return piece;
	}
	const attributes = piece.attributes.map(([name, value]) => ` ${name}="${value}"`).join('');
	return `<${piece.name}${attributes}>${piece.kids.map(html).join('')}${VOID.has(piece.name) ? '' : `</${piece.name}>`}`;
}

/** @param {number} seed @returns {{base: string, next: string, next01: () => number}} and the generator, for further random numbers */
export function documents(seed) {
	const next01 = random(seed);
	const author = new Author(next01);
	const { doctype, head, body } = author.document();
	const page = (/** @type {Piece[]} */ top, /** @type {Piece} */ rest) =>
		`${doctype}<html lang="en"><head>${top.map(html).join('\n')}</head>\n${html(rest)}</html>`;
	const rate = author.one([0.03, 0.06, 0.06, 0.2]);
	return {
		base: page(head, body),
		next: author.chance(0.02) ? page(author.head(), author.document().body)
			: page(head.map((piece) => author.edited(piece, rate / 2)), author.edited(body, rate)),
		next01,
	};
}
