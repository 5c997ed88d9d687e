//! What each kind of channel can show, as data; rendering, `intents preview` and `intents check`
//! follow it.
//!
//! The figures of Telegram, WhatsApp's lengths and Messenger's and Instagram's texts are the
//! providers' own documents; those marked *from memory* are to be read again before the channel is
//! built. Figures of the web chat, REST and the terminal are our own choice.

mod table;

use super::Reach;
use crate::domain::channel::ChannelKind;

pub(in crate::channel) use table::figure;
pub use table::table;

/// What a provider can show; rendering follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Which kind of channel.
    pub kind: ChannelKind,
    /// How answers reach the customer.
    pub reach: Reach,
    /// In what all lengths here are counted, except those in bytes.
    pub counting: Counting,
    /// The longest text of one message; longer ones are split at sentences.
    pub text_chars: usize,
    /// The longest text above buttons or a list.
    pub choice_text_chars: usize,
    /// The longest words under a picture or file; 0 where there are none.
    pub caption_chars: usize,
    /// The most buttons under one message; with more (or 0) they become a list or numbered lines.
    pub buttons: usize,
    /// The longest button label.
    pub label_chars: usize,
    /// The most bytes that come back from a button or row.
    pub payload_bytes: usize,
    /// Lists to choose from, where there are any.
    pub list: Option<ListLimits>,
    /// Cards, where there are any.
    pub cards: Option<CardLimits>,
    /// What is shown as itself and not as a link, with the most bytes of each.
    pub media: &'static [MediaLimit],
    /// Whether such media is also shown when all we have is its address.
    pub addresses: Addresses,
    /// How a page is opened.
    pub links: Links,
    /// What the provider could format; the house sends plain text, which looks the same everywhere.
    pub formatting: Formatting,
}

/// In what lengths are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Unicode characters.
    Characters,
    /// UTF-16 units: an emoji counts two and more.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
}

/// The bounds of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListLimits {
    /// The most rows.
    pub rows: usize,
    /// The longest title of the list.
    pub title: usize,
    /// The longest label of a row.
    pub label: usize,
    /// The longest words about a row.
    pub description: usize,
}

/// The bounds of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardLimits {
    /// The most cards of one message.
    pub cards: usize,
    /// The longest title.
    pub title: usize,
    /// The longest subtitle.
    pub subtitle: usize,
    /// The most buttons of a card, its link included.
    pub buttons: usize,
    /// The longest label of its buttons.
    pub label: usize,
}

/// A kind of media that is shown as itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaLimit {
    /// As in `Attachment::kind`: `photo`, `document`, …
    pub kind: &'static str,
    /// The most bytes.
    pub bytes: u64,
}

/// What becomes of a picture or file of which we have the address and no copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// The provider or the page fetches it.
    Shown,
    /// The customer reads the address.
    Told,
}

/// How a page is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// By a button.
    Buttons,
    /// By its address in the text.
    Text,
}

/// What the provider could format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formatting {
    /// Nothing.
    Plain,
    /// Signs such as `*bold*`.
    Signs,
    /// HTML.
    Html,
}

const MEGABYTE: u64 = 1024 * 1024;

const fn media(kind: &'static str, megabytes: u64) -> MediaLimit {
    MediaLimit { kind, bytes: megabytes * MEGABYTE }
}

/// The widget on the shop's pages: ours.
pub const WEBCHAT: Capabilities = Capabilities {
    kind: ChannelKind::Webchat,
    reach: Reach::Pull,
    counting: Counting::Utf16,
    text_chars: 20_000,
    choice_text_chars: 20_000,
    caption_chars: 20_000,
    buttons: 20,
    label_chars: 120,
    payload_bytes: 1_000,
    list: Some(ListLimits { rows: 50, title: 120, label: 120, description: 300 }),
    cards: Some(CardLimits { cards: 20, title: 120, subtitle: 300, buttons: 5, label: 120 }),
    media: &[media("photo", 25), media("document", 25)],
    addresses: Addresses::Shown,
    links: Links::Buttons,
    formatting: Formatting::Plain,
};

/// Telegram's Bot API. Buttons and labels have no documented bound: ours, so that they can be read.
/// A payload of more than its 64 bytes goes as a stand-in. Pages and pictures at addresses are told,
/// not sent: that is what the channel's sender does with texts and buttons.
pub const TELEGRAM: Capabilities = Capabilities {
    kind: ChannelKind::Telegram,
    reach: Reach::Push,
    counting: Counting::Utf16,
    text_chars: 4_096,
    choice_text_chars: 4_096,
    caption_chars: 1_024,
    buttons: 20,
    label_chars: 40,
    payload_bytes: 1_000,
    list: None,
    cards: None,
    media: &[media("photo", 10), media("document", 50), media("video", 50), media("voice", 50)],
    addresses: Addresses::Told,
    links: Links::Text,
    formatting: Formatting::Html,
};

/// The shop's own programs get everything as data.
pub const REST: Capabilities = Capabilities {
    kind: ChannelKind::Rest,
    reach: Reach::Pull,
    counting: Counting::Utf16,
    text_chars: 20_000,
    choice_text_chars: 20_000,
    caption_chars: 20_000,
    buttons: 50,
    label_chars: 200,
    payload_bytes: 1_000,
    list: Some(ListLimits { rows: 50, title: 200, label: 200, description: 1_000 }),
    cards: Some(CardLimits { cards: 50, title: 200, subtitle: 1_000, buttons: 10, label: 200 }),
    media: &[media("photo", 25), media("document", 25)],
    addresses: Addresses::Shown,
    links: Links::Buttons,
    formatting: Formatting::Plain,
};

/// A terminal draws everything in lines.
pub const TERMINAL: Capabilities = Capabilities {
    kind: ChannelKind::Terminal,
    reach: Reach::Pull,
    counting: Counting::Characters,
    text_chars: 20_000,
    choice_text_chars: 20_000,
    caption_chars: 0,
    buttons: 99,
    label_chars: 200,
    payload_bytes: 1_000,
    list: Some(ListLimits { rows: 99, title: 200, label: 200, description: 1_000 }),
    cards: Some(CardLimits { cards: 50, title: 200, subtitle: 1_000, buttons: 10, label: 200 }),
    media: &[],
    addresses: Addresses::Told,
    links: Links::Text,
    formatting: Formatting::Plain,
};

/// WhatsApp's Cloud API. From memory: the list's title (its opener), the description, the bytes of a
/// payload and of media.
pub const WHATSAPP: Capabilities = Capabilities {
    kind: ChannelKind::Whatsapp,
    reach: Reach::Push,
    counting: Counting::Utf16,
    text_chars: 4_096,
    choice_text_chars: 1_024,
    caption_chars: 1_024,
    buttons: 3,
    label_chars: 20,
    payload_bytes: 200,
    list: Some(ListLimits { rows: 10, title: 20, label: 24, description: 72 }),
    cards: None,
    media: &[media("photo", 5), media("document", 100), media("video", 16), media("voice", 16)],
    addresses: Addresses::Shown,
    links: Links::Text,
    formatting: Formatting::Signs,
};

/// Messenger: quick replies as buttons, the generic template as cards. From memory: 13 quick replies
/// of 20 characters, the template's bounds, the bytes of media.
pub const MESSENGER: Capabilities = Capabilities {
    kind: ChannelKind::Messenger,
    reach: Reach::Push,
    counting: Counting::Utf16,
    text_chars: 2_000,
    choice_text_chars: 2_000,
    caption_chars: 0,
    buttons: 13,
    label_chars: 20,
    payload_bytes: 1_000,
    list: None,
    cards: Some(CardLimits { cards: 10, title: 80, subtitle: 80, buttons: 3, label: 20 }),
    media: &[media("photo", 8), media("document", 25), media("video", 25), media("voice", 25)],
    addresses: Addresses::Shown,
    links: Links::Text,
    formatting: Formatting::Plain,
};

/// Instagram: as Messenger, but a text of 1,000, counted in bytes (from memory), and no files.
pub const INSTAGRAM: Capabilities = Capabilities {
    kind: ChannelKind::Instagram,
    counting: Counting::Bytes,
    text_chars: 1_000,
    choice_text_chars: 1_000,
    media: &[media("photo", 8), media("video", 25), media("voice", 25)],
    ..MESSENGER
};

/// E-mail: the customer answers with a number. The bounds are ours.
pub const EMAIL: Capabilities = Capabilities {
    kind: ChannelKind::Email,
    reach: Reach::Push,
    counting: Counting::Characters,
    text_chars: 100_000,
    choice_text_chars: 100_000,
    caption_chars: 100_000,
    buttons: 0,
    label_chars: 0,
    payload_bytes: 0,
    list: None,
    cards: None,
    media: &[media("photo", 10), media("document", 10)],
    addresses: Addresses::Told,
    links: Links::Text,
    formatting: Formatting::Html,
};

/// Text messages, by Twilio's bound for long ones (from memory).
pub const SMS: Capabilities = Capabilities {
    kind: ChannelKind::Sms,
    counting: Counting::Utf16,
    text_chars: 1_600,
    choice_text_chars: 1_600,
    caption_chars: 0,
    media: &[],
    formatting: Formatting::Plain,
    ..EMAIL
};

impl Capabilities {
    /// What a kind of channel can show.
    #[must_use]
    pub const fn of(kind: ChannelKind) -> Self {
        match kind {
            ChannelKind::Webchat => WEBCHAT,
            ChannelKind::Telegram => TELEGRAM,
            ChannelKind::Rest => REST,
            ChannelKind::Terminal => TERMINAL,
            ChannelKind::Whatsapp => WHATSAPP,
            ChannelKind::Messenger => MESSENGER,
            ChannelKind::Instagram => INSTAGRAM,
            ChannelKind::Email => EMAIL,
            ChannelKind::Sms => SMS,
        }
    }

    /// The same without what a sender of texts and buttons does not carry: lists, cards, media,
    /// buttons that open pages.
    #[must_use]
    pub const fn texts_and_buttons(self) -> Self {
        Self { list: None, cards: None, media: &[], links: Links::Text, ..self }
    }

    /// The bound of a kind of media; `None` when it is not shown as itself.
    #[must_use]
    pub fn shows(&self, kind: &str) -> Option<MediaLimit> {
        self.media.iter().copied().find(|limit| limit.kind == kind)
    }

    /// Whether a payload comes back whole.
    #[must_use]
    pub const fn carries(&self, payload: &str) -> bool {
        payload.len() <= self.payload_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_figures() {
        for kind in ChannelKind::ALL {
            let limits = Capabilities::of(kind);
            assert_eq!(limits.kind, kind);
            assert!(limits.choice_text_chars <= limits.text_chars, "{kind:?}");
            assert!(limits.buttons == 0 || limits.payload_bytes >= 64, "{kind:?}");
        }
    }
}
