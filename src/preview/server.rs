//! The HTTP server of the preview page. It serves this machine only, and only
//! requests with the random token of its address.
//!
//! Serves the page, artefacts by hash and the JSON of `docs/preview.md`. It has
//! no access to folders, so it cannot serve anything else.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Json, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream::{self, Stream};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot, watch};

use super::screen::Screen;
use super::state::Cursor;

/// The most connections at a time: fewer than the open files of a process.
const CONNECTIONS: usize = 256;

/// The server closes a connection that sends no request for this long.
const SILENCE: Duration = Duration::from_secs(3);

/// The most bytes of a request's body.
const LONGEST_BODY: usize = 4096;

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Socket or thread could not be opened.
    #[error("cannot serve the preview on port {port}")]
    Start {
        /// The port; 0 for any.
        port: u16,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The system has no random numbers for the token.
    #[error("the system gives no random numbers for the preview's address")]
    Random,
}

/// A running server; dropping it stops it.
pub struct Server {
    /// The page's address.
    pub url: String,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A server that panicked has stopped as well.
            let _ = thread.join();
        }
    }
}

/// What a request must have to be answered.
#[derive(Clone)]
struct Door {
    token: Arc<str>,
    port: u16,
}

/// Serves a screen on a port of this machine; 0 means any free port.
pub fn serve(screen: Arc<Screen>, port: u16) -> Result<Server, Error> {
    let failed = |source| Error::Start { port, source };
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| Error::Random)?;
    let token = format!("{:032x}", u128::from_be_bytes(random));
    let listener = std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let url = format!("http://127.0.0.1:{port}/{token}/");
    let routes = routes(screen, Door { token: token.into(), port });
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("preview".to_owned())
        .spawn(move || {
            runtime.block_on(async move {
                let serving = accept(listener, routes);
                futures_util::future::select(Box::pin(serving), stopped).await;
            });
        })
        .map_err(failed)?;
    Ok(Server { url, stop: Some(stop), thread: Some(thread) })
}

async fn accept(listener: std::net::TcpListener, routes: Router) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SILENCE).max_buf_size(32 << 10);
    loop {
        let Ok(seat) = seats.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, or the client closed the connection at
            // once.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let service = TowerToHyperService::new(routes.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // An error of a connection ends only that connection.
            let _ = connection.await;
            drop(seat);
        });
    }
}

fn routes(screen: Arc<Screen>, door: Door) -> Router {
    Router::new()
        .route("/{token}/", get(|| async { page_file("index.html") }))
        .route(
            "/{token}/page/{file}",
            get(|Path((_, file)): Path<(String, String)>| async move { page_file(&file) }),
        )
        .route("/{token}/artefact/{hash}", get(artefact))
        .route("/{token}/state", get(state))
        .route("/{token}/events", get(events))
        .route("/{token}/cursor", post(cursor))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn_with_state(door, guard))
        .with_state(screen)
}

/// Accepts a request if it has the token, comes from our own page or from no
/// page, and names this host. The last check stops DNS rebinding: a page whose
/// own name resolves to this machine.
async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let browses = request.headers().contains_key("sec-fetch-site");
    let mut response = match refusal(&door, &request) {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    };
    let status = response.status();
    let headers = response.headers_mut();
    // A client must not reuse a connection that we close.
    if status.is_client_error() || !browses {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let policy = "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; \
        base-uri 'none'; form-action 'none'";
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn refusal(door: &Door, request: &Request<Body>) -> Option<StatusCode> {
    let headers = request.headers();
    let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", door.port));
    let one_of = |value: &HeaderValue, allowed: &[String]| {
        value.to_str().is_ok_and(|value| allowed.iter().any(|known| known == value))
    };
    let mut named = headers.get_all(header::HOST).iter();
    let known = named.next().is_some_and(|host| one_of(host, &hosts)) && named.next().is_none();
    let origins = hosts.map(|host| format!("http://{host}"));
    let foreign = headers.get_all(header::ORIGIN).iter().any(|origin| !one_of(origin, &origins));
    if !known || foreign || crosses_sites(headers) {
        return Some(StatusCode::FORBIDDEN);
    }
    let path = request.uri().path();
    let token = path.strip_prefix('/').and_then(|path| path.split('/').next()).unwrap_or_default();
    (!same(token, &door.token)).then_some(StatusCode::NOT_FOUND)
}

/// Whether Fetch Metadata (W3C) allows a request. Browsers send the origin of a
/// request. Any site may open the page, because its address has the token;
/// other requests must come from the page itself.
fn crosses_sites(headers: &HeaderMap) -> bool {
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let site = value("sec-fetch-site").unwrap_or("none");
    // A window of its own, or a panel of an editor beside the script.
    let opened = value("sec-fetch-mode") == Some("navigate")
        && matches!(value("sec-fetch-dest"), Some("document" | "iframe"));
    !matches!(site, "same-origin" | "none") && !opened
}

/// Compares two words in constant time, so that the time does not reveal where
/// they differ.
fn same(a: &str, b: &str) -> bool {
    blake3::hash(a.as_bytes()) == blake3::hash(b.as_bytes())
}

/// The page's files by name.
fn page_file(name: &str) -> Response {
    macro_rules! file {
        ($kind:literal, $path:literal) => {
            ([(header::CONTENT_TYPE, $kind)], &include_bytes!($path)[..]).into_response()
        };
    }
    match name {
        "index.html" => file!("text/html; charset=utf-8", "page/index.html"),
        "page.css" => file!("text/css; charset=utf-8", "page/page.css"),
        "page.js" => file!("text/javascript; charset=utf-8", "page/page.js"),
        "player.js" => file!("text/javascript; charset=utf-8", "page/player.js"),
        "timeline.js" => file!("text/javascript; charset=utf-8", "page/timeline.js"),
        "details.js" => file!("text/javascript; charset=utf-8", "page/details.js"),
        "transport.js" => file!("text/javascript; charset=utf-8", "page/transport.js"),
        "regular.otf" => file!("font/otf", "../../assets/fonts/EBGaramond08-Regular.otf"),
        "italic.otf" => file!("font/otf", "../../assets/fonts/EBGaramond08-Italic.otf"),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn artefact(
    State(screen): State<Arc<Screen>>,
    Path((_, hash)): Path<(String, String)>,
) -> Response {
    let Some(artefact) = screen.artefact(&hash) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Reading and remuxing a piece blocks, so it runs on another thread.
    let read = tokio::task::spawn_blocking(move || artefact.read());
    let Ok(Some((kind, bytes))) = read.await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    (headers, bytes.to_vec()).into_response()
}

async fn state(State(screen): State<Arc<Screen>>) -> Response {
    let text = screen.state_updates().borrow().to_string();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn events(
    State(screen): State<Arc<Screen>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = stream::select(
        texts("state", screen.state_updates()),
        texts("work", screen.work_updates()),
    );
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// A stream of the latest text and every later one; it skips texts while the
/// reader is slow.
fn texts(
    name: &'static str,
    receiver: watch::Receiver<Arc<str>>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((receiver, true), move |(mut receiver, first)| async move {
        if !first {
            receiver.changed().await.ok()?;
        }
        let text = receiver.borrow_and_update().clone();
        Some((Ok(Event::default().event(name).data(&*text)), (receiver, false)))
    })
}

async fn cursor(State(screen): State<Arc<Screen>>, Json(cursor): Json<Cursor>) -> StatusCode {
    screen.cursor(cursor);
    StatusCode::NO_CONTENT
}
