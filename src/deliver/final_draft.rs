//! Final Draft documents (FDX) as Fountain, with Photoplay's additions where a paragraph is
//! one.
//!
//! There is no published format, and versions and programs differ: only `Content` has to be
//! there. Lists everything that has no place in a script, and drops nothing in silence.
//! Never trusts the case of letters: Final Draft stores what somebody typed and shows
//! capitals.

use std::collections::BTreeMap;

use super::fdx::{TECHNIQUE, TITLE_KEY};
use super::xml_tree::{XmlElement, XmlError, read};
use crate::script::parse;
use crate::script::tree::{ElementKind, Tree};
use crate::source::Sources;

/// The largest document that Photoplay reads, in bytes.
pub(crate) const LARGEST: u64 = 16 << 20;

/// A script that was read from a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ImportedScript {
    /// Its text, as Photoplay reads it.
    pub text: String,
    /// What had no place in it, for people.
    pub left_out: Vec<String>,
}

/// Why a document is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ImportError {
    /// It is no XML, or XML that Photoplay does not read.
    #[error("it is no XML that Photoplay reads: {0}")]
    Xml(#[from] XmlError),
    /// It is another document.
    #[error("it is no Final Draft script: its first element is `{0}`")]
    Other(String),
    /// It has no script in it.
    #[error("it is a Final Draft document without `Content`")]
    Empty,
}

/// Parts of a document that say how its pages look, which a script does not hold.
const LAYOUT: [&str; 15] = [
    "ElementSettings",
    "HeaderAndFooter",
    "PageLayout",
    "WindowState",
    "TextState",
    "SpellCheckIgnoreLists",
    "SmartType",
    "MoresAndContinueds",
    "LockedPages",
    "SplitState",
    "UserSettings",
    "TemplateDescription",
    "SceneNumberOptions",
    "CastList",
    "Macros",
];

/// The types of the paragraphs of a speech, below its cue.
const SPOKEN: [&str; 3] = ["Parenthetical", "Dialogue", "Singing"];

/// Reads a document.
pub(crate) fn fountain_of(text: &str) -> Result<ImportedScript, ImportError> {
    let root = read(text)?;
    if root.name != "FinalDraft" {
        return Err(ImportError::Other(root.name));
    }
    let content = root.child("Content").ok_or(ImportError::Empty)?;
    let mut script = Script::default();
    script.title_page(&root);
    for element in content.elements() {
        script.element(element);
    }
    for part in root.elements() {
        let known = ["Content", "TitlePage"].contains(&part.name.as_str());
        if !known && !LAYOUT.contains(&part.name.as_str()) && part.elements().next().is_some() {
            script.leave_out(format!("`{}`", part.name));
        }
    }
    Ok(script.finish())
}

#[derive(Default)]
struct Script {
    blocks: Vec<String>,
    title: String,
    left_out: BTreeMap<String, usize>,
    /// A cue was the last paragraph, or a line of its speech.
    speaking: bool,
    /// The next cue speaks together with the last one.
    dual: bool,
}

/// A run of a paragraph.
struct Run {
    text: String,
    bold: bool,
    italic: bool,
    underline: bool,
}

impl Script {
    fn finish(self) -> ImportedScript {
        let mut text = self.title;
        // Without a title page the first line could be taken for one.
        text.push('\n');
        text.push_str(&self.blocks.join("\n\n"));
        text.push('\n');
        let left_out = self
            .left_out
            .into_iter()
            .map(|(what, times)| if times == 1 { what } else { format!("{what} ({times} times)") });
        ImportedScript { text, left_out: left_out.collect() }
    }

    fn leave_out(&mut self, what: impl Into<String>) {
        *self.left_out.entry(what.into()).or_default() += 1;
    }

    fn block(&mut self, text: String) {
        self.speaking = false;
        self.blocks.push(text);
    }

    fn element(&mut self, element: &XmlElement) {
        match element.name.as_str() {
            "Paragraph" => {
                if let Some(dual) = element.child("DualDialogue") {
                    self.dual_dialogue(dual);
                }
                self.paragraph(element);
            }
            "DualDialogue" => self.dual_dialogue(element),
            name => self.leave_out(format!("`{name}` between paragraphs")),
        }
    }

    fn dual_dialogue(&mut self, element: &XmlElement) {
        self.speaking = false;
        let mut cues = 0;
        for paragraph in element.elements().filter(|element| element.name == "Paragraph") {
            if paragraph.attribute("Type") == Some("Character") {
                cues += 1;
                self.dual = cues > 1;
            }
            self.paragraph(paragraph);
        }
        (self.dual, self.speaking) = (false, false);
    }

    fn paragraph(&mut self, paragraph: &XmlElement) {
        let runs = self.runs(paragraph);
        let words: String = runs.iter().map(|run| run.text.as_str()).collect();
        let technique = self.notes(paragraph);
        self.properties(paragraph);
        if words.trim().is_empty() {
            return;
        }
        if paragraph.attribute("StartsNewPage") == Some("Yes") {
            self.block("===".to_owned());
        }
        let kind = paragraph.attribute("Type").unwrap_or("Action");
        let line = on_a_line(&words);
        match kind {
            "Scene Heading" => {
                let number = paragraph.attribute("Number").map(|number| number.replace('#', ""));
                let number = number.filter(|number| !number.trim().is_empty());
                let number = number.map_or(String::new(), |number| format!(" #{}#", number.trim()));
                let heading = unmarked(&line).to_uppercase();
                self.block(format!("{}{number}", as_heading(&heading)));
                if let Some(summary) = summary(paragraph) {
                    self.block(format!("= {summary}"));
                }
            }
            "Character" => self.cue(&unmarked(&line).to_uppercase()),
            _ if self.speaking && SPOKEN.contains(&kind) => {
                let words = match kind {
                    "Parenthetical" => format!("({})", unbracketed(&line)),
                    "Singing" => prefixed(&marked(&runs), "~"),
                    _ => marked(&runs).lines().map(spoken).collect::<Vec<_>>().join("\n"),
                };
                if let Some(last) = self.blocks.last_mut() {
                    last.push('\n');
                    last.push_str(&words);
                }
            }
            "Transition" => {
                let words = unmarked(&line).to_uppercase();
                self.block(match technique {
                    Some(technique) => format!("> {words} [[{technique}]]"),
                    None => as_transition(&words),
                });
            }
            "Shot" => {
                let technique = technique.map_or(String::new(), |words| format!(" [[{words}]]"));
                self.block(format!("!! {}{technique}", unmarked(&line)));
            }
            "Lyrics" | "Singing" => self.block(prefixed(&marked(&runs), "~")),
            "New Act" => self.block(format!("# {}", unmarked(&line))),
            "End of Act" => self.block(format!("> {} <", unmarked(&line))),
            "Outline Body" => self.block(format!("= {}", unmarked(&line))),
            _ if kind.starts_with("Outline ") => {
                let level = kind.trim_start_matches("Outline ").parse::<usize>().unwrap_or(1);
                self.block(format!("{} {}", "#".repeat(level.clamp(1, 6)), unmarked(&line)));
            }
            _ => {
                if !["Action", "General", ""].contains(&kind) {
                    self.leave_out(format!("the type `{kind}`: its paragraphs are action"));
                }
                let text = marked(&runs);
                match paragraph.attribute("Alignment") {
                    Some("Center") => {
                        let lines = text.lines().filter(|line| !line.trim().is_empty());
                        let lines = lines.map(|line| format!("> {} <", line.trim()));
                        self.block(lines.collect::<Vec<_>>().join("\n"));
                    }
                    _ => {
                        // An empty line ends a paragraph here, too.
                        for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
                            self.block(as_action(part.trim_matches('\n')));
                        }
                    }
                }
            }
        }
    }

    fn cue(&mut self, name: &str) {
        let dual = if std::mem::take(&mut self.dual) { " ^" } else { "" };
        let plain = format!("{name}{dual}");
        let is_cue = |tree: &Tree| {
            matches!(tree.elements.as_slice(),
                [element] if matches!(element.kind, ElementKind::Speech(_)))
        };
        let reads = is_cue(&tree_of(&format!("{plain}\nwords")));
        self.block(if reads { plain } else { format!("@{plain}") });
        self.speaking = true;
    }

    /// The notes of a paragraph, each a line of its own before it; returns the technique of
    /// a shot.
    fn notes(&mut self, paragraph: &XmlElement) -> Option<String> {
        let mut technique = None;
        let kind = paragraph.attribute("Type").unwrap_or_default();
        let is_spoken = self.speaking && SPOKEN.contains(&kind);
        let notes = paragraph.elements().filter(|element| element.name == "ScriptNote");
        for note in notes {
            let paragraphs = note.elements().filter(|element| element.name == "Paragraph");
            let words: Vec<String> =
                paragraphs.map(|paragraph| on_a_line(&texts(paragraph))).collect();
            let words = words.join(" ").replace("[[", "[ [").replace("]]", "] ]");
            if words.trim().is_empty() {
                continue;
            }
            match note.attribute("Name") {
                Some(TECHNIQUE) => technique = Some(words),
                _ if is_spoken => {
                    // Inside a speech a note is part of it.
                    if let Some(last) = self.blocks.last_mut() {
                        last.push_str(&format!(" [[{}]]", words.trim()));
                    }
                }
                _ => self.block(format!("[[{}]]", words.trim())),
            }
        }
        technique
    }

    /// The other contents of a paragraph.
    fn properties(&mut self, paragraph: &XmlElement) {
        for element in paragraph.elements() {
            let known = ["Text", "ScriptNote", "DualDialogue", "SceneProperties", "Paragraph"];
            if !known.contains(&element.name.as_str()) {
                self.leave_out(format!("`{}` of a paragraph", element.name));
            }
            if element.name == "SceneProperties" && element.attribute("Color").is_some() {
                self.leave_out("the colour of a scene");
            }
        }
    }

    fn runs(&mut self, paragraph: &XmlElement) -> Vec<Run> {
        let mut runs = Vec::new();
        for text in paragraph.elements().filter(|element| element.name == "Text") {
            let style = text.attribute("Style").unwrap_or("");
            let has = |name: &str| style.split('+').any(|style| style == name);
            if has("Strikeout") {
                self.leave_out("text that is struck out: it is script");
            }
            if text.attribute("RevisionID").is_some_and(|revision| revision != "0") {
                self.leave_out("the mark of a revision");
            }
            let mut words = text.text().replace(['\u{2028}', '\u{2029}', '\r'], "\n");
            words.retain(|letter| letter == '\n' || letter == '\t' || !letter.is_control());
            runs.push(Run {
                text: if has("AllCaps") { words.to_uppercase() } else { words },
                bold: has("Bold"),
                italic: has("Italic"),
                underline: has("Underline"),
            });
        }
        runs
    }

    /// The title page: lines with a key that Photoplay wrote, or the title and what follows.
    fn title_page(&mut self, root: &XmlElement) {
        let content = root.child("TitlePage").and_then(|page| page.child("Content"));
        let Some(content) = content else { return };
        let mut last = String::new();
        let mut keyless = Vec::new();
        for paragraph in content.elements() {
            let words = on_a_line(&texts(paragraph));
            let words = words.trim();
            if words.is_empty() {
                continue;
            }
            let note = paragraph.child("ScriptNote");
            let note = note.filter(|note| note.attribute("Name") == Some(TITLE_KEY));
            let key = note.and_then(|note| note.child("Paragraph")).map(texts);
            match key.map(|key| on_a_line(&key).replace(':', "")) {
                Some(key) if key == last => self.title.push_str(&format!("    {words}\n")),
                Some(key) => {
                    self.title.push_str(&format!("{key}: {words}\n"));
                    last = key;
                }
                None => keyless.push(words.to_owned()),
            }
        }
        if let Some((title, rest)) = keyless.split_first() {
            self.title.push_str(&format!("Title: {title}\n"));
            if !rest.is_empty() {
                self.title.push_str("Notes:\n");
                for line in rest {
                    self.title.push_str(&format!("    {line}\n"));
                }
            }
        }
    }
}

fn texts(paragraph: &XmlElement) -> String {
    let texts = paragraph.elements().filter(|element| element.name == "Text");
    texts.map(XmlElement::text).collect()
}

fn on_a_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn summary(paragraph: &XmlElement) -> Option<String> {
    let summary = paragraph.child("SceneProperties")?.child("Summary")?;
    let words: Vec<String> = summary
        .elements()
        .filter(|element| element.name == "Paragraph")
        .map(|paragraph| on_a_line(&texts(paragraph)))
        .filter(|words| !words.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn unbracketed(words: &str) -> &str {
    let words = words.trim();
    words.strip_prefix('(').and_then(|words| words.strip_suffix(')')).unwrap_or(words).trim()
}

/// A line of a speech; an empty one is written with blanks, since it would end the speech.
fn spoken(line: &str) -> String {
    if line.trim().is_empty() { "  ".to_owned() } else { line.trim().to_owned() }
}

fn prefixed(text: &str, mark: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| format!("{mark}{}", line.trim())).collect::<Vec<_>>().join("\n")
}

/// Words in which no sign is a mark of Fountain.
fn unmarked(words: &str) -> String {
    let words = words.replace("[[", "[ [").replace("]]", "] ]");
    words.replace("/*", "/ *").replace("*/", "* /").replace('*', "\\*").replace('_', "\\_")
}

/// The runs with Fountain's marks for their styles, which hold within a line only.
fn marked(runs: &[Run]) -> String {
    let mut text = String::new();
    for run in runs {
        for (index, line) in run.text.split('\n').enumerate() {
            if index > 0 {
                text.push('\n');
            }
            let inner = line.trim();
            if inner.is_empty() || !(run.bold || run.italic || run.underline) {
                text.push_str(&unmarked(line));
                continue;
            }
            let before = &line[..line.len() - line.trim_start().len()];
            let after = &line[line.trim_end().len()..];
            let marks = [(run.underline, "_"), (run.bold, "**"), (run.italic, "*")];
            let marks = marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark);
            let opening: String = marks.clone().collect();
            let closing: String = marks.rev().collect();
            text.push_str(&format!("{before}{opening}{}{closing}{after}", unmarked(inner)));
        }
    }
    text
}

fn tree_of(block: &str) -> Tree {
    let mut sources = Sources::default();
    // Nothing on its first line: no title page.
    let id = sources.add("import.fountain", format!("\n{block}\n"));
    parse(&sources, id).0
}

/// Whether a block is read as one element of a kind.
fn reads_as(block: &str, kind: fn(&ElementKind) -> bool) -> bool {
    matches!(tree_of(block).elements.as_slice(), [element] if kind(&element.kind))
}

fn as_heading(words: &str) -> String {
    let reads = reads_as(words, |kind| matches!(kind, ElementKind::Heading { .. }));
    if reads { words.to_owned() } else { format!(".{words}") }
}

fn as_transition(words: &str) -> String {
    let reads = reads_as(words, |kind| matches!(kind, ElementKind::Transition { .. }));
    if reads { words.to_owned() } else { format!("> {words}") }
}

fn as_action(text: &str) -> String {
    let reads = reads_as(text, |kind| matches!(kind, ElementKind::Action { .. }));
    if reads { text.to_owned() } else { format!("!{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyze;
    use crate::breakdown::Strictness;
    use crate::deliver::fdx::fdx;

    fn document(script: &str) -> String {
        let mut sources = Sources::default();
        let id = sources.add("film.play", script);
        let tree = analyze(&mut sources, id, Strictness::Strict).tree;
        fdx(sources.get(id), &tree)
    }

    /// The elements of documents that others write.
    #[test]
    fn paragraphs_become_elements() {
        let inside = |content: &str| {
            let text = format!("<FinalDraft><Content>{content}</Content></FinalDraft>");
            fountain_of(&text).expect("reads")
        };
        for (content, expected) in [
            (
                "<Paragraph Type=\"Scene Heading\" Number=\"4\"><Text>int. hall - day</Text></Paragraph>",
                "INT. HALL - DAY #4#",
            ),
            ("<Paragraph Type=\"Scene Heading\"><Text>The hall</Text></Paragraph>", ".THE HALL"),
            ("<Paragraph Type=\"Action\"><Text>MARA</Text></Paragraph>", "MARA"),
            ("<Paragraph Type=\"Action\"><Text>Cut to:</Text></Paragraph>", "Cut to:"),
            (
                "<Paragraph Type=\"Action\"><Text>It </Text><Text Style=\"Bold+Italic\">rains </Text><Text>on.</Text></Paragraph>",
                "It ***rains*** on.",
            ),
            (
                "<Paragraph Type=\"Character\"><Text>Mara</Text></Paragraph><Paragraph Type=\"Dialogue\"><Text>2 * 3 = [[6]]</Text></Paragraph>",
                "MARA\n2 \\* 3 = [ [6] ]",
            ),
            (
                "<DualDialogue><Paragraph Type=\"Character\"><Text>A</Text></Paragraph><Paragraph Type=\"Dialogue\"><Text>Yes.</Text></Paragraph><Paragraph Type=\"Character\"><Text>B</Text></Paragraph><Paragraph Type=\"Dialogue\"><Text>No.</Text></Paragraph></DualDialogue>",
                "A\nYes.\n\nB ^\nNo.",
            ),
        ] {
            assert_eq!(inside(content).text.trim(), expected, "{content}");
        }
        let odd = inside("<Paragraph Type=\"Haiku\"><Text>Rain.</Text></Paragraph><Table/>");
        assert_eq!(odd.text.trim(), "Rain.");
        assert_eq!(odd.left_out.len(), 2, "{:?}", odd.left_out);
    }

    #[test]
    fn what_was_handed_over_comes_back() {
        let script = "Title: Mära & <Tusk>\nAuthor: A. Novelist\n\nEXT. JUNKYARD - DAY #1A#\n\n\
            = Tusk wakes.\n\n!! CLOSE ON MARA [[slow push in, 3s]]\n\nMARA **stands** & *waits*.\n\
            Still.\n\nMARA (V.O.)\n(softly)\nYou _still_ work.\n\nIDA\nYes.\n\nTUSK ^\nNo.\n\n\
            > DISSOLVE TO: [[1s]]\n\n> LATER <\n\n# Act Two\n\nINT. HALL - NIGHT\n\nDust.\n";
        let back = fountain_of(&document(script)).expect("reads");
        assert_eq!(back.text, script);
        assert!(back.left_out.is_empty(), "{:?}", back.left_out);
    }

    #[test]
    fn directives_below_a_speech_stay_directives() {
        let script = "\nEXT. ROAD - DAY\n\nMARA\nHello.\n\n[[wear: MARA, a hat]]\n\n\
            Rain.\n\nMARA\nStill here.\n\n[[cast: MARA, a girl]]\n\n[[cast: TUSK, a mammoth]]\n";
        assert_eq!(fountain_of(&document(script)).expect("reads").text, script);
    }
}
