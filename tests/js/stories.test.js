// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stories, report } from '../../browser-ext/background/stories.js';

test('a reload from its order to its load', () => {
	const stories = new Stories();
	assert.deepEqual(stories.begin(7, 17), []);
	assert.deepEqual(stories.ordered(17), [report(7, 17, 'reloading')]);
	assert.ok(stories.isOrdered(17));
	stories.loading(17);
	assert.deepEqual(stories.complete(17, 7), [report(7, 17, 'loaded')]);
	assert.deepEqual(stories.complete(17, 7), [], 'told once');
});

test('the end of the page before is not the end of the reload', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	stories.loading(17);
	assert.deepEqual(stories.complete(17, 7), [], 'a link was followed before the reload was ordered');
	stories.ordered(17);
	assert.deepEqual(stories.complete(17, 7), []);
	stories.loading(17);
	assert.equal(stories.complete(17, 7)[0].step, 'loaded');
});

test('a newer order supersedes the older one of the same tab only', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	stories.begin(7, 18);
	assert.deepEqual(stories.begin(8, 17), [
		report(7, 17, 'skipped', 'superseded by event 8'),
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
	assert.deepEqual(stories.complete(17, 7), []);
});

test('what an older page turned out to be is not told of the newer order', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	assert.equal(stories.committed(17), undefined);
	const seen = stories.committed(17);
	stories.ordered(17);
	stories.loading(17);
	assert.deepEqual(stories.complete(17, seen, 'no answer'), []);
	assert.deepEqual(stories.complete(17, stories.committed(17)), [report(7, 17, 'loaded')]);
});

test('the same order twice is one story', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	assert.deepEqual(stories.begin(7, 17), []);
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

/** @param {number} status */
function answeredWith(status) {
	const stories = new Stories();
	stories.begin(7, 17);
	stories.ordered(17);
	stories.loading(17);
	stories.answered(17, status);
	return stories;
}

test('what the server answered is told; one that does not serve has failed', () => {
	assert.deepEqual(answeredWith(200).complete(17, 7), [report(7, 17, 'loaded', 'answered 200')]);
	assert.deepEqual(answeredWith(500).complete(17, 7), [report(7, 17, 'loaded', 'answered 500')]);
	assert.deepEqual(answeredWith(503).complete(17, 7), [report(7, 17, 'failed', 'answered 503')]);
	assert.deepEqual(answeredWith(0).complete(17, 7), [report(7, 17, 'loaded')]);
	assert.deepEqual(answeredWith(0).complete(17, 7, 'no answer'), [report(7, 17, 'failed', 'no answer')]);
});

test('a pending reload stays the same story', () => {
	const stories = new Stories();
	stories.begin(7, 17);
	assert.deepEqual(stories.pending(17, 'hidden'), [report(7, 17, 'pending', 'hidden')]);
	stories.begin(7, 17);
	assert.deepEqual(stories.ordered(17), [report(7, 17, 'reloading')]);
});
