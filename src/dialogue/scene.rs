//! A small shop and a customer, for the tests of the rules: the engine is a list of cue words.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::turn::Known;
use super::{
    Effect, Facts, Handoff, Input, LookupOutcome, Sentence, State, Step, Wait, Words, decide,
    payload,
};
use crate::domain::conversation::Owner;
use crate::domain::id::{InvitationId, LookupId};
use crate::domain::language::Language;
use crate::domain::ticket::Priority;
use crate::domain::time::UtcMillis;
use crate::knowledge::{
    Action, Bot, Choice, ChoiceList, ChoiceRow, Escalation, Form, Intent, Localised, Media,
    MediaKind, Reply, ReplyCard, RichReply, Slot, Then, Thresholds,
};
use crate::nlu::entity::Found;
use crate::nlu::{Candidate, Reading, Source, Verdict};

fn both<T: Clone>(value: T) -> Localised<T> {
    Localised { it: value.clone(), en: value }
}

fn text(it: &str, en: &str) -> Localised<String> {
    Localised { it: it.into(), en: en.into() }
}

fn replies(texts: &[&str]) -> Localised<Vec<Reply>> {
    let reply =
        |lead: &str, text: &str| Reply { text: format!("{lead}{text}"), ..Reply::default() };
    Localised {
        it: texts.iter().map(|text| reply("", text)).collect(),
        en: texts.iter().map(|text| reply("en: ", text)).collect(),
    }
}

fn slot(name: &str, entity: &str, options: &[&str]) -> Slot {
    Slot {
        name: name.into(),
        entity: entity.into(),
        role: None,
        ask: text(&format!("{name}?"), &format!("en: {name}?")),
        invalid: both(format!("invalid {name}")),
        options: both(options.iter().map(|&option| option.to_owned()).collect()),
    }
}

fn escalation(message: &str, priority: Priority, asked: &str) -> Escalation {
    Escalation {
        team: Some("care".into()),
        skills: vec!["care".into()],
        priority,
        message: both(message.into()),
        asked: asked == "asked",
        verify: None,
    }
}

fn place(name: &str) -> Slot {
    Slot { role: Some(name.into()), ..slot(name, "city", &[]) }
}

/// A card with one choice, and a list of two.
fn offered_things() -> RichReply {
    let row = |label: &str, intent: &str| ChoiceRow {
        label: label.into(),
        description: Some("di {shop}".into()),
        intent: intent.into(),
    };
    let card = ReplyCard {
        title: "Sapone di {shop}".into(),
        subtitle: None,
        image: Some("https://acqua.example/s.jpg".into()),
        link: None,
        buttons: vec![Choice { label: "Spedizione".into(), intent: "shipping".into() }],
    };
    let rows = vec![row("Orari", "hours"), row("Ordine", "order_status")];
    RichReply {
        list: Some(ChoiceList { title: "Altro".into(), rows }),
        cards: vec![card],
        media: vec![Media {
            kind: MediaKind::File,
            url: "https://acqua.example/a/listino.pdf?x".into(),
        }],
    }
}

fn actions() -> [(&'static str, Action); 12] {
    let order = || slot("order_number", "order", &[]);
    let mut hours = replies(&["{shop}: 9-18", "{shop}: 9-18, {{sab}} chiuso"]);
    hours.it[0].buttons =
        vec![Choice { label: "Il mio ordine".into(), intent: "order_status".into() }];
    let mut offers = replies(&["Offerte"]);
    offers.it[0].rich = offered_things();
    let status = Form {
        slots: vec![order(), slot("email", "email", &[])],
        lookup: Some("order".into()),
        then: Then::Reply {
            found: replies(&["Ordine {order_number}: {order.status}"]),
            not_found: Some(replies(&["Non trovo l'ordine"])),
        },
    };
    let returns = Form {
        slots: vec![
            order(),
            slot("size", "size", &["Piccola", "Grande"]),
            slot("why", "text", &[]),
        ],
        lookup: None,
        then: Then::Escalate(escalation("Passo il reso {order_number}", Priority::Normal, "")),
    };
    let complaint = Form {
        slots: vec![slot("what", "text", &[])],
        lookup: None,
        then: Then::Escalate(escalation("Passo il reclamo", Priority::Normal, "")),
    };
    let swap = Form {
        slots: vec![slot("old", "order", &[]), slot("new", "order", &[])],
        lookup: None,
        then: Then::Reply { found: replies(&["Cambio {old} con {new}"]), not_found: None },
    };
    let newsletter = Form {
        slots: vec![slot("email", "email", &[])],
        lookup: None,
        then: Then::Reply { found: replies(&["Iscritto: {email}"]), not_found: None },
    };
    let trip = Form {
        slots: vec![place("from"), place("to")],
        lookup: None,
        then: Then::Reply { found: replies(&["Da {from} a {to}"]), not_found: None },
    };
    [
        ("trip", Action::Form(trip)),
        ("offers", Action::Reply(offers)),
        ("hours", Action::Reply(hours)),
        ("shipping", Action::Reply(replies(&["Tre giorni"]))),
        ("goodbye", Action::Reply(replies(&["A presto"]))),
        ("order_status", Action::Form(status)),
        ("returns", Action::Form(returns)),
        ("complaint", Action::Form(complaint)),
        ("swap", Action::Form(swap)),
        ("newsletter", Action::Form(newsletter)),
        ("person", Action::Escalate(escalation("Certo", Priority::Normal, "asked"))),
        ("legal", Action::Escalate(escalation("Capisco", Priority::Urgent, ""))),
    ]
}

/// The shop and what it knows.
pub(super) fn shop() -> (Bot, BTreeMap<String, Intent>) {
    let bot = Bot {
        name: "Acqua".into(),
        default_language: Language::It,
        time_zone: "Europe/Rome".into(),
        privacy: "https://acqua.example/privacy".into(),
        welcome: text("Benvenuto in {shop}", "Welcome to {shop}"),
        menu: ["hours", "order_status", "person", "gone"].map(String::from).to_vec(),
        channels: Vec::new(),
    };
    let intents = actions().map(|(name, action)| {
        let title = text(&format!("Titolo {name}"), &format!("Title {name}"));
        (
            name.to_owned(),
            Intent { name: name.into(), title, thresholds: Thresholds::default(), action },
        )
    });
    (bot, intents.into())
}

/// Cue words to intents; `forse` makes it doubtful; "grazie", "thanks", "addio" close.
fn read(said: &str) -> Reading {
    let said = said.to_lowercase();
    let has = |cues: &[&str]| cues.iter().any(|cue| said.contains(cue));
    let cues: [(&str, &[&str]); 12] = [
        ("offers", &["offerte"]),
        ("trip", &["viaggio"]),
        ("complaint", &["reclamo"]),
        ("person", &["persona", "operatore", "person", "human"]),
        ("legal", &["avvocato", "lawyer"]),
        ("returns", &["reso", "return"]),
        ("order_status", &["ordine", "order"]),
        ("newsletter", &["newsletter"]),
        ("swap", &["scambio"]),
        ("shipping", &["spedizione", "shipping"]),
        ("hours", &["orari", "hours"]),
        ("goodbye", &["addio"]),
    ];
    let found: Vec<_> = cues.iter().filter(|(_, cues)| has(cues)).map(|(name, _)| *name).collect();
    let (verdict, probability) = match found.len() {
        0 => (Verdict::Reject, 0.1),
        _ if has(&["forse", "maybe"]) => (Verdict::Ask, 0.4),
        _ => (Verdict::Answer, 0.9),
    };
    let names = found.iter().copied().chain(["hours", "order_status", "shipping"]);
    let mut candidates: Vec<Candidate> = Vec::new();
    for name in names {
        if candidates.iter().all(|candidate| candidate.intent != name) {
            candidates.push(Candidate { intent: name.into(), probability });
        }
    }
    candidates.truncate(3);
    let english = has(&["where", "the ", "my ", "please", "thanks", "hours", "maybe"]);
    let italian = has(&["dov", "il ", "mio", "vorrei", "orari", "grazie", "voglio"]);
    let language = match (english, italian) {
        (true, false) => Some(Language::En),
        (false, true) => Some(Language::It),
        _ => None,
    };
    let closing = has(&["grazie", "thanks", "addio"]);
    Reading { candidates, verdict, source: Source::Classifier, language, closing }
}

/// Orders are four digits; e-mails hold an `@`; sizes are listed.
fn find(said: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for written in said.split_whitespace() {
        let start = written.as_ptr() as usize - said.as_ptr() as usize;
        let span = start..start + written.len();
        let word = written.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let before = said[..start].trim_end().rsplit(' ').next();
        let role = match before {
            Some("da") => Some("from".to_owned()),
            Some("a") => Some("to".to_owned()),
            _ => None,
        };
        let entity = if word.len() == 4 && word.chars().all(|c| c.is_ascii_digit()) {
            "order"
        } else if word.contains('@') {
            "email"
        } else if matches!(word.as_str(), "piccola" | "grande") {
            "size"
        } else if matches!(word.as_str(), "roma" | "milano") {
            "city"
        } else {
            continue;
        };
        found.push(Found { entity: entity.into(), value: word, span, role });
    }
    found
}

fn value(entity: &str, said: &str) -> Option<String> {
    if entity == "text" {
        return Some(said.trim().to_owned());
    }
    find(said).into_iter().find(|found| found.entity == entity).map(|found| found.value)
}

/// One step of the small shop's bot.
pub(super) fn step(state: State, input: &Input, facts: &Facts) -> Step {
    let (bot, intents) = shop();
    let known = Known { bot: &bot, intents: &intents, read: &read, find: &find, value: &value };
    decide::decide(&known, state, input, facts)
}

/// An id for tests.
pub(super) fn lookup_id(number: u128) -> LookupId {
    LookupId(Uuid::from_u128(number))
}

/// An id for tests.
pub(super) fn invitation(number: u128) -> InvitationId {
    InvitationId(Uuid::from_u128(number))
}

/// Quiet facts for tests.
pub(super) fn facts(owner: Owner) -> Facts {
    Facts {
        now: UtcMillis(0),
        owner,
        language: None,
        reopenable: false,
        wait: Wait::Unknown,
        lookup_id: lookup_id(1),
    }
}

/// A conversation with the small shop; the owner follows the steps, and the state is stored between.
pub(super) struct Talk {
    pub(super) facts: Facts,
    pub(super) state: State,
    pub(super) last: Option<Step>,
}

impl Talk {
    /// The customer has not written yet.
    pub(super) fn new() -> Self {
        Self { facts: facts(Owner::Bot), state: State::default(), last: None }
    }

    /// The customer was greeted.
    pub(super) fn greeted() -> Self {
        let mut talk = Self::new();
        talk.input(&Input::Start);
        talk
    }

    pub(super) fn owned_by(mut self, owner: Owner) -> Self {
        self.facts.owner = owner;
        self
    }

    /// Gives an input and returns what was said and done, a line each.
    pub(super) fn input(&mut self, input: &Input) -> Vec<String> {
        let state = State::restore(&self.state.save());
        let step = step(state, input, &self.facts);
        self.facts.owner = step.owner_after(self.facts.owner);
        self.facts.language = Some(step.language);
        self.state = step.state.clone();
        let lines = step.effects.iter().map(line).collect();
        self.last = Some(step);
        lines
    }

    pub(super) fn says(&mut self, text: &str) -> Vec<String> {
        self.input(&Input::Text(text.into()))
    }

    pub(super) fn presses(&mut self, payload: &str) -> Vec<String> {
        self.input(&Input::Press { payload: payload.into(), label: None })
    }

    pub(super) fn brings(&mut self, number: u128, outcome: LookupOutcome) -> Vec<String> {
        self.input(&Input::Lookup { id: lookup_id(number), outcome })
    }

    pub(super) fn asks_rating(&mut self, number: u128) -> Vec<String> {
        self.input(&Input::AskRating { invitation: invitation(number) })
    }

    pub(super) fn rates(&mut self, number: u128, value: u8) -> Vec<String> {
        self.presses(&format!("{}{}:{value}", payload::RATING, invitation(number)))
    }

    pub(super) fn step(&self) -> &Step {
        self.last.as_ref().expect("something happened")
    }

    /// The hand-off of the last step.
    pub(super) fn handoff(&self) -> &Handoff {
        let mut effects = self.step().effects.iter();
        effects
            .find_map(|effect| match effect {
                Effect::Escalate(handoff) => Some(handoff),
                _ => None,
            })
            .expect("a hand-off")
    }
}

/// `Introduction [i:hours person]`, `"words"`, or the effect's name.
fn line(effect: &Effect) -> String {
    let Effect::Say(say) = effect else {
        return match effect {
            Effect::Escalate(handoff) => format!("> Escalate {:?}", handoff.reason),
            Effect::Forward { closing } => format!("> Forward {closing}"),
            Effect::Lookup { name, slots, .. } => format!("> Lookup {name} {slots:?}"),
            Effect::Rated { rating, .. } => format!("> Rated {}", rating.value()),
            Effect::Commented { comment, .. } => format!("> Commented {comment}"),
            other => format!("> {other:?}"),
        };
    };
    let words = match &say.words {
        Words::Known(words) => format!("{words:?}"),
        Words::House(Sentence::Introduction { welcome, .. }) => format!("Introduction: {welcome}"),
        Words::House(sentence) => {
            let name = format!("{sentence:?}");
            name.split(' ').next().unwrap_or_default().to_owned()
        }
    };
    let choices = say.choices();
    let payloads: Vec<_> = choices.iter().map(|button| button.payload.as_str()).collect();
    match payloads.len() {
        0 => words,
        5 if payloads[0].starts_with(payload::RATING) => format!("{words} [ratings]"),
        _ => format!("{words} [{}]", payloads.join(" ")),
    }
}
