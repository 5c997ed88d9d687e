//! One human being, known by several contacts: what was proved, and who therefore is one person.
//!
//! A [`Tie`] holds a contact to a *joint*: a fact that was proved of it (a signed id, an e-mail, a phone
//! number), or a link made by hand. Contacts whose standing ties share a joint are one person. Nothing
//! else decides it, so whatever is undone gives exactly what was there without it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::id::{AgentId, ContactId, PersonId, TieId};
use super::time::{DAY, UtcMillis};

/// How long a proved e-mail or phone number links new contacts, ms: numbers and boxes change hands.
pub const CLAIM_LASTS: i64 = 365 * DAY;
/// The longest signed id, in characters.
const LONGEST_ID: usize = 200;
/// The longest e-mail address, in bytes (RFC 5321).
const LONGEST_EMAIL: usize = 254;

/// A fact about who a contact is; only a proof makes it count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Claim {
    /// The shop's own id of its customer, signed by the shop.
    SignedId(String),
    /// An e-mail address.
    Email(String),
    /// A phone number, international: `+` or `00` and the country first.
    Phone(String),
}

/// How a tie was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The shop's signature said so.
    SignedId,
    /// A code sent to the address came back.
    EmailCode,
    /// The customer shared their own number, vouched for by the channel.
    PhoneShared,
    /// A person at the desk said so, with a reason.
    Agent,
}

impl Proof {
    /// The word that records keep.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedId => "signed_id",
            Self::EmailCode => "email_code",
            Self::PhoneShared => "phone_shared",
            Self::Agent => "agent",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::SignedId, Self::EmailCode, Self::PhoneShared, Self::Agent]
            .into_iter()
            .find(|proof| proof.as_str() == word)
    }

    /// Whether the customer did something for it just now. What was undone by a person is not done
    /// again by a page that merely repeats its signature, but by such a deed.
    #[must_use]
    pub const fn is_deed(self) -> bool {
        matches!(self, Self::EmailCode | Self::PhoneShared)
    }
}

impl Claim {
    /// The word that records keep for its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SignedId(_) => "signed_id",
            Self::Email(_) => "email",
            Self::Phone(_) => "phone",
        }
    }

    /// What it says.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::SignedId(value) | Self::Email(value) | Self::Phone(value) => value,
        }
    }

    /// The claim as it is compared: an e-mail in lower case, a number as E.164; `None` when it is none.
    #[must_use]
    pub fn normalised(&self) -> Option<Self> {
        match self {
            Self::SignedId(id) => signed_id(id).map(Self::SignedId),
            Self::Email(address) => email(address).map(Self::Email),
            Self::Phone(number) => phone(number).map(Self::Phone),
        }
    }

    /// When it stops linking new contacts; a signed id never does.
    #[must_use]
    pub fn expires(&self, now: UtcMillis) -> Option<UtcMillis> {
        match self {
            Self::SignedId(_) => None,
            Self::Email(_) | Self::Phone(_) => Some(now.plus(CLAIM_LASTS)),
        }
    }

    /// What people are shown of it: enough to recognise it, too little to use it.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::SignedId(id) => format!("{}•••", begin(id, 3)),
            Self::Email(address) => masked_email(address),
            Self::Phone(number) => {
                let end = number.char_indices().rev().nth(2).map_or("", |(at, _)| &number[at..]);
                format!("{}•••{end}", begin(number, 3))
            }
        }
    }

    /// Reads what somebody searches by: an e-mail, an international number, else a signed id.
    #[must_use]
    pub fn guess(words: &str) -> Option<Self> {
        let words = words.trim();
        if words.contains('@') {
            email(words).map(Self::Email)
        } else if words.starts_with('+') || words.starts_with("00") {
            phone(words).map(Self::Phone)
        } else {
            signed_id(words).map(Self::SignedId)
        }
    }
}

/// The first characters of a text, never all of it.
fn begin(text: &str, most: usize) -> String {
    let half = text.chars().count() / 2;
    text.chars().take(most.min(half)).collect()
}

fn signed_id(id: &str) -> Option<String> {
    let id = id.trim();
    let fits = (1..=LONGEST_ID).contains(&id.chars().count());
    (fits && !id.chars().any(char::is_control)).then(|| id.to_owned())
}

/// An e-mail address in lower case; `None` when it is none.
#[must_use]
pub fn email(address: &str) -> Option<String> {
    let address = address.trim().to_lowercase();
    let (name, host) = address.split_once('@')?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"@<>,;:\"()[]\\".contains(c);
    let is_host = host.contains('.')
        && host.split('.').all(|part| !part.is_empty())
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    let fits = !name.is_empty() && address.len() <= LONGEST_EMAIL && name.chars().all(plain);
    (fits && is_host).then_some(address)
}

/// A phone number as E.164; `None` unless it is international and has 8 to 15 digits.
#[must_use]
pub fn phone(number: &str) -> Option<String> {
    let compact: String =
        number.chars().filter(|c| !c.is_whitespace() && !"-.()/".contains(*c)).collect();
    let digits = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"))?;
    let fits = (8..=15).contains(&digits.len()) && !digits.starts_with('0');
    (fits && digits.bytes().all(|b| b.is_ascii_digit())).then(|| format!("+{digits}"))
}

/// An e-mail address with its name hidden but for the first letter.
#[must_use]
pub fn masked_email(address: &str) -> String {
    let (name, host) = address.split_once('@').unwrap_or((address, ""));
    format!("{}•••@{host}", name.chars().take(1).collect::<String>())
}

/// What holds a contact to its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// Its id.
    pub id: TieId,
    /// The contact.
    pub contact: ContactId,
    /// What was proved.
    pub to: TiedTo,
    /// Shared by all contacts that are held together by the same fact.
    pub joint: Uuid,
    /// How it was proved.
    pub proof: Proof,
    /// The fact masked, or an agent's reason.
    pub detail: String,
    /// Who made it, when somebody at the desk did.
    pub by: Option<AgentId>,
    /// When.
    pub at: UtcMillis,
    /// When it stops linking new contacts.
    pub expires_at: Option<UtcMillis>,
    /// When it was undone, while it is.
    pub undone_at: Option<UtcMillis>,
}

/// What a tie is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TiedTo {
    /// A fact that was proved.
    Claim(Claim),
    /// Another contact, by hand.
    Contact(ContactId),
}

impl Tie {
    /// Whether it holds.
    #[must_use]
    pub const fn stands(&self) -> bool {
        self.undone_at.is_none()
    }

    /// Whether new contacts may be linked through it.
    #[must_use]
    pub fn links_new(&self, now: UtcMillis) -> bool {
        self.stands() && !self.is_expired(now)
    }

    /// Whether it is too old to count as proof.
    #[must_use]
    pub fn is_expired(&self, now: UtcMillis) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Whether it shows who the contact is, linked or not: a fact, and not too old.
    #[must_use]
    pub fn verifies(&self, now: UtcMillis) -> bool {
        matches!(self.to, TiedTo::Claim(_)) && !self.is_expired(now)
    }
}

/// Who is one person: every contact of the standing ties with its person, whose id is that of the
/// first contact. A contact that is alone is a person of its own.
#[must_use]
pub fn persons<'a>(ties: impl IntoIterator<Item = &'a Tie>) -> BTreeMap<ContactId, PersonId> {
    let mut groups = Groups::default();
    for tie in ties.into_iter().filter(|tie| tie.stands()) {
        groups.join(tie.contact.0, tie.joint);
        if let TiedTo::Contact(other) = tie.to {
            groups.join(other.0, tie.joint);
        }
        groups.contacts.push(tie.contact);
        if let TiedTo::Contact(other) = tie.to {
            groups.contacts.push(other);
        }
    }
    groups.contacts.sort_unstable();
    groups.contacts.dedup();
    let mut first: BTreeMap<Uuid, ContactId> = BTreeMap::new();
    let contacts = std::mem::take(&mut groups.contacts);
    let mut found = BTreeMap::new();
    for contact in contacts {
        let root = groups.root(contact.0);
        let first = *first.entry(root).or_insert(contact);
        found.insert(contact, PersonId(first.0));
    }
    found
}

/// Disjoint sets of contacts and joints.
#[derive(Default)]
struct Groups {
    above: BTreeMap<Uuid, Uuid>,
    contacts: Vec<ContactId>,
}

impl Groups {
    fn root(&self, of: Uuid) -> Uuid {
        let mut at = of;
        while let Some(above) = self.above.get(&at) {
            at = *above;
        }
        at
    }

    fn join(&mut self, a: Uuid, b: Uuid) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.above.insert(a.max(b), a.min(b));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_is_normalised_and_nonsense_is_refused() {
        let mail = |text: &str| Claim::Email(text.to_owned()).normalised();
        assert_eq!(mail(" Ada@Example.COM "), Some(Claim::Email("ada@example.com".to_owned())));
        for bad in ["", "ada", "@example.com", "ada@", "ada@host", "a b@example.com", "a@b@c.it"] {
            assert_eq!(mail(bad), None, "{bad}");
        }
        assert_eq!(mail("a@b..it"), None);
        assert_eq!(mail("a@b.it\nbcc: eve@example.com"), None, "no header is smuggled in");
        let number = |text: &str| phone(text);
        assert_eq!(number("+39 333 123-45.67"), Some("+393331234567".to_owned()));
        assert_eq!(number("0039 (333) 1234567"), Some("+393331234567".to_owned()));
        for bad in ["333 1234567", "+0333123456", "+39", "+39333123456789012", "+39x3331234567"] {
            assert_eq!(number(bad), None, "{bad}");
        }
        assert_eq!(Claim::SignedId("  ".to_owned()).normalised(), None);
        assert_eq!(Claim::guess("+39 333 1234567").map(|claim| claim.kind()), Some("phone"));
        assert_eq!(Claim::guess("C-7").map(|claim| claim.kind()), Some("signed_id"));
    }

    #[test]
    fn a_mask_shows_enough_to_recognise_and_too_little_to_use() {
        let claims = [
            Claim::Email("ada@example.com".to_owned()),
            Claim::Phone("+393331234567".to_owned()),
            Claim::SignedId("customer-42".to_owned()),
            Claim::SignedId("7".to_owned()),
        ];
        let shown: Vec<_> = claims.iter().map(Claim::masked).collect();
        assert_eq!(shown, ["a•••@example.com", "+39•••567", "cus•••", "•••"]);
    }

    fn tie(contact: u128, joint: u128, undone: bool) -> Tie {
        Tie {
            id: TieId(Uuid::from_u128(1_000 + contact * 10 + joint)),
            contact: ContactId(Uuid::from_u128(contact)),
            to: TiedTo::Claim(Claim::SignedId(joint.to_string())),
            joint: Uuid::from_u128(500 + joint),
            proof: Proof::SignedId,
            detail: String::new(),
            by: None,
            at: UtcMillis(0),
            expires_at: None,
            undone_at: undone.then_some(UtcMillis(1)),
        }
    }

    #[test]
    fn what_shares_a_joint_is_one_person_and_undoing_takes_exactly_that_back() {
        let of = |ties: &[Tie]| -> Vec<(u128, u128)> {
            let found = persons(ties).into_iter();
            found.map(|(contact, person)| (contact.0.as_u128(), person.0.as_u128())).collect()
        };
        let chain = [tie(1, 1, false), tie(2, 1, false), tie(2, 2, false), tie(3, 2, false)];
        assert_eq!(of(&chain), [(1, 1), (2, 1), (3, 1)]);
        let cut = [tie(1, 1, false), tie(2, 1, true), tie(2, 2, false), tie(3, 2, false)];
        assert_eq!(of(&cut), [(1, 1), (2, 2), (3, 2)]);
        let by_hand =
            Tie { to: TiedTo::Contact(ContactId(Uuid::from_u128(9))), ..tie(3, 7, false) };
        assert_eq!(of(&[by_hand]), [(3, 3), (9, 3)]);
    }
}
