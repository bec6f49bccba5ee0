//! XML: text escaped, and elements written one after the other.
//!
//! Knows the syntax; does not know any document.

use std::fmt::Write as _;

/// Escapes a text for XML, without the characters that XML 1.0 cannot express.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A document that is being written, one element to a line.
pub(crate) struct XmlWriter {
    text: String,
    open: Vec<&'static str>,
}

/// The attributes of an element.
pub(crate) type Attributes<'a> = [(&'a str, &'a str)];

impl XmlWriter {
    /// A document that begins with `prologue` after the declaration: a document type, or
    /// nothing.
    pub(crate) fn new(prologue: &str) -> Self {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        if !prologue.is_empty() {
            text.push_str(prologue);
            text.push('\n');
        }
        Self { text, open: Vec::new() }
    }

    fn begin(&mut self, name: &str, attributes: &Attributes<'_>) {
        let indent = self.open.len();
        write!(self.text, "{:indent$}<{name}", "").expect("a String takes everything");
        for (attribute, value) in attributes {
            let value = escape(value);
            write!(self.text, " {attribute}=\"{value}\"").expect("a String takes everything");
        }
    }

    /// Begins an element with content.
    pub(crate) fn open(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.begin(name, attributes);
        self.text.push_str(">\n");
        self.open.push(name);
    }

    /// Ends the element that was begun last.
    pub(crate) fn close(&mut self) {
        let name = self.open.pop().expect("an open element");
        let indent = self.open.len();
        writeln!(self.text, "{:indent$}</{name}>", "").expect("a String takes everything");
    }

    /// An element without content.
    pub(crate) fn empty(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.begin(name, attributes);
        self.text.push_str("/>\n");
    }

    /// An element with a text.
    pub(crate) fn text(&mut self, name: &str, attributes: &Attributes<'_>, text: &str) {
        self.begin(name, attributes);
        let text = escape(text);
        writeln!(self.text, ">{text}</{name}>").expect("a String takes everything");
    }

    /// An element with lines of text and an element between them.
    pub(crate) fn lines<'a>(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        lines: impl Iterator<Item = &'a str>,
        between: &str,
    ) {
        self.begin(name, attributes);
        let text = lines.map(escape).collect::<Vec<_>>().join(between);
        writeln!(self.text, ">{text}</{name}>").expect("a String takes everything");
    }

    /// The document, with every element ended.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_end_and_text_is_escaped() {
        let mut xml = XmlWriter::new("<!DOCTYPE a>");
        xml.open("a", &[("name", "“Mära” & <\"Tusk\">")]);
        xml.text("b", &[], "1 < 2\u{1}");
        xml.open("c", &[]);
        xml.empty("d", &[("x", "1")]);
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE a>\n\
            <a name=\"“Mära” &amp; &lt;&quot;Tusk&quot;&gt;\">\n <b>1 &lt; 2 </b>\n <c>\n  \
            <d x=\"1\"/>\n </c>\n</a>\n";
        assert_eq!(xml.finish(), expected);
    }
}
