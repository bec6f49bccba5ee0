//! The film's captions as files: WebVTT and TTML, beside the `SubRip` file of the cut.
//!
//! Knows captions and frames; does not know pixels.

use std::fmt::Write as _;

use super::timecode;
use crate::cut::captions::{Caption, clock};
use crate::markup::XmlWriter;
use crate::time::Rate;

/// Captions as `WebVTT`.
pub fn vtt(captions: &[Caption], rate: Rate) -> String {
    let mut file = String::from("WEBVTT\n\n");
    for caption in captions {
        let (start, end) = (clock(caption.start, rate, '.'), clock(caption.end, rate, '.'));
        let (open, close) = if caption.italic { ("<i>", "</i>") } else { ("", "") };
        let text = caption.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        // An empty line would end the cue.
        let text = text.replace("\n\n", "\n");
        writeln!(file, "{start} --> {end}\n{open}{text}{close}\n")
            .expect("a String takes everything");
    }
    file
}

/// Captions as TTML, in the text profile of IMSC 1.1 (W3C). Times are frames.
pub fn ttml(captions: &[Caption], rate: Rate, language: &str) -> String {
    let mut xml = XmlWriter::new("");
    let base = timecode::base(rate).to_string();
    let mut attributes = vec![
        ("xmlns", "http://www.w3.org/ns/ttml"),
        ("xmlns:ttp", "http://www.w3.org/ns/ttml#parameter"),
        ("xmlns:tts", "http://www.w3.org/ns/ttml#styling"),
        ("xml:lang", language),
        ("ttp:contentProfiles", "http://www.w3.org/ns/ttml/profile/imsc1.1/text"),
        ("ttp:timeBase", "media"),
        ("ttp:frameRate", &base),
    ];
    if timecode::is_fractional(rate) {
        attributes.push(("ttp:frameRateMultiplier", "1000 1001"));
    }
    xml.open("tt", &attributes);
    xml.open("head", &[]);
    xml.open("styling", &[]);
    xml.empty(
        "style",
        &[
            ("xml:id", "spoken"),
            ("tts:color", "white"),
            ("tts:fontFamily", "proportionalSansSerif"),
            ("tts:fontSize", "100%"),
            ("tts:textAlign", "center"),
        ],
    );
    xml.close();
    xml.open("layout", &[]);
    xml.empty(
        "region",
        &[
            ("xml:id", "foot"),
            ("tts:origin", "10% 70%"),
            ("tts:extent", "80% 24%"),
            ("tts:displayAlign", "after"),
        ],
    );
    xml.close();
    xml.close();
    xml.open("body", &[("style", "spoken")]);
    xml.open("div", &[("region", "foot")]);
    for caption in captions {
        let (begin, end) = (format!("{}f", caption.start), format!("{}f", caption.end));
        let mut attributes = vec![("begin", begin.as_str()), ("end", end.as_str())];
        if caption.italic {
            attributes.push(("tts:fontStyle", "italic"));
        }
        xml.lines("p", &attributes, caption.text.lines(), "<br/>");
    }
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caption() -> Caption {
        let text = "– Still & <here>?\n– No.".to_owned();
        Caption { start: 12, end: 36, text, italic: true }
    }

    #[test]
    fn signs_of_the_format_are_escaped() {
        let expected = "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\n\
            <i>– Still &amp; &lt;here&gt;?\n– No.</i>\n\n";
        assert_eq!(vtt(&[caption()], Rate::FILM), expected);
        let ntsc = Rate { numerator: 24_000, denominator: 1001 };
        let text = ttml(&[caption()], ntsc, "en");
        assert!(text.contains("ttp:frameRate=\"24\" ttp:frameRateMultiplier=\"1000 1001\""));
        let line = "<p begin=\"12f\" end=\"36f\" tts:fontStyle=\"italic\">\
            – Still &amp; &lt;here&gt;?<br/>– No.</p>";
        assert!(text.contains(line), "{text}");
    }
}
