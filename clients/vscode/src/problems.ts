// SPDX-License-Identifier: MIT
/**
 * The Problems view: the problems of the pages that show this window's files. A problem disappears
 * when the page loads without it, and when the daemon ends.
 */
import * as vscode from 'vscode';

import type { Daemon, PageProblem } from './daemon';

/** The daemon names a file by its path, or by a file: URI if the path is not UTF-8. */
function uriOf(file: string): vscode.Uri {
	return file.startsWith('file:') ? vscode.Uri.parse(file) : vscode.Uri.file(file);
}

export class Problems implements vscode.Disposable {
	#collection = vscode.languages.createDiagnosticCollection('savecast');
	/** By the project's object path: the files that have problems. */
	#files = new Map<string, vscode.Uri[]>();
	#listeners: vscode.Disposable[];
	#changed = new vscode.EventEmitter<void>();
	/** What `count` returns has changed. */
	readonly onDidChange = this.#changed.event;

	constructor(private readonly daemon: Daemon) {
		this.#listeners = [
			daemon.onProblems(({ project, problems }) => this.#show(project, problems)),
			daemon.onDidChange(() => {
				if (this.daemon.presence.state !== 'running') {
					this.#collection.clear();
					this.#files.clear();
					this.#changed.fire();
				}
			}),
		];
	}

	/** How many are shown. */
	get count(): number {
		return [...this.#files.values()].flat().reduce((sum, uri) => sum + (this.#collection.get(uri)?.length ?? 0), 0);
	}

	#show(project: string, problems: PageProblem[]) {
		const byFile = new Map<string, vscode.Diagnostic[]>();
		for (const { file, line = 1, column = 1, message, page } of problems) {
			const uri = file === undefined ? undefined : uriOf(file);
			if (!uri || !vscode.workspace.getWorkspaceFolder(uri)) {
				continue;
			}
			const place = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
			const diagnostic = new vscode.Diagnostic(new vscode.Range(place, place), `${message}\n${page}`,
				vscode.DiagnosticSeverity.Error);
			diagnostic.source = 'savecast';
			byFile.set(uri.toString(), [...byFile.get(uri.toString()) ?? [], diagnostic]);
		}
		(this.#files.get(project) ?? []).forEach(uri => this.#collection.delete(uri));
		const uris = [...byFile.keys()].map(uri => vscode.Uri.parse(uri));
		uris.forEach(uri => this.#collection.set(uri, byFile.get(uri.toString())));
		this.#files.set(project, uris);
		this.#changed.fire();
	}

	dispose() {
		this.#listeners.forEach(listener => listener.dispose());
		this.#collection.dispose();
		this.#changed.dispose();
	}
}
