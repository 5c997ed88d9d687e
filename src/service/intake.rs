//! What comes in: stored and committed first, then applied in a turn of its own.

mod cursor;

use async_trait::async_trait;
use tracing::Instrument as _;
use tracing::field::{Empty, display};

use super::album::{self, Joined};
use super::clock::fresh_id;
use super::turn::{Read, Turn};
use super::{House, ServiceError, accounts, failpoint, masking, wait};
use crate::channel::{Channel, Intake, NotStored, Receipt, Received, Refusal, WebhookRequest};
use crate::dialogue::Input;
use crate::domain::contact::{Address, ChannelName, Contact};
use crate::domain::conversation::Conversation;
use crate::domain::id::{ContactId, ConversationId, InboxId};
use crate::domain::inbound::{Content, Inbound};
use crate::domain::message::Body;
use crate::domain::time::SECOND;
use crate::store::conversation::Reachable;
use crate::store::inbox::{InboxRow, NewInbox};
use crate::store::{self, Released, Tx};

/// How often an update may fail before it is set aside.
const ATTEMPTS: i64 = 5;
/// After how long an update that is still waiting counts as left behind.
const LEFT_BEHIND: i64 = 2 * SECOND;

#[async_trait]
impl Intake for House {
    async fn accept(
        &self,
        channel: &ChannelName,
        received: Received,
    ) -> Result<Receipt, NotStored> {
        // Before it is kept: from then on others may wait for its commit.
        drop(wait::look(self).await);
        let read = received.content.as_ref().ok().and_then(|inbound| read(self, inbound));
        let (receipt, thread, kept) =
            keep(self, channel, &received).await.map_err(|error| NotStored(error.to_string()))?;
        // A repeat may be of an update whose turn never came, because the process died in between.
        if let Some(address) = thread {
            settle_with(self, channel, &address, read).await;
        }
        // The turn's commit was this one's too, as a rule.
        kept.durable().await.map_err(|error| NotStored(error.to_string()))?;
        Ok(receipt)
    }
}

/// Stores one update; the address whose thread it belongs to, when it can be read. It is not yet
/// durable: its turn comes at once, and may share the commit.
async fn keep(
    house: &House,
    channel: &ChannelName,
    received: &Received,
) -> Result<(Receipt, Option<Address>, Released), ServiceError> {
    let inbound = received.content.clone().map(masking::of_update);
    let inbound = inbound.map_err(|problem| masking::safe(&problem));
    let both = received.content.as_ref().ok().zip(inbound.as_ref().ok());
    let raw = masking::of_bytes(&received.raw, both);
    let new = NewInbox {
        id: InboxId(fresh_id()),
        channel,
        provider_id: &received.provider_id,
        content: inbound.as_ref().map_err(String::as_str),
        raw: &raw,
        at: house.now(),
    };
    let mut tx = house.db.begin().await?;
    let fresh = store::inbox::insert(&mut tx, &new).await?;
    failpoint::pass("inbox.before");
    let kept = tx.release().await?;
    failpoint::pass("inbox.after");
    let receipt = if fresh { Receipt::Stored } else { Receipt::Duplicate };
    let result = match (&inbound, receipt) {
        (_, Receipt::Duplicate) => "duplicate",
        (Ok(_), Receipt::Stored) => "stored",
        (Err(problem), Receipt::Stored) => {
            tracing::warn!(channel.name = channel.0, inbox.id = %new.id, problem, "update unparsed");
            "unparsed"
        }
    };
    metrics::counter!("sportello_inbound_total", "channel" => channel.0.clone(), "result" => result)
        .increment(1);
    Ok((receipt, inbound.ok().map(|inbound| inbound.address), kept))
}

/// Applies the waiting updates of a thread, in order. Failures are logged and tried again later.
pub(super) async fn settle(house: &House, channel: &ChannelName, address: &Address) {
    settle_with(house, channel, address, None).await;
}

/// Understands a text before anything is locked: it takes the most time of a turn.
fn read(house: &House, inbound: &Inbound) -> Option<Read> {
    let Content::Text { text } = &inbound.content else { return None };
    let text = masking::safe(text);
    let knowledge = house.content.knowledge();
    let reading = knowledge.read(&text);
    Some((knowledge, (text, reading)))
}

async fn settle_with(
    house: &House,
    channel: &ChannelName,
    address: &Address,
    mut read: Option<Read>,
) {
    let mut go_on = async || match turn(house, channel, address, read.take()).await {
        Ok(applied) => applied,
        Err(error) => {
            tracing::error!(?error, "turn failed");
            let counted = count_attempt(house, channel, address, &error).await;
            if let Err(error) = counted {
                tracing::warn!(?error, "failed turn not counted");
            }
            false
        }
    };
    let span = || {
        tracing::info_span!(
            "turn",
            channel.name = channel.0,
            conversation.id = Empty,
            ticket.id = Empty,
            inbox.id = Empty
        )
    };
    while go_on().instrument(span()).await {}
}

/// Says in the log whose turn it is.
fn name_turn(conversation: &Conversation) {
    let span = tracing::Span::current();
    span.record("conversation.id", display(conversation.id));
    if let Some(ticket) = conversation.ticket_id {
        span.record("ticket.id", display(ticket));
    }
}

async fn count_attempt(
    house: &House,
    channel: &ChannelName,
    address: &Address,
    error: &ServiceError,
) -> Result<(), ServiceError> {
    if matches!(error, ServiceError::Unavailable(_)) {
        return Ok(());
    }
    let mut tx = house.db.begin().await?;
    let problem = format!("{error:?}");
    store::inbox::mark_attempt(&mut tx, channel, address, &problem, ATTEMPTS).await?;
    tx.commit().await?;
    Ok(())
}

/// Applies the first waiting update of a thread; whether more of it wait. Who stores another one
/// meanwhile settles it.
async fn turn(
    house: &House,
    channel: &ChannelName,
    address: &Address,
    read: Option<Read>,
) -> Result<bool, ServiceError> {
    let started = std::time::Instant::now();
    let seen = wait::look(house).await;
    let mut tx = house.db.begin().await?;
    let conversation = match lock_or_open(house, &mut tx, channel, address).await? {
        Opened::Thread(conversation) => *conversation,
        Opened::Nothing => {
            tx.roll_back().await?;
            return Ok(false);
        }
        Opened::Skipped => {
            tx.commit().await?;
            return Ok(true);
        }
    };
    name_turn(&conversation);
    let mut turn = Turn::new(house, tx, conversation);
    let Some(row) = store::inbox::next_waiting(&mut turn.tx, channel, address).await? else {
        turn.roll_back().await?;
        return Ok(false);
    };
    // The parts of an album are applied together, and not before there was time for all to come.
    let Some(Joined { row, others }) = album::join(&mut turn, row).await? else {
        turn.roll_back().await?;
        return Ok(false);
    };
    tracing::Span::current().record("inbox.id", display(row.id));
    turn.cause = Some(row.id);
    turn.read = read;
    let wait = wait::estimate_from(house, seen.as_deref(), turn.conversation.language);
    turn.receive(&row, wait).await?;
    store::inbox::mark_processed(&mut turn.tx, row.id, turn.now).await?;
    for id in others {
        store::inbox::mark_processed(&mut turn.tx, id, turn.now).await?;
    }
    turn.commit().await?;
    tracing::debug!("applied");
    metrics::histogram!("sportello_turn_seconds").record(started.elapsed().as_secs_f64());
    Ok(row.followed)
}

/// What an address leads to.
enum Opened {
    /// Its thread, locked.
    Thread(Box<Conversation>),
    /// No thread, and the first waiting update opens none.
    Skipped,
    /// Nothing waits.
    Nothing,
}

/// Locks the thread of an address, or opens one for the first waiting update.
async fn lock_or_open(
    house: &House,
    tx: &mut Tx,
    channel: &ChannelName,
    address: &Address,
) -> Result<Opened, ServiceError> {
    if let Some(known) = store::conversation::lock_address(tx, channel, address).await? {
        return Ok(Opened::Thread(Box::new(known)));
    }
    let Some(first) = store::inbox::next_waiting(tx, channel, address).await? else {
        return Ok(Opened::Nothing);
    };
    // A receipt opens no thread: it is about a message that is not ours. A move is told twice, and the
    // thread has moved already.
    if matches!(first.inbound.content, Content::Receipt { .. } | Content::Moved { .. }) {
        store::inbox::mark_processed(tx, first.id, house.now()).await?;
        return Ok(Opened::Skipped);
    }
    let contact = Contact {
        id: ContactId(fresh_id()),
        channel: channel.clone(),
        address: address.clone(),
        name: first.inbound.name,
        language: first.inbound.language,
        segments: std::collections::BTreeSet::new(),
        origin: first.inbound.origin,
        created_at: house.now(),
    };
    store::conversation::create(tx, &contact, ConversationId(fresh_id())).await?;
    let opened = store::conversation::lock_address(tx, channel, address).await?;
    Ok(opened.map_or(Opened::Nothing, |thread| Opened::Thread(Box::new(thread))))
}

impl Turn {
    /// Applies one update of the customer's.
    async fn receive(
        &mut self,
        row: &InboxRow,
        wait: crate::dialogue::Wait,
    ) -> Result<(), ServiceError> {
        let inbound = &row.inbound;
        if let Content::Receipt { message, reached, .. } = &inbound.content {
            return self.note_receipt(message, reached).await;
        }
        let reachable = match inbound.content {
            Content::Unreachable => Reachable::No,
            _ => Reachable::Yes,
        };
        let contact = self.conversation.contact_id;
        let (name, language) = (inbound.name.as_deref(), inbound.language);
        store::conversation::touch_contact(&mut self.tx, contact, name, language, reachable)
            .await?;
        if let Some(segments) = &inbound.segments {
            self.put_into(segments).await?;
        }
        if self.conversation.language.is_none() {
            self.conversation.language = language;
        }
        self.take_in(&inbound.content, Some(inbound.provider_id.as_str()), wait).await
    }

    /// Applies what an update says.
    async fn take_in(
        &mut self,
        content: &Content,
        client_id: Option<&str>,
        wait: crate::dialogue::Wait,
    ) -> Result<(), ServiceError> {
        match content {
            Content::Start { reference: None } => self.converse(&Input::Start, wait).await,
            Content::Start { reference: Some(link) } => self.follow_link(link, wait).await,
            Content::Text { text } if self.take_code(text, client_id).await? => Ok(()),
            Content::Text { text } => {
                self.hear(Body::text(text), client_id).await?;
                self.converse(&Input::Text(text.clone()), wait).await
            }
            Content::Press { payload, label } => {
                let payload = self.meant_by(payload).await?;
                self.hear(Body::text(label.as_ref().unwrap_or(&payload)), client_id).await?;
                let label = label.clone();
                self.converse(&Input::Press { payload, label }, wait).await
            }
            Content::Files { caption, attachments } => {
                let kind = attachments.first().map_or_else(String::new, |file| file.kind.clone());
                let body = Body {
                    text: caption.clone(),
                    attachments: attachments.clone(),
                    ..Body::default()
                };
                self.hear(body, client_id).await?;
                self.note_own_number(attachments).await?;
                self.converse(&Input::Files { caption: caption.clone(), kind }, wait).await
            }
            Content::Album { album, caption, attachments } => {
                self.receive_album(album, caption, attachments, wait).await
            }
            Content::Moved { to } => self.move_to(to).await,
            // Groups are not served, and after an unblocking the customer writes first.
            Content::Unsupported { kind } if matches!(kind.as_str(), "group" | "unblocked") => {
                Ok(())
            }
            Content::Unsupported { kind } => {
                self.hear(Body::text(format!("[{kind}]")), client_id).await?;
                let kind = "unsupported".to_owned();
                self.converse(&Input::Files { caption: String::new(), kind }, wait).await
            }
            Content::Edited { text } => self.system_line(format!("edited:{text}")).await,
            Content::Unreachable => self.system_line("unreachable".to_owned()).await,
            Content::Receipt { .. } => Ok(()),
        }
    }
}

/// Applies what a crash or a failure left waiting; how many threads there were.
///
/// # Errors
/// The records are not reachable.
pub async fn sweep(house: &House) -> Result<usize, ServiceError> {
    let threads = store::inbox::left_waiting(&house.db, house.now().plus(-LEFT_BEHIND)).await?;
    for (channel, address) in &threads {
        settle(house, channel, address).await;
    }
    Ok(threads.len())
}

/// A webhook's request: verified, parsed, stored. Returns after the commit.
///
/// # Errors
/// `NotFound` for an unknown channel, `Forbidden` for a bad signature, `Unavailable` when it could
/// not be stored (the provider will send it again).
pub async fn webhook(
    house: &House,
    channel: &str,
    headers: Vec<(String, String)>,
    query: String,
    body: Vec<u8>,
) -> Result<(), ServiceError> {
    let request = WebhookRequest { headers, query, body };
    let name = ChannelName(channel.to_owned());
    let door = house.channels.get(&name).ok_or(ServiceError::NotFound("the channel"))?;
    verify(house, door.as_ref(), &request)?;
    for received in door.parse(&request) {
        let accepted = house.accept(&name, received.clone()).await;
        accepted.map_err(|error| ServiceError::Unavailable(error.to_string()))?;
        door.stored(&received);
    }
    Ok(())
}

fn verify(house: &House, door: &dyn Channel, request: &WebhookRequest) -> Result<(), ServiceError> {
    door.verify(request).map_err(|refusal| {
        tracing::debug!(channel.name = door.name().0, %refusal, "webhook refused");
        match refusal {
            Refusal::Unsigned => {
                accounts::reject(house, door.name());
                ServiceError::Forbidden("the signature is missing or wrong")
            }
            Refusal::NoWebhook => ServiceError::NotFound("a webhook of this channel"),
        }
    })
}
