// SPDX-License-Identifier: MIT
//
// One small page for each framework: a text field, a checkbox and a select that the framework
// controls, and an <output> that shows the framework's own state.

import { build } from 'esbuild';
import { compile } from 'svelte/compiler';

/** A component in React's style, for React and Preact. @param {string} imports @param {string} render @param {string} on */
const component = (imports, render, on) => `${imports}
function App() {
	const [text, setText] = useState(''), [on, setOn] = useState(false), [one, setOne] = useState('a');
	return h('div', null,
		h('input', { id: 'text', value: text, ${on}: (e) => setText(e.target.value) }),
		h('input', { id: 'check', type: 'checkbox', checked: on, onChange: (e) => setOn(e.target.checked) }),
		h('select', { id: 'one', value: one, onChange: (e) => setOne(e.target.value) }, h('option', null, 'a'), h('option', null, 'b')),
		h('output', { id: 'out' }, JSON.stringify({ text, on, one })));
}
${render}`;

/** @type {Record<string, string>} */
const SOURCES = {
	react: component(`import { createElement as h, useState } from 'react'; import { createRoot } from 'react-dom/client';`,
		`createRoot(document.getElementById('app')).render(h(App));`, 'onChange'),
	preact: component(`import { h, render } from 'preact'; import { useState } from 'preact/hooks';`,
		`render(h(App), document.getElementById('app'));`, 'onInput'),
	vue: `import { createApp } from 'vue/dist/vue.esm-bundler.js';
		createApp({
			data: () => ({ text: '', on: false, one: 'a' }),
			template: '<div><input id="text" v-model="text"><input id="check" type="checkbox" v-model="on"><select id="one" v-model="one"><option>a</option><option>b</option></select><output id="out">{{ JSON.stringify({ text, on, one }) }}</output></div>',
		}).mount('#app');`,
	lit: `import { LitElement, html } from 'lit';
		customElements.define('x-app', class extends LitElement {
			static properties = { text: {}, on: {}, one: {} };
			constructor() { super(); Object.assign(this, { text: '', on: false, one: 'a' }); }
			createRenderRoot() { return this; }
			render() {
				return html\`<input id="text" .value=\${this.text} @input=\${(e) => { this.text = e.target.value; }}>
					<input id="check" type="checkbox" .checked=\${this.on} @change=\${(e) => { this.on = e.target.checked; }}>
					<select id="one" @change=\${(e) => { this.one = e.target.value; }}><option>a</option><option>b</option></select>
					<output id="out">\${JSON.stringify({ text: this.text, on: this.on, one: this.one })}</output>\`;
			}
		});
		document.getElementById('app').append(document.createElement('x-app'));`,
	solid: `import { createSignal } from 'solid-js/dist/solid.js'; import html from 'solid-js/html/dist/html.js'; import { render } from 'solid-js/web/dist/web.js';
		render(() => {
			const [text, setText] = createSignal(''), [on, setOn] = createSignal(false), [one, setOne] = createSignal('a');
			return html\`<div><input id="text" value=\${text} onInput=\${(e) => setText(e.target.value)}>
				<input id="check" type="checkbox" checked=\${on} onInput=\${(e) => setOn(e.target.checked)}>
				<select id="one" onInput=\${(e) => setOne(e.target.value)}><option>a</option><option>b</option></select>
				<output id="out">\${() => JSON.stringify({ text: text(), on: on(), one: one() })}</output></div>\`;
		}, document.getElementById('app'));`,
	angular: `import '@angular/compiler'; import { Component } from '@angular/core'; import { FormsModule } from '@angular/forms';
		import { bootstrapApplication } from '@angular/platform-browser';
		class App {
			text = ''; on = false; one = 'a';
			state() { return JSON.stringify({ text: this.text, on: this.on, one: this.one }); }
		}
		Component({ selector: 'x-app', imports: [FormsModule], template: '<input id="text" [(ngModel)]="text"><input id="check" type="checkbox" [(ngModel)]="on"><select id="one" [(ngModel)]="one"><option value="a">a</option><option value="b">b</option></select><output id="out">{{ state() }}</output>' })(App);
		document.getElementById('app').append(document.createElement('x-app'));
		bootstrapApplication(App);`,
	svelte: `<script>let text = $state(''), on = $state(false), one = $state('a');</script>
		<input id="text" bind:value={text}><input id="check" type="checkbox" bind:checked={on}>
		<select id="one" bind:value={one}><option>a</option><option>b</option></select>
		<output id="out">{JSON.stringify({ text, on, one })}</output>`,
};

export const FRAMEWORKS = Object.keys(SOURCES);

/**
 * @param {string} name of a framework
 * @param {string} folder where node_modules is
 * @returns {Promise<string>} the page's script
 */
export async function frameworkScript(name, folder) {
	let contents = SOURCES[name];
	if (name === 'svelte') {
		const { js } = compile(contents, { name: 'App', generate: 'client' });
		contents = `${js.code.replace('export default function', 'function')}\nimport { mount } from 'svelte';\nmount(App, { target: document.getElementById('app') });`;
	}
	const { outputFiles: [{ text }] } = await build({
		stdin: { contents, resolveDir: folder, loader: 'js' }, bundle: true, write: false, minify: true, format: 'iife',
		conditions: ['browser', 'production'], define: {
			'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false',
			__VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
		}, logLevel: 'error',
	});
	return text;
}
