//! A script as a Final Draft document (FDX), every element as Final Draft has it.
//!
//! Script notes hold everything that Final Draft has no place for: directives and remarks
//! are notes of the paragraph after them, the technique of a shot line is the note
//! [`TECHNIQUE`] of its paragraph. There is no published format: these are the elements
//! that documents of Final Draft 8 to 13 have.

use std::fmt::Write as _;

use crate::markup::escape;
use crate::script::tree::{
    Element, ElementKind, Note, Piece, SpeechElement, SpeechLine, Style, Text, Tree,
};
use crate::source::{Source, Span};

/// The name of the note that holds the technique of a shot.
pub const TECHNIQUE: &str = "Technique";

/// The name of the note that holds the key of a line of the title page.
pub const TITLE_KEY: &str = "Title key";

/// The whole document.
pub fn fdx(source: &Source, tree: &Tree) -> String {
    let mut document = Document { source, text: String::new(), notes: Vec::new(), new_page: false };
    document.text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
         <FinalDraft DocumentType=\"Script\" Template=\"No\" Version=\"5\">\n<Content>\n",
    );
    let mut elements = tree.elements.iter().peekable();
    while let Some(element) = elements.next() {
        let next = elements.peek().map(|next| &next.kind);
        match (&element.kind, next) {
            // Two speeches at once are one paragraph.
            (ElementKind::Speech(left), Some(ElementKind::Speech(right))) if right.dual => {
                document.open("Paragraph", &[]);
                document.text.push_str("<DualDialogue>\n");
                document.speech(left);
                document.speech(right);
                document.text.push_str("</DualDialogue>\n</Paragraph>\n");
                elements.next();
            }
            (ElementKind::Heading { .. }, Some(ElementKind::Synopsis { text })) => {
                document.heading(element, Some(&text.value));
                elements.next();
            }
            _ => document.element(element),
        }
    }
    document.last_notes();
    document.text.push_str("</Content>\n");
    document.title_page(tree);
    document.text.push_str("</FinalDraft>\n");
    document.text
}

struct Document<'a> {
    source: &'a Source,
    text: String,
    /// Notes that wait for the next paragraph.
    notes: Vec<String>,
    new_page: bool,
}

impl Document<'_> {
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        write!(self.text, "<{name}").expect("a String takes everything");
        for (attribute, value) in attributes {
            write!(self.text, " {attribute}=\"{}\"", escape(value))
                .expect("a String takes everything");
        }
        self.text.push_str(">\n");
    }

    /// A paragraph of plain words.
    fn plain(&mut self, kind: &str, attributes: &[(&str, &str)], words: &str) {
        self.begin(kind, attributes);
        self.run(words, Style::default());
        self.text.push_str("</Paragraph>\n");
    }

    /// Begins a paragraph, with the notes that wait for one.
    fn begin(&mut self, kind: &str, attributes: &[(&str, &str)]) {
        let mut all = vec![("Type", kind)];
        all.extend_from_slice(attributes);
        // An outline is not printed.
        if !kind.starts_with("Outline") && std::mem::take(&mut self.new_page) {
            all.push(("StartsNewPage", "Yes"));
        }
        self.open("Paragraph", &all);
        for note in std::mem::take(&mut self.notes) {
            self.note("", &note);
        }
    }

    fn note(&mut self, name: &str, words: &str) {
        let named: &[(&str, &str)] = if name.is_empty() { &[] } else { &[("Name", name)] };
        self.open("ScriptNote", named);
        self.text.push_str("<Paragraph>");
        self.run(words, Style::default());
        self.text.push_str("</Paragraph>\n</ScriptNote>\n");
    }

    fn run(&mut self, words: &str, style: Style) {
        let styles =
            [(style.bold, "Bold"), (style.italic, "Italic"), (style.underline, "Underline")];
        let styles: Vec<&str> =
            styles.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
        // An empty attribute would take the style of the element away.
        let style = if styles.is_empty() {
            String::new()
        } else {
            format!(" Style=\"{}\"", styles.join("+"))
        };
        let words = words.split('\n').map(escape).collect::<Vec<_>>().join("\n");
        write!(self.text, "<Text{style}>{words}</Text>").expect("a String takes everything");
    }

    /// A paragraph of words with their styles; its notes become notes of the paragraph.
    fn styled(&mut self, kind: &str, attributes: &[(&str, &str)], text: &Text) {
        for piece in &text.pieces {
            if let Piece::Note(note) = piece {
                self.notes.push(self.words_of(note));
            }
        }
        self.begin(kind, attributes);
        let mut broken = false;
        for piece in &text.pieces {
            match piece {
                Piece::Words { text, style, .. } => {
                    let words = if broken { format!("\n{text}") } else { text.clone() };
                    broken = false;
                    self.run(&words, *style);
                }
                Piece::LineBreak if broken => self.run("\n", Style::default()),
                Piece::LineBreak => broken = true,
                Piece::Note(_) => {}
            }
        }
        self.text.push_str("</Paragraph>\n");
    }

    fn words_of(&self, note: &Note) -> String {
        match note {
            Note::Remark(remark) => remark.value.clone(),
            Note::CutBack(span) => self.inside(*span),
            Note::Cut(shot) => self.inside(shot.span),
        }
    }

    /// The text of a note without its brackets.
    fn inside(&self, span: Span) -> String {
        let text = self.source.slice(span).trim();
        let text = text.strip_prefix("[[").unwrap_or(text);
        let text = text.strip_suffix("]]").unwrap_or(text).trim();
        text.to_owned()
    }

    fn element(&mut self, element: &Element) {
        match &element.kind {
            ElementKind::Heading { .. } => self.heading(element, None),
            ElementKind::Action { text, .. } => self.styled("Action", &[], text),
            ElementKind::Centered { text } => {
                self.styled("Action", &[("Alignment", "Center")], text);
            }
            ElementKind::Speech(speech) => self.speech(speech),
            ElementKind::Lyrics { text } => self.styled("Lyrics", &[], text),
            ElementKind::Transition { text, tail, .. } => {
                let technique = self.tail(element.span, !tail.is_empty());
                self.begin("Transition", &[]);
                if let Some(technique) = technique {
                    self.note(TECHNIQUE, &technique);
                }
                self.run(&text.value, Style::default());
                self.text.push_str("</Paragraph>\n");
            }
            ElementKind::Section { level, text } => {
                self.plain(&format!("Outline {level}"), &[], &text.value);
            }
            ElementKind::Synopsis { text } => self.plain("Outline Body", &[], &text.value),
            ElementKind::PageBreak => self.new_page = true,
            ElementKind::Note(note) => self.notes.push(self.words_of(note)),
            ElementKind::Directive(directive) => self.notes.push(self.inside(directive.span)),
            ElementKind::Shot(_) => {
                let line = self.source.slice(element.span);
                let line = line.trim_start_matches('!').trim();
                let (head, technique) = match line.split_once("[[") {
                    Some((head, rest)) => (head.trim(), rest.trim_end().strip_suffix("]]")),
                    None => (line, None),
                };
                self.begin("Shot", &[]);
                if let Some(technique) = technique {
                    self.note(TECHNIQUE, technique.trim());
                }
                self.run(head, Style::default());
                self.text.push_str("</Paragraph>\n");
            }
        }
    }

    /// The note at the end of an element.
    fn tail(&self, span: Span, there: bool) -> Option<String> {
        let (_, rest) = self.source.slice(span).split_once("[[")?;
        let words = rest.trim_end().strip_suffix("]]")?.trim();
        there.then(|| words.to_owned())
    }

    fn heading(&mut self, element: &Element, summary: Option<&str>) {
        let ElementKind::Heading { text, number, .. } = &element.kind else { return };
        let number = number.as_ref().map(|number| ("Number", number.value.as_str()));
        self.begin("Scene Heading", number.as_slice());
        if let Some(summary) = summary {
            self.text.push_str("<SceneProperties>\n<Summary>\n<Paragraph>");
            self.run(summary, Style::default());
            self.text.push_str("</Paragraph>\n</Summary>\n</SceneProperties>\n");
        }
        self.run(&text.value, Style::default());
        self.text.push_str("</Paragraph>\n");
    }

    fn speech(&mut self, speech: &SpeechElement) {
        let mut cue = speech.name.value.clone();
        for extension in &speech.extensions {
            write!(cue, " ({})", extension.value).expect("a String takes everything");
        }
        self.plain("Character", &[], &cue);
        for line in &speech.lines {
            match line {
                SpeechLine::Parenthetical(words) => {
                    self.plain("Parenthetical", &[], &format!("({})", words.value));
                }
                SpeechLine::Words(text) => self.styled("Dialogue", &[], text),
                SpeechLine::Lyrics(text) => self.styled("Singing", &[], text),
            }
        }
    }

    /// Notes after the last paragraph get a paragraph of their own.
    fn last_notes(&mut self) {
        if !self.notes.is_empty() {
            self.plain("General", &[], "");
        }
    }

    fn title_page(&mut self, tree: &Tree) {
        if tree.title_page.is_empty() {
            return;
        }
        self.text.push_str("<TitlePage>\n<Content>\n");
        for entry in &tree.title_page {
            for value in &entry.values {
                self.open("Paragraph", &[("Type", "General"), ("Alignment", "Center")]);
                self.note(TITLE_KEY, &entry.key.value);
                self.run(&value.value, Style::default());
                self.text.push_str("</Paragraph>\n");
            }
        }
        self.text.push_str("</Content>\n</TitlePage>\n");
    }
}
