//! What to do when the world fails: a disk that is full, a folder that is somebody else's.
//!
//! Knows the kinds of failures of a system; does not know what was tried.

use std::error::Error;
use std::io::{self, ErrorKind};

/// The remedy of an error that the system caused, if there is one.
pub(crate) fn remedy(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(failed) = error.downcast_ref::<io::Error>() {
            return of_kind(failed.kind());
        }
        cause = error.source();
    }
    None
}

/// The remedy of a kind of failure.
pub(crate) fn of_kind(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::PermissionDenied => {
            "it is not yours to change: work in a folder that you may write to"
        }
        ErrorKind::ReadOnlyFilesystem => {
            "nothing can be written there: copy the project to another disk"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full: make room; `photoplay vault clear` removes takes that no film uses"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_deep_down_has_its_remedy() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot write")]
        struct Outer(#[source] io::Error);
        let full = Outer(ErrorKind::StorageFull.into());
        assert!(remedy(&full).is_some_and(|words| words.contains("vault clear")));
        assert_eq!(remedy(&Outer(ErrorKind::Other.into())), None);
    }
}
