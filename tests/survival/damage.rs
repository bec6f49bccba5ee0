//! Files of the vault that were changed or cut since.

use std::fs;

use crate::film::{Place, files, rounds, spread};

type Damage = fn(&mut Vec<u8>);

/// Ways in which a file is damaged.
const DAMAGES: [(&str, Damage); 4] = [
    ("a flipped bit", |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 16;
    }),
    ("cut in half", |bytes| bytes.truncate(bytes.len() / 2)),
    ("emptied", Vec::clear),
    ("the last byte flipped", |bytes| *bytes.last_mut().unwrap() ^= 1),
];

/// Whatever file of the vault is damaged, a build makes the same film.
pub(crate) fn every_file() {
    let built = Place::built();
    let vault = built.path(".photoplay");
    let all: Vec<_> = files(&vault)
        .into_iter()
        .filter(|file| fs::metadata(file).is_ok_and(|found| found.len() > 0))
        .map(|file| file.strip_prefix(built.folder()).unwrap().to_owned())
        .collect();
    assert!(all.len() > 8, "{all:?}");
    let tries = all.len() * DAMAGES.len();
    for at in spread(rounds(24), tries) {
        let (file, (what, damage)) = (&all[at % all.len()], DAMAGES[at / all.len()]);
        let after = format!("{}, {what}", file.display());
        let place = Place::built();
        let path = place.folder().join(file);
        let mut bytes = fs::read(&path).unwrap();
        damage(&mut bytes);
        fs::write(&path, bytes).unwrap();
        // Without the film, everything that it is made from is read.
        fs::remove_file(place.path("film.mp4")).unwrap();
        place.build();
        place.is_whole(&after);
    }
}
