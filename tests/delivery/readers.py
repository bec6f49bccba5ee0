"""Reads turnovers with readers of other people and says in lines what they understood.

Each folder named on standard input holds film.otio, film.edl, film.xml, film.fcpxml and
film.mlt; the answer is one line of JSON for each, with the lines of each format:

    clip NAME FILE SOURCE RECORD FRAMES
    dissolve RECORD BEFORE AFTER
    fade-in RECORD FRAMES
    fade-out RECORD FRAMES
    blend …           where the reader does not know between what

OTIO, EDL and FCP7 XML are read by opentimelineio and its adapters, the others as XML.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import opentimelineio as otio


def frames(time):
    whole = round(time.value)
    assert abs(time.value - whole) < 1e-6, time
    return whole


def timeline_lines(timeline, what_it_leads_from=True):
    track = timeline.video_tracks()[0]
    lines, record, children = [], 0, list(track)
    for index, child in enumerate(children):
        if isinstance(child, otio.schema.Transition):
            before, after = frames(child.in_offset), frames(child.out_offset)
            gap = [isinstance(other, otio.schema.Gap)
                   for other in children[max(index - 1, 0):index + 2:2]]
            if not what_it_leads_from:
                lines.append(f"blend {record} {before + after}")
                continue
            side = child.metadata.get("fcp_xml", {}).get("alignment", "")
            if gap[0] or index == 0 or side == "start-black":
                lines.append(f"fade-in {record} {after}")
            elif gap[-1] or side == "end-black":
                lines.append(f"fade-out {record} {before}")
            else:
                lines.append(f"dissolve {record} {before} {after}")
            continue
        length = frames(child.duration())
        if isinstance(child, otio.schema.Clip) and not is_black(child):
            start = frames(child.source_range.start_time)
            reference = child.media_reference
            url = getattr(reference, "target_url", None) or ""
            lines.append(f"clip {child.name}\t{url.rsplit('/', 1)[-1]} {start} {record} {length}")
        record += length
    return lines


def is_black(item):
    reference = getattr(item, "media_reference", None)
    return isinstance(reference, otio.schema.GeneratorReference)


def read_otio(path, rate):
    return timeline_lines(otio.adapters.read_from_file(str(path)))


def read_xmeml(path, rate):
    return timeline_lines(otio.adapters.read_from_file(str(path), "fcp_xml"))


def read_edl(path, rate):
    base = round(rate)
    timeline = otio.adapters.read_from_file(str(path), "cmx_3600", rate=base)
    return timeline_lines(timeline, what_it_leads_from=False)


def read_fcpxml(path, rate):
    tree = ElementTree.parse(path)
    files = {asset.get("id"): asset.find("media-rep").get("src").rsplit("/", 1)[-1]
             for asset in tree.iter("asset")}

    def count(text):
        value = Fraction(text.removesuffix("s")) * rate
        assert value.denominator == 1, text
        return value.numerator

    sequence = tree.find(".//sequence")
    start, lines, transition = count(sequence.get("tcStart")), [], None
    for item in sequence.find("spine"):
        at, length = count(item.get("offset")) - start, count(item.get("duration"))
        if item.tag == "transition":
            transition = (at, length)
            continue
        if transition:
            before = at - transition[0]
            lines.append(f"dissolve {at} {before} {transition[1] - before}")
            transition = None
        fade_in, fade_out = item.find(".//fadeIn"), item.find(".//fadeOut")
        if fade_in is not None:
            lines.append(f"fade-in {at} {count(fade_in.get('duration'))}")
        source = count(item.get("start"))
        lines.append(f"clip {item.get('name')}\t{files[item.get('ref')]} {source} {at} {length}")
        if fade_out is not None:
            lines.append(f"fade-out {at + length} {count(fade_out.get('duration'))}")
    assert lines, "an empty spine"
    return lines


def read_mlt(path, rate):
    """The frames of the media that every frame of the film shows, in stretches."""
    root = ElementTree.parse(path).getroot()
    profile = root.find("profile")
    assert Fraction(int(profile.get("frame_rate_num")), int(profile.get("frame_rate_den"))) == rate
    resources = {producer.get("id"): producer.find("property[@name='resource']").text
                 for producer in root.iter("producer")}
    blends = {tractor.get("id"): tractor for tractor in root.iter("tractor")}
    lines, record = [], 0

    def name(producer):
        return resources[producer].rsplit("/", 1)[-1]

    for entry in root.find("playlist[@id='picture']"):
        first, last = int(entry.get("in")), int(entry.get("out"))
        length = last - first + 1
        tractor = blends.get(entry.get("producer"))
        if tractor is None:
            lines.append(f"show {name(entry.get('producer'))} {first} {record} {length}")
        else:
            tracks = [f"{name(track.get('producer'))} {track.get('in')}"
                      for track in tractor.iter("track")]
            lines.append(f"blend {' '.join(tracks)} {record} {length}")
            for track in tractor.iter("track"):
                assert int(track.get("out")) - int(track.get("in")) + 1 == length
        record += length
    return lines


READERS = {
    "film.otio": read_otio,
    "film.edl": read_edl,
    "film.xml": read_xmeml,
    "film.fcpxml": read_fcpxml,
    "film.mlt": read_mlt,
}

for line in sys.stdin:
    folder, numerator, denominator = line.rstrip("\n").split("\t")
    rate = Fraction(int(numerator), int(denominator))
    folder = pathlib.Path(folder)
    print(json.dumps({name: read(folder / name, rate) for name, read in READERS.items()}))
