//! `photoplay models pull`: from the hub to the shelf.

use indicatif::{ProgressBar, ProgressStyle};

use super::super::outcome::{CommandResult, Exit, Failure};
use super::super::output::bytes;
use super::super::output::{eprint, interruptible, print};
use super::shelf::place;
use crate::hub::{Error, Hub, PullProgress};
use crate::report::{OutputStyle, plural};
use crate::shoot::progress::Cancel;

pub(super) fn run(repository: &str, revision: &str, name: Option<&str>) -> CommandResult {
    let own = repository.rsplit('/').next().unwrap_or(repository);
    let name = name.unwrap_or(own);
    let place = place(name)?;
    let mut progress = Shown { bar: ProgressBar::hidden(), cancel: interruptible() };
    let pulled = Hub::of_environment().pull(repository, revision, &place, &mut progress);
    progress.bar.finish_and_clear();
    match pulled {
        Ok(origin) => {
            let commit = &origin.commit[..origin.commit.len().min(12)];
            print(&format!(
                "{name}: {repository} at {commit}, in {}; write `[[film: model {name}]]` in a script\n",
                place.display()
            ));
            Ok(Exit::Done)
        }
        Err(Error::Cancelled) => {
            eprint("interrupted; what was fetched is kept, and the next pull goes on from there\n");
            Ok(Exit::Interrupted)
        }
        Err(error) => {
            let help = error.help();
            let failure = Failure::new(Exit::ShotFailed, error);
            Err(match help {
                Some(help) => failure.help(help),
                None => failure,
            })
        }
    }
}

/// A bar on a terminal, a line for each file elsewhere.
struct Shown {
    bar: ProgressBar,
    cancel: Cancel,
}

impl PullProgress for Shown {
    fn begins(&mut self, files: usize, size: u64) {
        eprint(&format!("fetching {}, {}\n", plural(files, "file"), bytes(size)));
        if OutputStyle::of_stderr().live {
            let style =
                "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left  {wide_msg}";
            let style = ProgressStyle::with_template(style).expect("the template is well formed");
            self.bar = ProgressBar::new(size).with_style(style);
        }
    }

    fn file(&mut self, name: &str) {
        if self.bar.is_hidden() {
            eprint(&format!("{name}\n"));
        }
        self.bar.set_message(name.to_owned());
    }

    fn bytes(&mut self, more: u64) {
        self.bar.inc(more);
    }

    fn stops(&self) -> bool {
        self.cancel.is_cancelled()
    }
}
