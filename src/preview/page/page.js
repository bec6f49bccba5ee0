// The page: receives events of the server and passes them to the parts of the page.

import { Player } from "./player.js";
import { Timeline } from "./timeline.js";
import { Transport } from "./transport.js";
import { showShot, showMistakes } from "./details.js";

const element = (id) => document.getElementById(id);
const artefact = (hash) => `artefact/${hash}`;

let state = null;
let work = null;
let chosen = null; // number of the shot whose details are shown
let answering = true;

const player = new Player(element("film"), artefact, (trouble) => {
  element("note").textContent = trouble ?? "";
  element("note").hidden = !trouble;
});
const transport = new Transport(player, element);
const timeline = new Timeline(element("timeline"), artefact, (index) => {
  choose(index);
  transport.goTo(state.shots[index].start);
  player.play();
});

function choose(index) {
  const shot = state?.shots[index];
  if (!shot) return;
  chosen = shot.number;
  timeline.choose(index);
  showShot(element("details"), shot, state.film?.rate, artefact);
}

/** The shot that holds a frame. */
function shotAt(frame) {
  return state?.shots.findIndex((shot) => frame >= shot.start && frame < shot.start + shot.frames) ?? -1;
}

transport.onFrame = (frame) => {
  const index = shotAt(frame);
  timeline.playing(index);
  if (index >= 0 && state.shots[index].number !== chosen) choose(index);
};
transport.onShot = (frame, direction) => {
  const index = shotAt(frame);
  const target = state?.shots[Math.max(0, index + direction)];
  return target ? target.start : frame;
};

function plural(count, word) {
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}

function status() {
  if (!answering) return "photoplay has stopped; start it again to go on";
  if (!state) return "waiting for the script";
  if (state.failure) return state.failure;
  const mistakes = state.diagnostics.filter((found) => found.severity === "error").length;
  if (mistakes) {
    const film = state.film ? "; the film is that of the last good script" : "";
    return `${plural(mistakes, "mistake")} in ${state.script}${film}`;
  }
  if (work) {
    const doing = work.steps ? `${work.what}, step ${work.done} of ${work.steps}` : work.what;
    return work.draft ? `preview of ${doing}` : doing;
  }
  const waiting = state.shots.filter((shot) => shot.state === "waiting" || shot.state === "rolling").length;
  const failed = state.shots.filter((shot) => shot.state === "failed").length;
  if (waiting) return `${plural(waiting, "take")} to make`;
  if (failed) return `${plural(failed, "shot")} could not be made`;
  return state.film ? `${plural(state.shots.length, "shot")}, all made` : "";
}

function showStatus() {
  const words = status();
  if (element("status").textContent !== words) element("status").textContent = words;
}

function show(next) {
  const before = state;
  state = next;
  const film = state.film;
  element("title").textContent = film?.title || state.script || "Photoplay";
  document.title = film?.title || state.script || "Photoplay";
  if (film) {
    document.documentElement.style.setProperty("--aspect", `${film.width} / ${film.height}`);
    transport.length(film);
    player.show(film);
  }
  timeline.show(state);
  showMistakes(element("mistakes"), state);
  if (state.focus !== null && state.focus !== before?.focus && !player.isPlaying) {
    choose(state.focus);
    if (film) transport.goTo(state.shots[state.focus].start);
  } else {
    const index = state.shots.findIndex((shot) => shot.number === chosen);
    choose(index >= 0 ? index : 0);
  }
  showStatus();
}

const events = new EventSource("events");
events.addEventListener("state", (event) => {
  answering = true;
  show(JSON.parse(event.data));
});
events.addEventListener("work", (event) => {
  work = JSON.parse(event.data);
  timeline.work(work);
  showStatus();
});
events.addEventListener("error", () => {
  answering = false;
  showStatus();
});
