// SPDX-License-Identifier: MIT
// Writes THIRD-PARTY: the license of each package that is in the bundle.
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { inputs } = JSON.parse(readFileSync('dist/meta.json', 'utf8'));
const folders = new Set(Object.keys(inputs).map(file =>
	/^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean));

writeFileSync('THIRD-PARTY', [...folders].sort().map(folder => {
	const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
	const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
	const text = file ? readFileSync(path.join(folder, file), 'utf8') : `${license}\n`;
	return `${name} ${version}\n\n${text}`;
}).join('\n----\n\n'));
