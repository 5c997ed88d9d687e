//! The forms about who a customer is, and the thread of another channel.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use maud::Markup;

use super::super::error::Problem;
use super::super::session::AtDesk;
use super::super::view::desk::Desk;
use super::super::view::person as view;
use super::{Looking, OnTicket, done, read_id};
use crate::domain::id::{ContactId, TieId};
use crate::service::{House, ServiceError, desk, identity};

/// The thread of one contact, for reading.
pub(in crate::web) async fn contact(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    Query(looking): Query<Looking>,
) -> Result<Response, Problem> {
    let words = at.who.words();
    let id = read_contact(&id)?;
    let read = identity::thread(&house, &at.who.caller, id, words.language).await?;
    let overview = desk::overview(&house, &at.right, looking.tab(), looking.search()).await?;
    let here = format!("/desk/contacts/{id}");
    let desk = Desk {
        view: &overview,
        ticket: None,
        search: looking.search(),
        csrf: at.who.csrf(),
        here: &here,
    };
    let page: Markup = view::page(desk, &read, &words, house.now());
    Ok(page.into_response())
}

/// Reads a contact's id.
pub(in crate::web) fn read_contact(text: &str) -> Result<ContactId, Problem> {
    text.parse().map_err(|_| ServiceError::NotFound("the contact").into())
}

/// Reads a link's id.
pub(in crate::web) fn read_tie(text: &str) -> Result<TieId, Problem> {
    text.parse().map_err(|_| ServiceError::NotFound("the link").into())
}

pub(in crate::web) async fn ask_for_code(on: OnTicket) -> Result<Response, Problem> {
    identity::ask_for_code(&on.house, &on.at.right, on.id, on.request("code")).await?;
    Ok(on.back())
}

pub(in crate::web) async fn merge(on: OnTicket) -> Result<Response, Problem> {
    let into = read_id(&on.sent.to)?;
    desk::merge(&on.house, &on.at.right, on.id, into, on.request("merge")).await?;
    let path = format!("/desk/tickets/{into}");
    Ok(done(&on.headers, &path, Some(&into.to_string())))
}

pub(in crate::web) async fn link(on: OnTicket) -> Result<Response, Problem> {
    let (words, reason) = (&on.sent.text, &on.sent.note);
    let request = on.request(&format!("link {words}"));
    identity::link_found(&on.house, &on.at.right, on.id, words, reason, request).await?;
    Ok(on.back())
}

pub(in crate::web) async fn unlink(on: OnTicket) -> Result<Response, Problem> {
    let contact = read_contact(&on.sent.to)?;
    let request = on.request(&format!("unlink {contact}"));
    let reason = &on.sent.note;
    identity::unlink(&on.house, &on.at.right, contact, None, reason, request).await?;
    Ok(on.back())
}

/// `to` is the contact and the link, with a space between them.
pub(in crate::web) async fn link_again(on: OnTicket) -> Result<Response, Problem> {
    let (contact, tie) = on.sent.to.split_once(' ').unwrap_or_default();
    let (contact, tie) = (read_contact(contact)?, read_tie(tie)?);
    let request = on.request(&format!("link-again {tie}"));
    let reason = &on.sent.note;
    identity::link_again(&on.house, &on.at.right, contact, tie, reason, request).await?;
    Ok(on.back())
}
