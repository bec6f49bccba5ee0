//! Tables of scripts and their trees: cases that begin with `§ title`, then the
//! script, a line `----`, and the tree.

#![allow(unreachable_pub, reason = "shared by several test files")]

/// One case.
pub struct Case<'a> {
    /// What it shows; the words up to the first line end.
    pub title: &'a str,
    /// As it stands in the table, blanks made visible.
    pub script: &'a str,
    /// What stands under it.
    pub tree: &'a str,
}

impl Case<'_> {
    /// The script as it would be written.
    pub fn text(&self) -> String {
        self.script
            .strip_suffix('\n')
            .unwrap_or(self.script)
            .replace('·', " ")
            .replace('→', "\t")
            .replace("␍⏎", "\r")
            .replace('␍', "\r")
            .replace('␌', "\u{c}")
            .replace('⍽', "\u{a0}")
            .replace('⎕', "\u{feff}")
    }

    /// How the name of its file ends.
    pub fn extension(&self) -> &'static str {
        if self.title.contains(".fountain") { "fountain" } else { "play" }
    }
}

/// The cases of a table.
pub fn read(table: &str) -> impl Iterator<Item = Case<'_>> {
    table.split("\n§ ").skip(1).map(|case| {
        let (title, rest) = case.split_once('\n').expect("a case has a script");
        let (script, tree) = rest.split_once("----\n").expect("a case has a tree");
        Case { title, script, tree }
    })
}
