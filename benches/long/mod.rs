//! A script of 5,000 lines, the same every time.

#![allow(unreachable_pub, reason = "shared by several benchmarks")]

const LINES: usize = 5_000;

/// Random numbers that are the same every time (Knuth, MMIX).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    pub fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// A script of many scenes: twenty people, fifteen places, shots, speeches,
/// changes of clothes.
#[allow(clippy::too_many_lines, reason = "most of it is tables of words")]
pub fn script() -> String {
    const NAMES: [&str; 20] = [
        "MARA",
        "TUSK",
        "IDA VOSS",
        "JONAS",
        "HALE",
        "NELL",
        "OLD ANNA",
        "THE FERRYMAN",
        "COUNT OLAV",
        "GRETE",
        "PAVEL",
        "SISTER LUCIA",
        "EDWARD",
        "WINIFRED",
        "DOCTOR STAHL",
        "LEO",
        "MR. LOPAT",
        "KATYA",
        "BRAM",
        "THE BAKER",
    ];
    const PLACES: [&str; 15] = [
        "HARBOUR OFFICE",
        "QUAY",
        "JUNKYARD",
        "WORKSHOP",
        "HOUSE - KITCHEN",
        "HOUSE - ATTIC",
        "CHURCH",
        "FOREST",
        "MARKET SQUARE",
        "RAILWAY STATION",
        "LIBRARY",
        "COURTYARD",
        "BOAT",
        "LIGHTHOUSE",
        "BAKERY",
    ];
    const TIMES: [&str; 6] = ["DAWN", "DAY", "DUSK", "NIGHT", "CONTINUOUS", "LATER"];
    const PHRASES: [&str; 8] = [
        "slow push in",
        "pan left",
        "static",
        "handheld",
        "crane up",
        "35mm",
        "low angle",
        "candlelight",
    ];
    const DEEDS: [&str; 8] = [
        "walks to the window",
        "lifts the lamp",
        "waits by the door",
        "opens the ledger",
        "looks at the sea",
        "turns away",
        "laughs",
        "counts the coins",
    ];
    const WORDS: [&str; 20] = [
        "the", "tide", "never", "asks", "what", "we", "wanted", "it", "to", "bring", "and", "so",
        "every", "morning", "for", "nineteen", "years", "without", "a", "rest",
    ];
    let mut chance = Chance(1911);
    let sentence = |chance: &mut Chance, count: usize| {
        let words: Vec<&str> = (0..count).map(|_| chance.of(&WORDS)).collect();
        format!("So {}.", words.join(" "))
    };
    let mut out =
        "Title: The Long Tide\nAuthor: A. Novelist\n\n[[film: format 2:1 | seed 7]]\n".to_owned();
    let mut scene = 0;
    while out.lines().count() < LINES - 40 {
        scene += 1;
        if scene % 12 == 1 {
            out.push_str(&format!("\n# Chapter {}\n", scene / 12 + 1));
        }
        let who: Vec<&str> = (0..4).map(|_| chance.of(&NAMES)).collect();
        let place = chance.of(&PLACES);
        out.push_str(&format!("\nINT. {place} - {}\n", chance.of(&TIMES)));
        if scene % 5 == 0 {
            out.push_str(&format!("\n[[wear: {}, a black oilskin]]\n", who[0]));
        }
        out.push_str(&format!("\n{}\n", sentence(&mut chance, 12)));
        for _ in 0..4 + chance.below(6) {
            match chance.below(10) {
                0..=2 => {
                    let length = 2 + chance.below(5);
                    let phrase = chance.of(&PHRASES);
                    out.push_str(&format!("\n!! CLOSE ON {} [[{phrase}, {length}s]]\n", who[0]));
                    let deed = chance.of(&DEEDS);
                    out.push_str(&format!("\n{} {deed}. {}\n", who[0], sentence(&mut chance, 9)));
                }
                3..=6 => {
                    let count = 5 + chance.below(20);
                    let speaker = who[chance.below(4)];
                    out.push_str(&format!("\n{speaker}\n{}\n", sentence(&mut chance, count)));
                }
                _ => {
                    let (one, other) = (chance.of(&DEEDS), chance.of(&DEEDS));
                    out.push_str(&format!("\n{} {one}, and {} {other}.\n", who[1], who[2]));
                }
            }
        }
        if scene % 7 == 0 {
            out.push_str("\n> DISSOLVE TO: [[1s]]\n");
        }
    }
    out.push_str("\n# Cast\n\n");
    for name in NAMES {
        out.push_str(&format!("[[cast: {name}, a person with grey eyes, wearing a green coat]]\n"));
    }
    out
}
