//! Reports the progress of a build: bars on a terminal, lines elsewhere, JSON
//! for machines. Knows events; does not know their causes.

use std::cell::RefCell;
use std::io::{self, Write as _};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failure;
use super::style::{OutputStyle, plural};
use crate::shoot::progress::{Progress, ProgressEvent};

/// Reports events as JSON on standard output, or to people on standard error.
pub(crate) fn for_format(json: bool, style: OutputStyle) -> Box<dyn Progress> {
    match (json, style.live) {
        (true, _) => Box::new(Json),
        (false, true) => Box::new(Bars::new(style)),
        (false, false) => Box::new(Lines { style }),
    }
}

/// One JSON event a line on standard output.
#[derive(Debug)]
struct Json;

impl Progress for Json {
    fn report(&self, event: &ProgressEvent) {
        let line = serde_json::to_string(event).expect("an event is plain data");
        // A closed output does not stop a build.
        let _ = writeln!(io::stdout(), "{line}");
    }
}

/// One line for each important event.
#[derive(Debug)]
struct Lines {
    style: OutputStyle,
}

impl Progress for Lines {
    fn report(&self, event: &ProgressEvent) {
        if let Some(line) = sentence(event, self.style) {
            // A closed output does not stop a build.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }
}

/// What a camera makes for a film.
fn made_of(stills: bool) -> &'static str {
    if stills { "still" } else { "take" }
}

/// An event in words, if it deserves a line.
fn sentence(event: &ProgressEvent, style: OutputStyle) -> Option<String> {
    Some(match event {
        ProgressEvent::Plan { shots, portraits, takes_to_make, takes_cached, stills, .. } => {
            let what = made_of(*stills);
            let mut parts = vec![plural(*shots, "shot")];
            if *portraits > 0 {
                parts.push(format!("{} to make first", plural(*portraits, "portrait")));
            }
            // What waits for a portrait is not counted yet.
            if *portraits == 0 || *takes_to_make > 0 {
                parts.push(format!("{} to make", plural(*takes_to_make, what)));
            }
            parts.push(format!("{takes_cached} cached"));
            parts.join(", ")
        }
        ProgressEvent::Load { model } => format!("loading {model}"),
        ProgressEvent::Print { done: 0, segments } if *segments > 0 => {
            format!("encoding {}", plural(*segments, "segment"))
        }
        ProgressEvent::Print { done, segments } if done == segments && *segments > 0 => {
            format!("encoded {}", plural(*segments, "segment"))
        }
        ProgressEvent::Speak { done: 0, lines, .. } => {
            format!("speaking {}", plural(*lines, "line"))
        }
        ProgressEvent::Speak { done, lines, .. } if done == lines => {
            format!("spoke {}", plural(*lines, "line"))
        }
        ProgressEvent::Cast { .. }
        | ProgressEvent::Speak { .. }
        | ProgressEvent::Step { .. }
        | ProgressEvent::Roll { .. }
        | ProgressEvent::Part { .. }
        | ProgressEvent::Print { .. }
        | ProgressEvent::Takes { .. }
        // The command itself prints it.
        | ProgressEvent::Failed { .. } => return None,
        ProgressEvent::Portrait { name, file } => format!("cast {name}: {file}"),
        ProgressEvent::Take { number, shows, seconds, .. } => {
            format!("shot {number}: {shows}, {}", short(*seconds))
        }
        ProgressEvent::Spoiled { number, reason } => {
            format!("shot {number} could not be made: {reason}")
        }
        ProgressEvent::Remark { message } => message.clone(),
        ProgressEvent::Note { message } => failure::warning(message, style).trim_end().to_owned(),
        ProgressEvent::Wrap {
            film,
            frames,
            takes_made,
            takes_cached,
            stills,
            segments_encoded,
            seconds,
            ..
        } => {
            format!(
                "{film}: {frames} frames, {} made, {takes_cached} cached, {} encoded, {}",
                plural(*takes_made, made_of(*stills)),
                plural(*segments_encoded, "segment"),
                short(*seconds)
            )
        }
    })
}

/// `0.4 s`, `12 s`, `3 min 20 s`.
pub(crate) fn short(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// A bar for the film and a bar for the current take.
struct Bars {
    style: OutputStyle,
    all: MultiProgress,
    film: ProgressBar,
    take: ProgressBar,
    state: RefCell<Work>,
}

/// Denoising steps times frames.
#[derive(Default)]
struct Work {
    before: u64,
    of_take: u64,
    rolling: bool,
}

impl Bars {
    fn new(style: OutputStyle) -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let film = bars.add(ProgressBar::new(0));
        let take = bars.add(ProgressBar::new(0));
        let template = |text| {
            ProgressStyle::with_template(text).expect("the template is fixed").progress_chars("━╸ ")
        };
        film.set_style(template("{prefix:>12} {bar:30.green} {msg}"));
        take.set_style(template("{prefix:>12} {bar:30.cyan} {msg}"));
        Self { style, all: bars, film, take, state: RefCell::default() }
    }

    /// The time left, from the pace since the first take of the build began.
    fn time_left(&self) {
        let eta = self.film.eta();
        if eta > Duration::ZERO {
            self.film.set_message(format!("{} left", short(eta.as_secs_f64())));
        }
    }
}

impl Progress for Bars {
    fn report(&self, event: &ProgressEvent) {
        let mut work = self.state.borrow_mut();
        match event {
            ProgressEvent::Plan { work: all, .. } => {
                self.film.set_prefix("film");
                self.film.set_length(*all);
                *work = Work::default();
            }
            ProgressEvent::Load { model } => self.film.set_message(format!("loading {model}")),
            ProgressEvent::Cast { name } => {
                self.take.set_prefix("portrait");
                self.take.set_message(name.clone());
                self.take.set_position(0);
            }
            ProgressEvent::Speak { speaker, done, lines } => {
                self.take.set_prefix("voices");
                self.take.set_message(speaker.clone());
                self.take.set_length(*lines as u64);
                self.take.set_position(*done as u64);
            }
            ProgressEvent::Roll { number, shows, steps, work: of_take, .. } => {
                if !work.rolling {
                    self.film.reset_eta();
                    self.film.set_message("");
                    work.rolling = true;
                }
                work.of_take = *of_take;
                self.take.set_prefix(format!("shot {number}"));
                self.take.set_message(shows.clone());
                self.take.set_length(u64::from(*steps));
                self.take.set_position(0);
            }
            ProgressEvent::Step { done, steps } => {
                self.take.set_length(u64::from(*steps));
                self.take.set_position(u64::from(*done));
                if work.of_take > 0 {
                    let part = work.of_take * u64::from(*done) / u64::from((*steps).max(1));
                    self.film.set_position(work.before + part);
                    self.time_left();
                }
            }
            ProgressEvent::Take { .. } | ProgressEvent::Part { .. } => {
                work.before += work.of_take;
                work.of_take = 0;
                self.film.set_position(work.before);
                self.time_left();
            }
            ProgressEvent::Print { done, segments } => {
                self.take.set_prefix("cutting");
                self.take.set_message(plural(*segments, "segment"));
                self.take.set_length(*segments as u64);
                self.take.set_position(*done as u64);
            }
            ProgressEvent::Wrap { .. } => {
                self.take.finish_and_clear();
                self.film.finish_and_clear();
            }
            ProgressEvent::Portrait { .. }
            | ProgressEvent::Spoiled { .. }
            | ProgressEvent::Remark { .. }
            | ProgressEvent::Note { .. }
            | ProgressEvent::Takes { .. }
            | ProgressEvent::Failed { .. } => {}
        }
        let has_line = matches!(
            event,
            ProgressEvent::Plan { .. }
                | ProgressEvent::Portrait { .. }
                | ProgressEvent::Spoiled { .. }
                | ProgressEvent::Remark { .. }
                | ProgressEvent::Note { .. }
                | ProgressEvent::Wrap { .. }
        );
        if let Some(line) = sentence(event, self.style).filter(|_| has_line) {
            // A closed terminal does not stop a build.
            let _ = self.all.println(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_counts_what_is_made_and_no_nothing() {
        let words = |portraits, takes_to_make, stills| {
            let plan = ProgressEvent::Plan {
                shots: 3,
                frames: 72,
                portraits,
                takes_to_make,
                takes_cached: 1,
                stills,
                work: 0,
            };
            sentence(&plan, OutputStyle::PLAIN)
        };
        let cases = [
            (words(0, 0, false), "3 shots, 0 takes to make, 1 cached"),
            (words(0, 2, true), "3 shots, 2 stills to make, 1 cached"),
            (words(2, 0, true), "3 shots, 2 portraits to make first, 1 cached"),
            (words(1, 1, false), "3 shots, 1 portrait to make first, 1 take to make, 1 cached"),
        ];
        for (said, expected) in cases {
            assert_eq!(said.as_deref(), Some(expected));
        }
    }

    #[test]
    fn times_are_short() {
        let cases = [(0.44, "0.4 s"), (12.3, "12 s"), (200.0, "3 min 20 s"), (7300.0, "2 h 1 min")];
        for (seconds, expected) in cases {
            assert_eq!(short(seconds), expected);
        }
    }
}
