// Compares the Sublime Text syntax with the compiler by bat, which reads such
// syntaxes: node sublime.mjs BAT SYNTAX FOLDER
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { compare } from "./compare.mjs";

const [bat, syntax, folder] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), "photoplay-bat-"));
const env = {
  ...process.env,
  BAT_CONFIG_DIR: home,
  BAT_CACHE_PATH: join(home, "cache"),
  COLORTERM: "truecolor",
};
for (const name of ["syntaxes", "themes", "cache"]) mkdirSync(join(home, name));
copyFileSync(syntax, join(home, "syntaxes", basename(syntax)));

// A theme in which every scope of a class has a colour of its own.
const scopes = [...new Set(readFileSync(syntax, "utf8").match(/[\w.-]+\.photoplay\b/g))]
  .filter((scope) => !/^(source|punctuation|keyword\.operator|constant\.character)\./.test(scope))
  // A scope also matches longer scopes, so the longest is first.
  .sort((a, b) => b.length - a.length);
const colour = (index) => `#00${(index + 1).toString(16).padStart(4, "0")}`;
const rule = (scope, foreground) =>
  `<dict><key>scope</key><string>${scope}</string><key>settings</key><dict><key>foreground</key><string>${foreground}</string></dict></dict>`;
writeFileSync(
  join(home, "themes/classes.tmTheme"),
  `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>name</key><string>classes</string><key>settings</key><array>
<dict><key>settings</key><dict><key>foreground</key><string>#000000</string></dict></dict>
${scopes.map((scope, index) => rule(scope, colour(index))).join("\n")}
${rule("punctuation.definition.photoplay", "#000000")}
${rule("punctuation.separator.photoplay", "#000000")}
${rule("keyword.operator.dual.photoplay", "#000000")}
</array></dict></plist>`,
);
execFileSync(bat, ["cache", "--build", "--source", home, "--target", env.BAT_CACHE_PATH], { env });

const classOf = (scope) => scope.split(".").at(-2).replaceAll("-", "_");
const options = ["--theme", "classes", "--language", "Photoplay", "--color", "always", "--style", "plain", "--paging", "never", "--tabs", "0", "--wrap", "never"];

function coloured(script) {
  // Sublime Text takes carriage returns away; bat does not.
  const input = Buffer.from(script.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
  const text = execFileSync(bat, [...options, "-"], { env, input }).toString("latin1");
  const rows = [[]];
  let now;
  for (const [, code, letter] of text.matchAll(/\x1b\[([\d;]*)m|([^\x1b])/g)) {
    if (code !== undefined) {
      const found = /38;2;0;(\d+);(\d+)/.exec(code);
      const index = found ? Number(found[1]) * 256 + Number(found[2]) - 1 : -1;
      if (found || code === "0") now = index >= 0 ? classOf(scopes[index]) : undefined;
    } else if (letter === "\n") {
      rows.push([]);
    } else {
      rows.at(-1).push(now);
    }
  }
  return rows;
}

const wrong = compare("sublime", folder, (script) => {
  const rows = coloured(script.text);
  // bat takes a byte order mark away.
  if (script.text[0] === 0xef) rows[0].unshift(undefined, undefined, undefined);
  return rows;
});
rmSync(home, { recursive: true });
process.exit(wrong > 0 ? 1 : 0);
