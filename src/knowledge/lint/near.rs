//! Examples that nearly are those of another intent, and intents whose examples are mostly like
//! another's.

use std::collections::{BTreeMap, BTreeSet};

use super::{Folder, Placed, warn};
use crate::domain::source::Problem;
use crate::knowledge::likeness::Likeness;
use crate::knowledge::names::distance;
use crate::nlu::plain_words;

/// From this cosine on, two examples are nearly the same.
const NEARLY: f32 = 0.93;
/// A word of this many letters is the same word with another letter.
const LONG: usize = 6;
/// From this cosine on, two examples are alike at all.
const ALIKE: f32 = 0.4;
/// More examples than this are not compared.
const MOST: usize = 20_000;
/// An intent with fewer examples is not called swallowed.
const FEWEST: usize = 4;
/// Words that turn a sentence round, however alike the rest.
const TURNING: [&str; 10] =
    ["non", "not", "no", "senza", "without", "never", "mai", "don", "didn", "t"];

/// The likest example of another, by intent.
struct Nearest {
    /// The likest of all others, and how alike.
    of_any: Option<(usize, f32)>,
    /// The likest of another intent, and how alike.
    of_other: Option<(usize, f32)>,
}

pub(super) fn find(folder: &Folder<'_>, problems: &mut Vec<Problem>) {
    let examples = &folder.examples[..folder.examples.len().min(MOST)];
    let likeness = Likeness::of(examples.iter().map(|example| example.text.value.as_str()));
    let nearest: Vec<Nearest> =
        (0..examples.len()).map(|at| nearest(examples, &likeness.to_all(at), at)).collect();
    near(examples, &nearest, problems);
    swallowed(folder, examples, &nearest, problems);
}

fn nearest(examples: &[Placed<'_>], scores: &[f32], at: usize) -> Nearest {
    let comparable = |other: &usize| {
        let (one, other) = (&examples[at], &examples[*other]);
        one.language.is_none() || other.language.is_none() || one.language == other.language
    };
    let likest = |wanted: &dyn Fn(usize) -> bool| {
        let others = (0..examples.len()).filter(comparable).filter(|other| wanted(*other));
        others
            .filter(|other| scores[*other] > 0.0)
            .reduce(|best, other| if scores[other] > scores[best] { other } else { best })
    };
    let of_other = likest(&|other| examples[other].intent != examples[at].intent);
    Nearest {
        of_any: likest(&|other| other != at).map(|other| (other, scores[other])),
        of_other: of_other.map(|other| (other, scores[other])),
    }
}

/// Each pair is told once, at the later of the two.
fn near(examples: &[Placed<'_>], nearest: &[Nearest], problems: &mut Vec<Problem>) {
    for (at, (example, nearest)) in examples.iter().zip(nearest).enumerate() {
        let Some((other, score)) = nearest.of_other else { continue };
        let twin = &examples[other];
        let nearly = score >= NEARLY || a_letter_apart(&example.text.value, &twin.text.value);
        if !nearly || other > at || differ_in_sense(example, twin) {
            continue;
        }
        let message = format!(
            "\"{}\" is nearly \"{}\" of `{}` ({}); keep one, or make them differ",
            example.text.value.trim(),
            twin.text.value.trim(),
            twin.owner(),
            twin.place()
        );
        warn(problems, example.source, example.text, message);
    }
}

/// The same words in the same order, but for one letter of a long one.
fn a_letter_apart(one: &str, other: &str) -> bool {
    let (one, other) = (plain_words(one), plain_words(other));
    let (left, right): (Vec<&str>, Vec<&str>) =
        (one.split(' ').collect(), other.split(' ').collect());
    let differing: Vec<(&&str, &&str)> =
        left.iter().zip(&right).filter(|(one, other)| one != other).collect();
    left.len() == right.len()
        && matches!(differing[..], [(one, other)] if one.len() >= LONG && distance(one, other) == 1)
}

/// The same words (which is an error and told elsewhere), a single one repeated ("ciao ciao"), or a
/// word between them that turns one round.
fn differ_in_sense(one: &Placed<'_>, other: &Placed<'_>) -> bool {
    let words = |placed: &Placed<'_>| -> BTreeSet<String> {
        plain_words(&placed.text.value).split(' ').map(str::to_owned).collect()
    };
    let (left, right) = (words(one), words(other));
    let same = plain_words(&one.text.value) == plain_words(&other.text.value);
    let repeated = left == right && left.len() == 1;
    same || repeated
        || left.symmetric_difference(&right).any(|word| TURNING.contains(&word.as_str()))
}

/// Into which other intent most examples of each go: the other, how many, and of how many.
fn into<'a>(
    examples: &[Placed<'a>],
    nearest: &[Nearest],
) -> BTreeMap<&'a str, (&'a str, usize, usize)> {
    let mut neighbours: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for (example, nearest) in examples.iter().zip(nearest) {
        let Some(intent) = example.intent else { continue };
        *sizes.entry(intent).or_default() += 1;
        let near = nearest.of_any.filter(|(_, score)| *score >= ALIKE);
        if let Some(other) = near.map(|(other, _)| examples[other].owner()) {
            *neighbours.entry(intent).or_default().entry(other).or_default() += 1;
        }
    }
    let most = neighbours.into_iter().filter_map(|(intent, counts)| {
        let all = sizes.get(intent).copied().unwrap_or_default();
        let others = counts.into_iter().filter(|(other, _)| *other != intent);
        let (other, count) = others.max_by_key(|(_, count)| *count)?;
        (all >= FEWEST && count * 2 > all).then_some((intent, (other, count, all)))
    });
    most.collect()
}

/// An intent most of whose examples are likest to another one's cannot be told from it.
fn swallowed(
    folder: &Folder<'_>,
    examples: &[Placed<'_>],
    nearest: &[Nearest],
    problems: &mut Vec<Problem>,
) {
    let into = into(examples, nearest);
    for (source, intent) in folder.intents() {
        let name = intent.name.value.as_str();
        let Some((other, count, all)) = into.get(name) else { continue };
        let back = into.get(other).filter(|(back, ..)| *back == name);
        // Of two that swallow each other, the smaller is told.
        if back.is_none_or(|(.., theirs)| (*all, name) <= (*theirs, *other)) {
            let message = format!(
                "intent `{name}` is swallowed by `{other}`: {count} of its {all} examples are likest to one of `{other}`; make them one, or write what is said only here"
            );
            warn(problems, source, &intent.name, message);
        }
    }
}
