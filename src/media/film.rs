//! Joins encoded segments of picture, sound and subtitles by copy into one MP4.
//!
//! Knows packets and their times; does not encode, and does not know shots.

use std::fs::{self, File};
use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::context::Output;
use ffmpeg_next::{codec, ffi};

use serde::Serialize;

use super::encoded::{Coded, Encoded};
use super::h264::{self, PictureFormat, REORDER};
use super::provenance::{self, PictureMaker};
use super::sound::SAMPLE_RATE;
use super::{Error, boxes};
use crate::source::language_tag;
use crate::source::unfinished::Unfinished;
use crate::source::{behind_links, sync_folder};

/// The film's metadata and subtitles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct FilmDescription {
    /// Its title, on one line.
    pub title: String,
    /// Its authors.
    pub authors: Vec<String>,
    /// Language of the subtitles (BCP 47).
    pub language: String,
    /// First frame and name of each chapter, in rising order.
    pub chapters: Vec<(u32, String)>,
    /// In the order of the film, without overlaps.
    pub subtitles: Vec<Subtitle>,
    /// Whether players show subtitles by default.
    pub subtitles_shown: bool,
    /// Who made its pictures.
    pub made_by: PictureMaker,
}

/// One subtitle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Subtitle {
    /// First frame.
    pub start: u32,
    /// One past the last frame.
    pub end: u32,
    /// Its lines.
    pub text: String,
    /// Set in italics.
    pub italic: bool,
}

/// Joins segments into a film of `frames` frames at `out`. `piece` gives the
/// segment with a number; `join` asks for them in order and holds one at a time.
/// An old film at `out` stays until the new one is complete.
pub(crate) fn join<E: From<Error>>(
    out: &Path,
    picture: PictureFormat,
    frames: u32,
    description: &FilmDescription,
    sound: &Encoded,
    pieces: usize,
    mut piece: impl FnMut(usize) -> Result<Encoded, E>,
) -> Result<(), E> {
    super::start();
    let out = &behind_links(out);
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::io(folder, "creating a folder"))?;
    let temporary = Unfinished::begin(folder, ".mp4").map_err(Error::io(out, "creating a film"))?;
    let first = piece(0)?;
    let mut tracks = Tracks::begin(temporary.path(), picture, frames, description, sound, &first)?;
    tracks.append(0, first)?;
    for number in 1..pieces {
        tracks.append(number, piece(number)?)?;
    }
    tracks.finish()?;

    let failed = || Error::io(out, "completing a film");
    let mut file =
        File::options().read(true).write(true).open(temporary.path()).map_err(failed())?;
    let mark = provenance::packet(&description.title, &description.authors, description.made_by);
    if !description.subtitles.is_empty() && !description.subtitles_shown {
        boxes::disable_track(&mut file, SUBTITLES).map_err(failed())?;
    }
    provenance::append(&mut file, &mark).map_err(failed())?;
    file.sync_all().map_err(failed())?;
    drop(file);
    if let Ok(before) = fs::metadata(out) {
        fs::set_permissions(temporary.path(), before.permissions()).map_err(failed())?;
    }
    temporary.finish(out).map_err(failed())?;
    sync_folder(folder).map_err(Error::io(folder, "syncing a folder"))?;
    Ok(())
}

const PICTURE: usize = 0;
const SOUND: usize = 1;
const SUBTITLES: usize = 2;

/// The tracks of a film in the making. Writes them in step: FFmpeg's own
/// interleaving would hold packets back until every track has one.
struct Tracks<'a> {
    path: &'a Path,
    output: Output,
    picture: PictureFormat,
    frames: u32,
    extradata: Vec<u8>,
    sound: std::slice::Iter<'a, Coded>,
    subtitles: std::vec::IntoIter<Sample>,
    at: u32,
}

/// One sample of the subtitle track. Gaps have samples, too.
struct Sample {
    start: u32,
    end: u32,
    data: Vec<u8>,
}

impl<'a> Tracks<'a> {
    fn begin(
        path: &'a Path,
        picture: PictureFormat,
        frames: u32,
        description: &FilmDescription,
        sound: &'a Encoded,
        first: &Encoded,
    ) -> Result<Self, Error> {
        let failed = || Error::file(path, "setting up the film's tracks");
        let mut output = ffmpeg::format::output_as(&super::url(path)?, "mp4").map_err(failed())?;
        let frame = frame_time(picture);
        let mut track =
            output.add_stream(codec::Id::H264).map_err(Error::file(path, "adding the picture"))?;
        track.set_time_base(frame);
        track.set_rate(frame.invert());
        track.set_avg_frame_rate(frame.invert());
        track.set_parameters(picture_parameters(picture, &first.extradata));
        let mut track =
            output.add_stream(codec::Id::AAC).map_err(Error::file(path, "adding the sound"))?;
        track.set_time_base((1, SAMPLE_RATE as i32));
        track.set_parameters(sound_parameters(sound));
        let mut subtitles = Vec::new();
        if !description.subtitles.is_empty() {
            let mut track = output
                .add_stream(codec::Id::MOV_TEXT)
                .map_err(Error::file(path, "adding the subtitles"))?;
            track.set_time_base(frame);
            track.set_parameters(subtitle_parameters());
            let language = iso_639_2(&description.language);
            track.set_metadata([("language", language)].iter().collect());
            subtitles = samples(&description.subtitles, frames);
        }
        let version = concat!("Photoplay ", env!("CARGO_PKG_VERSION"));
        let authors = description.authors.join(", ");
        let tags = [
            ("title", description.title.as_str()),
            ("artist", &authors),
            ("encoding_tool", version),
            ("comment", description.made_by.source_type()),
        ];
        let tags = tags.iter().filter(|(_, value)| !value.is_empty() && !value.contains('\0'));
        output.set_metadata(tags.collect());
        add_chapters(&mut output, frame, frames, &description.chapters);
        write_bit_exact(&mut output);
        output
            .write_header_with([("movflags", "+faststart")].iter().collect())
            .map(drop)
            .map_err(failed())?;
        Ok(Self {
            path,
            output,
            picture,
            frames,
            extradata: first.extradata.clone(),
            sound: sound.packets.iter(),
            subtitles: subtitles.into_iter(),
            at: 0,
        })
    }

    fn append(&mut self, segment: usize, piece: Encoded) -> Result<(), Error> {
        let refused = |what: &str| Error::Join { segment, what: what.to_owned() };
        // An MP4 track has one set of parameter sets; a decoder could not read a
        // segment with different ones.
        if piece.extradata != self.extradata {
            return Err(refused("its parameter sets differ from the first segment's"));
        }
        if !piece.packets.first().is_some_and(|packet| h264::is_idr(&packet.data)) {
            return Err(refused("it does not begin with an IDR picture"));
        }
        if piece.packets.len() != piece.length as usize {
            return Err(refused("its number of packets differs from its number of frames"));
        }
        for (index, packet) in piece.packets.into_iter().enumerate() {
            if packet.dts != index as i64 - REORDER
                || packet.pts < packet.dts
                || !(0..i64::from(piece.length)).contains(&packet.pts)
            {
                return Err(refused("its packets are out of order"));
            }
            let dts = i64::from(self.at) + packet.dts;
            self.catch_up(dts)?;
            let pts = i64::from(self.at) + packet.pts;
            self.write(PICTURE, frame_time(self.picture), &Coded { pts, dts, ..packet })?;
        }
        self.at += piece.length;
        Ok(())
    }

    /// Writes sound and subtitles up to a frame.
    fn catch_up(&mut self, frame: i64) -> Result<(), Error> {
        let rate = self.picture.rate;
        let sample = i128::from(frame) * i128::from(rate.denominator) * i128::from(SAMPLE_RATE)
            / i128::from(rate.numerator);
        while let Some(packet) = self.sound.as_slice().first() {
            if i128::from(packet.dts) > sample {
                break;
            }
            self.sound.next();
            self.write(SOUND, ffmpeg::Rational(1, SAMPLE_RATE as i32), packet)?;
        }
        while let Some(next) = self.subtitles.as_slice().first() {
            if i64::from(next.start) > frame {
                break;
            }
            let Some(Sample { start, end, data }) = self.subtitles.next() else { break };
            let (pts, duration) = (i64::from(start), end - start);
            let packet = Coded { pts, dts: pts, duration, key: true, data };
            self.write(SUBTITLES, frame_time(self.picture), &packet)?;
        }
        Ok(())
    }

    fn write(
        &mut self,
        track: usize,
        time_base: ffmpeg::Rational,
        coded: &Coded,
    ) -> Result<(), Error> {
        let mut packet = ffmpeg::Packet::copy(&coded.data);
        packet.set_stream(track);
        packet.set_pts(Some(coded.pts));
        packet.set_dts(Some(coded.dts));
        packet.set_duration(i64::from(coded.duration));
        if coded.key {
            packet.set_flags(codec::packet::Flags::KEY);
        }
        let target = self.output.stream(track).expect("the track was added").time_base();
        packet.rescale_ts(time_base, target);
        packet.write(&mut self.output).map_err(Error::file(self.path, "writing the film"))?;
        Ok(())
    }

    fn finish(mut self) -> Result<(), Error> {
        if self.at != self.frames {
            let what = format!("the film has {} frames instead of {}", self.at, self.frames);
            return Err(Error::damaged(self.path, what));
        }
        self.catch_up(i64::MAX >> 32)?;
        self.output.write_trailer().map_err(Error::file(self.path, "completing the film"))?;
        close(self.output, self.path)
    }
}

fn frame_time(picture: PictureFormat) -> ffmpeg::Rational {
    ffmpeg::Rational(picture.rate.denominator as i32, picture.rate.numerator as i32)
}

/// Leaves out everything of a file that differs between runs.
pub(super) fn write_bit_exact(output: &mut Output) {
    // SAFETY: the context is alive and exclusively borrowed; only a flag is set.
    #[expect(unsafe_code, reason = "ffmpeg-next has no setter for a format's flags")]
    unsafe {
        (*output.as_mut_ptr()).flags |= ffi::AVFMT_FLAG_BITEXACT;
    }
}

/// Closes a file and reports a failure to write its last bytes, which dropping it
/// would hide.
pub(super) fn close(mut output: Output, path: &Path) -> Result<(), Error> {
    // SAFETY: `pb` was opened together with the context; `avio_closep` sets it
    // to null, which dropping the context accepts.
    #[expect(unsafe_code, reason = "ffmpeg-next closes a file without looking at the result")]
    let result = unsafe {
        let context = output.as_mut_ptr();
        ffi::avio_closep(&raw mut (*context).pb)
    };
    if result < 0 { Err(Error::file(path, "closing")(ffmpeg::Error::from(result))) } else { Ok(()) }
}

fn add_chapters(
    output: &mut Output,
    frame: ffmpeg::Rational,
    frames: u32,
    chapters: &[(u32, String)],
) {
    for (number, (start, name)) in chapters.iter().enumerate() {
        let end = chapters.get(number + 1).map_or(frames, |next| next.0);
        if *start >= end || name.contains('\0') {
            continue;
        }
        let names: ffmpeg::Dictionary<'_> = [("title", name.as_str())].iter().collect();
        // SAFETY: the chapter is allocated by FFmpeg's allocator and handed to
        // the context's list, which `avformat_free_context` frees; `nb_chapters`
        // counts that list. `av_dynarray_add` sets the count to 0 when there is
        // no memory, and the chapter is then dropped.
        #[expect(unsafe_code, reason = "ffmpeg-next's add_chapter does not count the chapters")]
        unsafe {
            let context = output.as_mut_ptr();
            let chapter: *mut ffi::AVChapter = ffi::av_mallocz(size_of::<ffi::AVChapter>()).cast();
            if chapter.is_null() {
                return;
            }
            (*chapter).id = number as i64;
            (*chapter).time_base = frame.into();
            (*chapter).start = i64::from(*start);
            (*chapter).end = i64::from(end);
            (*chapter).metadata = names.disown();
            let count = (&raw mut (*context).nb_chapters).cast();
            ffi::av_dynarray_add((&raw mut (*context).chapters).cast(), count, chapter.cast());
        }
    }
}

fn picture_parameters(picture: PictureFormat, extradata: &[u8]) -> codec::Parameters {
    let mut parameters = codec::Parameters::new();
    // SAFETY: freshly allocated parameters, exclusively owned.
    #[expect(unsafe_code, reason = "ffmpeg-next has no setters for these parameters")]
    unsafe {
        let fields = &mut *parameters.as_mut_ptr();
        fields.codec_type = ffi::AVMediaType::AVMEDIA_TYPE_VIDEO;
        fields.codec_id = ffi::AVCodecID::AV_CODEC_ID_H264;
        fields.format = ffi::AVPixelFormat::AV_PIX_FMT_YUV420P as i32;
        fields.width = picture.width as i32;
        fields.height = picture.height as i32;
        fields.sample_aspect_ratio = ffi::AVRational { num: 1, den: 1 };
        fields.video_delay = REORDER as i32;
        fields.color_range = ffi::AVColorRange::AVCOL_RANGE_MPEG;
        fields.color_primaries = ffi::AVColorPrimaries::AVCOL_PRI_BT709;
        fields.color_trc = ffi::AVColorTransferCharacteristic::AVCOL_TRC_BT709;
        fields.color_space = ffi::AVColorSpace::AVCOL_SPC_BT709;
        fields.chroma_location = ffi::AVChromaLocation::AVCHROMA_LOC_LEFT;
    }
    set_extradata(&mut parameters, extradata);
    parameters
}

fn sound_parameters(sound: &Encoded) -> codec::Parameters {
    let mut parameters = codec::Parameters::new();
    // SAFETY: freshly allocated parameters, exclusively owned;
    // `av_channel_layout_default` fills the layout it is given.
    #[expect(unsafe_code, reason = "ffmpeg-next has no setters for these parameters")]
    unsafe {
        let fields = &mut *parameters.as_mut_ptr();
        fields.codec_type = ffi::AVMediaType::AVMEDIA_TYPE_AUDIO;
        fields.codec_id = ffi::AVCodecID::AV_CODEC_ID_AAC;
        fields.format = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP as i32;
        fields.sample_rate = SAMPLE_RATE as i32;
        fields.frame_size = 1024;
        fields.bit_rate = 128_000;
        fields.initial_padding = sound.packets.first().map_or(0, |first| -first.pts as i32);
        ffi::av_channel_layout_default(&raw mut fields.ch_layout, 2);
    }
    set_extradata(&mut parameters, &sound.extradata);
    parameters
}

/// 3GPP timed text (TS 26.245, 5.16): the sample description without its box
/// header, with one font at the size players expect.
fn subtitle_parameters() -> codec::Parameters {
    let mut description = vec![0, 0, 0, 0, 1, 0xFF];
    description.extend([0; 4]);
    description.extend([0; 8]);
    description.extend([0, 0, 0, 0, 0, 1, 0, 18, 255, 255, 255, 255]);
    description.extend([0, 0, 0, 18, b'f', b't', b'a', b'b', 0, 1, 0, 1, 5]);
    description.extend(b"Serif");
    let mut parameters = codec::Parameters::new();
    // SAFETY: freshly allocated parameters, exclusively owned.
    #[expect(unsafe_code, reason = "ffmpeg-next has no setters for these parameters")]
    unsafe {
        let fields = &mut *parameters.as_mut_ptr();
        fields.codec_type = ffi::AVMediaType::AVMEDIA_TYPE_SUBTITLE;
        fields.codec_id = ffi::AVCodecID::AV_CODEC_ID_MOV_TEXT;
    }
    set_extradata(&mut parameters, &description);
    parameters
}

fn set_extradata(parameters: &mut codec::Parameters, bytes: &[u8]) {
    // SAFETY: the buffer comes from FFmpeg's allocator with the padding it asks
    // for, zeroed, and is handed to the parameters, which free it.
    #[expect(unsafe_code, reason = "ffmpeg-next has no setter for extradata")]
    unsafe {
        let padded = bytes.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize;
        let buffer: *mut u8 = ffi::av_mallocz(padded).cast();
        assert!(!buffer.is_null(), "a few bytes of memory");
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len());
        let fields = &mut *parameters.as_mut_ptr();
        fields.extradata = buffer;
        fields.extradata_size = bytes.len() as i32;
    }
}

/// Subtitles as samples that cover every frame, including those without text.
fn samples(subtitles: &[Subtitle], frames: u32) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut at = 0;
    for subtitle in subtitles {
        let (start, end) = (subtitle.start.max(at), subtitle.end.min(frames));
        if start >= end {
            continue;
        }
        if start > at {
            samples.push(Sample { start: at, end: start, data: timed_text("", false) });
        }
        samples.push(Sample { start, end, data: timed_text(&subtitle.text, subtitle.italic) });
        at = end;
    }
    if at < frames {
        samples.push(Sample { start: at, end: frames, data: timed_text("", false) });
    }
    samples
}

/// A sample of 3GPP timed text (TS 26.245, 5.17).
fn timed_text(text: &str, italic: bool) -> Vec<u8> {
    let mut text = text;
    while text.len() > usize::from(u16::MAX) {
        let mut letters = text.chars();
        letters.next_back();
        text = letters.as_str();
    }
    let mut sample = (text.len() as u16).to_be_bytes().to_vec();
    sample.extend(text.as_bytes());
    if italic && !text.is_empty() {
        let letters = text.chars().count().min(usize::from(u16::MAX)) as u16;
        sample.extend([0, 0, 0, 22, b's', b't', b'y', b'l', 0, 1, 0, 0]);
        sample.extend(letters.to_be_bytes());
        sample.extend([0, 1, 2, 18, 255, 255, 255, 255]);
    }
    sample
}

/// The three-letter code of a language (ISO 639-2/T) for MP4.
fn iso_639_2(language: &str) -> &str {
    let primary = language_tag::primary(language);
    let table = "ar ara|be bel|bg bul|bn ben|bs bos|ca cat|cs ces|cy cym|da dan|de deu|el ell|\
        en eng|eo epo|es spa|et est|eu eus|fa fas|fi fin|fr fra|ga gle|gl glg|he heb|hi hin|\
        hr hrv|hu hun|hy hye|id ind|is isl|it ita|ja jpn|ka kat|kk kaz|ko kor|la lat|lt lit|\
        lv lav|mk mkd|mn mon|ms msa|nb nob|nl nld|nn nno|no nor|pl pol|pt por|ro ron|ru rus|\
        sk slk|sl slv|sq sqi|sr srp|sv swe|sw swa|ta tam|te tel|th tha|tr tur|uk ukr|ur urd|\
        uz uzb|vi vie|yi yid|zh zho";
    table
        .split('|')
        .filter_map(|row| row.split_once(' '))
        .find(|(two, three)| {
            two.eq_ignore_ascii_case(primary) || three.eq_ignore_ascii_case(primary)
        })
        .map_or("und", |(_, three)| three)
}
