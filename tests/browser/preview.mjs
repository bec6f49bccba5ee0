// The preview page in Chromium, on a real `photoplay watch` with Toy Theatre.
//
//     node preview.mjs PHOTOPLAY [FOLDER for screenshots]

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Watch, apart, browser, folder, picture, until } from "./film.mjs";

const photoplay = resolve(process.argv[2]);
const shots = folder(process.argv[3] ?? "../../target/browser");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const watch = await Watch.start(photoplay);
const chromium = await browser();
const page = chromium.context.pages()[0];
const trouble = [];
page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
page.on("pageerror", (error) => trouble.push(error.message));

const video = (what) => page.evaluate((what) => document.querySelector("video")[what], what);
const stills = () => page.evaluate(() => [...document.querySelectorAll("#timeline img")].map((img) => img.getAttribute("src")));
const shoot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });
const frame = async () => Math.floor((await video("currentTime")) * 24 + 1e-3);
const details = () => page.locator("#details").innerText();

/** Waits until a frame is not only asked for but on the screen. */
const on = (number) => until(`frame ${number}`, async () => (await frame()) === number && !(await video("seeking")));

/** Waits until words stand beside the picture. */
async function tells(...words) {
  await until(words.join(", "), async () => {
    const told = await details();
    return words.every((each) => told.includes(each));
  }, 20_000, () => watch.words);
}

async function step(name, check) {
  const since = performance.now();
  try {
    await check();
    console.log(`ok    ${name} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
  } catch (error) {
    await shoot("failure").catch(() => {});
    console.log(`FAILED ${name}\n${watch.words}\n${trouble.join("\n")}`);
    throw error;
  }
}

try {
  await step("the browser has the film's codec", async () => {
    assert.ok(await page.evaluate(() => MediaSource.isTypeSupported('video/mp4; codecs="avc1.64001f"')));
  });

  await step("the page shows an animatic of the right length before anything is made", async () => {
    await page.goto(watch.url);
    await page.waitForFunction(() => document.querySelectorAll("#timeline li").length === 4);
    await page.waitForFunction(() => document.querySelector("video").readyState >= 2, null, { timeout: 60_000 });
    assert.equal((await video("duration")).toFixed(2), "7.00");
    await shoot("animatic");
  });

  await page.evaluate(() => { window.sameDocument = true; });

  await step("every take is made, and shown as made", async () => {
    await watch.made();
    await page.waitForFunction(() => document.getElementById("status").textContent.includes("all made"));
    const states = await page.evaluate(() => [...document.querySelectorAll("#timeline .state")].map((state) => state.textContent));
    assert.deepEqual(states, ["▭ card", "● made", "● made", "▭ card"]);
    await page.waitForFunction(() => [...document.querySelectorAll("#timeline img")].every((img) => img.complete && img.naturalWidth > 0));
  });

  await step("it plays to the end without a stop", async () => {
    await page.keyboard.press("Home");
    await on(0);
    await page.keyboard.press("Space");
    await until("the end", () => video("ended"), 30_000);
    assert.ok((await frame()) >= 167);
    assert.equal(await video("error"), null);
    const gaps = await page.evaluate(() => document.querySelector("video").buffered.length - 1);
    assert.equal(gaps, 0, "one piece follows the other");
  });

  await step("the keyboard goes to frames, seconds and shots", async () => {
    await page.keyboard.press("Home");
    await until("the beginning", async () => (await frame()) === 0);
    for (const [key, expected] of [
      [".", 1], [".", 2], [",", 1], ["ArrowRight", 25], ["ArrowLeft", 1],
      ["ArrowDown", 72], ["ArrowDown", 96], ["ArrowUp", 72], ["End", 167],
    ]) {
      await page.keyboard.press(key);
      assert.equal(await frame(), expected, key);
      await on(expected);
    }
    await page.keyboard.press("j");
    await until("J to go back", async () => (await frame()) < 160);
    await page.keyboard.press("k");
    const back = await frame();
    await page.waitForTimeout(200);
    assert.equal(await frame(), back, "K stops");
    await page.keyboard.press("Home");
    await page.keyboard.press("l");
    await page.keyboard.press("l");
    assert.equal(await video("playbackRate"), 2);
    await page.keyboard.press("k");
    assert.equal(await video("paused"), true);
  });

  await step("a click on a shot plays it and shows what it is made of", async () => {
    await page.evaluate(() => {
      window.sought = [];
      const video = document.querySelector("video");
      const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime");
      Object.defineProperty(video, "currentTime", {
        get,
        set(seconds) {
          window.sought.push(Math.floor(seconds * 24));
          set.call(video, seconds);
        },
      });
    });
    const sought = () => page.evaluate(() => window.sought);
    await page.locator("#timeline button").nth(2).click();
    assert.equal(await video("paused"), false);
    await page.keyboard.press("Space");
    assert.equal(await video("paused"), true);
    assert.deepEqual(await sought(), [96], "the space bar pauses where it is");
    await page.keyboard.press("Enter");
    assert.deepEqual(await sought(), [96, 96], "enter plays the shot again");
    assert.equal(await video("paused"), false);
    await page.keyboard.press("Space");
    assert.equal(await video("paused"), true);
    await tells("2.1", "CLOSE ON MARA", "MARA stands.", "film.play, line 16", "prompt", "MARA");
    await page.waitForFunction(() => {
      const { complete, naturalWidth } = document.querySelector("#details img");
      return complete && naturalWidth > 0;
    });
  });

  await step("an edit changes one thumbnail, and the player shows the new frame", async () => {
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await on(96);
    const [before, frames] = [await stills(), await picture(page)];
    watch.edit(["CLOSE ON MARA", "CLOSE ON TUSK"], ["MARA stands.", "TUSK stands."]);
    await watch.shows("the edit", ({ shots }) => shots[2].shows === "CLOSE ON TUSK");
    await watch.made();
    await until("the new frame", async () => apart(await picture(page), frames) > 4);
    await tells("CLOSE ON TUSK", "why it was made");
    const after = await stills();
    assert.deepEqual(after.map((still, index) => still !== before[index]), [false, false, true, false]);
    assert.equal(await page.evaluate(() => window.sameDocument), true, "no reload");
    assert.equal(await video("error"), null);
    await shoot("edited");
  });

  await step("another title stands in the film at once, without a take", async () => {
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await on(24);
    const frames = await picture(page);
    watch.edit(["Title: A Small Film", "Title: A Rather Much Longer Film"]);
    await until("the new title", async () => apart(await picture(page), frames) > 0.5, 20_000);
    await page.waitForFunction(() => document.title === "A Rather Much Longer Film");
    await watch.made();
  });

  await step("a broken script keeps playing and shows its mistake", async () => {
    await page.keyboard.press("Home");
    await page.keyboard.press("Space");
    // Slowly, so that it is still playing when the page shows the mistake.
    await page.evaluate(() => { document.querySelector("video").playbackRate = 0.25; });
    watch.edit(["[[pan right, 1s]]", "[[slow dolley in, 1s]]"]);
    await page.locator("#mistakes article.error").waitFor();
    const mistakes = await page.locator("#mistakes").innerText();
    for (const words of ["slow dolley in", "The script has mistakes", "line 8", "did you mean"]) {
      assert.ok(mistakes.includes(words), `${words} in\n${mistakes}`);
    }
    assert.equal(await page.locator("#mistakes mark").innerText(), "slow dolley in");
    const now = await video("currentTime");
    await until("more of the film", async () => (await video("currentTime")) > now + 0.3);
    assert.equal(await video("paused"), false);
    await shoot("mistakes");
  });

  await step("a mend clears it", async () => {
    watch.edit(["[[slow dolley in, 1s]]", "[[pan right, 1s]]"]);
    await page.locator("#mistakes").waitFor({ state: "hidden" });
    await page.keyboard.press("k");
    await watch.made();
  });

  await step("a script that is gone for a moment is no error", async () => {
    const { renameSync } = await import("node:fs");
    renameSync(watch.script, `${watch.script}~`);
    await page.waitForTimeout(250);
    renameSync(`${watch.script}~`, watch.script);
    await page.waitForTimeout(300);
    assert.equal((await watch.state()).failure, null);
  });

  await step("an editor's cursor turns to its shot", async () => {
    await page.keyboard.press("Home");
    const told = await fetch(`${watch.url}cursor`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ file: "film.play", line: 18 }),
    });
    assert.equal(told.status, 204);
    const { start } = (await watch.state()).shots[2];
    await on(start);
    assert.equal((await watch.state()).focus, 2);
  });

  for (const scheme of ["dark", "light"]) {
    await step(`it is well made for every reader, ${scheme}, wide and narrow`, async () => {
      await page.emulateMedia({ colorScheme: scheme });
      for (const [name, size] of Object.entries({ wide: { width: 1440, height: 1000 }, narrow: { width: 420, height: 900 } })) {
        await page.setViewportSize(size);
        await page.keyboard.press("Home");
        await page.keyboard.press("ArrowDown");
        await on((await watch.state()).shots[1].start);
        await shoot(`${name}-${scheme}`);
        const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(wide <= window, `${name}: ${wide} pixels in a window of ${window}`);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), []);
      }
    });
  }

  await step("the tabulator reaches everything once", async () => {
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.locator("#play").focus();
    const reached = [];
    for (let count = 0; count < 3; count += 1) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement.closest("[id]")?.id ?? "beyond"));
    }
    assert.deepEqual(reached, ["seek", "timeline", "beyond"]);
  });

  await step("nothing was complained of, and it stops when asked", async () => {
    assert.deepEqual(trouble, []);
    const leftover = watch.stop();
    await page.waitForFunction(() => document.getElementById("status").textContent.includes("has stopped"), null, { timeout: 20_000 });
    assert.equal(await leftover, 130);
  });
} finally {
  await chromium.close();
  if (watch.process.exitCode === null) await watch.stop();
}
