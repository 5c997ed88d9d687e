//! The web chat: who writes there, what they are shown, and what they may know before they write.
//!
//! A visitor is a browser that holds a secret; agents see only a hash of it, which is the address of an
//! anonymous thread. A customer whom the shop vouches for ([`identity`]) has one thread in any browser.

mod file;
mod form;
pub mod identity;
mod lines;
mod read;
mod say;
mod standing;
mod transcript;
pub use file::send_file;
pub use form::{Question, fill};
pub use lines::lines;
pub use read::read;
pub use say::{Said, say, say_as};
pub use standing::{Promise, Standing, standing};
pub use transcript::transcript;

use self::identity::Claims;
use super::clock::{fresh_id, fresh_secret};
use super::{House, ServiceError};
use crate::domain::contact::{Address, ChannelName, Contact, Origin};
use crate::domain::conversation::Conversation;
use crate::domain::id::{ContactId, ConversationId};
use crate::events::{Hint, Listener};
use crate::service::access::hash_secret;
use crate::store::{self, StoreError, Tx};

/// The channel's name.
pub const CHANNEL: &str = "webchat";

/// What the configuration says of the chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// What signs identities; empty for none.
    pub identity_secret: String,
    /// What is asked before the first message.
    pub form: Vec<Question>,
}

/// A visitor of the web chat: holds the secret that the browser keeps, and may be a known customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    secret: String,
    customer: Option<Claims>,
}

impl Visitor {
    /// Reads a browser's secret: 32 to 64 characters of `A-Za-z0-9_-`.
    #[must_use]
    pub fn from_secret(secret: &str) -> Option<Self> {
        let fits = (32..=64).contains(&secret.len());
        let plain = secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        (fits && plain).then(|| Self { secret: secret.to_owned(), customer: None })
    }

    /// What the browser keeps.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The address of the thread that is shown.
    pub(super) fn address(&self) -> Address {
        self.customer.as_ref().map_or_else(|| self.own_address(), Claims::address)
    }

    /// The browser's own address, also while a known customer uses it.
    fn own_address(&self) -> Address {
        let mut hash = hash_secret(&self.secret);
        hash.truncate(32);
        Address(hash)
    }

    /// Whether a hint is about this visitor's conversation.
    #[must_use]
    pub fn is_meant(&self, hint: &Hint) -> bool {
        match hint {
            Hint::Conversation { channel, address, .. } => {
                channel.0 == CHANNEL && *address == self.address()
            }
            Hint::Missed => true,
            _ => false,
        }
    }
}

/// Whether this door is open at all.
///
/// # Errors
/// `NotFound` when the web chat is not configured.
pub fn is_open(house: &House) -> Result<(), ServiceError> {
    let open = house.channels.contains_key(&ChannelName(CHANNEL.to_owned()));
    if open { Ok(()) } else { Err(ServiceError::NotFound("the web chat")) }
}

/// A fresh visitor.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Internal` when the system has no randomness to give.
pub fn new_visitor(house: &House) -> Result<Visitor, ServiceError> {
    is_open(house)?;
    let secret = fresh_secret().map_err(|error| ServiceError::Internal(error.into()))?;
    Ok(Visitor { secret, customer: None })
}

/// Hears what is about a visitor's conversation, from now on.
pub fn listen(house: &House, visitor: &Visitor) -> Listener {
    house.bus.listen_about(&ChannelName(CHANNEL.to_owned()), &visitor.address())
}

/// The visitor's thread, once there is one.
async fn thread(house: &House, visitor: &Visitor) -> Result<Option<Conversation>, ServiceError> {
    is_open(house)?;
    let channel = ChannelName(CHANNEL.to_owned());
    Ok(store::conversation::find(&house.db, &channel, &visitor.address()).await?)
}

/// The thread of an address and its lock; opened when there is none.
async fn own_thread(
    house: &House,
    tx: &mut Tx,
    address: &Address,
) -> Result<Conversation, StoreError> {
    let channel = ChannelName(CHANNEL.to_owned());
    match store::conversation::lock_address(tx, &channel, address).await? {
        Some(thread) => Ok(thread),
        None => opened(house, tx, address).await,
    }
}

/// A thread that is opened before anything was said in it, and its lock.
async fn opened(house: &House, tx: &mut Tx, address: &Address) -> Result<Conversation, StoreError> {
    let contact = Contact {
        id: ContactId(fresh_id()),
        channel: ChannelName(CHANNEL.to_owned()),
        address: address.clone(),
        name: None,
        language: None,
        segments: std::collections::BTreeSet::new(),
        origin: Origin::Real,
        created_at: house.now(),
    };
    store::conversation::create(tx, &contact, ConversationId(fresh_id())).await?;
    let locked = store::conversation::lock_address(tx, &contact.channel, address).await?;
    locked.ok_or_else(|| StoreError::Damaged("a thread that was just opened".to_owned()))
}
