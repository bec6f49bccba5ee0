// Photoplay in Visual Studio Code: the language server, and the film beside the
// script.
import * as vscode from "vscode";
import { Server } from "./server";
import { Previews } from "./preview";

// What other extensions and the tests may use.
export interface Api {
  readonly server: Server;
  readonly previews: Previews;
}

export async function activate(context: vscode.ExtensionContext): Promise<Api | undefined> {
  if (!vscode.workspace.isTrusted) {
    const trusted = vscode.workspace.onDidGrantWorkspaceTrust(() => {
      trusted.dispose();
      void begin(context);
    });
    context.subscriptions.push(trusted);
    return undefined;
  }
  return begin(context);
}

async function begin(context: vscode.ExtensionContext): Promise<Api> {
  const log = vscode.window.createOutputChannel("Photoplay", { log: true });
  const server = new Server(log);
  const previews = new Previews(log);
  context.subscriptions.push(
    log,
    server,
    previews,
    vscode.commands.registerCommand("photoplay.restart", () => server.restart()),
    vscode.commands.registerCommand("photoplay.preview", () => {
      const editor = vscode.window.activeTextEditor;
      return editor ? previews.open(editor.document) : undefined;
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("photoplay.path")) void server.restart();
    }),
  );
  await server.start();
  return { server, previews };
}
