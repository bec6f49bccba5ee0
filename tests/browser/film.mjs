// A project in a folder of its own, a `photoplay watch` on it, and Chromium.

import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const SCRIPT = `Title: A Small Film
Author: A. Novelist

[[film: format 16:9 | style storybook | seed 3]]

EXT. JUNKYARD - DAY

!! WIDE ON TUSK [[pan right, 1s]]

TUSK walks between the towers.

> DISSOLVE TO: [[0.5s]]

INT. WORKSHOP - NIGHT

!! CLOSE ON MARA [[static, 1s]]

MARA stands.

[[cast: MARA, a girl with copper curls, wearing a green coat]]
[[cast: TUSK, a mammoth of gears and metal plates]]
`;

const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";

export class Watch {
  /** Starts `photoplay watch` on a script; `steps` makes takes cheap. */
  static async start(photoplay, script = SCRIPT, steps = 4) {
    const watch = new Watch();
    watch.folder = mkdtempSync(join(tmpdir(), "photoplay-browser-"));
    watch.script = join(watch.folder, "film.play");
    writeFileSync(watch.script, script);
    watch.words = "";
    watch.process = spawn(photoplay, ["watch", "film.play", "--steps", String(steps)], {
      cwd: watch.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    watch.process.stderr.on("data", (data) => { watch.words += data; });
    watch.ended = new Promise((done) => watch.process.on("exit", done));
    await until("an address", () => /preview is at (\S+)/.test(watch.words), 30_000, () => watch.words);
    watch.url = /preview is at (\S+)/.exec(watch.words)[1];
    return watch;
  }

  state() {
    return fetch(`${this.url}state`).then((response) => response.json());
  }

  /** Replaces texts of the script, as an editor does that writes over it. */
  edit(...changes) {
    let text = readFileSync(this.script, "utf8");
    for (const [from, to] of changes) {
      if (!text.includes(from)) throw new Error(`the script has no ${from}`);
      text = text.replace(from, to);
    }
    writeFileSync(this.script, text);
  }

  /** Waits until the preview shows a script of which something holds. */
  shows(what, holds) {
    return until(what, async () => holds(await this.state()), 20_000, () => this.words);
  }

  async made() {
    const all = (state) => state.film && !state.outdated
      && state.shots.every(({ state }) => ["drawn", "cached", "made"].includes(state))
      && state.shots.every(({ still }) => still)
      && state.film.pieces.every(({ ready }) => ready);
    await until("every take", async () => all(await this.state()), 240_000, () => this.words);
    return this.state();
  }

  /** Milliseconds of processor time of the process so far, to a hundredth of a second. */
  processorTime() {
    const fields = readFileSync(`/proc/${this.process.pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  async stop() {
    this.process.kill("SIGINT");
    const code = await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }
}

export async function browser() {
  const folder = mkdtempSync(join(tmpdir(), "photoplay-chromium-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: BROWSER,
    headless: true,
    viewport: { width: 1280, height: 860 },
    colorScheme: "dark",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until something holds, and says what did not. */
export async function until(what, holds, limit = 20_000, words = () => "") {
  const since = performance.now();
  while (!(await holds())) {
    if (performance.now() - since > limit) throw new Error(`waited ${limit / 1000} s for ${what}\n${words()}`);
    await new Promise((done) => setTimeout(done, 10));
  }
  return performance.now() - since;
}

/** What the player shows, as sixteen by nine mean colours. */
export function picture(page) {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [16, 9];
    const context = canvas.getContext("2d");
    context.drawImage(document.querySelector("video"), 0, 0, 16, 9);
    return [...context.getImageData(0, 0, 16, 9).data];
  });
}

/** Mean difference of two pictures, 0 to 255. */
export function apart(a, b) {
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]), 0) / a.length;
}

export function folder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}
