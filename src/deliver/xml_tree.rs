//! Untrusted XML as a small tree: no document type, no entity but the five of XML, and
//! limits on size and depth.
//!
//! Knows elements and text; does not know any format.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

/// The deepest element.
const DEEPEST: usize = 64;

/// The most elements of a file.
const MOST: usize = 1_000_000;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct XmlElement {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<XmlNode>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum XmlNode {
    Element(XmlElement),
    Text(String),
}

impl XmlElement {
    /// The value of an attribute, if it has it.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| attribute == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The elements in it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            XmlNode::Element(element) => Some(element),
            XmlNode::Text(_) => None,
        })
    }

    /// The first element in it with a name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.name == name)
    }

    /// The text directly in it.
    pub(crate) fn text(&self) -> String {
        let texts = self.children.iter().filter_map(|child| match child {
            XmlNode::Text(text) => Some(text.as_str()),
            XmlNode::Element(_) => None,
        });
        texts.collect()
    }
}

/// Why Photoplay does not read a text as XML: the byte, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {what}")]
pub(crate) struct XmlError {
    /// Offset in bytes.
    pub at: u64,
    /// What is wrong.
    pub what: String,
}

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<XmlElement, XmlError> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    // The last one is the innermost open element; the first holds the document.
    let mut open = vec![XmlElement::default()];
    let mut elements = 0;
    loop {
        let event = reader.read_event();
        let at = reader.buffer_position();
        let wrong = |what: &str| XmlError { at, what: what.to_owned() };
        match event {
            Ok(Event::Start(tag)) => {
                elements += 1;
                if open.len() > DEEPEST || elements > MOST {
                    return Err(wrong("more elements in elements than a script has"));
                }
                open.push(element(&tag).map_err(|what| wrong(&what))?);
            }
            Ok(Event::Empty(tag)) => {
                elements += 1;
                if elements > MOST {
                    return Err(wrong("more elements than a script has"));
                }
                let element = element(&tag).map_err(|what| wrong(&what))?;
                innermost(&mut open).push(XmlNode::Element(element));
            }
            Ok(Event::End(_)) => {
                let ended = open.pop().filter(|_| !open.is_empty());
                let ended = ended.ok_or_else(|| wrong("an end without a beginning"))?;
                innermost(&mut open).push(XmlNode::Element(ended));
            }
            Ok(Event::Text(words)) => {
                let words = unescape_text(&words).map_err(|what| wrong(&what))?;
                add_text(&mut open, &words);
            }
            Ok(Event::CData(words)) => {
                add_text(&mut open, &words);
            }
            Ok(Event::GeneralRef(name)) => {
                let letter =
                    unescape_text(&format!("&{};", &*name)).map_err(|what| wrong(&what))?;
                add_text(&mut open, &letter);
            }
            Ok(Event::DocType(_)) => {
                return Err(wrong("a document type, which no script needs"));
            }
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_)) => {}
            Ok(Event::Eof) => break,
            Err(error) => return Err(wrong(&error.to_string())),
        }
    }
    let at = reader.buffer_position();
    if open.len() > 1 {
        let name = open.pop().unwrap_or_default().name;
        return Err(XmlError { at, what: format!("the file ends inside `{name}`") });
    }
    let document = open.pop().unwrap_or_default();
    let root = document.elements().next().cloned();
    root.ok_or(XmlError { at, what: "no element".to_owned() })
}

fn innermost(open: &mut [XmlElement]) -> &mut Vec<XmlNode> {
    &mut open.last_mut().expect("the document is open").children
}

fn add_text(open: &mut [XmlElement], words: &str) {
    let children = innermost(open);
    if let Some(XmlNode::Text(text)) = children.last_mut() {
        text.push_str(words);
    } else {
        children.push(XmlNode::Text(words.to_owned()));
    }
}

fn unescape_text(text: &str) -> Result<String, String> {
    unescape(text).map(|text| text.replace("\r\n", "\n")).map_err(|error| error.to_string())
}

fn element(tag: &BytesStart<'_>) -> Result<XmlElement, String> {
    let name = unescape_text(tag.name().as_ref())?;
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        attributes.push((unescape_text(attribute.key.as_ref())?, unescape_text(&attribute.value)?));
    }
    Ok(XmlElement { name, attributes, children: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_text_are_read() {
        let root = read("<?xml version=\"1.0\"?><a x=\"1 &amp; 2\">b<!-- c --> &lt;<d/>&#228;</a>");
        let root = root.expect("reads");
        assert_eq!((root.name.as_str(), root.attribute("x")), ("a", Some("1 & 2")));
        assert_eq!(root.text(), "b <ä");
        assert!(root.child("d").is_some() && root.child("e").is_none());
    }

    #[test]
    fn hostile_files_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        let deep = "<a>".repeat(100_000);
        for text in
            [bomb, &deep, "", "<a>", "</a>", "<a></b>", "<a>&nothing;</a>", "<a b></a>", "a"]
        {
            assert!(read(text).is_err(), "{}", &text[..text.len().min(40)]);
        }
    }
}
