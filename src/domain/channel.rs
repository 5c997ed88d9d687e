//! The kinds of channels that the house knows, whether it serves them yet or not.

use serde::{Deserialize, Serialize};

/// A kind of channel; a shop may have several of one kind, such as two bots of Telegram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// The chat on the shop's own pages.
    Webchat,
    /// A bot of Telegram.
    Telegram,
    /// The REST channel for the shop's own programs.
    Rest,
    /// `sportello chat`.
    Terminal,
    /// WhatsApp's Cloud API.
    Whatsapp,
    /// Messenger, for a page of Facebook.
    Messenger,
    /// Messages of Instagram.
    Instagram,
    /// E-mail.
    Email,
    /// Text messages.
    Sms,
}

/// Whether a kind of channel is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be configured.
    Served,
    /// Its limits are known, so that replies can be written for it; it cannot be configured yet.
    Known,
}

impl ChannelKind {
    /// Every kind, those that are served first.
    pub const ALL: [Self; 9] = [
        Self::Webchat,
        Self::Telegram,
        Self::Rest,
        Self::Terminal,
        Self::Whatsapp,
        Self::Messenger,
        Self::Instagram,
        Self::Email,
        Self::Sms,
    ];

    /// The word for it in settings and commands.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Webchat => "webchat",
            Self::Telegram => "telegram",
            Self::Rest => "rest",
            Self::Terminal => "terminal",
            Self::Whatsapp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Webchat => "the web chat",
            Self::Telegram => "Telegram",
            Self::Rest => "REST",
            Self::Terminal => "the terminal",
            Self::Whatsapp => "WhatsApp",
            Self::Messenger => "Messenger",
            Self::Instagram => "Instagram",
            Self::Email => "e-mail",
            Self::Sms => "SMS",
        }
    }

    /// Whether it is served.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self {
            Self::Webchat | Self::Telegram | Self::Rest | Self::Terminal => Standing::Served,
            _ => Standing::Known,
        }
    }

    /// The kind that a word or a configured name means: `telegram`, `telegram:shop`.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let word = name.split(':').next().unwrap_or_default();
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_kinds() {
        for kind in ChannelKind::ALL {
            assert_eq!(ChannelKind::of(kind.word()), Some(kind));
        }
        assert_eq!(ChannelKind::of("telegram:shop"), Some(ChannelKind::Telegram));
        assert_eq!(ChannelKind::of("fax"), None);
    }
}
