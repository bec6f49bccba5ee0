//! Dispatches each request to the function that answers it, by its method.

use gen_lsp_types as lsp;
use lsp::{CompletionItem, TextDocumentPositionParams, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::commands::CommandEffect;
use super::session::Session;
use super::view::View;
use super::{
    actions, commands, completion, folding, formatting, hints, hover, lenses, links, navigation,
    rename, symbols, tokens, typing,
};

pub(super) fn value(answer: impl Serialize) -> Value {
    serde_json::to_value(answer).expect("an answer is plain data")
}

/// Why a request has no result.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Its parameters are malformed.
    Malformed(String),
    /// The server does not know the method or command.
    Unknown,
    /// The server cannot do it; holds the reason.
    Impossible(String),
}

pub(super) type Answer = Result<Value, Refusal>;

/// Executes a command; its arguments are the URI of a script and the number of
/// a shot.
pub(super) fn command(
    session: &mut Session,
    params: Value,
    done: &mut Option<CommandEffect>,
) -> Answer {
    let asked: lsp::ExecuteCommandParams = read(params)?;
    let words = asked.arguments.unwrap_or_default();
    let (Some(uri), Some(number)) =
        (words.first().and_then(Value::as_str), words.get(1).and_then(Value::as_str))
    else {
        return Err(Refusal::Malformed("a script and the number of a shot are needed".to_owned()));
    };
    let uri = Uri(uri.to_owned());
    let Some(view) = session.view(&uri) else {
        return Err(Refusal::Impossible("the script is not open".to_owned()));
    };
    let outcome = commands::run(&view, &asked.command, number).ok_or(Refusal::Unknown)?;
    let answer = match &outcome {
        CommandEffect::ShowMessage(words) => Value::String(words.message.clone()),
        CommandEffect::ShowDocument(document) => Value::String(document.uri.0.clone()),
        CommandEffect::Start(invocation) => Value::String(invocation.title.clone()),
    };
    *done = Some(outcome);
    Ok(answer)
}

fn read<P: DeserializeOwned>(params: Value) -> Result<P, Refusal> {
    serde_json::from_value(params).map_err(|error| Refusal::Malformed(error.to_string()))
}

/// Answers from an open script; `null` if it is not open.
fn from_script<T: Serialize>(
    session: &mut Session,
    uri: &Uri,
    answer: impl FnOnce(&View<'_>) -> T,
) -> Answer {
    Ok(session.view(uri).map_or(Value::Null, |view| value(answer(&view))))
}

/// Answers about a position in an open script.
fn at_place<T: Serialize>(
    session: &mut Session,
    place: &TextDocumentPositionParams,
    answer: impl FnOnce(&View<'_>, usize) -> T,
) -> Answer {
    let uri = &place.text_document.uri;
    from_script(session, uri, |view| answer(view, view.byte(place.position)))
}

/// Answers a request by its method.
pub(super) fn answer(session: &mut Session, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/hover" => {
            let asked: lsp::HoverParams = read(params)?;
            at_place(session, &asked.text_document_position_params, hover::hover)
        }
        "textDocument/definition" => {
            let asked: lsp::DefinitionParams = read(params)?;
            at_place(session, &asked.text_document_position_params, navigation::definition)
        }
        "textDocument/references" => {
            let asked: lsp::ReferenceParams = read(params)?;
            let declaration = asked.context.include_declaration;
            at_place(session, &asked.text_document_position_params, |view, byte| {
                navigation::references(view, byte, declaration)
            })
        }
        "textDocument/documentHighlight" => {
            let asked: lsp::DocumentHighlightParams = read(params)?;
            at_place(session, &asked.text_document_position_params, navigation::highlights)
        }
        "textDocument/prepareRename" => {
            let asked: lsp::PrepareRenameParams = read(params)?;
            at_place(session, &asked.text_document_position_params, rename::prepare)
        }
        "textDocument/completion" => {
            let asked: lsp::CompletionParams = read(params)?;
            at_place(session, &asked.text_document_position_params, completion::complete)
        }
        _ => answer_from_script(session, method, params),
    }
}

/// Answers a request about a whole script or a range of it.
fn answer_from_script(session: &mut Session, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/documentSymbol" => {
            let asked: lsp::DocumentSymbolParams = read(params)?;
            from_script(session, &asked.text_document.uri, symbols::outline)
        }
        "textDocument/foldingRange" => {
            let asked: lsp::FoldingRangeParams = read(params)?;
            from_script(session, &asked.text_document.uri, folding::folds)
        }
        "textDocument/semanticTokens/full" => {
            let asked: lsp::SemanticTokensParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                tokens::tokens(view, 0..usize::MAX)
            })
        }
        "textDocument/semanticTokens/range" => {
            let asked: lsp::SemanticTokensRangeParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                tokens::tokens(view, view.document.bytes(asked.range))
            })
        }
        "textDocument/formatting" => {
            let asked: lsp::DocumentFormattingParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                formatting::format(view, 0..usize::MAX)
            })
        }
        "textDocument/rangeFormatting" => {
            let asked: lsp::DocumentRangeFormattingParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                formatting::format(view, view.document.bytes(asked.range))
            })
        }
        "textDocument/onTypeFormatting" => {
            let asked: lsp::DocumentOnTypeFormattingParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                typing::typed(view, asked.position)
            })
        }
        "textDocument/codeAction" => {
            let asked: lsp::CodeActionParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                actions::actions(view, view.document.bytes(asked.range))
            })
        }
        "textDocument/codeLens" => {
            let asked: lsp::CodeLensParams = read(params)?;
            from_script(session, &asked.text_document.uri, lenses::lenses)
        }
        "textDocument/inlayHint" => {
            let asked: lsp::InlayHintParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                hints::hints(view, view.document.bytes(asked.range))
            })
        }
        "textDocument/documentLink" => {
            let asked: lsp::DocumentLinkParams = read(params)?;
            from_script(session, &asked.text_document.uri, links::links)
        }
        _ => answer_other(session, method, params),
    }
}

/// Answers a request about names, a completion item or the workspace.
fn answer_other(session: &mut Session, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/rename" => {
            let asked: lsp::RenameParams = read(params)?;
            let place = asked.text_document_position_params;
            let Some(view) = session.view(&place.text_document.uri) else { return Ok(Value::Null) };
            rename::rename(&view, view.byte(place.position), &asked.new_name)
                .map(|edits| value(view.edit(edits)))
                .map_err(Refusal::Impossible)
        }
        "completionItem/resolve" => {
            let item: CompletionItem = read(params)?;
            let later = item.data.clone().map(serde_json::from_value::<completion::ResolveData>);
            let Some(Ok(later)) = later else { return Ok(value(item)) };
            let uri = Uri(later.uri.clone());
            Ok(match session.view(&uri) {
                Some(view) => value(completion::resolve(&view, item, &later)),
                None => value(item),
            })
        }
        "workspace/symbol" => {
            let asked: lsp::WorkspaceSymbolParams = read(params)?;
            Ok(value(session.symbols(&asked.query)))
        }
        _ => Err(Refusal::Unknown),
    }
}
