//! The responses of the server, request by request.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::client::{Client, address, change, edited, marked};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn example(name: &str) -> (PathBuf, String) {
    let path = root().join("examples").join(name);
    let text = fs::read_to_string(&path).expect("an example is text");
    (path, text)
}

/// A server with a script open in a folder of its own.
fn opened(name: &str, text: &str) -> (Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut client = Client::launch(folder.path(), &["utf-16"]);
    client.open(&folder.path().join(name), text);
    (client, folder)
}

/// Messages in the form `line:column-line:column severity code`.
fn summary(diagnostics: &[Value]) -> String {
    let mut lines = String::new();
    for said in diagnostics {
        let (start, end) = (&said["range"]["start"], &said["range"]["end"]);
        let severity =
            ["", "error", "warning", "advice"][said["severity"].as_u64().unwrap() as usize];
        writeln!(
            lines,
            "{}:{}-{}:{} {severity} {}\n    {}",
            start["line"],
            start["character"],
            end["line"],
            end["character"],
            said["code"].as_str().unwrap(),
            said["message"].as_str().unwrap().replace('\n', "\n    "),
        )
        .unwrap();
        for related in said["relatedInformation"].as_array().into_iter().flatten() {
            let at = &related["location"]["range"]["start"];
            writeln!(lines, "    -> {}:{} {}", at["line"], at["character"], related["message"])
                .unwrap();
        }
    }
    lines
}

const BROKEN: &str = "\
INT. WORKSHOP - NIGHT
Lamplight on a hundred clocks.

!! CLOSE ON MARA, slow dolley in, 1,5s

MARA does not breathe.

[[wear: MARA, a black oilskin]]

MARA
Hello.

!! MEDIUM ON MRAA [[low angel, pan left, zoom in]]

> DISOLVE TO: [[1s]]

EXT. ÉTANG 🎬 - DAY

[[ware: MARA, x]]

!! INSERT - THE MAP [[40s]]

[[cast: MARA, a watchmaker]]
[[cast: MARA, a thief]]
";

#[test]
fn mistakes_are_reported_while_one_types() {
    let (mut client, _folder) = opened("broken.play", BROKEN);
    insta::assert_snapshot!(summary(&client.diagnostics()));
    client.change(&[change((3, 22), (3, 28), "dolly"), change((3, 29), (3, 34), " ")]);
    let after = client.diagnostics();
    let codes: Vec<&str> = after.iter().map(|said| said["code"].as_str().unwrap()).collect();
    assert!(!codes.contains(&"unknown-move") && codes.contains(&"unknown-name"), "{codes:?}");
    assert_eq!(client.shut_down(), Some(0));
}

#[test]
fn columns_are_counted_as_the_editor_counts_them() {
    let text = "EXT. ROAD - DAY\n\n!! CLOSE ON the é🎬 [[slow dolley in]]\n";
    let folder = tempfile::tempdir().unwrap();
    for (encodings, agreed, column) in [
        (&["utf-8", "utf-16"][..], "utf-8", 25),
        (&["utf-16"][..], "utf-16", 22),
        (&[][..], "utf-16", 22),
    ] {
        let mut client = Client::launch(folder.path(), encodings);
        assert_eq!(client.capabilities["positionEncoding"], agreed);
        client.open(&folder.path().join("a.play"), text);
        let diagnostics = client.diagnostics();
        let dolley = diagnostics.iter().find(|said| said["code"] == "unknown-move").unwrap();
        assert_eq!(dolley["range"]["start"]["character"], column, "{agreed}");
    }
}

#[test]
fn a_fountain_script_is_only_warned() {
    let (mut strict, _one) = opened("a.play", BROKEN);
    let (mut lenient, _two) = opened("a.fountain", BROKEN);
    let errors =
        |diagnostics: &[Value]| diagnostics.iter().filter(|said| said["severity"] == 1).count();
    assert!(errors(&strict.diagnostics()) > 3);
    assert_eq!(errors(&lenient.diagnostics()), 0);
}

/// Mistakes in `cast.yaml` are reported there, saved or not.
#[test]
fn files_beside_the_script_count() {
    let folder = tempfile::tempdir().unwrap();
    let bible = folder.path().join("cast.yaml");
    fs::write(&bible, "cast:\n  MARA: a watchmaker\n  TUSK: { persn: a mammoth }\n").unwrap();
    let mut client = Client::launch(folder.path(), &[]);
    let (text, place) = marked("EXT. ROAD - DAY\n\n!! CLOSE ON MA‸RA\n\nMARA walks.\n");
    client.open(&folder.path().join("a.play"), &text);
    client.diagnostics();
    let there = client.diagnostics_of(&address(&bible), None);
    assert_eq!(there[0]["code"], "unknown-key");
    let origin = client.at("definition", place, json!({}));
    assert_eq!(origin["uri"], address(&bible));
    assert_eq!(origin["range"]["start"], json!({ "line": 1, "character": 2 }));
    let renamed = client.at("rename", place, json!({ "newName": "NORA" }));
    assert_eq!(renamed["changes"].as_object().unwrap().len(), 2);

    // An editor has mended it and not saved it.
    let document = json!({
        "uri": address(&bible), "languageId": "yaml", "version": 1,
        "text": "cast:\n  MARA: a watchmaker\n  TUSK: a mammoth\n",
    });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    client.diagnostics();
    assert_eq!(client.diagnostics_of(&address(&bible), None), [Value::Null; 0]);
}

#[test]
fn a_closed_script_is_forgotten() {
    let (mut client, _folder) = opened("a.play", BROKEN);
    client.diagnostics();
    let document = json!({ "uri": client.uri });
    client.notify("textDocument/didClose", &json!({ "textDocument": document }));
    let uri = client.uri.clone();
    assert!(client.diagnostics_of(&uri, None).is_empty());
    assert_eq!(client.about("foldingRange"), Value::Null);
}

// ─── Words and places ────────────────────────────────────────────────────────

/// `tests/lsp/completion.txt`: a script with a mark, and the first completions.
#[test]
fn completion_knows_where_it_is() {
    let table = fs::read_to_string(root().join("tests/lsp/completion.txt")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("cast")).unwrap();
    fs::write(folder.path().join("cast/mara.png"), b"").unwrap();
    fs::write(folder.path().join("words.yaml"), "lights: {}\n").unwrap();
    let mut client = Client::launch(folder.path(), &[]);
    for (index, case) in table.split("\n§ ").skip(1).enumerate() {
        let (title, rest) = case.split_once('\n').expect("a case has a script");
        let (script, expected) = rest.split_once("----\n").expect("a case has a result");
        let (text, place) = marked(script);
        client.open(&folder.path().join(format!("{index}.play")), &text);
        let answer = client.at("completion", place, json!({}));
        let items = answer["items"].as_array().unwrap();
        let labels: Vec<&str> = items.iter().map(|item| item["label"].as_str().unwrap()).collect();
        let wanted: Vec<&str> =
            expected.trim().split(" | ").filter(|label| !label.is_empty()).collect();
        let first: Vec<&str> =
            labels.iter().map(|label| label.trim()).take(wanted.len().max(1)).collect();
        assert_eq!(first, wanted, "{title}: {labels:?}");
        // What is offered stands where one is writing.
        for item in items {
            let end = &item["textEdit"]["range"]["end"];
            assert_eq!(*end, json!({ "line": place.0, "character": place.1 }), "{title}");
        }
    }
}

#[test]
fn completions_are_explained() {
    let (text, place) =
        marked("[[cast: MARA, a watchmaker]]\n\nEXT. ROAD - DAY\n\nMARA walks.\n\n!! CLOSE ON ‸\n");
    let (mut client, _folder) = opened("a.play", &text);
    let answer = client.at("completion", place, json!({}));
    let item = client.request("completionItem/resolve", &answer["items"][0]);
    let words = item["documentation"]["value"].as_str().unwrap();
    assert!(words.contains("**MARA** · cast") && words.contains("a watchmaker"), "{words}");
}

#[test]
fn hover_explains_words() {
    let (path, text) = example("tide-clerk/tide-clerk.play");
    let mut client = Client::launch(root(), &[]);
    client.open(&path, &text);
    let mut all = String::new();
    for mark in [
        "IDA VOSS‸ bends",
        "THE LED‸GER. On",
        "HA‸LE (V.O.)",
        "HARBOUR‸ OFFICE - DAWN",
        "MED‸IUM ON IDA",
        "slow push‸ in]]",
        "Frost‸ on",
        "tilt‸ down",
        "go‸ne: THE",
        "format‸ 2:1",
        "DISS‸OLVE",
        "5‸s]]\n\nIDA VOSS",
    ] {
        let at = text.find(&mark.replace('‸', "")).expect(mark);
        let (marked_text, place) = marked(&format!("{}{mark}", &text[..at]));
        assert!(text.starts_with(&marked_text), "{mark}");
        let answer = client.at("hover", place, json!({}));
        let words = answer["contents"]["value"].as_str().unwrap_or("nothing");
        writeln!(all, "=== {}\n{words}\n", mark.replace('\n', "⏎")).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_name_leads_to_all_its_places() {
    let script = "\
INT. WORKSHOP - NIGHT

!! CLOSE ON MARA, with TUSK

Mara sees TUSK. **MARA's** lamp shakes.

MA‸RA
Tusk! [[cut: INSERT - MARA'S HAND]] Here.

[[wear: MARA, a coat]]

[[cast: MARA, a watchmaker]]
[[cast: YOUNG MARA = MARA, ten years old]]
[[cast: TUSK, a mammoth]]
";
    let (text, place) = marked(script);
    let (mut client, _folder) = opened("a.play", &text);
    let lines: Vec<&str> = text.lines().collect();
    let found =
        client.at("references", place, json!({ "context": { "includeDeclaration": true } }));
    let words: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            let range = &place["range"];
            let number = |value: &Value| value.as_u64().unwrap() as usize;
            let line = number(&range["start"]["line"]);
            let (start, end) =
                (number(&range["start"]["character"]), number(&range["end"]["character"]));
            format!("{line}:{}", &lines[line][start..end])
        })
        .collect();
    assert_eq!(
        words,
        ["2:MARA", "4:Mara", "4:MARA", "6:MARA", "7:MARA", "9:MARA", "11:MARA", "12:MARA"]
    );
    let origin = client.at("definition", place, json!({}));
    assert_eq!(origin["range"]["start"], json!({ "line": 11, "character": 8 }));
    let highlights = client.at("documentHighlight", place, json!({}));
    assert_eq!(highlights.as_array().unwrap().len(), words.len());
}

#[test]
fn somebody_is_renamed_everywhere() {
    let (path, text) = example("tide-clerk/tide-clerk.play");
    let mut client = Client::launch(root(), &[]);
    client.open(&path, &text);
    let at = text.find("JONAS climbs").unwrap();
    let place = (text[..at].matches('\n').count(), 2);
    let range = client.at("prepareRename", place, json!({}));
    assert_eq!(range["placeholder"], "JONAS");
    let answer = client.at("rename", place, json!({ "newName": "Pavel" }));
    let after = edited(&text, &answer["changes"][&client.uri]);
    assert!(!after.to_uppercase().contains("JONAS"));
    assert!(after.contains("PAVEL climbs") && after.contains("[[cast: PAVEL VOSS, a man"));
    // The name of another person, and a text that is no name.
    let unread = "would not be read as a name";
    for (name, why) in [
        ("HALE", "already called HALE"),
        ("a|b", "cannot be a name"),
        ("#A", unread),
        ("(V.O.)", unread),
        ("!!", unread),
        ("INT. X", unread),
        ("123", unread),
        ("THE END ^", unread),
        ("A/*B", unread),
    ] {
        let id = client.start(
            "textDocument/rename",
            &json!({
                "textDocument": { "uri": client.uri },
                "position": { "line": place.0, "character": place.1 },
                "newName": name,
            }),
        );
        let answer = client.response(id);
        assert!(answer["error"]["message"].as_str().unwrap().contains(why), "{answer}");
    }
}

// ─── The page ────────────────────────────────────────────────────────────────

#[test]
fn the_outline_has_scenes_and_shots_with_their_lengths() {
    fn write(symbols: &Value, depth: usize, out: &mut String) {
        for symbol in symbols.as_array().into_iter().flatten() {
            let detail = symbol["detail"].as_str().unwrap_or("");
            let line = symbol["range"]["start"]["line"].as_u64().unwrap();
            let end = symbol["range"]["end"]["line"].as_u64().unwrap();
            writeln!(
                out,
                "{:depth$}{} ({detail}) {line}-{end}",
                "",
                symbol["name"].as_str().unwrap()
            )
            .unwrap();
            write(&symbol["children"], depth + 2, out);
        }
    }
    let (path, text) = example("tide-clerk/tide-clerk.play");
    let mut client = Client::launch(root(), &[]);
    client.open(&path, &text);
    let mut all = String::new();
    write(&client.about("documentSymbol"), 0, &mut all);
    let whole = json!({
        "textDocument": { "uri": client.uri },
        "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } },
    });
    let lines: Vec<&str> = text.lines().collect();
    writeln!(all, "\nhints:").unwrap();
    for hint in client.request("textDocument/inlayHint", &whole).as_array().unwrap() {
        let line = hint["position"]["line"].as_u64().unwrap() as usize;
        writeln!(all, "{:.40} ~ {}", lines[line], hint["label"].as_str().unwrap()).unwrap();
    }
    writeln!(all, "\nfolds:").unwrap();
    for fold in client.about("foldingRange").as_array().unwrap() {
        writeln!(all, "{}-{}", fold["startLine"], fold["endLine"]).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn colours_are_those_of_the_parser() {
    let text = "INT. WÖRKSHOP 🎬 - NIGHT #1#\n\n!! CLOSE ON MARA [[slow push in,\n3s]]\n\n/* two\nlines */\n\nMARA (V.O.)\n*Hello.*\n";
    let (mut client, _folder) = opened("a.play", text);
    let types = client.capabilities["semanticTokensProvider"]["legend"]["tokenTypes"].clone();
    let answer = client.about("semanticTokens/full");
    let numbers: Vec<usize> =
        answer["data"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
    let (mut line, mut column) = (0, 0);
    let mut words = Vec::new();
    for token in numbers.chunks(5) {
        column = if token[0] == 0 { column + token[1] } else { token[1] };
        line += token[0];
        let units: Vec<u16> = text.lines().nth(line).unwrap().encode_utf16().collect();
        let stretch = String::from_utf16(&units[column..column + token[2]]).unwrap();
        words.push(format!("{stretch}={}", types[token[3]].as_str().unwrap()));
    }
    assert_eq!(
        words,
        [
            "INT. WÖRKSHOP 🎬 - NIGHT=class",
            "#1#=number",
            "!! CLOSE ON MARA=function",
            "[[=comment",
            "slow push in=property",
            ",=comment",
            "3s=property",
            "]]=comment",
            "/* two=comment",
            "lines */=comment",
            "MARA=variable",
            "V.O.=parameter",
            "Hello.=type",
        ]
    );
}

#[test]
fn formatting_covers_the_script_and_cues_while_one_types() {
    let text =
        "EXT. ROAD - DAY  \n\n!!   WIDE  [[ 3s ,pan left]]\n\nmara\n\n[[cast:MARA,a girl]]\n";
    let (mut client, _folder) = opened("a.play", text);
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let asked = json!({ "textDocument": { "uri": client.uri }, "options": options });
    let edits = client.request("textDocument/formatting", &asked);
    let after = edited(text, &edits);
    assert!(after.starts_with("EXT. ROAD - DAY\n\n!! WIDE [[3s, pan left]]\n"), "{after}");
    let mut part = asked;
    part["range"] =
        json!({ "start": { "line": 2, "character": 0 }, "end": { "line": 3, "character": 0 } });
    let edits = client.request("textDocument/rangeFormatting", &part);
    assert!(edited(text, &edits).starts_with("EXT. ROAD - DAY  \n\n!! WIDE [[3s, pan left]]\n"));
    let typed = client.at("onTypeFormatting", (5, 0), json!({ "ch": "\n", "options": options }));
    assert!(edited(text, &typed).contains("\nMARA\n\n[["));
}

// ─── Remedies ────────────────────────────────────────────────────────────────

#[test]
fn mistakes_have_remedies() {
    let (mut client, _folder) = opened("a.play", BROKEN);
    let mut all = String::new();
    for said in client.diagnostics() {
        let asked = json!({
            "textDocument": { "uri": client.uri },
            "range": said["range"],
            "context": { "diagnostics": [said] },
        });
        let code = said["code"].as_str().unwrap();
        writeln!(all, "{code}").unwrap();
        for action in client.request("textDocument/codeAction", &asked).as_array().unwrap() {
            let rewrite = action["kind"] == "refactor.rewrite";
            if !rewrite && action["diagnostics"][0]["code"] != code {
                continue;
            }
            writeln!(all, "  {}", action["title"].as_str().unwrap()).unwrap();
            let after = edited(BROKEN, &action["edit"]["changes"][&client.uri]);
            let (before, after): (Vec<&str>, Vec<&str>) =
                (BROKEN.lines().collect(), after.lines().collect());
            let same = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
            let rest = before.iter().rev().zip(after.iter().rev());
            let tail = rest.take_while(|(one, other)| one == other).count();
            let last = after.len().saturating_sub(tail).max(same);
            for line in &after[same..last] {
                writeln!(all, "    {}:{line}", same + 1).unwrap();
            }
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn lenses_show_what_a_build_would_make() {
    let text = "EXT. ROAD - DAY\n\n!! WIDE\n\nA fox walks.\n";
    let (mut client, _folder) = opened("a.play", text);
    let lenses = client.about("codeLens");
    let titles: Vec<&str> = lenses
        .as_array()
        .unwrap()
        .iter()
        .map(|lens| lens["command"]["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["play", "shoot", "more takes", "why?"]);
    for lens in lenses.as_array().unwrap() {
        let answer = client.request("workspace/executeCommand", &lens["command"]);
        let answer = answer.as_str().unwrap();
        let needed = ["photoplay build a.play", "save it, then shoot"];
        assert!(needed.iter().any(|words| answer.contains(words)), "{answer}");
    }
    let shown = |notice: &&Value| notice["method"] == "window/showMessage";
    // The last message may not have arrived yet.
    client.about("foldingRange");
    assert_eq!(client.unread.iter().filter(shown).count(), 4);
}

/// A portrait, a take and a still of it, as a build leaves them.
#[test]
fn takes_and_portraits_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let picture = fs::read(root().join("examples/junkyard/neuron.png")).unwrap();
    write("cast/mara.png", &picture);
    let text = "EXT. ROAD - DAY\n\n!! CLOSE ON MARA [[3s]]\n\nMARA walks.\n\n\
                [[cast: MARA, a girl | reference: cast/mara.png]]\n\n[[film: motion network]]\n";
    write("a.play", text.as_bytes());
    let plan = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["plan", "a.play", "--format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let plan: Value = serde_json::from_slice(&plan.stdout).unwrap();
    let shots = plan["shots"].as_array().unwrap();
    let shot = shots.iter().find(|shot| shot["number"] == "1.1").unwrap();
    let key = shot["key"].as_str().expect("nothing waits for a portrait");
    let payload = b"every pixel of it";
    let record = json!({
        "key": key, "payload": blake3::hash(payload).to_hex().as_str(), "stamp": null,
        "recipe": {}, "made": { "photoplay": "", "device": "", "seconds": 1.0 },
    });
    write(&format!(".photoplay/takes/{}/{key}.mkv", &key[..2]), payload);
    write(&format!(".photoplay/takes/{}/{key}.json", &key[..2]), record.to_string().as_bytes());
    write(&format!(".photoplay/stills/{key}.png"), &picture);

    let mut client = Client::launch(folder.path(), &[]);
    client.open(&folder.path().join("a.play"), text);
    let at = |path: &str| address(&folder.path().join(path));
    let answer = client.at("hover", (2, 4), json!({}));
    let told = answer["contents"]["value"].as_str().unwrap();
    let still = at(&format!(".photoplay/stills/{key}.png"));
    for words in [&*still, &at("cast/mara.png"), "prompt: *", "in the picture: MARA"] {
        assert!(told.contains(words), "{words} is missing in {told}");
    }
    let answer = client.at("hover", (4, 1), json!({}));
    assert!(answer["contents"]["value"].as_str().unwrap().contains(&at("cast/mara.png")));

    let uri = client.uri.clone();
    let command = |name: &str| json!({ "command": name, "arguments": [uri, "1.1"] });
    let take = client.request("workspace/executeCommand", &command("photoplay.playShot"));
    assert_eq!(take, at(&format!(".photoplay/takes/{}/{key}.mkv", &key[..2])));
    client.about("foldingRange");
    assert!(client.unread.iter().any(|notice| notice["method"] == "window/showDocument"));
    let why = client.request("workspace/executeCommand", &command("photoplay.why"));
    assert_eq!(why, "shot 1.1 is made; it would not be made again");
    client.change(&[change((2, 18), (2, 20), "5s")]);
    let why = client.request("workspace/executeCommand", &command("photoplay.why"));
    assert_eq!(why, "shot 1.1 was never made");
}

#[test]
fn files_are_linked_and_scripts_are_searched() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("cast")).unwrap();
    fs::write(folder.path().join("cast/mara.png"), b"").unwrap();
    fs::write(folder.path().join("words.yaml"), "").unwrap();
    fs::write(folder.path().join("other.fountain"), "INT. LIGHTHOUSE - DAY\n\nIDA\nHello.\n")
        .unwrap();
    let mut client = Client::launch(folder.path(), &[]);
    let text = "[[use: words.yaml]]\n\nEXT. ROAD - DAY\n\n!! WIDE [[from \"cast/mara.png\"]]\n\n[[cast: MARA, a girl | reference: cast/mara.png]]\n";
    client.open(&folder.path().join("a.play"), text);
    let links = client.about("documentLink");
    let targets: Vec<&str> =
        links.as_array().unwrap().iter().map(|link| link["target"].as_str().unwrap()).collect();
    let picture = address(&folder.path().join("cast/mara.png"));
    assert_eq!(targets, [&*address(&folder.path().join("words.yaml")), &picture, &picture]);
    let found = client.request("workspace/symbol", &json!({ "query": "light" }));
    assert_eq!(found[0]["name"], "INT. LIGHTHOUSE - DAY");
}

#[test]
fn a_request_can_be_cancelled() {
    let (path, text) = example("novel/the-road-of-yellow-brick.play");
    let mut client = Client::launch(root(), &[]);
    // Long enough that the request is cancelled before the server has analyzed it.
    client.open(&path, &text.repeat(20));
    let asked = json!({ "textDocument": { "uri": client.uri } });
    let ids: Vec<i64> =
        (0..20).map(|_| client.start("textDocument/semanticTokens/full", &asked)).collect();
    for id in &ids {
        client.notify("$/cancelRequest", &json!({ "id": id }));
    }
    let mut answers = Vec::new();
    for id in ids {
        answers.push(client.response(id));
    }
    let withdrawn = answers.iter().filter(|answer| answer["error"]["code"] == -32800).count();
    assert!(
        withdrawn > 0
            && answers.iter().all(|a| a.get("result").is_some() || a["error"]["code"] == -32800)
    );
    assert_eq!(client.shut_down(), Some(0));
}

#[test]
fn an_unknown_request_is_an_error_and_the_server_continues() {
    let (mut client, _folder) = opened("a.play", "EXT. ROAD - DAY\n");
    for (method, params, code) in [
        ("textDocument/hover", json!({ "nonsense": 1 }), -32602),
        ("textDocument/nonsense", json!({}), -32601),
        ("workspace/executeCommand", json!({ "command": "rm" }), -32602),
    ] {
        let id = client.start(method, &params);
        assert_eq!(client.response(id)["error"]["code"], code, "{method}");
    }
    let elsewhere = json!({ "textDocument": { "uri": "file:///nowhere.play" }, "position": { "line": 9, "character": 9 } });
    assert_eq!(client.request("textDocument/hover", &elsewhere), Value::Null);
    client.notify("textDocument/didChange", &json!({ "nonsense": 1 }));
    let far = client.at("hover", (999, 999), json!({}));
    assert_eq!(far, Value::Null);
    assert_eq!(client.shut_down(), Some(0));
}
