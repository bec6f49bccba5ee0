// Plays a film that changes while it plays: keeps a Media Source buffer equal
// to the pieces the film is made of, near the position that is shown.

const BEHIND = 20; // seconds kept before the position
const AHEAD = 45; // seconds fetched beyond it
const KEPT = 64 << 20; // bytes of pieces kept in memory

export class Player {
  constructor(video, artefact, onTrouble) {
    this.video = video;
    this.artefact = artefact;
    this.onTrouble = onTrouble;
    this.film = null;
    this.buffer = null;
    this.header = null; // hash of the header that was appended last
    this.appended = []; // pieces in the buffer: { hash, start, frames }
    this.fetched = new Map(); // bytes by hash, least recently used first
    this.reconciling = null;
    this.again = false;
    for (const event of ["seeking", "timeupdate"]) {
      video.addEventListener(event, () => this.reconcile());
    }
  }

  get isPlaying() {
    return !this.video.paused && !this.video.ended;
  }

  get rate() {
    return this.film ? this.film.rate.numerator / this.film.rate.denominator : 24;
  }

  get frame() {
    return Math.min(Math.floor(this.video.currentTime * this.rate + 1e-3), Math.max(0, (this.film?.frames ?? 1) - 1));
  }

  /** Shows a frame: the middle of its time, so that no rounding shows another. */
  goTo(frame) {
    if (!this.film) return;
    const last = this.film.frames - 1;
    this.video.currentTime = (Math.min(Math.max(frame, 0), last) + 0.5) / this.rate;
  }

  play() {
    return this.video.play().catch(() => {});
  }

  show(film) {
    this.film = film;
    this.captions(film);
    this.reconcile();
  }

  captions(film) {
    if (!this.track) {
      if (film.captions.length === 0) return;
      this.track = this.video.addTextTrack("captions", "Captions");
      this.track.mode = "showing";
    }
    for (const cue of [...(this.track.cues ?? [])]) this.track.removeCue(cue);
    for (const { start, end, text, italic } of film.captions) {
      const words = text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
      this.track.addCue(new VTTCue(start / this.rate, end / this.rate, italic ? `<i>${words}</i>` : words));
    }
  }

  /** Brings the buffer nearer to the film; what comes meanwhile is done after. */
  reconcile() {
    this.again = true;
    this.reconciling ??= this.run().finally(() => { this.reconciling = null; });
  }

  async run() {
    while (this.again) {
      this.again = false;
      try {
        while (this.film && await this.step(this.film));
        this.onTrouble(null);
      } catch (error) {
        if (error.name === "QuotaExceededError") await this.forgetFar(5);
        else if (!(error instanceof Stale)) this.onTrouble(`the film cannot be played here: ${error.message}`);
      }
    }
  }

  /** One change of the buffer; false when there is nothing to change. */
  async step(film) {
    if (!this.buffer) await this.open(film);
    if (this.header !== film.header) {
      if (this.header) await this.remove(0, Infinity);
      this.appended = [];
      this.buffer.changeType(type(film));
      await this.append(await this.fetch(film.header));
      this.header = film.header;
      return true;
    }
    const length = film.frames / this.rate;
    if (Math.abs(this.source.duration - length) > 1e-3) {
      // A source that has ended opens again when something is appended.
      if (this.source.readyState === "ended") await this.append(new Uint8Array(0));
      if (this.source.duration > length) {
        await this.remove(length, Infinity);
        this.appended = this.appended.filter((piece) => piece.start + piece.frames <= film.frames);
      }
      this.source.duration = length;
      return true;
    }
    const piece = this.next(film);
    if (piece) {
      const bytes = await this.fetch(piece.hash);
      if (this.film !== film) throw new Stale();
      await this.put(piece, bytes);
      return true;
    }
    const last = this.appended.some((piece) => piece.start + piece.frames === film.frames);
    if (last && this.source.readyState === "open") this.source.endOfStream();
    return this.forgetFar(120);
  }

  /** The piece to append next: first what is shown, then what follows, then what came before. */
  next(film) {
    const now = this.frame;
    const [from, to] = [now - BEHIND * this.rate, now + AHEAD * this.rate];
    const held = new Set(this.appended.map((piece) => `${piece.start} ${piece.hash}`));
    const wanted = film.pieces.filter((piece) =>
      piece.ready && piece.start < to && piece.start + piece.frames > from && !held.has(`${piece.start} ${piece.hash}`));
    return wanted.find((piece) => piece.start + piece.frames > now) ?? wanted.at(-1);
  }

  async put(piece, bytes) {
    const end = piece.start + piece.frames;
    const here = this.frame >= piece.start && this.frame < end;
    const replaces = this.appended.some((old) => old.start < end && old.start + old.frames > piece.start);
    this.buffer.timestampOffset = piece.start / this.rate;
    await this.append(bytes);
    this.appended = this.appended.filter((old) => old.start >= end || old.start + old.frames <= piece.start);
    this.appended.push({ hash: piece.hash, start: piece.start, frames: piece.frames });
    // What is on the screen was decoded from the old piece; seeking to where we are shows the new one.
    if (here && replaces) this.video.currentTime = this.video.currentTime;
  }

  /** Forgets pieces farther away than so many seconds; whether there were any. */
  async forgetFar(seconds) {
    const now = this.frame;
    const far = this.appended.find((piece) =>
      piece.start > now + seconds * this.rate || piece.start + piece.frames < now - seconds * this.rate);
    if (!far) return false;
    await this.remove(far.start / this.rate, (far.start + far.frames) / this.rate);
    this.appended = this.appended.filter((piece) => piece !== far);
    return true;
  }

  async open(film) {
    const Source = window.ManagedMediaSource ?? window.MediaSource;
    if (!Source?.isTypeSupported(type(film))) throw new Error(`this browser has no ${type(film)}`);
    if (window.ManagedMediaSource) this.video.disableRemotePlayback = true;
    this.source = new Source();
    const opened = new Promise((done) => this.source.addEventListener("sourceopen", done, { once: true }));
    this.video.src = URL.createObjectURL(this.source);
    await opened;
    this.buffer = this.source.addSourceBuffer(type(film));
  }

  async fetch(hash) {
    let bytes = this.fetched.get(hash);
    this.fetched.delete(hash);
    if (!bytes) {
      const response = await fetch(this.artefact(hash));
      // A piece of a film that is no longer shown; the next state is on its way.
      if (!response.ok) throw new Stale();
      bytes = await response.arrayBuffer();
    }
    this.fetched.set(hash, bytes);
    let held = [...this.fetched.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const [oldest, { byteLength }] of this.fetched) {
      if (held <= KEPT || oldest === hash) break;
      this.fetched.delete(oldest);
      held -= byteLength;
    }
    return bytes;
  }

  append(bytes) {
    return this.updated(() => this.buffer.appendBuffer(bytes));
  }

  remove(from, to) {
    return this.updated(() => this.buffer.remove(from, to));
  }

  updated(change) {
    return new Promise((done, failed) => {
      this.buffer.addEventListener("updateend", done, { once: true });
      this.buffer.addEventListener("error", () => failed(new Error("a piece of the film is not understood")), { once: true });
      try { change(); } catch (error) { failed(error); }
    });
  }
}

/** What was to be appended is no longer wanted. */
class Stale extends Error {}

function type(film) {
  return `video/mp4; codecs="${film.codec}"`;
}
