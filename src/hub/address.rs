//! Names of repositories, addresses and entity tags, as texts.

/// `owner/model`.
pub(super) fn is_repository(name: &str) -> bool {
    let good = |part: &str| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(letters)
    };
    name.split_once('/').is_some_and(|(owner, model)| good(owner) && good(model))
}

/// A path as addresses have it.
pub(super) fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// `https://host:port` of an address.
pub(super) fn origin_of(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    Some(&url[..url[host..].find(['/', '?', '#']).map_or(url.len(), |end| host + end)])
}

/// Where a redirection leads; never from a safe connection to an open one.
pub(super) fn absolute(from: &str, to: &str) -> Option<String> {
    if to.starts_with("https://") || (to.starts_with("http://") && from.starts_with("http://")) {
        return Some(to.to_owned());
    }
    to.starts_with('/').then(|| origin_of(from).map(|origin| format!("{origin}{to}")))?
}

/// An entity tag that is a SHA-256; small files have others.
pub(super) fn sha256_of(tag: &str) -> Option<String> {
    let digits = tag.trim_start_matches("W/").trim_matches('"');
    let is_digest = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| digits.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirections_never_leave_a_safe_connection() {
        let absolute = |to| absolute("https://a.example/x/y", to);
        assert_eq!(absolute("https://b.example/z").as_deref(), Some("https://b.example/z"));
        assert_eq!(absolute("/z?q").as_deref(), Some("https://a.example/z?q"));
        assert_eq!(absolute("http://b.example/z"), None);
        assert_eq!(absolute("file:///etc/passwd"), None);
        assert_eq!(origin_of("https://a.example:8?x"), Some("https://a.example:8"));
    }

    #[test]
    fn repositories_have_an_owner_and_a_model() {
        for name in ["Wan-AI/Wan2.1-VACE-1.3B-diffusers", "a/b"] {
            assert!(is_repository(name), "{name}");
        }
        for name in ["", "a", "a/", "/b", "a/b/c", "../b", "a/..", "a b/c", "a/b?c"] {
            assert!(!is_repository(name), "{name}");
        }
    }
}
