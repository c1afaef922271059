// SPDX-License-Identifier: MIT
/**
 * What VS Code reports about files on this machine's disk: saved, created, renamed,
 * deleted. Never delays a save.
 */
import * as vscode from 'vscode';

import { Burst } from './burst';

const AUTOMATIC = [vscode.TextDocumentSaveReason.AfterDelay, vscode.TextDocumentSaveReason.FocusOut];

/** The name to report, if it is a file on this machine. */
function nameOf(uri: vscode.Uri): string | undefined {
	return uri.scheme === 'file' ? uri.fsPath : undefined;
}

export class Saves implements vscode.Disposable {
	#automatic = new Set<string>();
	#burst: Burst;
	#listeners: vscode.Disposable;

	/**
	 * @param wants whether a save is to be reported
	 * @param told receives the files of one action of the user, each once
	 */
	constructor(
		private readonly wants: (how: { automatic: boolean }) => boolean,
		told: (files: string[]) => void,
	) {
		this.#burst = new Burst(
			() => vscode.workspace.textDocuments.some(({ isDirty, uri }) => isDirty && uri.scheme === 'file'), told);
		const { workspace } = vscode;
		this.#listeners = vscode.Disposable.from(
			workspace.onWillSaveTextDocument(({ document, reason }) => this.#announced(document.uri, reason)),
			workspace.onWillSaveNotebookDocument(({ notebook, reason }) => this.#announced(notebook.uri, reason)),
			workspace.onDidSaveTextDocument(({ uri }) => this.#saved([uri])),
			workspace.onDidSaveNotebookDocument(({ uri }) => this.#saved([uri])),
			workspace.onDidCreateFiles(({ files }) => this.#saved(files)),
			workspace.onDidDeleteFiles(({ files }) => this.#saved(files)),
			workspace.onDidRenameFiles(({ files }) =>
				this.#saved(files.flatMap(({ oldUri, newUri }) => [oldUri, newUri]))),
		);
	}

	#announced(uri: vscode.Uri, reason: vscode.TextDocumentSaveReason) {
		const name = nameOf(uri);
		if (name) {
			this.#burst.announce(name);
			if (AUTOMATIC.includes(reason)) {
				this.#automatic.add(name);
			} else {
				this.#automatic.delete(name);
			}
		}
	}

	#saved(uris: readonly vscode.Uri[]) {
		const names = uris.map(nameOf).filter(name => name !== undefined);
		this.#burst.add(names, names.filter(name => this.wants({ automatic: this.#automatic.delete(name) })));
	}

	/** Passes on the files that wait for others. */
	flush() {
		this.#burst.end();
	}

	dispose() {
		this.#listeners.dispose();
		this.flush();
	}
}
