// SPDX-License-Identifier: MIT
//
// The problems of a page are known outside the browser: errors, rejections, resources, error pages.
// They are removed when the page has loaded without them.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { BROWSERS, missing, missingOrLong, story, switchOn, words } from '../lib/live.js';
import { TOP, World } from '../lib/world.js';

const page = (/** @type {string} */ body, head = '') => `<!doctype html><title>cart</title>${head}<h1>cart</h1>${body}`;

const PICTURES = path.join(TOP, process.env.SAVECAST_BUILD ?? 'build', 'screenshots');

/**
 * @param {import('node:test').TestContext} t
 * @param {'chromium' | 'firefox'} which
 * @param {Record<string, string>} files
 * @param {string[]} [grant]
 */
async function open(t, which, files, grant = ['http://localhost/*']) {
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.site('site', files);
	const browser = await world.browser(which, { grant });
	const tab = await browser.newPage(site.url);
	await switchOn(world, tab);
	/** @param {string} name @param {string} text @returns {Promise<{code: number, result: any}>} */
	const save = async (name, text) => {
		await writeFile(path.join(site.root, name), text);
		const { status, stdout } = await world.savecast('check', '--wait', '--json', path.join(site.root, name));
		return { code: status, result: JSON.parse(stdout) };
	};
	return { world, site, browser, tab, save };
}

for (const which of BROWSERS) {
	const skip = missing(which);

	test(`${which}: an error in a page that a script has written again is reported`, { skip: missingOrLong(which) }, async t => {
		const { world, site, tab } = await open(t, which, { 'index.html': page('<script>window.mark = 1;</script>') });
		await tab.evaluate(`new Promise((resolve) => setTimeout(() => {
			document.open(); document.write('<h1>again</h1>'); document.close(); setTimeout(resolve, 1);
		}))`);
		await tab.evaluate('(setTimeout(() => { throw new TypeError("written"); }), 1)');
		await until('the error', async () => /TypeError: written/.test((await world.savecast('check', site.root)).stdout));
		await tab.evaluate('(Promise.reject(new RangeError("refused")), 1)');
		await until('the rejection', async () => /RangeError: refused/.test((await world.savecast('check', site.root)).stdout));
	});

	test(`${which}: an error in a page that writes itself before it is complete is reported`, { skip: missingOrLong(which) }, async t => {
		const { world, site } = await open(t, which, { 'index.html': page(`<script>document.addEventListener('DOMContentLoaded', () => {
			document.open(); document.write('<h1>again</h1>'); document.close(); setTimeout(() => missing(), 1);
		})</script>`) });
		await until('the error', async () => /missing is not defined/.test((await world.savecast('check', site.root)).stdout));
	});

	test(`${which}: an error in a script is reported with its file and line, until its fix`, { skip: missingOrLong(which) }, async t => {
		const { world, site, browser, save } = await open(t, which, { 'index.html': page('<script src="/static/cart.js?v=1"></script>'), 'static/cart.js': '' });
		const broken = await save('static/cart.js', 'function total() {\n\treturn cart.items;\n}\ntotal();\n');
		assert.equal(broken.code, 1);
		assert.equal(broken.result.settled, true);
		assert.equal(broken.result.problems.length, 1, JSON.stringify(broken.result));
		const [problem] = broken.result.problems;
		assert.equal(problem.kind, 'error');
		assert.match(problem.message, /^ReferenceError: cart is not defined/);
		assert.equal(problem.file, path.join(site.root, 'static/cart.js'));
		assert.equal(problem.line, 2);
		assert.match(problem.url, /\/static\/cart\.js$/, 'without its query');
		assert.match(problem.stack, /total/);
		const text = await world.savecast('check', site.root);
		assert.equal(text.status, 1);
		assert.match(text.stdout, /^\/.*\/static\/cart\.js:2:\d+: ReferenceError: cart is not defined\n$/);
		await until('the badge', async () => (await browser.activeIcon()).badge === '1!');
		assert.match((await browser.activeIcon()).title, /^savecast: 1 problem in the page: ReferenceError: cart is not defined$/);
		const { tab: id } = await browser.activeIcon();
		const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${id}`));
		await until('the list in the popup', () => popup.evaluate(
			'/cart is not defined.*static\\/cart\\.js:2/s.test(document.getElementById("problem-list").innerText)'));
		await mkdir(PICTURES, { recursive: true });
		await popup.resize(390, 480);
		await popup.screenshot(path.join(PICTURES, `popup-problems-${which}.png`));
		await popup.close();
		const told = await story(world);
		assert.equal(told.serial, problem.event);
		const step = told.steps.find((/** @type {any} */ one) => one.step === 'problem');
		assert.match(step.text, /^ReferenceError: cart is not defined \(static\/cart\.js:2:\d+\)$/);

		const fixed = await save('static/cart.js', 'window.total = 1;\n');
		assert.deepEqual([fixed.code, fixed.result.problems], [0, []], JSON.stringify(fixed.result));
		assert.ok(!words(await story(world, told.serial)).includes('problem'));
		assert.equal((await world.savecast('check', site.url)).stdout, '');
	});

	test(`${which}: rejections, late errors, missing and blocked resources, but none of other sites`, { skip }, async t => {
		const { world, site, save } = await open(t, which, { 'index.html': page(''), 'app.js': '', 'theirs.js': '' });
		const { result } = await save('index.html', page(`
			<img src="/missing.png"><link rel="stylesheet" href="http://127.0.0.1:1/blocked.css">
			<script src="/missing.js"></script><script src="http://192.0.2.1/theirs.js" async></script>
			<script>
				Promise.reject(new RangeError('rejected'));
				Promise.reject('only text');
				fetch('/missing.json?token=secret');
				for (let i = 0; i < 3; i++) setTimeout(() => { throw new TypeError('late') }, 0);
			</script>`, '<meta http-equiv="Content-Security-Policy" content="style-src \'self\'">'));
		/** @type {string[]} */
		let messages = [];
		await until('all of them', async () => {
			const { problems } = JSON.parse((await world.savecast('check', '--json', site.root)).stdout);
			messages = problems.map((/** @type {any} */ one) => `${one.kind} ${one.message}`);
			return messages.length >= 7 && messages;
		});
		assert.equal(result.settled, true);
		const all = messages.join('\n');
		for (const expected of [/^resource .*\/missing\.png: answered 404$/m, /^resource .*\/missing\.js: answered 404$/m,
			/^resource .*\/missing\.json: answered 404$/m, /^rejection RangeError: rejected$/m, /^rejection only text$/m,
			/^error TypeError: late$/m, /^blocked http:\/\/127\.0\.0\.1:1\/blocked\.css: blocked by the page's policy/m]) {
			assert.match(all, expected);
		}
		assert.ok(!all.includes('secret') && !all.includes('theirs') && !all.includes('favicon'), all);
		assert.equal(messages.filter((one) => one.includes('late')).length, 1, 'the same thing once');
	});

	test(`${which}: errors in workers, and in frames of the same origin`, { skip: missingOrLong(which) }, async t => {
		const { world, site, save } = await open(t, which, {
			'index.html': page(''), 'app.js': '',
			'worker.js': 'onmessage = () => {};\nfunction work() {\n\tworkIsMissing();\n}\nsetTimeout(work);\n',
			'frame.html': '<!doctype html><script>\nframeIsMissing();</script><iframe src="/inner.html"></iframe>',
			'inner.html': '<!doctype html><script>Promise.reject(new TypeError("inner"));</script>',
		});
		await save('index.html', page(`<iframe src="/frame.html"></iframe><iframe srcdoc="<script>srcdocIsMissing()</script>"></iframe>
			<iframe src="/gone.html"></iframe><script>window.worker = new Worker('/worker.js');</script>`));
		/** @type {any[]} */
		const problems = await until('all of them', async () => {
			const { problems: list } = JSON.parse((await world.savecast('check', '--json', site.root)).stdout);
			if (list.length < 5) {
				throw new Error(JSON.stringify(list));
			}
			return list;
		});
		const find = (/** @type {RegExp} */ text) => problems.find(({ message }) => text.test(message)) ?? assert.fail(`${text}: ${JSON.stringify(problems)}`);
		const worker = find(/workIsMissing is not defined/), frame = find(/frameIsMissing is not defined/);
		assert.deepEqual([worker.kind, worker.file, worker.line], ['error', path.join(site.root, 'worker.js'), 3]);
		assert.deepEqual([frame.kind, frame.file, frame.line], ['error', path.join(site.root, 'frame.html'), 2]);
		assert.equal(find(/TypeError: inner/).kind, 'rejection');
		assert.equal(find(/srcdocIsMissing is not defined/).kind, 'error');
		assert.equal(find(/gone\.html: answered 404/).kind, 'resource');
		assert.equal(problems.length, 5, JSON.stringify(problems));
	});

	test(`${which}: a page by https that loads a script, a style sheet and an image by http`, { skip: missingOrLong(which) }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const root = await world.folder('secure', {
			'index.html': page('<script src="http://192.0.2.1/theirs.js"></script><script src="http://localhost.test/own.js?token=secret"></script>'
				+ '<link rel="stylesheet" href="http://localhost.test/own.css"><img src="http://localhost.test/own.png">'),
			'server.mjs': `import { readFileSync } from 'node:fs';
				import { createServer } from 'node:https';
				createServer({ key: readFileSync('key.pem'), cert: readFileSync('cert.pem') }, (request, response) => {
					response.writeHead(request.url === '/' ? 200 : 404, { 'Content-Type': 'text/html' }).end(readFileSync('index.html'));
				}).listen(process.argv[2], '127.0.0.1');`,
		}, { git: true });
		const { status, stderr } = await run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
			'-keyout', path.join(root, 'key.pem'), '-out', path.join(root, 'cert.pem'), '-days', '2', '-subj', '/CN=localhost'], world.env);
		assert.equal(status, 0, stderr);
		const { port } = await world.serve('secure', root, (at) => [process.execPath, 'server.mjs', String(at)]);
		const browser = await world.browser(which, { grant: ['https://localhost/*'], args: which === 'chromium' ? ['--ignore-certificate-errors'] : [] });
		await switchOn(world, await browser.newPage(`https://localhost:${port}/`));
		await world.savecast('set', 'problems', 'third-party');
		await until('what the browser blocks', async () => {
			const { problems } = JSON.parse((await world.savecast('check', '--json', root)).stdout);
			const texts = problems.map((/** @type {any} */ { kind, message }) => `${kind} ${message}`).join('\n');
			for (const type of ['js', 'css']) {
				assert.match(texts, new RegExp(`^blocked http://localhost\\.test/own\\.${type}: mixed content: a page by https cannot load it by http$`, 'm'));
			}
			// The browser requests an image by https instead.
			assert.match(texts, /^(blocked http|resource https):\/\/localhost\.test\/own\.png: /m);
			assert.doesNotMatch(texts, /secret/);
			return true;
		});
	});

	test(`${which}: the problems of a page are limited, and cannot name a file outside the project`, { skip: missingOrLong(which) }, async t => {
		const { world, tab, save } = await open(t, which, { 'index.html': page('') });
		const { result } = await save('index.html', page(`<script>
			const error = new Error('x'.repeat(1e7) + '\\u001b[31m');
			error.stack = 'Error: \\u001b]0;title\\u0007\\n\\r at http://localhost:' + location.port + '/../../../../etc/passwd:1:1\\n' + 'z'.repeat(1e7);
			addEventListener('error', (event) => event.preventDefault());
			addEventListener('load', () => {
				reportError(error);
				for (let i = 0; i < 100000; i++) reportError(new RangeError('report ' + i));
				document.documentElement.dataset.done = 1;
				for (let i = 0; i < 500; i++) setTimeout(() => { throw new Error('number ' + i + '\\u001b[31m"\\\\' + 'y'.repeat(1e5)) });
				document.dispatchEvent(new CustomEvent('savecast-problem', { detail: JSON.stringify({ kind: 'error', message: 'forged', file: 'file:///etc/passwd', line: 1 }) }));
				document.dispatchEvent(new CustomEvent('savecast-problem', { detail: '{"kind":[]' }));
				document.dispatchEvent(new CustomEvent('savecast-problem', { detail: { toString() { throw 1 } } }));
			});
		</script>`));
		assert.equal(result.settled, true);
		const bounded = await until('the problems', async () => {
			const { problems } = JSON.parse((await world.savecast('check', '--json', '--', world.home + '/site')).stdout);
			return problems.length === 8 && problems;
		});
		for (const { message, file } of bounded) {
			assert.ok(Buffer.byteLength(message) <= 512);
			assert.equal(file === undefined || file.startsWith(world.home), true, file);
		}
		assert.ok(bounded.some((/** @type {any} */ { message, stack }) => /^Error: x+$/.test(message) && Buffer.byteLength(stack) <= 512));
		const { stdout } = await world.savecast('check', world.home + '/site');
		assert.doesNotMatch(stdout, /[^\n -~]/);
		assert.equal(stdout.trimEnd().split('\n').length, 8);
		assert.equal(await tab.evaluate('document.documentElement.dataset.done'), '1', 'the page has thrown all its errors');
		assert.equal((await world.bus.tabs()).length, 1, 'the connection is up');
	});

	test(`${which}: the settings say which sources are reported, in an open tab as well`, { skip: missingOrLong(which) }, async t => {
		const { world, site, save } = await open(t, which, { 'index.html': page('') });
		const messages = async () => JSON.parse((await world.savecast('check', '--json', site.root)).stdout)
			.problems.map((/** @type {any} */ { kind, message, line }) => `${kind} ${message} ${line ?? 0}`).join('\n');
		await save('index.html', page(`<img src="/missing.png"><script src="http://192.0.2.1:1/theirs.js" async onerror="window.gone = 1"></script>
<script>
console.error('the cart is empty:', 3, new RangeError('of %s'), { get items() { throw new Error('touched'); } });
</script>`));
		await until('the usual', async () => /^resource .*missing\.png/.test(await messages()));
		assert.doesNotMatch(await messages(), /console|theirs/);
		const set = (/** @type {string} */ words) => world.savecast('set', 'problems', words);
		assert.equal((await set('no-resource')).status, 0);
		await until('nothing', async () => await messages() === '');
		assert.match((await set('everything')).stderr, /problems: everything: must be error, rejection,/);
		assert.equal((await set('console, third-party')).status, 0);
		await until('the script to be registered', async () => {
			await world.savecast('reload', site.root);
			return /^console console\.error: the cart is empty: 3 RangeError: of %s \[object\] 3$/m.test(await messages());
		}, { every: 1000 });
	});

	test(`${which}: without permission, the problems are unknown`, { skip }, async t => {
		const { world, site, save } = await open(t, which, { 'index.html': page('') }, []);
		const { code, result } = await save('index.html', page('<script>nothing.at.all</script>'));
		assert.deepEqual([code, result.unknown, result.problems], [1, 1, []], JSON.stringify(result));
		assert.match((await world.savecast('check', site.root)).stdout, /nothing is known of 1 tab: give the extension permission/);
	});
}

test('without a tab, and outside a project, the answer says so', async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const root = path.join(world.home, 'empty');
	await mkdir(root);
	const nowhere = await world.savecast('check', root);
	assert.equal(nowhere.status, 1);
	assert.match(nowhere.stderr, /empty: .*project/);
	await world.savecast('track', root);
	const none = await world.savecast('check', '--wait', root);
	assert.equal(none.status, 1);
	assert.match(none.stdout, /no tab of this project is switched on/);
});
