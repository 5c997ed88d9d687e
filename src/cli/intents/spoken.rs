//! Everything that a folder of intents says, as messages: for `preview` and `check`.

use uuid::Uuid;

use super::super::{embedded, settings};
use crate::channel::Capabilities;
use crate::channel::render::{Degradation, Reason, compose};
use crate::dialogue::{Effect, Facts, Input, Say, State, Wait, Words, step};
use crate::domain::channel::{ChannelKind, Standing};
use crate::domain::conversation::Owner;
use crate::domain::id::LookupId;
use crate::domain::language::Language;
use crate::domain::message::Body;
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::domain::time::UtcMillis;
use crate::knowledge::Knowledge;
use crate::knowledge::place::{Place, Spot, Written, places};
use crate::knowledge::template::{Piece, parse};
use crate::service::voice;
use crate::sla::book::PolicyBook;

/// One message that the bot may say.
#[derive(Clone, Debug)]
pub(super) struct Spoken {
    /// Where it stands; the welcome is made of several places.
    pub(super) place: Option<Place>,
    /// In which language.
    pub(super) language: Language,
    /// What is said.
    pub(super) body: Body,
}

impl Spoken {
    /// Which message it is, for people: `delivery_costs, reply 2`.
    pub(super) fn title(&self) -> String {
        let Some(place) = &self.place else { return "the welcome".to_owned() };
        let intent = &place.intent;
        match place.spot {
            Spot::Reply(index) => format!("{intent}, reply {}", index + 1),
            Spot::Found(index) => format!("{intent}, found {}", index + 1),
            Spot::NotFound(index) => format!("{intent}, not found {}", index + 1),
            Spot::Ask(index) => format!("{intent}, question {}", index + 1),
            Spot::Message => format!("{intent}, before a person takes over"),
        }
    }
}

/// The kinds of channels that a folder is written for: those that it names, else all that are served.
pub(super) fn kinds(knowledge: &Knowledge) -> Vec<ChannelKind> {
    let named = &knowledge.bot.channels;
    if !named.is_empty() {
        return named.clone();
    }
    let served = |kind: &ChannelKind| kind.standing() == Standing::Served;
    ChannelKind::ALL.into_iter().filter(served).collect()
}

/// Every message of a folder: the welcome, then the others as they stand in the files.
pub(super) fn all(knowledge: &Knowledge, sources: &[SourceFile]) -> anyhow::Result<Vec<Spoken>> {
    let book = PolicyBook::read(&embedded::policies())
        .map_err(|problems| settings::refused("policies", &problems))?;
    let mut spoken = Vec::new();
    for language in Language::ALL {
        spoken.extend(welcome(knowledge, &book, language));
    }
    spoken.extend(places(sources).into_iter().filter_map(|place| {
        let language = place.language;
        let say = said(knowledge, place.written(knowledge)?, language);
        let body = voice::body(&say, language, &book, UtcMillis(0));
        Some(Spoken { place: Some(place), language, body })
    }));
    Ok(spoken)
}

fn said(knowledge: &Knowledge, written: Written<'_>, language: Language) -> Say {
    let fill = |text: &str| filled(knowledge, text);
    match written {
        Written::Reply(reply) => Say::reply(reply, &fill),
        Written::Question(slot) => Say::question(slot, language, &fill),
        Written::Text(text) => Say::new(Words::Known(fill(text)), Vec::new()),
    }
}

/// The text with what is known before anybody asks; `{order_number}` stays as it is.
fn filled(knowledge: &Knowledge, text: &str) -> String {
    let Ok(pieces) = parse(text) else { return text.to_owned() };
    let words = pieces.into_iter().map(|piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Brace(brace) => brace.to_string(),
        Piece::Variable("shop") => knowledge.bot.name.clone(),
        Piece::Variable("privacy") => knowledge.bot.privacy.clone(),
        Piece::Variable(name) => format!("{{{name}}}"),
    });
    words.collect()
}

/// What a customer reads first.
fn welcome(knowledge: &Knowledge, book: &PolicyBook, language: Language) -> Vec<Spoken> {
    let facts = Facts {
        now: UtcMillis(0),
        owner: Owner::Bot,
        language: Some(language),
        reopenable: false,
        wait: Wait::Unknown,
        lookup_id: LookupId(Uuid::nil()),
    };
    let taken = step(knowledge, State::default(), &Input::Start, &facts);
    let said = taken.effects.iter().filter_map(|effect| match effect {
        Effect::Say(say) => Some(voice::body(say, language, book, UtcMillis(0))),
        _ => None,
    });
    said.map(|body| Spoken { place: None, language, body }).collect()
}

/// What the channels of a folder would show otherwise than written, as far as other words would
/// change it: a warning; what can never work: an error.
pub(super) fn problems(
    knowledge: &Knowledge,
    sources: &[SourceFile],
) -> anyhow::Result<Vec<Problem>> {
    let spoken = all(knowledge, sources)?;
    let mut problems = Vec::new();
    for kind in kinds(knowledge) {
        let limits = Capabilities::of(kind);
        for message in &spoken {
            let Some(place) = &message.place else { continue };
            let Some(source) = sources.get(place.source) else { continue };
            let found = compose(&message.body, &limits, message.language).degradations;
            let at = (place.line, place.column);
            problems.extend(found.iter().filter_map(|degradation| {
                let severity = severity(degradation)?;
                Some(Problem::at(severity, source, at, degradation.to_string()))
            }));
        }
    }
    Ok(problems)
}

const fn severity(degradation: &Degradation) -> Option<Severity> {
    match degradation.reason {
        Reason::Lacks => None,
        Reason::Exceeds => Some(Severity::Warning),
        Reason::Impossible => Some(Severity::Error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::load;

    fn folder(channels: &str, buttons: &str) -> Vec<SourceFile> {
        let text = format!(
            r#"
bot: {{name: A, default_language: it, time_zone: Europe/Rome, privacy: "https://a.example", welcome: {{it: a, en: a}}, menu: [a], channels: [{channels}]}}
intents:
  - name: a
    title: {{it: A, en: A}}
    patterns: [aaa]
    reply:
      en: ["x"]
      it:
        - text: "{{{{Ecco}}}} {{shop}}"
          buttons: [{buttons}]
"#
        );
        vec![SourceFile { name: "x.yaml".to_owned(), text }]
    }

    fn told(sources: &[SourceFile]) -> Vec<String> {
        let knowledge = load::build(sources).unwrap().knowledge;
        let found = problems(&knowledge, sources).unwrap();
        found.iter().map(|p| p.to_string().lines().next().unwrap().to_owned()).collect()
    }

    const FOUR: &str = "{label: A, intent: a}, {label: B, intent: a}, {label: C, intent: a}, {label: D, intent: a}";

    #[test]
    fn the_channels_of_a_folder_are_heard() {
        let whatsapp = folder("whatsapp, sms", FOUR);
        let expected =
            "x.yaml:10:11: warning: 4 buttons: a list, because WhatsApp shows at most 3 buttons";
        assert_eq!(told(&whatsapp), [expected]);
        assert_eq!(told(&folder("", FOUR)), [""; 0]);
    }

    #[test]
    fn what_can_never_work_is_an_error() {
        let sources = folder("whatsapp", "{label: A, intent: a}");
        let long = "a".repeat(210);
        let text = sources[0].text.replace("name: a\n", &format!("name: {long}\n"));
        let text = text
            .replace("intent: a}", &format!("intent: {long}}}"))
            .replace("menu: [a]", "menu: []");
        let found = told(&[SourceFile { name: "x.yaml".to_owned(), text }]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("x.yaml:10:11: 1 button: a numbered list, because WhatsApp"));
    }

    #[test]
    fn the_welcome_the_questions_and_the_answers_are_all_there() {
        let sources = embedded::intents();
        let knowledge = load::build(&sources).unwrap().knowledge;
        let spoken = all(&knowledge, &sources).unwrap();
        assert_eq!(spoken.iter().filter(|message| message.place.is_none()).count(), 2);
        for intent in knowledge.intents.keys() {
            let own =
                |message: &&Spoken| message.place.as_ref().is_some_and(|p| p.intent == *intent);
            assert!(spoken.iter().filter(own).count() >= 2, "{intent}");
        }
        let first = folder("", FOUR);
        let knowledge = load::build(&first).unwrap().knowledge;
        assert!(all(&knowledge, &first).unwrap().iter().any(|m| m.body.text == "{Ecco} A"));
    }
}
