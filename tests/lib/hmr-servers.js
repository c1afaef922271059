// SPDX-License-Identifier: MIT
/**
 * Dev servers that update their pages themselves, and the same ones with that switched off. Each serves
 * a site of a page with a heading that says which version of a file it shows.
 */

export const PACKAGES = ['browser-sync@3.0.4', 'parcel@2.16.4', '@rsbuild/core@2.3.2', 'vitepress@1.6.4', 'docsify-cli@4.4.4', 'webpack@5.113.0', 'webpack-cli@7.3.1',
	'webpack-dev-server@5.2.7', 'bun@1.4.5', 'vite@8.4.0', '@11ty/eleventy@3.1.8', 'nuxt@4.4.5', 'next@15.5.29', 'react@19.3.1', 'react-dom@19.3.1',
	'live-server@1.2.2', 'five-server@0.4.5', 'alive-server@1.3.0', 'servor@4.0.2'];

export const PACKAGE = '{"name":"site","private":true,"type":"module"}';
const PAGE = (/** @type {string} */ text, more = '') => `<!doctype html><html><head><title>t</title></head><body><h1>${text}</h1>${more}</body></html>\n`;
const WITH_MODULE = PAGE('', '<script type="module" src="./main.js"></script>');
const MODULE = (/** @type {string} */ text) => `document.querySelector('h1').textContent = '${text}';\nif (import.meta.hot) {\n\timport.meta.hot.accept();\n}\n`;
const BUNDLE = (/** @type {string} */ text) => `document.body.innerHTML = '<h1>${text}</h1>';\nif (import.meta.webpackHot) {\n\timport.meta.webpackHot.accept();\n}\n`;
const MARKDOWN = (/** @type {string} */ text) => `# ${text}\n`;
const VUE = (/** @type {string} */ text) => `<template><h1>${text}</h1></template>\n`;
const REACT = (/** @type {string} */ text) => `export default function Home() {\n\treturn <h1>${text}</h1>;\n}\n`;

const ASTRO = ['astro@5.9.4'];
const REACT_ROUTER = ['@react-router/dev@7.18.4', '@react-router/node@7.18.4', 'react-router@7.18.4', 'isbot@5.2.3', 'react@19.3.1', 'react-dom@19.3.1', 'vite@7.3.8'];
const RSPACK = ['@rspack/core@2.3.4', '@rspack/cli@2.2.8', '@rspack/dev-server@2.2.2'];
const RSPACK_SITE = (/** @type {string} */ options) => ({
	'rspack.config.js': `import { rspack } from '@rspack/core';\nexport default { mode: 'development', entry: './src/index.js', plugins: [new rspack.HtmlRspackPlugin()]${options} };\n`,
});
const ROUTER_SITE = (/** @type {string} */ options) => ({
	'vite.config.js': `import { reactRouter } from '@react-router/dev/vite';\nexport default { plugins: [reactRouter()]${options} };\n`,
	'app/root.jsx': `import { Links, Meta, Outlet, Scripts } from 'react-router';
export default function App() {
	return <html><head><Meta /><Links /></head><body><Outlet /><Scripts /></body></html>;
}
`,
	'app/routes.js': `import { index } from '@react-router/dev/routes';\nexport default [index('home.jsx')];\n`,
});

/**
 * @typedef {object} Row
 * @property {string} [client] what the page shows; undefined: no client
 * @property {string} [known] what the daemon knows from the processes
 * @property {string} saved the file that is saved
 * @property {(text: string) => string} text its content
 * @property {Record<string, string>} [files] the others
 * @property {(bin: (file: string) => string, port: number, other: number) => string[]} command in node_modules; other: a second port
 * @property {boolean} [off] its server updates nothing
 * @property {string[]} [packages] that this one needs besides, in a folder of its own
 */

/** @type {Record<string, Row>} */
export const ROWS = {
	Vite: {
		client: 'Vite', known: 'Vite', saved: 'main.js', text: MODULE, files: { 'index.html': WITH_MODULE },
		command: (bin, port) => ['node', bin('vite/bin/vite.js'), '--port', `${port}`, '--strictPort'],
	},
	'Vite without HMR': {
		known: 'Vite', off: true, client: 'Vite', saved: 'main.js', text: MODULE, files: { 'index.html': WITH_MODULE, 'vite.config.js': 'export default { server: { hmr: false } };\n' },
		command: (bin, port) => ['node', bin('vite/bin/vite.js'), '--port', `${port}`, '--strictPort'],
	},
	'Vite with HMR on another port': {
		client: 'Vite', known: 'Vite', saved: 'main.js', text: MODULE,
		files: { 'index.html': WITH_MODULE, 'vite.config.js': 'export default { server: { hmr: { port: Number(process.env.HMR_PORT), overlay: false } } };\n' },
		command: (bin, port, other) => ['env', `HMR_PORT=${other}`, 'node', bin('vite/bin/vite.js'), '--port', `${port}`, '--strictPort'],
	},
	'webpack-dev-server': {
		client: 'webpack-dev-server', known: 'webpack-dev-server', saved: 'src/index.js', text: BUNDLE, files: { 'public/index.html': PAGE('', '<script src="/main.js"></script>') },
		command: (bin, port) => ['node', bin('webpack/bin/webpack.js'), 'serve', '--mode', 'development', '--port', `${port}`],
	},
	// Its process title hides the arguments, so only the page shows that it is off.
	'webpack-dev-server --no-hot --no-live-reload': {
		off: true, known: 'webpack-dev-server', saved: 'src/index.js', text: BUNDLE, files: { 'public/index.html': PAGE('', '<script src="/main.js"></script>') },
		command: (bin, port) => ['node', bin('webpack/bin/webpack.js'), 'serve', '--mode', 'development', '--no-hot', '--no-live-reload', '--port', `${port}`],
	},
	'webpack-dev-server --no-hot': {
		known: 'webpack-dev-server', saved: 'src/index.js', text: BUNDLE, files: { 'public/index.html': PAGE('', '<script src="/main.js"></script>') },
		command: (bin, port) => ['node', bin('webpack/bin/webpack.js'), 'serve', '--mode', 'development', '--no-hot', '--port', `${port}`],
	},
	'webpack-dev-server --no-live-reload': {
		client: 'webpack-dev-server', known: 'webpack-dev-server', saved: 'src/index.js', text: BUNDLE, files: { 'public/index.html': PAGE('', '<script src="/main.js"></script>') },
		command: (bin, port) => ['node', bin('webpack/bin/webpack.js'), 'serve', '--mode', 'development', '--no-live-reload', '--port', `${port}`],
	},
	Rsbuild: {
		client: 'Rspack', known: 'Rsbuild', saved: 'src/index.js', text: BUNDLE,
		command: (bin, port) => ['node', bin('@rsbuild/core/bin/rsbuild.js'), 'dev', '--port', `${port}`],
	},
	'Rsbuild without HMR': {
		known: 'Rsbuild', saved: 'src/index.js', text: BUNDLE, files: { 'rsbuild.config.js': 'export default { dev: { hmr: false } };\n' },
		command: (bin, port) => ['node', bin('@rsbuild/core/bin/rsbuild.js'), 'dev', '--port', `${port}`],
	},
	'Rsbuild without HMR and live reload': {
		off: true, known: 'Rsbuild', saved: 'src/index.js', text: BUNDLE, files: { 'rsbuild.config.js': 'export default { dev: { hmr: false, liveReload: false } };\n' },
		command: (bin, port) => ['node', bin('@rsbuild/core/bin/rsbuild.js'), 'dev', '--port', `${port}`],
	},
	Rspack: {
		client: 'Rspack', known: 'Rspack', saved: 'src/index.js', text: BUNDLE, packages: RSPACK, files: RSPACK_SITE(''),
		command: (bin, port) => ['node', bin('@rspack/cli/bin/rspack.js'), 'serve', '--port', `${port}`],
	},
	'Rspack without HMR and live reload': {
		off: true, known: 'Rspack', saved: 'src/index.js', text: BUNDLE, packages: RSPACK, files: RSPACK_SITE(', devServer: { hot: false, liveReload: false }'),
		command: (bin, port) => ['node', bin('@rspack/cli/bin/rspack.js'), 'serve', '--port', `${port}`],
	},
	'Web Dev Server': {
		client: 'Web Dev Server', known: 'Web Dev Server', saved: 'main.js', text: MODULE, packages: ['@web/dev-server@0.4.6'], files: { 'index.html': WITH_MODULE },
		command: (bin, port) => ['node', bin('@web/dev-server/dist/bin.js'), '--watch', '--port', `${port}`],
	},
	'Web Dev Server without --watch': {
		off: true, saved: 'main.js', text: MODULE, packages: ['@web/dev-server@0.4.6'], files: { 'index.html': WITH_MODULE },
		command: (bin, port) => ['node', bin('@web/dev-server/dist/bin.js'), '--port', `${port}`],
	},
	esbuild: {
		client: 'esbuild', saved: 'main.js', text: (text) => `document.querySelector('h1').textContent = '${text}';\n`, packages: ['esbuild@0.28.2'],
		files: { 'index.html': PAGE('', `<script src="/out/main.js"></script><script>new EventSource('/esbuild').addEventListener('change', () => location.reload())</script>`) },
		command: (bin, port) => [bin('esbuild/bin/esbuild'), 'main.js', '--outdir=out', '--servedir=.', `--serve=127.0.0.1:${port}`, '--watch=forever'],
	},
	Parcel: {
		client: 'Parcel', known: 'Parcel', saved: 'main.js', text: (text) => `document.querySelector('h1').textContent = '${text}';\n`, files: { 'index.html': WITH_MODULE },
		command: (bin, port) => ['node', bin('parcel/lib/bin.js'), 'serve', 'index.html', '--port', `${port}`],
	},
	'Parcel --hmr-port': {
		client: 'Parcel', known: 'Parcel', saved: 'main.js', text: (text) => `document.querySelector('h1').textContent = '${text}';\n`, files: { 'index.html': WITH_MODULE },
		command: (bin, port, other) => ['node', bin('parcel/lib/bin.js'), 'serve', 'index.html', '--hmr-port', `${other}`, '--port', `${port}`],
	},
	'Parcel --no-hmr': {
		off: true, saved: 'main.js', text: (text) => `document.querySelector('h1').textContent = '${text}';\n`, files: { 'index.html': WITH_MODULE },
		command: (bin, port) => ['node', bin('parcel/lib/bin.js'), 'serve', 'index.html', '--no-hmr', '--port', `${port}`],
	},
	Browsersync: {
		client: 'Browsersync', known: 'Browsersync', saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('browser-sync/dist/bin.js'), 'start', '--server', '--files', '*.html', '--no-open', '--no-ui', '--port', `${port}`],
	},
	'Browsersync without --files': {
		client: 'Browsersync', off: true, saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('browser-sync/dist/bin.js'), 'start', '--server', '--no-open', '--no-ui', '--port', `${port}`],
	},
	'Browsersync without codeSync': {
		off: true, client: 'Browsersync', known: 'Browsersync', saved: 'index.html', text: PAGE,
		files: { 'bs-config.cjs': "module.exports = { server: true, files: '*.html', codeSync: false, open: false, ui: false };\n" },
		command: (bin, port) => ['node', bin('browser-sync/dist/bin.js'), 'start', '--config', 'bs-config.cjs', '--files', '*.html', '--port', `${port}`],
	},
	Eleventy: {
		client: 'Eleventy', known: 'Eleventy', saved: 'pages/index.html', text: PAGE,
		command: (bin, port) => ['node', bin('@11ty/eleventy/cmd.cjs'), '--serve', `--port=${port}`, '--input=pages', '--output=out'],
	},
	'Eleventy without domDiff': {
		client: 'Eleventy', known: 'Eleventy', saved: 'pages/index.html', text: PAGE, files: { 'eleventy.config.js': 'export default (config) => config.setServerOptions({ domDiff: false });\n' },
		command: (bin, port) => ['node', bin('@11ty/eleventy/cmd.cjs'), '--serve', `--port=${port}`, '--input=pages', '--output=out'],
	},
	'Eleventy without liveReload': {
		off: true, known: 'Eleventy', saved: 'pages/index.html', text: PAGE, files: { 'eleventy.config.js': 'export default (config) => config.setServerOptions({ liveReload: false });\n' },
		command: (bin, port) => ['node', bin('@11ty/eleventy/cmd.cjs'), '--serve', `--port=${port}`, '--input=pages', '--output=out'],
	},
	Next: {
		client: 'Next', known: 'Next', saved: 'pages/index.js', text: REACT,
		command: (bin, port) => ['node', bin('next/dist/bin/next'), 'dev', '--port', `${port}`],
	},
	Nuxt: {
		client: 'Vite', known: 'Nuxt', saved: 'app.vue', text: VUE,
		command: (bin, port) => ['node', bin('nuxt/bin/nuxt.mjs'), 'dev', '--port', `${port}`],
	},
	Astro: {
		client: 'Vite', known: 'Astro', saved: 'src/pages/index.astro', text: PAGE, packages: ASTRO,
		command: (bin, port) => ['node', bin('astro/astro.js'), 'dev', '--port', `${port}`],
	},
	'Astro without HMR': {
		off: true, client: 'Vite', known: 'Astro', saved: 'src/pages/index.astro', text: PAGE, packages: ASTRO, files: { 'astro.config.mjs': 'export default { vite: { server: { hmr: false } } };\n' },
		command: (bin, port) => ['node', bin('astro/astro.js'), 'dev', '--port', `${port}`],
	},
	VitePress: {
		client: 'Vite', known: 'VitePress', saved: 'docs/index.md', text: MARKDOWN,
		command: (bin, port) => ['node', bin('vitepress/bin/vitepress.js'), 'dev', 'docs', '--port', `${port}`],
	},
	'VitePress without HMR': {
		client: 'Vite', known: 'VitePress', off: true, saved: 'docs/index.md', text: MARKDOWN, files: { 'docs/.vitepress/config.js': 'export default { vite: { server: { hmr: false } } };\n' },
		command: (bin, port) => ['node', bin('vitepress/bin/vitepress.js'), 'dev', 'docs', '--port', `${port}`],
	},
	'React Router': {
		client: 'Vite', known: 'React Router', saved: 'app/home.jsx', text: REACT, packages: REACT_ROUTER, files: ROUTER_SITE(''),
		command: (bin, port) => ['node', bin('@react-router/dev/bin.js'), 'dev', '--port', `${port}`],
	},
	'React Router without HMR': {
		client: 'Vite', known: 'React Router', off: true, saved: 'app/home.jsx', text: REACT, packages: REACT_ROUTER, files: ROUTER_SITE(', server: { hmr: false }'),
		command: (bin, port) => ['node', bin('@react-router/dev/bin.js'), 'dev', '--port', `${port}`],
	},
	docsify: {
		client: 'livereload', known: 'docsify', saved: 'docs/index.html', text: PAGE,
		command: (bin, port, other) => ['node', bin('docsify-cli/bin/docsify'), 'serve', 'docs', '--port', `${port}`, '-P', `${other}`],
	},
	'live-server': {
		client: 'live-server', known: 'live-server', saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('live-server/live-server.js'), '--no-browser', `--port=${port}`],
	},
	'Five Server': {
		client: 'Five Server', known: 'Five Server', saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('five-server/lib/bin.js'), '--open=false', `--port=${port}`],
	},
	'alive-server': {
		client: 'live-server', known: 'alive-server', saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('alive-server/live-server.js'), '--no-browser', `--port=${port}`],
	},
	servor: {
		client: 'servor', known: 'servor', saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('servor/cli.js'), '.', 'index.html', `${port}`, '--reload'],
	},
	'servor without --reload': {
		off: true, saved: 'index.html', text: PAGE,
		command: (bin, port) => ['node', bin('servor/cli.js'), '.', 'index.html', `${port}`],
	},
	Bun: {
		client: 'Bun', known: 'Bun', saved: 'main.js', text: MODULE, files: { 'index.html': WITH_MODULE },
		command: (bin, port) => [bin('bun/bin/bun.exe'), './index.html', '--port', `${port}`],
	},
};
