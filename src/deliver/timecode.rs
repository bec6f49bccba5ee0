//! SMPTE timecode: the number of a frame as hours, minutes, seconds and frames.
//!
//! Knows numbers only. All timecode is non-drop: it counts frames and skips none, so at
//! 29.97 frames a second its hour lasts 3.6 seconds longer than an hour.

use crate::time::Rate;

/// Frames in a second of timecode: the rate, rounded to a whole number.
pub(crate) fn base(rate: Rate) -> u32 {
    let (frames, seconds) = (u64::from(rate.numerator), u64::from(rate.denominator.max(1)));
    (((2 * frames + seconds) / (2 * seconds)) as u32).max(1)
}

/// Whether timecode runs slower than the clock, as at 29.97 frames a second.
pub(super) fn is_fractional(rate: Rate) -> bool {
    !rate.numerator.is_multiple_of(rate.denominator.max(1))
}

/// The timecode of a frame, `01:00:05:12`. After 24 hours it begins again.
pub(crate) fn timecode(frame: u32, rate: Rate) -> String {
    let base = base(rate);
    let (seconds, frames) = (frame / base, frame % base);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60 % 24, minutes % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}:{frames:02}")
}

/// The frame at which the first hour is over, where films begin.
pub(crate) fn first_hour(rate: Rate) -> u32 {
    3600 * base(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timecode_counts_frames() {
        let ntsc = Rate { numerator: 24_000, denominator: 1001 };
        let video = Rate { numerator: 30_000, denominator: 1001 };
        for (frame, rate, expected) in [
            (0, Rate::FILM, "00:00:00:00"),
            (86_400 + 25, Rate::FILM, "01:00:01:01"),
            (86_400 + 25, ntsc, "01:00:01:01"),
            (1_800, video, "00:01:00:00"),
            (24 * 86_400 + 1, Rate::FILM, "00:00:00:01"),
        ] {
            assert_eq!(timecode(frame, rate), expected);
        }
        assert_eq!((base(ntsc), base(video), first_hour(video)), (24, 30, 108_000));
    }
}
