//! Dialogue as captions: short enough to read, one at a time.
//!
//! Knows lines and frames; does not know pixels.

use std::fmt::Write as _;

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;

use crate::breakdown::shot::CaptionLine;
use crate::time::Rate;

/// Most letters in a line of a caption. Viewers read two such lines at a glance.
const LETTERS: usize = 42;
const LINES: usize = 2;

/// Words to show while somebody speaks them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caption {
    /// First frame of the film.
    pub start: u32,
    /// One past the last frame.
    pub end: u32,
    /// Its lines.
    pub text: String,
    /// Spoken off screen, or sung.
    pub italic: bool,
}

/// The captions of a film in order. Splits long speeches, and joins simultaneous
/// ones: no two captions overlap.
pub fn captions(lines: &[CaptionLine]) -> Vec<Caption> {
    let mut parts: Vec<Caption> = lines.iter().flat_map(split).collect();
    parts.sort_by_key(|caption| caption.start);
    let mut edges: Vec<u32> = parts.iter().flat_map(|part| [part.start, part.end]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut captions: Vec<Caption> = Vec::new();
    let mut first = 0;
    for edge in edges.windows(2) {
        let (start, end) = (edge[0], edge[1]);
        while parts.get(first).is_some_and(|part| part.end <= start) {
            first += 1;
        }
        let spoken: Vec<&Caption> = parts[first..]
            .iter()
            .take_while(|part| part.start < end)
            .filter(|part| part.end > start)
            .collect();
        let text = match spoken.as_slice() {
            [] => continue,
            [one] => one.text.clone(),
            several => {
                let lines: Vec<String> = several
                    .iter()
                    .map(|part| format!("– {}", part.text.replace('\n', " ")))
                    .collect();
                lines.join("\n")
            }
        };
        let italic = spoken.iter().all(|part| part.italic);
        match captions.last_mut() {
            Some(last) if last.end == start && last.text == text && last.italic == italic => {
                last.end = end;
            }
            _ => captions.push(Caption { start, end, text, italic }),
        }
    }
    captions
}

/// Splits a speech into captions of at most two lines; each gets time by its
/// letters.
fn split(line: &CaptionLine) -> Vec<Caption> {
    let pages = pages(&line.text);
    let letters: Vec<u64> = pages.iter().map(|page| page.graphemes(true).count() as u64).collect();
    let total: u64 = letters.iter().sum::<u64>().max(1);
    let frames = u64::from(line.end.saturating_sub(line.start));
    let mut passed = 0;
    let mut captions = Vec::new();
    for (page, letters) in pages.into_iter().zip(letters) {
        let start = line.start + (frames * passed / total) as u32;
        passed += letters;
        let end = line.start + (frames * passed / total) as u32;
        if start < end {
            let italic = line.off_screen || line.lyrics;
            captions.push(Caption { start, end, text: page, italic });
        }
    }
    captions
}

/// Splits a text into pages of at most two balanced lines, after sentences and
/// clauses where possible.
fn pages(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_word_bounds().collect();
    // Unbreakable pieces: a word with everything up to the next gap.
    let mut pieces: Vec<String> = Vec::new();
    for word in words {
        let blank = word.chars().all(char::is_whitespace);
        // In scripts without gaps, every word may begin a line.
        let gapless = word.chars().next().is_some_and(|letter| letter >= '\u{2E80}')
            && word.chars().any(char::is_alphanumeric);
        match pieces.last_mut() {
            Some(last) if blank => {
                if !last.ends_with(' ') {
                    last.push(' ');
                }
            }
            Some(last) if !gapless && !last.ends_with(' ') => last.push_str(word),
            _ if blank => {}
            _ => pieces.push(word.to_owned()),
        }
    }
    let length = |text: &str| text.graphemes(true).count();
    let most = LETTERS * LINES - LETTERS / 8;
    let total: usize = pieces.iter().map(|piece| length(piece)).sum();
    let wanted = total.div_ceil(total.div_ceil(most).max(1));
    let mut pages: Vec<String> = Vec::new();
    let mut page = String::new();
    for piece in pieces {
        let now = length(&page);
        let full = now + length(piece.trim_end()) > most;
        let sentence = page.trim_end().ends_with(['.', '!', '?', '…', '。', '！', '？']);
        let clause = page.trim_end().ends_with([',', ';', ':', '–', '—', '、', '，']);
        let good = sentence && 3 * now >= 2 * wanted || clause && 6 * now >= 5 * wanted;
        if now > 0 && (full || total > most && good) {
            pages.push(std::mem::take(&mut page));
        }
        page.push_str(&piece);
    }
    pages.push(page);
    pages.iter().map(|page| balance(page.trim_end())).filter(|page| !page.is_empty()).collect()
}

/// Splits a page that is too long for one line into two of nearly equal length.
fn balance(page: &str) -> String {
    let length = |text: &str| text.graphemes(true).count();
    if length(page) <= LETTERS {
        return page.to_owned();
    }
    let middle = page
        .unicode_word_indices()
        .map(|(at, _)| at)
        .filter(|at| {
            let before = page[..*at].chars().next_back();
            before.is_some_and(|letter| letter.is_whitespace() || letter >= '\u{2E80}')
        })
        .min_by_key(|at| length(&page[..*at]).abs_diff(length(&page[*at..])));
    match middle {
        Some(at) => format!("{}\n{}", page[..at].trim_end(), &page[at..]),
        None => page.to_owned(),
    }
}

/// Captions as a `SubRip` file.
pub fn srt(captions: &[Caption], rate: Rate) -> String {
    let mut file = String::new();
    for (number, caption) in captions.iter().enumerate() {
        let (start, end) = (clock(caption.start, rate, ','), clock(caption.end, rate, ','));
        let (open, close) = if caption.italic { ("<i>", "</i>") } else { ("", "") };
        // An empty line would end the subtitle.
        let text = caption.text.replace("\n\n", "\n");
        writeln!(file, "{}\n{start} --> {end}\n{open}{text}{close}\n", number + 1)
            .expect("a String takes everything");
    }
    file
}

/// The time of a frame in milliseconds, which follow the sign `point`.
pub(crate) fn clock(frame: u32, rate: Rate, point: char) -> String {
    let millis = (rate.duration(frame).as_micros() + 500) / 1000;
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!("{:02}:{:02}:{seconds:02}{point}{millis:03}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn line(start: u32, end: u32, text: &str) -> CaptionLine {
        CaptionLine {
            speaker: "IDA".into(),
            subjects: [].into(),
            text: text.into(),
            start,
            end,
            off_screen: false,
            lyrics: false,
            span: Span::default(),
        }
    }

    #[test]
    fn captions_are_short_and_lose_nothing() {
        let long = "You still work. After all this rain, after all these years in the mud \
            behind the fence, you still work, and nobody ever came to look for you! Did they? \
            I would have come, had I known; I would have come on foot.";
        let japanese = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\
            何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。吾輩はここで始めて\
            人間というものを見た。";
        for text in [long, japanese, "Yes.", &"Rhabarberbarbara".repeat(20), "a  b\tc"] {
            let captions = captions(&[line(10, 250, text)]);
            assert_eq!(captions[0].start, 10);
            assert_eq!(captions.last().expect("some").end, 250);
            let mut at = 10;
            for caption in &captions {
                assert_eq!(caption.start, at);
                at = caption.end;
                assert!(caption.text.lines().count() <= LINES);
                let one_word = !text.contains([' ', '。']);
                let widest = caption.text.lines().map(|line| line.graphemes(true).count()).max();
                assert!(one_word || widest <= Some(LETTERS + 8), "{}", caption.text);
            }
            let words = |text: &str| text.split_whitespace().collect::<String>();
            let shown: Vec<&str> = captions.iter().map(|caption| &*caption.text).collect();
            assert_eq!(words(&shown.join(" ")), words(text));
        }
    }

    #[test]
    fn what_is_said_together_is_one_caption() {
        let captions = captions(&[line(0, 48, "Yes."), line(24, 72, "No.")]);
        let shown: Vec<_> =
            captions.iter().map(|caption| (caption.start, caption.end, &*caption.text)).collect();
        assert_eq!(shown, [(0, 24, "Yes."), (24, 48, "– Yes.\n– No."), (48, 72, "No.")]);
    }

    #[test]
    fn subrip_times_are_exact() {
        let ntsc = Rate { numerator: 24_000, denominator: 1001 };
        assert_eq!(clock(24, Rate::FILM, ','), "00:00:01,000");
        assert_eq!(clock(1, Rate::FILM, ','), "00:00:00,042");
        assert_eq!(clock(24 * 3600, ntsc, ','), "01:00:03,600");
        let mut caption = captions(&[line(12, 36, "Still here?")]);
        caption[0].italic = true;
        let expected = "1\n00:00:00,500 --> 00:00:01,500\n<i>Still here?</i>\n\n";
        assert_eq!(srt(&caption, Rate::FILM), expected);
    }
}
