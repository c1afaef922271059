// SPDX-License-Identifier: MIT
//
// Checks the accessibility of a page with axe.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * @param {import('./live.js').Page} page
 * @returns {Promise<string[]>} each rule that the page breaks, and where
 */
export async function barriers(page) {
	await page.evaluate(`(() => { ${AXE}\n; return true; })()`);
	return page.evaluate(`axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => \`\${id}: \${target}: \${failureSummary}\`)))`);
}
