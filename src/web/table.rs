//! Every route, with the least role that may call it. The router is made from this list, so that a
//! test can walk it.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::{
    Front, api, assets, board, chat, contact, demo, desk, files, login, operations, rest, stats,
    webhook,
};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever holds the secret of a channel: its own signature or token.
    Signed,
    /// Everybody with an account.
    Agent,
    /// Supervisors and admins.
    Supervisor,
}

/// One route.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{…}` places.
    pub path: &'static str,
    /// The least role.
    pub access: Access,
    handler: MethodRouter<Front>,
}

fn route<H, T>(method: &Method, path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, Front>,
    T: 'static,
{
    let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
    Route { method: method.clone(), path, access, handler: on(filter, handler) }
}

fn get<H: Handler<T, Front>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    route(&Method::GET, path, access, handler)
}

fn post<H: Handler<T, Front>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    route(&Method::POST, path, access, handler)
}

fn put<H: Handler<T, Front>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    route(&Method::PUT, path, access, handler)
}

/// The whole list.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = public();
    routes.extend(pages());
    routes.extend(interface());
    routes
}

fn public() -> Vec<Route> {
    use Access::{Public, Signed};
    vec![
        get("/", Public, chat::shop),
        get("/widget.js", Public, assets::widget),
        get("/assets/{*path}", Public, assets::asset),
        get("/lang/{code}", Public, login::language),
        get("/chat/frame", Public, chat::frame),
        post("/chat/session", Public, chat::session),
        post("/chat/messages", Public, chat::messages),
        get("/chat/stream", Public, chat::stream),
        post("/chat/form", Public, chat::form),
        post("/chat/read", Public, chat::read),
        post("/chat/files", Public, chat::upload),
        get("/chat/transcript", Public, chat::transcript),
        get("/chat/files/{id}", Public, files::read_in_chat),
        get("/login", Public, login::page),
        post("/login", Public, login::log_in),
        get("/healthz", Public, operations::alive),
        get("/readyz", Public, operations::ready),
        get("/metrics", Public, operations::metrics),
        get("/openapi.json", Public, api::document),
        get("/demo/orders/{number}", Public, demo::order),
        get("/webhooks/rest/", Signed, rest::health),
        post("/webhooks/rest/webhook", Signed, rest::ask),
        get("/webhooks/rest/messages", Signed, rest::messages),
        get("/webhooks/rest/files/{id}", Signed, rest::file),
        post("/webhooks/telegram/{bot}", Signed, webhook::telegram),
    ]
}

fn pages() -> Vec<Route> {
    use Access::{Agent, Supervisor};
    vec![
        post("/logout", Agent, login::log_out),
        get("/desk", Agent, desk::page),
        get("/desk/events", Agent, desk::events),
        get("/desk/tickets/{id}", Agent, desk::ticket),
        post("/desk/next", Agent, desk::next),
        post("/desk/presence", Agent, desk::presence),
        post("/desk/alive", Agent, desk::alive),
        post("/desk/offers/{id}/accept", Agent, desk::accept),
        post("/desk/offers/{id}/decline", Agent, desk::decline),
        post("/desk/tickets/{id}/take", Agent, desk::take),
        post("/desk/tickets/{id}/replies", Agent, desk::reply),
        post("/desk/tickets/{id}/notes", Agent, desk::note),
        get("/desk/files/{id}", Agent, files::read_at_desk),
        post("/desk/tickets/{id}/files", Agent, files::upload_at_desk),
        post("/desk/tickets/{id}/transfer", Agent, desk::transfer),
        post("/desk/tickets/{id}/assign", Supervisor, desk::assign),
        post("/desk/tickets/{id}/bot", Agent, desk::bot),
        post("/desk/tickets/{id}/resolve", Agent, desk::resolve),
        post("/desk/tickets/{id}/reopen", Agent, desk::reopen),
        post("/desk/tickets/{id}/pending", Agent, desk::pending),
        post("/desk/tickets/{id}/hold", Agent, desk::hold),
        post("/desk/tickets/{id}/resume", Agent, desk::resume),
        post("/desk/tickets/{id}/snooze", Agent, desk::snooze),
        post("/desk/tickets/{id}/priority", Agent, desk::priority),
        post("/desk/tickets/{id}/spam", Agent, desk::spam),
        post("/desk/tickets/{id}/merge", Agent, desk::merge),
        post("/desk/tickets/{id}/code", Agent, desk::ask_for_code),
        post("/desk/tickets/{id}/link", Agent, desk::link),
        post("/desk/tickets/{id}/unlink", Agent, desk::unlink),
        post("/desk/tickets/{id}/link-again", Agent, desk::link_again),
        get("/desk/contacts/{id}", Agent, desk::contact),
        get("/board", Supervisor, board::page),
        get("/board/figures", Supervisor, board::refreshed),
        get("/board/tickets", Supervisor, board::behind),
        get("/board/events", Supervisor, board::events),
        get("/board/sla", Supervisor, board::sla),
        get("/board/sla/tickets", Supervisor, board::sla_behind),
        get("/board/lane", Supervisor, board::lane),
        get("/board/fairness", Supervisor, board::fairness::page),
        get("/board/shadow", Supervisor, board::shadow::page),
        get("/board/shadow/live", Supervisor, board::shadow::live),
        post("/board/shadow/{id}/{decision}", Supervisor, board::shadow::decide),
        get("/board/fairness/tickets", Supervisor, board::fairness::behind),
        get("/board/letters", Supervisor, board::letters::page),
        post("/board/letters/{id}/retry", Supervisor, board::letters::retry),
        post("/board/letters/{id}/dismiss", Supervisor, board::letters::dismiss),
        post("/board/inbox/{id}/replay", Supervisor, board::letters::replay),
        get("/board/inbox/{id}", Supervisor, board::letters::raw),
    ]
}

fn interface() -> Vec<Route> {
    use Access::{Agent, Supervisor};
    vec![
        post("/api/v1/presence", Agent, api::presence),
        post("/api/v1/desk/next", Agent, api::next),
        get("/api/v1/offers", Agent, api::offers),
        post("/api/v1/offers/{id}/accept", Agent, api::accept),
        post("/api/v1/offers/{id}/decline", Agent, api::decline),
        get("/api/v1/tickets", Agent, api::tickets),
        get("/api/v1/tickets/{id}", Agent, api::ticket),
        post("/api/v1/tickets/{id}/take", Agent, api::take),
        post("/api/v1/tickets/{id}/replies", Agent, api::reply),
        post("/api/v1/tickets/{id}/notes", Agent, api::note),
        get("/api/v1/files/{id}", Agent, files::read_by_program),
        post("/api/v1/tickets/{id}/files", Agent, files::upload_by_program),
        post("/api/v1/tickets/{id}/transfer", Agent, api::transfer),
        post("/api/v1/tickets/{id}/assign", Supervisor, api::assign),
        post("/api/v1/tickets/{id}/bot", Agent, api::bot),
        put("/api/v1/agents/{id}/capacity", Supervisor, api::capacity),
        post("/api/v1/tickets/{id}/resolve", Agent, api::resolve),
        post("/api/v1/tickets/{id}/reopen", Agent, api::reopen),
        post("/api/v1/tickets/{id}/pending", Agent, api::pending),
        post("/api/v1/tickets/{id}/hold", Agent, api::hold),
        post("/api/v1/tickets/{id}/snooze", Agent, api::snooze),
        post("/api/v1/tickets/{id}/resume", Agent, api::resume),
        post("/api/v1/tickets/{id}/priority", Agent, api::priority),
        post("/api/v1/tickets/{id}/spam", Agent, api::spam),
        post("/api/v1/tickets/{id}/merge", Agent, api::merge),
        post("/api/v1/tickets/{id}/code", Agent, api::ask_for_code),
        get("/api/v1/tickets/{id}/sla", Agent, api::sla),
        get("/api/v1/tickets/{id}/routing", Agent, api::routing),
        get("/api/v1/contacts", Agent, api::contacts),
        get("/api/v1/contacts/{id}", Agent, api::contact),
        post("/api/v1/contacts/{id}/link", Agent, api::link),
        post("/api/v1/contacts/{id}/unlink", Agent, api::unlink),
        get("/api/v1/contacts/{id}/segments", Agent, contact::segments_of),
        put("/api/v1/contacts/{id}/segments", Supervisor, contact::set_segments),
        get("/api/v1/letters", Supervisor, api::letters::list),
        post("/api/v1/letters/{id}/retry", Supervisor, api::letters::retry),
        post("/api/v1/letters/{id}/dismiss", Supervisor, api::letters::dismiss),
        post("/api/v1/inbox/{id}/replay", Supervisor, api::letters::replay),
        get("/api/v1/stats/live", Supervisor, api::live),
        get("/api/v1/stats/sla", Supervisor, stats::sla),
        get("/api/v1/stats/sla/tickets", Supervisor, stats::behind),
        get("/api/v1/stats/fairness", Supervisor, stats::fairness::figures),
        get("/api/v1/stats/fairness/tickets", Supervisor, stats::fairness::behind),
    ]
}

/// The router of the list.
pub(super) fn router() -> Router<Front> {
    let mounted = routes()
        .into_iter()
        .fold(Router::new(), |router, route| router.route(route.path, route.handler));
    mounted.fallback(super::error::nowhere)
}
