// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stories, report } from '../../browser-ext/stories.js';

test('a reload from its order to its load', () => {
	const stories = new Stories();
	assert.deepEqual(stories.begin(7, 17), [report(7, 17, 'reloading')]);
	stories.ordered(17);
	stories.loading(17);
	assert.deepEqual(stories.complete(17), [report(7, 17, 'loaded')]);
	assert.deepEqual(stories.complete(17), [], 'told once');
});

test('the end of the page before is not the end of the reload', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	stories.loading(17);
	assert.deepEqual(stories.complete(17), [], 'a link was followed before the reload was ordered');
	stories.ordered(17);
	assert.deepEqual(stories.complete(17), []);
	stories.loading(17);
	assert.equal(stories.complete(17)[0].step, 'loaded');
});

test('a newer order supersedes the older one of the same tab only', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	stories.begin(7, 18);
	assert.deepEqual(stories.begin(8, 17), [
		report(7, 17, 'skipped', 'superseded by event 8'),
		report(8, 17, 'reloading'),
	]);
	assert.deepEqual(stories.end(17, 'failed', 'late', 7), [], "the older event's end comes late");
	assert.equal(stories.event(17), 8);
	assert.equal(stories.event(18), 7);
});

test('a superseded reload is not told as loaded by the load of the older one', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	stories.ordered(17);
	stories.loading(17);
	stories.begin(8, 17);
	assert.deepEqual(stories.complete(17), []);
});

test('the same order twice is one story', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	assert.deepEqual(stories.begin(7, 17), [report(7, 17, 'reloading')]);
});

test('a tab that goes away ends its story, and one without a story is no error', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	assert.deepEqual(stories.end(17, 'skipped', 'tab is gone'), [
		report(7, 17, 'skipped', 'tab is gone'),
	]);
	assert.deepEqual(stories.end(17, 'skipped', 'tab is gone'), []);
});

test('a new life of the daemon drops all', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	stories.clear();
	assert.equal(stories.event(17), undefined);
});
