//! Identifiers: time-ordered UUIDs, one type per noun.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// One customer on one channel.
    ContactId;
    /// One thread with one contact.
    ConversationId;
    /// One message of a conversation.
    MessageId;
    /// One received update.
    InboxId;
    /// One effect waiting to be carried out.
    OutboxId;
    /// One request that needs a human.
    TicketId;
    /// One line of a ticket's ledger.
    EventId;
    /// One person who works at the desk.
    AgentId;
    /// One bot-owned episode of a conversation.
    EpisodeId;
    /// One invitation to rate.
    InvitationId;
    /// One lookup of business data.
    LookupId;
    /// One file: a photo, a voice message, a document.
    FileId;
    /// One human being, known by several contacts.
    PersonId;
    /// One proof of who a contact is, or one link by hand.
    TieId;
    /// One code sent to an order's e-mail.
    CodeId;
    /// One request that may be repeated safely.
    RequestId;
}

impl TicketId {
    /// The short form that people read aloud, such as `7F3K-9QXM`: the id's last 40 bits.
    #[must_use]
    pub fn code(self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let bits = self.0.as_u128();
        let mut code = String::with_capacity(9);
        for place in (0..8).rev() {
            let digit = usize::try_from((bits >> (5 * place)) & 31).unwrap_or(0);
            code.push(char::from(ALPHABET[digit]));
            if place == 4 {
                code.push('-');
            }
        }
        code
    }
}
