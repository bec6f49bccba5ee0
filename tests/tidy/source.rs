//! The repository's Rust files as tokens and comments.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The top of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Folders that hold nothing of ours.
const OUTSIDE: [&str; 5] = [".git", "target", "node_modules", "corpus", "artifacts"];

/// Every file of the repository with its path from the root, in order.
pub(crate) static FILES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut found = Vec::new();
    walk(root(), &mut found);
    found.sort();
    found
});

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository").flatten() {
        let path: PathBuf = entry.path();
        let name = entry.file_name();
        let kind = entry.file_type().expect("an entry has a type");
        if kind.is_symlink() || OUTSIDE.iter().any(|outside| *outside == name) {
            continue;
        }
        if kind.is_dir() {
            walk(&path, found);
        } else {
            let path = path.strip_prefix(root()).expect("it is below the root");
            found.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
}

/// Whether a file's name ends so.
pub(crate) fn is(path: &str, end: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == end)
}

/// The text of a file of the repository; nothing if it is not text.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// A word, a path separator or one sign, outside comments and strings.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
    /// Whether it stands below `#[cfg(test)]`.
    pub(crate) test: bool,
    /// What a string says, with its escapes; the text of the token is a quote.
    pub(crate) says: Option<String>,
}

/// A Rust file.
pub(crate) struct Source {
    /// From the root of the repository.
    pub(crate) path: String,
    pub(crate) lines: usize,
    pub(crate) tokens: Vec<Token>,
    /// Lines of comments and docs, each with its number.
    pub(crate) comments: Vec<(usize, String)>,
}

impl Source {
    pub(crate) fn at(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &token.text)
    }
}

/// Every Rust file of the repository.
pub(crate) static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let rust = FILES.iter().filter(|path| is(path, "rs"));
    rust.map(|path| parse(path, &read(path))).collect()
});

pub(crate) fn parse(path: &str, text: &str) -> Source {
    let (code, comments, literals) = split(text);
    let mut tokens = tokens(&code);
    let quotes = tokens.iter_mut().filter(|token| token.text == "\"");
    for (token, literal) in quotes.zip(literals) {
        token.says =
            literal.strip_prefix('"').and_then(|it| it.strip_suffix('"')).map(str::to_owned);
    }
    mark_tests(&mut tokens);
    // A file of its own: `#[cfg(test)] mod tests;`.
    if Path::new(path).file_name().is_some_and(|name| name == "tests.rs") {
        for token in &mut tokens {
            token.test = true;
        }
    }
    Source { path: path.to_owned(), lines: text.lines().count(), tokens, comments }
}

/// Names in `/proc` of the memory of a process; they are in strings.
const MEMORY: [&str; 3] = ["VmRSS", "VmHWM", "statm"];

/// The code with its comments and the insides of its strings blanked out except
/// [`MEMORY`]; the comments; the strings and characters.
fn split(text: &str) -> (String, Vec<(usize, String)>, Vec<&str>) {
    let bytes = text.as_bytes();
    let mut code = String::with_capacity(text.len());
    let (mut comments, mut literals) = (Vec::new(), Vec::new());
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let rest = &text[at..];
        let end = if rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            comments.push((line, rest[..end].to_owned()));
            end
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
            let lines = rest[..end].lines().enumerate();
            comments.extend(lines.map(|(number, text)| (line + number, text.to_owned())));
            end
        } else if let Some(end) = literal(rest, bytes[..at].last().copied()) {
            code.push('"');
            literals.push(&rest[..end]);
            let names = MEMORY.into_iter().filter(|name| rest[..end].contains(name));
            names.for_each(|name| code.push_str(name));
            end
        } else {
            let letter = rest.chars().next().expect("there is a rest");
            code.push(letter);
            line += usize::from(letter == '\n');
            at += letter.len_utf8();
            continue;
        };
        for _ in rest[..end].matches('\n') {
            code.push('\n');
            line += 1;
        }
        code.push(' ');
        at += end;
    }
    (code, comments, literals)
}

/// How long a string or a character is that begins here.
fn literal(rest: &str, before: Option<u8>) -> Option<usize> {
    let in_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let plain = |from: usize| {
        let bytes = rest.as_bytes();
        let mut at = from;
        while at < bytes.len() && bytes[at] != b'"' {
            at += 1 + usize::from(bytes[at] == b'\\');
        }
        (at + 1).min(rest.len())
    };
    if rest.starts_with('"') {
        return Some(plain(1));
    }
    if !in_word && (rest.starts_with("b\"") || rest.starts_with("c\"")) {
        return Some(plain(2));
    }
    let raw = ["r", "br", "cr"].iter().find_map(|start| rest.strip_prefix(start));
    if let Some(raw) = raw.filter(|_| !in_word) {
        let signs = raw.len() - raw.trim_start_matches('#').len();
        if raw[signs..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(signs));
            let start = rest.len() - raw.len() + signs + 1;
            return Some(
                rest[start..].find(&close).map_or(rest.len(), |at| start + at + close.len()),
            );
        }
    }
    let quoted = rest.strip_prefix('\'')?;
    let mut letters = quoted.char_indices();
    let (_, first) = letters.next()?;
    if first == '\\' {
        return quoted[2..].find('\'').map(|at| at + 4);
    }
    matches!(letters.next(), Some((_, '\''))).then(|| first.len_utf8() + 2)
}

fn tokens(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let end = if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let text = rest[..end].to_owned();
            found.push(Token { text, line: number + 1, test: false, says: None });
            rest = rest[end..].trim_start();
        }
    }
    found
}

/// Marks what stands below `#[cfg(test)]`.
fn mark_tests(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        let reads = |offset: usize, text: &str| {
            tokens.get(at + offset).is_some_and(|token| token.text == text)
        };
        if !(reads(0, "#") && reads(1, "[") && reads(2, "cfg") && reads(3, "(")) {
            at += 1;
            continue;
        }
        let close = matching(tokens, at + 1);
        let inside = &tokens[at + 4..close];
        let about = |word: &str| inside.iter().any(|token| token.text == word);
        if !about("test") || about("not") {
            at = close;
            continue;
        }
        let mut end = close + 1;
        while end < tokens.len() && !matches!(&*tokens[end].text, "{" | ";") {
            end = if matches!(&*tokens[end].text, "(" | "[") { matching(tokens, end) } else { end };
            end += 1;
        }
        if tokens.get(end).is_some_and(|token| token.text == "{") {
            end = matching(tokens, end);
        }
        let end = end.min(tokens.len() - 1);
        tokens[at..=end].iter_mut().for_each(|token| token.test = true);
        at = end + 1;
    }
}

/// The bracket that closes the one at `open`.
pub(crate) fn matching(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match &*token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len() - 1
}
