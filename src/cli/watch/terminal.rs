//! What the terminal shows: the film in a few lines, drawn over; where lines
//! cannot be drawn over, a line for what matters.

use std::sync::Arc;

use super::address::Address;
use crate::cut::print::Printed;
use crate::preview::state::{PreviewPicture, PreviewState, PreviewTakeState, PreviewWork};
use crate::project::CheckedScript;
use crate::report::diagnostics::render_in;
use crate::report::live::{Region, apart, pictures, send};
use crate::report::picture::Protocol;
use crate::report::{OutputStyle, failure, plural};
use crate::session::Display;

/// Lines of messages at most.
const MESSAGES: usize = 24;

/// The terminal of a watch.
pub(super) struct Terminal {
    style: OutputStyle,
    url: String,
    address: Address,
    region: Region,
    protocol: Option<Protocol>,
    lines: Vec<String>,
    mistakes: String,
    notes: Vec<String>,
    taken: Option<String>,
    status: String,
    rolling: Option<PreviewWork>,
    picture: Option<(String, Arc<[u8]>)>,
}

impl Terminal {
    pub(super) fn new(style: OutputStyle, url: &str, address: Address) -> Self {
        if !style.live {
            send(&format!("the preview is at {url}\n"));
        }
        Self {
            style,
            url: url.to_owned(),
            address,
            region: Region::default(),
            protocol: if style.live { pictures() } else { None },
            lines: Vec::new(),
            mistakes: String::new(),
            notes: Vec::new(),
            taken: None,
            status: String::new(),
            rolling: None,
            picture: None,
        }
    }

    fn draw(&mut self) {
        if !self.style.live || self.lines.is_empty() {
            return;
        }
        let mut lines = self.lines.clone();
        lines.push(match &self.rolling {
            Some(work) => rolling(work),
            None => String::new(),
        });
        lines.push(self.url.clone());
        lines.extend(self.notes.iter().map(|note| note.trim_end().to_owned()));
        lines.extend(self.mistakes.lines().take(MESSAGES).map(str::to_owned));
        let picture = self.picture.as_ref().zip(self.protocol);
        let drawn = |rows: usize| {
            let (_, jpeg) = picture.map(|(picture, _)| picture).expect("there is one to draw");
            match (image::load_from_memory(jpeg), self.protocol) {
                (Ok(picture), Some(protocol)) => protocol.draw(&picture.into_rgb8(), rows),
                _ => String::new(),
            }
        };
        let named =
            picture.map(|((name, _), _)| (name.as_str(), &drawn as &dyn Fn(usize) -> String));
        send(&self.region.draw(&lines, self.style.width, named));
    }
}

impl Display for Terminal {
    /// The messages about a script that was read.
    fn script(&mut self, script: &CheckedScript) {
        self.address.renew();
        self.notes.clear();
        let mistakes = render_in(&script.diagnostics, &script.sources, self.style);
        if !self.style.live && mistakes != self.mistakes {
            send(&mistakes);
        }
        self.mistakes = mistakes;
    }

    /// Something the author should know.
    fn note(&mut self, message: &str) {
        let words = failure::warning(message, self.style);
        if self.notes.contains(&words) {
            return;
        }
        if !self.style.live {
            send(&words);
        }
        self.notes.push(words);
    }

    /// A take was made.
    fn take(&mut self, number: &str, preview: bool) {
        self.taken = Some(number.to_owned());
        if !self.style.live {
            send(&format!("{} {number}\n", if preview { "preview of shot" } else { "shot" }));
        }
    }

    /// The current take.
    fn work(&mut self, work: Option<&PreviewWork>) {
        self.rolling = work.cloned();
        self.draw();
    }

    /// Everything.
    fn state(
        &mut self,
        state: &PreviewState,
        work: Option<&PreviewWork>,
        printed: Option<&Printed>,
        picture: &dyn Fn(&str) -> Option<Arc<[u8]>>,
    ) {
        self.rolling = work.cloned();
        let status = status_line(state, printed);
        if !self.style.live {
            if status != self.status && work.is_none() {
                send(&format!("{status}\n"));
                self.status = status;
            }
            return;
        }
        let title = state.film.as_ref().map_or("", |film| film.title.as_str());
        let title = if title.is_empty() { state.script.as_str() } else { title };
        let strip: String = state.shots.iter().map(|shot| sign(shot.state, shot.shown)).collect();
        self.status.clone_from(&status);
        self.lines = vec![String::new(), apart(title, &status, self.style.width), strip];
        if let Some(number) = &self.taken {
            let shot = state.shots.iter().find(|shot| shot.number == *number);
            let still = shot.and_then(|shot| shot.still.as_deref());
            self.picture = still.and_then(|hash| Some((hash.to_owned(), picture(hash)?)));
        }
        self.draw();
    }

    /// Leaves the last words.
    fn close(&mut self) {
        send(&self.region.clear());
        send("stopped; every finished take is kept\n");
    }
}

fn rolling(work: &PreviewWork) -> String {
    let preview = if work.preview { "preview of " } else { "" };
    if work.steps == 0 {
        return format!("{preview}{}", work.what);
    }
    let full = (20 * work.done / work.steps.max(1)) as usize;
    let bar = format!("{}{}", "━".repeat(full), "·".repeat(20usize.saturating_sub(full)));
    format!("{bar}  {preview}{}, step {} of {}", work.what, work.done, work.steps)
}

/// A shot in a letter: the same signs as on the page.
fn sign(state: PreviewTakeState, shown: PreviewPicture) -> char {
    match (state, shown) {
        (PreviewTakeState::Drawn, _) => '▭',
        (PreviewTakeState::Cached, _) => '✓',
        (PreviewTakeState::Made, _) => '●',
        (PreviewTakeState::Failed, _) => '✕',
        (PreviewTakeState::Rolling, _) => '◐',
        (PreviewTakeState::Waiting, PreviewPicture::Draft) => '◌',
        (PreviewTakeState::Waiting, _) => '○',
    }
}

fn status_line(state: &PreviewState, printed: Option<&Printed>) -> String {
    if let Some(failure) = &state.failure {
        return failure.clone();
    }
    if state.outdated {
        return "mistakes; the last good film is kept".to_owned();
    }
    if state.film.is_none() {
        return "mistakes; no film yet".to_owned();
    }
    let count = |wanted: &[PreviewTakeState]| {
        state.shots.iter().filter(|shot| wanted.contains(&shot.state)).count()
    };
    let waiting = count(&[PreviewTakeState::Waiting, PreviewTakeState::Rolling]);
    let failed = count(&[PreviewTakeState::Failed]);
    let mut parts = vec![plural(state.shots.len(), "shot")];
    if waiting > 0 {
        parts.push(format!("{waiting} to make"));
    }
    if failed > 0 {
        parts.push(format!("{failed} could not be made"));
    }
    if waiting + failed == 0
        && let Some(printed) = printed
    {
        parts.push(format!("{} frames", printed.frames));
    }
    parts.join(", ")
}
