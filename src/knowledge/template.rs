//! Texts with variables: `{slot}`, `{lookup.field}`, `{shop}`, `{privacy}`; `{{` and `}}` are
//! braces.

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words as they are.
    Words(&'a str),
    /// One brace, written twice.
    Brace(char),
    /// A variable's name, without its braces.
    Variable(&'a str),
}

/// A brace that neither opens nor closes a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// `{` without `}`.
    #[error("a `{{` is not closed; write `{{{{` for a brace")]
    NotClosed,
    /// `}` without `{`.
    #[error("a `}}` closes nothing; write `}}}}` for a brace")]
    NotOpened,
    /// `{}` or `{two words}`.
    #[error("`{{…}}` must hold the name of a variable; write `{{{{` for a brace")]
    NotAName,
}

/// Takes a template apart.
///
/// # Errors
/// A brace has no partner, or no name between them.
pub fn parse(text: &str) -> Result<Vec<Piece<'_>>, BadTemplate> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        if at > 0 {
            pieces.push(Piece::Words(&rest[..at]));
        }
        let from = &rest[at..];
        rest = if let Some(after) = from.strip_prefix("{{") {
            pieces.push(Piece::Brace('{'));
            after
        } else if let Some(after) = from.strip_prefix("}}") {
            pieces.push(Piece::Brace('}'));
            after
        } else {
            let inside = from.strip_prefix('{').ok_or(BadTemplate::NotOpened)?;
            let (name, after) = inside.split_once('}').ok_or(BadTemplate::NotClosed)?;
            pieces.push(Piece::Variable(named(name)?));
            after
        };
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    Ok(pieces)
}

/// The text with its variables filled. A variable that `value` does not know is left out, and so is
/// everything that [`parse`] refuses.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let pieces = parse(text).unwrap_or_default().into_iter();
    let written = pieces.map(|piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Brace(brace) => brace.to_string(),
        Piece::Variable(name) => value(name).unwrap_or_default(),
    });
    written.collect()
}

fn named(name: &str) -> Result<&str, BadTemplate> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let sound = !name.is_empty() && name.chars().all(fits) && !name.starts_with('.');
    if sound && !name.ends_with('.') { Ok(name) } else { Err(BadTemplate::NotAName) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_words_braces_and_variables() {
        let pieces = parse("Il {slot}: {{x}} {order.eta}").unwrap();
        assert_eq!(
            pieces,
            [
                Piece::Words("Il "),
                Piece::Variable("slot"),
                Piece::Words(": "),
                Piece::Brace('{'),
                Piece::Words("x"),
                Piece::Brace('}'),
                Piece::Words(" "),
                Piece::Variable("order.eta"),
            ]
        );
        assert_eq!(parse("").unwrap(), []);
    }

    #[test]
    fn braces_without_partner_are_refused() {
        assert_eq!(parse("{order"), Err(BadTemplate::NotClosed));
        assert_eq!(parse("order}"), Err(BadTemplate::NotOpened));
        for bad in ["{}", "{two words}", "{.x}", "{x.}"] {
            assert_eq!(parse(bad), Err(BadTemplate::NotAName), "{bad}");
        }
        assert_eq!(
            BadTemplate::NotClosed.to_string(),
            "a `{` is not closed; write `{{` for a brace"
        );
    }

    #[test]
    fn variables_are_filled() {
        let value = |name: &str| (name == "shop").then(|| "{Verde}".to_owned());
        assert_eq!(fill("Da {shop}{gone} {{ok}}", value), "Da {Verde} {ok}");
    }
}
