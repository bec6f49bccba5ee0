// A `vscode` module for sessions: it records what an extension registers and shows;
// everything else exists and does nothing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { URI } = require("vscode-uri");

export class Disposable {
  constructor(dispose = () => {}) {
    this.dispose = dispose;
  }
  static from(...all) {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }
}

export class EventEmitter {
  listeners = new Set();
  event = (listener, self, disposables) => {
    const bound = self ? listener.bind(self) : listener;
    this.listeners.add(bound);
    const disposable = new Disposable(() => this.listeners.delete(bound));
    disposables?.push(disposable);
    return disposable;
  };
  fire(value) {
    for (const listener of [...this.listeners]) listener(value);
  }
  dispose() {
    this.listeners.clear();
  }
}

class CancellationTokenSource {
  emitter = new EventEmitter();
  token = { isCancellationRequested: false, onCancellationRequested: this.emitter.event };
  cancel() {
    this.token.isCancellationRequested = true;
    this.emitter.fire();
  }
  dispose() {}
}

export class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}

export class Range {
  constructor(a, b, c, d) {
    this.start = typeof a === "number" ? new Position(a, b) : a;
    this.end = typeof a === "number" ? new Position(c, d) : b;
  }
}

// The value of an unknown name: a class whose members are numbers, as those of
// enumerations are.
const unknown = new Map();
function made(name) {
  if (!unknown.has(name)) {
    const members = new Map();
    const kind = class {
      constructor(...args) {
        Object.assign(this, { args });
      }
    };
    unknown.set(
      name,
      new Proxy(kind, {
        get(target, member) {
          if (member in target || typeof member === "symbol") return target[member];
          if (!members.has(member)) members.set(member, members.size);
          return members.get(member);
        },
      }),
    );
  }
  return unknown.get(name);
}

// A namespace: an unknown member is a function that returns a disposable, or an
// event if it is named like one.
function namespace(known) {
  return new Proxy(known, {
    get(target, name) {
      if (name in target || typeof name === "symbol") return target[name];
      target[name] = name.startsWith("on") ? new EventEmitter().event : () => new Disposable();
      return target[name];
    },
  });
}

export function document(path, languageId) {
  const text = readFileSync(path, "utf8");
  return {
    uri: URI.file(path),
    fileName: path,
    languageId,
    version: 1,
    isClosed: false,
    getText: () => text,
  };
}

// The module, and its records for a test.
export function editor({ settings, documents }) {
  const seen = { errors: [], panels: [], commands: new Map(), providers: [], diagnostics: new Map() };
  const changed = new EventEmitter();
  seen.published = changed.event;
  const channel = () =>
    namespace({ append() {}, appendLine() {}, debug() {}, info() {}, error() {}, dispose() {} });
  const matches = (selector, { languageId, uri }) =>
    [selector].flat().some(
      (one) =>
        (!one.language || one.language === languageId) &&
        (!one.pattern || uri.path.endsWith(one.pattern.replace("**/*", ""))),
    );
  const known = {
    version: "1.91.0",
    ViewColumn: { Beside: -2 },
    Disposable,
    EventEmitter,
    CancellationTokenSource,
    Position,
    Range,
    Uri: URI,
    env: namespace({ appName: "test", language: "en", asExternalUri: async (uri) => uri }),
    extensions: namespace({ all: [], getExtension: () => undefined }),
    commands: namespace({
      registerCommand(name, run) {
        seen.commands.set(name, run);
        return new Disposable(() => seen.commands.delete(name));
      },
      executeCommand: async (name, ...args) => seen.commands.get(name)?.(...args),
    }),
    workspace: namespace({
      isTrusted: true,
      textDocuments: documents,
      notebookDocuments: [],
      workspaceFolders: undefined,
      getConfiguration: (section) => ({
        get: (name, otherwise) => settings[section ? `${section}.${name}` : name] ?? otherwise,
        inspect: () => undefined,
        has: () => false,
      }),
      createFileSystemWatcher: () => namespace({ dispose() {} }),
    }),
    window: namespace({
      activeTextEditor: { document: documents[0] },
      visibleTextEditors: [],
      tabGroups: namespace({ all: [] }),
      createOutputChannel: channel,
      createWebviewPanel(kind, title) {
        const closed = new EventEmitter();
        const panel = {
          kind,
          title,
          webview: { html: "" },
          reveal() {},
          onDidDispose: closed.event,
          dispose: () => closed.fire(),
        };
        seen.panels.push(panel);
        return panel;
      },
      showErrorMessage: async (message) => void seen.errors.push(message),
    }),
    languages: new Proxy(
      {
        match: (selector, one) => (matches(selector, one) ? 10 : 0),
        createDiagnosticCollection: () => ({
          set(uri, diagnostics) {
            seen.diagnostics.set(uri.fsPath, diagnostics);
            changed.fire(uri.fsPath);
          },
          delete() {},
          clear() {},
          dispose() {},
        }),
      },
      {
        get(target, name) {
          if (name in target || typeof name === "symbol") return target[name];
          return (...args) => {
            seen.providers.push({ kind: name, args });
            return new Disposable();
          };
        },
      },
    ),
  };
  const module = new Proxy(known, {
    get: (target, name) =>
      name in target || typeof name === "symbol" ? target[name] : made(name),
    has: () => true,
  });
  return { module, seen };
}
