//! Converts between paths and URIs: `file:///home/ida/the%20tide.play`.
//!
//! Knows `file:` URIs; treats others (`untitled:Untitled-1`) as opaque.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf, Prefix};

/// The path of a `file:` URI (RFC 8089); `None` for one of another machine.
pub(super) fn to_path(uri: &str) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let (host, path) = rest.split_at(rest.find('/')?);
            (host.is_empty() || host.eq_ignore_ascii_case("localhost")).then_some(path)?
        }
        None => rest.starts_with('/').then_some(rest)?,
    };
    let path = decoded(path);
    let drive = path.as_bytes();
    // `/C:/films` begins with a drive.
    let windows = cfg!(windows) && drive.len() > 2 && drive[2] == b':';
    Some(PathBuf::from(if windows { &path[1..] } else { &path }))
}

/// The URI of a path.
pub(super) fn of_path(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = "file://".to_owned();
    for part in path.components() {
        match part {
            Component::Prefix(prefix) => {
                if let Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) = prefix.kind() {
                    uri.extend(['/', char::from(letter), ':']);
                }
            }
            Component::Normal(name) => {
                uri.push('/');
                encode(&name.to_string_lossy(), &mut uri);
            }
            Component::ParentDir => uri.push_str("/.."),
            Component::RootDir | Component::CurDir => {}
        }
    }
    uri
}

fn encode(name: &str, into: &mut String) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()+,=@".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// The text of a picture in an address. Brackets, which end an address in Markdown, are
/// encoded too.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = path.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn addresses_are_files_and_back() {
        for path in ["/home/ida/the tide.play", "/films/Ä#1/小美.fountain", "/a/100%.play"] {
            assert_eq!(to_path(&of_path(Path::new(path))).as_deref(), Some(Path::new(path)));
        }
        assert_eq!(to_path("file:///a%20b/c%ZZ.play"), Some(PathBuf::from("/a b/c%ZZ.play")));
        assert_eq!(to_path("file://localhost/a.play"), Some(PathBuf::from("/a.play")));
        assert_eq!(to_path("FILE:///a.play"), Some(PathBuf::from("/a.play")));
        assert_eq!(to_path("file:/a.play"), Some(PathBuf::from("/a.play")));
        for elsewhere in ["untitled:Untitled-1", "file://server/a.play", "file:a.play", "a.play"] {
            assert_eq!(to_path(elsewhere), None, "{elsewhere}");
        }
    }
}
