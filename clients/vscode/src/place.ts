// SPDX-License-Identifier: MIT
/**
 * Which projects belong to this window.
 */
import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';

function isBelow(path: string, root: string): boolean {
	return path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`);
}

export class Place {
	/** The workspace's folders on this disk, as the daemon names them: symbolic links resolved. */
	roots: string[] = [];

	async read(): Promise<void> {
		const folders = (vscode.workspace.workspaceFolders ?? [])
			.filter(({ uri }) => uri.scheme === 'file')
			.map(({ uri }) => realpath(uri.fsPath).catch(() => uri.fsPath));
		this.roots = await Promise.all(folders);
	}

	/** Whether a project is above, at or below one of the folders. */
	shows(project: string | undefined): boolean {
		return project !== undefined &&
			this.roots.some(root => isBelow(project, root) || isBelow(root, project));
	}

	/** A file's name for display. */
	label(file: string): string {
		const root = this.roots.find(folder => isBelow(file, folder));
		return root && file !== root ? file.slice(root.length + 1) : file;
	}
}
