//! Values of the command line that are read from a word: a film's path, a size.

use std::path::PathBuf;

use crate::breakdown::control::TakeControl;
use crate::breakdown::language::film_settings::FilmSetting;

/// A film's path. It must end in `.mp4`, so that no film overwrites a script,
/// a portrait or a device.
pub(super) fn film(written: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(written);
    match path.extension() {
        Some(end) if end.eq_ignore_ascii_case("mp4") => Ok(path),
        _ => {
            let named = path.file_stem().map(|_| path.with_extension("mp4"));
            let example = named.unwrap_or_else(|| path.join("film.mp4"));
            Err(format!("a film is an MP4: name it `{}`", example.display()))
        }
    }
}

/// What controls takes, as in `[[film: control depth 0.7]]`.
pub(super) fn control(written: &str) -> Result<TakeControl, String> {
    TakeControl::of(written).ok_or_else(|| {
        format!("write {}, not `{written}`", FilmSetting::Control.entry().expected())
    })
}

/// The bytes of a size like `8G`.
pub(super) fn size(written: &str) -> Result<u64, String> {
    let wrong = || format!("write a size like `8G`, `7.5G` or `512M`, not `{written}`");
    let upper = written.to_ascii_uppercase();
    let bare = upper.strip_suffix("IB").or_else(|| upper.strip_suffix('B')).unwrap_or(&upper);
    let (number, unit) = match bare.strip_suffix('G') {
        Some(number) => (number, 1u64 << 30),
        None => (bare.strip_suffix('M').ok_or_else(wrong)?, 1 << 20),
    };
    let decimal = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number = number.parse::<f64>().ok().filter(|number| decimal && *number > 0.0);
    Ok((number.ok_or_else(wrong)? * unit as f64) as u64)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_film_takes_no_other_file_s_name() {
        for written in ["a.mp4", "b/A.MP4", "мой фильм.mp4"] {
            assert!(super::film(written).is_ok(), "{written}");
        }
        for written in ["s.play", "photoplay.lock", "cast/mara.png", "/dev/null", "s.srt", "."] {
            let error = super::film(written).expect_err(written);
            assert!(error.starts_with("a film is an MP4"), "{error}");
            assert!(error.ends_with(".mp4`"), "{error}");
        }
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let read = |written| super::size(written).ok();
        for written in ["8G", "8g", "8GB", "8GiB", "8192M", "8.0G"] {
            assert_eq!(read(written), Some(8 << 30), "{written}");
        }
        assert_eq!(read("7.5G"), Some(15 << 29));
        for written in ["", "8", "G", "0G", "-1G", "8K", "8T", "infG", "1e3G", "8 Gi", "1.2.3G"] {
            assert_eq!(read(written), None, "{written}");
        }
    }
}
