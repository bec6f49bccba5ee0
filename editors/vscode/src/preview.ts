// The film beside its script: `photoplay watch` makes the film and serves a page, and
// a panel shows the page.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { missing, program, watchArguments } from "./settings";

// The page's address, as `photoplay watch` prints it.
const ADDRESS = /http:\/\/(?:127\.0\.0\.1|localhost):\d+\/[\w-]*\/?/;
// How often the address is looked for where the watcher leaves it, in milliseconds.
const LOOK_EVERY = 200;

export class Previews implements vscode.Disposable {
  private readonly open_ = new Map<string, Preview>();
  private readonly cursor: vscode.Disposable;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.cursor = vscode.window.onDidChangeTextEditorSelection((change) => {
      const { document, selection } = change.textEditor;
      this.open_.get(document.uri.fsPath)?.follow(selection.active);
    });
  }

  // Shows the film of a script, in the panel it already has or in a new one.
  open(script: vscode.TextDocument): Preview | undefined {
    const path = script.uri.fsPath;
    if (script.uri.scheme !== "file") {
      void vscode.window.showInformationMessage("Save the script first: its film lies beside it.");
      return undefined;
    }
    const there = this.open_.get(path);
    if (there) {
      there.reveal();
      return there;
    }
    const preview = new Preview(path, this.log, () => this.open_.delete(path));
    this.open_.set(path, preview);
    return preview;
  }

  dispose(): void {
    this.cursor.dispose();
    for (const preview of [...this.open_.values()]) preview.dispose();
  }
}

export class Preview implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly watcher: ChildProcess;
  private address: string | undefined;
  private said = "";
  private looking: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly script: string,
    private readonly log: vscode.LogOutputChannel,
    private readonly gone: () => void,
  ) {
    this.panel = vscode.window.createWebviewPanel(
      "photoplay.preview",
      `Film: ${basename(script)}`,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, retainContextWhenHidden: true },
    );
    this.panel.webview.html = waiting("The film is being looked for …");
    this.panel.onDidDispose(() => this.dispose());
    this.watcher = spawn(program(), ["watch", script, ...watchArguments()], {
      cwd: dirname(script),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.watcher.on("error", (error) => {
      void missing(error);
      this.panel.webview.html = waiting(`\`${program()}\` does not start: ${error.message}`);
    });
    this.watcher.on("exit", (code) => {
      if (!this.closed) this.panel.webview.html = waiting(`The preview ended (${code}).`, this.said);
    });
    for (const stream of [this.watcher.stdout, this.watcher.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => void this.hear(text));
    }
    this.looking = setInterval(() => void this.look(), LOOK_EVERY);
  }

  // The page's address, once it is known.
  get url(): string | undefined {
    return this.address;
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  // Shows the shot that the cursor is in.
  follow(position: vscode.Position): void {
    if (!this.address) return;
    const body = JSON.stringify({
      file: this.script,
      line: position.line + 1,
      column: position.character + 1,
    });
    const headers = { "content-type": "application/json" };
    fetch(new URL("cursor", this.address), { method: "POST", headers, body }).catch(
      (error: unknown) => this.log.debug(`the preview does not follow: ${String(error)}`),
    );
  }

  dispose(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.looking);
    // As by Ctrl-C: every finished take is kept.
    this.watcher.kill("SIGINT");
    this.gone();
    this.panel.dispose();
  }

  private async hear(text: string): Promise<void> {
    this.log.append(text);
    this.said = (this.said + text).slice(-8000);
    const found = ADDRESS.exec(this.said);
    if (found) await this.show(found[0]);
  }

  // A watcher without a terminal leaves its address beside the takes.
  private async look(): Promise<void> {
    const path = join(dirname(this.script), ".photoplay", "preview.json");
    try {
      const left = JSON.parse(await readFile(path, "utf8")) as { url?: string; process?: number };
      if (left.url && left.process === this.watcher.pid) await this.show(left.url);
    } catch {
      // The file does not exist yet, or it is incomplete.
    }
  }

  private async show(address: string): Promise<void> {
    if (this.address || this.closed) return;
    this.address = address;
    clearInterval(this.looking);
    // In a remote window the page has another address on this machine.
    const here = await vscode.env.asExternalUri(vscode.Uri.parse(address));
    this.panel.webview.html = page(here.toString(true));
  }
}

function escaped(text: string): string {
  const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}

function page(url: string): string {
  const nonce = randomBytes(16).toString("hex");
  const origin = new URL(url).origin;
  return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; frame-src ${escaped(origin)}; style-src 'nonce-${nonce}'">
<style nonce="${nonce}">
  html, body, iframe { width: 100%; height: 100%; margin: 0; padding: 0; border: 0; }
  body { overflow: hidden; }
</style>
<iframe src="${escaped(url)}" allow="autoplay; fullscreen"></iframe>`;
}

function waiting(words: string, details = ""): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<p>${escaped(words)}</p>
<pre>${escaped(details)}</pre>`;
}
