// Checks that every snippet, with each choice of its first stop, gives a script
// without mistakes: node snippets.mjs PHOTOPLAY
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const path = join(dirname(fileURLToPath(import.meta.url)), "../vscode/snippets/photoplay.json");
const snippets = JSON.parse(readFileSync(path, "utf8"));
const folder = mkdtempSync(join(tmpdir(), "photoplay-snippets-"));

function expand(body, choice) {
  return body
    .join("\n")
    .replace(/\$\{\d+\|([^|]*)\|\}/g, (_, choices) => {
      const list = choices.split(",");
      return list[choice % list.length];
    })
    .replace(/\$\{\d+:\$TM_FULLNAME\}/g, "A. Novelist")
    .replace(/\$\{\d+:([^}]*)\}/g, "$1")
    .replace(/\$\w+/g, "");
}

let wrong = 0;
for (const [name, { body, prefix }] of Object.entries(snippets)) {
  for (let choice = 0; choice < 7; choice++) {
    const snippet = expand(body, choice);
    const script = {
      "Title page": `${snippet}\nINT. HOUSE - DAY\n\nMARA waits.\n`,
      "Cut inside a speech": `INT. HOUSE - DAY\n\nMARA\nYou still work. ${snippet}\n`,
      // A text to remove must be in the script.
      Gone: `INT. HOUSE - DAY\n\n[[now: MARA, soot on her face]]\n\nMARA waits.\n\n${snippet}\n\nMARA waits.\n`,
    }[name] ?? `INT. HOUSE - DAY\n\nMARA waits.\n\n${snippet}\n\nMARA waits.\n`;
    const cast = name === "Character" ? "" : "\n[[cast: MARA, a watchmaker]]\n";
    const file = join(folder, "snippet.play");
    writeFileSync(file, script + cast);
    const { status, stdout, stderr } = spawnSync(process.argv[2], ["check", file]);
    if (status !== 0) {
      console.error(`snippet ${name} (${prefix}):\n${script}\n${stdout}${stderr}`);
      wrong++;
      break;
    }
  }
}
rmSync(folder, { recursive: true });
console.log(`snippets: ${Object.keys(snippets).length} give scripts without mistakes`);
process.exit(wrong > 0 ? 1 : 0);
