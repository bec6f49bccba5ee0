//! Several processes in one folder.

use std::collections::BTreeSet;
use std::fs;

use crate::film::{Place, Ran, SCRIPT, rounds};

/// Two or four builds at once, of one script or of one each, make each take and each
/// portrait once, and keep each other's choices.
pub(crate) fn builds() {
    for round in 0..rounds(4) {
        let (processes, own) = ([2, 4][round % 2], round / 2 % 2 == 1);
        let place = Place::new();
        let script = |process: usize| match (process, own) {
            (0, _) | (_, false) => "film.play".to_owned(),
            _ => format!("film-{process}.play"),
        };
        for process in 1..processes {
            let name = format!("IDA {}", ["I", "II", "III"][process - 1]);
            let coat = ["a red", "a blue", "a white"][process - 1];
            let text = SCRIPT.replace("MARA", &name).replace("a green", coat);
            fs::write(place.path(&format!("film-{process}.play")), text).unwrap();
        }
        let running: Vec<_> = (0..processes)
            .map(|process| {
                let mut command = place.building(&script(process));
                let (out, err) = (std::process::Stdio::piped(), std::process::Stdio::piped());
                command.stdout(out).stderr(err).spawn().unwrap()
            })
            .collect();
        for process in running {
            let ran = Ran::of(process.wait_with_output().unwrap());
            assert_eq!(ran.code, Some(0), "{}", ran.told());
        }
        let made = place.made();
        let different: BTreeSet<_> = made.iter().collect();
        assert_eq!(different.len(), made.len(), "a take was made twice: {made:#?}");
        let films = if own { processes } else { 1 };
        let choices = fs::read_to_string(place.path("photoplay.lock")).unwrap();
        assert_eq!(choices.matches("\"cast/").count(), films, "{choices}");
        assert_eq!(fs::read_dir(place.path("cast")).unwrap().count(), films);
        if !own {
            place.is_whole("builds at once");
        }
        let again = place.build();
        assert_eq!(again.count("takes_made") + again.count("segments_encoded"), 0);
    }
}
