//! Paths and words as one types them in a shell: every command that a message
//! suggests has them from here.

use std::path::Path;

/// A path as the argument of a command: quoted if it needs that, and never an option.
pub fn shell_path(path: &Path) -> String {
    let path = path.to_string_lossy();
    if path.starts_with('-') { shell_word(&format!("./{path}")) } else { shell_word(&path) }
}

/// A word, quoted if it needs that.
pub fn shell_word(word: &str) -> String {
    // The system accepts no argument with a NUL either.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_suggests_is_one_argument() {
        let names = ["a.play", "The Ferry/the-ferry.play", "-x", "it's.play", "$HOME", "~", "#1"];
        for name in names {
            let typed = shlex::split(&shell_path(Path::new(name))).expect("it is closed");
            assert!(typed == [name] || (typed == ["./-x"] && name == "-x"), "{typed:?}");
        }
        assert_eq!(shell_path(Path::new("film/a-1.play")), "film/a-1.play");
        assert_eq!(shell_path(Path::new("The Ferry/a.play")), "'The Ferry/a.play'");
    }
}
