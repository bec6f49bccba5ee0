//! `photoplay watch` as a process, with a camera that runs no model: the takes that
//! a save makes and stops, and the files that it leaves.
//!
//! The camera is this test program itself: started by `photoplay` with
//! `CAMERA_LOG` set, it paints each take in one colour and logs the orders that
//! it got.

#![allow(missing_docs, reason = "a test")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[cfg(all(feature = "preview", unix))]
mod camera;
#[cfg(all(feature = "preview", unix))]
mod film;
#[cfg(all(feature = "preview", unix))]
mod saves;
#[cfg(all(feature = "preview", unix))]
mod takes;

fn main() {
    #[cfg(all(feature = "preview", unix))]
    {
        if camera::is_wanted() {
            return camera::run();
        }
        use libtest_mimic::{Arguments, Trial};
        let tests: [(&str, fn()); 12] = [
            ("a_draft_comes_before_its_take_and_never_passes_for_it", takes::drafts),
            ("a_save_stops_only_takes_that_the_film_no_longer_uses", takes::stops),
            ("the_edited_shot_comes_first", takes::nearest),
            ("finished_takes_are_kept", takes::kept),
            ("an_edit_shows_its_animatic_until_its_draft_is_there", takes::stand_ins),
            ("a_move_in_a_story_reel_makes_no_still", takes::reel),
            ("mistakes_leave_the_film_as_it_is", takes::mistakes),
            ("a_save_without_a_change_builds_nothing", saves::unchanged),
            ("an_address_that_is_gone_comes_back", saves::address),
            ("every_way_of_saving_is_one_build", saves::editors),
            ("a_storm_of_events_ends_in_the_last_state", saves::storm),
            ("a_thousand_saves_leave_nothing_behind", saves::thousand),
        ];
        let trials = tests.map(|(name, test)| {
            Trial::test(name, move || {
                test();
                Ok(())
            })
        });
        libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
    }
}
