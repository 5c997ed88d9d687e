//! Which tickets a policy is for, and whether one can be reached at all.

use std::collections::BTreeSet;

use crate::domain::language::Language;
use crate::domain::ticket::Priority;
use crate::domain::traits::Traits;

/// What a ticket must be like; an empty part asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// One of these priorities.
    pub priority: BTreeSet<Priority>,
    /// A contact in one of these segments.
    pub segment: BTreeSet<String>,
    /// One of these channels: the name, or its part before the colon.
    pub channel: BTreeSet<String>,
    /// One of these intents.
    pub intent: BTreeSet<String>,
    /// One of these languages.
    pub language: BTreeSet<Language>,
    /// An order worth at least this much, in cents.
    pub value_from: Option<i64>,
    /// An order worth less than this, in cents.
    pub value_below: Option<i64>,
}

impl Condition {
    /// Whether a ticket like this meets it.
    #[must_use]
    pub fn holds(&self, traits: &Traits) -> bool {
        let word = |wanted: &BTreeSet<String>, word: Option<&str>| {
            wanted.is_empty() || word.is_some_and(|word| wanted.contains(word))
        };
        let channel = traits.channel.as_deref();
        (self.priority.is_empty() || self.priority.contains(&traits.priority))
            && (self.segment.is_empty() || !self.segment.is_disjoint(&traits.segments))
            && (word(&self.channel, channel) || word(&self.channel, channel.map(kind)))
            && word(&self.intent, traits.intent.as_deref())
            && (self.language.is_empty()
                || traits.language.is_some_and(|language| self.language.contains(&language)))
            && self.is_worth(traits.order_value)
    }

    fn is_worth(&self, value: Option<i64>) -> bool {
        let within = |value| {
            self.value_from.is_none_or(|from| value >= from)
                && self.value_below.is_none_or(|below| value < below)
        };
        (self.value_from.is_none() && self.value_below.is_none()) || value.is_some_and(within)
    }

    /// The first ticket that meets this and none of the `earlier` ones; `None` when those take all.
    ///
    /// Only what some condition names can tell tickets apart, so one stand-in is tried for each named
    /// value and one for all the others. A contact in several segments meets more of the earlier
    /// ones, not fewer, so one segment at a time is enough.
    #[must_use]
    pub fn reached(&self, earlier: &[&Self]) -> Option<Traits> {
        self.search(Traits::default(), earlier, 0)
    }

    fn search(&self, traits: Traits, earlier: &[&Self], place: usize) -> Option<Traits> {
        let Some(&part) = PARTS.get(place) else {
            return earlier.is_empty().then_some(traits);
        };
        let asks_no_more =
            |other: &&Self| PARTS[place..].iter().all(|&part| other.part(part) == Self::default());
        if earlier.iter().any(asks_no_more) {
            return None;
        }
        // Values that meet the same of the earlier conditions end alike: one of them is enough.
        let mut tried = BTreeSet::new();
        self.stand_ins(earlier, part).into_iter().find_map(|value| {
            let traits = value.put(traits.clone());
            let met = |place: &usize| earlier[*place].part(part).holds(&traits);
            let places: Vec<usize> = (0..earlier.len()).filter(met).collect();
            let left: Vec<&Self> = places.iter().map(|&place| earlier[place]).collect();
            if tried.insert(places) { self.search(traits, &left, place + 1) } else { None }
        })
    }

    /// Values of one part that tell the `earlier` conditions apart, among those that meet this one.
    fn stand_ins(&self, earlier: &[&Self], part: Part) -> Vec<Value> {
        let mut values: Vec<Value> = match part {
            Part::Priority => Priority::ALL.map(Value::Priority).to_vec(),
            _ => vec![Value::Nothing],
        };
        for condition in earlier.iter().copied().chain([self]) {
            values.extend(condition.named(part));
        }
        let mine = self.part(part);
        values.retain(|value| mine.holds(&value.clone().put(Traits::default())));
        values
    }

    fn named(&self, part: Part) -> Vec<Value> {
        let words = |words: &BTreeSet<String>, value: fn(String) -> Value| {
            words.iter().cloned().map(value).collect()
        };
        match part {
            Part::Priority => Vec::new(),
            Part::Segment => words(&self.segment, Value::Segment),
            Part::Channel => words(&self.channel, Value::Channel),
            Part::Intent => words(&self.intent, Value::Intent),
            Part::Language => self.language.iter().copied().map(Value::Language).collect(),
            Part::Order => {
                let edges = [self.value_from, self.value_below].into_iter().flatten();
                edges.flat_map(|edge| [edge - 1, edge]).map(Value::Order).collect()
            }
        }
    }

    /// The condition on one part alone.
    fn part(&self, part: Part) -> Self {
        let none = Self::default();
        match part {
            Part::Priority => Self { priority: self.priority.clone(), ..none },
            Part::Segment => Self { segment: self.segment.clone(), ..none },
            Part::Channel => Self { channel: self.channel.clone(), ..none },
            Part::Intent => Self { intent: self.intent.clone(), ..none },
            Part::Language => Self { language: self.language.clone(), ..none },
            Part::Order => {
                Self { value_from: self.value_from, value_below: self.value_below, ..none }
            }
        }
    }
}

/// `telegram` of `telegram:shop`.
fn kind(channel: &str) -> &str {
    channel.split_once(':').map_or(channel, |(kind, _)| kind)
}

#[derive(Clone, Copy)]
enum Part {
    Priority,
    Segment,
    Channel,
    Intent,
    Language,
    Order,
}

const PARTS: [Part; 6] =
    [Part::Priority, Part::Segment, Part::Channel, Part::Intent, Part::Language, Part::Order];

/// A value of one part of a ticket's traits.
#[derive(Clone, Debug)]
enum Value {
    Nothing,
    Priority(Priority),
    Segment(String),
    Channel(String),
    Intent(String),
    Language(Language),
    Order(i64),
}

impl Value {
    fn put(self, mut traits: Traits) -> Traits {
        match self {
            Self::Nothing => {}
            Self::Priority(priority) => traits.priority = priority,
            Self::Segment(word) => traits.segments = BTreeSet::from([word]),
            Self::Channel(word) => traits.channel = Some(word),
            Self::Intent(word) => traits.intent = Some(word),
            Self::Language(language) => traits.language = Some(language),
            Self::Order(cents) => traits.order_value = Some(cents),
        }
        traits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn segment(names: &[&str]) -> Condition {
        Condition { segment: words(names), ..Condition::default() }
    }

    fn worth(from: Option<i64>, below: Option<i64>) -> Condition {
        Condition { value_from: from, value_below: below, ..Condition::default() }
    }

    #[test]
    fn every_part_must_hold() {
        let traits = Traits {
            priority: Priority::High,
            segments: words(&["vip", "b2b"]),
            channel: Some("telegram:shop".to_owned()),
            intent: Some("refund".to_owned()),
            language: Some(Language::It),
            order_value: Some(10_000),
            team: None,
        };
        let all = Condition {
            priority: BTreeSet::from([Priority::High]),
            segment: words(&["vip"]),
            channel: words(&["telegram"]),
            intent: words(&["refund", "return"]),
            language: BTreeSet::from([Language::It]),
            value_from: Some(10_000),
            value_below: Some(10_001),
        };
        assert!(all.holds(&traits) && Condition::default().holds(&traits));
        assert!(!Condition { value_below: Some(10_000), ..all.clone() }.holds(&traits));
        assert!(!Condition { segment: words(&["gold"]), ..all.clone() }.holds(&traits));
        assert!(!Condition { channel: words(&["telegram:other"]), ..all }.holds(&traits));
        assert!(!worth(Some(1), None).holds(&Traits::default()), "no order is worth nothing");
    }

    #[test]
    fn what_earlier_ones_take_together_is_not_reached() {
        let (vip, gold, both) = (segment(&["vip"]), segment(&["gold"]), segment(&["vip", "gold"]));
        assert!(both.reached(&[&vip]).is_some());
        assert_eq!(both.reached(&[&vip, &gold]), None);
        assert!(Condition::default().reached(&[&vip, &gold]).is_some(), "contacts in no segment");
        let italian =
            Condition { language: BTreeSet::from([Language::It]), ..Condition::default() };
        let vip_italian = Condition { segment: words(&["vip"]), ..italian.clone() };
        assert_eq!(vip_italian.reached(&[&gold, &italian]), None);
        assert!(italian.reached(&[&vip_italian]).is_some());
    }

    #[test]
    fn ranges_of_order_values_are_told_apart() {
        let (low, high) = (worth(None, Some(5_000)), worth(Some(5_000), None));
        assert_eq!(worth(Some(1_000), Some(9_000)).reached(&[&low, &high]), None);
        assert!(worth(Some(1_000), Some(9_000)).reached(&[&low]).is_some());
        assert!(Condition::default().reached(&[&low, &high]).is_some(), "no order at all");
        assert_eq!(worth(Some(9), Some(9)).reached(&[]), None, "an empty range");
    }

    /// One by one these would be 500 million tickets.
    #[test]
    fn many_words_do_not_multiply() {
        let many = |kind: &str| (0..500).map(|number| format!("{kind}{number}")).collect();
        let long = Condition {
            segment: many("s"),
            channel: many("c"),
            intent: many("i"),
            ..worth(Some(1_000), Some(9_000))
        };
        let (low, high) = (worth(None, Some(5_000)), worth(Some(5_000), None));
        assert_eq!(long.reached(&[&low, &high]), None);
        assert!(long.reached(&[&low, &segment(&["s7"])]).is_some());
    }

    #[test]
    fn all_priorities_one_by_one_leave_nothing() {
        let one =
            |priority| Condition { priority: BTreeSet::from([priority]), ..Condition::default() };
        let each = Priority::ALL.map(one);
        let taken: Vec<&Condition> = each.iter().collect();
        assert_eq!(Condition::default().reached(&taken), None);
        let found = Condition::default().reached(&taken[1..]).unwrap();
        assert_eq!(found.priority, Priority::Low);
    }
}
