// SPDX-License-Identifier: MIT
//
// page/source-map.js against what builders write, with another implementation as the judge; and with
// maps that are wrong in every way.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as esbuild from 'esbuild';
import * as sass from 'sass';
import { SourceMapConsumer } from 'source-map-js';
import '../../browser-ext/page/source-map.js';

Object.assign(globalThis, { location: new URL('http://localhost:8000/') });

const { lookUp } = /** @type {any} */ (globalThis).savecast.sourceMap;
const BASE = 'http://localhost:8000/dist/app.js.map';
const SOURCE = 'const shown: string[] = [];\nexport const total = (cart: { items: number[] }) =>\n\tcart.items.reduce((a, b) => a + b, 0);\nfunction start() {\n\tshown.push("é", `${total({ items: [1] })}`);\n}\nstart();\n';

/** @param {import('esbuild').BuildOptions} options */
async function built(options) {
	const { outputFiles } = await esbuild.build({
		stdin: { contents: SOURCE, loader: 'ts', sourcefile: 'src/app.ts' }, outfile: 'dist/app.js', bundle: true, write: false, sourcemap: 'external', ...options,
	});
	const of = (/** @type {string} */ suffix) => outputFiles?.find(({ path }) => path.endsWith(suffix))?.text ?? '';
	return { text: of('.js'), map: JSON.parse(of('.map')) };
}

/** All places of the text have the origin that the judge says. @param {string} text @param {any} map */
async function agrees(text, map) {
	const judge = new SourceMapConsumer(map);
	let places = 0;
	for (const [index, line] of text.split('\n').entries()) {
		for (let column = 0; column <= line.length; column++) {
			const { source, line: at, column: from } = judge.originalPositionFor({ line: index + 1, column });
			const found = await lookUp(map, BASE, index + 1, column + 1);
			assert.deepEqual(found, source === null ? undefined
				: { file: new URL(source, BASE).href, line: at, column: /** @type {number} */ (from) + 1 }, `${index + 1}:${column + 1}`);
			places += Number(source !== null);
		}
	}
	assert.ok(places > 10);
}

test('places in what builders write, as another implementation finds them', async () => {
	for (const options of [{}, { minify: true }, { sourcesContent: false, format: /** @type {const} */ ('esm') }, { sourceRoot: 'deep/folder' }]) {
		const { text, map } = await built(options);
		await agrees(text, map);
	}
	const { css, sourceMap } = sass.compileString('a {\n  b { color: red; }\n}\n', { sourceMap: true, url: new URL('file:///site/a.scss') });
	await agrees(css, sourceMap);
});

test('sections: a map of maps', async () => {
	const { text, map } = await built({});
	const lines = text.split('\n').length - 1;
	const both = { version: 3, sections: [{ offset: { line: 0, column: 0 }, map }, { offset: { line: lines, column: 4 }, map }] };
	await agrees(text, map);
	const line = text.split('\n').findIndex((one) => one.includes('reduce')) + 1;
	assert.deepEqual(await lookUp(both, BASE, line + lines, 10), await lookUp(map, BASE, line, 10));
	assert.deepEqual(await lookUp(both, BASE, lines + 1, 5), await lookUp(map, BASE, 1, 1));
	assert.equal(await lookUp({ sections: [{ offset: { line: 0, column: 0 }, map: both }] }, BASE, 1, 1), undefined, 'only one level');
});

test('names of bundlers, and names that lead elsewhere, stay on the page\'s own server', async () => {
	for (const [source, file] of [
		['webpack://shop/./src/cart.ts', 'http://localhost:8000/src/cart.ts'],
		['webpack:///./src/cart.ts', 'http://localhost:8000/src/cart.ts'],
		['../../../../etc/passwd', 'http://localhost:8000/etc/passwd'],
		['/etc/passwd', 'http://localhost:8000/etc/passwd'],
		['file:///home/me/site/cart.ts', 'file:///home/me/site/cart.ts'],
		['javascript:alert(1)', 'http://localhost:8000/alert(1)'],
	]) {
		assert.equal((await lookUp({ mappings: 'AAAA', sources: [source] }, BASE, 1, 1)).file, file);
	}
});

test('broken maps: no place, or an error, but no endless loop', async () => {
	const { text, map } = await built({});
	const wrong = [null, [], {}, { mappings: 7, sources: [] }, { mappings: 'AAAA', sources: [null] }, { mappings: 'AAAA' },
		{ mappings: 'AAAA', sources: [] }, { mappings: 'ADDD', sources: ['a'] }, { sections: [] }, { sections: [{}] }, { sections: {} },
		{ sections: [{ offset: null }] }];
	for (const one of wrong) {
		assert.equal(await lookUp(one, BASE, 1, 1).catch(() => undefined), undefined, JSON.stringify(one));
	}
	for (const mappings of ['!', 'A!', 'gggggggggggggggg', '\ud800', 'é', 'A'.repeat(9), 'g', 'AAAAg']) {
		await assert.rejects(lookUp({ mappings, sources: ['a'] }, BASE, 1, 1), /not valid/, mappings);
	}
	// A random generator of its own: the same maps each time.
	let seed = 7;
	const random = (/** @type {number} */ below) => (seed = (seed * 48271) % 2147483647) % below;
	const count = process.env.SAVECAST_LONG ? 200_000 : 2000;
	for (let i = 0; i < count; i++) {
		const at = random(map.mappings.length), size = random(4);
		const bytes = Array.from({ length: random(6) }, () => String.fromCharCode(random(130))).join('');
		const mappings = map.mappings.slice(0, at) + bytes + map.mappings.slice(at + size);
		const found = await lookUp({ ...map, mappings }, BASE, 1 + random(20), 1 + random(200)).catch((/** @type {Error} */ error) => {
			assert.match(error.message, /not valid/);
		});
		assert.ok(!found || (found.line >= 1 && found.column >= 1 && Number.isSafeInteger(found.line)), JSON.stringify(found));
	}
	assert.ok(text);
});

test('a large map is read in parts: timers run meanwhile', async () => {
	const mappings = `${'AAAA,'.repeat(2_000_000)}AAAA`;
	let turns = 0;
	const timer = setInterval(() => { turns++; }, 1);
	await lookUp({ mappings, sources: ['a'] }, BASE, 1, 1);
	clearInterval(timer);
	assert.ok(turns >= 2, `${turns} turns`);
});
