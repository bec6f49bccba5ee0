// The panel beside the picture: the chosen shot, and the diagnostics of the script.

function make(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

const STATES = {
  drawn: "drawn, not shot",
  cached: "its take was there",
  waiting: "its take will be made",
  rolling: "its take is being made",
  made: "its take was made just now",
  failed: "its take could not be made",
};

const SHOWN = {
  draft: "the film shows a preview take",
  earlier: "the film shows the take it had before",
  animatic: "the film shows a drawing of who stands where",
};

/** Shortens a digest to its first digits, which are enough to distinguish it. */
function short(value) {
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}

/** Shows the details of a shot. */
export function showShot(section, shot, rate, artefact) {
  const rendered = JSON.stringify([shot, rate]);
  if (section.dataset.rendered === rendered) return;
  section.dataset.rendered = rendered;
  const seconds = rate ? ((shot.frames * rate.denominator) / rate.numerator).toFixed(1) : "?";
  const title = make("h2", shot.shows ? `${shot.number}  ${shot.shows}` : shot.number);
  title.append(" ", make("small", `${seconds} s, ${[STATES[shot.state], SHOWN[shot.shown]].filter(Boolean).join("; ")}`));

  const left = make("div");
  const right = make("div");
  const part = (column, heading, ...content) => column.append(make("h3", heading), ...content);

  if (shot.reason) left.append(make("p", shot.reason, "reason"));
  part(left, `${shot.at.file}, line ${shot.at.line}`, make("p", shot.lines.join("\n"), "script"));
  if (shot.subjects.length) part(left, "in the picture", make("p", shot.subjects.join(", ")));
  if (shot.words.length) part(left, "speech", make("p", shot.words.join(" "), "speech"));
  if (shot.prompt) part(right, "prompt", make("p", shot.prompt));
  if (shot.references.length) {
    const list = make("ul");
    for (const { name, still } of shot.references) {
      const item = make("li");
      if (still) {
        const picture = make("img");
        picture.src = artefact(still);
        picture.alt = `the reference picture of ${name}`;
        item.append(picture);
      } else {
        item.append(make("span", "to be made", "none"));
      }
      item.append(make("span", name));
      list.append(item);
    }
    part(right, "references", list);
  }
  if (shot.why.length) {
    const changes = make("dl");
    for (const { field, before, now } of shot.why) {
      const change = make("dd");
      if (before !== null) change.append(make("del", short(before)));
      if (now !== null) change.append(make("ins", short(now)));
      changes.append(make("dt", field), change);
    }
    part(right, shot.state === "made" ? "why it was made" : "why it is made", changes);
  }
  const columns = make("div", undefined, "columns");
  columns.append(left, right);
  section.replaceChildren(title, columns);
}

/** Shows the diagnostics with their lines of the script. */
export function showMistakes(section, state) {
  const rendered = JSON.stringify([state.diagnostics, state.failure, state.outdated]);
  if (section.dataset.rendered === rendered) return;
  section.dataset.rendered = rendered;
  const found = state.diagnostics;
  section.hidden = found.length === 0 && !state.failure;
  const parts = [];
  if (state.outdated && state.film) {
    parts.push(make("h2", "The script has mistakes. The film is that of the last good one."));
  }
  if (state.failure) {
    const article = make("article");
    article.append(make("h3", state.failure));
    parts.push(article);
  }
  for (const message of found) parts.push(mistake(message));
  section.replaceChildren(...parts);
}

function mistake({ severity, message, label, help, excerpt, plan }) {
  const article = make("article", undefined, severity);
  const heading = make("h3");
  heading.append(make("b", `${severity}: `), message);
  article.append(heading);
  if (excerpt) {
    article.append(make("p", `${excerpt.file}, line ${excerpt.line}, column ${excerpt.column}`));
    const lines = make("pre");
    const wide = String(excerpt.first + excerpt.lines.length - 1).length;
    excerpt.lines.forEach((runs, index) => {
      lines.append(make("span", `${String(excerpt.first + index).padStart(wide)}  `, "number"));
      for (const [letters, marked] of runs) lines.append(marked ? make("mark", letters) : letters);
      lines.append("\n");
    });
    article.append(lines);
  }
  if (label) article.append(make("p", label));
  if (help) article.append(make("p", help));
  if (plan) {
    const drawing = make("img", undefined, "plan");
    drawing.src = `data:image/svg+xml,${encodeURIComponent(plan)}`;
    drawing.alt = "floor plan";
    article.append(drawing);
  }
  return article;
}
