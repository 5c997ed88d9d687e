//! The desk: pages, fragments of them, and forms that work with and without scripts.

mod assigning;
mod moving;
mod offers;
mod person;

use axum::Json;
use axum::extract::{
    Form, FromRef as _, FromRequest, FromRequestParts as _, Path, Query, Request, State,
};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Front;
use super::api::{read_files, read_stance};
use super::error::Problem;
use super::live;
use super::login::is_plain_address;
use super::session::AtDesk;
use super::view::desk::{self as view, Desk};
use super::view::lists;
use crate::domain::id::{AgentId, RequestId, TicketId};
use crate::events::Hint;
use crate::service::desk::{self, Receiver};
use crate::service::view::{Tab, TicketView};
use crate::service::{House, ServiceError};

pub(super) use assigning::{alive, assign, bot};
pub(super) use moving::{hold, pending, priority, reopen, resume, snooze, spam};
pub(super) use offers::{accept, decline};
pub(super) use person::{
    ask_for_code, contact, link, link_again, merge, read_contact, read_tie, unlink,
};

#[derive(Deserialize)]
pub(super) struct Looking {
    tab: Option<String>,
    q: Option<String>,
}

impl Looking {
    fn tab(&self) -> Tab {
        Tab::parse(self.tab.as_deref().unwrap_or_default())
    }

    fn search(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|words| !words.is_empty())
    }
}

pub(super) async fn page(
    State(house): State<House>,
    at: AtDesk,
    Query(looking): Query<Looking>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    show(&house, &at, &looking, None, &headers).await
}

pub(super) async fn ticket(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    Query(looking): Query<Looking>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = at.who.words();
    let ticket = desk::ticket(&house, &at.who.caller, read_id(&id)?, words.language).await?;
    show(&house, &at, &looking, Some(ticket), &headers).await
}

/// The whole page, or the part that a script asks for.
async fn show(
    house: &House,
    at: &AtDesk,
    looking: &Looking,
    ticket: Option<TicketView>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let overview = desk::overview(house, &at.right, looking.tab(), looking.search()).await?;
    let (words, now) = (at.who.words(), house.now());
    let query = lists::query(looking.tab(), looking.search());
    let here = match &ticket {
        Some(ticket) => format!("/desk/tickets/{}{query}", ticket.row.id),
        None => format!("/desk{query}"),
    };
    let desk = Desk {
        view: &overview,
        ticket: ticket.as_ref(),
        search: looking.search(),
        csrf: at.who.csrf(),
        here: &here,
    };
    let part = headers.get("x-fragment").and_then(|value| value.to_str().ok());
    let markup = match (part, &ticket) {
        (Some("list"), _) => html! {
            (view::me(&overview.me, at.who.csrf(), &words))
            (lists::list(&overview, desk.shown(), &words, now))
        },
        (Some("ticket"), Some(ticket)) => view::opened(ticket, desk, &query, &words, now),
        _ => view::page(desk, &words, now),
    };
    Ok(markup.into_response())
}

fn read_id(text: &str) -> Result<TicketId, Problem> {
    text.parse().map_err(|_| ServiceError::NotFound("the ticket").into())
}

/// A request's id from whatever words the page gave it, bound to who sent it.
pub(super) fn request_id(who: AgentId, words: &str) -> RequestId {
    let digest = Sha256::digest(format!("{who} {words}").as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    RequestId(Uuid::from_bytes(bytes))
}

/// What every form of the desk may carry.
#[derive(Deserialize)]
pub(super) struct Sent {
    csrf: Option<String>,
    request: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    priority: String,
    /// Until when a ticket is put aside: a choice, or `at` a local time.
    #[serde(default)]
    until: String,
    #[serde(default)]
    at: String,
    /// The browser's time zone, where scripts run.
    #[serde(default)]
    zone: String,
    query: Option<String>,
    /// The ids of uploaded files, with spaces between them.
    #[serde(default)]
    files: String,
}

impl Sent {
    fn request(&self, at: &AtDesk) -> Option<RequestId> {
        let words = self.request.as_deref().filter(|words| !words.is_empty())?;
        Some(request_id(at.right.agent().id, words))
    }

    /// Back to the list or ticket that the form stood on.
    fn query(&self) -> &str {
        let ours = |query: &&str| query.starts_with('?') && is_plain_address(query);
        self.query.as_deref().filter(ours).unwrap_or_default()
    }
}

/// A form of the desk's own about one ticket.
pub(super) struct OnTicket {
    house: House,
    at: AtDesk,
    id: TicketId,
    headers: HeaderMap,
    sent: Sent,
}

impl FromRequest<Front> for OnTicket {
    type Rejection = Problem;

    async fn from_request(request: Request, front: &Front) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let at = AtDesk::from_request_parts(&mut parts, front).await?;
        let Path(id): Path<String> = Path::from_request_parts(&mut parts, front).await?;
        let headers = parts.headers.clone();
        let request = Request::from_parts(parts, body);
        let Form(sent): Form<Sent> = Form::from_request(request, front).await?;
        at.who.own_form(sent.csrf.as_deref())?;
        Ok(Self { house: House::from_ref(front), at, id: read_id(&id)?, headers, sent })
    }
}

impl OnTicket {
    /// The request of one of several buttons that share a form's key.
    fn request(&self, verb: &str) -> Option<RequestId> {
        let words = self.sent.request.as_deref().filter(|words| !words.is_empty())?;
        Some(request_id(self.at.right.agent().id, &format!("{verb} {} {words}", self.id)))
    }

    /// Back to the ticket.
    fn back(&self) -> Response {
        let (id, query) = (self.id.to_string(), self.sent.query());
        done(&self.headers, &format!("/desk/tickets/{id}{query}"), Some(&id))
    }
}

/// A script gets the ticket's id, a browser the ticket's page.
fn done(headers: &HeaderMap, path: &str, ticket: Option<&str>) -> Response {
    if headers.contains_key("x-fragment") || accepts_json(headers) {
        return Json(serde_json::json!({"ticket": ticket, "location": path})).into_response();
    }
    Redirect::to(path).into_response()
}

fn accepts_json(headers: &HeaderMap) -> bool {
    headers.get("accept").and_then(|a| a.to_str().ok()).is_some_and(|a| a.contains("json"))
}

pub(super) async fn next(
    State(house): State<House>,
    at: AtDesk,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    let request = sent.request(&at);
    let request = request.unwrap_or_else(|| RequestId(crate::service::clock::fresh_id()));
    let taken = desk::take_next(&house, &at.right, request).await?;
    Ok(match taken {
        Some(row) => done(&headers, &format!("/desk/tickets/{}", row.id), Some(&row.id)),
        None => done(&headers, "/desk?tab=waiting", None),
    })
}

pub(super) async fn presence(
    State(house): State<House>,
    at: AtDesk,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    desk::set_stance(&house, &at.right, read_stance(&sent.state)?).await?;
    Ok(done(&headers, &format!("/desk{}", sent.query()), None))
}

pub(super) async fn take(on: OnTicket) -> Result<Response, Problem> {
    let row = desk::take_this(&on.house, &on.at.right, on.id).await?;
    Ok(done(&on.headers, &format!("/desk/tickets/{}", row.id), Some(&row.id)))
}

pub(super) async fn reply(on: OnTicket) -> Result<Response, Problem> {
    let files = read_files(on.sent.files.split_whitespace())?;
    let (right, request) = (&on.at.right, on.request("reply"));
    desk::reply_with(&on.house, right, on.id, &on.sent.text, &files, request).await?;
    Ok(on.back())
}

pub(super) async fn note(on: OnTicket) -> Result<Response, Problem> {
    desk::note(&on.house, &on.at.right, on.id, &on.sent.text, on.request("note")).await?;
    Ok(on.back())
}

/// Reads `agent:ID` or `team:NAME`.
fn receiver(to: &str) -> Result<Receiver, Problem> {
    let read = match to.split_once(':') {
        Some(("agent", id)) => id.parse().ok().map(Receiver::Agent),
        Some(("team", name)) if !name.is_empty() => Some(Receiver::Team(name.to_owned())),
        _ => None,
    };
    read.ok_or_else(|| ServiceError::Invalid("choose a colleague or a team".to_owned()).into())
}

pub(super) async fn transfer(on: OnTicket) -> Result<Response, Problem> {
    let to = receiver(&on.sent.to)?;
    desk::transfer(&on.house, &on.at.right, on.id, to, &on.sent.note).await?;
    Ok(done(&on.headers, "/desk", None))
}

pub(super) async fn resolve(on: OnTicket) -> Result<Response, Problem> {
    desk::resolve(&on.house, &on.at.right, on.id, on.request("resolve")).await?;
    Ok(done(&on.headers, "/desk", None))
}

/// Live hints. The open page is the agent's sign of life, as long as the session holds. What
/// happens in other conversations is nobody's affair here: a ticket's own hint tells of its lines.
pub(super) async fn events(State(house): State<House>, at: AtDesk) -> Response {
    let (heart, key) = (house.clone(), at.who.key());
    let beat = async move {
        while let Some(caller) = live::holder(&heart, &key).await {
            if let Err(error) = desk::keep_presence(&heart, &caller.desk()).await {
                tracing::debug!(%error, "presence not renewed");
            }
            live::pause(&heart).await;
        }
    };
    live::hints_while(house, is_for_desks, beat)
}

fn is_for_desks(hint: &Hint) -> bool {
    !matches!(hint, Hint::Conversation { .. } | Hint::Feedback | Hint::Outbox)
}
