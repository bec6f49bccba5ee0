// The language server, `photoplay lsp`.
import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { missing, program } from "./settings";

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  async start(): Promise<void> {
    const client = new LanguageClient(
      "photoplay",
      "Photoplay",
      { command: program(), args: ["lsp"], transport: TransportKind.stdio },
      {
        documentSelector: [
          { scheme: "file", language: "photoplay" },
          { scheme: "untitled", language: "photoplay" },
          // The server also checks Fountain files that another extension colours.
          { scheme: "file", pattern: "**/*.fountain" },
        ],
        outputChannel: this.log,
      },
    );
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      void missing(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // A server that never started cannot be stopped.
    if (client?.needsStop()) await client.dispose();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  dispose(): void {
    void this.stop();
  }
}
