//! What must not be lost, and not be wrong, whatever happens to `photoplay` while it
//! builds: a system that fails at any call, kill -9 at any call, others in the same
//! folder, damaged files, clocks that jump, odd places.
//!
//! The camera is that of `tests/watch`: this program itself, which paints each take in one
//! colour. `PHOTOPLAY_ROUNDS` sets how many moments, entries and meetings are tried.

#![allow(missing_docs, reason = "a test")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[cfg(all(feature = "ffmpeg", unix))]
#[path = "../watch/camera.rs"]
mod camera;
#[cfg(all(feature = "ffmpeg", unix))]
mod damage;
#[cfg(all(feature = "ffmpeg", target_os = "linux", target_arch = "x86_64"))]
mod failures;
#[cfg(all(feature = "ffmpeg", unix))]
mod film;
#[cfg(all(feature = "ffmpeg", unix))]
mod places;
#[cfg(all(feature = "ffmpeg", target_os = "linux", target_arch = "x86_64"))]
mod system;
#[cfg(all(feature = "ffmpeg", unix))]
mod together;

fn main() {
    #[cfg(all(feature = "ffmpeg", unix))]
    {
        if camera::is_wanted() {
            return camera::run();
        }
        use libtest_mimic::{Arguments, Trial};
        let mut tests: Vec<(&str, fn())> = vec![
            ("a_damaged_or_cut_file_of_the_vault_changes_no_film", damage::every_file),
            ("several_processes_make_each_take_once", together::builds),
            ("a_project_is_at_home_anywhere", places::names),
            ("a_project_that_moves_or_is_copied_shoots_nothing_again", places::moved),
            ("a_clock_that_jumps_shoots_nothing_again", places::times),
            ("a_reader_that_goes_away_is_no_failure", places::closed_pipes),
        ];
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        tests.extend([
            ("every_write_that_fails_is_told_and_loses_nothing", failures::writes as fn()),
            ("a_project_that_cannot_be_written_to_is_read", failures::read_only as fn()),
            ("kill_9_before_any_write_loses_nothing", failures::kills as fn()),
        ]);
        let trials = tests.into_iter().map(|(name, test)| {
            Trial::test(name, move || {
                test();
                Ok(())
            })
        });
        libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
    }
}
