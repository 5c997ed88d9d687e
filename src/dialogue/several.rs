//! One message with several requests: each is answered when all are understood for sure; otherwise
//! the message is one.
//!
//! Answers come first, then what needs questions, then what goes to a human, who gets the whole
//! message.

use std::ops::Range;

use super::state::Queued;
use super::turn::Turn;
use super::{Outcome, Sentence, UnderstoodPart, answer, form, words};
use crate::knowledge::{Action, Escalation, Form, Intent, Then};
use crate::nlu::split::{self, Joint, Piece};
use crate::nlu::{Reading, Source, Verdict};

/// More requests than this in one message are a story for one answer, or for a human.
const MOST_REQUESTS: usize = 3;
/// Other questions answered beside the answer to a form's question.
const MOST_ASIDES: usize = 2;
/// A message that is understood as a whole with this P(correct) is only taken apart where each part
/// is put as a request and as clear as that.
const CLEAR: f32 = 0.8;

/// One request of a message.
pub(super) struct Request<'a> {
    intent: &'a Intent,
    confidence: f32,
    said: String,
}

/// Pieces that belong together.
struct Group<'a> {
    span: Range<usize>,
    sure: Option<(&'a Intent, f32)>,
    asks: bool,
    pieces: usize,
}

/// The two or three requests of a message; `None` when it is one.
pub(super) fn requests<'a>(
    turn: &Turn<'a>,
    text: &str,
    whole: &Reading,
) -> Option<Vec<Request<'a>>> {
    if whole.closing || words::stops(text) || goes_whole(turn.known.outright(whole)) {
        return None;
    }
    let pieces = pieces(turn, text);
    let best = whole.candidates.first().map_or(0.0, |best| best.probability);
    let clear = whole.verdict == Verdict::Answer && best >= CLEAR;
    // A pattern says nothing about the rest of the message.
    let learned = clear && whole.source == Source::Classifier;
    let mut groups: Vec<Group<'a>> = Vec::new();
    for piece in pieces.iter().filter(|piece| !split::is_polite(piece.text)) {
        join(&mut groups, piece, sure(turn, piece.text), clear);
    }
    let mut requests: Vec<Request<'a>> = Vec::new();
    for group in groups {
        let request = request(turn, text, &group)?;
        if learned && request.confidence < CLEAR {
            return None;
        }
        if requests.iter().all(|other| other.intent.name != request.intent.name) {
            requests.push(request);
        }
    }
    (2..=MOST_REQUESTS).contains(&requests.len()).then_some(requests)
}

fn pieces<'t>(turn: &Turn<'_>, text: &'t str) -> Vec<Piece<'t>> {
    let named: Vec<Range<usize>> =
        (turn.known.find)(text).into_iter().map(|found| found.span).collect();
    let pieces = split::pieces(text, &named);
    if pieces.len() > 1 { pieces } else { Vec::new() }
}

/// Whether a message that means this goes to a human whole: a rule of the house, not a wish for
/// somebody to talk to.
fn goes_whole(intent: Option<&Intent>) -> bool {
    let action = intent.map(|intent| &intent.action);
    matches!(action, Some(Action::Escalate(Escalation { asked: false, .. })))
}

/// The intent that words have for sure, with its probability.
fn sure<'a>(turn: &Turn<'a>, text: &str) -> Option<(&'a Intent, f32)> {
    let reading = (turn.known.read)(text);
    let intent = turn.known.outright(&reading).filter(|_| !reading.closing)?;
    let best = reading.candidates.first()?;
    Some((intent, best.probability))
}

/// Adds a piece as a group of its own, or to the group before.
fn join<'a>(
    groups: &mut Vec<Group<'a>>,
    piece: &Piece<'_>,
    sure: Option<(&'a Intent, f32)>,
    clear: bool,
) {
    let own = |last: &Group<'_>| {
        let (Some((before, _)), Some((intent, _))) = (last.sure, sure) else { return false };
        let parts = match piece.joint {
            Joint::Addition => !clear || (piece.asks && last.asks),
            Joint::Comma => piece.asks && (!clear || last.asks),
            Joint::Start | Joint::Sentence => piece.asks && last.asks,
        };
        parts && before.name != intent.name
    };
    match groups.last_mut() {
        Some(last) if !own(last) => {
            last.span.end = piece.span.end;
            last.sure = last.sure.or(sure);
            last.asks |= piece.asks;
            last.pieces += 1;
        }
        _ => groups.push(Group { span: piece.span.clone(), sure, asks: piece.asks, pieces: 1 }),
    }
}

/// The request of a group; `None` when its pieces together mean something else.
fn request<'a>(turn: &Turn<'a>, text: &str, group: &Group<'a>) -> Option<Request<'a>> {
    let (intent, confidence) = group.sure?;
    let said = text.get(group.span.clone())?.trim().to_owned();
    let confidence = if group.pieces == 1 {
        confidence
    } else {
        sure(turn, &said).filter(|(same, _)| same.name == intent.name)?.1
    };
    Some(Request { intent, confidence, said })
}

/// Answers all requests of a message.
pub(super) fn answer<'a>(turn: &mut Turn<'a>, text: &str, requests: &[Request<'a>]) {
    for request in requests {
        let name = request.intent.name.clone();
        turn.state.remember(&request.said, Some(name), request.confidence);
    }
    let mut last = None;
    let mut forms = Vec::new();
    for request in requests {
        match &request.intent.action {
            Action::Reply(_) => answer::act(turn, request.intent, &request.said),
            Action::Form(form) => forms.push((request, form)),
            // A rule of the house before a wish for somebody to talk to.
            Action::Escalate(_) if last.is_none() || goes_whole(Some(request.intent)) => {
                let rules = |last: &&Request<'_>| goes_whole(Some(last.intent));
                last = last.filter(rules).or(Some(request));
            }
            Action::Escalate(_) => {}
        }
    }
    let begun = match last {
        // A human gets the whole message: what the forms would ask is for them.
        Some(request) => {
            answer::act(turn, request.intent, text);
            None
        }
        None => begin(turn, text, forms),
    };
    let outcome = |request: &Request<'_>| match &request.intent.action {
        Action::Reply(_) => Outcome::Answered,
        Action::Form(_) if last.is_none() && begun != Some(&*request.intent.name) => Outcome::Asked,
        _ => turn.outcome,
    };
    let parts = requests.iter().map(|request| understood(request, outcome(request))).collect();
    turn.understood_as_several(parts);
}

fn understood(request: &Request<'_>, outcome: Outcome) -> UnderstoodPart {
    UnderstoodPart {
        said: request.said.clone(),
        intent: request.intent.name.clone(),
        confidence: request.confidence,
        outcome,
    }
}

/// Begins the first form with what the whole message names, and returns its intent; the others wait.
/// Those that end with a human come last, and as one: nothing comes after a human, who gets the words
/// of all of them.
fn begin<'a>(
    turn: &mut Turn<'a>,
    text: &str,
    forms: Vec<(&Request<'a>, &'a Form)>,
) -> Option<&'a str> {
    let ends = |form: &Form| matches!(form.then, Then::Escalate(_));
    let (escalated, answered): (Vec<_>, Vec<_>) =
        forms.into_iter().partition(|(_, form)| ends(form));
    let mut words: Vec<&str> = escalated.iter().map(|(request, _)| &*request.said).collect();
    let mut order = answered.into_iter().chain(escalated.iter().copied().take(1));
    let (first, form) = order.next()?;
    let waiting = order.map(|(request, form)| Queued {
        intent: request.intent.name.clone(),
        said: if ends(form) { std::mem::take(&mut words).join(" ") } else { request.said.clone() },
    });
    turn.state.queued = waiting.collect();
    for (request, _) in escalated.iter().skip(1) {
        let title = request.intent.title.in_language(turn.language).clone();
        turn.say(Sentence::SameHuman { title }, Vec::new());
    }
    form::start(turn, first.intent, form, text);
    Some(&first.intent.name)
}

/// Begins the next form that waits.
pub(super) fn go_on(turn: &mut Turn<'_>) {
    let known = turn.known;
    while !turn.state.queued.is_empty() {
        let next = turn.state.queued.remove(0);
        let Some(intent) = known.intents.get(&next.intent) else { continue };
        let Action::Form(form) = &intent.action else { continue };
        let title = intent.title.in_language(turn.language).clone();
        turn.say(Sentence::NextRequest { title }, Vec::new());
        return form::start(turn, intent, form, &next.said);
    }
}

/// Answers the questions that stand beside the answer to a form's question.
pub(super) fn asides(turn: &mut Turn<'_>, text: &str) {
    let mut answered: Vec<&str> = Vec::new();
    for piece in pieces(turn, text) {
        let names = (turn.known.find)(piece.text);
        let question = piece.asks && names.is_empty() && !split::is_polite(piece.text);
        let Some((intent, _)) = sure(turn, piece.text).filter(|_| question) else { continue };
        let replies = matches!(intent.action, Action::Reply(_));
        if replies && !answered.contains(&intent.name.as_str()) && answered.len() < MOST_ASIDES {
            answered.push(&intent.name);
            answer::act(turn, intent, piece.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::Talk;
    use super::super::{LookupOutcome, Outcome};

    fn parts(talk: &Talk) -> Vec<(&str, &str)> {
        let understood = talk.step().understood.as_ref().expect("something understood");
        understood.parts.iter().map(|part| (part.intent.as_str(), part.said.as_str())).collect()
    }

    #[test]
    fn two_questions_get_two_answers() {
        let mut talk = Talk::greeted();
        let said = talk.says("Buongiorno, che orari fate? e poi quanto costa la spedizione?");
        assert_eq!(said, ["\"Acqua: 9-18\" [i:order_status]", "\"Tre giorni\""]);
        assert_eq!(talk.step().outcome, Outcome::Answered);
        let expected = [("hours", "che orari fate?"), ("shipping", "quanto costa la spedizione?")];
        assert_eq!(parts(&talk), expected);
        let trail: Vec<_> = talk.state.trail.iter().map(|step| step.said.as_str()).collect();
        assert_eq!(trail, ["che orari fate?", "quanto costa la spedizione?"]);
    }

    #[test]
    fn answers_come_before_questions() {
        let mut talk = Talk::greeted();
        let said = talk.says("dov'è il mio ordine e quanto costa la spedizione?");
        assert_eq!(said, ["\"Tre giorni\"", "\"order_number?\" [cancel_form]"]);
        assert_eq!(talk.step().outcome, Outcome::Asked);
        assert_eq!(talk.says("1001"), ["\"email?\" [cancel_form]"]);
    }

    #[test]
    fn a_second_form_waits_for_the_first_and_knows_what_was_said() {
        let mut talk = Talk::greeted();
        talk.says("vorrei un reso. Dov'è il mio ordine 1001 di a@b.it?");
        let shipped = LookupOutcome::Found([("status".to_owned(), "ok".to_owned())].into());
        let told = talk.brings(1, shipped);
        assert_eq!(told[..3], ["\"Ordine 1001: ok\"", "> Confirmed", "NextRequest"]);
        assert_eq!(told[3], "\"size?\" [t:Piccola t:Grande cancel_form]");
        assert_eq!(talk.step().outcome, Outcome::Asked);
        assert!(talk.state.queued.is_empty());
    }

    #[test]
    fn what_waits_is_dropped_with_the_form_before() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine e vorrei la newsletter");
        assert_eq!(talk.state.queued.len(), 1);
        talk.says("annulla");
        assert!(talk.state.queued.is_empty());
        talk.says("dov'è il mio ordine e vorrei la newsletter");
        talk.says("voglio una persona");
        assert!(talk.state.queued.is_empty());
    }

    #[test]
    fn a_wish_for_a_person_comes_last_and_takes_the_whole_message() {
        let mut talk = Talk::greeted();
        let text = "voglio una persona, quanto costa la spedizione? e dov'è il mio ordine 1001?";
        let said = talk.says(text);
        assert_eq!(said[..3], ["\"Tre giorni\"", "\"Certo\"", "> Escalate Asked"]);
        assert_eq!(talk.handoff().packet.summary, text);
        assert!(talk.state.form.is_none());
    }

    #[test]
    fn each_request_has_the_outcome_of_its_own() {
        let outcomes = |text: &str| {
            let mut talk = Talk::greeted();
            talk.says(text);
            let understood = talk.step().understood.clone().expect("something understood");
            let parts = understood.parts.into_iter();
            parts.map(|part| (part.intent, part.outcome)).collect::<Vec<_>>()
        };
        let part = |intent: &str, outcome| (intent.to_owned(), outcome);
        assert_eq!(
            outcomes("dov'è il mio ordine e quanto costa la spedizione?"),
            [part("order_status", Outcome::Asked), part("shipping", Outcome::Answered)]
        );
        assert_eq!(
            outcomes("voglio una persona, quanto costa la spedizione? e dov'è il mio ordine 1001?"),
            [
                part("person", Outcome::Escalated),
                part("shipping", Outcome::Answered),
                part("order_status", Outcome::Escalated)
            ]
        );
        assert_eq!(
            outcomes("vorrei un reso. Dov'è il mio ordine 1001 di a@b.it?")[0],
            part("returns", Outcome::Asked),
            "its questions come later"
        );
    }

    #[test]
    fn of_two_forms_for_a_human_neither_is_forgotten() {
        let mut talk = Talk::greeted();
        let said = talk.says("vorrei un reso e vorrei un reclamo");
        assert_eq!(said, ["SameHuman", "\"order_number?\" [cancel_form]"]);
        talk.says("1001");
        talk.says("piccola");
        talk.says("non mi piace");
        assert_eq!(talk.handoff().packet.summary, "vorrei un reso e vorrei un reclamo");

        let mut talk = Talk::greeted();
        talk.says(
            "vorrei un reso. Io sono a@b.it e dov'è il mio ordine 1001 adesso? Vorrei un reclamo",
        );
        let shipped = LookupOutcome::Found([("status".to_owned(), "ok".to_owned())].into());
        talk.brings(1, shipped);
        talk.says("piccola");
        talk.says("non mi piace");
        assert_eq!(
            talk.handoff().packet.summary,
            "vorrei un reso. Io sono a@b.it Vorrei un reclamo"
        );
    }

    #[test]
    fn a_rule_of_the_house_wins_over_a_wish_for_a_person() {
        for text in [
            "voglio una persona? posso chiamare l'avvocato?",
            "posso chiamare l'avvocato? voglio una persona?",
        ] {
            let mut talk = Talk::greeted();
            let said = talk.says(text);
            assert_eq!(said[..2], ["\"Capisco\"", "> Escalate Policy"], "{text}");
            assert_eq!(talk.handoff().packet.summary, text);
            assert_eq!(said.iter().filter(|line| line.starts_with('>')).count(), 1);
        }
        let mut talk = Talk::greeted();
        talk.says("voglio una persona? posso chiamare l'avvocato?");
        assert_eq!(parts(&talk).len(), 2, "read as two requests");
    }

    #[test]
    fn rules_of_the_house_take_the_message_whole() {
        let mut talk = Talk::greeted();
        let said = talk.says("chiamo l'avvocato! quanto costa la spedizione?");
        assert_eq!(said[..2], ["\"Capisco\"", "> Escalate Policy"]);
        assert!(parts(&talk).is_empty());
    }

    #[test]
    fn what_is_not_sure_in_every_part_is_one_message() {
        for text in [
            "gli orari. La spedizione.",
            "il sapone è bello. Che orari fate?",
            "che orari fate e che tempo fa bzzz?",
            "che orari fate? Mi dica gli orari e basta",
            "la spedizione e gli orari",
        ] {
            let mut talk = Talk::greeted();
            talk.says(text);
            assert!(parts(&talk).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_question_beside_a_forms_answer_is_answered() {
        let mut talk = Talk::greeted();
        talk.says("dov'è il mio ordine?");
        let said = talk.says("È il 1001. Ma quanto costa la spedizione?");
        assert_eq!(said, ["\"Tre giorni\"", "\"email?\" [cancel_form]"]);
        assert_eq!(talk.step().outcome, Outcome::Asked);
    }
}
