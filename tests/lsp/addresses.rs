//! Documents and their addresses, as editors write them.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::client::Client;

/// A script that is open, and reached through a link too, has its symbols once, under the
/// address that the editor sent.
#[cfg(unix)]
#[test]
fn symbols_come_once_under_the_editors_address() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("real [x];");
    fs::create_dir(&real).unwrap();
    fs::write(real.join("a.play"), "INT. LIGHTHOUSE - DAY\n").unwrap();
    std::os::unix::fs::symlink(real.join("a.play"), folder.path().join("b.play")).unwrap();
    let mut client = Client::launch(folder.path(), &[]);
    let sent = format!("file://{}/real%20[x];/a.play", folder.path().display());
    let document = json!({
        "uri": sent, "languageId": "photoplay", "version": 1, "text": "INT. LIGHTHOUSE - DAY\n",
    });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    let found = client.request("workspace/symbol", &json!({ "query": "light" }));
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["location"]["uri"], *sent);
}

/// A document of no folder finds no files of the server's.
#[test]
fn a_document_of_no_folder_has_no_files() {
    let mut client = Client::launch(Path::new(env!("CARGO_MANIFEST_DIR")), &[]);
    let text = "EXT. ROAD - DAY\n\n!! WIDE [[from \"Cargo.toml\"]]\n\nRain.\n";
    for uri in ["git:/a.play", "file://server/share/a.play"] {
        let document = json!({ "uri": uri, "languageId": "photoplay", "version": 1, "text": text });
        client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        uri.clone_into(&mut client.uri);
        assert_eq!(client.about("documentLink"), json!([]), "{uri}");
    }
}

/// Some editors count no versions.
#[test]
fn a_change_without_a_version_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::launch(folder.path(), &[]);
    client.open(&folder.path().join("a.play"), "EXT. ROAD - DAY\n");
    let change = json!({
        "textDocument": { "uri": client.uri, "version": null },
        "contentChanges": [{ "text": "INT. LIGHTHOUSE - DAY\n" }],
    });
    client.notify("textDocument/didChange", &change);
    let found = client.request("workspace/symbol", &json!({ "query": "lighth" }));
    assert_eq!(found[0]["name"], "INT. LIGHTHOUSE - DAY");
}
