//! Marks a film, for machines to read, as made by a model or by a program.
//!
//! Knows XMP; does not know tracks.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;

use super::boxes::boxes;
use crate::markup::escape;

/// Who made the pictures of a film.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureMaker {
    /// A model that was trained on samples.
    #[default]
    Model,
    /// A model made stills, and a program moved them.
    Reel,
    /// A program without trained parts: cards, the animatic.
    Program,
}

impl PictureMaker {
    /// The IPTC Digital Source Type.
    pub fn source_type(self) -> &'static str {
        match self {
            Self::Model | Self::Reel => {
                "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
            }
            Self::Program => "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
        }
    }

    /// What the pictures are made of, in plain words; empty if the source type says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reel => "pictures by diffusion, moved by the blocking",
            Self::Model | Self::Program => "",
        }
    }
}

/// The `uuid` of XMP in ISO base media files (XMP specification part 3, 1.2.7).
const XMP_UUID: [u8; 16] = [
    0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
];

/// The XMP packet of a film.
pub fn packet(title: &str, authors: &[String], made_by: PictureMaker) -> String {
    let creators = authors
        .iter()
        .fold(String::new(), |list, author| list + "<rdf:li>" + &escape(author) + "</rdf:li>");
    let title = escape(title);
    let version = env!("CARGO_PKG_VERSION");
    let source = made_by.source_type();
    let made_of = match made_by.words() {
        "" => String::new(),
        words => format!(
            "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{words}</rdf:li></rdf:Alt></dc:description>\n"
        ),
    };
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\"\n \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"\n \
         xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\">\n\
         <Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>\n\
         <xmp:CreatorTool>Photoplay {version}</xmp:CreatorTool>\n\
         <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\n\
         {made_of}<dc:creator><rdf:Seq>{creators}</rdf:Seq></dc:creator>\n\
         </rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>"
    )
}

/// Appends an XMP packet as a `uuid` box, which moves no offset in the file.
pub fn append(file: &mut File, packet: &str) -> io::Result<()> {
    file.seek(SeekFrom::End(0))?;
    let length = 8 + XMP_UUID.len() + packet.len();
    let length = u32::try_from(length).map_err(|_| io::Error::other("the title is too long"))?;
    file.write_all(&length.to_be_bytes())?;
    file.write_all(b"uuid")?;
    file.write_all(&XMP_UUID)?;
    file.write_all(packet.as_bytes())
}

/// How a packet names Photoplay, without its version.
const CREATOR: &str = "<xmp:CreatorTool>Photoplay ";

/// The largest packet to read, in bytes; Photoplay's own are far smaller.
const LARGEST_PACKET: u64 = 1 << 24;

/// Whether a file is a complete film of Photoplay. An unreadable file is not.
pub fn is_photoplays(path: &Path) -> bool {
    let packet = File::open(path).and_then(|mut file| find(&mut file));
    packet.is_ok_and(|packet| packet.is_some_and(|packet| packet.contains(CREATOR)))
}

/// The XMP packet of a film, if it has one.
pub fn find(file: &mut File) -> io::Result<Option<String>> {
    let end = file.seek(SeekFrom::End(0))?;
    for found in boxes(file, 0..end)? {
        let length = found.body.end - found.body.start;
        if &found.kind == b"uuid" && (16..LARGEST_PACKET).contains(&length) {
            let mut body = vec![0; usize::try_from(length).map_err(io::Error::other)?];
            file.seek(SeekFrom::Start(found.body.start))?;
            file.read_exact(&mut body)?;
            if let Some(packet) = body.strip_prefix(&XMP_UUID) {
                return Ok(Some(String::from_utf8_lossy(packet).into_owned()));
            }
        }
    }
    Ok(None)
}
