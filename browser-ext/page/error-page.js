// SPDX-License-Identifier: MIT
//
// Reads the page that a framework answers with when it has an exception: finds the exception, and the
// lines of the user's own files that it passed through. Pure.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.errorPage) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	const MAX_EXCEPTION = 400;
	/** As much as the protocol has room for. */
	const MAX_PLACES_TEXT = 500;

	/** Of longer lines, the rest is not read: the time of most patterns grows with its square. */
	const MAX_LINE = 1000, LONG_LINE = /[^\n]{1001,}/g;

	/** Files that a package manager or the system put there; not the user's to fix. */
	const THIRD_PARTY = /(^|\/)(node_modules|site-packages|dist-packages|vendor|gems|bower_components)\/|^\/usr\/(lib|share|local\/lib)\/|^node:|^internal\/|<frozen /;

	/** A line that names an exception, of any language. */
	const EXCEPTION = /^[ \t]*(?:Uncaught )?((?:[\w.\\]|::)*(?:Error|Exception|DoesNotExist|NotFound|Warning|Interrupt)\b(?: \w+)?:? [^\n]{0,400})/m;

	const first = (/** @type {RegExp} */ pattern, /** @type {string} */ text) => pattern.exec(text)?.[1]?.trim();

	const each = (/** @type {RegExp} */ pattern, /** @type {string} */ text) =>
		[...text.matchAll(pattern)].map(([, file, line]) => `${file}:${line}`);

	/**
	 * The first one whose `is` matches the page is used. `places` are innermost first.
	 *
	 * @type {{is: RegExp, exception: (text: string) => string | undefined, places: (text: string) => string[]}[]}
	 */
	const KINDS = [
		{ // Django
			is: /^Exception Location:/m,
			exception: (text) => {
				const type = first(/^Exception Type:\s*(\S+)/m, text), value = first(/^Exception Value:\s*([^\n]+)/m, text);
				return value ? `${type}: ${value}` : type;
			},
			places: (text) => [
				...each(/^In template ([^\n]+), error at line (\d+)/gm, text),
				...each(/^Exception Location:\s*([^\n]+), line (\d+)/gm, text),
				...each(/^(\/[^\n]+?)(?: in \S+|, line) ?(\d+)(?:, in |\. )/gm, text).reverse(),
			],
		},
		{ // Starlette, FastAPI
			is: /^500 Server Error$/m,
			exception: (text) => first(/^500 Server Error\s+([^\n]+)/m, text),
			places: (text) => each(/^File (\/[^\n]+), line (\d+), in /gm, text),
		},
		{ // Python's own traceback, also in Werkzeug, Quart and aiohttp: the innermost line is the last.
			is: /^ *File "[^"\n]+", line \d+/m,
			exception: (text) => first(EXCEPTION, text) ?? first(/^([A-Za-z_][\w.]*: [^\n]+)$/m, text),
			places: (text) => each(/^ *File "([^"\n]+)", line (\d+)/gm, text).reverse(),
		},
		{ // PHP itself
			is: /^(?:PHP )?(?:Fatal|Parse) error: /m,
			exception: (text) => first(/^(?:PHP )?((?:Fatal|Parse) error: [^\n]*?)(?: in \/[^\n]*)?$/m, text)
				?.replace(/^Fatal error: +Uncaught /, '').replace(/^(\w+ error:) +/, '$1 '),
			places: (text) => each(/ in (\/[^\n]*?)(?::| on line )(\d+)/g, text).concat(each(/#\d+ (\/[^\n]*?)\((\d+)\)/g, text)),
		},
		{ // Symfony, Laravel
			is: /^in \/[^\n]+ \(line \d+\)/m,
			exception: (text) => {
				const type = first(/^([\w\\]*(?:Error|Exception))$/m, text);
				const value = first(/^HTTP \d+ [^\n]*\n+([^\n]+)/m, text);
				return type && value ? `${type}: ${value}` : type;
			},
			places: (text) => each(/^in (\/[^\n]+) \(line (\d+)\)/gm, text),
		},
		{ // Rails, Sinatra, Rack
			is: /^(?:Rails\.root: |file: \S+ location: |Ruby\t|[\w:]+ (?:in|at) [\w/#:]+$)/m,
			exception: (text) => {
				const type = first(/^((?:\w+::)*\w+) (?:in|at) \S+$/m, text), value = first(/^(?:\w+::)*\w+ (?:in|at) \S+\n+([^\n]+)/m, text);
				return type && value ? `${type}: ${value}` : first(EXCEPTION, text);
			},
			places: (text) => {
				const root = first(/^Rails\.root: (\/[^\n]+)/m, text);
				return [
					...each(/^file: (\S+) location: [^\n]* line: (\d+)/gm, text),
					...each(/^(?:Ruby\s+)?(\S+\.\w+)(?::|: in [^\n]*, line )(\d+)(?::in |$)/gm, text),
				].map((place) => (root && !place.startsWith('/') ? `${root}/${place}` : place));
			},
		},
		{ // Next.js: what its compiler says
			is: /^ModuleBuildError:/,
			exception: (text) => `Syntax Error: ${first(/^Error:\s+(?:[^\w\s] +|x +)?([^\n]+)/m, text) ?? 'the build failed'}`,
			places: (text) => each(/^ *(?:,-|╭─)\[(\/[^\]\n]+?):(\d+):\d+\]/gm, text),
		},
		{ // The stack of a JavaScript error: Node, Express, Deno, Bun
			is: /^ *at .*:\d+:\d+\)?$/m,
			exception: (text) => first(EXCEPTION, text) ?? first(/([^\n]+)\n+ *at /, text),
			places: (text) => each(/^ *at (?:[^\n]*\()?(?:file:\/\/)?(\/[^\n()]+?):(\d+):\d+\)?$/gm, text),
		},
		{ // Anything else with places in it: in most such pages, the first place is the innermost.
			is: /^/,
			exception: (text) => first(EXCEPTION, text),
			places: (text) => each(/(\/(?:[\w.@+-]+\/)*[\w.@+-]+\.\w+):(\d+)/g, text),
		},
	];

	/**
	 * @param {string} page its text, as it is displayed
	 * @returns {{exception: string, places: string}} "" for what is not known; the places one a line
	 */
	shared.errorPage = (page) => {
		const text = page.replace(LONG_LINE, (line) => line.slice(0, MAX_LINE));
		const kind = /** @type {(typeof KINDS)[number]} */ (KINDS.find(({ is }) => is.test(text)));
		const all = [...new Set(kind.places(text))];
		const own = all.filter((place) => !THIRD_PARTY.test(place));
		let places = '';
		for (const place of own.length ? own : all) {
			if (places.length + place.length >= MAX_PLACES_TEXT) {
				break;
			}
			places += `${places && '\n'}${place}`;
		}
		return { exception: kind.exception(text)?.slice(0, MAX_EXCEPTION) ?? '', places };
	};

	/**
	 * Next.js answers with an empty page, and the exception in its data. The lines of the stack there are those
	 * of compiled modules.
	 *
	 * @param {string | null | undefined} data JSON
	 * @returns {string} the exception, as a text for errorPage(); "" if there is none
	 */
	shared.nextError = (data) => {
		try {
			const { name = 'Error', message } = JSON.parse(data ?? '').err;
			return typeof message === 'string' ? `${name}: ${message}` : '';
		} catch {
			return '';
		}
	};

	/** @param {string} path */
	shared.isThirdParty = (path) => THIRD_PARTY.test(path);
}
