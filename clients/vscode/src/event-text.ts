// SPDX-License-Identifier: MIT
/**
 * Events and their steps, for display. Pure.
 */
import type { LoggedEvent, Step } from './daemon';

export function stepText({ at, step, text }: Step): string {
	return `${(at / 1000).toFixed(1).padStart(8)} ms  ${text ? `${step.padEnd(9)} ${text}` : step}`;
}

/** @param label a file's name for display */
export function eventTitle({ serial, source, files, 'file-count': count }: LoggedEvent, label: (file: string) => string): string {
	const more = count > 1 ? ` and ${count - 1} more` : '';
	return `${source} ${serial}: ${files.length ? label(files[0]) + more : 'the whole project'}`;
}
