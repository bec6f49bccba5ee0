// Playback by hand: buttons, the position, the keyboard.

export class Transport {
  constructor(player, element) {
    this.player = player;
    this.video = player.video;
    this.button = element("play");
    this.seek = element("seek");
    this.time = element("time");
    this.onFrame = () => {};
    this.onShot = (frame) => frame;
    this.backwards = 0; // frames per turn, while J is held to
    this.shown = -1;
    this.button.addEventListener("click", () => this.toggle());
    this.seek.addEventListener("input", () => this.goTo(Number(this.seek.value)));
    for (const event of ["play", "pause", "ended"]) this.video.addEventListener(event, () => this.playing());
    this.video.addEventListener("click", () => this.toggle());
    document.addEventListener("keydown", (event) => this.key(event));
    // Firefox clicks a focused button at keyup of the space bar, even if its keydown was prevented.
    document.addEventListener("keyup", (event) => event.key === " " && event.preventDefault());
    const draw = () => { this.draw(); requestAnimationFrame(draw); };
    requestAnimationFrame(draw);
  }

  length(film) {
    this.film = film;
    this.seek.max = film.frames - 1;
    this.shown = -1;
  }

  playing() {
    const on = this.player.isPlaying;
    this.button.classList.toggle("playing", on);
    this.button.setAttribute("aria-label", on ? "Pause" : "Play");
  }

  draw() {
    if (!this.film || this.player.frame === this.shown) return;
    this.shown = this.player.frame;
    this.seek.value = this.shown;
    this.seek.setAttribute("aria-valuetext", this.words(this.shown));
    this.time.textContent = `${this.clock(this.shown)} of ${this.clock(this.film.frames)}`;
    this.onFrame(this.shown);
  }

  /** Minutes, seconds and frames. */
  clock(frame) {
    const rate = Math.round(this.player.rate);
    const two = (number) => String(number).padStart(2, "0");
    const seconds = Math.floor(frame / rate);
    return `${Math.floor(seconds / 60)}:${two(seconds % 60)}:${two(frame % rate)}`;
  }

  words(frame) {
    return `${(frame / this.player.rate).toFixed(1)} seconds`;
  }

  goTo(frame) {
    this.player.goTo(frame);
  }

  toggle() {
    if (this.player.isPlaying || this.backwards) this.stop();
    else this.start(1);
  }

  stop() {
    clearInterval(this.turn);
    this.backwards = 0;
    this.video.pause();
  }

  start(speed) {
    this.stop();
    this.video.playbackRate = speed;
    if (this.video.ended) this.goTo(0);
    this.player.play();
  }

  /** Plays backwards in steps, twelve a second: browsers only play forwards. */
  back() {
    const speed = this.backwards ? Math.min(this.backwards * 2, 16) : Math.max(1, Math.round(this.player.rate / 12));
    this.stop();
    this.backwards = speed;
    this.turn = setInterval(() => {
      if (this.video.seeking) return;
      if (this.player.frame === 0) this.stop();
      else this.goTo(this.player.frame - this.backwards);
    }, 1000 / 12);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.film) return;
    const on = event.target;
    const own = on instanceof HTMLInputElement && event.key.startsWith("Arrow");
    // The space bar plays and pauses even on a focused shot; Enter goes to the shot.
    if (own || (on instanceof HTMLButtonElement && event.key === "Enter")) return;
    const frame = this.player.frame;
    const second = Math.round(this.player.rate);
    const still = (target) => { this.stop(); this.goTo(target); };
    const actions = {
      " ": () => event.repeat || this.toggle(),
      ArrowLeft: () => this.goTo(frame - second),
      ArrowRight: () => this.goTo(frame + second),
      ArrowUp: () => this.goTo(this.onShot(frame, -1)),
      ArrowDown: () => this.goTo(this.onShot(frame, 1)),
      Home: () => this.goTo(0),
      End: () => still(this.film.frames - 1),
      ",": () => still(frame - 1),
      ".": () => still(frame + 1),
      j: () => this.back(),
      k: () => this.stop(),
      l: () => this.start(this.player.isPlaying ? Math.min(this.video.playbackRate * 2, 8) : 1),
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}
