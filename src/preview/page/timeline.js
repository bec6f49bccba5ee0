// The shots in a row, each with a still and the state of its take.

const WORDS = {
  drawn: "card",
  cached: "cached",
  waiting: "waiting",
  rolling: "rolling",
  made: "made",
  failed: "failed",
};

// Signs differ in form, not only in colour.
const SIGNS = { drawn: "▭", cached: "✓", waiting: "○", rolling: "◐", made: "●", failed: "✕" };

const SHOWN = { draft: "preview take", earlier: "earlier take", animatic: "animatic" };

export class Timeline {
  constructor(list, artefact, onPlay) {
    this.list = list;
    this.artefact = artefact;
    this.items = [];
    this.current = 0;
    this.rolling = null;
    list.addEventListener("click", (event) => {
      const index = this.items.findIndex(({ button }) => button.contains(event.target));
      if (index >= 0) onPlay(index);
    });
    list.addEventListener("focusin", (event) => {
      const index = this.items.findIndex(({ button }) => button === event.target);
      if (index >= 0) this.tabStop(index);
    });
  }

  show(state) {
    while (this.items.length > state.shots.length) this.items.pop().item.remove();
    while (this.items.length < state.shots.length) this.items.push(this.make());
    const frames = state.shots.map((shot) => shot.frames).sort((a, b) => a - b);
    const usual = frames[frames.length >> 1] || 1;
    state.shots.forEach((shot, index) => this.fill(this.items[index], shot, usual, index === state.focus));
    this.shots = state.shots;
    this.tabStop(Math.min(this.current, this.items.length - 1));
    this.work(this.rolling);
  }

  make() {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.innerHTML = `
      <span class="still"><img alt="" decoding="async" hidden><span class="bar" hidden><i></i></span></span>
      <span class="legend"><span class="number"></span> <span class="state"><span aria-hidden="true"></span> <span></span></span></span>
      <span class="shows"></span>`;
    item.append(button);
    this.list.append(item);
    const find = (name) => button.querySelector(name);
    return { item, button, img: find("img"), bar: find(".bar"), number: find(".number"), state: find(".state").lastChild, sign: find(".state").firstChild, shows: find(".shows") };
  }

  fill({ item, button, img, number, state, sign, shows }, shot, usual, focus) {
    item.style.setProperty("--length", (shot.frames / usual).toFixed(2));
    const source = shot.still ? this.artefact(shot.still) : "";
    if ((img.getAttribute("src") ?? "") !== source) {
      if (source) img.src = source;
      else img.removeAttribute("src");
      img.hidden = !source;
    }
    const words = [WORDS[shot.state], SHOWN[shot.shown]].filter(Boolean).join(", ");
    button.className = `${shot.state}${focus ? " focus" : ""}`;
    number.textContent = shot.number;
    sign.textContent = SIGNS[shot.state];
    state.textContent = words;
    shows.textContent = shot.shows;
    button.title = `${shot.shows} (${words})`;
  }

  /** Progress of the take in the camera. */
  work(work) {
    this.rolling = work;
    this.items.forEach(({ bar }, index) => {
      const here = work !== null && work.shot === index;
      bar.hidden = !here;
      if (here) bar.style.setProperty("--done", `${(100 * work.done) / Math.max(1, work.steps)}%`);
    });
  }

  choose(index) {
    // Keep the keyboard focus on the shots.
    if (this.list.contains(document.activeElement)) this.items[index].button.focus({ preventScroll: true });
    this.tabStop(index);
    this.playing(index);
  }

  /** Marks the shot at the position. */
  playing(index) {
    this.items.forEach(({ button }, at) => {
      if (at === index) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    const item = this.items[index]?.item;
    if (item && index !== this.marked) {
      const { left, right } = item.getBoundingClientRect();
      const row = this.list.getBoundingClientRect();
      if (left < row.left || right > row.right) {
        this.list.scrollLeft += left - row.left - (row.width - (right - left)) / 2;
      }
    }
    this.marked = index;
  }

  /** Lets Tab reach one shot only; arrow keys reach the others. */
  tabStop(index) {
    if (this.items[this.current]) this.items[this.current].button.tabIndex = -1;
    this.current = Math.max(0, index);
    if (this.items[this.current]) this.items[this.current].button.tabIndex = 0;
  }
}
