// A session with the bundled extension, its client and the real server:
//
//   node test/session.mjs PHOTOPLAY SCRIPT
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { document, editor } from "./vscode.mjs";

const [program, script] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(import.meta.url);

function start(settings, documents) {
  const { module, seen } = editor({ settings, documents });
  const load = Module._load;
  Module._load = (name, ...rest) => (name === "vscode" ? module : load(name, ...rest));
  const bundle = require.resolve("../out/extension.js");
  delete require.cache[bundle];
  const { activate } = require(bundle);
  const context = { subscriptions: [] };
  const stop = () => context.subscriptions.forEach((one) => one.dispose());
  return { seen, api: activate(context), stop };
}

async function until(what, holds) {
  for (let waited = 0; !holds(); waited += 20) {
    assert.ok(waited < 20_000, `waited in vain for ${what}`);
    await new Promise((go) => setTimeout(go, 20));
  }
}

// The server reports mistakes, and its features are registered.
{
  const text = document(script, "photoplay");
  const { seen, api, stop } = start({ "photoplay.path": program }, [text]);
  const { server } = await api;
  await until("diagnostics", () => seen.diagnostics.get(script)?.length > 0);
  const [first] = seen.diagnostics.get(script);
  console.log(`diagnostic: ${first.message ?? first.args?.[1]}`);
  const offered = seen.providers.map((provider) => provider.kind);
  for (const kind of [
    "registerCompletionItemProvider",
    "registerHoverProvider",
    "registerDefinitionProvider",
    "registerRenameProvider",
    "registerFoldingRangeProvider",
    "registerDocumentSemanticTokensProvider",
    "registerDocumentFormattingEditProvider",
  ]) {
    assert.ok(offered.includes(kind), `${kind} is missing among ${offered}`);
  }
  await server.restart();
  assert.deepEqual(seen.errors, []);
  await server.stop();
  stop();
}

// A missing program is reported once, with the remedy.
{
  const { seen, api, stop } = start({ "photoplay.path": "/nowhere/photoplay" }, []);
  await api;
  await until("the message", () => seen.errors.some((error) => /cargo install/.test(error)));
  stop();
}

// The preview shows the page whose address the watcher prints or writes to a file.
const folder = mkdtempSync(join(tmpdir(), "photoplay-"));
for (const says of [
  "console.error('preview: http://127.0.0.1:4711/0a1b2c/')",
  `require('fs').mkdirSync('.photoplay', { recursive: true });
   require('fs').writeFileSync('.photoplay/preview.json',
     JSON.stringify({ url: 'http://127.0.0.1:4711/0a1b2c/', process: process.pid }))`,
]) {
  const watcher = join(folder, "watcher");
  writeFileSync(
    watcher,
    `#!${process.execPath}
     const fs = require('fs');
     if (process.argv[2] === 'watch') {
       fs.writeFileSync('arguments', process.argv.slice(2).join(' '));
       process.on('SIGINT', () => { fs.writeFileSync('stopped', 'by Ctrl-C'); process.exit(0); });
       ${says};
       setInterval(() => {}, 1000);
     }`,
  );
  chmodSync(watcher, 0o755);
  const path = join(folder, "film.play");
  writeFileSync(path, "INT. HOUSE - DAY\n");
  const text = document(path, "photoplay");
  const settings = { "photoplay.path": watcher, "photoplay.watchArguments": ["--model", "tiny"] };
  const { seen, api, stop } = start(settings, [text]);
  const { previews } = await Promise.race([
    api,
    // The preview works without a language server.
    new Promise((_, no) => setTimeout(() => no(new Error("activation hangs")), 20_000)),
  ]);
  const preview = previews.open(text);
  await until("the page", () => preview.url !== undefined);
  await until("the panel", () => /<iframe src="http:\/\/127\.0\.0\.1:4711\/0a1b2c\/"/.test(seen.panels[0].webview.html));
  assert.match(seen.panels[0].webview.html, /frame-src http:\/\/127\.0\.0\.1:4711;/);
  assert.equal(readFileSync(join(folder, "arguments"), "utf8"), `watch ${path} --model tiny`);
  assert.equal(previews.open(text), preview, "a script has one panel");
  seen.panels[0].dispose();
  const stopped = () => {
    try {
      return readFileSync(join(folder, "stopped"), "utf8") === "by Ctrl-C";
    } catch {
      return false;
    }
  };
  await until("the watcher's end", stopped);
  rmSync(join(folder, "stopped"));
  stop();
}
rmSync(folder, { recursive: true });
console.log("vscode: the session went well");
process.exit(0);
