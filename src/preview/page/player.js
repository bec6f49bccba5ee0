// Plays a film that changes while it plays: keeps a Media Source buffer equal
// to the pieces of the film near the position.

const BEHIND = 20; // seconds in the buffer before the position
const AHEAD = 45; // seconds in the buffer after it
const CACHE_BYTES = 64 << 20; // most bytes of pieces in memory

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

  /** Seeks to the middle of a frame, so that rounding never shows another. */
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

  /** Changes the buffer until it matches the film; a film that arrives meanwhile is next. */
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
        if (error.name === "QuotaExceededError") await this.removeFar(5);
        else if (!(error instanceof Stale)) this.onTrouble(`the film cannot be played here: ${error.message}`);
      }
    }
  }

  /** Makes one change of the buffer; returns false if it matches the film. */
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
      // Appending opens an ended source again.
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
    return this.removeFar(120);
  }

  /** The piece to append next: first the one at the position, then those after it, then those before. */
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
    // The screen shows a frame of the old piece; seeking to the same position shows the new one.
    if (here && replaces) this.video.currentTime = this.video.currentTime;
  }

  /** Removes pieces that are farther away than `seconds`; returns whether there were any. */
  async removeFar(seconds) {
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
      // The piece belongs to an older film; the next state will replace it.
      if (!response.ok) throw new Stale();
      bytes = await response.arrayBuffer();
    }
    this.fetched.set(hash, bytes);
    let held = [...this.fetched.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const [oldest, { byteLength }] of this.fetched) {
      if (held <= CACHE_BYTES || oldest === hash) break;
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

/** The film changed while a piece was loading. */
class Stale extends Error {}

function type(film) {
  return `video/mp4; codecs="${film.codec}"`;
}
